"""Handing queued messages to the processes that send them."""

from datetime import datetime

from django.db.models import Min
from procrastinate.contrib.django import app as jobs

from knockon.apps.response.models import Message
from knockon.domain.events import MessagesQueued

_PRIORITIES = {"S1": 30, "S2": 20, "S3": 10}


def on_queued(event: MessagesQueued, *, now: datetime) -> None:
    """Ask for each message to be sent, the worst first.

    Idempotent by message: a sender takes only what is queued and not taken by another.
    """
    queued = Message.objects.filter(
        pk__in=event.message_ids, state=Message.State.QUEUED, due_at__lte=now
    )
    for message_id, severity in queued.order_by("severity", "id").values_list("pk", "severity"):
        jobs.configure_task(
            "send_message", queue="sending", priority=_PRIORITIES.get(severity, 0)
        ).defer(message_id=message_id)


def route_of(message_id: int) -> tuple[str, str]:
    """Return the channel and the address of a message."""
    return Message.objects.values_list("channel", "address").get(pk=message_id)


def oldest_due_at(*, now: datetime) -> datetime | None:
    """Return since when the oldest due message waits; None when none does."""
    due = Message.objects.filter(state=Message.State.QUEUED, due_at__lte=now)
    oldest: datetime | None = due.aggregate(first=Min("due_at"))["first"]
    return oldest
