"""The door for signals: ``POST /api/v1/signals``. A 2xx is sent after the commit, never before."""

import asyncio
import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import InterfaceError, OperationalError, close_old_connections

from knockon.apps.accounts.models import Site
from knockon.apps.accounts.selectors import TokenRefused, viewer_of_token
from knockon.apps.journal.services.signals import Delivery, accept_signals
from knockon.domain.access import Right
from knockon.runtime.asgi import (
    ClientGone,
    Problem,
    Receive,
    Scope,
    Send,
    answer_json,
    answer_problem,
    header,
    read_body,
)
from knockon.runtime.signal_messages import SignalBatch, read_signals
from knockon.runtime.threads import DatabaseThreads

logger = logging.getLogger(__name__)

PATH = "/api/v1/signals"
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestLimits:
    """How much one request, one token and all of them together may bring."""

    largest_body: int = 4 * 1024 * 1024
    most_signals: int = 5_000
    body_timeout_s: float = 15.0
    signals_per_s: float = 5_000.0
    """What one token may send on average; a backlog of a minute may come at once."""
    burst_s: float = 60.0
    most_waiting: int = 50_000
    """Signals of all requests that wait to be stored; beyond it callers come back later."""
    largest_group: int = 5_000
    """Signals stored in one transaction."""
    token_memory_s: float = 20.0
    answer_within_s: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caller:
    actor: str
    plant: str
    zone: str
    may_send: bool


@dataclass(slots=True, kw_only=True)
class _Known:
    """A token as it was found, and how many signals it may still send."""

    caller: _Caller | None
    until: float
    allowance: float
    seen: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    delivery: Delivery
    done: asyncio.Future[bool] = field(repr=False)


class Ingest:
    """Takes signals of many callers and stores them in groups, one transaction a group."""

    def __init__(
        self,
        *,
        threads: DatabaseThreads,
        limits: IngestLimits,
        store: Callable[..., tuple[bool, ...]] = accept_signals,
    ) -> None:
        self._threads = threads
        self._writer = DatabaseThreads("ingest", size=1)
        self._limits = limits
        self._store = store
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._waiting = 0
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._is_away = False
        self._probe: asyncio.Task[None] | None = None

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            await self._serve(scope, receive, send)
        except ClientGone:
            return
        except Problem as problem:
            await answer_problem(send, problem)

    async def run(self) -> None:
        """Store what comes until cancelled."""
        while True:
            group = await self._next_group()
            try:
                await self._store_group(group)
            finally:
                self._waiting -= sum(_weight(item.delivery) for item in group)

    def close(self) -> None:
        """Let the writer's thread go."""
        if self._probe is not None:
            self._probe.cancel()
        self._writer.close()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "POST":
            raise Problem(code="method_not_allowed", status=405)
        known = await self._known_token(scope)
        caller = known.caller
        if caller is None:
            raise Problem(code="token_refused", status=401)
        if not caller.may_send:
            raise Problem(code="token_scope", status=403)
        _require_json(scope)
        key = _idempotency_key(scope)
        if self._is_away:
            # Nobody is kept waiting for a data base that is known to be away.
            raise Problem(code="storage_away", status=503, retry_after_s=2)
        limits = self._limits
        body = await read_body(
            scope, receive, limit=limits.largest_body, timeout_s=limits.body_timeout_s
        )
        batch = read_signals(
            body, zone=caller.zone, limit=limits.most_signals, now=datetime.now(UTC)
        )
        _spend(known, count=len(batch.rows), limits=limits)
        if not batch.rows and batch.refused:
            raise Problem(code="signals_refused", status=422, refused=_listed(batch))
        is_taken = await self._stored(_delivery(caller, batch, key=key, body=body))
        if not is_taken:
            raise Problem(code="key_used", status=422)
        await answer_json(send, {"accepted": len(batch.rows), "refused": _listed(batch)})

    async def _stored(self, delivery: Delivery) -> bool:
        weight = _weight(delivery)
        if self._waiting and self._waiting + weight > self._limits.most_waiting:
            raise Problem(code="too_busy", status=503, retry_after_s=1)
        self._waiting += weight
        item = _Waiting(delivery=delivery, done=asyncio.get_running_loop().create_future())
        self._queue.put_nowait(item)
        try:
            async with asyncio.timeout(self._limits.answer_within_s):
                return await asyncio.shield(item.done)
        except TimeoutError as error:
            # It may still be stored; sent again it takes effect once.
            raise Problem(code="too_busy", status=503, retry_after_s=2) from error

    async def _next_group(self) -> list[_Waiting]:
        group = [await self._queue.get()]
        weight = _weight(group[0].delivery)
        while weight < self._limits.largest_group and not self._queue.empty():
            item = self._queue.get_nowait()
            group.append(item)
            weight += _weight(item.delivery)
        return group

    async def _store_group(self, group: Sequence[_Waiting]) -> None:
        try:
            taken = await self._write([item.delivery for item in group])
        except (OperationalError, InterfaceError) as error:
            self._note_away(error)
            for item in group:
                _fail(item, Problem(code="storage_away", status=503, retry_after_s=2))
        except Exception:
            # One request that cannot be stored must not take its neighbours along.
            logger.exception("A group of %s requests could not be stored.", len(group))
            await self._store_one_by_one(group)
        else:
            for item, is_taken in zip(group, taken, strict=True):
                if not item.done.done():
                    item.done.set_result(is_taken)

    async def _store_one_by_one(self, group: Sequence[_Waiting]) -> None:
        for item in group:
            try:
                taken = await self._write([item.delivery])
            except Exception:
                logger.exception("A request of %s could not be stored.", item.delivery.actor)
                _fail(item, Problem(code="server_failed", status=500))
            else:
                if not item.done.done():
                    item.done.set_result(taken[0])

    async def _write(self, deliveries: Sequence[Delivery]) -> tuple[bool, ...]:
        return await self._writer.run(self._write_now, deliveries)

    def _write_now(self, deliveries: Sequence[Delivery]) -> tuple[bool, ...]:
        try:
            return self._store(deliveries, now=datetime.now(UTC))
        except (OperationalError, InterfaceError):
            # Mostly a connection that died while it idled; a new one tells.
            close_old_connections()
            return self._store(deliveries, now=datetime.now(UTC))

    def _note_away(self, error: Exception) -> None:
        logger.error("The data base is away: %s", str(error).strip())
        if not self._is_away:
            self._is_away = True
            self._probe = asyncio.create_task(self._await_return())

    async def _await_return(self) -> None:
        while self._is_away:
            await asyncio.sleep(0.5)
            try:
                await self._write([])
            except Exception as error:
                logger.debug("The data base is still away: %s", error)
            else:
                self._is_away = False
                logger.warning("The data base is back.")

    async def _known_token(self, scope: Scope) -> _Known:
        scheme, _, secret = header(scope, b"authorization").partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise Problem(code="token_missing", status=401)
        digest = hashlib.sha256(secret.strip().encode()).hexdigest()
        now = time.monotonic()
        known = self._known.get(digest)
        if known is not None and known.until > now:
            return known
        try:
            caller = await self._threads.run(_find_caller, secret.strip(), now=datetime.now(UTC))
        except (OperationalError, InterfaceError) as error:
            raise Problem(code="storage_away", status=503, retry_after_s=2) from error
        fresh = _Known(
            caller=caller,
            until=now + self._limits.token_memory_s,
            allowance=known.allowance
            if known
            else self._limits.signals_per_s * self._limits.burst_s,
            seen=known.seen if known else now,
        )
        self._known[digest] = fresh
        self._known.move_to_end(digest)
        while len(self._known) > 10_000:
            self._known.popitem(last=False)
        return fresh


def _find_caller(secret: str, *, now: datetime) -> _Caller | None:
    try:
        viewer = viewer_of_token(secret, now=now)
    except TokenRefused:
        return None
    plant = viewer.grants[0].plant or ""
    zone = Site.objects.values_list("timezone", flat=True).get(code=plant)
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        zone = "UTC"
    return _Caller(
        actor=viewer.actor,
        plant=plant,
        zone=zone,
        may_send=viewer.may(Right.SEND_SIGNALS, plant=plant),
    )


def _require_json(scope: Scope) -> None:
    kind = header(scope, b"content-type").partition(";")[0].strip().lower()
    is_plain = header(scope, b"content-encoding").lower() in {"", "identity"}
    if kind not in {"", "application/json"} or not is_plain:
        raise Problem(code="not_json", status=415)


def _idempotency_key(scope: Scope) -> str:
    key = header(scope, b"idempotency-key")
    if len(key) > _LONGEST_KEY or not (key == "" or (key.isascii() and key.isprintable())):
        raise Problem(code="key_unfit", status=400)
    return key


def _spend(known: _Known, *, count: int, limits: IngestLimits) -> None:
    now = time.monotonic()
    full = limits.signals_per_s * limits.burst_s
    known.allowance = min(full, known.allowance + (now - known.seen) * limits.signals_per_s)
    known.seen = now
    if known.allowance < count:
        wait_s = (count - known.allowance) / limits.signals_per_s
        raise Problem(code="too_fast", status=429, retry_after_s=max(1, round(wait_s)))
    known.allowance -= count


def _delivery(caller: _Caller, batch: SignalBatch, *, key: str, body: bytes) -> Delivery:
    return Delivery(
        actor=caller.actor,
        plant=caller.plant,
        signals=batch.rows,
        key=key,
        body_sha256=hashlib.sha256(body).hexdigest() if key else "",
    )


def _listed(batch: SignalBatch) -> list[dict[str, object]]:
    return [{"index": row.index, "code": row.code, "detail": row.detail} for row in batch.refused]


def _weight(delivery: Delivery) -> int:
    # An empty request costs a turn too.
    return len(delivery.signals) + 1


def _fail(item: _Waiting, problem: Problem) -> None:
    if not item.done.done():
        item.done.set_exception(problem)
        # Whoever asked may be gone; then nobody else would look at it.
        item.done.exception()
