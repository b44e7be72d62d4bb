"""Reading messages: one's own, and those of a case."""

from django.db.models import QuerySet

from knockon.apps.accounts.selectors import visible
from knockon.apps.response.models import Message
from knockon.domain.access import Right, Viewer

_SHOWN = 500


def load_inbox(*, viewer: Viewer) -> QuerySet[Message]:
    """Return the viewer's own in-app messages, newest first."""
    rows = visible(Message.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    own = rows.filter(user__username=viewer.actor, channel="in_app")
    return own.select_related("disruption").order_by("-created_at", "-id")


def count_unread(*, viewer: Viewer) -> int:
    """Return how many of the viewer's messages they have not read."""
    return load_inbox(viewer=viewer).filter(read_at=None).count()


def load_messages_of(disruption_id: int, *, viewer: Viewer) -> QuerySet[Message]:
    """Return whom a case was told to, oldest first."""
    rows = visible(Message.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    found = rows.filter(disruption_id=disruption_id).select_related("user")
    return found.order_by("created_at", "id")[:_SHOWN]
