"""Overtime: the last shift end at which people must be told to stay on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import CalendarKind, EquipmentKey, Lever
from knockon.engine.impact.delay import machines_below
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.ways_out.offers import Offer, instant_text, price
from knockon.engine.impact.ways_out.promises import Promise
from knockon.engine.impact.ways_out.scene import Scene, machine_thing
from knockon.engine.schedule.calendars import ALWAYS, Calendars, build_calendars
from knockon.engine.schedule.dispatch_floor import Trial
from knockon.engine.schedule.limits import AGES

Int64s = NDArray[np.int64]

KIND: Final = "overtime"

_HOUR_S: Final = 3600
_FAR_S: Final = 90 * 86_400
"""Overtime that is so far away is nobody's decision today."""


@dataclass(frozen=True, slots=True)
class Window:
    """Time after a shift's end in which work may go on, UTC seconds."""

    start: int
    end: int


def overtime_offers(
    scene: Scene, *, promise: Promise, way: Sequence[int], levers: Sequence[Lever]
) -> Iterator[Offer]:
    """Yield the overtime levers of what holds a line up."""
    for lever in levers:
        desk = scene.kept(("overtime", lever), partial(_Desk, scene, lever))
        if not desk.steps.isdisjoint(way):
            yield _offer(scene, promise=promise, way=way, desk=desk)


class _Desk:
    """One lever: whose overtime it is, when it is possible, and what it does to the plan."""

    def __init__(self, scene: Scene, lever: Lever) -> None:
        self.lever = lever
        self._scene = scene
        machines = _machines(scene, lever=lever)
        things = (machine_thing(machine) for machine in machines)
        self.steps = frozenset(step for thing in things for step in scene.queues.get(thing, ()))
        self.windows = _windows(scene, lever=lever, machines=machines)
        self.starts = sorted({row.start for rows in self.windows.values() for row in rows})
        self._worked: dict[int, Int64s] = {}

    def worked(self, since: int) -> Int64s:
        """Return when each step finishes with the overtime from an instant on."""
        if since not in self._worked:
            floor = self._scene.floor
            trial, old = Trial(floor), floor.calendars
            calendars, new = _with_overtime(old, windows=self.windows, since=since)
            calendar = floor.calendar.copy()
            for step in self.steps:
                calendar[step] = new.get(int(calendar[step]), int(calendar[step]))
            trial.reckon_by(calendars, calendar=calendar)
            self._worked[since] = trial.forwards()[1]
        return self._worked[since]

    def used(self, since: int, *, until: int) -> int:
        """Return the seconds of overtime between two instants."""
        kept = {row for rows in self.windows.values() for row in rows if since <= row.start < until}
        total, reached = 0, -AGES
        for row in sorted(kept, key=lambda row: (row.start, row.end)):
            begin, end = max(row.start, reached), min(row.end, until)
            total += max(0, end - begin)
            reached = max(reached, end)
        return total


def _offer(scene: Scene, *, promise: Promise, way: Sequence[int], desk: _Desk) -> Offer:
    lever = desk.lever
    offer = Offer(kind=KIND, target=lever.equipment or lever.plant)
    notice_s = int((lever.lead_time_h or 0) * _HOUR_S)
    starts = [
        start
        for start in desk.starts
        if start - notice_s >= scene.now and start < promise.finish_by
    ]
    low, high = 0, len(starts)
    # Of the shift ends up to which it is enough, the last: the earlier, the more overtime.
    while low < high:
        middle = (low + high) // 2
        if promise.is_kept(desk.worked(starts[middle])):
            low = middle + 1
        else:
            high = middle
    if low == 0:
        offer.refuse("way_not_enough")
        return offer
    since = starts[low - 1]
    finish = desk.worked(since)
    until = max(int(finish[step]) for step in way if step in desk.steps)
    used_s = desk.used(since, until=until)
    offer.say("way_overtime_from", target=offer.target, at=instant_text(since))
    offer.say("way_overtime_hours", minutes=-(-used_s // 60))
    if lever.cost_per_hour is not None or lever.fixed_cost is not None:
        hourly = price((lever.cost_per_hour or ZERO, used_s)) or ZERO
        offer.cost = hourly + (lever.fixed_cost or ZERO)
    offer.close_at(since - notice_s, now=scene.now)
    return offer


def _machines(scene: Scene, *, lever: Lever) -> frozenset[EquipmentKey]:
    records = scene.case.records
    if lever.equipment:
        return machines_below(records, plant=lever.plant, nodes=(lever.equipment,))
    return frozenset(key for key in records.equipment if key.plant == lever.plant)


def _windows(
    scene: Scene, *, lever: Lever, machines: frozenset[EquipmentKey]
) -> Mapping[int, tuple[Window, ...]]:
    """Return the overtime that is possible by each calendar: after each shift, up to the limit."""
    calendars = scene.floor.calendars
    until = min(calendars.horizon[1], scene.now + _FAR_S)
    most_s = AGES if lever.limit is None else int(lever.limit * _HOUR_S)
    found: dict[int, tuple[Window, ...]] = {}
    for machine in sorted(machines):
        calendar = calendars.of(machine)
        if calendar == ALWAYS or calendar in found:
            continue
        low, high = int(calendars.first[calendar]), int(calendars.first[calendar + 1])
        rests = _maintenance(scene, machine=machine, until=until)
        rows: list[Window] = []
        for place in range(low, high - 1):
            start = int(calendars.ends[place])
            if start < scene.now or start >= until:
                continue
            end = min(start + most_s, int(calendars.starts[place + 1]))
            end = min([end, *(rest.start for rest in rests if start <= rest.start < end)])
            if end > start and not any(rest.start <= start < rest.end for rest in rests):
                rows.append(Window(start, end))
        found[calendar] = tuple(rows)
    return found


def _maintenance(scene: Scene, *, machine: EquipmentKey, until: int) -> list[Window]:
    """Return when a machine or what is above it is maintained: nobody can work then."""
    facts = scene.case.records.facts
    above: set[EquipmentKey] = set()
    node: EquipmentKey | None = machine
    while node is not None and node not in above:
        above.add(node)
        known = scene.case.records.equipment.get(node)
        node = EquipmentKey(node.plant, known.parent) if known and known.parent else None
    rules = [
        replace(rule, equipment=machine, kind=CalendarKind.WORK)
        for rule in facts.calendars
        if rule.equipment in above and rule.kind is CalendarKind.MAINTENANCE
    ]
    if not rules or until <= scene.now:
        return []
    days = build_calendars(rules, equipment=(), plants=facts.plants, start=scene.now, end=until)
    low, high = int(days.first[1]), int(days.first[2])
    pairs = zip(days.starts[low:high], days.ends[low:high], strict=True)
    return [Window(int(start), int(end)) for start, end in pairs]


def _with_overtime(
    calendars: Calendars, *, windows: Mapping[int, tuple[Window, ...]], since: int
) -> tuple[Calendars, dict[int, int]]:
    """Return the calendars with more of them at the end, and the new one of each old one."""
    starts, ends = [calendars.starts], [calendars.ends]
    counts = list(np.diff(calendars.first))
    new: dict[int, int] = {}
    for calendar, rows in windows.items():
        low, high = int(calendars.first[calendar]), int(calendars.first[calendar + 1])
        more = [row for row in rows if row.start >= since]
        # An overtime window begins where a shift ends, so the two stay two and touch.
        begins = np.array([row.start for row in more], dtype=np.int64)
        order = np.argsort(np.concatenate((calendars.starts[low:high], begins)), kind="stable")
        closes = np.array([row.end for row in more], dtype=np.int64)
        starts.append(np.concatenate((calendars.starts[low:high], begins))[order])
        ends.append(np.concatenate((calendars.ends[low:high], closes))[order])
        new[calendar] = len(counts)
        counts.append(len(order))
    return (
        Calendars(
            first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            starts=np.concatenate(starts),
            ends=np.concatenate(ends),
            index=calendars.index,
            horizon=calendars.horizon,
        ),
        new,
    )
