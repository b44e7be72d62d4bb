"""Who wants what, and what was sent."""

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import LotKey, OrderLineKey
from knockon.domain.times import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer; tier ``A`` outranks ``B``."""

    customer: str
    name: str = ""
    tier: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipCalendar:
    """When the truck to a customer leaves; ``customer`` None is the plant's default."""

    customer: str | None
    plant: str
    weekday: int
    cutoff: time
    transit_days: Decimal = Decimal(0)


class OrderKind(StrEnum):
    """What kind of demand a line is; forecasts and blanket lines rank below the rest."""

    ORDER = "order"
    FORECAST = "forecast"
    BLANKET = "blanket"
    CALL_OFF = "call_off"
    KANBAN = "kanban"
    SAMPLE = "sample"
    INTERNAL = "internal"


class DueKind(StrEnum):
    """Whether the due time is when goods leave or when they arrive."""

    SHIP = "ship"
    ARRIVE = "arrive"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of demand."""

    key: OrderLineKey
    customer: str
    item: str
    qty: Decimal
    due: Moment
    promised: Moment | None = None
    kind: OrderKind = OrderKind.ORDER
    due_kind: DueKind = DueKind.SHIP
    ship_complete: bool = False
    ship_to: str | None = None
    customer_order: str | None = None
    customer_item: str | None = None
    shipped_qty: Decimal = Decimal(0)
    priority: int | None = None
    unit_price: Decimal | None = None
    penalty_per_day: Decimal | None = None
    status: str = "open"
    """``open`` or ``closed``; cancelled and void lines are not loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Supply promised to a demand line: a work order or a lot, never both empty.

    Without ``order_line`` the lot is reserved for the work order's components; ``plant`` then
    says where, else the order line does.
    """

    order_line: OrderLineKey | None
    work_order: str | None
    lot: LotKey | None
    item: str | None
    qty: Decimal
    plant: str | None = None


class ShipmentKind(StrEnum):
    """Direction of a shipment."""

    SHIP = "ship"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods that left to a customer or came back."""

    plant: str
    shipment: str
    line_no: str
    order_line: OrderLineKey | None
    customer: str | None
    item: str | None
    lot: LotKey | None
    qty: Decimal
    shipped: Moment
    recorded_at: datetime | None = None
    kind: ShipmentKind = ShipmentKind.SHIP
    package: str | None = None
    date_code: str | None = None
    source: str = field(default="", compare=False)
