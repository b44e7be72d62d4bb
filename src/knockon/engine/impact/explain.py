"""Explain a row: the steps from the disruption to the customer, each a fact or a rule."""

from collections.abc import Iterable

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import LotKey, OrderLineKey, WorkOrderKey
from knockon.domain.impact import PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.climb import Rung
from knockon.engine.impact.delay import Outage, Run, shortest_causes
from knockon.engine.impact.lack import Lack
from knockon.engine.impact.orders_only import routed_over
from knockon.engine.impact.pegging import Peg
from knockon.engine.impact.shortage import takes_away
from knockon.engine.impact.supply import Supply, SupplyKind
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT, WaitKind
from knockon.engine.schedule.shop import Job, to_instant

Path = tuple[PathStep, ...]

_LONGEST_CHAIN = 40
"""Operations that a path names; of a longer chain its two ends."""

_INDIRECTLY = "indirectly"
"""The link to an operation that waits for the one before it through others left out."""


class Explainer:
    """Builds paths for the rows of one case."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._causes: dict[int, dict[int, int | None]] = {}

    def cause(self, disruption: Disruption | None = None) -> PathStep:
        """Return the first step: the disruption itself, else the case's first one."""
        disruption = disruption or self._case.disruption
        return PathStep(
            type=StepType.CAUSE,
            key=disruption.id,
            via=disruption.kind.value,
            at=disruption.opened_at,
            qty=None,
            link_class=LinkClass.CONFIRMED,
        )

    def to_order(self, path: Path, line: OrderLineKey, *, via: str, link: LinkClass) -> Path:
        """Return a path continued to the order line and its customer."""
        known = self._case.records.lines.get(line)
        order = PathStep(
            type=StepType.ORDER,
            key=f"{line.order}/{line.line}",
            via=via,
            at=(known.promised or known.due).latest if known else None,
            qty=known.qty if known else None,
            link_class=link,
        )
        if known is None:
            return (*path, order)
        customer = PathStep(
            type=StepType.CUSTOMER,
            key=known.customer,
            via="customer_of_order",
            at=None,
            qty=None,
            link_class=LinkClass.CONFIRMED,
        )
        return (*path, order, customer)

    def along(self, path: Path, rungs: Iterable[Rung]) -> Path:
        """Return a path continued over work orders to an order line and its customer."""
        for rung in rungs:
            if isinstance(rung.goal, OrderLineKey):
                return self.to_order(path, rung.goal, via=rung.via, link=rung.link_class)
            path = (*path, self._work_order(rung.goal, via=rung.via, link=rung.link_class))
        return path

    def to_lot(self, lot: LotKey) -> Path:
        """Return the path to a suspect lot."""
        trace = self._case.trace
        return trace.path_to(lot) if trace is not None else ()

    def to_shipment(self, row: int) -> Path:
        """Return the path to a shipment row with suspect lots."""
        trace = self._case.trace
        return trace.path_to_shipment(row) if trace is not None else ()

    def to_work_in_process(self, key: WorkOrderKey) -> Path:
        """Return the path to a work order with suspect material in process."""
        trace = self._case.trace
        return trace.path_to_work_order(key) if trace is not None else ()

    def to_job(self, run: Run, job: int) -> Path:
        """Return the path to a late job: what it waited for, back to what is down."""
        causes = self._causes_of(run)
        chain: list[tuple[int, str, LinkClass]] = []
        here = job
        while (place := causes.get(here)) is not None:
            wait = run.waits[place]
            link = max(wait.link_class, self._case.shop.jobs[here].doubt)
            if wait.target != here:
                chain.append((here, WaitKind.RUN_GROUP, link))
            chain.append((wait.target, wait.kind, link))
            here = wait.source
        steps = list(self._to_direct(run, here))
        steps.extend(
            self._operation(run, place, via=via, link=link)
            for place, via, link in _folded(chain[::-1])
        )
        return tuple(steps)

    def _causes_of(self, run: Run) -> dict[int, int | None]:
        number = next(place for place, known in enumerate(self._case.runs) if known is run)
        if number not in self._causes:
            self._causes[number] = shortest_causes(self._case.shop, run)
        return self._causes[number]

    def to_possible(self, work_order: WorkOrderKey) -> Path:
        """Return the path to work that may be hit although the plan does not say when it runs."""
        came_from = self._case.possible.came_from
        chain: list[tuple[WorkOrderKey, str]] = []
        here = work_order
        while True:
            before, via = came_from[here]
            chain.append((here, via))
            if not isinstance(before, WorkOrderKey):
                break
            here = before
        if before is None:
            path = self._what_is_down(self._stopping(here))
        else:
            path = self.to_job(self._case.first_run(before) or self._case.runs[-1], before)
        for key, via in reversed(chain):
            path = (*path, self._work_order(key, via=via, link=LinkClass.POSSIBLE))
        return path

    def to_item(self, item: str) -> Path:
        """Return the path to an item whose routing needs what is down."""
        needs = self._item(item, via="routed_over", link=LinkClass.POSSIBLE)
        return (*self._what_is_down(self._stopping_item(item)), needs)

    def to_loss(self, lack: Lack, demand: int) -> Path:
        """Return the path to the supply that a demand lost."""
        seen: set[int] = set()
        steps: list[PathStep] = []
        while demand not in seen:
            seen.add(demand)
            row = self._lost_peg(lack, demand)
            if row is None:
                return (self.cause(), *steps)
            supply = lack.before.supplies[row.supply]
            if supply.kind is not SupplyKind.WORK_ORDER or supply.work_order is None:
                return (*self._to_bought(lack, row), *steps)
            steps.insert(0, self._work_order(supply.work_order, via="makes", link=row.link_class))
            if supply.work_order not in lack.starved_by:
                path = self.to_work_in_process(supply.work_order) or self._to_held_wip(
                    supply.work_order
                )
                return (*(path or (self.cause(),)), *steps)
            demand = lack.starved_by[supply.work_order]
            component = lack.before.demands[demand]
            steps.insert(0, self._item(component.item, via="component", link=row.link_class))
        return (self.cause(), *steps)

    def _to_held_wip(self, key: WorkOrderKey) -> Path:
        for lot in self._case.records.lots_of.get(key, ()):
            path = self.to_lot(lot.key)
            if path:
                return path
        return ()

    def _to_bought(self, lack: Lack, row: Peg) -> Path:
        """Return the path to a lot, a purchase or loose stock that is no longer there."""
        supply = lack.before.supplies[row.supply]
        if supply.lot is not None:
            path = self.to_lot(supply.lot)
            if path:
                return path
        if supply.purchase_order is not None:
            bought = PathStep(
                type=StepType.PURCHASE_ORDER,
                key="/".join(supply.purchase_order),
                via="purchase_order",
                at=to_instant(supply.arrives) if supply.arrives is not None else None,
                qty=supply.qty,
                link_class=LinkClass.CONFIRMED,
            )
            return (self.cause(self._taking(supply)), bought)
        return (
            self.cause(self._taking(supply)),
            self._item(supply.item, via="stock", link=LinkClass.CONFIRMED),
        )

    def _taking(self, supply: Supply) -> Disruption:
        """Return the disruption that takes a purchase or loose stock away."""
        several = self._case.disruptions
        found = (one for one in several if takes_away(self._case.records.facts, one, supply))
        return next(found, several[0])

    def _lost_peg(self, lack: Lack, demand: int) -> Peg | None:
        """Return the peg that lost supply: the best proven, then the largest."""
        cut = [row for row in lack.before.by_demand.get(demand, ()) if row.supply in lack.cuts]
        return min(cut, key=lambda row: (row.link_class, -row.qty, row.supply), default=None)

    def _to_direct(self, run: Run, job: int) -> Path:
        """Return the path to a job that the disruption itself holds back."""
        case = self._case
        row = case.shop.jobs[job]
        if job in run.starved:
            path = self.to_loss(case.lacks[run.level], run.starved[job])
            return (*path, self._operation(run, job, via="component", link=row.doubt))
        outage = self._holding(row)
        if outage is None and row.run_group:
            fellow = next(
                (
                    place
                    for place, other in enumerate(case.shop.jobs)
                    if other.run_group == row.run_group and self._holding(other) is not None
                ),
                None,
            )
            if fellow is not None:
                outage = self._holding(case.shop.jobs[fellow])
                return (
                    *self._what_is_down(outage),
                    self._operation(run, fellow, via="planned_on", link=row.doubt),
                    self._operation(run, job, via=WaitKind.RUN_GROUP, link=row.doubt),
                )
        step = self._operation(run, job, via="planned_on", link=row.doubt)
        return (*self._what_is_down(outage), step)

    def _holding(self, job: Job) -> Outage | None:
        """Return what of that which is down holds a job longest."""
        touching = [outage for outage in self._case.outages if outage.touches(job)]
        return max(touching, key=lambda outage: outage.end, default=None)

    def _stopping(self, work_order: WorkOrderKey) -> Outage | None:
        """Return what is down that work without planned times needs."""
        needs = self._case.shop.needs_of.get(work_order)
        found = (one for one in self._case.outages if needs is not None and one.stops(needs))
        return next(found, None)

    def _stopping_item(self, item: str) -> Outage | None:
        """Return what is down that an item's routing needs."""
        found = (
            outage
            for outage in self._case.outages
            if outage.stops(routed_over(self._case.records, item, plant=outage.plant))
        )
        return next(found, None)

    def _what_is_down(self, outage: Outage | None) -> Path:
        """Return the disruption and what it puts down; the case's first one when none is named."""
        named = (one for one in self._case.disruptions if outage and one.id == outage.disruption)
        disruption = next(named, self._case.disruption)
        scope = disruption.scope
        steps = [(StepType.EQUIPMENT, name) for name in scope.equipment]
        if scope.tool:
            steps.append((StepType.TOOL, scope.tool))
        down = tuple(
            PathStep(
                type=kind,
                key=name,
                via="stopped",
                at=scope.start or disruption.opened_at,
                qty=None,
                link_class=LinkClass.CONFIRMED,
            )
            for kind, name in steps
        )
        return (self.cause(disruption), *down)

    def _operation(self, run: Run, job: int, *, via: str, link: LinkClass) -> PathStep:
        row = self._case.shop.jobs[job]
        start = int(run.new.start[job])
        known = start not in (ABSENT, AGES) and not row.estimated
        work_order = self._case.records.work_orders.get(row.work_order)
        return PathStep(
            type=StepType.OPERATION,
            key=f"{row.key.work_order}/{row.key.seq}",
            via=str(via),
            at=to_instant(start) if known else None,
            qty=work_order.qty if work_order else None,
            link_class=link,
        )

    def _work_order(self, key: WorkOrderKey, *, via: str, link: LinkClass) -> PathStep:
        known = self._case.records.work_orders.get(key)
        return PathStep(
            type=StepType.WORK_ORDER,
            key=key.work_order,
            via=str(via),
            at=None,
            qty=known.qty if known else None,
            link_class=link,
        )

    def _item(self, item: str, *, via: str, link: LinkClass) -> PathStep:
        return PathStep(type=StepType.ITEM, key=item, via=via, at=None, qty=None, link_class=link)


def _folded(chain: list[tuple[int, str, LinkClass]]) -> list[tuple[int, str, LinkClass]]:
    """Return both ends of a chain that nobody would read to its end; the class stays the weakest."""
    if len(chain) <= _LONGEST_CHAIN:
        return chain
    head, tail = chain[: _LONGEST_CHAIN // 2], chain[-(_LONGEST_CHAIN // 2) :]
    hidden = chain[len(head) : -len(tail)]
    place, _, link = tail[0]
    weakest = max(link, *(row[2] for row in hidden))
    return [*head, (place, _INDIRECTLY, weakest), *tail[1:]]
