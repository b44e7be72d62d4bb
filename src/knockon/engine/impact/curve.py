"""The repair-time curve of a case: made ready once, then read at any repair time.

Every row says what ``assess`` says with that repair time given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.curve import CurveRow, EstimateBasis
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact import OrderImpact
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.chances import RepairLaw, chance, repair_law
from knockon.engine.impact.delay import Run
from knockon.engine.impact.thresholds import LineResponses, Told, respond_lines
from knockon.engine.impact.unscheduled import possible_hits
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import to_instant

Int64s = NDArray[np.int64]

_DAY_S = 86_400
_LEAST_HORIZON_S = 14 * _DAY_S
_MOST_BEYOND_S = 30 * _DAY_S
"""How far a curve goes beyond the repair time that the impact stands on."""


class Threshold(NamedTuple):
    """With which repair an order line is still in time, and how probable a longer one is.

    ``safe_until_s`` is None for a line that no repair looked at makes late; ``p_late`` is then the
    probability of an even longer one.
    """

    safe_until_s: int | None
    p_late: Decimal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedCurve:
    """A case whose repair time matters, ready to be read at any repair time.

    Parameters
    ----------
    basis, samples
        Whose history the law leans on most, and the stops of what is down itself.
    late_after
        Per line of the responses: the longest repair with which it is in time, as far as the plan
        tells; -1 when there is none, the horizon when every one is.
    possibly_late_after
        The same for lines of which only routing or a doubtful plan tells.
    """

    case: Case
    law: RepairLaw
    basis: EstimateBasis
    samples: int
    responses: LineResponses
    late_after: Int64s
    possibly_late_after: Mapping[OrderLineKey, int]

    @property
    def horizon_s(self) -> int:
        """Return the longest repair looked at."""
        return self.responses.horizon_s

    def longest_in_time(self) -> dict[OrderLineKey, int]:
        """Return for each line that may be later the longest repair with which it is in time."""
        lines = self.responses.table.lines
        longest = dict(zip(lines, self.late_after.tolist(), strict=True))
        for line, within in self.possibly_late_after.items():
            longest[line] = min(within, longest.get(line, self.horizon_s))
        return longest

    def threshold(self, longest: int) -> Threshold:
        """Return what the longest repair in time means."""
        if longest >= self.horizon_s:
            return Threshold(None, chance(self.law.longer_than(self.horizon_s)))
        return Threshold(max(0, longest), chance(self.law.longer_than(longest)))

    def rows(self, repair_s: int) -> tuple[CurveRow, ...]:
        """Return the lines that are later with a repair time, in key order.

        The time that the stop lasts already is the least, and the horizon the longest repair time.
        """
        repair_s = min(max(repair_s, self.law.elapsed_s), self.horizon_s)
        lines = self.responses.table.lines
        told = self.responses.tell(np.arange(len(lines)), repair_s=repair_s)
        rows = {lines[place]: self._row(told, place) for place in np.flatnonzero(told.hit).tolist()}
        for line in self._possible_lines(repair_s):
            is_late = repair_s > late_departure(self.case, line)
            if line not in rows:
                rows[line] = _untimed(line, is_late=is_late)
            elif is_late:
                rows[line] = replace(rows[line], is_late=True)
        return tuple(rows[line] for line in sorted(rows))

    def _row(self, told: Told, place: int) -> CurveRow:
        finish, ship = int(told.finish[place]), int(told.ship[place])
        late_s: int | None = None
        if told.late[place] and ship < AGES:
            late_s = ship - int(self.responses.table.limit[place])
        return CurveRow(
            key=self.responses.table.lines[place],
            is_late=bool(told.late[place]),
            link_class=LinkClass(int(told.link[place])),
            new_finish=to_instant(finish) if finish < AGES else None,
            new_ship=to_instant(ship) if ship < AGES else None,
            late_s=late_s,
        )

    def _possible_lines(self, repair_s: int) -> list[OrderLineKey]:
        """Return the lines that only routing or a doubtful plan tells of, at a repair time."""
        case = self.case
        found = list(case.by_routing)
        doubtful = any(job.doubt is not LinkClass.CONFIRMED for job in case.shop.jobs)
        if not (doubtful or case.shop.unscheduled):
            return found
        possible = possible_hits(
            case.shop,
            case.ladder,
            outages=[replace(case.outages[0], end=case.outages[0].start + repair_s)],
            runs=[
                _run_at(run, self.responses.job_finishes(number, repair_s=repair_s))
                for number, run in enumerate(case.runs)
            ],
            materiality_s=case.records.plant(case.disruption.scope.plant).materiality_s,
        )
        return [*found, *possible.lines]


def prepare_curve(case: Case) -> PreparedCurve | None:
    """Return the curve of a case, ready to be read; None when no repair time matters."""
    if case.repair_s is None:
        return None
    horizon_s = min(max(_LEAST_HORIZON_S, 2 * case.repair_s), case.repair_s + _MOST_BEYOND_S)
    responses = respond_lines(case, horizon_s=horizon_s)
    if responses is None:
        return None
    law, basis, samples = repair_law(case.records, case.disruption, now=case.now)
    return PreparedCurve(
        case=case,
        law=law,
        basis=basis,
        samples=samples,
        responses=responses,
        late_after=responses.late_after(),
        possibly_late_after={
            line: late_departure(case, line)
            for line in sorted({*case.by_routing, *case.possible.lines})
        },
    )


def late_departure(case: Case, line: OrderLineKey) -> int:
    """Return the longest repair after which goods that leave at once are still in time."""
    order = case.records.lines[line]
    trucks, last = case.shipping.trucks(order), case.shipping.limit(order)
    if trucks.cutoffs:
        known = trucks.departures(last - _LEAST_HORIZON_S, last)
        last = max((at for at in known if at <= last), default=last - _LEAST_HORIZON_S)
    return last - case.records.item(order.item).post_lead_s - case.outages[0].start


def with_thresholds(case: Case, orders: Sequence[OrderImpact]) -> tuple[OrderImpact, ...]:
    """Return the rows of an impact with the repair time at which each line turns late."""
    prepared = prepare_curve(case)
    if prepared is None:
        return tuple(orders)
    longest = prepared.longest_in_time()
    return tuple(
        order if order.key not in longest else _with_threshold(prepared, order, longest[order.key])
        for order in orders
    )


def _with_threshold(prepared: PreparedCurve, order: OrderImpact, longest: int) -> OrderImpact:
    known = prepared.threshold(longest)
    return replace(order, safe_until_repair_s=known.safe_until_s, p_late=known.p_late)


def _untimed(line: OrderLineKey, *, is_late: bool) -> CurveRow:
    return CurveRow(
        key=line,
        is_late=is_late,
        link_class=LinkClass.POSSIBLE,
        new_finish=None,
        new_ship=None,
        late_s=None,
    )


def _run_at(run: Run, finish: Int64s) -> Run:
    return Run(
        run.level, run.old, replace(run.new, finish=finish), run.waits, run.starved, run.holds
    )
