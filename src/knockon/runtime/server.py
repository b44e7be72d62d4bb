"""The web process: one small outer application that owns the fast doors and hands on the rest."""

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from procrastinate.contrib.django.utils import connector_params
from typing_extensions import override

from knockon.runtime import ingest, live
from knockon.runtime.asgi import Problem, Receive, Scope, Send, answer_json, answer_problem
from knockon.runtime.health import Health, load_health
from knockon.runtime.ingest import Ingest, IngestLimits
from knockon.runtime.lifeline import wait_for_end
from knockon.runtime.live import Live, LiveLimits
from knockon.runtime.threads import DatabaseThreads
from knockon.runtime.wsgi_bridge import BridgeLimits, WsgiApp, WsgiBridge

logger = logging.getLogger(__name__)

HEALTH_PATH = "/health"
_WATCH_EVERY_S = 30.0
_LAST_REQUESTS_S = 15
_LONGEST_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLimits:
    """Everything that bounds what a web process takes on."""

    ingest: IngestLimits = field(default_factory=IngestLimits)
    live: LiveLimits = field(default_factory=LiveLimits)
    pages: BridgeLimits = field(default_factory=BridgeLimits)


class OuterApp:
    """Serves signals, the live stream and the health itself, and hands the rest to Django."""

    def __init__(self, *, pages: WsgiApp, limits: ServerLimits) -> None:
        self._threads = DatabaseThreads("desk", size=3)
        self.ingest = Ingest(threads=self._threads, limits=limits.ingest)
        self.live = Live(
            threads=self._threads, limits=limits.live, connection_kwargs=connector_params
        )
        self._pages = WsgiBridge(pages, limits=limits.pages)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        started = False

        async def noted(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._route(scope, receive, noted)
        except Exception as error:
            if started:
                # Half an answer cannot be taken back: the connection is cut, and that is seen.
                raise
            if not isinstance(error, Problem):
                logger.exception("A request failed outside of Django.")
                error = Problem(code="server_failed", status=500)
            await answer_problem(send, error)

    async def run(self) -> None:
        """Do what goes on between requests, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.ingest.run())
            group.create_task(self.live.run())
            group.create_task(self._watch())

    def close(self) -> None:
        """Let all threads go."""
        self.ingest.close()
        self._pages.close()
        self._threads.close()

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path == ingest.PATH:
            await self.ingest.handle(scope, receive, send)
        elif path == live.PATH:
            await self.live.handle(scope, receive, send)
        elif path == HEALTH_PATH:
            health = await self._health()
            await answer_json(send, health.document(), status=200 if health.database else 503)
        else:
            await self._pages(scope, receive, send)

    async def _health(self) -> Health:
        return await self._threads.run(load_health, now=datetime.now(UTC))

    async def _watch(self) -> None:
        """Watch the workers from outside of them: they cannot say that they are dead."""
        known = "ok"
        while True:
            await asyncio.sleep(_WATCH_EVERY_S)
            health = await self._health()
            if health.status != known and health.status != "ok":
                logger.error("Health: %s %s", health.status, ", ".join(health.overdue))
            elif health.status != known:
                logger.warning("Health: ok again.")
            known = health.status


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: the process has one place that ends it."""

    @override
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def run_server(
    pages: WsgiApp,
    *,
    sockets: Sequence[socket.socket],
    behind_proxy: bool,
    lifeline: int | None = None,
    limits: ServerLimits | None = None,
    on_ready: Callable[[], None] | None = None,
) -> None:
    """Serve until told to stop; requests that run are finished first.

    Parameters
    ----------
    pages
        Django's WSGI application.
    sockets
        Bound sockets to listen on.
    behind_proxy
        Believe a proxy on this machine about a client's address and scheme.
    lifeline
        Handle of a pipe whose other end closes when the supervisor dies.
    limits
        What the process takes on.
    on_ready
        Called once requests are served.
    """
    asyncio.run(
        _run(
            OuterApp(pages=pages, limits=limits or ServerLimits()),
            sockets=list(sockets),
            behind_proxy=behind_proxy,
            end=lambda: wait_for_end(lifeline, signals=(signal.SIGINT, signal.SIGTERM)),
            on_ready=on_ready,
        )
    )


async def serve_until(
    app: OuterApp, *, sockets: Sequence[socket.socket], end: asyncio.Event
) -> None:
    """Serve in a running loop until the event is set; for tests and benchmarks."""
    await _run(app, sockets=list(sockets), behind_proxy=False, end=end.wait, on_ready=None)


async def _run(
    app: OuterApp,
    *,
    sockets: list[socket.socket],
    behind_proxy: bool,
    end: Callable[[], Any],
    on_ready: Callable[[], None] | None,
) -> None:
    server = _Server(_config(app, behind_proxy=behind_proxy))
    serving = asyncio.create_task(server.serve(sockets))
    background = asyncio.create_task(app.run())
    ending = asyncio.create_task(end())
    telling = asyncio.create_task(_tell_ready(server, on_ready))
    try:
        await asyncio.wait({serving, background, ending}, return_when=asyncio.FIRST_COMPLETED)
        # Streams never end by themselves, and the server waits for what runs.
        app.live.close()
        server.should_exit = True
        await serving
    finally:
        for task in (background, ending, telling):
            task.cancel()
        outcomes = await asyncio.gather(background, ending, telling, return_exceptions=True)
        # Threads finish what they do; the loop has nothing to do any more.
        await asyncio.to_thread(app.close)
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            raise outcome


async def _tell_ready(server: _Server, on_ready: Callable[[], None] | None) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    if on_ready is not None:
        on_ready()


def _config(app: OuterApp, *, behind_proxy: bool) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=behind_proxy,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_LAST_REQUESTS_S,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
    )
