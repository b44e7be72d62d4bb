"""Clocks that are off are found by their heartbeats, and answers doubt what they stamped."""

import itertools
from datetime import timedelta

import pytest
from django.db import connection

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.pictures import current_picture
from knockon.apps.journal.models import Event, Signal
from knockon.apps.journal.services.signals import Delivery, SignalRow, accept_signals
from knockon.apps.production.models import SourceClock
from knockon.apps.production.services.clocks import measure_clocks
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db


_CODES = itertools.count(1)


@pytest.fixture
def plant(db: None) -> str:
    """An empty plant whose code no other test has: what was read of a plant is kept."""
    return Site.objects.create(code=f"KC{next(_CODES)}", timezone="Asia/Taipei").code


def _beat(plant: str, *, off_s: int, first: int = 0, machine: str = "M1") -> None:
    """Bring twenty heartbeats, one each 15 s, stamped by a clock that is behind."""
    for number in range(first, first + 20):
        received = NOW + timedelta(seconds=15 * number)
        row = SignalRow(
            source="GW",
            event_id=f"{machine}-{number}",
            equipment=machine,
            at=received - timedelta(seconds=off_s),
            kind="heartbeat",
        )
        accept_signals([Delivery(actor="token:1", plant=plant, signals=(row,))], now=received)
        # The data base notes receipt by its own clock.
        Signal.objects.filter(event_id=row.event_id).update(received_at=received)


def _clocks(plant: str) -> list[tuple[str | None, int, bool]]:
    return [
        (row.equipment, row.doubt_s, row.until is None) for row in current_picture([plant]).clocks
    ]


def test_tr_30_clock_that_is_ten_minutes_behind_is_found_and_told(plant: str) -> None:
    _beat(plant, off_s=600)
    _beat(plant, off_s=1, machine="M2")

    assert measure_clocks(now=NOW + timedelta(minutes=6)) == 1

    assert _clocks(plant) == [("M1", 600, True)]
    told = Event.objects.filter(name="FactsImported").latest("pk")
    assert told.payload["tables"] == ["clocks"]


def test_equal_measure_is_not_recorded_again(plant: str) -> None:
    _beat(plant, off_s=600)
    measure_clocks(now=NOW + timedelta(minutes=6))

    assert measure_clocks(now=NOW + timedelta(minutes=11)) == 0
    assert SourceClock.objects.count() == 1


def test_clock_set_right_is_trusted_from_then_on_only(plant: str) -> None:
    _beat(plant, off_s=600)
    measure_clocks(now=NOW + timedelta(minutes=6))
    Signal.objects.all().delete()
    _beat(plant, off_s=0, first=40)

    assert measure_clocks(now=NOW + timedelta(minutes=16)) == 1

    assert sorted(_clocks(plant)) == [("M1", 0, True), ("M1", 600, False)]


def test_rows_are_never_edited(plant: str) -> None:
    _beat(plant, off_s=600)
    measure_clocks(now=NOW + timedelta(minutes=6))

    with pytest.raises(Exception, match="never edited"), connection.cursor() as cursor:
        cursor.execute("UPDATE production_sourceclock SET doubt_s = 0")
