"""Draw a repair-time curve: the breakpoints of every order line, and how many are late when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from knockon.domain.curve import CurvePoint, CurveStep, OrderCurve, RepairCurve
from knockon.domain.facts import OrderLineKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.chances import estimate_of
from knockon.engine.impact.curve import PreparedCurve
from knockon.engine.impact.line_table import NO_JOB
from knockon.engine.impact.thresholds import LineResponses, Told
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import to_instant

Int64s = NDArray[np.int64]

_NO_TIER = "\uffff"


def draw_curve(case: Case, prepared: PreparedCurve | None) -> RepairCurve:
    """Return the curve of a case; an empty one when no repair time matters.

    Notes
    -----
    All breakpoints of all lines are read off their responses and told of together;
    O(lines x departures up to the horizon).
    """
    disruption = case.disruption
    if prepared is None:
        return RepairCurve(
            disruption=disruption,
            as_of=case.now,
            snapshot=case.records.facts.snapshot,
            stopped_at=None,
            repair_s=case.repair_s,
            repair_basis=case.repair_basis,
        )
    estimate = estimate_of(prepared.law, basis=prepared.basis, samples=prepared.samples)
    drawing = _Drawing(case, prepared, (estimate.p50_s, estimate.p80_s, estimate.p95_s))
    return RepairCurve(
        disruption=disruption,
        as_of=case.now,
        snapshot=case.records.facts.snapshot,
        stopped_at=to_instant(prepared.responses.begin),
        repair_s=case.repair_s,
        repair_basis=case.repair_basis,
        horizon_s=prepared.horizon_s,
        estimate=estimate,
        steps=_steps(prepared),
        orders=drawing.orders(),
    )


def _steps(prepared: PreparedCurve) -> tuple[CurveStep, ...]:
    """Return how many lines are late and how many only move, wherever that changes."""
    late: dict[int, int] = defaultdict(int)
    moved: dict[int, int] = defaultdict(int)
    longest = prepared.longest_in_time()
    lines = prepared.responses.table.lines
    unmoved = dict(zip(lines, prepared.responses.hit_after().tolist(), strict=True))
    for line, in_time in longest.items():
        # What only routing tells of may be later from the beginning on.
        still = -1 if line in prepared.possibly_late_after else unmoved[line]
        if still < prepared.horizon_s:
            moved[still + 1] += 1
        if in_time < prepared.horizon_s:
            late[in_time + 1] += 1
            moved[in_time + 1] -= 1
    steps = [CurveStep(repair_s=0, late=late.pop(0, 0), moved=moved.pop(0, 0))]
    for repair_s in sorted({*late, *moved}):
        last = steps[-1]
        step = CurveStep(
            repair_s=repair_s,
            late=last.late + late.get(repair_s, 0),
            moved=last.moved + moved.get(repair_s, 0),
        )
        if (step.late, step.moved) != (last.late, last.moved):
            steps.append(step)
    return tuple(steps)


class _Drawing:
    """Draws the lines of one prepared curve."""

    def __init__(self, case: Case, prepared: PreparedCurve, shares: Sequence[int]) -> None:
        self._case = case
        self._prepared = prepared
        self._responses = prepared.responses
        self._lines = np.arange(len(prepared.responses.table.lines), dtype=np.int64)
        assert case.repair_s is not None
        self._known = self._told(case.repair_s)
        self._farthest = self._told(prepared.horizon_s)
        self._at_shares = [self._told(share) for share in shares]
        self._points = self._all_points()

    def orders(self) -> tuple[OrderCurve, ...]:
        """Return the lines that some repair moves, the first to turn late first."""
        longest = self._prepared.longest_in_time()
        timed = {
            line: place
            for place, line in enumerate(self._responses.table.lines)
            if self._farthest.hit[place]
        }
        drawn = [
            (longest[line], self._order(line, longest[line], timed.get(line)))
            for line in {*timed, *self._prepared.possibly_late_after}
        ]
        drawn.sort(key=lambda pair: (pair[0], pair[1].tier or _NO_TIER, pair[1].key))
        return tuple(order for _, order in drawn)

    def _order(self, key: OrderLineKey, longest: int, place: int | None) -> OrderCurve:
        line = self._case.records.lines[key]
        shipping = self._case.shipping
        known = self._prepared.threshold(longest)
        finishes: list[datetime | None] = [None, None, None]
        points = self._untimed_points(longest)
        link_class, old_ship = LinkClass.POSSIBLE, None
        if place is not None:
            finishes = [self._finish(told, place) for told in self._at_shares]
            points = self._points[place]
            told = self._known if self._known.hit[place] else self._farthest
            link_class, old_ship = LinkClass(int(told.link[place])), _at(int(told.old_ship[place]))
        return OrderCurve(
            key=key,
            customer=line.customer,
            customer_order=line.customer_order,
            tier=self._case.records.tier(line.customer),
            item=line.item,
            link_class=link_class,
            due_at=to_instant(shipping.instant_of(line, line.due)),
            promised_at=(
                to_instant(shipping.instant_of(line, line.promised)) if line.promised else None
            ),
            old_ship=old_ship,
            safe_until_repair_s=known.safe_until_s,
            p_late=known.p_late,
            p50_finish=finishes[0],
            p80_finish=finishes[1],
            p95_finish=finishes[2],
            points=points,
        )

    def _told(self, repair_s: int) -> Told:
        bounded = min(repair_s, self._prepared.horizon_s)
        return self._responses.tell(self._lines, repair_s=bounded)

    def _finish(self, told: Told, place: int) -> datetime | None:
        """Return when a line finishes; where it does not move, as before."""
        return _at(int((told.finish if told.hit[place] else self._farthest.old_finish)[place]))

    def _untimed_points(self, longest: int) -> tuple[CurvePoint, ...]:
        """Return the points of a line of which nobody knows when it finishes."""
        first = CurvePoint(
            repair_s=0, new_finish=None, new_ship=None, late_s=None if longest < 0 else 0
        )
        if not 0 <= longest < self._prepared.horizon_s:
            return (first,)
        late = CurvePoint(repair_s=longest + 1, new_finish=None, new_ship=None, late_s=None)
        return (first, late)

    def _all_points(self) -> list[tuple[CurvePoint, ...]]:
        """Return the points of each line of the table."""
        line, repair_s = self._breakpoints()
        told = self._responses.tell(line, repair_s=repair_s)
        limit = self._responses.table.limit
        points: list[list[CurvePoint]] = [[] for _ in self._lines]
        for row, (place, at) in enumerate(zip(line.tolist(), repair_s.tolist(), strict=True)):
            own = points[place]
            point = self._point(told, row, place, at, int(limit[place]))
            if not own or (point.new_ship, point.late_s) != (own[-1].new_ship, own[-1].late_s):
                own.append(point)
        return [tuple(own) for own in points]

    def _point(self, told: Told, row: int, place: int, repair_s: int, limit: int) -> CurvePoint:
        if not told.hit[row]:
            before = self._farthest
            return CurvePoint(
                repair_s=repair_s,
                new_finish=_at(int(before.old_finish[place])),
                new_ship=_at(int(before.old_ship[place])),
                late_s=0,
            )
        ship = int(told.ship[row])
        late_s: int | None = 0
        if told.late[row]:
            late_s = ship - limit if ship < AGES else None
        return CurvePoint(
            repair_s=repair_s,
            new_finish=_at(int(told.finish[row])),
            new_ship=_at(ship),
            late_s=late_s,
        )

    def _breakpoints(self) -> tuple[Int64s, Int64s]:
        """Return line and repair time of everything that may change, sorted, each once."""
        horizon_s = self._prepared.horizon_s
        always = np.stack([self._lines, np.zeros_like(self._lines)], axis=1)
        changes = (self._responses.hit_after(), self._prepared.late_after)
        parts = [always, *(np.stack([self._lines, after + 1], axis=1) for after in changes)]
        parts.extend(_departure_breaks(self._responses))
        # Without trucks nothing steps; the end of the curve is shown instead.
        free = self._lines[~_has_trucks(self._responses)]
        parts.append(np.stack([free, np.full_like(free, horizon_s)], axis=1))
        pairs = np.unique(np.concatenate(parts), axis=0)
        pairs = pairs[(pairs[:, 1] >= 0) & (pairs[:, 1] <= horizon_s)]
        return pairs[:, 0].copy(), pairs[:, 1].copy()


def _departure_breaks(responses: LineResponses) -> Iterator[Int64s]:
    """Yield line and repair time wherever some job just misses a truck of its line."""
    table = responses.table
    view = table.view_of
    asked = np.flatnonzero((table.job != NO_JOB) & table.counts[view])
    for run, found in enumerate(responses.responses):
        rows = asked[table.run[view[asked]] == run]
        node = responses.nodes[run][table.job[rows]]
        line = table.line_of[view[rows]]
        post = table.post_s[line]
        low = found.finishes(node, repair_s=0) + post
        high = np.minimum(found.top[node], AGES) + post
        missed = [
            responses.timetable.between(fleet, start=start, end=end)
            for fleet, start, end in zip(
                table.trucks[line].tolist(), low.tolist(), high.tolist(), strict=True
            )
        ]
        counts = np.array([len(own) for own in missed], dtype=np.int64)
        if not counts.sum():
            continue
        limit = np.concatenate(missed) - np.repeat(post, counts)
        longest = found.longest_within(np.repeat(node, counts), limit=limit)
        yield np.stack([np.repeat(line, counts), longest + 1], axis=1)


def _has_trucks(responses: LineResponses) -> NDArray[np.bool_]:
    """Return for each line whether its customer's trucks leave at cut-offs."""
    counts = np.diff(responses.timetable.first)
    has: NDArray[np.bool_] = counts[responses.table.trucks] > 0
    return has


def _at(seconds: int) -> datetime | None:
    return None if seconds >= AGES else to_instant(seconds)
