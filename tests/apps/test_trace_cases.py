"""Trace cases that need memory: what was known when, what changed since, who is told of it."""

from argparse import Namespace
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import jsonschema
import pytest
from django.utils import translation

from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.disruptions.answers.impacts import (
    content_hash,
    impact_document,
    newer_facts,
    recompute,
)
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_cases_of_lot
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import Revision, move, revise
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
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import DisruptionState
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import load_schema
from tests.apps.factory import DAY, NOW, Factory, names, newest_of, use

pytestmark = pytest.mark.django_db


def _correction(source: str, of: str) -> dict[str, str]:
    return {
        "kind": "correct",
        "lot": source,
        "at": "2026-03-01T08:00:00Z",
        "event_id": f"C{of}",
        "corrects": of,
    }


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
    stored = newest_of(row)
    assert stored.difference is not None
    parts = stored.difference["parts"]
    assert row.state == DisruptionState.OPEN.value
    assert names(parts["customers"]["added"], "customer") == ["Bob"]
    assert names(parts["orders"]["added"], "order") == ["SO2"]
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

    factory.take("consumption", use("A2", "B2", "E9", day=2), after=20 * DAY)

    row.refresh_from_db()
    assert row.state == DisruptionState.CLOSED.value


def test_tr_20_late_event_gives_the_answer_of_an_event_in_time(factory: Factory) -> None:
    row = factory.report("A1")
    before = assess(row.pk, now=NOW)
    factory.take("consumption", use("A1", "B2", "E3", day=3), after=DAY)
    late = newest_of(row).document

    in_time = factory.report("A1", key="r2")
    assess(in_time.pk, now=NOW + DAY)
    other = impact_document(in_time.pk, viewer=SYSTEM)

    assert names(late["orders"], "order") == ["SO1", "SO2"]
    for part in ("lots", "orders", "customers", "shipments", "places", "gaps"):
        assert _without_case(late[part]) == _without_case(other[part])
    # What was known when people decided is still there, to the byte.
    assert content_hash(recompute(before, viewer=SYSTEM)) == before.sha256
    assert names(before.document["orders"], "order") == ["SO1"]


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
    assert names(plain["orders"], "order") == ["SO1"]
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
    factory.take("consumption", {**use("B1", "B1", "R1"), "work_order": "RW", "at": _hour(2)})
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
    rows = [use("A2", "B2", "E8", day=6), use("A2", "B2", "E9", day=7)]
    import_records("consumption", rows, options=options, viewer=SYSTEM, now=NOW)

    assert newer_facts(row.pk, viewer=SYSTEM) == 2
    assert impact_document(row.pk, viewer=SYSTEM)["snapshot"].startswith(f"{stored.position}/")
    assert content_hash(recompute(stored, viewer=SYSTEM)) == stored.sha256


def test_tr_43_trace_names_its_snapshot_and_repeats_it(factory: Factory) -> None:
    first = trace_lot(factory.lot("A1"), is_forward=True, viewer=SYSTEM)
    factory.take("consumption", use("A1", "B2", "E70", day=9))

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
    newer = [use("A2", "B2", "E80", day=6)]
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
