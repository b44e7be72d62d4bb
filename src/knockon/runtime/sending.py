"""Sending one message by its channel, and resting a channel that does not answer."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from procrastinate.contrib.django import app as jobs

from knockon.apps.response.services import delivery
from knockon.apps.response.services.queueing import route_of
from knockon.ports.channel import (
    Channel,
    OutgoingMessage,
    PermanentFailure,
    Receipt,
    SendingFailed,
    TemporaryFailure,
)

logger = logging.getLogger(__name__)

_FAILURES_BEFORE_REST = 3
_REST = timedelta(seconds=20)


@dataclass(slots=True)
class _Way:
    failures: int = 0
    rests_until: datetime | None = None


@dataclass(slots=True)
class Breaker:
    """Remembers which ways are down, so that no sender waits for one again and again."""

    ways: dict[str, _Way] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def rests_until(self, way: str, *, now: datetime) -> datetime | None:
        """Return until when nothing goes this way; None when it is open."""
        with self.lock:
            found = self.ways.get(way)
        if found is None or found.rests_until is None or found.rests_until <= now:
            return None
        return found.rests_until

    def note(self, way: str, *, is_down: bool, now: datetime) -> None:
        """Note how an attempt went; after a rest the first attempt decides again."""
        with self.lock:
            if not is_down:
                self.ways.pop(way, None)
                return
            found = self.ways.setdefault(way, _Way())
            found.failures += 1
            if found.failures >= _FAILURES_BEFORE_REST:
                found.rests_until = now + _REST


class Sender:
    """Sends messages; safe to use from several threads."""

    def __init__(self, *, channels: Mapping[str, Channel], base_url: str) -> None:
        self._channels = channels
        self._base_url = base_url
        self._breaker = Breaker()

    def send(self, message_id: int) -> None:
        """Send a message if it is still wanted, note how it went, and plan the next attempt."""
        now = datetime.now(UTC)
        channel, address = route_of(message_id)
        way = f"{channel} {urlsplit(address).netloc}" if "://" in address else channel
        resting = self._breaker.rests_until(way, now=now)
        if resting is not None:
            _try_again(message_id, at=resting)
            return
        message = delivery.prepare(message_id, base_url=self._base_url, now=now)
        if message is None:
            return
        outcome = self._hand_over(message, channel=channel, now=now)
        now = datetime.now(UTC)
        if isinstance(outcome, Receipt):
            self._breaker.note(way, is_down=False, now=now)
            delivery.settle_sent(message_id, receipt=outcome, now=now)
            return
        # A refused address says nothing about the way: others may still go.
        is_down = not isinstance(outcome, PermanentFailure)
        self._breaker.note(way, is_down=is_down, now=now)
        retry_at = delivery.settle_failed(message_id, failure=outcome, now=now)
        logger.warning(
            "Message %s was not sent by %s (%s); next attempt %s.",
            message_id,
            channel,
            outcome,
            retry_at or "never",
        )
        if retry_at is not None:
            _try_again(message_id, at=retry_at)

    def _hand_over(
        self, message: OutgoingMessage, *, channel: str, now: datetime
    ) -> Receipt | SendingFailed:
        found = self._channels.get(channel)
        if found is None:
            return PermanentFailure(detail="channel_unknown")
        try:
            return found.send(message, now=now)
        except SendingFailed as failure:
            return failure
        except Exception as error:
            logger.exception("Channel %s broke its word.", channel)
            return TemporaryFailure(detail=type(error).__name__)


def _try_again(message_id: int, *, at: datetime) -> None:
    jobs.configure_task("send_message", queue="sending", schedule_at=at).defer(
        message_id=message_id
    )
