"""The live stream: who hears what, who comes back, who is let go."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection

from knockon.apps.accounts.models import Membership, User
from knockon.apps.journal.bus import recording
from knockon.domain.events import DisruptionOpened, MessagesQueued, TimerFired
from knockon.runtime.live import PATH, LiveLimits
from knockon.runtime.server import ServerLimits
from tests.processes.serving import Running, add_member, now


def sign_in(user: User) -> dict[str, str]:
    """Return the cookie of a fresh session."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return {settings.SESSION_COOKIE_NAME: store.session_key}


class Listener:
    """Reads one stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def next(self, *names: str) -> dict[str, Any]:
        """Return the next event of one of the names."""
        while True:
            event: dict[str, str] = {}
            for line in self._lines:
                if not line:
                    break
                name, _, value = line.partition(": ")
                event[name] = value
            else:
                raise EOFError
            if event.get("event") in names:
                return {"name": event["event"], "seq": event.get("id"), **json.loads(event["data"])}

    def topic(self) -> dict[str, Any]:
        return self.next("topic")


@contextmanager
def listening(
    running: Running, cookies: dict[str, str], *, query: str = "", **headers: str
) -> Iterator[Listener]:
    with (
        httpx.Client(timeout=10, cookies=cookies) as client,
        client.stream(
            "GET", running.url + PATH + query, headers={"Accept": "text/event-stream", **headers}
        ) as response,
    ):
        listener = Listener(response)
        assert listener.next("hello", "bye")["name"] == "hello"
        yield listener


def happen(plant: str, *, number: int = 1) -> float:
    """Record an opened disruption; return when it was committed."""
    with recording(actor="test", action="opened", now=now(), plant=plant) as entry:
        entry.publish(
            DisruptionOpened(disruption_id=number, plant=plant, kind="equipment", severity="S2")
        )
    return time.monotonic()


def test_who_may_look_hears_within_a_moment(
    server: Running, plant: str, tell: Callable[[str], None]
) -> None:
    user = add_member(f"lin-{plant}", plants=(plant,))

    with listening(server, sign_in(user)) as listener:
        committed = happen(plant, number=7)
        heard = listener.topic()

    tell(f"commit to page: {(time.monotonic() - committed) * 1000:.0f} ms")
    assert (heard["topic"], heard["id"]) == ("disruption", "7")
    assert set(heard) == {"name", "seq", "topic", "id", "at"}


def test_nobody_hears_of_another_plant(
    serve: Callable[..., Running], plant: str, other_plant: str
) -> None:
    running = serve(limits=ServerLimits(live=LiveLimits(beat_every_s=0.5)))
    mine = add_member(f"mine-{plant}", plants=(plant,))
    theirs = add_member(f"theirs-{plant}", plants=(other_plant,))
    everybody = add_member(f"all-{plant}", plants=(None,))
    nobody = add_member(f"none-{plant}", plants=())

    with ExitStack() as stack:
        listen = [
            stack.enter_context(listening(running, sign_in(user)))
            for user in (mine, theirs, everybody, nobody)
        ]
        happen(plant, number=1)
        happen(other_plant, number=2)
        happen(plant, number=3)

        assert [listen[0].topic()["id"] for _ in range(2)] == ["1", "3"]
        assert listen[1].topic()["id"] == "2"
        assert [listen[2].topic()["id"] for _ in range(3)] == ["1", "2", "3"]
        assert listen[3].next("topic", "beat")["name"] == "beat"


def test_what_belongs_to_no_plant_or_page_is_not_told(server: Running, plant: str) -> None:
    user = add_member(f"lin-{plant}", plants=(plant,))

    with listening(server, sign_in(user)) as listener:
        with recording(actor="test", action="a", now=now()) as entry:
            entry.publish(MessagesQueued(message_ids=(1,)))
        with recording(actor="test", action="b", now=now(), plant=plant) as entry:
            entry.publish(TimerFired(timer_id=1, name="x", subject="y"))
        happen(plant, number=9)

        assert listener.topic()["id"] == "9"


def test_what_is_rolled_back_is_not_told(server: Running, plant: str) -> None:
    user = add_member(f"lin-{plant}", plants=(plant,))

    with listening(server, sign_in(user)) as listener:
        with recording(actor="test", action="a", now=now(), plant=plant) as entry:
            entry.publish(
                DisruptionOpened(disruption_id=1, plant=plant, kind="tool", severity="S2")
            )
            entry.discard()
        happen(plant, number=2)

        assert listener.topic()["id"] == "2"


@pytest.mark.parametrize("way", ["header", "query"])
def test_who_comes_back_is_told_what_was_missed(server: Running, plant: str, way: str) -> None:
    cookies = sign_in(add_member(f"lin-{plant}", plants=(plant,)))
    with listening(server, cookies) as listener:
        happen(plant, number=1)
        last = listener.topic()["seq"]
    happen(plant, number=2)
    happen(plant, number=3)

    headers = {"Last-Event-ID": last} if way == "header" else {}
    query = f"?after={last}" if way == "query" else ""
    with listening(server, cookies, query=query, **headers) as listener:
        happen(plant, number=4)

        assert [listener.topic()["id"] for _ in range(3)] == ["2", "3", "4"]


def test_a_session_that_ends_ends_its_stream(serve: Callable[..., Running], plant: str) -> None:
    running = serve(limits=ServerLimits(live=LiveLimits(check_every_s=0.1)))
    user = add_member(f"lin-{plant}", plants=(plant,))

    with listening(running, sign_in(user)) as listener:
        User.objects.filter(pk=user.pk).update(is_active=False)

        assert listener.next("bye")["name"] == "bye"
        with pytest.raises(EOFError):
            listener.next("topic")


def test_a_role_taken_away_is_felt(
    serve: Callable[..., Running], plant: str, other_plant: str
) -> None:
    running = serve(limits=ServerLimits(live=LiveLimits(check_every_s=0.1, beat_every_s=0.3)))
    user = add_member(f"lin-{plant}", plants=(plant, other_plant))

    with listening(running, sign_in(user)) as listener:
        Membership.objects.filter(user=user, site__code=plant).delete()
        listener.next("beat")
        happen(plant, number=1)
        happen(other_plant, number=2)

        assert listener.topic()["id"] == "2"


def test_strangers_hear_nothing(server: Running, plant: str) -> None:
    plain = httpx.get(server.url + PATH)
    stream = httpx.get(
        server.url + PATH,
        headers={"Accept": "text/event-stream"},
        cookies={settings.SESSION_COOKIE_NAME: "guessed"},
    )

    assert (plain.status_code, plain.json()["code"]) == (401, "sign_in_needed")
    assert stream.text.startswith("event: bye")


def test_open_streams_hold_no_data_base_connection(server: Running, plant: str) -> None:
    cookies = sign_in(add_member(f"lin-{plant}", plants=(plant,)))
    others = [sign_in(add_member(f"user-{plant}-{n}", plants=(plant,))) for n in range(4)]
    before = _connections()

    with ExitStack() as stack:
        listeners = [
            stack.enter_context(listening(server, some))
            for some in (cookies, *others)
            for _ in range(10)
        ]
        assert server.app.live.count >= 50
        assert _connections() <= before + 3
        happen(plant, number=1)
        assert {listener.topic()["id"] for listener in listeners} == {"1"}

    _await(lambda: server.app.live.count == 0)


def test_one_session_cannot_take_all_streams(serve: Callable[..., Running], plant: str) -> None:
    running = serve(limits=ServerLimits(live=LiveLimits(most_a_session=1)))
    cookies = sign_in(add_member(f"lin-{plant}", plants=(plant,)))

    with listening(running, cookies):
        refused = httpx.get(running.url + PATH, cookies=cookies)

    assert (refused.status_code, refused.json()["code"]) == (503, "too_many_streams")


def test_the_stream_outlives_its_data_base_connection(server: Running, plant: str) -> None:
    user = add_member(f"lin-{plant}", plants=(plant,))

    with listening(server, sign_in(user)) as listener:
        happen(plant, number=1)
        assert listener.topic()["id"] == "1"
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN %%' AND datname = current_database()"
            )
        happen(plant, number=2)
        happen(plant, number=3)

        assert [listener.topic()["id"] for _ in range(2)] == ["2", "3"]


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
        row = cursor.fetchone()
    return int(row[0])


def _await(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.02)
