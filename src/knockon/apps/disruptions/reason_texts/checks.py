"""Sentences for what was checked when somebody asks why, or why not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.apps.disruptions.reason_texts.links import link_text
from knockon.apps.disruptions.reason_texts.ways_out import WAY_CHECKS
from knockon.domain.reasons import Reason

_CHECKS: Mapping[str, object] = {
    "line_wants_nothing": gettext_lazy("The order line wants nothing more."),
    "no_suspect_lots": gettext_lazy("This kind of trouble makes no material suspect."),
    "shipped_lots_checked": gettext_lazy(
        "Shipped so far: %(shipments)s deliveries with %(lots)s lots, %(suspect)s of them suspect."
    ),
    "shipped_lot_suspect": gettext_lazy("Lot %(lot)s was shipped and is suspect."),
    "no_supply_found": gettext_lazy("No supply of item %(item)s is known for it."),
    "served_by_suspect_lot": gettext_lazy(
        "%(qty)s come from lot %(lot)s, which is suspect (%(rule)s)."
    ),
    "served_by_good_lot": gettext_lazy(
        "%(qty)s come from lot %(lot)s, which the trouble does not reach (%(rule)s)."
    ),
    "served_by_purchase": gettext_lazy(
        "%(qty)s come from purchase order %(purchase_order)s (%(rule)s)."
    ),
    "served_by_loose_stock": gettext_lazy(
        "%(qty)s come from stock of item %(item)s without lot (%(rule)s)."
    ),
    "served_by_unplanned_work": gettext_lazy(
        "%(qty)s come from work order %(work_order)s, which has no planned times (%(rule)s)."
    ),
    "served_by_done_work": gettext_lazy(
        "%(qty)s come from work order %(work_order)s, which is done (%(rule)s)."
    ),
    "served_by_late_work": gettext_lazy(
        "%(qty)s come from work order %(work_order)s, which finishes later (%(rule)s)."
    ),
    "served_by_timely_work": gettext_lazy(
        "%(qty)s come from work order %(work_order)s, which the trouble does not delay (%(rule)s)."
    ),
    "replaced_by": gettext_lazy(
        "In place of what is lost, %(qty)s come from %(supply)s (%(rule)s)."
    ),
    "must_leave_by": gettext_lazy("It must leave by %(limit)s; not covered: %(uncovered)s."),
}
CHECK_CODES = frozenset({*_CHECKS, *WAY_CHECKS})
"""Codes that have a sentence."""


def check_text(reason: Reason) -> str:
    """Return one check in words."""
    sentence = _CHECKS.get(reason.code) or WAY_CHECKS.get(reason.code)
    if sentence is None:
        return _("Checked: %(code)s.") % {"code": reason.code.replace("_", " ")}
    text = str(sentence) % {name: _value(name, value) for name, value in reason.params.items()}
    if reason.params.get("lost"):
        lost = _("Of it %(lost)s are lost.") % {"lost": reason.params["lost"]}
        # Two whole sentences; Chinese sets no space between them.
        return _("%(first)s %(second)s") % {"first": text, "second": lost}
    return text


def _value(name: str, value: Any) -> Any:
    if name == "rule" and value:
        return link_text(str(value))
    if name in {"at", "limit", "old_finish"} and value:
        return date_format(timezone.localtime(datetime.fromisoformat(str(value))), "Y-m-d H:i")
    return value
