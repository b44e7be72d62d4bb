"""Sentences for what is missing or doubtful in the records."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_GAPS: Mapping[str, object] = {
    "backflush": gettext_lazy(
        "%(where)s: the system booked the lot by standard quantity, so it is a guess."
    ),
    "below_materiality": gettext_lazy(
        "%(where)s: it moves by less than the plant's threshold and is not counted."
    ),
    "contradictory_time": gettext_lazy(
        "%(where)s: the times of the records contradict each other."
    ),
    "date_only": gettext_lazy("%(where)s: only a date is recorded, not a time."),
    "duplicate_event": gettext_lazy("%(where)s: the same event came twice and counts once."),
    "event_id_conflict": gettext_lazy("%(where)s: two different events have the same id."),
    "issuer_unknown": gettext_lazy("%(where)s: it is not recorded who numbered this lot."),
    "lots_elsewhere": gettext_lazy("%(where)s more lots are in another site."),
    "orders_elsewhere": gettext_lazy("%(where)s more order lines are of another site."),
    "missing_consumption": gettext_lazy(
        "%(where)s: material was needed, but no consumption is recorded."
    ),
    "invalid_interval": gettext_lazy("%(where)s: the interval ends before it begins."),
    "no_schedule": gettext_lazy("%(where)s: no planned times are known."),
    "no_time": gettext_lazy("%(where)s: no time is recorded."),
    "no_work_orders": gettext_lazy("%(where)s: no work orders are known."),
    "no_working_time": gettext_lazy("%(where)s: its calendar never lets the work end."),
    "plan_circle": gettext_lazy("%(where)s: the plan waits for itself."),
    "shipment_without_lot": gettext_lazy("%(where)s: the shipment does not name its lots."),
    "suspected_duplicate": gettext_lazy(
        "%(where)s: these records say the same; perhaps one event was delivered twice."
    ),
    "transfer_mismatch": gettext_lazy(
        "%(where)s: the two plants recorded different quantities of one transfer."
    ),
    "transfer_not_sent": gettext_lazy(
        "%(where)s: it came from another plant, and nobody recorded that it was sent."
    ),
    "unit_unknown": gettext_lazy("%(where)s: units cannot be converted into each other."),
    "unknown_destination": gettext_lazy("%(where)s: it is not recorded where it went."),
    "unknown_lot": gettext_lazy("%(where)s: no record names this lot."),
    "work_order_only": gettext_lazy(
        "%(where)s: it is recorded what went into the work order, but not into which lot."
    ),
    "unknown_predecessor": gettext_lazy("%(where)s: it is not recorded what it was made of."),
    "used_before_receipt": gettext_lazy(
        "%(where)s: it was used before it was booked in; stock was below zero."
    ),
    "window_start_unknown": gettext_lazy(
        "%(where)s: nobody said since when; the suspect window begins with the last good evidence, "
        "else with the first record."
    ),
}
_HIDING = frozenset({"invalid_interval", "no_work_orders", "unknown_lot"})
"""Gaps with which the question itself cannot be followed, so that an empty list is no clearance.

Other gaps hide nothing: what may be meant is followed and listed as POSSIBLE.
"""


def gap_text(code: str, *, where: str) -> str:
    """Return a gap in words."""
    sentence = _GAPS.get(code)
    if sentence is None:
        return _("%(where)s: the records have a gap (%(code)s).") % {"where": where, "code": code}
    return str(sentence) % {"where": where}


def hides_answer(code: str) -> bool:
    """Return whether an order may be hit without being listed because of such a gap."""
    return code in _HIDING
