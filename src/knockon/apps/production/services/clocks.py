"""Measuring how far the clocks of sources are off, by their heartbeats."""

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

from django.db.models import Max

from knockon.apps.accounts.models import Site
from knockon.apps.journal.bus import Recording, recording
from knockon.apps.journal.models import Signal
from knockon.apps.journal.models.signals import SignalKind
from knockon.apps.production.models import Delivery, SourceClock
from knockon.domain.access import SYSTEM
from knockon.domain.events import FactsImported
from knockon.engine.detect.clocks import ClockError, Heartbeat, measure_clock

__all__ = ["measure_clocks"]

_TABLE = "clocks"
_NEWEST_SIGNALS = 20_000
"""Looked at by number, so that a long inbox is never searched."""


class _Clock(NamedTuple):
    source: str
    equipment: str


def measure_clocks(*, now: datetime) -> int:
    """Look at the newest heartbeats and record the clocks whose doubt changed; return how many.

    A clock that is found to be less wrong is so from now on: what it stamped before stays as
    doubtful as it was.
    Publishes ``FactsImported`` for each plant concerned, because its answers may change. Idempotent:
    an equal doubt is not recorded again, so that what an answer stands on changes only with it.
    """
    beats = _newest_heartbeats()
    known = {
        (row.site_id, _Clock(row.source, row.equipment)): row
        for row in SourceClock.objects.filter(retired=None, until=None)
    }
    fresh: dict[str, dict[_Clock, ClockError]] = defaultdict(dict)
    for (plant, clock), own in beats.items():
        found = measure_clock(own)
        before = known.get((plant, clock))
        if found is not None and found.doubt_s != (before.doubt_s if before else 0):
            fresh[plant][clock] = found
    plants = set(Site.objects.filter(code__in=fresh).values_list("code", flat=True))
    for plant in sorted(plants):
        _record(plant, fresh[plant], now=now)
    return sum(len(fresh[plant]) for plant in plants)


def _newest_heartbeats() -> dict[tuple[str, _Clock], list[Heartbeat]]:
    newest = Signal.objects.aggregate(newest=Max("pk"))["newest"] or 0
    rows = Signal.objects.filter(
        pk__gt=newest - _NEWEST_SIGNALS, kind=SignalKind.HEARTBEAT
    ).values_list("plant", "source", "equipment", "at", "received_at")
    beats: dict[tuple[str, _Clock], list[Heartbeat]] = defaultdict(list)
    for plant, source, equipment, at, received in rows.order_by("pk").iterator():
        beat = Heartbeat(at=at.timestamp(), received=received.timestamp())
        beats[plant, _Clock(source, equipment)].append(beat)
    return beats


def _record(plant: str, found: dict[_Clock, ClockError], *, now: datetime) -> None:
    with recording(actor=SYSTEM.actor, action="clocks_measured", now=now, plant=plant) as entry:
        for clock, error in sorted(found.items()):
            _replace(clock, error, plant=plant, entry=entry)
        for source in sorted({clock.source for clock in found}):
            Delivery.objects.create(
                plant=plant, source=source, table=_TABLE, recorded_id=entry.position, at=now
            )
        measured = [[*clock, error.doubt_s] for clock, error in sorted(found.items())]
        entry.data.update(clocks=measured)
        entry.digest(_TABLE, measured)
        entry.publish(FactsImported(plant=plant, position=entry.position, tables=(_TABLE,)))


def _replace(clock: _Clock, error: ClockError, *, plant: str, entry: Recording) -> None:
    named = {"site_id": plant, "source": clock.source, "equipment": clock.equipment}
    own = {**named, "recorded_id": entry.position, "received_at": entry.now}
    current = SourceClock.objects.filter(**named, retired=None, until=None)
    old = current.first()
    current.update(retired_id=entry.position)
    if old is not None and old.doubt_s > error.doubt_s:
        past = {"offset_s": old.offset_s, "doubt_s": old.doubt_s, "samples": old.samples}
        SourceClock.objects.create(**own, **past, until=entry.now)
    SourceClock.objects.create(
        **own, offset_s=error.offset_s, doubt_s=error.doubt_s, samples=error.samples
    )
