"""The live stream: ``GET /live`` tells pages what happened, as server-sent events.

One connection of the process listens for all streams, so an open stream costs no connection. Each
stream is told only of plants that its viewer may look at, and only topics and ids: pages ask for
content themselves, under the same filter. Who comes back says what it saw last and is told the
rest from the journal.
"""

import asyncio
import contextlib
import itertools
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

import msgspec
import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from knockon.apps.journal.bus import LIVE_CHANNEL
from knockon.runtime.asgi import Problem, Receive, Scope, Send, answer_problem, header
from knockon.runtime.sessions import Seat, load_notes_after, seat_of
from knockon.runtime.threads import DatabaseThreads

logger = logging.getLogger(__name__)

PATH = "/live"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLimits:
    """How many streams there may be, and how often they are looked after."""

    beat_every_s: float = 15.0
    check_every_s: float = 30.0
    """How long a stream outlives its session or a change of its viewer's roles at most."""
    most_streams: int = 2_000
    most_a_session: int = 12
    most_unsent: int = 200
    """A stream that falls further behind is closed; it comes back and catches up."""
    most_caught_up: int = 500


class Note(msgspec.Struct, frozen=True):
    """What the journal tells of one event."""

    topic: str
    id: str
    plant: str
    at: str
    seq: str

    def chunk(self) -> bytes:
        """Return the event as it goes over the wire, without what only the filter needs."""
        data = msgspec.json.encode({"topic": self.topic, "id": self.id, "at": self.at})
        return b"id: %b\nevent: topic\ndata: %b\n\n" % (self.seq.encode(), data)


@dataclass(slots=True, eq=False)
class _Stream:
    seat: Seat
    session: str
    unsent: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    sent_up_to: tuple[int, int] = (0, 0)
    """The last event that was replayed; a live one up to there was told already."""

    def may_hear(self, note: Note) -> bool:
        return self.seat.plants is None or note.plant in self.seat.plants


class Live:
    """All streams of this process."""

    def __init__(
        self,
        *,
        threads: DatabaseThreads,
        limits: LiveLimits,
        connection_kwargs: Callable[[], dict[str, Any]],
    ) -> None:
        self._threads = threads
        self._limits = limits
        self._connection_kwargs = connection_kwargs
        self._streams: set[_Stream] = set()
        self._is_closing = False
        self._last_seen = ""

    @property
    def count(self) -> int:
        """How many streams are open."""
        return len(self._streams)

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one stream until its client, its session or this process ends."""
        try:
            seat, session = await self._admit(scope)
        except Problem as problem:
            await _refuse(scope, send, problem)
            return
        stream = _Stream(seat=seat, session=session)
        self._streams.add(stream)
        try:
            await self._serve(stream, scope, receive, send)
        finally:
            self._streams.discard(stream)

    async def run(self) -> None:
        """Listen, beat and check sessions until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._listen())
            group.create_task(self._beat())
            group.create_task(self._check())

    def close(self) -> None:
        """End every stream; clients come back to whoever serves next."""
        self._is_closing = True
        for stream in list(self._streams):
            _end(stream)

    async def _admit(self, scope: Scope) -> tuple[Seat, str]:
        if scope["method"] != "GET":
            raise Problem(code="method_not_allowed", status=405)
        session = _session_key(scope)
        if not session:
            raise Problem(code="sign_in_needed", status=401)
        full = len(self._streams) >= self._limits.most_streams
        own = Counter(stream.session for stream in self._streams)[session]
        if full or own >= self._limits.most_a_session or self._is_closing:
            raise Problem(code="too_many_streams", status=503, retry_after_s=5)
        try:
            seat = await self._threads.run(seat_of, session)
        except (DatabaseError, InterfaceError) as error:
            raise Problem(code="storage_away", status=503, retry_after_s=5) from error
        if seat is None:
            raise Problem(code="sign_in_needed", status=401)
        return seat, session

    async def _serve(self, stream: _Stream, scope: Scope, receive: Receive, send: Send) -> None:
        await send(_HEAD)
        hello = {"topic": "hello", "id": "", "at": _now_text()}
        await send(_body(b"retry: 3000\n" + _event("hello", hello)))
        for chunk in await self._missed(stream, scope):
            await send(_body(chunk))
        leaving = asyncio.create_task(_gone(receive, stream))
        try:
            while (unsent := await stream.unsent.get()) is not None:
                await send(_body(unsent))
        finally:
            leaving.cancel()
        with contextlib.suppress(OSError):
            await send({"type": "http.response.body", "body": b""})

    async def _missed(self, stream: _Stream, scope: Scope) -> list[bytes]:
        after = _last_event_id(scope)
        if after is None:
            return []
        try:
            found = await self._threads.run(
                load_notes_after, after, limit=self._limits.most_caught_up
            )
        except (DatabaseError, InterfaceError):
            return []
        notes = [_decode(text) for text in found]
        if notes:
            stream.sent_up_to = _position(notes[-1].seq)
        return [note.chunk() for note in notes if stream.may_hear(note)]

    def _tell(self, note: Note) -> None:
        chunk = note.chunk()
        position = _position(note.seq)
        self._last_seen = note.seq
        for stream in list(self._streams):
            if position > stream.sent_up_to and stream.may_hear(note):
                self._put(stream, chunk)

    def _put(self, stream: _Stream, chunk: bytes) -> None:
        if stream.unsent.qsize() >= self._limits.most_unsent:
            logger.info("A live stream fell behind and is closed.")
            _end(stream)
            self._streams.discard(stream)
            return
        stream.unsent.put_nowait(chunk)

    async def _listen(self) -> None:
        for attempt in itertools.count():
            try:
                await self._listen_once()
            except (psycopg.Error, OSError) as error:
                if attempt == 0 or attempt % 30 == 29:
                    logger.warning("The live stream lost the data base: %s", str(error).strip())
            await asyncio.sleep(1.0)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            **self._connection_kwargs(), autocommit=True
        )
        async with connection:
            await connection.execute(f"LISTEN {LIVE_CHANNEL}")
            await self._catch_up()
            async for notice in connection.notifies():
                self._tell(_decode(notice.payload))

    async def _catch_up(self) -> None:
        """Tell what happened while nobody listened."""
        if not self._last_seen:
            return
        found = await self._threads.run(
            load_notes_after, _position(self._last_seen), limit=self._limits.most_caught_up
        )
        for text in found:
            self._tell(_decode(text))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(self._limits.beat_every_s)
            chunk = _event("beat", {"at": _now_text()})
            for stream in list(self._streams):
                self._put(stream, chunk)

    async def _check(self) -> None:
        while True:
            await asyncio.sleep(self._limits.check_every_s)
            for session in {stream.session for stream in self._streams}:
                try:
                    seat = await self._threads.run(seat_of, session)
                except (DatabaseError, InterfaceError):
                    break
                self._reseat(session, seat)

    def _reseat(self, session: str, seat: Seat | None) -> None:
        for stream in [stream for stream in self._streams if stream.session == session]:
            if seat is None:
                stream.unsent.put_nowait(_BYE)
                _end(stream)
            else:
                stream.seat = seat


def _event(name: str, data: dict[str, str]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), msgspec.json.encode(data))


_HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        # A proxy that collects an answer before it passes it on would hold events back.
        (b"x-accel-buffering", b"no"),
    ],
}
_BYE = _event("bye", {"at": ""})
_decode = msgspec.json.Decoder(Note).decode


def _body(chunk: bytes) -> dict[str, object]:
    return {"type": "http.response.body", "body": chunk, "more_body": True}


def _end(stream: _Stream) -> None:
    stream.unsent.put_nowait(None)


async def _gone(receive: Receive, stream: _Stream) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    _end(stream)


async def _refuse(scope: Scope, send: Send, problem: Problem) -> None:
    is_stream = "text/event-stream" in header(scope, b"accept")
    if problem.status != 401 or not is_stream:
        await answer_problem(send, problem)
        return
    # A browser's stream cannot read a status and would ask for ever: it is told in its own way.
    await send(_HEAD)
    await send({"type": "http.response.body", "body": _BYE})


def _session_key(scope: Scope) -> str:
    try:
        cookies = SimpleCookie(header(scope, b"cookie"))
    except CookieError:
        return ""
    found = cookies.get(settings.SESSION_COOKIE_NAME)
    return found.value if found is not None else ""


def _last_event_id(scope: Scope) -> tuple[int, int] | None:
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("after", [""])
    text = header(scope, b"last-event-id") or asked[-1]
    parts = text.split(".")
    is_clean = len(parts) == 2 and all(p.isascii() and p.isdigit() and len(p) < 18 for p in parts)
    return (int(parts[0]), int(parts[1])) if is_clean else None


def _position(seq: str) -> tuple[int, int]:
    position, _, number = seq.partition(".")
    return int(position), int(number)


def _now_text() -> str:
    return datetime.now(UTC).isoformat()
