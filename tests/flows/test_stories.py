"""The three stories, from the plant's own signal to the stored answer and the queued messages."""

import sys
import time
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

import jsonschema
import pytest

from knockon.apps.accounts.models import Membership, User
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_open_lines
from knockon.apps.journal.models import Event
from knockon.apps.journal.services.signals import Delivery, SignalRow, accept_signals
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.apps.response.models import Message
from knockon.demo.simulation.story import story
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.domain.events import event_from
from knockon.domain.impact_document import load_schema
from knockon.wiring import handlers_of
from tests.plants import import_case

pytestmark = pytest.mark.django_db
SUSPECT = {"SUSPECT_SHIPPED", "SUSPECT_ON_HAND"}


def _follow_events(*, after: int, now: datetime) -> float:
    """Hand every new event to its listeners, in commit order, until nothing new comes.

    Returns when the first messages were queued, or the end.
    """
    told = None
    for event in _new_events(after):
        known = event_from(event.name, event.payload)
        for handler in handlers_of(type(known)):
            handler(known, now=now)
        if told is None and event.name == "ImpactAssessed":
            told = time.perf_counter()
    return told or time.perf_counter()


def _new_events(after: int) -> Iterator[Event]:
    seen = after
    while event := Event.objects.filter(pk__gt=seen).order_by("pk").first():
        seen = event.pk
        yield event


def _deliver_trigger(case: SimulatedCase) -> None:
    """Send what the plant itself sends when the trouble begins."""
    signals = [each for each in case.trigger if each.table == "signals"]
    if signals:
        rows = tuple(
            SignalRow(
                source=each.row["source"],
                event_id=each.row["event_id"],
                equipment=each.row["equipment"],
                at=each.at,
                kind=each.row["kind"],
                code=each.row["code"],
            )
            for each in signals
        )
        accept_signals([Delivery(actor="gateway", plant=case.plant, signals=rows)], now=case.now)
    tables = sorted({each.table for each in case.trigger} - {"signals"})
    for table in tables:
        rows_of = [each.row for each in case.trigger if each.table == table]
        report = import_records(
            table, rows_of, options=ImportOptions(plant=case.plant), viewer=SYSTEM, now=case.now
        )
        assert not report.refused


def _play(case: SimulatedCase, capsys: pytest.CaptureFixture[str]) -> Impact:
    """Import the plant, let the trouble happen, and return the stored answer."""
    assert not import_case(case).refused
    for role in ("team_leader", "planner", "maintenance", "quality", "sales"):
        user = User.objects.create(username=role, email=f"{role}@example.org")
        Membership.objects.create(user=user, role=role)
    last = Event.objects.order_by("pk").last()
    assert last is not None
    _follow_events(after=last.pk - 1, now=case.now)
    assert not Disruption.objects.exists()

    started = time.perf_counter()
    _deliver_trigger(case)
    elapsed = _follow_events(after=last.pk, now=case.now) - started

    with capsys.disabled():
        sys.stdout.write(
            f"\n{case.name}: {elapsed:.2f} s from signal to stored impact and queued messages\n"
        )
    disruption = Disruption.objects.get()
    assert Message.objects.filter(disruption=disruption, channel="email").exists()
    return Impact.objects.filter(disruption=disruption).latest("pk")


def _effects(impact: Impact) -> dict[tuple[str, str], set[str]]:
    jsonschema.validate(impact.document, load_schema())
    return {(row["order"], row["line"]): set(row["effects"]) for row in impact.document["orders"]}


def _truth(case: SimulatedCase) -> dict[tuple[str, str], set[str]]:
    return {
        (line.key.order, line.key.line): {effect.value for effect in line.effects}
        for line in case.truth.lines
    }


def test_night_breakdown_hits_its_five_orders(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = story("moulding")

    impact = _play(case, capsys)

    found = _effects(impact)
    assert found == _truth(case)
    assert len(found) == 5
    assert len({row["item"] for row in impact.document["orders"]}) == 5
    assert load_open_lines(viewer=SYSTEM).count() == 5


def test_bad_batch_reaches_four_orders_of_three_customers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = story("boards")

    impact = _play(case, capsys)

    found = _effects(impact)
    suspect = {key: effects for key, effects in found.items() if effects & SUSPECT}
    assert found == _truth(case)
    assert len(suspect) == 4
    rows = [row for row in impact.document["orders"] if set(row["effects"]) & SUSPECT]
    assert len({row["customer"] for row in rows}) == 3


def test_rejected_delivery_starves_exactly_the_orders_it_really_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = story("appliance")

    impact = _play(case, capsys)

    found = _effects(impact)
    assert found == _truth(case)
    assert {"SHORT", "LATE"} & {effect for effects in found.values() for effect in effects}


def test_suspect_material_is_accounted_for_to_the_last_piece(
    capsys: pytest.CaptureFixture[str],
) -> None:
    case = story("boards")

    places = _play(case, capsys).document["places"]

    assert places
    for_each = [
        Decimal(row["made"])
        + Decimal(row["received"])
        - sum(
            Decimal(row[name])
            for name in (
                "raw",
                "wip",
                "finished",
                "transit",
                "subcontractor",
                "customer",
                "scrap",
                "consumed",
                "unaccounted",
            )
        )
        for row in places
    ]
    assert set(for_each) == {Decimal(0)}
