"""Lots, how they became other lots, and where they are."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import LotKey
from knockon.domain.times import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """A quantity of one item that is told apart from others."""

    key: LotKey
    qty: Decimal | None = None
    uom: str | None = None
    status: str | None = None
    """``released``, ``hold``, ``quarantine`` or ``scrapped``; None is unknown."""
    supplier: str | None = None
    supplier_lot: str | None = None
    parent_lot: str | None = None
    made: Moment | None = None
    plant: str | None = None
    work_order: str | None = None
    equipment: str | None = None
    cavity: str | None = None
    date_code: str | None = None


class ConsumptionKind(StrEnum):
    """How a consumption is known."""

    RECORDED = "recorded"
    """Somebody or something recorded this lot."""
    BACKFLUSH = "backflush"
    """The system booked it by standard quantity and guessed the lot."""
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumption:
    """Material of one lot went into another lot, or into a work order only.

    ``qty`` is in ``uom`` of the input; negative is a return. ``output`` None means only the work
    order is known: then every lot of that work order may hold it (POSSIBLE when several).
    """

    plant: str
    event_id: str
    input: LotKey
    output: LotKey | None
    work_order: str | None
    seq: int | None
    qty: Decimal
    uom: str | None
    at: Moment | None
    equipment: str | None = None
    kind: ConsumptionKind = ConsumptionKind.RECORDED
    source: str = field(default="", compare=False)
    """Who delivered it, for the doubt of its clock."""


class LotEventKind(StrEnum):
    """What happened to a lot outside of production consumption (EPCIS events in brackets)."""

    RELABEL = "relabel"
    SPLIT = "split"
    MERGE = "merge"
    AGGREGATE = "aggregate"
    DISAGGREGATE = "disaggregate"
    CLEAN = "clean"
    SCRAP = "scrap"
    UNSCRAP = "unscrap"
    REVERSE = "reverse"
    CORRECT = "correct"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotEvent:
    """A lot became, joined or left another one; ``other_lot`` is the one it went to."""

    plant: str
    event_id: str
    kind: LotEventKind
    lot: LotKey
    other_lot: LotKey | None
    at: Moment
    qty: Decimal | None
    corrects: str | None = None
    source: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Quantity counted or booked at a place; without lot it serves pegging, never trace.

    ``place`` is raw, wip, finished, transit, subcontractor, customer or scrap.
    """

    plant: str
    item: str
    lot: LotKey | None
    place: str
    qty: Decimal
    uom: str | None = None
    warehouse: str | None = None
    location: str | None = None
    at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """A lot moved between two plants."""

    from_plant: str
    to_plant: str
    lot: LotKey
    qty: Decimal
    sent: Moment | None
    received: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideMove:
    """A lot went to a subcontractor or came back."""

    plant: str
    po: str
    work_order: str | None
    seq: int | None
    lot: LotKey
    qty: Decimal
    direction: str
    """``out`` or ``in``."""
    at: Moment | None
    supplier: str | None
    due: Moment | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """A line of a purchase order with what is still to come."""

    plant: str
    po: str
    line: str
    supplier: str | None
    item: str
    qty: Decimal
    due: Moment
    confirmed: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A supplier's delivery by lot."""

    plant: str
    po: str | None
    line: str | None
    item: str
    lot: LotKey
    received: Decimal
    accepted: Decimal | None
    rejected: Decimal | None
    received_at: Moment | None
    inspection_status: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One inspected characteristic or verdict."""

    plant: str
    at: Moment
    lot: LotKey | None
    work_order: str | None
    seq: int | None
    equipment: str | None
    tool: str | None
    cavity: str | None
    characteristic: str | None
    value: Decimal | None
    passed: bool | None
    recorded_at: datetime | None = None
    sample: str | None = None
    """Set where only a sample was looked at: what it shows is not known of the rest."""
