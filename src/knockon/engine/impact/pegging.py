"""Join supply to demand: who is served by what, by record first and by rule where none is.

Order of the exchange contract: explicit allocation; the order named on the work order or its
mother; else per item and plant, demand by due date then tier against free stock above safety
stock, open work orders by planned finish, purchase orders, safety stock last.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts import Allocation, LotKey, OrderLineKey, WorkOrder, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.records import ZERO, Records
from knockon.engine.impact.supply import Demand, Supply, SupplyKind, stand_ins

Pool = tuple[str, str]
"""Plant and item."""


class PegRule(StrEnum):
    """By which link a supply serves a demand."""

    ALLOCATION = "allocation"
    RESERVATION = "reservation"
    ORDER_ON_WORK_ORDER = "order_on_work_order"
    SUPPLIED_BY = "supplied_by"
    PARENT_WORK_ORDER = "parent_work_order"
    FREE_STOCK = "free_stock"
    OPEN_WORK_ORDER = "open_work_order"
    PURCHASE_ORDER = "purchase_order"
    TRANSFER = "transfer"
    SAFETY_STOCK = "safety_stock"
    STAND_IN = "stand_in"


_RULE_OF = {
    SupplyKind.STOCK: PegRule.FREE_STOCK,
    SupplyKind.WORK_ORDER: PegRule.OPEN_WORK_ORDER,
    SupplyKind.PURCHASE_ORDER: PegRule.PURCHASE_ORDER,
    SupplyKind.TRANSFER: PegRule.TRANSFER,
}
_RANK_OF = {
    SupplyKind.STOCK: 0,
    SupplyKind.TRANSFER: 1,
    SupplyKind.WORK_ORDER: 2,
    SupplyKind.PURCHASE_ORDER: 3,
}
_NEVER = 1 << 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Peg:
    """A quantity of one supply that serves one demand (indices into the pegging's tuples).

    Parameters
    ----------
    supply_at, demand_at
        Where the quantity begins in the supply and in the demand, so that every piece of either
        is pegged once: pegs of one supply, and of one demand, lie end to end.
    """

    supply: int
    demand: int
    qty: Decimal
    link_class: LinkClass
    rule: PegRule
    supply_at: Decimal
    demand_at: Decimal


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shelves:
    """Supplies and demands (indices) by what they belong to."""

    made_by: Mapping[WorkOrderKey, Sequence[int]]
    of_lot: Mapping[LotKey, Sequence[int]]
    pools: Mapping[Pool, Sequence[int]]
    component_demands: Mapping[WorkOrderKey, Sequence[int]]
    line_demand: Mapping[OrderLineKey, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pegging:
    """All pegs, readable from both sides.

    Parameters
    ----------
    settled
        Demands whose records promise their whole quantity: rules look for nothing more.
    shelves
        Supplies and demands by what they belong to.
    absent
        Supplies that serve nobody before a lack: later deliveries of what is then late.
    """

    supplies: tuple[Supply, ...]
    demands: tuple[Demand, ...]
    pegs: tuple[Peg, ...]
    by_supply: Mapping[int, tuple[Peg, ...]]
    by_demand: Mapping[int, tuple[Peg, ...]]
    settled: frozenset[int]
    shelves: Shelves
    absent: frozenset[int] = frozenset()

    @property
    def outputs(self) -> Mapping[WorkOrderKey, Sequence[int]]:
        """Supplies of each work order: what it still makes and what it made that is in stock."""
        return self.shelves.made_by

    @property
    def demand_of(self) -> Mapping[OrderLineKey, int]:
        """The demand of each open order line."""
        return self.shelves.line_demand

    def covered(self, demand: int) -> Decimal:
        """Return the quantity of a demand that supply serves."""
        return sum((peg.qty for peg in self.by_demand.get(demand, ())), ZERO)

    def recorded(self, demand: int) -> Decimal:
        """Return the quantity of a demand that recorded links serve."""
        return sum(
            (
                peg.qty
                for peg in self.by_demand.get(demand, ())
                if peg.link_class is LinkClass.CONFIRMED
            ),
            ZERO,
        )

    def free(self, supply: int) -> Decimal:
        """Return the quantity of a supply that serves nobody."""
        used = sum((peg.qty for peg in self.by_supply.get(supply, ())), ZERO)
        return self.supplies[supply].qty - used


def peg(
    records: Records,
    *,
    supplies: Sequence[Supply],
    demands: Sequence[Demand],
    absent: Collection[int] = (),
) -> Pegging:
    """Peg every supply to the demand it serves; ``absent`` supplies serve nobody yet.

    Notes
    -----
    O(facts log facts).
    """
    desk = _Desk(records, supplies=supplies, demands=demands)
    desk.absent = set(absent)
    for place in absent:
        desk.left[place] = ZERO
    desk.claim_allocations()
    desk.claim_named_orders()
    desk.claim_components()
    open_demands = [place for place in range(len(demands)) if place not in desk.settled]
    desk.share_by_rule(open_demands)
    desk.share_stand_ins(open_demands)
    return desk.result()


def peg_again(records: Records, pegging: Pegging, *, cuts: Mapping[int, Decimal]) -> Pegging:
    """Peg again after some supply went away.

    Parameters
    ----------
    cuts
        Supply (index) to the quantity that it no longer gives.

    Notes
    -----
    What is left of a cut supply serves recorded links first, then in the order of demand; work
    orders that share a component's maker share its loss, for they go into one set. Demands that
    lost nothing keep their supply; those that lost take, in the same order, what is free. Pieces
    are laid end to end anew: what a cut takes away has no place any more.
    """
    desk = _Desk(
        records,
        supplies=pegging.supplies,
        demands=pegging.demands,
        shelves=pegging.shelves,
    )
    desk.settled = set(pegging.settled)
    for supply, cut in cuts.items():
        desk.left[supply] = max(ZERO, desk.left[supply] - cut)
    lost: dict[int, Decimal] = defaultdict(Decimal)
    shares = _component_shares(pegging, cuts)
    for row in sorted(pegging.pegs, key=lambda row: _claim_place(pegging, row)):
        wanted = row.qty
        if row.supply in shares and pegging.demands[row.demand].work_order is not None:
            wanted *= shares[row.supply]
        taken = desk.take(row.supply, row.demand, wanted, row.link_class, row.rule)
        lost[row.demand] += row.qty - taken
    for place in range(len(desk.wanted)):
        desk.wanted[place] = lost[place]
    desk.share_by_rule(place for place, qty in lost.items() if qty > 0)
    return desk.result()


def _sort_out(supplies: Sequence[Supply], demands: Sequence[Demand]) -> Shelves:
    made_by: dict[WorkOrderKey, list[int]] = defaultdict(list)
    of_lot: dict[LotKey, list[int]] = defaultdict(list)
    pools: dict[Pool, list[int]] = defaultdict(list)
    components: dict[WorkOrderKey, list[int]] = defaultdict(list)
    lines: dict[OrderLineKey, int] = {}
    for place, supply in enumerate(supplies):
        pools[supply.plant, supply.item].append(place)
        if supply.work_order is not None:
            made_by[supply.work_order].append(place)
        if supply.lot is not None:
            of_lot[supply.lot].append(place)
    for place, demand in enumerate(demands):
        if demand.work_order is not None:
            components[demand.work_order].append(place)
        if demand.line is not None:
            lines[demand.line] = place
    return Shelves(
        made_by=dict(made_by),
        of_lot=dict(of_lot),
        pools=dict(pools),
        component_demands=dict(components),
        line_demand=lines,
    )


def _component_shares(pegging: Pegging, cuts: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return the share of its pegs that each cut work order can still serve."""
    shares: dict[int, Decimal] = {}
    for supply, cut in cuts.items():
        pegged = sum((row.qty for row in pegging.by_supply.get(supply, ())), ZERO)
        left = max(ZERO, pegging.supplies[supply].qty - cut)
        if pegging.supplies[supply].is_open_work and left < pegged:
            shares[supply] = left / pegged
    return shares


def _claim_place(pegging: Pegging, row: Peg) -> tuple[LinkClass, tuple[object, ...]]:
    return row.link_class, pegging.demands[row.demand].place


class _Desk:
    """The open quantities while pegging goes on."""

    def __init__(
        self,
        records: Records,
        *,
        supplies: Sequence[Supply],
        demands: Sequence[Demand],
        shelves: Shelves | None = None,
    ) -> None:
        self.records = records
        self.supplies = tuple(supplies)
        self.demands = tuple(demands)
        self.left = [supply.qty for supply in supplies]
        self.wanted = [demand.qty for demand in demands]
        self.pegs: list[Peg] = []
        self.settled: set[int] = set()
        self.absent: set[int] = set()
        self.promised: dict[int, Decimal] = defaultdict(Decimal)
        self.given: dict[int, Decimal] = defaultdict(Decimal)
        self.got: dict[int, Decimal] = defaultdict(Decimal)
        self.shelves = shelves or _sort_out(self.supplies, self.demands)

    def take(
        self, supply: int, demand: int, qty: Decimal, link_class: LinkClass, rule: PegRule
    ) -> Decimal:
        """Peg as much of a quantity as both sides still have."""
        taken = min(qty, self.left[supply], self.wanted[demand])
        if taken <= 0:
            return ZERO
        self.left[supply] -= taken
        self.wanted[demand] -= taken
        self.pegs.append(
            Peg(
                supply=supply,
                demand=demand,
                qty=taken,
                link_class=link_class,
                rule=rule,
                supply_at=self.given[supply],
                demand_at=self.got[demand],
            )
        )
        self.given[supply] += taken
        self.got[demand] += taken
        return taken

    def claim_allocations(self) -> None:
        """Serve order lines and work orders by what was promised to them by record."""
        for row in self.records.allocations:
            if row.order_line is None:
                self._claim_reservation(row)
                continue
            demand = self.shelves.line_demand.get(row.order_line)
            if demand is None:
                continue
            sources: Sequence[int] = ()
            if row.lot is not None:
                sources = self.shelves.of_lot.get(row.lot, ())
            elif row.work_order is not None:
                sources = self.shelves.made_by.get(
                    WorkOrderKey(row.order_line.plant, row.work_order), ()
                )
            self._claim(demand, sources, row.qty, rule=PegRule.ALLOCATION)

    def claim_named_orders(self) -> None:
        """Serve the order line that a work order for the same item, or its mother, names."""
        for work_order in self.records.facts.work_orders:
            line = self._named_line(work_order)
            demand = self.shelves.line_demand.get(line) if line is not None else None
            if demand is None or self.demands[demand].item != work_order.item:
                continue
            sources = self.shelves.made_by.get(work_order.key, [])
            promised = min(self.wanted[demand], work_order.qty)
            self._claim(demand, sources, promised, rule=PegRule.ORDER_ON_WORK_ORDER)

    def claim_components(self) -> None:
        """Serve a work order's components from the work orders that the plan names for it."""
        for place in sorted(range(len(self.demands)), key=lambda p: self.demands[p].place):
            demand = self.demands[place]
            if demand.work_order is None:
                continue
            for maker, rule in makers_of(self.records, demand):
                sources = [
                    supply
                    for supply in self.shelves.made_by.get(maker, [])
                    if self.supplies[supply].item == demand.item
                ]
                link = LinkClass.PROBABLE if demand.derived else LinkClass.CONFIRMED
                self._claim(place, sources, self.wanted[place], rule=rule, link_class=link)

    def share_by_rule(self, places: Iterable[int]) -> None:
        """Serve what is still wanted, in order of rank, due time, tier and key."""
        queues: dict[Pool, list[int]] = defaultdict(list)
        for place in places:
            if self.wanted[place] > 0:
                demand = self.demands[place]
                queues[demand.plant, demand.item].append(place)
        for pool in sorted(queues):
            queue = sorted(queues[pool], key=lambda p: self.demands[p].place)
            self._share_pool(pool, queue)

    def share_stand_ins(self, places: Sequence[int]) -> None:
        """Let components that nothing covers take alternates and substitutes: POSSIBLE."""
        others = stand_ins(self.records)
        queue = [place for place in places if self.wanted[place] > 0 and others]
        for place in sorted(queue, key=lambda place: self.demands[place].place):
            demand = self.demands[place]
            for item in sorted(others.get(demand.item, ())) if demand.work_order else ():
                for supply in self.shelves.pools.get((demand.plant, item), ()):
                    self.take(
                        supply,
                        place,
                        self.wanted[place],
                        LinkClass.POSSIBLE,
                        PegRule.STAND_IN,
                    )

    def result(self) -> Pegging:
        """Return what was pegged."""
        by_supply: dict[int, list[Peg]] = defaultdict(list)
        by_demand: dict[int, list[Peg]] = defaultdict(list)
        for row in self.pegs:
            by_supply[row.supply].append(row)
            by_demand[row.demand].append(row)
        return Pegging(
            supplies=self.supplies,
            demands=self.demands,
            pegs=tuple(self.pegs),
            by_supply={key: tuple(rows) for key, rows in by_supply.items()},
            by_demand={key: tuple(rows) for key, rows in by_demand.items()},
            settled=frozenset(self.settled),
            shelves=self.shelves,
            absent=frozenset(self.absent),
        )

    def _named_line(self, work_order: WorkOrder) -> OrderLineKey | None:
        mothers = self.records.mothers(work_order.key)
        named = (family.order_line for family in (work_order, *mothers))
        return next((line for line in named if line is not None), None)

    def _claim(
        self,
        demand: int,
        sources: Sequence[int],
        qty: Decimal,
        *,
        rule: PegRule,
        link_class: LinkClass = LinkClass.CONFIRMED,
    ) -> None:
        if not sources or qty <= 0:
            return
        # A promise larger than the good supply to come is still the whole promise.
        self.promised[demand] += qty
        if self.promised[demand] >= self.demands[demand].qty:
            self.settled.add(demand)
        for supply in sources:
            qty -= self.take(supply, demand, qty, link_class, rule)

    def _claim_reservation(self, row: Allocation) -> None:
        """Serve a work order's component from the lot that is reserved for it."""
        if row.lot is None or row.work_order is None or row.plant is None:
            return
        left = row.qty
        for place in self.shelves.component_demands.get(
            WorkOrderKey(row.plant, row.work_order), ()
        ):
            if self.demands[place].item == row.lot.item:
                before = self.wanted[place]
                sources = self.shelves.of_lot.get(row.lot, ())
                self._claim(place, sources, min(left, before), rule=PegRule.RESERVATION)
                left -= before - self.wanted[place]

    def _share_pool(self, pool: Pool, queue: Sequence[int]) -> None:
        """Let demands take supply in turn: stock down to the safety stock, the rest, then that."""
        supplies = sorted(self.shelves.pools.get(pool, []), key=self._supply_place)
        stock = sum(
            (
                self.left[place]
                for place in supplies
                if self.supplies[place].kind is SupplyKind.STOCK
            ),
            ZERO,
        )
        spare = max(ZERO, stock - self.records.item(pool[1]).safety_stock)
        for demand in queue:
            for place in supplies:
                rule = _RULE_OF[self.supplies[place].kind]
                if rule is PegRule.FREE_STOCK:
                    spare -= self._share(place, demand, spare, rule)
                else:
                    self._share(place, demand, self.wanted[demand], rule)
        for demand in queue:
            for place in supplies:
                if self.supplies[place].kind is SupplyKind.STOCK:
                    self._share(place, demand, self.wanted[demand], PegRule.SAFETY_STOCK)

    def _share(self, supply: int, demand: int, qty: Decimal, rule: PegRule) -> Decimal:
        if (
            self.demands[demand].work_order is not None
            and self.supplies[supply].work_order == self.demands[demand].work_order
        ):
            return ZERO
        return self.take(supply, demand, qty, LinkClass.PROBABLE, rule)

    def _supply_place(self, place: int) -> tuple[int, int, int]:
        supply = self.supplies[place]
        arrives = supply.arrives if supply.arrives is not None else _NEVER
        return _RANK_OF[supply.kind], arrives if supply.kind is not SupplyKind.STOCK else 0, place


def makers_of(records: Records, demand: Demand) -> list[tuple[WorkOrderKey, PegRule]]:
    """Return the work orders recorded as makers of a component, best link first."""
    if demand.work_order is None:
        return []
    makers: dict[WorkOrderKey, PegRule] = {}
    if demand.supplied_by:
        makers[WorkOrderKey(demand.plant, demand.supplied_by)] = PegRule.SUPPLIED_BY
    for child in records.children.get(demand.work_order, ()):
        if child.item == demand.item:
            makers.setdefault(child.key, PegRule.PARENT_WORK_ORDER)
    return list(makers.items())
