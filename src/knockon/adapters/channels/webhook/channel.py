"""Posting a message as JSON, signed, to an address on the allow-list."""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

import msgspec

from knockon.adapters.outward import AllowedHosts, GuardedHttp
from knockon.ports.channel import (
    OutcomeUnclear,
    OutgoingMessage,
    PermanentFailure,
    Receipt,
    TemporaryFailure,
)
from knockon.ports.outward import (
    AddressRefused,
    OutwardAnswer,
    OutwardAnswerLost,
    OutwardHttp,
    OutwardUnreachable,
)

# Answers after which the same call may succeed later (RFC 9110, RFC 6585).
_TRY_AGAIN = frozenset({408, 423, 425, 429, 500, 502, 503, 504, 507})


class WebhookSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where webhooks may go, and the key that signs them."""

    hosts: list[str] = msgspec.field(default_factory=list)
    allow_private: bool = False
    secret: str = ""


def channel(values: Mapping[str, object]) -> "WebhookChannel":
    """Make the channel from its settings."""
    settings = msgspec.convert(dict(values), WebhookSettings)
    allowed = AllowedHosts(settings.hosts, allow_private=settings.allow_private)
    return WebhookChannel(http=GuardedHttp(allowed), secret=settings.secret)


class WebhookChannel:
    """Sends messages as signed JSON.

    The receiver checks ``Knockon-Signature: t=<unix seconds>,v1=<hex>``, the HMAC-SHA256 of
    ``<t>.<body>`` under the shared secret, refuses an old ``t``, and drops a
    ``Knockon-Message-Id`` it has seen.
    """

    def __init__(self, *, http: OutwardHttp, secret: str) -> None:
        self._http = http
        self._secret = secret.encode()

    def send(self, message: OutgoingMessage, *, now: datetime) -> Receipt:
        """Post the message; see ``ports.channel``."""
        body = _body(message, now=now)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Knockon-Message-Id": message.message_id,
            "Idempotency-Key": message.message_id,
            "Knockon-Signature": signature(body, secret=self._secret, now=now),
        }
        try:
            answer = self._http.post(message.address, body=body, headers=headers)
        except AddressRefused as error:
            raise PermanentFailure(detail=str(error.data["reason"])) from error
        except OutwardUnreachable as error:
            raise TemporaryFailure(detail=str(error.data["detail"])) from error
        except OutwardAnswerLost as error:
            raise OutcomeUnclear(detail=str(error.data["detail"])) from error
        return _receipt(answer)


def signature(body: bytes, *, secret: bytes, now: datetime) -> str:
    """Return the header's value for a body sent now."""
    stamp = str(int(now.timestamp()))
    digest = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={digest}"


def _receipt(answer: OutwardAnswer) -> Receipt:
    if 200 <= answer.status < 300:
        return Receipt()
    detail = f"status_{answer.status}"
    if answer.status in _TRY_AGAIN:
        raise TemporaryFailure(detail=detail, retry_after_s=answer.retry_after_s)
    # A redirect is refused like any other no: the administrator names the final address.
    raise PermanentFailure(detail=detail)


def _body(message: OutgoingMessage, *, now: datetime) -> bytes:
    return msgspec.json.encode(
        {
            "id": message.message_id,
            "sent_at": now,
            "severity": message.severity,
            "language": message.language,
            "subject": message.subject,
            "text": message.text,
            "data": dict(message.data),
        }
    )
