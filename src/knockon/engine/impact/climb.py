"""Climb from supply to the order lines it serves, by record and by rule."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from knockon.domain.facts import LotKey, OrderLineKey, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.pegging import Pegging, PegRule
from knockon.engine.impact.records import Records

Goal = WorkOrderKey | OrderLineKey


class Rung(NamedTuple):
    """One step up: by which link, to what."""

    goal: Goal
    via: str
    link_class: LinkClass


class Reached(NamedTuple):
    """An order line that was reached: how well proven, and by which steps from the start."""

    link_class: LinkClass
    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ladder:
    """Who serves whom.

    Parameters
    ----------
    recorded
        Work order to the order lines and work orders it serves by record, whatever the quantity.
    """

    pegging: Pegging
    recorded: Mapping[WorkOrderKey, tuple[Rung, ...]]

    def climb(self, rungs: Iterable[Rung]) -> dict[OrderLineKey, Reached]:
        """Return every order line above the first rungs, each by its best and shortest path.

        Notes
        -----
        Best first over (class, steps); O(links log links).
        """
        best: dict[Goal, Reached] = {}
        queue: list[tuple[LinkClass, int, tuple[str, ...], tuple[Rung, ...]]] = []
        for rung in rungs:
            heapq.heappush(queue, (rung.link_class, 1, rung.goal, (rung,)))
        while queue:
            link, _, _, path = heapq.heappop(queue)
            goal = path[-1].goal
            if goal in best:
                continue
            best[goal] = Reached(link, path)
            if isinstance(goal, WorkOrderKey):
                for rung in self.above(goal):
                    if rung.goal not in best:
                        worse = max(link, rung.link_class)
                        step = (worse, len(path) + 1, rung.goal, (*path, rung))
                        heapq.heappush(queue, step)
        return {goal: found for goal, found in best.items() if isinstance(goal, OrderLineKey)}

    def above(self, work_order: WorkOrderKey) -> list[Rung]:
        """Return what a work order's output serves."""
        rungs = list(self.recorded.get(work_order, ()))
        for supply in self.pegging.outputs.get(work_order, ()):
            rungs.extend(self.from_supply(supply))
        return rungs

    def from_supply(self, supply: int) -> list[Rung]:
        """Return what one supply serves by peg."""
        return [
            Rung(goal, row.rule, row.link_class)
            for row in self.pegging.by_supply.get(supply, ())
            if (goal := self._goal(row.demand)) is not None
        ]

    def from_lot(self, lot: LotKey) -> list[Rung]:
        """Return what the stock of a lot serves by peg."""
        return [
            rung
            for place in self.pegging.shelves.of_lot.get(lot, ())
            for rung in self.from_supply(place)
        ]

    def _goal(self, demand: int) -> Goal | None:
        row = self.pegging.demands[demand]
        return row.line or row.work_order


def build_ladder(records: Records, pegging: Pegging) -> Ladder:
    """Assemble who serves whom from the records and the pegging."""
    recorded: dict[WorkOrderKey, list[Rung]] = defaultdict(list)
    open_lines = {demand.line for demand in pegging.demands if demand.line is not None}
    for row in records.allocations:
        if row.work_order and row.order_line in open_lines and row.order_line is not None:
            maker = WorkOrderKey(row.order_line.plant, row.work_order)
            rung = Rung(row.order_line, PegRule.ALLOCATION, LinkClass.CONFIRMED)
            recorded[maker].append(rung)
    for work_order in records.facts.work_orders:
        line = work_order.order_line
        if line is not None and line in open_lines:
            recorded[work_order.key].append(_named_order(records, work_order.key, line))
        if work_order.parent_work_order:
            mother = WorkOrderKey(work_order.key.plant, work_order.parent_work_order)
            recorded[work_order.key].append(
                Rung(mother, PegRule.PARENT_WORK_ORDER, LinkClass.CONFIRMED)
            )
    for need in records.facts.requirements:
        if need.supplied_by:
            maker = WorkOrderKey(need.work_order.plant, need.supplied_by)
            recorded[maker].append(Rung(need.work_order, PegRule.SUPPLIED_BY, LinkClass.CONFIRMED))
    return Ladder(
        pegging=pegging,
        recorded={key: tuple(rungs) for key, rungs in recorded.items()},
    )


def _named_order(records: Records, maker: WorkOrderKey, line: OrderLineKey) -> Rung:
    """Return the link to the order a work order names; a component's own is through its mother."""
    same = records.lines[line].item == records.work_orders[maker].item
    link = LinkClass.CONFIRMED if same else LinkClass.PROBABLE
    return Rung(line, PegRule.ORDER_ON_WORK_ORDER, link)
