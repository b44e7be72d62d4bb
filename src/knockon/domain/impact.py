"""An impact: whom a disruption hits, as frozen values in the shape of the impact document.

Quantities and money are ``Decimal``, instants are aware UTC, durations whole seconds; None is
unknown. Field names and order are those of the exchange contract, section 4.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.disruptions import Disruption, RepairBasis
from knockon.domain.facts.keys import LotKey, OperationKey, OrderLineKey
from knockon.domain.facts.picture import SnapshotId, SourceAge
from knockon.domain.links import LinkClass
from knockon.domain.reasons import Reason


class Effect(StrEnum):
    """What happens to an order line, in the order in which somebody must be called."""

    SUSPECT_SHIPPED = "SUSPECT_SHIPPED"
    SUSPECT_ON_HAND = "SUSPECT_ON_HAND"
    SHORT = "SHORT"
    LATE = "LATE"
    MOVED = "MOVED"


class StepType(StrEnum):
    """What a step of an explanation path is."""

    CAUSE = "cause"
    EQUIPMENT = "equipment"
    TOOL = "tool"
    LOT = "lot"
    OPERATION = "operation"
    WORK_ORDER = "work_order"
    ITEM = "item"
    PURCHASE_ORDER = "purchase_order"
    SHIPMENT = "shipment"
    ORDER = "order"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathStep:
    """One step from the cause to the customer; ``via`` is the kind of link that led here."""

    type: StepType
    key: str
    via: str
    at: datetime | None
    qty: Decimal | None
    link_class: LinkClass


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationImpact:
    """An operation that finishes later than without the disruption."""

    key: OperationKey
    equipment: str | None
    link_class: LinkClass
    frozen: bool
    old_start: datetime | None
    new_start: datetime | None
    old_finish: datetime | None
    new_finish: datetime | None
    delay_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotImpact:
    """A lot that holds, or may hold, suspect material; ``fraction`` in [0, 1]."""

    key: LotKey
    link_class: LinkClass
    qty: Decimal | None
    uom: str | None
    qty_at_risk: Decimal | None
    fraction: Decimal | None
    place: str | None
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A lever that would still save the order if pulled by ``latest_at``."""

    kind: str
    target: str
    latest_at: datetime | None
    cost: Decimal | None
    checks: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderImpact:
    """An order line that is hit, with its reason."""

    key: OrderLineKey
    customer: str
    customer_order: str | None
    tier: str | None
    item: str
    effects: tuple[Effect, ...]
    link_class: LinkClass
    frozen: bool
    qty_at_risk: Decimal | None = None
    qty_short: Decimal | None = None
    qty_on_time: Decimal | None = None
    uom: str | None = None
    value_at_risk: Decimal | None = None
    currency: str | None = None
    due_at: datetime | None = None
    promised_at: datetime | None = None
    old_finish: datetime | None = None
    new_finish: datetime | None = None
    expected_finish: datetime | None = None
    old_ship: datetime | None = None
    new_ship: datetime | None = None
    late_s: int | None = None
    p_late: Decimal | None = None
    safe_until_repair_s: int | None = None
    decide_by: datetime | None = None
    ways_out: tuple[WayOut, ...] = ()
    path: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpeggedImpact:
    """Supply that is hit and serves no order: who is left open first."""

    plant: str
    item: str
    qty_at_risk: Decimal
    covered_until: datetime | None
    first_open_order: OrderLineKey | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerImpact:
    """What one customer is hit by in all."""

    customer: str
    name: str
    tier: str | None
    orders: int
    qty_at_risk: Decimal | None
    shipped_qty: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentImpact:
    """A shipment that carried suspect lots."""

    plant: str
    shipment: str
    customer: str | None
    ship_to: str | None
    customer_order: str | None
    customer_item: str | None
    lot: LotKey
    qty: Decimal
    shipped_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceBalance:
    """Where the suspect quantity of an item is; the row's places and losses sum to its input."""

    item: str
    uom: str | None
    made: Decimal
    received: Decimal
    raw: Decimal
    wip: Decimal
    finished: Decimal
    transit: Decimal
    subcontractor: Decimal
    customer: Decimal
    returned: Decimal
    scrap: Decimal
    consumed: Decimal
    unaccounted: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something missing or doubtful in the records, and the quantity it hides."""

    code: str
    where: str
    qty: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleared:
    """A row that was hit until evidence freed it, with the evidence and its instant."""

    row: LotImpact | OrderImpact
    reason: Reason
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """The whole answer for one disruption at one snapshot.

    ``cleared`` is kept apart: a document shows it only to those who ask for it.
    """

    disruption: Disruption
    repair_s: int | None
    repair_basis: RepairBasis
    as_of: datetime
    snapshot: SnapshotId
    data_age: tuple[SourceAge, ...]
    operations: tuple[OperationImpact, ...] = ()
    lots: tuple[LotImpact, ...] = ()
    orders: tuple[OrderImpact, ...] = ()
    unpegged: tuple[UnpeggedImpact, ...] = ()
    customers: tuple[CustomerImpact, ...] = ()
    shipments: tuple[ShipmentImpact, ...] = ()
    places: tuple[PlaceBalance, ...] = ()
    gaps: tuple[Gap, ...] = ()
    cleared: tuple[Cleared, ...] = ()
