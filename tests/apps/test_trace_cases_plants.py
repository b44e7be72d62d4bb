"""Trace cases over several plants, of which not everybody may see each."""

import json
from collections.abc import Callable

import jsonschema
import pytest

from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.disruptions.answers.impacts import (
    content_hash,
    freed,
    impact_document,
    recompute,
)
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import Revision, revise
from knockon.domain.access import SYSTEM, Role, Viewer
from knockon.domain.impact_document import load_schema
from knockon.engine.graph.lots import UnknownLot
from tests.apps.factory import DAY, NOW, Factory, names, newest_of, sent, use

pytestmark = pytest.mark.django_db


def test_tr_41_recall_reaches_the_customers_of_the_plant_that_was_sent_the_lot(
    two_plants: tuple[Factory, Factory],
) -> None:
    first, second = two_plants
    row = first.report("A1")
    stored = assess(row.pk, now=NOW)

    assert names(stored.document["orders"], "order") == ["SO1", "TO1"]
    assert names(stored.document["customers"], "customer") == ["Ann", "Zoe"]
    assert content_hash(recompute(stored, viewer=SYSTEM)) == stored.sha256
    # Facts of the other plant ask the case again.
    second.take("shipments", {**sent("T2", "TO1", "Zoe", "C1"), "item": "C"}, after=DAY)
    assert names(newest_of(row).document["shipments"], "shipment") == ["S1", "T1", "T2"]


def test_tr_44_who_may_not_see_a_plant_sees_how_much_is_there_and_no_names(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer]
) -> None:
    first, _ = two_plants
    row = first.report("A1")
    assess(row.pk, now=NOW)

    seen = impact_document(row.pk, viewer=viewer_as(Role.QUALITY, first.plant))

    jsonschema.validate(seen, load_schema())
    assert names(seen["lots"], "lot") == ["A1", "B1"]
    assert names(seen["orders"], "order") == ["SO1"]
    assert names(seen["customers"], "customer") == ["Ann"]
    assert names(seen["shipments"], "shipment") == ["S1"]
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


def test_tr_44_what_was_freed_in_another_site_is_told_to_nobody_else(
    two_plants: tuple[Factory, Factory], viewer_as: Callable[..., Viewer]
) -> None:
    first, _ = two_plants
    row = first.report("A1", "A2")
    assess(row.pk, now=NOW)
    why = Revision(note="A1 was good after all.")
    revise(row.pk, changes={"lots": [list(first.lot("A2"))]}, viewer=SYSTEM, now=NOW, why=why)
    stored = assess(row.pk, now=NOW)

    whole = freed(stored, viewer=SYSTEM)
    seen = freed(stored, viewer=viewer_as(Role.QUALITY, first.plant))

    assert {each["row"].get("lot", each["row"].get("order")) for each in whole} == {
        "A1",
        "B1",
        "C1",
        "SO1",
        "TO1",
    }
    assert {each["row"].get("lot", each["row"].get("order")) for each in seen} == {
        "A1",
        "B1",
        "SO1",
    }


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

    assert names(seen["orders"], "order") == ["SO1", "TO1"]
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
    first.take("consumption", {**use("C1", "D1", "E60", day=9), **back})
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
