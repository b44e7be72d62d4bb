"""The bridge into threads: bodies both ways, clients that leave, errors."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from knockon.runtime.asgi import Problem
from knockon.runtime.wsgi_bridge import BridgeLimits, WsgiBridge

Start = Callable[..., Any]


def scope(**changes: Any) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": "/茶",
        "query_string": b"a=1",
        "http_version": "1.1",
        "scheme": "http",
        "server": ("127.0.0.1", 80),
        "client": ("10.0.0.9", 1234),
        "headers": [],
        **changes,
    }


class Client:
    """Plays the server's side: gives a body in parts and keeps what is sent."""

    def __init__(self, *parts: bytes) -> None:
        self.parts = list(parts) or [b""]
        self.sent: list[dict[str, Any]] = []
        self.leaves = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if self.parts:
            part = self.parts.pop(0)
            return {"type": "http.request", "body": part, "more_body": bool(self.parts)}
        await self.leaves.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        self.sent.append(dict(message))

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


@asynccontextmanager
async def bridge(app: Any, **limits: Any) -> AsyncIterator[WsgiBridge]:
    made = WsgiBridge(app, limits=BridgeLimits(**limits))
    yield made
    await asyncio.to_thread(made.close)


def ask(app: Any, client: Client, asked: dict[str, Any], **limits: Any) -> None:
    async def run() -> None:
        async with bridge(app, **limits) as made:
            await made(asked, client.receive, client.send)

    asyncio.run(run())


def echo(environ: dict[str, Any], start: Start) -> list[bytes]:
    body = environ["wsgi.input"].read()
    start("200 OK", [("Content-Length", str(len(body))), ("X-Thread", "é")])
    return [body]


def test_a_body_goes_in_and_out_whole() -> None:
    client = Client(*[b"x" * 100_000] * 30)

    ask(echo, client, scope())

    assert client.body == b"x" * 3_000_000
    assert client.sent[0]["status"] == 200
    assert (b"x-thread", "é".encode("latin-1")) in client.sent[0]["headers"]
    assert client.sent[-1].get("more_body", False) is False


def test_the_environment_says_what_was_asked_and_trusts_no_lookalikes() -> None:
    seen: dict[str, Any] = {}

    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        seen.update(environ)
        start("204 No Content", [])
        return []

    headers = [
        (b"host", b"plant.example"),
        (b"cookie", b"a=1"),
        (b"cookie", b"b=2"),
        (b"x_forwarded_proto", b"https"),
        (b"proxy", b"http://evil"),
        (b"content-type", b"text/plain"),
    ]
    ask(app, Client(b"abc"), scope(headers=headers))

    assert seen["PATH_INFO"].encode("latin-1").decode() == "/茶"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"]) == ("a=1", "10.0.0.9")
    assert (seen["CONTENT_LENGTH"], seen["CONTENT_TYPE"]) == ("3", "text/plain")
    assert (seen["HTTP_HOST"], seen["HTTP_COOKIE"]) == ("plant.example", "a=1; b=2")
    assert "HTTP_X_FORWARDED_PROTO" not in seen
    assert "HTTP_PROXY" not in seen


def test_a_cookie_loses_the_blank_that_the_server_would_refuse() -> None:
    client = Client()

    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [("Set-Cookie", " a=1; Path=/")])
        return [b""]

    async def ask() -> None:
        async with bridge(app) as made:
            await made(scope(), client.receive, client.send)

    asyncio.run(ask())

    assert client.sent[0]["headers"] == [(b"set-cookie", b"a=1; Path=/")]


def test_a_stream_is_sent_as_it_comes() -> None:
    client = Client()
    arrived: list[int] = []

    def app(environ: dict[str, Any], start: Start) -> Iterator[bytes]:
        start("200 OK", [])
        for number in range(3):
            arrived.append(len(client.sent))
            yield b"part %d\n" % number

    ask(app, client, scope())

    assert client.body == b"part 0\npart 1\npart 2\n"
    assert arrived == [0, 2, 3]


def test_a_client_that_leaves_ends_the_stream_and_closes_it() -> None:
    client = Client()
    closed = threading.Event()

    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            for _ in range(1_000):
                time.sleep(0.01)
                yield b"more"

        def close(self) -> None:
            closed.set()

    def app(environ: dict[str, Any], start: Start) -> Endless:
        start("200 OK", [])
        return Endless()

    async def run() -> None:
        async with bridge(app) as made:
            asyncio.get_running_loop().call_later(0.1, client.leaves.set)
            await made(scope(), client.receive, client.send)

    started = time.monotonic()
    asyncio.run(run())

    assert closed.is_set()
    assert time.monotonic() - started < 5


def test_too_large_a_body_is_refused_before_a_thread_is_used() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        raise NotImplementedError

    announced = scope(headers=[(b"content-length", b"11")])
    with pytest.raises(Problem) as refused:
        ask(app, Client(b"x"), announced, largest_body=10)
    assert refused.value.status == 413

    with pytest.raises(Problem) as refused:
        ask(app, Client(b"x" * 6, b"x" * 6), scope(), largest_body=10)
    assert refused.value.status == 413


def test_too_slow_a_body_holds_no_thread() -> None:
    class Slow(Client):
        async def receive(self) -> dict[str, Any]:
            await asyncio.sleep(30)
            return {"type": "http.disconnect"}

    with pytest.raises(Problem) as refused:
        ask(echo, Slow(), scope(), body_timeout_s=0.05)

    assert refused.value.status == 408


def test_beyond_its_threads_and_queue_it_says_so() -> None:
    release = threading.Event()

    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        release.wait(5)
        start("204 No Content", [])
        return []

    async def run() -> list[object]:
        async with bridge(app, threads=1, most_waiting=1) as made:
            clients = [Client() for _ in range(3)]
            calls = [made(scope(), client.receive, client.send) for client in clients]
            asyncio.get_running_loop().call_later(0.2, release.set)
            return await asyncio.gather(*calls, return_exceptions=True)

    outcomes = asyncio.run(run())

    refused = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
    assert [(problem.status, problem.retry_after_s) for problem in refused] == [(503, 2)]


def test_an_error_of_the_application_comes_through() -> None:
    def app(environ: dict[str, Any], start: Start) -> list[bytes]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask(app, Client(), scope())
