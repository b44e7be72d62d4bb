"""Who was told what, as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from knockon.apps.response.models import Message
from knockon.apps.response.reason_texts import message_text

_CHANNELS: Mapping[str, object] = {
    "in_app": pgettext_lazy("channel", "In Knockon"),
    "email": pgettext_lazy("channel", "E-mail"),
    "webhook": pgettext_lazy("channel", "Webhook"),
}
_STATES: Mapping[str, object] = {
    "queued": pgettext_lazy("message", "Waiting to be sent"),
    "sent": pgettext_lazy("message", "Sent"),
    "failed": pgettext_lazy("message", "Not delivered"),
    "unknown": _("Unclear whether it arrived"),
    "obsolete": pgettext_lazy("message", "No longer needed"),
}


def message_rows(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Return messages in the words and the language of whoever looks at them."""
    return [_row(message) for message in messages]


def _row(message: Message) -> dict[str, Any]:
    text = message_text(message.code, message.params, language=get_language() or "en")
    user = message.user
    return {
        "pk": message.pk,
        "title": text.title,
        "lines": text.lines,
        "severity": message.severity,
        "disruption_id": message.disruption_id,
        "to": (user.get_full_name() or user.username) if user else message.address,
        "channel": str(_CHANNELS.get(message.channel, message.channel)),
        "state": str(_STATES.get(message.state, message.state)),
        "is_failed": message.state in {"failed", "unknown"},
        "created_at": message.created_at,
        "sent_at": message.sent_at,
        "read_at": message.read_at,
    }
