"""What each order line waits for in a projection, and by when that must be there."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import OrderLine, OrderLineKey, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Run, last_finish
from knockon.engine.impact.shipping import Trucks
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.schedule.dispatch_floor import Floor
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT
from knockon.engine.schedule.shop import to_instant

Int64s = NDArray[np.int64]

Makers = Mapping[OrderLineKey, Mapping[WorkOrderKey, LinkClass]]
"""The work orders that serve each line by record, and how well that is proven."""

_DAYS_BACK: Final = 15
"""A weekly calendar has a truck within a week; twice that is safe on clock changes."""

_DAY_S: Final = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What must be finished for an order line to leave by a truck.

    Parameters
    ----------
    steps
        Steps of the floor with which the work orders that serve it end, ascending.
    settled, arrives
        When the latest work that takes no part in the projection is finished, and the latest
        purchase is here; UTC seconds, ``-AGES`` when there is none.
    leaves_by
        The latest instant at which it may leave.
    ready_by, finish_by
        When the goods must be ready for that, and when the steps must be finished, with
        post-processing to follow.
    """

    line: OrderLine
    steps: tuple[int, ...]
    settled: int
    arrives: int
    leaves_by: int
    ready_by: int
    finish_by: int

    def finish(self, finish: Int64s) -> int:
        """Return when all it waits for is finished or here; ``finish`` by step."""
        return max(self.arrives, self._made(finish))

    def is_kept(self, finish: Int64s) -> bool:
        """Return whether it leaves in time; ``finish`` by step."""
        return self.arrives <= self.ready_by and self._made(finish) <= self.finish_by

    def lateness(self, finish: Int64s) -> int:
        """Return how many seconds too late the last of what it waits for is; ``finish`` by step."""
        return max(0, self.arrives - self.ready_by, self._made(finish) - self.finish_by)

    def _made(self, finish: Int64s) -> int:
        return max([self.settled, *(int(finish[step]) for step in self.steps)])


def recorded_makers(case: Case) -> Makers:
    """Return the work orders that serve each line by record, whatever the quantity."""
    makers: dict[OrderLineKey, dict[WorkOrderKey, LinkClass]] = defaultdict(dict)
    for maker, rungs in case.ladder.recorded.items():
        for rung in rungs:
            if isinstance(rung.goal, OrderLineKey):
                known = makers[rung.goal]
                known[maker] = min(rung.link_class, known.get(maker, rung.link_class))
    return makers


def promise_of(
    case: Case,
    key: OrderLineKey,
    *,
    makers: Makers,
    departures: "Departures",
    run: Run,
    floor: Floor,
    level: LinkClass,
    leaves_by: int | None = None,
) -> Promise:
    """Return what a line waits for in a run, by links no more doubtful than a class.

    Parameters
    ----------
    leaves_by
        The latest instant at which it may leave; None is as late as it leaves by the run.
    """
    line = case.records.lines[key]
    post_lead_s = case.records.item(line.item).post_lead_s
    steps: set[int] = set()
    settled, arrives = -AGES, -AGES
    for source in _sources(case, key, makers=makers, level=level):
        if isinstance(source, int):
            arrives = max(arrives, source)
            continue
        end = last_finish(case.shop, run.new, source)
        if end is None:
            continue
        step = int(floor.of_job[end[1]])
        if step == ABSENT:
            settled = max(settled, end[0])
        else:
            steps.add(step)
    made = max([settled, *(int(floor.finish[step]) for step in steps)])
    ready = max(arrives, made + post_lead_s)
    trucks = case.shipping.trucks(line)
    if leaves_by is None:
        leaves_by = case.shipping.limit(line)
        if departures.ready_by(trucks, leaves_by) < ready < AGES:
            leaves_by = trucks.after(max(ready, case.at))
    ready_by = departures.ready_by(trucks, leaves_by)
    return Promise(
        line=line,
        steps=tuple(sorted(steps)),
        settled=settled,
        arrives=arrives,
        leaves_by=leaves_by,
        ready_by=ready_by,
        finish_by=ready_by - post_lead_s,
    )


class Departures:
    """Until when goods must be ready for a truck; many lines ask the same."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], int] = {}

    def ready_by(self, trucks: Trucks, leaves_by: int) -> int:
        """Return until when goods must be ready to leave no later than an instant; UTC seconds."""
        key = (id(trucks), leaves_by)
        if key not in self._known:
            self._known[key] = latest_ready(trucks, leaves_by)
        return self._known[key]


def latest_ready(trucks: Trucks, leaves_by: int) -> int:
    """Return until when goods must be ready to leave no later than an instant; UTC seconds."""
    if not trucks.cutoffs or trucks.after(leaves_by) == leaves_by:
        return leaves_by
    today = to_instant(leaves_by).astimezone(trucks.zone).date()
    for back in range(_DAYS_BACK):
        last = trucks.last_of(today - timedelta(days=back))
        if last is not None and last <= leaves_by:
            return last
        if last is not None:
            earlier = _last_between(trucks, leaves_by - _DAY_S, leaves_by)
            if earlier is not None:
                return earlier
    return leaves_by


def _last_between(trucks: Trucks, begin: int, end: int) -> int | None:
    """Return the last truck that leaves between two instants, both included."""
    found: int | None = None
    at = trucks.after(begin)
    while at <= end:
        found = at
        at = trucks.after(found + 1)
    return found


def _sources(
    case: Case, key: OrderLineKey, *, makers: Makers, level: LinkClass
) -> Iterator[WorkOrderKey | int]:
    """Yield the work orders and the arrivals (UTC seconds) that a line waits for."""
    known = {maker for maker, proof in makers.get(key, {}).items() if proof <= level}
    demand = case.demand_of(key)
    rows = case.lacks[level].after.by_demand.get(demand, ()) if demand is not None else ()
    for row in rows:
        supply = case.pegging.supplies[row.supply]
        if supply.kind is SupplyKind.WORK_ORDER and supply.work_order is not None:
            known.add(supply.work_order)
        elif supply.kind is not SupplyKind.STOCK and supply.arrives is not None:
            yield supply.arrives
    yield from sorted(known)
