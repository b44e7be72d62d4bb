"""What else than checks can have begun or ended a trouble: changes, repairs, shifts, lots."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from knockon.domain.facts import (
    CalendarKind,
    CalendarRule,
    EquipmentKey,
    Operation,
)
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import EvidenceKind, WindowEdge, WindowSubject
from knockon.engine.graph.instants import instant
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_LOOK_BACK_DAYS = 15
"""Two weeks of weekly rules: who stood still for longer has a dated rule that says so."""


def edge(
    kind: EvidenceKind, at_us: int, *, link_class: LinkClass, ref: str = "", what: str = ""
) -> WindowEdge:
    """Return an edge at an instant in microseconds; beyond all records it is open."""
    return WindowEdge(
        kind=kind, at=instant(at_us), link_class=link_class, ref=ref, characteristic=what
    )


def tool_changes(register: Register, runs: Sequence[Operation]) -> list[WindowEdge]:
    """Return when another tool came onto a machine, or the tool onto another machine, by time."""
    by_machine: dict[str | None, list[Operation]] = {}
    for run in runs:
        by_machine.setdefault(run.equipment, []).append(run)
    found = [
        _change(register, later)
        for group in by_machine.values()
        for former, later in pairwise(group)
        if later.tool is not None and former.tool != later.tool
    ]
    found += [
        _change(register, later)
        for former, later in pairwise(runs)
        if later.tool is not None
        and former.tool == later.tool
        and former.equipment != later.equipment
    ]
    return sorted(set(found), key=_when)


def _change(register: Register, run: Operation) -> WindowEdge:
    at = register.span(run.actual_start, plant=run.key.plant).earliest
    return edge(EvidenceKind.TOOL_CHANGE, at, link_class=LinkClass.PROBABLE, ref=run.tool or "")


def rests(
    register: Register, *, plant: str, subject: WindowSubject, until: datetime, ends: bool
) -> list[WindowEdge]:
    """Return when stops and maintenance of the machines began, or with ``ends`` were over."""
    found = []
    for stop in register.facts.stops:
        at = stop.end if ends else stop.start
        own = stop.equipment.plant == plant and stop.equipment.equipment in subject.equipment
        if own and at is not None:
            found.append(
                WindowEdge(
                    kind=EvidenceKind.STOP,
                    at=at,
                    link_class=LinkClass.PROBABLE,
                    ref=stop.cause or "",
                )
            )
    zone = _zone(register, plant)
    for rule in _rules(register, plant=plant, subject=subject, kind=CalendarKind.MAINTENANCE):
        found.extend(
            WindowEdge(
                kind=EvidenceKind.MAINTENANCE,
                at=over if ends else begun,
                link_class=LinkClass.PROBABLE,
                ref=rule.equipment.equipment,
            )
            for begun, over in _periods(rule, zone=zone, until=until)
        )
    return sorted(set(found), key=_when)


def shift_start(
    register: Register, *, plant: str, subject: WindowSubject, before: datetime
) -> WindowEdge | None:
    """Return the last begin of a shift at or before an instant; None without shifts."""
    zone = _zone(register, plant)
    rules = _rules(register, plant=plant, subject=subject, kind=CalendarKind.WORK)
    begins = [
        begun
        for rule in rules
        for begun, _ in _periods(rule, zone=zone, until=before)
        if begun <= before
    ]
    if not begins:
        return None
    return WindowEdge(kind=EvidenceKind.SHIFT_START, at=max(begins), link_class=LinkClass.POSSIBLE)


def first_record(
    register: Register, *, plant: str, subject: WindowSubject, runs: Sequence[Operation]
) -> WindowEdge:
    """Return the first time that anything is known of the subject; an open edge without any."""
    names = {*subject.equipment, *([subject.tool] if subject.tool else [])}
    times = [register.span(run.actual_start, plant=plant).earliest for run in runs]
    times += [
        register.span(lot.made, plant=plant).earliest
        for lot in register.facts.lots
        if lot.equipment in subject.equipment and lot.made is not None
    ]
    times += [
        register.span(use.start, plant=plant).earliest
        for use in register.facts.resource_uses
        if use.plant == plant and use.resource in names
    ]
    times += [
        register.span(row.at, plant=plant).earliest
        for row in register.facts.inspections
        if row.plant == plant and (row.equipment in names or row.tool in names)
    ]
    times += [
        register.span(use.at, plant=plant).earliest
        for use in register.facts.consumption
        if use.plant == plant and use.equipment in subject.equipment and use.at is not None
    ]
    return edge(EvidenceKind.HISTORY, min(times, default=-FOREVER), link_class=LinkClass.POSSIBLE)


def _when(found: WindowEdge) -> tuple[datetime, str]:
    return (found.at or datetime.min.replace(tzinfo=UTC), found.ref)


def _zone(register: Register, plant: str) -> ZoneInfo:
    names = [row.timezone for row in register.facts.plants if row.plant == plant]
    return ZoneInfo(names[0] if names else "UTC")


def _rules(
    register: Register, *, plant: str, subject: WindowSubject, kind: CalendarKind
) -> list[CalendarRule]:
    """Return a subject's calendar rules: its machines' own, and of what stands above them.

    Work rules are those of the nearest node that has any.
    """
    parents = {row.key: row.parent for row in register.facts.equipment}
    by_node: dict[EquipmentKey, list[CalendarRule]] = {}
    for rule in register.facts.calendars:
        if rule.kind is kind:
            by_node.setdefault(rule.equipment, []).append(rule)
    found: dict[CalendarRule, None] = {}
    for name in subject.equipment:
        node: EquipmentKey | None = EquipmentKey(plant, name)
        seen: set[EquipmentKey] = set()
        while node is not None and node not in seen:
            seen.add(node)
            own = by_node.get(node, ())
            found.update(dict.fromkeys(own))
            if own and kind is CalendarKind.WORK:
                break
            parent = parents.get(node)
            node = EquipmentKey(plant, parent) if parent else None
    return list(found)


def _periods(
    rule: CalendarRule, *, zone: ZoneInfo, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the periods of a rule up to the day of an instant; of a weekly one the last weeks'."""
    last = until.astimezone(zone).date()
    if rule.day is not None:
        if rule.day <= last:
            yield _period(rule, rule.day, zone=zone)
        return
    for back in range(_LOOK_BACK_DAYS + 1):
        day = last - timedelta(days=back)
        if rule.weekday == day.isoweekday():
            yield _period(rule, day, zone=zone)


def _period(rule: CalendarRule, day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    over = day + timedelta(days=1) if rule.end <= rule.start else day
    begun = datetime.combine(day, rule.start, tzinfo=zone)
    return begun.astimezone(UTC), datetime.combine(over, rule.end, tzinfo=zone).astimezone(UTC)
