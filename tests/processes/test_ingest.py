"""The door for signals: what is accepted is stored, once."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import httpx
import pytest

from knockon.apps.accounts.models import ApiToken
from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.journal.models import Entry, Event, Signal, Source
from knockon.domain.access import SYSTEM, Right
from knockon.runtime.ingest import PATH, IngestLimits
from knockon.runtime.server import ServerLimits
from tests.processes.serving import Running, add_token, now, post_signals, signal


def test_accepted_signals_are_stored_and_published(server: Running, plant: str, token: str) -> None:
    answer = post_signals(server, [signal(1), signal(2, kind="heartbeat", code="")], token=token)

    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "refused": []}
    stored = Signal.objects.get(plant=plant, event_id="e-1")
    assert (stored.source, stored.equipment) == ("gw-1", "IM-03")
    assert Event.objects.get(plant=plant).name == "SignalsReceived"
    assert Source.objects.get(plant=plant, name="gw-1").last_good_at is not None


def test_what_only_beats_or_counts_makes_no_journal_entry(
    server: Running, plant: str, token: str
) -> None:
    before = Entry.objects.filter(plant=plant).count()

    post_signals(
        server,
        {"signals": [signal(1, kind="heartbeat"), signal(2, kind="count", value=17)]},
        token=token,
    )

    assert Signal.objects.filter(plant=plant, handled_at=None).count() == 2
    assert Entry.objects.filter(plant=plant).count() == before


def test_twenty_at_once_with_one_key_take_effect_once(
    server: Running, plant: str, token: str
) -> None:
    start = threading.Barrier(20)

    def send(_: int) -> httpx.Response:
        start.wait()
        return post_signals(server, [signal(1), signal(2)], token=token, **{"Idempotency-Key": "k"})

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.text for answer in answers} == {'{"accepted":2,"refused":[]}'}
    assert Signal.objects.filter(plant=plant).count() == 2
    assert Event.objects.filter(plant=plant).count() == 1


def test_a_used_key_does_not_let_another_body_in(server: Running, plant: str, token: str) -> None:
    post_signals(server, [signal(1)], token=token, **{"Idempotency-Key": "k"})

    answer = post_signals(server, [signal(2)], token=token, **{"Idempotency-Key": "k"})

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "key_used"
    assert list(Signal.objects.filter(plant=plant).values_list("event_id", flat=True)) == ["e-1"]


def test_the_same_event_in_other_batches_and_orders_is_one(
    server: Running, plant: str, token: str
) -> None:
    for batch in ([1, 2, 3], [3, 2, 1], [2], [1, 4], [4, 3]):
        post_signals(server, [signal(number) for number in batch], token=token)

    assert sorted(Signal.objects.filter(plant=plant).values_list("event_id", flat=True)) == [
        "e-1",
        "e-2",
        "e-3",
        "e-4",
    ]


def test_a_signal_without_id_is_known_by_what_it_says(
    server: Running, plant: str, token: str
) -> None:
    same = signal(kind="measure", value=1.50)
    del same["event_id"]

    for value in ("1.5", "1.50", "1.500"):
        body = json.dumps([{**same, "value": 0}]).replace('"value": 0', f'"value": {value}')
        post_signals(server, body.encode(), token=token)
    post_signals(server, [{**same, "value": 1.51}], token=token)

    assert Signal.objects.filter(plant=plant).count() == 2


def test_two_plants_may_number_their_events_alike(
    server: Running, plant: str, other_plant: str, token: str
) -> None:
    post_signals(server, [signal(1)], token=token)
    post_signals(server, [signal(1)], token=add_token(other_plant))

    assert Signal.objects.filter(plant=plant).count() == 1
    assert Signal.objects.filter(plant=other_plant).count() == 1


def test_good_rows_go_in_and_bad_ones_are_named(server: Running, plant: str, token: str) -> None:
    rows = [
        signal(1),
        signal(2, at="yesterday"),
        signal(3, kind="gossip"),
        signal(4, code="a\x00b"),
        signal(5, source="x" * 81),
        signal(6, value={"deep": 1}),
        "not an object",
    ]
    body = json.dumps([*rows, signal(7, value=1)]).replace('"value": 1}', '"value": 1e999}')

    answer = post_signals(server, body.encode(), token=token)

    assert answer.status_code == 200
    assert answer.json()["accepted"] == 1
    assert [(row["index"], row["code"]) for row in answer.json()["refused"]] == [
        (1, "signal_invalid"),
        (2, "signal_invalid"),
        (3, "text_not_storable"),
        (4, "signal_invalid"),
        (5, "signal_invalid"),
        (6, "signal_invalid"),
        (7, "value_out_of_range"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"null",
        b"[" * 100_000 + b"]" * 100_000,
        b'[{"source": "a", "at": NaN}]',
        b'"\xff\xfe"',
        b'[{"source":"\\ud800","at":"2026-03-02T08:00:00Z"}]',
        b'{"signals": 3}',
    ],
)
def test_what_is_no_list_of_signals_is_refused_whole(
    server: Running, plant: str, token: str, body: bytes
) -> None:
    answer = post_signals(server, body, token=token)

    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"signals_unreadable", "signals_refused"}
    assert Signal.objects.filter(plant=plant).count() == 0


def test_numbers_and_words_keep_their_value(server: Running, plant: str, token: str) -> None:
    body = json.dumps([signal(1, value="Störung")]).encode()
    exact = b'[{"source":"gw","event_id":"x","at":"2026-03-02T16:00:00","value":0.10000001}]'

    post_signals(server, body, token=token)
    post_signals(server, exact, token=token)

    assert Signal.objects.get(plant=plant, event_id="e-1").text == "Störung"
    stored = Signal.objects.get(plant=plant, event_id="x")
    assert str(stored.value) == "0.10000001"
    # A time without offset is read by the plant's clock.
    assert stored.at.isoformat() == "2026-03-02T08:00:00+00:00"


def test_a_time_that_cannot_be_is_kept_but_not_acted_upon(
    server: Running, plant: str, token: str
) -> None:
    post_signals(server, [signal(1, at="2038-01-19T03:14:07Z")], token=token)

    assert Signal.objects.get(plant=plant).handled_at is not None
    assert Event.objects.filter(plant=plant).count() == 0


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Authorization": ""}, 401, "token_missing"),
        ({"Authorization": "Bearer ko_wrong"}, 401, "token_refused"),
        ({"Content-Type": "text/csv"}, 415, "not_json"),
        ({"Content-Encoding": "gzip"}, 415, "not_json"),
        ({"Idempotency-Key": "x" * 201}, 400, "key_unfit"),
    ],
)
def test_problems_say_their_code(
    server: Running, plant: str, token: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = post_signals(server, [signal(1)], token=token, **headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert Signal.objects.filter(plant=plant).count() == 0


def test_other_methods_are_refused(server: Running) -> None:
    assert httpx.get(server.url + PATH).status_code == 405


def test_a_token_for_something_else_is_not_enough(server: Running, plant: str) -> None:
    reader = create_token(
        "reader", plant=plant, rights=frozenset({Right.VIEW_BOARD}), viewer=SYSTEM, now=now()
    )

    assert post_signals(server, [signal(1)], token=reader).json()["code"] == "token_scope"


def test_expired_and_revoked_tokens_end(
    serve: Callable[..., Running], plant: str, token: str
) -> None:
    forgetful = serve(limits=ServerLimits(ingest=IngestLimits(token_memory_s=0)))
    assert post_signals(forgetful, [signal(1)], token=token).status_code == 200

    ApiToken.objects.filter(site__code=plant).update(revoked_at=now())
    assert post_signals(forgetful, [signal(2)], token=token).status_code == 401

    ApiToken.objects.filter(site__code=plant).update(
        revoked_at=None, expires_at=now() - timedelta(seconds=1)
    )
    assert post_signals(forgetful, [signal(2)], token=token).status_code == 401


def test_size_count_and_rate_are_bounded(
    serve: Callable[..., Running], plant: str, token: str
) -> None:
    narrow = serve(
        limits=ServerLimits(
            ingest=IngestLimits(largest_body=5_000, most_signals=10, signals_per_s=0.1, burst_s=150)
        )
    )

    large = post_signals(narrow, b" " * 5_001, token=token)
    many = post_signals(narrow, [signal(n) for n in range(11)], token=token)
    assert (large.status_code, many.status_code) == (413, 413)

    first = post_signals(narrow, [signal(n) for n in range(10)], token=token)
    fast = post_signals(narrow, [signal(n) for n in range(10, 20)], token=token)
    assert (first.status_code, fast.status_code) == (200, 429)
    assert int(fast.headers["retry-after"]) >= 1
    assert Signal.objects.filter(plant=plant).count() == 10
