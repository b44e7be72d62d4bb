"""One word or short sentence for each member of the domain's enumerations."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knockon.domain.disruptions import DisruptionKind, DisruptionState, RepairBasis, Severity
from knockon.domain.impact import Effect

_KINDS: Mapping[DisruptionKind, object] = {
    DisruptionKind.EQUIPMENT: _("Machine fault"),
    DisruptionKind.TOOL: _("Tool or mould fault"),
    DisruptionKind.AREA: _("Power, air or water failure"),
    DisruptionKind.QUALITY: _("Quality issue"),
    DisruptionKind.MATERIAL: _("Material shortage"),
    DisruptionKind.SUPPLIER: _("Supplier trouble"),
    DisruptionKind.PEOPLE: _("People missing"),
    DisruptionKind.METHOD: _("Wrong method or drawing"),
    DisruptionKind.COMPLAINT: _("Customer complaint"),
    DisruptionKind.CUSTOMER: _("Order changed by customer"),
}
_STATES: Mapping[DisruptionState, object] = {
    DisruptionState.OPEN: pgettext_lazy("case", "Open"),
    DisruptionState.ACKNOWLEDGED: pgettext_lazy("case", "Acknowledged"),
    DisruptionState.CONTAINED: pgettext_lazy("case", "Contained"),
    DisruptionState.RESOLVED: pgettext_lazy("case", "Resolved"),
    DisruptionState.CLOSED: pgettext_lazy("case", "Closed"),
    DisruptionState.CANCELLED: pgettext_lazy("case", "Cancelled"),
}
_MOVES: Mapping[DisruptionState, object] = {
    DisruptionState.OPEN: pgettext_lazy("button", "Reopen"),
    DisruptionState.ACKNOWLEDGED: pgettext_lazy("button", "Acknowledge"),
    DisruptionState.CONTAINED: pgettext_lazy("button", "Contained"),
    DisruptionState.RESOLVED: pgettext_lazy("button", "Resolved"),
    DisruptionState.CLOSED: pgettext_lazy("button", "Close the case"),
    DisruptionState.CANCELLED: pgettext_lazy("button", "False alarm"),
}
_SEVERITIES: Mapping[Severity, object] = {
    Severity.S1: _("S1: safety, or goods at a customer"),
    Severity.S2: _("S2: severe"),
    Severity.S3: _("S3: moderate"),
    Severity.S4: _("S4: minor"),
}
_EFFECTS: Mapping[Effect, object] = {
    Effect.SUSPECT_SHIPPED: _("Suspect shipped"),
    Effect.SUSPECT_ON_HAND: _("Suspect on hand"),
    Effect.SHORT: pgettext_lazy("effect", "Short"),
    Effect.LATE: pgettext_lazy("effect", "Late"),
    Effect.MOVED: pgettext_lazy("effect", "Moved"),
}
_BASES: Mapping[RepairBasis, object] = {
    RepairBasis.GIVEN: _("as estimated"),
    RepairBasis.OWN_HISTORY_P80: _("P80 of its own stops"),
    RepairBasis.CLASS_HISTORY_P80: _("P80 of similar machines"),
    RepairBasis.PLANT_DEFAULT: _("the plant's default, no history"),
    RepairBasis.NOT_APPLICABLE: _("no repair time applies"),
}
_PLACES: Mapping[str, object] = {
    "made": pgettext_lazy("place", "Made"),
    "received": pgettext_lazy("place", "Received"),
    "raw": pgettext_lazy("place", "Raw material"),
    "wip": pgettext_lazy("place", "Work in process"),
    "finished": pgettext_lazy("place", "Finished goods"),
    "transit": pgettext_lazy("place", "In transit"),
    "subcontractor": pgettext_lazy("place", "At a subcontractor"),
    "customer": pgettext_lazy("place", "At the customer"),
    "returned": pgettext_lazy("place", "Returned"),
    "scrap": pgettext_lazy("place", "Scrap"),
    "consumed": pgettext_lazy("place", "Consumed"),
    "unaccounted": pgettext_lazy("place", "Unaccounted"),
}
_ORIGINS: Mapping[str, object] = {
    "person": _("reported by a person"),
    "signal": _("reported by the machine"),
    "inspection": _("found by an inspection"),
    "receipt": _("found at incoming goods"),
    "notice": _("told by a supplier's notice"),
    "api": _("reported by another system"),
}


def kind_text(kind: str) -> str:
    """Return what kind of trouble it is."""
    return str(_KINDS[DisruptionKind(kind)])


def state_text(state: str) -> str:
    """Return where a case stands."""
    return str(_STATES[DisruptionState(state)])


def move_text(state: str) -> str:
    """Return the word on the button that puts a case into a state."""
    return str(_MOVES[DisruptionState(state)])


def severity_text(severity: str) -> str:
    """Return a severity with its meaning."""
    return str(_SEVERITIES[Severity(severity)])


def effect_text(effect: str) -> str:
    """Return what happens to an order line."""
    return str(_EFFECTS[Effect(effect)])


def basis_text(basis: str) -> str:
    """Return where a repair time comes from."""
    return str(_BASES[RepairBasis(basis)])


def place_text(place: str) -> str:
    """Return where material is, or what became of it."""
    return str(_PLACES[place])


def origin_text(origin: str) -> str:
    """Return how a case came to be known."""
    return str(_ORIGINS.get(origin, origin))
