"""The whole picture at one snapshot."""

from dataclasses import dataclass
from datetime import datetime

from knockon.domain.facts.clocks import SourceClock
from knockon.domain.facts.demand import Allocation, Customer, OrderLine, ShipCalendar, Shipment
from knockon.domain.facts.making import Operation, Requirement, ResourceUse, Stop, WorkOrder
from knockon.domain.facts.material import (
    Consumption,
    Inspection,
    Lot,
    LotEvent,
    OutsideMove,
    PurchaseOrder,
    Receipt,
    Stock,
    Transfer,
)
from knockon.domain.facts.plant import (
    Approval,
    BomLine,
    CalendarRule,
    Equipment,
    Item,
    Lever,
    Plant,
    RoutingStep,
    Setup,
    Tool,
    ToolUse,
    UnitFactor,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotId:
    """Names an answer's basis; equal snapshots give byte-identical answers.

    Parameters
    ----------
    position
        Journal position up to which facts and master data are read.
    schedules
        ``(plant, schedule version)`` in plant order.
    """

    position: int
    schedules: tuple[tuple[str, int], ...] = ()

    def __str__(self) -> str:
        plans = ",".join(f"{plant}:{version}" for plant, version in self.schedules)
        return f"{self.position}/{plans}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAge:
    """When a source last delivered without error."""

    source: str
    last_good_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantFacts:
    """Everything the engine may stand on; tuples are in key order, so equal facts are equal."""

    snapshot: SnapshotId
    plants: tuple[Plant, ...]
    equipment: tuple[Equipment, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_uses: tuple[ToolUse, ...] = ()
    calendars: tuple[CalendarRule, ...] = ()
    customers: tuple[Customer, ...] = ()
    ship_calendars: tuple[ShipCalendar, ...] = ()
    items: tuple[Item, ...] = ()
    units: tuple[UnitFactor, ...] = ()
    bom: tuple[BomLine, ...] = ()
    routings: tuple[RoutingStep, ...] = ()
    approvals: tuple[Approval, ...] = ()
    setups: tuple[Setup, ...] = ()
    levers: tuple[Lever, ...] = ()
    order_lines: tuple[OrderLine, ...] = ()
    work_orders: tuple[WorkOrder, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    operations: tuple[Operation, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    lots: tuple[Lot, ...] = ()
    consumption: tuple[Consumption, ...] = ()
    lot_events: tuple[LotEvent, ...] = ()
    resource_uses: tuple[ResourceUse, ...] = ()
    stock: tuple[Stock, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    outside_moves: tuple[OutsideMove, ...] = ()
    purchase_orders: tuple[PurchaseOrder, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    inspections: tuple[Inspection, ...] = ()
    stops: tuple[Stop, ...] = ()
    clocks: tuple[SourceClock, ...] = ()
    data_age: tuple[SourceAge, ...] = ()
