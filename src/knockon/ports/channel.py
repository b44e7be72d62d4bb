"""The way of a message to a person or program outside, as a seam."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from knockon.domain.errors import KnockonError


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """One message to one recipient, in words that are ready to be read.

    Parameters
    ----------
    message_id
        Stable over every attempt, so that a receiver can drop a repetition.
    address
        Where it goes, in the form the channel knows (mail address, URL).
    subject, text
        Plain text in the recipient's language.
    data
        The same facts for programs; strings, numbers, lists or None.
    """

    message_id: str
    address: str
    subject: str
    text: str
    language: str
    severity: str
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the provider answered to a message it took."""

    provider_id: str = ""


class SendingFailed(KnockonError):
    """The root of every way in which a message does not arrive."""

    code = "sending_failed"


class TemporaryFailure(SendingFailed):
    """The provider did not take it now; the same message may be tried again."""

    code = "sending_temporary"

    def __init__(self, *, detail: str, retry_after_s: int | None = None) -> None:
        super().__init__(detail=detail, retry_after_s=retry_after_s)
        self.retry_after_s = retry_after_s


class PermanentFailure(SendingFailed):
    """The provider or the address refuses it; trying again changes nothing."""

    code = "sending_refused"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class OutcomeUnclear(SendingFailed):
    """It was handed over, but the answer got lost: it may have arrived."""

    code = "sending_unclear"

    def __init__(self, *, detail: str) -> None:
        super().__init__(detail=detail)


class Channel(Protocol):
    """Sends messages one way."""

    def send(self, message: OutgoingMessage, *, now: datetime) -> Receipt:
        """Hand one message over and return the provider's receipt.

        Raises
        ------
        TemporaryFailure, PermanentFailure, OutcomeUnclear
            Nothing else: a channel turns its library's errors into these.
        """
        ...


ChannelFactory = Callable[[Mapping[str, object]], Channel]
"""What an entry point of the group ``knockon.channels`` names: makes a channel from settings."""
