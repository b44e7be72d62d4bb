"""Expand calendar rules into working windows in whole UTC seconds.

A window is half-open. Everything that works without rest shares calendar 0.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import CalendarKind, CalendarRule, Equipment, EquipmentKey, Plant
from knockon.engine.schedule._kernels import next_open, work_between, work_through
from knockon.engine.schedule.limits import AGES

ALWAYS = 0
_DAY_S = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()

Int64s = NDArray[np.int64]
Windows = tuple[Int64s, Int64s]
_Rule = tuple[int | None, date | None, time, time]
_Hours = tuple[tuple[_Rule, ...] | None, tuple[_Rule, ...], str]
"""What a calendar says: its working rules, its resting rules, and the zone of both."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendars:
    """Working windows of every distinct calendar, end to end in two arrays.

    Parameters
    ----------
    first
        Calendar ``c`` owns the windows ``first[c]`` to ``first[c + 1]``; int64, (calendars + 1,).
    starts, ends
        Windows in UTC seconds since 1970, ascending and disjoint within a calendar; int64.
    index
        Calendar of each equipment node; what is absent works always (calendar 0).
    horizon
        The windows of calendars other than 0 are known between these two instants.
    """

    first: Int64s
    starts: Int64s
    ends: Int64s
    index: Mapping[EquipmentKey, int]
    horizon: tuple[int, int]

    def of(self, equipment: EquipmentKey | None) -> int:
        """Return the calendar of an equipment node."""
        return ALWAYS if equipment is None else self.index.get(equipment, ALWAYS)

    def next_open(self, at: int, *, calendar: int) -> int:
        """Return the first working second at or after ``at``."""
        low, high = self._bounds(calendar)
        return int(next_open(at, low, high, self.starts, self.ends))

    def add(self, at: int, *, work: int, calendar: int) -> int:
        """Return when ``work`` working seconds from ``at`` on are over."""
        low, high = self._bounds(calendar)
        return int(work_through(at, work, low, high, self.starts, self.ends, AGES, AGES, 1.0))

    def between(self, start: int, end: int, *, calendar: int) -> int:
        """Return the working seconds in ``[start, end)``."""
        low, high = self._bounds(calendar)
        return int(work_between(start, end, low, high, self.starts, self.ends))

    def _bounds(self, calendar: int) -> tuple[int, int]:
        return int(self.first[calendar]), int(self.first[calendar + 1])


def build_calendars(
    rules: Sequence[CalendarRule],
    *,
    equipment: Sequence[Equipment],
    plants: Sequence[Plant],
    start: int,
    end: int,
) -> Calendars:
    """Expand the rules of every node between two instants.

    Parameters
    ----------
    rules
        Rules of any node; a node without ``work`` rules takes its parent's, with none up the tree
        it works always. ``off`` and ``maintenance`` of a node also cut its descendants.
    start, end
        Horizon in UTC seconds.

    Notes
    -----
    O(distinct calendars x days x rules), vectorised over days.
    """
    parents = {node.key: node.parent for node in equipment}
    zones = {plant.plant: ZoneInfo(plant.timezone) for plant in plants}
    by_node: dict[EquipmentKey, list[CalendarRule]] = {}
    for rule in rules:
        by_node.setdefault(rule.equipment, []).append(rule)
    windows: list[Windows] = [(np.array([-AGES]), np.array([AGES]))]
    known: dict[_Hours, int] = {(None, (), ""): ALWAYS}
    index: dict[EquipmentKey, int] = {}
    for key in sorted(parents.keys() | by_node.keys()):
        basis = _basis(key, parents=parents, by_node=by_node)
        zone = zones.get(key.plant, ZoneInfo("UTC"))
        hours = _hours(basis, by_node=by_node, zone=zone)
        if hours not in known:
            known[hours] = len(windows)
            windows.append(_expand(basis, by_node=by_node, zone=zone, start=start, end=end))
        index[key] = known[hours]
    counts = [len(starts) for starts, _ in windows]
    return Calendars(
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        starts=np.concatenate([starts for starts, _ in windows]).astype(np.int64),
        ends=np.concatenate([ends for _, ends in windows]).astype(np.int64),
        index=index,
        horizon=(start, end),
    )


def _basis(
    key: EquipmentKey,
    *,
    parents: Mapping[EquipmentKey, str | None],
    by_node: Mapping[EquipmentKey, Sequence[CalendarRule]],
) -> tuple[EquipmentKey | None, tuple[EquipmentKey, ...]]:
    """Return the node whose work rules count, and the nodes whose rests count."""
    work: EquipmentKey | None = None
    rests: list[EquipmentKey] = []
    node: EquipmentKey | None = key
    seen: set[EquipmentKey] = set()
    while node is not None and node not in seen:
        seen.add(node)
        kinds = {rule.kind for rule in by_node.get(node, ())}
        if work is None and CalendarKind.WORK in kinds:
            work = node
        if kinds - {CalendarKind.WORK}:
            rests.append(node)
        parent = parents.get(node)
        node = EquipmentKey(node.plant, parent) if parent else None
    return work, tuple(rests)


def _hours(
    basis: tuple[EquipmentKey | None, tuple[EquipmentKey, ...]],
    *,
    by_node: Mapping[EquipmentKey, Sequence[CalendarRule]],
    zone: ZoneInfo,
) -> _Hours:
    """Return what a calendar says, so that machines with equal rules share one."""
    work_node, rest_nodes = basis
    if work_node is None and not rest_nodes:
        return None, (), ""
    working = (
        None
        if work_node is None
        else tuple(_rule(rule) for rule in by_node[work_node] if rule.kind is CalendarKind.WORK)
    )
    resting = tuple(
        _rule(rule)
        for node in rest_nodes
        for rule in by_node[node]
        if rule.kind is not CalendarKind.WORK
    )
    return working, resting, zone.key


def _rule(rule: CalendarRule) -> _Rule:
    return rule.weekday, rule.day, rule.start, rule.end


def _expand(
    basis: tuple[EquipmentKey | None, tuple[EquipmentKey, ...]],
    *,
    by_node: Mapping[EquipmentKey, Sequence[CalendarRule]],
    zone: ZoneInfo,
    start: int,
    end: int,
) -> Windows:
    work_node, rest_nodes = basis
    if work_node is None:
        working: Windows = (np.array([-AGES]), np.array([AGES]))
    else:
        rules = [rule for rule in by_node[work_node] if rule.kind is CalendarKind.WORK]
        dated = {rule.day for rule in rules if rule.day is not None}
        working = _union(_windows(rule, dated, zone, start, end) for rule in rules)
    resting = _union(
        _windows(rule, (), zone, start, end)
        for node in rest_nodes
        for rule in by_node[node]
        if rule.kind is not CalendarKind.WORK
    )
    return _cut(working, resting)


def _windows(
    rule: CalendarRule, dated: Collection[date], zone: ZoneInfo, start: int, end: int
) -> Windows:
    """Return the rule's windows; a weekly rule yields to the dated ones on their days."""
    first = datetime.fromtimestamp(start, UTC).date() - timedelta(days=2)
    last = datetime.fromtimestamp(end, UTC).date() + timedelta(days=2)
    if rule.day is not None:
        days = [rule.day] if first <= rule.day <= last else []
    elif rule.weekday is not None:
        ahead = (rule.weekday - first.isoweekday()) % 7
        count = max(0, ((last - first).days - ahead) // 7 + 1)
        weekly = (first + timedelta(days=ahead + 7 * week) for week in range(count))
        days = [day for day in weekly if day not in dated]
    else:
        days = []
    overnight = 1 if rule.end <= rule.start else 0
    starts = _to_utc(days, at=rule.start, shift=0, zone=zone)
    ends = _to_utc(days, at=rule.end, shift=overnight, zone=zone)
    real = ends > starts
    return starts[real], ends[real]


def _to_utc(days: Sequence[date], *, at: time, shift: int, zone: ZoneInfo) -> Int64s:
    """Convert one local time of many days to UTC seconds; of a repeated hour the first counts."""
    naive = np.array([day.toordinal() - _EPOCH_DAY + shift for day in days], dtype=np.int64)
    naive = naive * _DAY_S + at.hour * 3600 + at.minute * 60 + at.second
    offsets = np.array(
        [_offset_s(datetime.combine(day + timedelta(days=shift), at, tzinfo=zone)) for day in days],
        dtype=np.int64,
    )
    return naive - offsets


def _offset_s(at: datetime) -> int:
    offset = at.utcoffset()
    return 0 if offset is None else int(offset.total_seconds())


def _union(parts: Iterable[Windows]) -> Windows:
    """Merge overlapping and touching windows into ascending disjoint ones."""
    pairs = list(parts)
    if not pairs:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    starts = np.concatenate([part[0] for part in pairs])
    ends = np.concatenate([part[1] for part in pairs])
    if not len(starts):
        return starts, ends
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    opens = np.concatenate(([True], starts[1:] > ends[:-1]))
    closes = np.concatenate((opens[1:], [True]))
    return starts[opens], ends[closes]


def _cut(working: Windows, resting: Windows) -> Windows:
    """Take the resting windows out of the working ones."""
    if not len(resting[0]):
        return working
    edges = np.unique(np.concatenate((*working, *resting)))
    starts, ends = edges[:-1], edges[1:]
    keep = _covers(working, starts) & ~_covers(resting, starts)
    return _union([(starts[keep], ends[keep])])


def _covers(windows: Windows, points: Int64s) -> NDArray[np.bool_]:
    """Return for each point whether it lies in one of the disjoint windows."""
    opened = np.searchsorted(windows[0], points, side="right")
    closed = np.searchsorted(windows[1], points, side="right")
    return opened > closed
