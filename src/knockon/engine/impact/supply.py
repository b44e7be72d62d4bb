"""What there is and what is wanted: the two sides that pegging joins."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from knockon.domain.facts import (
    BomLine,
    LotKey,
    OrderKind,
    OrderLineKey,
    PurchaseOrder,
    Requirement,
    RoutingStep,
    Stock,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.times import Moment
from knockon.engine.impact.records import ZERO, Records
from knockon.engine.schedule.shop import routing_of, step_of, to_seconds

LATER_KINDS = frozenset({OrderKind.FORECAST, OrderKind.BLANKET})
"""Demand of a lower rank."""

_GRAIN = Decimal("0.000001")
USABLE_PLACES = frozenset({"raw", "wip", "finished", "transit", "subcontractor"})
_BLOCKED = frozenset({"hold", "scrapped"})
# A lot in quarantine waits for its inspection: plans count on it until it fails.
_MAX_PHANTOM_DEPTH = 12
_NO_TIER = "~"
"""Sorts behind every tier."""


class SupplyKind(StrEnum):
    """Where a supply comes from."""

    STOCK = "stock"
    WORK_ORDER = "work_order"
    PURCHASE_ORDER = "purchase_order"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """A quantity that is there or will come, in the item's own unit.

    Parameters
    ----------
    arrives
        UTC seconds; of a work order its planned finish, None when it is unknown or already here.
    work_order
        The work order that makes it, or made it.
    """

    kind: SupplyKind
    plant: str
    item: str
    qty: Decimal
    arrives: int | None = None
    lot: LotKey | None = None
    work_order: WorkOrderKey | None = None
    purchase_order: tuple[str, str] | None = None

    @property
    def is_open_work(self) -> bool:
        """Whether it is still to be made."""
        return self.kind is SupplyKind.WORK_ORDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A quantity that a customer line or a work order still wants, in the item's own unit.

    Parameters
    ----------
    line
        The order line; None for a component.
    work_order, seq
        The work order that wants the component, and at which operation.
    rank
        0 for firm demand, 1 for forecasts and blanket lines.
    supplied_by
        Work order that makes it, where the plan says so.
    derived
        The demand itself is derived (from the bill of materials), not recorded.
    feeds
        Share, in (0, 1], of what its work order still makes that this component goes into, last
        piece last; the pieces before have it already.
    """

    plant: str
    item: str
    qty: Decimal
    due: int
    tier: str
    rank: int = 0
    line: OrderLineKey | None = None
    work_order: WorkOrderKey | None = None
    seq: int | None = None
    supplied_by: str | None = None
    derived: bool = False
    feeds: Decimal = Decimal(1)

    @property
    def place(self) -> tuple[int, int, str, tuple[str, ...], int]:
        """Return its place in the queue: rank, due, tier, key."""
        key: tuple[str, ...] = self.line or self.work_order or ()
        return self.rank, self.due, self.tier, tuple(key), self.seq or 0


def build_supplies(records: Records, *, now: datetime) -> tuple[Supply, ...]:
    """Return every usable supply; stock first, then work orders, purchases and transfers."""
    stock = list(_stock(records))
    work = [
        supply
        for work_order in records.facts.work_orders
        if (supply := _open_work(records, work_order)) is not None
    ]
    return (*stock, *work, *_purchases(records, now=now), *_transfers(records))


def build_demands(records: Records) -> tuple[Demand, ...]:
    """Return every open demand of order lines and of work orders."""
    lines = [
        Demand(
            plant=line.key.plant,
            item=line.item,
            qty=open_qty,
            due=to_seconds(line.due.latest),
            tier=records.tier(line.customer) or _NO_TIER,
            rank=1 if line.kind in LATER_KINDS else 0,
            line=line.key,
        )
        for line in records.facts.order_lines
        if (open_qty := records.open_qty(line)) > 0
    ]
    components = [
        demand
        for work_order in records.facts.work_orders
        if work_order.status != "done"
        for demand in _components(records, work_order)
    ]
    return (*lines, *components)


def wip_lots(records: Records) -> dict[WorkOrderKey, Decimal]:
    """Return the quantity that is still in process by the open work order that makes it."""
    found: dict[WorkOrderKey, Decimal] = defaultdict(Decimal)
    for row in records.facts.stock:
        maker = maker_in_process(records, row)
        if maker is not None:
            found[maker] += records.in_item_unit(row.qty, item=row.item, uom=row.uom)
    return dict(found)


def _stock(records: Records) -> Iterator[Supply]:
    for row in records.facts.stock:
        if row.place not in USABLE_PLACES or row.qty <= 0 or maker_in_process(records, row):
            continue
        lot = records.lots.get(row.lot) if row.lot else None
        if lot is not None and lot.status in _BLOCKED:
            continue
        yield Supply(
            kind=SupplyKind.STOCK,
            plant=row.plant,
            item=row.item,
            qty=records.in_item_unit(
                row.qty, item=row.item, uom=row.uom, lot=row.lot.lot if row.lot else None
            ),
            lot=row.lot,
            work_order=(
                WorkOrderKey(row.plant, lot.work_order) if lot and lot.work_order else None
            ),
        )


def maker_in_process(records: Records, row: Stock) -> WorkOrderKey | None:
    """Return the open work order whose unfinished work a stock row counts, if it does."""
    if row.place != "wip" or row.lot is None or row.qty <= 0:
        return None
    lot = records.lots.get(row.lot)
    if lot is None or not lot.work_order:
        return None
    key = WorkOrderKey(row.plant, lot.work_order)
    maker = records.work_orders.get(key)
    if maker is None or maker.status == "done" or maker.item != row.item:
        return None
    if lot.made is not None and maker.finished_qty > 0:
        return None
    steps = records.operations.get(key, ())
    if steps and all(step.status == "done" or step.actual_finish for step in steps):
        return None
    return key


def _open_work(records: Records, work_order: WorkOrder) -> Supply | None:
    if work_order.status == "done":
        return None
    left = work_order.qty - work_order.finished_qty - work_order.scrap_qty
    good = (left * _yield_to_come(records, work_order)).quantize(_GRAIN, rounding=ROUND_FLOOR)
    if good <= 0:
        return None
    finish = _planned_finish(records, work_order)
    return Supply(
        kind=SupplyKind.WORK_ORDER,
        plant=work_order.key.plant,
        item=work_order.item,
        qty=good.normalize() if good == good.to_integral_value() else good,
        arrives=None if finish is None else to_seconds(finish.latest),
        work_order=work_order.key,
    )


def _yield_to_come(records: Records, work_order: WorkOrder) -> Decimal:
    """Return the share that the operations still to be done let through."""
    steps: list[RoutingStep] = routing_of(work_order, records.routings)
    done = {
        step.seq
        for row in records.operations.get(work_order.key, ())
        if row.status == "done" or row.actual_finish
        for step in (step_of(row.key.seq, row.operation, steps),)
        if step is not None
    }
    share = Decimal(1)
    for step in steps:
        if step.seq not in done:
            share *= step.yield_ratio
    return share


def _planned_finish(records: Records, work_order: WorkOrder) -> Moment | None:
    finishes = [
        row.planned_finish
        for row in records.operations.get(work_order.key, ())
        if row.planned_finish is not None
    ]
    return max(finishes, default=work_order.planned_finish or work_order.due)


def outstanding(records: Records) -> dict[tuple[str, str, str], Decimal]:
    """Return what is still to come of every purchase order line, in the row's own unit."""
    received: dict[tuple[str, str | None, str | None, str], Decimal] = defaultdict(Decimal)
    for receipt in records.facts.receipts:
        # A receipt booked on the wrong line must not hide that this line's item is still to come.
        received[receipt.plant, receipt.po, receipt.line, receipt.item] += receipt.received
    return {
        (row.plant, row.po, row.line): max(
            ZERO, row.qty - received.get((row.plant, row.po, row.line, row.item), ZERO)
        )
        for row in records.facts.purchase_orders
    }


def purchase_arrival(row: PurchaseOrder, *, now: datetime) -> int:
    """Return when a purchase is expected: confirmed, else due; an overdue one not before now."""
    return max(to_seconds((row.confirmed or row.due).latest), to_seconds(now))


def _purchases(records: Records, *, now: datetime) -> Iterator[Supply]:
    open_qty = outstanding(records)
    for row in records.facts.purchase_orders:
        qty = open_qty[row.plant, row.po, row.line]
        if qty > 0:
            yield Supply(
                kind=SupplyKind.PURCHASE_ORDER,
                plant=row.plant,
                item=row.item,
                qty=qty,
                arrives=purchase_arrival(row, now=now),
                purchase_order=(row.po, row.line),
            )


def _transfers(records: Records) -> Iterator[Supply]:
    for row in records.facts.transfers:
        if row.received is None and row.qty > 0:
            yield Supply(
                kind=SupplyKind.TRANSFER,
                plant=row.to_plant,
                item=row.lot.item,
                qty=row.qty,
                lot=row.lot,
            )


def _components(records: Records, work_order: WorkOrder) -> Iterator[Demand]:
    """Yield what a work order still wants: by its requirements, else by bill of materials."""
    recorded = records.requirements.get(work_order.key, ())
    needs = [(row, False) for row in recorded] or [
        (row, True) for row in _from_bom(records, work_order)
    ]
    named = {row.component for row, _ in needs}
    for row, derived in needs:
        open_qty = records.in_item_unit(
            row.required_qty - row.issued_qty, item=row.component, uom=row.uom
        )
        if open_qty > 0:
            yield _component(records, work_order, row=row, qty=open_qty, derived=derived)
    for child in records.children.get(work_order.key, ()):
        # A child whose item nobody asked for still serves its mother.
        if child.item not in named and child.status != "done":
            row = Requirement(
                work_order=work_order.key,
                component=child.item,
                required_qty=child.qty,
                supplied_by=child.key.work_order,
            )
            yield _component(records, work_order, row=row, qty=child.qty, derived=False)


def _component(
    records: Records, work_order: WorkOrder, *, row: Requirement, qty: Decimal, derived: bool
) -> Demand:
    return Demand(
        plant=work_order.key.plant,
        item=row.component,
        qty=qty,
        due=_needed_at(records, work_order, seq=row.seq),
        tier="",
        work_order=work_order.key,
        seq=row.seq,
        supplied_by=row.supplied_by,
        derived=derived,
        feeds=Decimal(1) if derived else _share_fed(work_order, row),
    )


def _share_fed(work_order: WorkOrder, row: Requirement) -> Decimal:
    """Return into which share of the pieces to come the quantity not issued yet goes."""
    left = work_order.qty - work_order.finished_qty - work_order.scrap_qty
    if left <= 0 or row.required_qty <= 0:
        return Decimal(1)
    fed = work_order.qty * (row.required_qty - row.issued_qty) / row.required_qty
    return min(Decimal(1), fed / left)


def _needed_at(records: Records, work_order: WorkOrder, *, seq: int | None) -> int:
    starts = [
        row.planned_start
        for row in records.operations.get(work_order.key, ())
        if row.planned_start is not None and (seq is None or row.key.seq >= seq)
    ]
    when = min(starts, default=work_order.planned_start or work_order.due)
    return to_seconds(when.earliest if when else datetime(9999, 1, 1, tzinfo=UTC))


def _from_bom(records: Records, work_order: WorkOrder) -> list[Requirement]:
    left = max(ZERO, work_order.qty - work_order.finished_qty - work_order.scrap_qty)
    return [
        Requirement(work_order=work_order.key, component=item, required_qty=qty, seq=seq)
        for item, (qty, seq) in sorted(
            explode(records, item=work_order.item, plant=work_order.key.plant, qty=left).items()
        )
    ]


def explode(
    records: Records, *, item: str, plant: str, qty: Decimal, depth: int = 0
) -> Mapping[str, tuple[Decimal, int | None]]:
    """Return the components of a quantity one level down; phantoms pass through.

    Of alternates the first is taken; substitutes are left out.
    """
    needs: dict[str, tuple[Decimal, int | None]] = {}
    for line in bom_lines(records, item=item, plant=plant):
        need = qty * line.qty_per / (line.base_qty or 1) * (1 + line.scrap_ratio)
        need = records.in_item_unit(need + line.fixed_scrap, item=line.component_item, uom=line.uom)
        phantom = line.is_phantom or records.item(line.component_item).kind == "phantom"
        below: Mapping[str, tuple[Decimal, int | None]] = {line.component_item: (need, line.seq)}
        if phantom and depth < _MAX_PHANTOM_DEPTH:
            below = explode(
                records, item=line.component_item, plant=plant, qty=need, depth=depth + 1
            )
        for component, (more, seq) in below.items():
            have, known_seq = needs.get(component, (ZERO, seq))
            needs[component] = (have + more, known_seq)
    return needs


def bom_lines(records: Records, *, item: str, plant: str) -> list[BomLine]:
    """Return the first choice of an item's bill of materials, the plant's own before a general."""
    lines = records.bom.get(item, ())
    own = [line for line in lines if line.plant == plant]
    chosen: list[BomLine] = []
    groups: set[str] = set()
    for line in own or [line for line in lines if line.plant is None]:
        if line.substitute_of or line.alternate_group in groups:
            continue
        if line.alternate_group:
            groups.add(line.alternate_group)
        chosen.append(line)
    return chosen


def stand_ins(records: Records) -> dict[str, set[str]]:
    """Return for each component the items that may be used in its place."""
    found: dict[str, set[str]] = defaultdict(set)
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for line in records.facts.bom:
        if line.substitute_of:
            found[line.substitute_of].add(line.component_item)
        if line.alternate_group:
            groups[line.parent_item, line.alternate_group].add(line.component_item)
    for members in groups.values():
        for member in members:
            found[member] |= members - {member}
    return dict(found)
