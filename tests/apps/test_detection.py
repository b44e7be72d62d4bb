"""Signals and new facts become cases."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import DataError

from knockon.apps.disruptions.models import Disruption, MachineState
from knockon.apps.disruptions.selectors import load_scope_version
from knockon.apps.disruptions.services import detection
from knockon.apps.disruptions.services.detection import on_facts, on_signals
from knockon.apps.journal.models import Entry, Event, Signal
from knockon.apps.production.selectors import resolve_lot
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.domain.events import FactsImported, SignalsReceived
from knockon.domain.facts import LotKey
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def machine(case: SimulatedCase) -> str:
    return next(row["equipment"] for row in case.tables["equipment"] if row["level"] == "work_unit")


@pytest.fixture
def send(machine: str) -> Callable[..., None]:
    """Deliver signals of the machine and have them looked at."""
    count = iter(range(1000))

    def run(*states: tuple[str, datetime], kind: str = "state") -> None:
        rows = [
            Signal.objects.create(
                source="gw",
                event_id=str(next(count)),
                plant="P1",
                equipment=machine,
                at=at,
                received_at=at,
                kind=kind,
                code=code,
            )
            for code, at in states
        ]
        on_signals(SignalsReceived(up_to=rows[-1].pk, count=len(rows)), now=NOW)

    return run


def test_stop_opens_a_case_that_began_when_the_machine_stopped(
    machine: str, send: Callable[..., None]
) -> None:
    send(("running", NOW - timedelta(hours=1)), ("stop", NOW))

    row = Disruption.objects.get()
    assert (row.kind, row.started_at) == ("equipment", NOW)
    assert load_scope_version(row.pk).scope["equipment"] == [machine]
    assert MachineState.objects.get(equipment=machine).state == "stopped"


def test_second_stop_signal_joins_the_open_case(send: Callable[..., None]) -> None:
    send(("stop", NOW))
    send(("fault", NOW + timedelta(minutes=1)))

    assert Disruption.objects.count() == 1


def test_running_again_restores_but_does_not_close(send: Callable[..., None]) -> None:
    send(("stop", NOW))
    send(("running", NOW + timedelta(minutes=20)))

    row = Disruption.objects.get()
    assert (row.state, row.restored_at) == ("open", NOW + timedelta(minutes=20))
    assert Event.objects.get(name="DisruptionMoved").payload["state"] == "restored"


def test_stop_after_a_repair_is_a_new_case(send: Callable[..., None]) -> None:
    send(("stop", NOW), ("running", NOW + timedelta(minutes=20)))
    send(("stop", NOW + timedelta(hours=2)))

    assert Disruption.objects.count() == 2


def test_waiting_for_material_is_no_stop(send: Callable[..., None]) -> None:
    send(("suspended", NOW))

    assert not Disruption.objects.exists()


def test_late_delivery_does_not_turn_back_time(machine: str, send: Callable[..., None]) -> None:
    send(("running", NOW))
    send(("stop", NOW - timedelta(hours=3)))

    assert not Disruption.objects.exists()
    assert MachineState.objects.get(equipment=machine).state == "running"


def test_signals_looked_at_twice_have_one_effect(send: Callable[..., None]) -> None:
    send(("stop", NOW))

    on_signals(SignalsReceived(up_to=Signal.objects.latest("pk").pk, count=1), now=NOW)

    assert Event.objects.filter(name="DisruptionOpened").count() == 1


def test_machine_that_does_something_else_is_told_to_pages_once(
    machine: str, send: Callable[..., None]
) -> None:
    send(("running", NOW), ("run", NOW + timedelta(minutes=1)))

    told = Event.objects.filter(name="MachineChanged")
    assert [event.payload["state"] for event in told] == ["running"]


def test_signal_that_cannot_be_followed_stops_none_of_its_neighbours(
    machine: str, send: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    follow = detection._follow

    def poisoned(signal: Signal, *, now: datetime) -> None:
        if signal.code == "poison":
            raise DataError(signal.code)
        follow(signal, now=now)

    monkeypatch.setattr(detection, "_follow", poisoned)

    send(("poison", NOW - timedelta(minutes=1)), ("stop", NOW))

    assert Disruption.objects.count() == 1
    assert Entry.objects.get(action="signal_put_aside").data["error"] == "poison"
    assert not Signal.objects.filter(handled_at=None).exists()


def test_counts_and_heartbeats_cost_no_journal_entry(
    machine: str, send: Callable[..., None]
) -> None:
    send(("running", NOW))
    before = Entry.objects.count()

    send(("", NOW + timedelta(minutes=5)), kind="heartbeat")

    assert Entry.objects.count() == before
    assert MachineState.objects.get(equipment=machine).last_seen_at == NOW + timedelta(minutes=5)


def _import(table: str, *rows: dict[str, str]) -> FactsImported:
    report = import_records(table, rows, options=ImportOptions(plant="P1"), viewer=SYSTEM, now=NOW)
    assert report.position
    assert not report.refused
    return FactsImported(plant="P1", position=report.position, tables=(table,))


def test_failed_inspections_of_one_kind_are_one_case(case: SimulatedCase) -> None:
    item = next(row["item"] for row in case.tables["lots"] if row["work_order"])
    made = [
        resolve_lot(LotKey("", item, row["lot"]))
        for row in case.tables["lots"]
        if row["item"] == item
    ][:2]
    rows = [
        {
            "at": "2026-03-05T18:00:00Z",
            "item": lot.item,
            "lot": lot.lot,
            "characteristic": characteristic,
            "result": "fail",
        }
        for lot, characteristic in ((made[0], "solder"), (made[0], "void"), (made[1], "void"))
    ]
    first = _import("inspections", *rows[:2])
    on_facts(first, now=NOW)
    on_facts(first, now=NOW)
    on_facts(_import("inspections", *rows[2:]), now=NOW)

    row = Disruption.objects.get()
    assert (row.kind, row.note) == ("quality", "solder, void")
    assert load_scope_version(row.pk).scope["lots"] == sorted(list(lot) for lot in made)
    assert Event.objects.filter(name="DisruptionRevised").count() == 1


def test_supplier_s_lot_that_fails_and_is_rejected_is_one_case_of_material(
    case: SimulatedCase,
) -> None:
    lot = case.disruption.scope.lots[0]
    failed = {
        "at": "2026-03-05T18:00:00Z",
        "item": lot.item,
        "lot": lot.lot,
        "characteristic": "hardness",
        "result": "fail",
    }
    rejected = {"item": lot.item, "lot": lot.lot, "received": "9", "rejected": "9"}

    on_facts(_import("inspections", failed), now=NOW)
    on_facts(_import("receipts", rejected), now=NOW)

    assert Disruption.objects.get().kind == "material"


def test_passed_inspection_opens_nothing(case: SimulatedCase) -> None:
    lot = case.disruption.scope.lots[0]
    row = {"at": "2026-03-05T18:00:00Z", "item": lot.item, "lot": lot.lot, "result": "pass"}

    on_facts(_import("inspections", row), now=NOW)

    assert not Disruption.objects.exists()


def test_rejected_receipt_opens_a_case_of_that_lot(case: SimulatedCase) -> None:
    row = {"item": "R1", "lot": "NEW-1", "received": "50", "rejected": "50"}
    event = _import("receipts", row)

    on_facts(event, now=NOW)
    on_facts(event, now=NOW)

    found = Disruption.objects.get()
    assert found.kind == "material"
    assert load_scope_version(found.pk).scope["lots"] == [["", "R1", "NEW-1"]]
