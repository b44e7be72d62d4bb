"""Messages on their way out: sent once, tried again, and no way blocks another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from knockon.apps.accounts.models import User
from knockon.apps.journal.bus import recording
from knockon.apps.response.models import Message
from knockon.apps.response.services.queueing import on_queued
from knockon.domain.events import MessagesQueued
from knockon.ports.channel import (
    OutgoingMessage,
    PermanentFailure,
    Receipt,
    SendingFailed,
    TemporaryFailure,
)
from knockon.runtime.channels import load_channels
from knockon.runtime.sending import Sender
from tests.processes.serving import add_member, now

PARAMS = {
    "disruption": 7,
    "severity": "S2",
    "where": "IM-03",
    "lots": "",
    "orders": 5,
    "customers": 3,
    "late": 5,
    "short": 0,
    "suspect": 0,
    "decide_by": None,
}


@dataclass
class Provider:
    """Answers as told, in order; then takes everything."""

    answers: list[SendingFailed | Exception] = field(default_factory=list)
    taken: list[OutgoingMessage] = field(default_factory=list)
    asked: int = 0

    def send(self, message: OutgoingMessage, *, now: datetime) -> Receipt:
        self.asked += 1
        if self.answers:
            raise self.answers.pop(0)
        self.taken.append(message)
        return Receipt(provider_id=f"p-{len(self.taken)}")


@pytest.fixture
def queue(plant: str) -> Callable[..., Message]:
    def make(*, channel: str = "email", address: str = "lin@example.com", **fields: Any) -> Message:
        user = User.objects.filter(username=f"lin-{plant}").first()
        user = user or add_member(f"lin-{plant}", plants=(plant,))
        with recording(actor="test", action="queued", now=now(), plant=plant) as entry:
            number = Message.objects.count()
            return Message.objects.create(
                **{
                    "entry_id": entry.position,
                    "site_id": plant,
                    "dedupe_key": f"{plant}:{number}",
                    "user": user,
                    "channel": channel,
                    "address": address,
                    "language": "en",
                    "code": "impact_first",
                    "params": PARAMS,
                    "severity": "S2",
                    "created_at": now(),
                    "due_at": now(),
                    **fields,
                }
            )

    return make


def sender(**channels: Provider) -> Sender:
    return Sender(channels=channels, base_url="https://plant.example")


def state(message: Message) -> tuple[str, int]:
    message.refresh_from_db()
    return message.state, message.attempts


def waiting_jobs(message: Message) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'send_message'"
            " AND status = 'todo' AND (args->>'message_id')::bigint = %s",
            [message.pk],
        )
        row = cursor.fetchone()
    return int(row[0])


def test_a_message_is_sent_once_however_often_it_is_asked_for(
    queue: Callable[..., Message],
) -> None:
    provider = Provider()
    message = queue()
    way = sender(email=provider)

    for _ in range(3):
        way.send(message.pk)

    assert len(provider.taken) == 1
    assert state(message) == ("sent", 1)
    assert provider.taken[0].message_id == f"knockon-{message.pk}"
    assert "5 orders affected" in provider.taken[0].subject


def test_a_temporary_failure_is_tried_again_when_the_provider_wishes(
    queue: Callable[..., Message],
) -> None:
    provider = Provider([TemporaryFailure(detail="status_429", retry_after_s=90)])
    message = queue()

    sender(email=provider).send(message.pk)

    assert state(message) == ("queued", 1)
    assert timedelta(seconds=80) < message.due_at - now() <= timedelta(seconds=90)
    assert waiting_jobs(message) == 1
    Message.objects.filter(pk=message.pk).update(due_at=now())
    sender(email=provider).send(message.pk)
    assert state(message) == ("sent", 2)


def test_a_refusal_is_final(queue: Callable[..., Message]) -> None:
    message = queue()

    sender(email=Provider([PermanentFailure(detail="status_550")])).send(message.pk)

    assert state(message) == ("failed", 1)
    assert waiting_jobs(message) == 0


def test_a_channel_that_breaks_its_word_harms_only_its_message(
    queue: Callable[..., Message],
) -> None:
    message = queue()
    other = queue()
    way = sender(email=Provider([ZeroDivisionError()]))

    way.send(message.pk)
    way.send(other.pk)

    assert state(message) == ("queued", 1)
    assert state(other) == ("sent", 1)


def test_a_way_that_is_down_rests_and_others_go_on(queue: Callable[..., Message]) -> None:
    down = Provider([TemporaryFailure(detail="ConnectError") for _ in range(50)])
    mail = Provider()
    way = sender(webhook=down, email=mail)
    hooks = [queue(channel="webhook", address="https://down.example/in") for _ in range(6)]
    elsewhere = queue(channel="webhook", address="https://up.example/in")
    letter = queue()

    for message in hooks:
        way.send(message.pk)
    down.answers.clear()
    way.send(elsewhere.pk)
    way.send(letter.pk)

    assert [state(message)[1] for message in hooks] == [1, 1, 1, 0, 0, 0]
    assert {waiting_jobs(message) for message in hooks} == {1}
    assert state(elsewhere) == ("sent", 1)
    assert state(letter) == ("sent", 1)


def test_a_channel_that_is_not_installed_fails_its_messages(
    queue: Callable[..., Message],
) -> None:
    message = queue(channel="pigeon", address="loft 7")

    sender().send(message.pk)

    assert state(message) == ("failed", 1)


def test_queued_messages_become_jobs_the_worst_first(queue: Callable[..., Message]) -> None:
    mild = queue(severity="S3")
    bad = queue(severity="S1")
    there = queue(channel="in_app", state="sent")

    on_queued(MessagesQueued(message_ids=(mild.pk, bad.pk, there.pk)), now=now())

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args->>'message_id')::bigint FROM procrastinate_jobs"
            " WHERE task_name = 'send_message' AND (args->>'message_id')::bigint = ANY(%s)"
            " ORDER BY priority DESC, id",
            [[mild.pk, bad.pk, there.pk]],
        )
        assert [row[0] for row in cursor.fetchall()] == [bad.pk, mild.pk]


def test_the_installed_channels_are_made_from_settings() -> None:
    channels = load_channels({"email": {"outbox": "/nowhere"}, "webhook": {"hosts": ["a.example"]}})

    assert sorted(channels) == ["email", "webhook"]
