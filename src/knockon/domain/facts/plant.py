"""What the factory is: master data as the engine reads it."""

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import EquipmentKey, ToolKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A site with its clock and its defaults for questions that its data do not answer."""

    plant: str
    timezone: str
    currency: str | None = None
    default_repair_s: int = 4 * 3600
    materiality_s: int = 60
    frozen_window_s: int = 24 * 3600
    clock_doubt_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """A node of the ISA-95 equipment tree: site, area, work centre or work unit."""

    key: EquipmentKey
    name: str = ""
    parent: str | None = None
    level: str = "work_unit"
    kind: str = ""
    standard_cycle_s: Decimal | None = None
    cost_per_hour: Decimal | None = None
    """In the plant's currency."""
    residence_s: tuple[int, int] | None = None
    """Shortest and longest time that material is inside, where it flows through; None is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A mould, die, fixture or gauge, of which one machine can use it at a time."""

    key: ToolKey
    kind: str = "mould"
    equipment: str | None = None
    """Machine that it is on, or belongs to."""
    cavities: int | None = None
    cavities_open: int | None = None
    status: str = ""
    location: str | None = None
    """Where it lies when it is on no machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A tool that an item's operation can run with."""

    plant: str
    item: str
    operation: str | None
    tool: str
    equipment: str | None = None
    change_s: int | None = None
    approved: bool = True


class CalendarKind(StrEnum):
    """What a calendar rule says of its period."""

    WORK = "work"
    OFF = "off"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRule:
    """A weekly or dated period of one equipment node, in the plant's local time.

    ``end <= start`` runs past midnight. A node without ``work`` rules takes its parent's; with
    none up the tree it works always. ``off`` and ``maintenance`` cut out of ``work``; a dated
    ``work`` rule replaces that day's weekly ones.
    """

    equipment: EquipmentKey
    weekday: int | None
    """1 (Monday) to 7; None when dated."""
    day: date | None
    start: time
    end: time
    kind: CalendarKind = CalendarKind.WORK


class ItemPolicy(StrEnum):
    """How demand for the item is met."""

    ORDER = "order"
    STOCK = "stock"
    KANBAN = "kanban"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Anything with an item number."""

    item: str
    name: str = ""
    kind: str = "finished"
    uom: str = ""
    policy: ItemPolicy = ItemPolicy.ORDER
    safety_stock: Decimal = Decimal(0)
    standard_cost: Decimal | None = None
    lead_time_days: Decimal | None = None
    post_lead_s: int = 0
    """Time from the last operation's finish until the goods may be shipped."""
    lot_controlled: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFactor:
    """``1 from_uom = factor to_uom`` for an item, or for one lot of it, from an instant on."""

    item: str
    from_uom: str
    to_uom: str
    factor: Decimal
    lot: str | None = None
    effective_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BomLine:
    """Need of a component: ``qty_per / base_qty * (1 + scrap_ratio) + fixed_scrap`` per parent."""

    plant: str | None
    parent_item: str
    component_item: str
    qty_per: Decimal
    base_qty: Decimal = Decimal(1)
    fixed_scrap: Decimal = Decimal(0)
    scrap_ratio: Decimal = Decimal(0)
    uom: str | None = None
    seq: int | None = None
    alternate_group: str | None = None
    substitute_of: str | None = None
    is_phantom: bool = False
    effective_from: datetime | None = None
    effective_to: datetime | None = None


class RestartRule(StrEnum):
    """What becomes of the piece of work a stop interrupts."""

    RESUME = "resume"
    """The remaining time continues."""
    RESTART = "restart"
    """The operation begins again."""
    LOST = "lost"
    """The work in progress is scrap; the operation begins again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutingStep:
    """One operation of an item's routing."""

    plant: str | None
    item: str
    seq: int
    operation: str
    equipment: str | None = None
    alternates: tuple[str, ...] = ()
    setup_s: int = 0
    run_s_per_unit: Decimal | None = None
    base_qty: Decimal = Decimal(1)
    yield_ratio: Decimal = Decimal(1)
    batch_size: Decimal | None = None
    outsourced_supplier: str | None = None
    restart: RestartRule = RestartRule.RESUME
    restart_s: int = 0
    """Set-up, warm-up and first piece after a stop, before good parts come again."""


class ApprovalState(StrEnum):
    """Whether an alternate machine or supplier may make an item for a customer."""

    APPROVED = "approved"
    NOTIFY_FIRST = "notify_first"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who allows which alternate for an item; without ``customer`` it holds for all of them."""

    plant: str
    item: str
    state: ApprovalState
    equipment: str | None = None
    supplier: str | None = None
    customer: str | None = None
    until: date | None = None
    """Last day on which it counts; None is for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Time to change a machine from one set-up group to another; no machine means all of them."""

    plant: str
    from_group: str
    to_group: str
    change_s: int
    equipment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lever:
    """A way to gain time and its price, in the plant's currency."""

    plant: str
    kind: str
    """``overtime``, ``outsource``, ``expedite`` or a word of the plant's own."""
    equipment: str | None = None
    """Machine or area that it is for; None is the whole plant."""
    supplier: str | None = None
    cost_per_hour: Decimal | None = None
    fixed_cost: Decimal | None = None
    lead_time_h: Decimal | None = None
    limit: Decimal | None = None
    """Of overtime the hours a day, of outsourcing the pieces; None is without limit."""
