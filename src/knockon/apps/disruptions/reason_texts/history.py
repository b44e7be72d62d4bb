"""Sentences for what was recorded of a case."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from knockon.apps.disruptions.reason_texts.words import kind_text

_PLAIN: Mapping[str, object] = {
    "disruption_open": gettext_lazy("The case was reopened."),
    "disruption_acknowledged": gettext_lazy("The case was taken over."),
    "disruption_contained": gettext_lazy("The trouble was contained."),
    "disruption_resolved": gettext_lazy("The trouble was resolved."),
    "disruption_closed": gettext_lazy("The case was closed."),
    "disruption_cancelled": gettext_lazy("The case was a false alarm."),
    "files_attached": gettext_lazy("Photos or voice notes were added."),
    "signal_followed": gettext_lazy("The machine runs again."),
    "signal_put_aside": gettext_lazy("A signal could not be followed and was put aside."),
}
HISTORY_ACTIONS = frozenset(
    {
        *_PLAIN,
        "disruption_opened",
        "disruption_revised",
        "impact_assessed",
        "messages_queued",
        "report_joined",
    }
)
"""What the services record of a case; a test holds that each has its words here."""


def entry_text(action: str, data: Mapping[str, Any]) -> str:
    """Return what an entry of the journal says of a case."""
    if data.get("joined"):
        return _("Another finding of the same kind joined the case.")
    # A report, a finding or a machine's signal opened it.
    if "kind" in data:
        return _("Opened: %(kind)s.") % {"kind": kind_text(data["kind"])}
    if action == "impact_assessed":
        return _counted(data["orders"])
    if action == "messages_queued":
        count = data["messages"]
        return ngettext("%(count)s message was sent.", "%(count)s messages were sent.", count) % {
            "count": count
        }
    if action == "disruption_revised":
        return _revised(data.get("changes") or {}, is_undo=bool(data.get("is_undo")))
    return str(_PLAIN.get(action, action.replace("_", " ")))


def _counted(orders: int) -> str:
    if not orders:
        return _("Impact computed: no order is affected.")
    return ngettext(
        "Impact computed: %(count)s order is affected.",
        "Impact computed: %(count)s orders are affected.",
        orders,
    ) % {"count": orders}


def _revised(changes: Mapping[str, Any], *, is_undo: bool) -> str:
    if is_undo:
        return _("The suspect window before was taken again.")
    if {"start", "end"} <= set(changes):
        return _window(changes)
    if set(changes) != {"repair_s"}:
        return _("What is known of the case was changed.")
    if changes["repair_s"] is None:
        return _("Nobody can tell how long the repair takes.")
    minutes = int(changes["repair_s"]) // 60
    return ngettext(
        "The repair was estimated at %(count)s minute.",
        "The repair was estimated at %(count)s minutes.",
        minutes,
    ) % {"count": minutes}


def _window(changes: Mapping[str, Any]) -> str:
    """Return how the suspect window was set."""
    named = [*(changes.get("equipment") or ()), changes.get("tool")]
    if not any(named) and "equipment" in changes:
        return _("Only the named lots are suspect now.")
    span = {"start": _time(changes["start"]), "end": _time(changes["end"])}
    if span["start"] and span["end"]:
        return _("The suspect window was set: %(start)s to %(end)s.") % span
    if span["start"]:
        return _("The suspect window was set: since %(start)s, still open.") % span
    return _("The suspect window was set: it begins with what the records show.")


def _time(value: str | None) -> str:
    if not value:
        return ""
    return date_format(timezone.localtime(datetime.fromisoformat(value)), "Y-m-d H:i")
