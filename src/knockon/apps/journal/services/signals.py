"""Accepting signals: each takes effect once, however often it is delivered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from knockon.apps.journal.bus import recording
from knockon.domain.events import SignalsReceived

__all__ = ["Delivery", "SignalRow", "accept_signals"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRow:
    """One signal, checked and in the units of its table.

    A doubtful one (its time cannot be) is kept but never acted upon.
    """

    source: str
    event_id: str
    equipment: str
    at: datetime
    kind: str
    code: str = ""
    value: Decimal | None = None
    text: str = ""
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What one request of one program brought for one plant.

    Parameters
    ----------
    actor
        Who sent it.
    signals
        The rows to take.
    refused
        How many rows of the request were unfit, by source.
    key, body_sha256
        The request's own key, '' without; and what it must be the same as when it comes again.
    """

    actor: str
    plant: str
    signals: tuple[SignalRow, ...]
    refused: tuple[tuple[str, int], ...] = ()
    key: str = ""
    body_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _News:
    plant: str
    up_to: int
    count: int
    is_urgent: bool


def accept_signals(deliveries: Sequence[Delivery], *, now: datetime) -> tuple[bool, ...]:
    """Store the signals of several requests in one transaction; return which were taken.

    Idempotent by (plant, source, event id), and by (actor, key) where a request has one: the same
    request again is taken again and changes nothing, another request under a used key is not taken.
    States and alarms publish ``SignalsReceived``; what only counts or beats waits for the next
    look, so that it costs no journal entry.
    """
    with transaction.atomic():
        taken = _unconflicted(deliveries, now=now)
        kept = [delivery for delivery, is_taken in zip(deliveries, taken, strict=True) if is_taken]
        news = _insert(kept, now=now)
        # The journal's lock is the last one taken and is held until the commit only.
        for plant_news in news:
            if plant_news.is_urgent:
                _publish(plant_news, kept, now=now)
        _note_sources(kept, now=now)
    return taken


def _unconflicted(deliveries: Sequence[Delivery], *, now: datetime) -> tuple[bool, ...]:
    """Remember each request's key; return whether each is new or the same as before."""
    keyed: dict[tuple[str, str], str] = {}
    for delivery in deliveries:
        if delivery.key:
            keyed.setdefault((delivery.actor, delivery.key), delivery.body_sha256)
    if not keyed:
        return (True,) * len(deliveries)
    names = sorted(keyed)
    actors = [actor for actor, _ in names]
    keys = [key for _, key in names]
    with connection.cursor() as cursor:
        # Two statements: the first waits for whoever stores the same key at this moment, and only
        # a new statement sees what they stored.
        cursor.execute(
            "INSERT INTO journal_keyedrequest (actor, key, body_sha256, received_at)"
            " SELECT actor, key, body, %s"
            " FROM unnest(%s::text[], %s::text[], %s::text[]) AS sent (actor, key, body)"
            " ORDER BY actor, key ON CONFLICT (actor, key) DO NOTHING",
            [now, actors, keys, [keyed[name] for name in names]],
        )
        cursor.execute(
            "SELECT stored.actor, stored.key, stored.body_sha256 FROM journal_keyedrequest stored"
            " JOIN unnest(%s::text[], %s::text[]) AS sent (actor, key) USING (actor, key)",
            [actors, keys],
        )
        stored = {(actor, key): body for actor, key, body in cursor.fetchall()}
    return tuple(
        not delivery.key or stored[delivery.actor, delivery.key] == delivery.body_sha256
        for delivery in deliveries
    )


def _insert(deliveries: Iterable[Delivery], *, now: datetime) -> list[_News]:
    with connection.cursor() as cursor:
        # One staging table a connection: making it anew each time would bloat the catalogue.
        cursor.execute(
            "CREATE TEMPORARY TABLE IF NOT EXISTS signal_staging (plant text, source text,"
            " event_id text, equipment text, at timestamptz, kind text, code text,"
            " value numeric, text text, doubtful boolean) ON COMMIT DELETE ROWS"
        )
        with cursor.copy("COPY pg_temp.signal_staging FROM STDIN") as copy:
            for delivery in deliveries:
                for row in delivery.signals:
                    copy.write_row(
                        (
                            delivery.plant,
                            row.source,
                            row.event_id,
                            row.equipment,
                            row.at,
                            row.kind,
                            row.code,
                            row.value,
                            row.text,
                            row.is_doubtful,
                        )
                    )
        # In key order, so that two processes that bring the same signals cannot deadlock.
        cursor.execute(
            "WITH fresh AS ("
            " INSERT INTO journal_signal"
            " (plant, source, event_id, equipment, at, kind, code, value, text, handled_at)"
            " SELECT plant, source, event_id, equipment, at, kind, code, value, text,"
            " CASE WHEN doubtful THEN %s::timestamptz END"
            " FROM pg_temp.signal_staging ORDER BY plant, source, event_id"
            " ON CONFLICT (plant, source, event_id) DO NOTHING"
            " RETURNING id, plant, kind, handled_at)"
            " SELECT plant, max(id), count(*), bool_or(kind IN ('state', 'alarm'))"
            " FROM fresh WHERE handled_at IS NULL GROUP BY plant ORDER BY plant",
            [now],
        )
        # Two calls within one transaction, as in tests, must not see each other's rows.
        rows = cursor.fetchall()
        cursor.execute("TRUNCATE pg_temp.signal_staging")
    return [
        _News(plant=plant, up_to=up_to, count=count, is_urgent=is_urgent)
        for plant, up_to, count, is_urgent in rows
    ]


def _publish(news: _News, deliveries: Iterable[Delivery], *, now: datetime) -> None:
    actors = sorted({delivery.actor for delivery in deliveries if delivery.plant == news.plant})
    with recording(actor=actors[0], action="signals_received", now=now, plant=news.plant) as entry:
        entry.data.update(up_to=news.up_to, count=news.count, actors=actors)
        entry.publish(SignalsReceived(up_to=news.up_to, count=news.count))


def _note_sources(deliveries: Iterable[Delivery], *, now: datetime) -> None:
    good: set[tuple[str, str]] = set()
    refused: dict[tuple[str, str], int] = {}
    for delivery in deliveries:
        good.update((delivery.plant, row.source) for row in delivery.signals)
        for source, count in delivery.refused:
            refused[delivery.plant, source] = refused.get((delivery.plant, source), 0) + count
    names = sorted(good | refused.keys())
    if not names:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO journal_source AS known (plant, name, kind, last_good_at, last_tried_at,"
            " refused_rows, clock_doubt_s)"
            " SELECT plant, name, 'gateway', CASE WHEN good THEN %(now)s::timestamptz END,"
            " %(now)s, refused, 0"
            " FROM unnest(%(plants)s::text[], %(names)s::text[], %(good)s::boolean[],"
            " %(refused)s::integer[]) AS sent (plant, name, good, refused) ORDER BY plant, name"
            " ON CONFLICT (plant, name) DO UPDATE SET"
            " last_good_at = COALESCE(excluded.last_good_at, known.last_good_at),"
            " last_tried_at = excluded.last_tried_at,"
            " refused_rows = known.refused_rows + excluded.refused_rows",
            {
                "now": now,
                "plants": [plant for plant, _ in names],
                "names": [name for _, name in names],
                "good": [name in good for name in names],
                "refused": [refused.get(name, 0) for name in names],
            },
        )
