"""Handing messages to their channels: prepared before, settled after, lost never."""

from datetime import datetime, timedelta

from django.db import transaction

from knockon.apps.disruptions.models import Disruption
from knockon.apps.response.models import Message
from knockon.apps.response.reason_texts import message_text
from knockon.domain.disruptions import DisruptionState
from knockon.ports.channel import (
    OutcomeUnclear,
    OutgoingMessage,
    PermanentFailure,
    Receipt,
    SendingFailed,
    TemporaryFailure,
)

MAX_ATTEMPTS = 8
_FIRST_RETRY = timedelta(seconds=5)
_LONGEST_RETRY = timedelta(minutes=15)
# A sender that died while sending leaves its claim; after this time another may try.
_LEASE = timedelta(minutes=2)
_NO_LONGER_NEWS = {DisruptionState.CLOSED.value, DisruptionState.CANCELLED.value}


def prepare(message_id: int, *, base_url: str, now: datetime) -> OutgoingMessage | None:
    """Claim a queued message for sending and return it in words.

    Returns None when it is already sent, claimed by another sender, not due, or no longer needed
    because its case was closed meanwhile. The case is read in the claiming transaction.
    """
    with transaction.atomic():
        row = (
            Message.objects.select_for_update(skip_locked=True)
            .filter(pk=message_id, state=Message.State.QUEUED, due_at__lte=now)
            .first()
        )
        if row is None:
            return None
        if _is_obsolete(row):
            row.state = Message.State.OBSOLETE
            row.save(update_fields=["state"])
            return None
        row.attempts += 1
        row.due_at = now + _LEASE
        row.save(update_fields=["attempts", "due_at"])
    return _in_words(row, base_url=base_url)


def settle_sent(message_id: int, *, receipt: Receipt, now: datetime) -> None:
    """Note that the provider took the message."""
    Message.objects.filter(pk=message_id, state=Message.State.QUEUED).update(
        state=Message.State.SENT, sent_at=now, provider_id=receipt.provider_id[:200], error=""
    )


def settle_failed(message_id: int, *, failure: SendingFailed, now: datetime) -> datetime | None:
    """Note a failure; return when to try again, or None when it is given up.

    A message whose outcome is unclear is sent again with the same id: staff would rather read it
    twice than not at all.
    """
    row = Message.objects.get(pk=message_id)
    if row.state != Message.State.QUEUED:
        return None
    row.error = str(failure)[:500]
    gives_up = isinstance(failure, PermanentFailure) or row.attempts >= MAX_ATTEMPTS
    if gives_up:
        unclear = isinstance(failure, OutcomeUnclear)
        row.state = Message.State.UNKNOWN if unclear else Message.State.FAILED
        row.save(update_fields=["state", "error"])
        return None
    row.due_at = now + _pause(row.attempts, failure)
    row.save(update_fields=["due_at", "error"])
    return row.due_at


def due_message_ids(*, now: datetime, limit: int = 500) -> list[int]:
    """Return queued messages that are due, worst and oldest first."""
    rows = Message.objects.filter(state=Message.State.QUEUED, due_at__lte=now)
    return list(rows.order_by("severity", "due_at", "id").values_list("pk", flat=True)[:limit])


def channel_of(message_id: int) -> str:
    """Return the name of the channel a message goes by."""
    return Message.objects.values_list("channel", flat=True).get(pk=message_id)


def mark_read(message_id: int, *, user_id: int, now: datetime) -> bool:
    """Note that the recipient has seen an in-app message; return whether it was theirs."""
    mine = Message.objects.filter(pk=message_id, user_id=user_id, channel="in_app")
    if not mine.exists():
        return False
    mine.filter(read_at=None).update(read_at=now)
    return True


def _is_obsolete(row: Message) -> bool:
    if row.disruption_id is None:
        return False
    state = Disruption.objects.values_list("state", flat=True).get(pk=row.disruption_id)
    return state in _NO_LONGER_NEWS


def _pause(attempts: int, failure: SendingFailed) -> timedelta:
    asked = failure.retry_after_s if isinstance(failure, TemporaryFailure) else None
    if asked is not None:
        return timedelta(seconds=asked)
    pause: timedelta = min(_FIRST_RETRY * 2 ** (attempts - 1), _LONGEST_RETRY)
    return pause


def _in_words(row: Message, *, base_url: str) -> OutgoingMessage:
    text = message_text(row.code, row.params, language=row.language)
    link = f"{base_url}/disruptions/{row.disruption_id}" if row.disruption_id else base_url
    return OutgoingMessage(
        message_id=f"knockon-{row.pk}",
        address=row.address,
        subject=text.title,
        text="\n".join([text.title, *text.lines, link]),
        language=row.language,
        severity=row.severity,
        data={**row.params, "code": row.code, "link": link},
    )
