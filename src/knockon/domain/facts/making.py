"""What is being made: work orders, operations with their plan, and what disturbed them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from knockon.domain.facts.keys import (
    EquipmentKey,
    LotKey,
    OperationKey,
    OrderLineKey,
    WorkOrderKey,
)
from knockon.domain.times import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """An order to make a quantity of an item."""

    key: WorkOrderKey
    item: str
    qty: Decimal
    kind: str = "in_house"
    """``in_house``, ``subcontract`` or ``rework``."""
    status: str = "open"
    """``planned``, ``open`` (released or running) or ``done``; cancelled ones are not loaded."""
    due: Moment | None = None
    planned_start: Moment | None = None
    planned_finish: Moment | None = None
    finished_qty: Decimal = Decimal(0)
    scrap_qty: Decimal = Decimal(0)
    order_line: OrderLineKey | None = None
    parent_work_order: str | None = None
    supplier: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A component that a work order needs, and how much of it was already issued."""

    work_order: WorkOrderKey
    component: str
    required_qty: Decimal
    issued_qty: Decimal = Decimal(0)
    uom: str | None = None
    seq: int | None = None
    """Operation at which it is needed; None is the first."""
    supplied_by: str | None = None
    """Work order that makes it, where the plan says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An operation with its plan from the schedule version, and what happened so far."""

    key: OperationKey
    operation: str | None = None
    equipment: str | None = None
    tool: str | None = None
    run_group: str | None = None
    crew: str | None = None
    planned_start: Moment | None = None
    planned_finish: Moment | None = None
    status: str = "planned"
    """``planned``, ``running``, ``paused`` or ``done``."""
    actual_start: Moment | None = None
    actual_finish: Moment | None = None
    qty_good: Decimal = Decimal(0)
    qty_scrap: Decimal = Decimal(0)
    setup_s: int | None = None
    run_s_per_unit: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceUse:
    """A tool, vessel, oven, gauge or person that touched a lot or a work order for a while."""

    plant: str
    resource: str
    kind: str
    """``tool``, ``vessel``, ``oven``, ``gauge`` or ``person``."""
    lot: LotKey | None
    work_order: str | None
    start: Moment
    end: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A stop of a machine; ``end`` None is still open."""

    equipment: EquipmentKey
    start: datetime
    end: datetime | None
    cause: str | None = None
