"""Words for messages, made in the recipient's language when a message is sent or shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

_MOST_NAMES: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageText:
    """A message in words: one line to see on a locked phone, and what follows."""

    title: str
    lines: tuple[str, ...]


def message_text(code: str, params: Mapping[str, Any], *, language: str) -> MessageText:
    """Return the words of a message in a language."""
    with override(language):
        lines = (*_news(params), *_lines(params))
        return MessageText(title=_title(code, params), lines=lines)


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


def _news(params: Mapping[str, Any]) -> list[str]:
    """Return what a changed answer says differently."""
    lines = []
    if params.get("added"):
        lines.append(_("New: %(orders)s.") % {"orders": _few(params["added"])})
    if params.get("removed"):
        lines.append(_("No longer affected: %(orders)s.") % {"orders": _few(params["removed"])})
    if params.get("changed"):
        lines.append(
            _("Affected in another way: %(orders)s.") % {"orders": _few(params["changed"])}
        )
    return lines


def _few(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    if more <= 0:
        return shown
    return _("%(names)s and %(more)s more") % {"names": shown, "more": more}


def _clock(text: str, *, zone: str) -> str:
    """Return an instant as the plant's clocks show it."""
    return datetime.fromisoformat(text).astimezone(ZoneInfo(zone)).strftime("%m-%d %H:%M")


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
        # Messages of earlier releases do not name the plant's zone.
        time = _clock(params["decide_by"], zone=params.get("zone", "UTC"))
        lines.append(_("Decide by %(time)s.") % {"time": time})
    return lines
