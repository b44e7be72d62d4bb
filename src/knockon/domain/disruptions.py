"""A disruption: something that goes wrong on the way to the customer."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import LotKey


class DisruptionKind(StrEnum):
    """What broke."""

    EQUIPMENT = "equipment"
    TOOL = "tool"
    AREA = "area"
    QUALITY = "quality"
    MATERIAL = "material"
    SUPPLIER = "supplier"
    PEOPLE = "people"
    METHOD = "method"
    COMPLAINT = "complaint"
    CUSTOMER = "customer"


class Severity(StrEnum):
    """S1 is the worst: safety, or goods at a customer."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class DisruptionState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CONTAINED = "contained"
    RESOLVED = "resolved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


ALLOWED_TRANSITIONS: dict[DisruptionState, frozenset[DisruptionState]] = {
    DisruptionState.OPEN: frozenset(
        {
            DisruptionState.ACKNOWLEDGED,
            DisruptionState.CONTAINED,
            DisruptionState.RESOLVED,
            DisruptionState.CANCELLED,
        }
    ),
    DisruptionState.ACKNOWLEDGED: frozenset(
        {DisruptionState.CONTAINED, DisruptionState.RESOLVED, DisruptionState.CANCELLED}
    ),
    DisruptionState.CONTAINED: frozenset({DisruptionState.RESOLVED, DisruptionState.CANCELLED}),
    DisruptionState.RESOLVED: frozenset({DisruptionState.CLOSED, DisruptionState.OPEN}),
    DisruptionState.CLOSED: frozenset({DisruptionState.OPEN}),
    DisruptionState.CANCELLED: frozenset(),
}
"""Which state may follow which; a closed case is reopened when its fix did not hold."""


class RepairBasis(StrEnum):
    """Where a repair time comes from."""

    GIVEN = "given"
    OWN_HISTORY_P80 = "own_history_p80"
    CLASS_HISTORY_P80 = "class_history_p80"
    PLANT_DEFAULT = "plant_default"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What a disruption touches; which fields are set depends on the kind.

    ``equipment`` names machines (or an area's node, whose machines below are all down); ``rate``
    in [0, 1) is the share of normal speed that remains. ``start`` and ``end`` bound the suspect
    window of a quality disruption (closed at both ends), else the time it is down.
    """

    plant: str
    equipment: tuple[str, ...] = ()
    tool: str | None = None
    cavity: str | None = None
    lots: tuple[LotKey, ...] = ()
    supplier_lot: str | None = None
    item: str | None = None
    qty: Decimal | None = None
    purchase_order: str | None = None
    supplier: str | None = None
    people: tuple[str, ...] = ()
    customer: str | None = None
    order: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    repair_s: int | None = None
    rate: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disruption:
    """A disruption as the engine is asked about it."""

    id: str
    kind: DisruptionKind
    severity: Severity
    state: DisruptionState
    opened_at: datetime
    scope: Scope
