"""Messages as signed JSON."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from knockon.adapters.channels.webhook import WebhookChannel, channel
from knockon.ports.channel import (
    OutcomeUnclear,
    OutgoingMessage,
    PermanentFailure,
    TemporaryFailure,
)
from knockon.ports.outward import (
    AddressRefused,
    OutwardAnswer,
    OutwardAnswerLost,
    OutwardUnreachable,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
MESSAGE = OutgoingMessage(
    message_id="knockon-7",
    address="https://hooks.example.com/in",
    subject="注塑機 IM-03 停機",
    text="5 張訂單受影響。",
    language="zh-hant",
    severity="S2",
    data={"disruption": 7, "orders": 5},
)


@dataclass
class Provider:
    """Answers as told and remembers each call."""

    answer: OutwardAnswer | Exception
    calls: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> OutwardAnswer:
        self.calls.append((url, body, dict(headers)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_body_is_signed_and_the_id_is_stable() -> None:
    provider = Provider(OutwardAnswer(status=200))
    sender = WebhookChannel(http=provider, secret="a key")

    sender.send(MESSAGE, now=NOW)
    sender.send(MESSAGE, now=NOW)

    url, body, headers = provider.calls[0]
    stamp, mac = headers["Knockon-Signature"].split(",")
    expected = hmac.new(b"a key", stamp[2:].encode() + b"." + body, hashlib.sha256).hexdigest()
    assert mac == f"v1={expected}"
    assert url == MESSAGE.address
    assert json.loads(body)["data"] == {"disruption": 7, "orders": 5}
    assert {call[2]["Knockon-Message-Id"] for call in provider.calls} == {"knockon-7"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OutwardAnswer(status=429, retry_after_s=30), TemporaryFailure),
        (OutwardAnswer(status=503), TemporaryFailure),
        (OutwardAnswer(status=301), PermanentFailure),
        (OutwardAnswer(status=404), PermanentFailure),
        (OutwardUnreachable(detail="ConnectError"), TemporaryFailure),
        (OutwardAnswerLost(detail="ReadError"), OutcomeUnclear),
        (AddressRefused(reason="host_not_allowed"), PermanentFailure),
    ],
)
def test_answers_become_the_ways_in_which_sending_fails(
    answer: OutwardAnswer | Exception, expected: type[Exception]
) -> None:
    sender = WebhookChannel(http=Provider(answer), secret="a key")

    with pytest.raises(expected):
        sender.send(MESSAGE, now=NOW)


def test_the_providers_wish_to_wait_is_kept() -> None:
    sender = WebhookChannel(
        http=Provider(OutwardAnswer(status=429, retry_after_s=30)), secret="a key"
    )

    with pytest.raises(TemporaryFailure) as failed:
        sender.send(MESSAGE, now=NOW)

    assert failed.value.retry_after_s == 30


def test_without_allowed_hosts_nothing_is_called() -> None:
    with pytest.raises(PermanentFailure):
        channel({"secret": "a key"}).send(MESSAGE, now=NOW)
