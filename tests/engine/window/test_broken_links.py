"""Broken trace links of a whole plant: which, what they hide, and what can be meant."""

from dataclasses import replace
from decimal import Decimal

from knockon.demo.simulation.small import small_plant
from knockon.domain.facts import Item, Receipt, Requirement
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.broken_links import list_broken_links
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import trace_forward
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.material.build import at, backflush, key, lot, plant, ship, use, wo, work_order


def received(name: str, hours: float) -> Receipt:
    return Receipt(
        plant="P",
        po="PO",
        line="1",
        item=key(name).item,
        lot=key(name),
        received=Decimal(100),
        accepted=None,
        rejected=None,
        received_at=at(hours),
    )


def said(facts):
    return [
        (link.code, link.qty, link.repair and link.repair.value)
        for link in list_broken_links(facts)
    ]


def test_whole_records_have_no_broken_links():
    facts = plant(
        lots=[lot("R:1", made=at(0)), lot("B:1", work_order="W", made=at(5))],
        receipts=[received("R:1", 0)],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("R:1", "B:1", 3, work_order="W")],
    )

    assert said(facts) == []


def test_guessed_lot_names_what_it_can_have_been_instead():
    facts = plant(
        lots=[
            lot("R:1", made=at(0)),
            lot("R:2", made=at(1)),
            lot("B:1", work_order="W", made=at(5)),
        ],
        receipts=[received("R:1", 0), received("R:2", 1)],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[backflush("R:1", "B:1", 4, work_order="W", event_id="E1", qty=30)],
    )

    (link,) = list_broken_links(facts)

    assert (link.code, link.qty, link.event_id) == ("backflush", Decimal(30), "E1")
    assert [candidate.lot for candidate in link.inputs] == ["1", "2"]
    assert link.outputs == (key("B:1"),)


def test_consumption_known_by_work_order_only_names_the_lots_it_can_have_gone_into():
    facts = plant(
        lots=[
            lot("R:1", made=at(0)),
            lot("B:1", work_order="W", made=at(5)),
            lot("B:2", work_order="W", made=at(6)),
        ],
        receipts=[received("R:1", 0)],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("R:1", None, 3, work_order="W", event_id="E1")],
    )

    (link,) = list_broken_links(facts)

    assert (link.code, link.work_order, link.repair.value) == (
        "work_order_only",
        "W",
        "name_consumption",
    )
    assert [candidate.lot for candidate in link.outputs] == ["1", "2"]


def test_missing_consumption_hides_what_the_work_order_needed():
    facts = plant(
        items=[Item(item="R", kind="raw", uom="KG"), Item(item="B", uom="PCS")],
        lots=[
            lot("R:1", made=at(0), supplier="S"),
            lot("B:1", work_order="W", made=at(5)),
        ],
        receipts=[received("R:1", 0)],
        work_orders=[work_order("W", "B", status="done")],
        requirements=[Requirement(work_order=wo("W"), component="R", required_qty=Decimal(50))],
        consumption=[],
    )

    (link,) = [each for each in list_broken_links(facts) if each.code == "missing_consumption"]

    assert (link.qty, link.uom, link.item) == (Decimal("45.0"), "KG", "R")
    assert link.repair.value == "add_consumption"
    assert [candidate.lot for candidate in link.inputs] == ["1"]
    assert [candidate.lot for candidate in link.outputs] == ["1"]


def test_shipment_without_lot_names_what_was_there():
    facts = plant(
        lots=[lot("B:1", made=at(1)), lot("B:2", made=at(2))],
        receipts=[received("B:1", 1), received("B:2", 2)],
        shipments=[replace(ship("S1", None, 5), item="B")],
    )

    (link,) = list_broken_links(facts)

    assert (link.code, link.event_id, link.repair.value) == (
        "shipment_without_lot",
        "S1/1",
        "name_shipment",
    )
    assert [candidate.lot for candidate in link.inputs] == ["1", "2"]


def test_lot_from_nowhere_is_listed():
    facts = plant(lots=[lot("B:1", qty=70, made=at(1))])

    (link,) = list_broken_links(facts)

    assert (link.code, link.qty, link.repair.value) == (
        "unknown_predecessor",
        Decimal(70),
        "name_origin",
    )
    assert link.outputs == (key("B:1"),)


def test_what_hides_most_stands_first_and_unknown_amounts_last():
    facts = plant(
        lots=[lot("B:1", qty=70, made=at(1)), lot("B:2", qty=None), lot("B:3", qty=900, made=at(1))]
    )

    assert [link.qty for link in list_broken_links(facts)] == [Decimal(900), Decimal(70), None]


def test_every_gap_that_a_case_can_meet_is_listed_for_the_plant():
    """A trace from every lot meets no doubt about a link that the plant's list leaves out."""
    for seed in (2, 5, 8, 11):
        case = small_plant(seed, holes=True)
        facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
        graph = build_lot_graph(facts)
        everything = Seeds(
            lots=tuple(SeedLot(key=each, link_class=LinkClass.CONFIRMED) for each in graph.lots)
        )

        met = {(gap.code, gap.where) for gap in trace_forward(graph, everything).gaps}

        listed = {(link.code, link.where) for link in list_broken_links(facts)}
        assert met
        assert met <= listed


def test_event_that_came_twice_is_listed_with_its_lot():
    facts = plant(
        lots=[lot("R:1", made=at(0)), lot("B:1", made=at(5))],
        receipts=[received("R:1", 0)],
        consumption=[use("R:1", "B:1", 3, event_id="E1"), use("R:1", "B:1", 3, event_id="E1")],
    )

    (link,) = [each for each in list_broken_links(facts) if each.code == "duplicate_event"]

    assert link.inputs == (key("R:1"),)
    assert link.repair is None
