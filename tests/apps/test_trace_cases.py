"""Trace cases that need memory: what was known when, what changed since, who is told of it."""

import itertools
import json
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.utils import translation

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.disruptions.answers.impacts import (
    content_hash,
    impact_document,
    newer_facts,
    recompute,
)
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_cases_of_lot
from knockon.apps.disruptions.services import reopening
from knockon.apps.disruptions.services.assessment import assess, on_facts
from knockon.apps.disruptions.services.moving import Revision, move, revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.journal.models import Event
from knockon.apps.production.selectors import (
    LotAmbiguous,
    LotLooksLike,
    LotUnknown,
    resolve_lot,
)
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.config.commands import asking
from knockon.config.output import Table
from knockon.domain.access import SYSTEM, Role, Viewer
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Scope
from knockon.domain.events import FactsImported
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import load_schema
from knockon.engine.graph.lots import UnknownLot
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Factory:
    """A plant into which rows are imported, day by day."""

    plant: str

    def take(self, table: str, *rows: dict[str, str], after: timedelta = timedelta(0)) -> None:
        """Import rows and let everybody know who listens."""
        options = ImportOptions(plant=self.plant, source="ERP")
        report = import_records(table, rows, options=options, viewer=SYSTEM, now=NOW + after)
        assert not report.refused
        if report.position is None:
            return
        event = FactsImported(plant=self.plant, position=report.position, tables=(table,))
        on_facts(event, now=NOW + after)
        reopening.on_facts(event, now=NOW + after)

    def report(self, *lots: str, key: str = "r1") -> Disruption:
        """Report bad lots."""
        scope = Scope(plant=self.plant, lots=tuple(self.lot(name) for name in lots))
        request = OpeningRequest(
            kind=DisruptionKind.QUALITY, scope=scope, origin="api", origin_key=key
        )
        return open_disruption(request, viewer=SYSTEM, now=NOW)

    def lot(self, name: str) -> LotKey:
        return LotKey(self.plant, name[0], name)


_CODES = itertools.count(1)


@pytest.fixture
def factory(db: None) -> Factory:
    """Two bad-or-good lots A1 and A2 went into B1 and B2, which went to Ann and Bob.

    Each test has a plant of another code: what was read of a plant at a position is kept, and a
    test's positions come again in the next one.
    """
    made = Factory(Site.objects.create(code=f"KS{next(_CODES)}", timezone="Asia/Taipei").code)
    made.take("customers", {"customer": "Ann"}, {"customer": "Bob"})
    made.take("lots", *({"lot": name, "item": name[0], "qty": "100"} for name in _LOTS))
    made.take("consumption", _use("A1", "B1", "E1"), _use("A2", "B2", "E2"))
    made.take("sales_orders", _order("SO1", "Ann"), _order("SO2", "Bob"))
    made.take("shipments", _sent("S1", "SO1", "Ann", "B1"), _sent("S2", "SO2", "Bob", "B2"))
    return made


_LOTS = ("A1", "A2", "B1", "B2")


def _use(source: str, target: str, number: str, day: int = 1) -> dict[str, str]:
    return {
        "input_lot": source,
        "output_lot": target,
        "qty": "10",
        "at": f"2026-02-{day:02}T08:00:00Z",
        "event_id": number,
    }


def _order(number: str, customer: str) -> dict[str, str]:
    return {
        "order": number,
        "line": "1",
        "customer": customer,
        "item": "B",
        "qty": "10",
        "due_at": "2026-02-10T08:00:00Z",
        "shipped_qty": "10",
        "status": "closed",
    }


def _sent(shipment: str, order: str, customer: str, lot: str) -> dict[str, str]:
    return {
        "shipment": shipment,
        "line_no": "1",
        "order": order,
        "line": "1",
        "customer": customer,
        "item": "B",
        "lot": lot,
        "qty": "10",
        "shipped_at": "2026-02-05T08:00:00Z",
    }


def _correction(source: str, of: str) -> dict[str, str]:
    return {
        "kind": "correct",
        "lot": source,
        "at": "2026-03-01T08:00:00Z",
        "event_id": f"C{of}",
        "corrects": of,
    }


def _names(rows: Sequence[dict[str, Any]], field: str) -> list[Any]:
    return [row[field] for row in rows]


def _newest(row: Disruption) -> Impact:
    return Impact.objects.filter(disruption=row).latest("pk")


def _closed(row: Disruption) -> None:
    for state in (DisruptionState.RESOLVED, DisruptionState.CLOSED):
        move(row.pk, state=state, viewer=SYSTEM, now=NOW)


def test_tr_19_correction_after_the_recall_was_closed_reopens_it_with_the_difference(
    factory: Factory,
) -> None:
    row = factory.report("A1")
    assess(row.pk, now=NOW)
    _closed(row)

    factory.take("lot_events", _correction("A1", "E2"), after=20 * DAY)

    row.refresh_from_db()
    stored = _newest(row)
    parts = stored.difference["parts"]
    assert row.state == DisruptionState.OPEN.value
    assert _names(parts["customers"]["added"], "customer") == ["Bob"]
    assert _names(parts["orders"]["added"], "order") == ["SO2"]
    assert parts["orders"]["removed"] == parts["orders"]["changed"] == []
    told = Event.objects.filter(name="ImpactAssessed").latest("pk").payload
    assert (told["orders_added"], told["orders_removed"], told["orders_changed"]) == (1, 0, 0)


def test_tr_19_correction_that_would_free_a_closed_recall_leaves_it_to_people(
    factory: Factory,
) -> None:
    row = factory.report("A1")
    assess(row.pk, now=NOW)
    _closed(row)

    factory.take("lot_events", _correction("A2", "E1"), after=20 * DAY)

    row.refresh_from_db()
    assert row.state == DisruptionState.CLOSED.value
    assert Impact.objects.filter(disruption=row).count() == 1


def test_tr_19_facts_about_other_lots_do_not_reopen(factory: Factory) -> None:
    row = factory.report("A1")
    assess(row.pk, now=NOW)
    _closed(row)

    factory.take("consumption", _use("A2", "B2", "E9", day=2), after=20 * DAY)

    row.refresh_from_db()
    assert row.state == DisruptionState.CLOSED.value


def test_tr_20_late_event_gives_the_answer_of_an_event_in_time(factory: Factory) -> None:
    row = factory.report("A1")
    before = assess(row.pk, now=NOW)
    factory.take("consumption", _use("A1", "B2", "E3", day=3), after=DAY)
    late = _newest(row).document

    in_time = factory.report("A1", key="r2")
    assess(in_time.pk, now=NOW + DAY)
    other = impact_document(in_time.pk, viewer=SYSTEM)

    assert _names(late["orders"], "order") == ["SO1", "SO2"]
    for part in ("lots", "orders", "customers", "shipments", "places", "gaps"):
        assert _without_case(late[part]) == _without_case(other[part])
    # What was known when people decided is still there, to the byte.
    assert content_hash(recompute(before, viewer=SYSTEM)) == before.sha256
    assert _names(before.document["orders"], "order") == ["SO1"]


def _without_case(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows without the case's own number, which begins each path."""
    return [{**row, "path": row.get("path", [])[1:]} for row in rows]


def test_tr_37_lot_of_two_cases_stays_suspect_by_the_one_that_is_open(factory: Factory) -> None:
    first, second = factory.report("A1"), factory.report("B1", key="r2")
    assess(first.pk, now=NOW)
    assess(second.pk, now=NOW)
    both = {case.pk for case in load_cases_of_lot(factory.lot("B1"), viewer=SYSTEM)}

    _closed(first)

    left = {case.pk for case in load_cases_of_lot(factory.lot("B1"), viewer=SYSTEM)}
    assert (both, left) == ({first.pk, second.pk}, {second.pk})
    assert list(load_cases_of_lot(factory.lot("A1"), viewer=SYSTEM)) == []


def test_tr_38_cleared_rows_are_listed_on_demand_only(factory: Factory) -> None:
    row = factory.report("A1", "A2")
    assess(row.pk, now=NOW)
    revise(
        row.pk,
        changes={"lots": [list(factory.lot("A1"))]},
        viewer=SYSTEM,
        now=NOW,
        why=Revision(note="A2 was never in that delivery."),
    )
    assess(row.pk, now=NOW)

    plain = impact_document(row.pk, viewer=SYSTEM)
    whole = impact_document(row.pk, viewer=SYSTEM, with_freed=True)

    jsonschema.validate(plain, load_schema())
    jsonschema.validate(whole, load_schema())
    assert _names(plain["orders"], "order") == ["SO1"]
    assert "cleared" not in plain
    assert [(each["order"], each["class"]) for each in whole["orders"]] == [
        ("SO1", "CONFIRMED"),
        ("SO2", "CLEARED"),
    ]
    assert {each["key"]: each["reason"]["code"] for each in whole["cleared"]} == {
        "/".join(factory.lot("A2")): "scope_narrowed",
        "/".join(factory.lot("B2")): "scope_narrowed",
        "SO2/1": "scope_narrowed",
    }


def test_tr_38_rework_that_passed_clears_and_a_relapse_taints_again(factory: Factory) -> None:
    row = factory.report("A1")
    assess(row.pk, now=NOW)
    factory.take("work_orders", {"work_order": "RW", "item": "B", "qty": "10", "type": "rework"})
    factory.take("consumption", {**_use("B1", "B1", "R1"), "work_order": "RW", "at": _hour(2)})
    factory.take("inspections", {"at": _hour(3), "lot": "B1", "result": "pass", "item": "B"})
    cleared = impact_document(row.pk, viewer=SYSTEM, with_freed=True)

    factory.take("inspections", {"at": _hour(9), "lot": "B1", "result": "fail", "item": "B"})
    again = impact_document(row.pk, viewer=SYSTEM, with_freed=True)

    assert {each["key"]: each["reason"]["code"] for each in cleared["cleared"]} == {
        "/".join(factory.lot("B1")): "reworked_and_passed"
    }
    assert again["cleared"] == []
    assert ("B1", "CONFIRMED") in {(each["lot"], each["class"]) for each in again["lots"]}


def _hour(hours: int) -> str:
    return (NOW + timedelta(hours=hours)).isoformat()


def test_tr_43_answer_names_its_snapshot_and_how_much_came_in_since(factory: Factory) -> None:
    row = factory.report("A1")
    stored = assess(row.pk, now=NOW)
    assert newer_facts(row.pk, viewer=SYSTEM) == 0

    options = ImportOptions(plant=factory.plant, source="ERP")
    rows = [_use("A2", "B2", "E8", day=6), _use("A2", "B2", "E9", day=7)]
    import_records("consumption", rows, options=options, viewer=SYSTEM, now=NOW)

    assert newer_facts(row.pk, viewer=SYSTEM) == 2
    assert impact_document(row.pk, viewer=SYSTEM)["snapshot"].startswith(f"{stored.position}/")
    assert content_hash(recompute(stored, viewer=SYSTEM)) == stored.sha256


@pytest.fixture
def two_plants(factory: Factory) -> tuple[Factory, Factory]:
    """Send B1 to a second plant, which makes C1 of it for a customer of its own."""
    second = Factory(Site.objects.create(code=f"KT{next(_CODES)}", timezone="Asia/Taipei").code)
    second.take("customers", {"customer": "Zoe"})
    second.take("lots", {"lot": "C1", "item": "C", "qty": "10"})
    issuer = {"input_issuer": factory.plant, "input_item": "B"}
    second.take("consumption", {**_use("B1", "C1", "E50", day=8), **issuer})
    second.take("sales_orders", {**_order("TO1", "Zoe"), "item": "C"})
    second.take("shipments", {**_sent("T1", "TO1", "Zoe", "C1"), "item": "C"})
    factory.take(
        "transfers",
        {
            "from_plant": factory.plant,
            "to_plant": second.plant,
            "item": "B",
            "lot": "B1",
            "qty": "10",
            "sent_at": "2026-02-06T08:00:00Z",
            "received_at": "2026-02-07T08:00:00Z",
        },
    )
    return factory, second


def test_tr_41_recall_reaches_the_customers_of_the_plant_that_was_sent_the_lot(
    two_plants: tuple[Factory, Factory],
) -> None:
    first, second = two_plants
    row = first.report("A1")
    stored = assess(row.pk, now=NOW)

    assert _names(stored.document["orders"], "order") == ["SO1", "TO1"]
    assert _names(stored.document["customers"], "customer") == ["Ann", "Zoe"]
    assert content_hash(recompute(stored, viewer=SYSTEM)) == stored.sha256
    # Facts of the other plant ask the case again.
    second.take("shipments", {**_sent("T2", "TO1", "Zoe", "C1"), "item": "C"}, after=DAY)
    assert _names(_newest(row).document["shipments"], "shipment") == ["S1", "T1", "T2"]


def test_tr_44_who_may_not_see_a_plant_sees_how_much_is_there_and_no_names(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer]
) -> None:
    first, _ = two_plants
    row = first.report("A1")
    assess(row.pk, now=NOW)

    seen = impact_document(row.pk, viewer=viewer_as(Role.QUALITY, first.plant))

    jsonschema.validate(seen, load_schema())
    assert _names(seen["lots"], "lot") == ["A1", "B1"]
    assert _names(seen["orders"], "order") == ["SO1"]
    assert _names(seen["customers"], "customer") == ["Ann"]
    assert _names(seen["shipments"], "shipment") == ["S1"]
    gaps = {gap["code"]: gap["qty"] for gap in seen["gaps"]}
    assert (gaps["lots_elsewhere"], gaps["orders_elsewhere"]) == ("1", "1")
    text = json.dumps(seen)
    assert not [name for name in ("C1", "TO1", "T1", "Zoe") if f'"{name}' in text]


def test_tr_44_trace_tells_the_number_of_lots_in_another_site(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer]
) -> None:
    first, second = two_plants
    quality = viewer_as(Role.QUALITY, first.plant)

    found = trace_lot(first.lot("A1"), is_forward=True, viewer=quality)

    assert [each.lot.key.lot for each in found.lots] == ["B1"]
    assert (found.elsewhere, found.is_whole) == (1, True)
    with pytest.raises(UnknownLot):
        trace_lot(second.lot("C1"), is_forward=False, viewer=quality)


@pytest.mark.parametrize("role", [Role.RECALL_COORDINATOR, None], ids=["coordinator", "system"])
def test_tr_44_recall_coordinator_sees_every_plant(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer], role: Role | None
) -> None:
    first, _ = two_plants
    viewer = SYSTEM if role is None else viewer_as(role, first.plant)
    row = first.report("A1")
    assess(row.pk, now=NOW)

    seen = impact_document(row.pk, viewer=viewer)
    found = trace_lot(first.lot("A1"), is_forward=True, viewer=viewer)

    assert _names(seen["orders"], "order") == ["SO1", "TO1"]
    assert ([each.lot.key.lot for each in found.lots], found.elsewhere) == (["B1", "C1"], 0)


def test_tr_44_path_that_leads_through_another_site_keeps_its_length(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer]
) -> None:
    first, second = two_plants
    first.take("lots", {"lot": "D1", "item": "D", "qty": "10"})
    back = {
        "input_issuer": second.plant,
        "input_item": "C",
        "output_item": "D",
        "output_issuer": first.plant,
    }
    first.take("consumption", {**_use("C1", "D1", "E60", day=9), **back})
    known = viewer_as(Role.QUALITY, first.plant)

    whole = trace_lot(first.lot("A1"), is_forward=True, viewer=SYSTEM)
    found = trace_lot(first.lot("A1"), is_forward=True, viewer=known)

    paths = [
        [step.key for step in each.path]
        for trace in (whole, found)
        for each in trace.lots
        if each.lot.key.lot == "D1"
    ]
    assert [len(path) for path in paths] == [4, 4]
    # C1 went into D1 in the first plant, so that its name is known there.
    assert "" not in paths[1]


def test_tr_43_trace_names_its_snapshot_and_repeats_it(factory: Factory) -> None:
    first = trace_lot(factory.lot("A1"), is_forward=True, viewer=SYSTEM)
    factory.take("consumption", _use("A1", "B2", "E70", day=9))

    again = trace_lot(factory.lot("A1"), is_forward=True, viewer=SYSTEM, snapshot=first.snapshot)
    now = trace_lot(factory.lot("A1"), is_forward=True, viewer=SYSTEM)

    assert again == first
    assert [each.lot.key.lot for each in now.lots] == ["B1", "B2"]


def test_tr_25_number_that_only_looks_like_a_lot_is_asked_about(factory: Factory) -> None:
    factory.take("lots", {"lot": "L0O1", "item": "L", "qty": "1"})

    with pytest.raises(LotLooksLike) as asked:
        resolve_lot(LotKey("", "", "l001"))
    with pytest.raises(LotUnknown):
        resolve_lot(LotKey("", "", "X77"))

    assert asked.value.data["near"] == f"{factory.plant}/L/L0O1"
    assert resolve_lot(LotKey("", "", "L0O1")).lot == "L0O1"


def test_tr_24_number_of_two_items_is_asked_about(factory: Factory) -> None:
    factory.take("lots", {"lot": "A1", "item": "OTHER", "qty": "1"})

    with pytest.raises(LotAmbiguous) as asked:
        resolve_lot(LotKey("", "", "A1"))

    assert asked.value.data["candidates"] == [
        f"{factory.plant}/A/A1",
        f"{factory.plant}/OTHER/A1",
    ]


def test_terminal_lists_what_was_freed_on_demand_and_how_much_came_in_since(
    factory: Factory,
) -> None:
    row = factory.report("A1", "A2")
    assess(row.pk, now=NOW)
    why = Revision(note="A2 was never in that delivery.")
    revise(row.pk, changes={"lots": [list(factory.lot("A1"))]}, viewer=SYSTEM, now=NOW, why=why)
    assess(row.pk, now=NOW)
    options = ImportOptions(plant=factory.plant, source="ERP")
    newer = [_use("A2", "B2", "E80", day=6)]
    import_records("consumption", newer, options=options, viewer=SYSTEM, now=NOW)

    with translation.override("en"):
        plain, whole = (
            asking.run(Namespace(command="impact", id=row.pk, cleared=asked, as_json=True))
            for asked in (False, True)
        )

    titles = [part.title for part in whole.parts if isinstance(part, Table)]
    assert "Freed by evidence: 3" in titles
    assert "Freed by evidence: 3" not in [
        part.title for part in plain.parts if isinstance(part, Table)
    ]
    assert any("1 newer event" in part for part in plain.parts if isinstance(part, str))
