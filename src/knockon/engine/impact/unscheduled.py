"""What is hit beyond the plan: work without planned times, by routing and bill of materials."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from knockon.domain.facts import OrderLineKey, WorkOrderKey
from knockon.engine.impact.climb import Ladder, Rung
from knockon.engine.impact.delay import Outage
from knockon.engine.schedule.shop import Shop

Before = WorkOrderKey | int | None
"""What led to a work order: another one, a delayed job (place), or the disruption itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Work orders without planned times that may be hit, and the order lines above them.

    Parameters
    ----------
    came_from
        Each work order to what led to it, and by which link.
    lines
        Order line to the work order below it and the steps between.
    """

    came_from: Mapping[WorkOrderKey, tuple[Before, str]]
    lines: Mapping[OrderLineKey, tuple[WorkOrderKey, tuple[Rung, ...]]]

    @property
    def work_orders(self) -> tuple[WorkOrderKey, ...]:
        """Return the work orders in key order."""
        return tuple(sorted(self.came_from))


def possible_hits(
    shop: Shop, ladder: Ladder, *, outage: Outage | None, delayed: Iterable[int]
) -> Possible:
    """Find what may be hit because the plan does not say when it runs.

    Work without planned times may be late when it needs a machine that is down or that late work
    runs on, or a component that is late. Nothing is computed in time here.

    Notes
    -----
    Breadth first, O(unscheduled work x links).
    """
    if not shop.unscheduled:
        return Possible(came_from={}, lines={})
    came_from: dict[WorkOrderKey, tuple[Before, str]] = {}
    queue: deque[WorkOrderKey] = deque()
    for key, before, via in _first_hits(shop, ladder, outage=outage, delayed=sorted(delayed)):
        if key not in came_from:
            came_from[key] = (before, via)
            queue.append(key)
    unscheduled = set(shop.unscheduled)
    lines: dict[OrderLineKey, tuple[WorkOrderKey, tuple[Rung, ...]]] = {}
    while queue:
        key = queue.popleft()
        above = ladder.above(key)
        for rung in above:
            goal = rung.goal
            if isinstance(goal, WorkOrderKey) and goal in unscheduled and goal not in came_from:
                came_from[goal] = (key, rung.via)
                queue.append(goal)
        for line, reached in ladder.climb(above).items():
            lines.setdefault(line, (key, reached.rungs))
    return Possible(came_from=came_from, lines=lines)


def _first_hits(
    shop: Shop, ladder: Ladder, *, outage: Outage | None, delayed: Iterable[int]
) -> Iterator[tuple[WorkOrderKey, Before, str]]:
    down = outage.machines if outage is not None else frozenset()
    for key in shop.unscheduled:
        if shop.machines_of.get(key, frozenset()) & down:
            yield key, None, "routing"
    unscheduled = set(shop.unscheduled)
    busy = {shop.jobs[place].machine: place for place in delayed if not shop.jobs[place].estimated}
    for key in shop.unscheduled:
        for machine in sorted(shop.machines_of.get(key, ())):
            if machine in busy:
                yield key, busy[machine], "next_on_machine"
    for place in delayed:
        work_order = shop.jobs[place].work_order
        if not shop.jobs[place].estimated and shop.of_work_order[work_order][-1] == place:
            for rung in ladder.above(work_order):
                if isinstance(rung.goal, WorkOrderKey) and rung.goal in unscheduled:
                    yield rung.goal, place, rung.via
