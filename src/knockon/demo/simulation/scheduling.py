"""The planner's first draft: whatever is ready first is planned next on the machine that is free."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heappop, heappush
from random import Random

from knockon.demo.simulation.builder import Builder
from knockon.demo.simulation.shop import Job, Shop, WorkOrder

_HOUR = 3600


class Draft:
    """Plans the operations of many work orders in the order in which they become ready.

    Parameters
    ----------
    builder
        Knows when machines and tools are free.
    families
        Work orders opened together and the instant from which they may start.
    """

    def __init__(
        self, builder: Builder, families: Sequence[tuple[int, Sequence[WorkOrder]]]
    ) -> None:
        self._builder = builder
        self._shop: Shop = builder.shop
        self._rng: Random = builder.rng
        self._ready: dict[str, int] = {}
        self._waits: dict[str, int] = {}
        self._parents: defaultdict[str, list[str]] = defaultdict(list)
        self._twins: dict[str, str] = {}
        self._queue: list[tuple[int, int, str, int]] = []
        self._pushed = 0
        for release, family in families:
            self._twins |= twins(self._shop, family)
            for wo in family:
                self._ready[wo.code] = release
                children = sorted({need.child for need in wo.needs if need.child})
                self._waits[wo.code] = len(children)
                for child in children:
                    self._parents[child].append(wo.code)

    def plan(self) -> None:
        """Plan everything."""
        for code, count in list(self._waits.items()):
            if count == 0:
                self._push(code, 0, self._ready[code])
        planned: set[str] = set()
        while self._queue:
            ready, _, code, number = heappop(self._queue)
            if number == 0 and code in planned:
                continue
            twin = self._twins.get(code, "")
            if twin and self._waits[twin] > 0:
                # The other half of the family mould is not ready; it will bring this one along.
                continue
            planned.add(code)
            finish = self._place(code, number, ready)
            self._follow(code, number, finish)
            if twin:
                planned.add(twin)
                self._join(code, twin)
                self._follow(twin, 0, finish)

    def _push(self, code: str, number: int, ready: int) -> None:
        self._pushed += 1
        heappush(self._queue, (ready, self._pushed, code, number))

    def _place(self, code: str, number: int, ready: int) -> int:
        job = self._shop.work_orders[code].jobs[number]
        gap = self._rng.choice((0, 0, 0, self._rng.randrange(_HOUR)))
        return self._builder.place_job(job, ready=ready, gap=gap)

    def _join(self, code: str, twin: str) -> None:
        lead: Job = self._shop.work_orders[code].jobs[0]
        other: Job = self._shop.work_orders[twin].jobs[0]
        other.machine, other.tool = lead.machine, lead.tool
        other.planned_start, other.planned_finish = lead.planned_start, lead.planned_finish
        lead.group = other.group = f"G{code}"

    def _follow(self, code: str, number: int, finish: int) -> None:
        jobs = self._shop.work_orders[code].jobs
        if number + 1 < len(jobs):
            self._push(code, number + 1, finish)
            return
        for parent in self._parents[code]:
            self._ready[parent] = max(self._ready[parent], finish)
            self._waits[parent] -= 1
            if self._waits[parent] == 0:
                self._push(parent, 0, self._ready[parent])


def twins(shop: Shop, family: Sequence[WorkOrder]) -> dict[str, str]:
    """Return, both ways, the work orders that the same shots of a family mould make."""
    found: dict[str, str] = {}
    for wo in family:
        steps = shop.items[wo.item].steps
        if len(steps) != 1 or not steps[0].tool or wo.code in found:
            continue
        for other in family:
            same = shop.items[other.item].steps == steps and other.qty == wo.qty
            if other.code != wo.code and same and other.code not in found:
                found[wo.code], found[other.code] = other.code, wo.code
                break
    return found
