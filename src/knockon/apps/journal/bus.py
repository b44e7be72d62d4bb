"""Recording a use case: one entry, its rows and its events, in one transaction."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from procrastinate.contrib.django import app as jobs

from knockon.apps.journal.models import Entry
from knockon.apps.journal.models import Event as EventRow
from knockon.domain.events import Event

# An arbitrary number that names our advisory lock among all users of the data base.
_JOURNAL_LOCK = 5_550_165_421
CHAIN_START = "0" * 64
LIVE_CHANNEL = "knockon_live"
# What pages wait for; an event without a topic concerns no page.
_TOPICS = {
    "MachineChanged": "machine",
    "FactsImported": "import",
    "DisruptionOpened": "disruption",
    "DisruptionRevised": "disruption",
    "DisruptionMoved": "disruption",
    "ImpactAssessed": "impact",
    "MessagesQueued": "message",
}


class Recording:
    """What one use case is about to commit.

    Rows refer to the entry by ``position``; ``digest`` folds what was written into the audit
    chain; ``publish`` collects the events. All of it commits together or not at all.
    """

    def __init__(self, *, position: int, now: datetime, actor: str, plant: str) -> None:
        self.position = position
        self.now = now
        self.actor = actor
        self.plant = plant
        self.subject = ""
        self.data: dict[str, object] = {}
        self.is_discarded = False
        self._events: list[Event] = []
        self._hash = hashlib.sha256()

    def publish(self, *events: Event) -> None:
        """Add events, in the order in which listeners shall see them."""
        self._events.extend(events)

    def discard(self) -> None:
        """Take everything back: there was nothing to record after all."""
        self.is_discarded = True

    def digest(self, table: str, rows: Sequence[object]) -> None:
        """Fold written rows (JSON values) into the audit chain."""
        self._hash.update(table.encode())
        for row in rows:
            self._hash.update(canonical(row))

    def close(self) -> tuple[str, list[Event]]:
        """Return the digest of everything written, and the events."""
        for event in self._events:
            self._hash.update(canonical([type(event).__name__, event.payload()]))
        return self._hash.hexdigest(), self._events


@contextmanager
def recording(
    *, actor: str, action: str, now: datetime, plant: str = "", subject: str = ""
) -> Iterator[Recording]:
    """Open the transaction of one use case and commit its entry, rows and events together.

    The journal's lock is held inside, so prepare data before entering and keep the block short.
    Events are handed to listeners after the commit by one job per entry.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_JOURNAL_LOCK])
        last = Entry.objects.order_by("-position").only("position", "chain").first()
        previous = last.chain if last else CHAIN_START
        entry = Entry(
            position=last.position + 1 if last else 1,
            recorded_at=now,
            actor=actor,
            action=action,
            plant=plant,
            subject=subject,
            previous=previous,
        )
        open_recording = Recording(position=entry.position, now=now, actor=actor, plant=plant)
        open_recording.subject = subject
        yield open_recording
        if open_recording.is_discarded:
            transaction.set_rollback(True)
            return
        _seal(entry, open_recording)


def chain_value(entry: Entry) -> str:
    """Return what an entry's chain value must be, from its fields and its predecessor's."""
    fields = [
        entry.position,
        entry.recorded_at.isoformat(),
        entry.actor,
        entry.action,
        entry.plant,
        entry.subject,
        entry.data,
        entry.digest,
        entry.previous,
    ]
    return hashlib.sha256(canonical(fields)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the one JSON form of a value: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, cls=DjangoJSONEncoder
    ).encode()


def live_note(event: EventRow, *, at: datetime) -> str | None:
    """Return what pages are told of an event: its topic and id, never its content."""
    topic = _TOPICS.get(event.name)
    if topic is None:
        return None
    return canonical(
        {
            "topic": topic,
            "id": str(event.payload.get("disruption_id", "")),
            "plant": event.plant,
            "at": at,
            "seq": f"{event.entry_id}.{event.number}",
        }
    ).decode()


def _seal(entry: Entry, done: Recording) -> None:
    entry.digest, events = done.close()
    entry.subject = done.subject
    # Stored JSON gives numbers and texts back unchanged, so the chain can be checked later.
    entry.data = json.loads(canonical(done.data))
    entry.plant = done.plant
    entry.chain = chain_value(entry)
    # Rows point at the entry before it exists: the foreign keys are checked at the commit. So an
    # entry is written once, and the table can refuse every update.
    entry.save(force_insert=True)
    if not events:
        return
    rows = [
        EventRow(
            entry=entry,
            number=number,
            name=type(event).__name__,
            plant=done.plant,
            payload=json.loads(canonical(event.payload())),
        )
        for number, event in enumerate(events)
    ]
    EventRow.objects.bulk_create(rows)
    _tell_pages(rows, at=entry.recorded_at)
    jobs.configure_task("dispatch", queue="events").defer(position=entry.position)


def _tell_pages(rows: Sequence[EventRow], *, at: datetime) -> None:
    notes = [note for row in rows if (note := live_note(row, at=at)) is not None]
    if notes:
        with connection.cursor() as cursor:
            # Delivered by the data base when, and only when, this transaction commits.
            cursor.execute(
                "SELECT pg_notify(%s, note) FROM unnest(%s::text[]) AS notes (note)",
                [LIVE_CHANNEL, notes],
            )
