"""Serving a WSGI application from an ASGI server by one hop into a thread.

A request's body is taken in whole before a thread is asked for, so that a slow client holds no
thread; beyond a size it goes to a file. A small answer comes back in one hop, a large one or a
stream part by part, each part waiting until the client has room.
"""

import asyncio
import logging
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, BinaryIO, cast

from knockon.domain.errors import KnockonError
from knockon.runtime.asgi import (
    ClientGone,
    Message,
    Problem,
    Receive,
    Scope,
    Send,
    take_body,
)

logger = logging.getLogger(__name__)

Environ = dict[str, Any]
_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]
StartResponse = Callable[..., Callable[[bytes], object]]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

_IN_MEMORY = 1024 * 1024
# Answers up to here are collected and sent in one hop.
_ONE_HOP = 512 * 1024
_PART = 64 * 1024
_SEND_TIMEOUT_S = 60.0
# Python's servers and proxies disagree on these; httpoxy for the second (CVE-2016-5385).
_DROPPED = frozenset({b"content-length", b"proxy", b"transfer-encoding"})


class ApplicationBroken(KnockonError):
    """The application does not keep to PEP 3333."""

    code = "application_broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeLimits:
    """What the bridge takes on."""

    largest_body: int = 64 * 1024 * 1024
    body_timeout_s: float = 120.0
    threads: int = 12
    most_waiting: int = 200
    """Requests that wait for a thread; beyond it clients are asked to come back."""


class WsgiBridge:
    """The WSGI application as an ASGI one."""

    def __init__(self, app: WsgiApp, *, limits: BridgeLimits) -> None:
        self._app = app
        self._limits = limits
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="page")
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises
        ------
        Problem
            Nothing was sent: too much is asked for at once, or too much was sent to us.
        """
        if self._inside >= self._limits.threads + self._limits.most_waiting:
            raise Problem(code="too_busy", status=503, retry_after_s=2)
        self._inside += 1
        try:
            with ExitStack() as stack:
                body = stack.enter_context(tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))
                size = await self._take_in(scope, receive, cast("BinaryIO", body))
                environ = build_environ(scope, cast("BinaryIO", body), size=size)
                await self._serve(environ, receive, send)
        except ClientGone:
            return
        finally:
            self._inside -= 1

    def close(self) -> None:
        """Let the threads go after what they do."""
        self._pool.shutdown(wait=True)

    async def _take_in(self, scope: Scope, receive: Receive, body: BinaryIO) -> int:
        size = await take_body(
            scope,
            receive,
            keep=body.write,
            limit=self._limits.largest_body,
            timeout_s=self._limits.body_timeout_s,
        )
        body.seek(0)
        return size

    async def _serve(self, environ: Environ, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        call = _Call(app=self._app, environ=environ, loop=loop, send=send)
        watcher = asyncio.create_task(_watch(receive, call))
        try:
            small = await loop.run_in_executor(self._pool, call.run)
            for message in small:
                await send(message)
        finally:
            watcher.cancel()
            with suppress(asyncio.CancelledError):
                await watcher


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call of the application, in its thread."""

    app: WsgiApp
    environ: Environ
    loop: asyncio.AbstractEventLoop
    send: Send
    is_gone: bool = False
    start: Message | None = None
    is_started: bool = False
    kept: list[bytes] = field(default_factory=list)
    kept_size: int = 0

    def run(self) -> list[Message]:
        """Call the application; return what is still to be sent."""
        with _closed_by(self.app(self.environ, self._start_response)) as parts:
            for part in parts:
                if self.is_gone:
                    raise ClientGone
                self._take(part)
                room = _PART if self.is_started else _ONE_HOP
                # What has no length is a stream, for being read as it comes.
                if self.kept_size > room or self._is_stream():
                    self._flush()
        if self.is_started:
            return [*self._remaining(), {"type": "http.response.body", "body": b""}]
        return [self._head(), {"type": "http.response.body", "body": b"".join(self.kept)}]

    def _take(self, part: bytes) -> None:
        if part:
            self.kept.append(part)
            self.kept_size += len(part)

    def _is_stream(self) -> bool:
        head = self._head()
        return not any(name == b"content-length" for name, _ in head["headers"])

    def _flush(self) -> None:
        if not self.is_started:
            self._send_now(self._head())
            self.is_started = True
        for message in self._remaining():
            self._send_now(message)

    def _remaining(self) -> Iterator[Message]:
        body = b"".join(self.kept)
        self.kept.clear()
        self.kept_size = 0
        if body:
            yield {"type": "http.response.body", "body": body, "more_body": True}

    def _send_now(self, message: Message) -> None:
        sending = asyncio.run_coroutine_threadsafe(_sent(self.send, message), self.loop)
        try:
            sending.result(_SEND_TIMEOUT_S)
        except TimeoutError as error:
            sending.cancel()
            raise ClientGone from error

    def _head(self) -> Message:
        if self.start is None:
            raise ApplicationBroken(detail="no status")
        return self.start

    def _start_response(
        self, status: str, headers: list[tuple[str, str]], exc_info: _ExcInfo | None = None
    ) -> Callable[[bytes], object]:
        if exc_info is not None and self.is_started:
            raise exc_info[1].with_traceback(exc_info[2])
        if self.start is not None and exc_info is None:
            raise ApplicationBroken(detail="two statuses")
        self.start = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                # Django writes a cookie with a blank before it, which h11 refuses.
                (name.lower().encode("latin-1"), value.strip().encode("latin-1"))
                for name, value in headers
            ],
        }
        return self._take


def build_environ(scope: Scope, body: BinaryIO, *, size: int) -> Environ:
    """Return what PEP 3333 wants to know of a request."""
    server = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1] or 80),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "CONTENT_LENGTH": str(size),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope["headers"]:
        # "X_Forwarded_Proto" would read like "X-Forwarded-Proto", which only a proxy may set.
        if name in _DROPPED or b"_" in name:
            continue
        text = value.decode("latin-1")
        if name == b"content-type":
            environ["CONTENT_TYPE"] = text
            continue
        key = f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
        joint = "; " if name == b"cookie" else ","
        environ[key] = f"{environ[key]}{joint}{text}" if key in environ else text
    return environ


@contextmanager
def _closed_by(parts: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    try:
        yield parts
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()


async def _watch(receive: Receive, call: _Call) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    call.is_gone = True


async def _sent(send: Send, message: Message) -> None:
    await send(message)
