"""Words for messages, made in the recipient's language when a message is sent or shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """A message in words: one line to see on a locked phone, and what follows."""

    title: str
    lines: tuple[str, ...]


def message_text(code: str, params: Mapping[str, Any], *, language: str) -> MessageText:
    """Return the words of a message in a language."""
    with override(language):
        return MessageText(title=_title(code, params), lines=tuple(_lines(params)))


def _title(code: str, params: Mapping[str, Any]) -> str:
    subject = params.get("where") or params.get("lots") or f"#{params['disruption']}"
    values = {
        "severity": params["severity"],
        "subject": subject,
        "orders": params["orders"],
    }
    if code == "impact_changed":
        return _("%(severity)s %(subject)s: the impact changed, now %(orders)s orders") % values
    if not params["orders"]:
        return _("%(severity)s %(subject)s: no customer order is affected") % values
    return (
        ngettext(
            "%(severity)s %(subject)s: %(orders)s order affected",
            "%(severity)s %(subject)s: %(orders)s orders affected",
            params["orders"],
        )
        % values
    )


def _lines(params: Mapping[str, Any]) -> list[str]:
    lines = []
    if params["customers"]:
        lines.append(
            ngettext(
                "%(count)s customer is concerned.",
                "%(count)s customers are concerned.",
                params["customers"],
            )
            % {"count": params["customers"]}
        )
    if params["suspect"]:
        lines.append(_("Orders with suspect goods: %(count)s.") % {"count": params["suspect"]})
    if params["short"]:
        lines.append(_("Orders short of quantity: %(count)s.") % {"count": params["short"]})
    if params["late"]:
        lines.append(_("Orders that miss their shipment: %(count)s.") % {"count": params["late"]})
    if params.get("decide_by"):
        lines.append(_("Decide by %(time)s.") % {"time": params["decide_by"]})
    return lines
