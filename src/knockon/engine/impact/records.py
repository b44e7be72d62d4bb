"""Look-ups over one picture of the plants, built once for an answer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar
from zoneinfo import ZoneInfo

from knockon.domain.facts import (
    Allocation,
    BomLine,
    Customer,
    Equipment,
    EquipmentKey,
    Item,
    Lot,
    LotKey,
    Operation,
    OrderLine,
    OrderLineKey,
    Plant,
    PlantFacts,
    Requirement,
    RoutingStep,
    Shipment,
    ShipmentKind,
    WorkOrder,
    WorkOrderKey,
)
from knockon.engine.graph.units import UnitTable
from knockon.engine.impact.canonical import in_order
from knockon.engine.schedule.shop import routing_by_item

ZERO = Decimal(0)

_Key = TypeVar("_Key")
_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The picture by key."""

    facts: PlantFacts
    plants: Mapping[str, Plant]
    zones: Mapping[str, ZoneInfo]
    equipment: Mapping[EquipmentKey, Equipment]
    items: Mapping[str, Item]
    units: UnitTable
    customers: Mapping[str, Customer]
    lines: Mapping[OrderLineKey, OrderLine]
    work_orders: Mapping[WorkOrderKey, WorkOrder]
    operations: Mapping[WorkOrderKey, tuple[Operation, ...]]
    requirements: Mapping[WorkOrderKey, tuple[Requirement, ...]]
    children: Mapping[WorkOrderKey, tuple[WorkOrder, ...]]
    routings: Mapping[str, list[RoutingStep]]
    bom: Mapping[str, tuple[BomLine, ...]]
    lots: Mapping[LotKey, Lot]
    lots_of: Mapping[WorkOrderKey, tuple[Lot, ...]]
    allocations: tuple[Allocation, ...]
    shipments: Mapping[OrderLineKey, tuple[Shipment, ...]]

    def plant(self, code: str) -> Plant:
        """Return the plant, with the defaults of an undescribed one when it is unknown."""
        return self.plants.get(code) or Plant(plant=code, timezone="UTC")

    def zone(self, code: str) -> ZoneInfo:
        """Return the plant's time zone."""
        return self.zones.get(code) or ZoneInfo("UTC")

    def item(self, code: str) -> Item:
        """Return the item, with an undescribed item's defaults when it is unknown."""
        return self.items.get(code) or Item(item=code)

    def tier(self, customer: str) -> str | None:
        """Return the customer's tier."""
        known = self.customers.get(customer)
        return known.tier if known else None

    def mothers(self, key: WorkOrderKey) -> Iterator[WorkOrder]:
        """Yield the work order's mother, her mother and so on to the top."""
        seen = {key}
        work_order = self.work_orders.get(key)
        while work_order is not None and work_order.parent_work_order:
            mother = WorkOrderKey(key.plant, work_order.parent_work_order)
            if mother in seen:
                return
            seen.add(mother)
            work_order = self.work_orders.get(mother)
            if work_order is not None:
                yield work_order

    def net_shipped(self, key: OrderLineKey) -> Decimal:
        """Return what left for the line less what came back; the line's own figure if larger."""
        line = self.lines.get(key)
        booked = line.shipped_qty if line else ZERO
        moved = sum((signed_qty(row) for row in self.shipments.get(key, ())), ZERO)
        return max(booked, moved)

    def open_qty(self, line: OrderLine) -> Decimal:
        """Return what the line still wants."""
        if line.status != "open":
            return ZERO
        return max(ZERO, line.qty - self.net_shipped(line.key))

    def in_item_unit(
        self, qty: Decimal, *, item: str, uom: str | None, lot: str | None = None
    ) -> Decimal:
        """Return a quantity in the item's own unit; unchanged when no factor is known."""
        converted = self.units.convert(qty, item=item, uom=uom, to=None, lot=lot)
        return qty if converted is None else converted


def build_records(facts: PlantFacts) -> Records:
    """Index the facts by key, in key order; O(facts log facts)."""
    facts = in_order(facts)
    work_orders = {row.key: row for row in facts.work_orders}
    return Records(
        facts=facts,
        plants={row.plant: row for row in facts.plants},
        zones={row.plant: ZoneInfo(row.timezone) for row in facts.plants},
        equipment={row.key: row for row in facts.equipment},
        items={row.item: row for row in facts.items},
        units=UnitTable(facts.items, facts.units),
        customers={row.customer: row for row in facts.customers},
        lines={row.key: row for row in facts.order_lines},
        work_orders=work_orders,
        operations=_grouped(
            (WorkOrderKey(row.key.plant, row.key.work_order), row)
            for row in sorted(facts.operations, key=lambda row: row.key)
        ),
        requirements=_grouped((row.work_order, row) for row in facts.requirements),
        children=_grouped(
            (WorkOrderKey(row.key.plant, row.parent_work_order), row)
            for row in facts.work_orders
            if row.parent_work_order
        ),
        routings=routing_by_item(facts.routings),
        bom=_grouped((row.parent_item, row) for row in facts.bom),
        lots={row.key: row for row in facts.lots},
        lots_of=_grouped(
            (WorkOrderKey(plant, row.work_order), row)
            for row in facts.lots
            if row.work_order
            for plant in (row.plant or _plant_of(row, work_orders),)
        ),
        allocations=tuple(_without_blank_order(row) for row in facts.allocations),
        shipments=_grouped((row.order_line, row) for row in facts.shipments if row.order_line),
    )


def signed_qty(shipment: Shipment) -> Decimal:
    """Return the shipped quantity, negative for a return."""
    return -shipment.qty if shipment.kind is ShipmentKind.RETURN else shipment.qty


def _without_blank_order(row: Allocation) -> Allocation:
    """Return a reservation without the empty order line that a table writes."""
    if row.order_line is not None and not row.order_line.order:
        return replace(row, order_line=None, plant=row.plant or row.order_line.plant)
    return row


def _plant_of(lot: Lot, work_orders: Mapping[WorkOrderKey, WorkOrder]) -> str:
    """Return the plant of a lot that names only its work order: its issuer, else the only one."""
    if lot.work_order and WorkOrderKey(lot.key.issuer, lot.work_order) in work_orders:
        return lot.key.issuer
    plants = sorted({key.plant for key in work_orders if key.work_order == lot.work_order})
    return plants[0] if len(plants) == 1 else lot.key.issuer


def _grouped(pairs: Iterable[tuple[_Key, _Row]]) -> dict[_Key, tuple[_Row, ...]]:
    groups: dict[_Key, list[_Row]] = defaultdict(list)
    for key, row in pairs:
        groups[key].append(row)
    return {key: tuple(rows) for key, rows in groups.items()}
