"""Ugly cases of how material flows: loops, splits, returns, packages; named by their ids."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import (
    BomLine,
    Item,
    UnitFactor,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.lots import UnknownLot, build_lot_graph
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_backward, trace_forward
from tests.engine.material.build import (
    at,
    backward,
    bring_back,
    classes,
    disruption,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
    use,
    work_order,
)

EVER = Span(-(1 << 61), -(1 << 61))


def test_tr01_rework_loop_ends_and_later_taint_spares_earlier_outputs():
    facts = plant(
        lots=[lot("A:1"), lot("A:1R"), lot("C:early"), lot("C:late")],
        consumption=[
            use("A:1", "C:early", 1),
            use("A:1", "A:1R", 2),
            use("A:1R", "A:1", 4),
            use("A:1", "C:late", 5),
        ],
    )

    trace = forward(facts, "A:1R", since=3)

    assert classes(trace) == {"A:1": "CONFIRMED", "A:1R": "CONFIRMED", "C:late": "CONFIRMED"}
    assert [step.key for step in trace.path_to(key("C:late"))] == ["P/A/1R", "P/A/1", "P/C/late"]


def test_tr01_return_of_a_return_nets_out():
    facts = plant(
        lots=[lot("A:1"), lot("B:1")],
        consumption=[
            use("A:1", "B:1", 1, qty=10, work_order="W"),
            use("A:1", "B:1", 2, qty=-10, work_order="W"),
            use("A:1", "B:1", 3, qty=4, work_order="W"),
            use("A:1", "B:1", 4, qty=-4, work_order="W"),
        ],
    )

    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}


def test_tr03_children_are_tainted_only_by_a_split_after_the_taint():
    facts = plant(
        lots=[lot("A:1"), lot("A:1a"), lot("A:1b")],
        lot_events=[
            event("split", "A:1", "A:1a", 1, qty=30),
            event("split", "A:1", "A:1b", 5, qty=70),
        ],
    )

    assert classes(forward(facts, "A:1", since=3)) == {"A:1": "CONFIRMED", "A:1b": "CONFIRMED"}


def test_tr03_part_shipped_before_the_split_is_found():
    facts = plant(
        lots=[lot("A:1"), lot("A:1a")],
        lot_events=[event("split", "A:1", "A:1a", 5, qty=70)],
        shipments=[ship("S1", "A:1", 2, qty=30)],
    )

    hits = hit_shipments(facts, forward(facts, "A:1"))

    assert [(hit.impact.shipment, hit.qty, hit.link_class) for hit in hits] == [
        ("S1", Decimal(30), LinkClass.CONFIRMED)
    ]


def test_tr04_merge_taints_all_and_shows_the_proportion():
    facts = plant(
        lots=[lot("A:1", 30), lot("A:2", 70), lot("A:3"), lot("A:4"), lot("A:5")],
        lot_events=[
            event("merge", "A:1", "A:3", 1, qty=30),
            event("merge", "A:2", "A:3", 1, qty=70),
            event("split", "A:3", "A:4", 2, qty=50),
            event("split", "A:3", "A:5", 2, qty=50),
        ],
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == dict.fromkeys(["A:1", "A:3", "A:4", "A:5"], "CONFIRMED")
    assert trace.lot(key("A:5")).fraction == Decimal("0.3")
    assert trace.lot(key("A:5")).qty_at_risk == Decimal(100)


def test_tr05_corrected_lot_number_is_found_from_either_side():
    facts = plant(
        lots=[lot("A:L0O1"), lot("A:L001"), lot("B:1"), lot("B:2")],
        consumption=[use("A:L0O1", "B:1", 1), use("A:L001", "B:2", 5)],
        lot_events=[event("correct", "A:L0O1", "A:L001", 3)],
    )

    by_new = trace_forward(
        build_lot_graph(facts), seed_lots(facts, disruption(lots=(key("A:L001"),)))
    )
    by_old = trace_forward(
        build_lot_graph(facts), seed_lots(facts, disruption(lots=(key("A:L0O1"),)))
    )

    everything = {"A:L0O1", "A:L001", "B:1", "B:2"}
    assert set(classes(by_new)) == set(classes(by_old)) == everything


def test_tr06_all_batches_of_one_component_in_one_order_are_listed():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("A:3"), lot("B:1", work_order="W")],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[
            use("A:1", "B:1", 1, work_order="W"),
            use("A:2", "B:1", 2, work_order="W"),
            use("A:3", "B:1", 3, work_order="W"),
        ],
    )

    sources = [row.key.lot for row in backward(facts, "B:1").lots if row.key.item == "A"]

    assert sources == ["1", "2", "3"]


def test_tr09_recovered_component_is_followed_by_its_own_serial():
    facts = plant(
        lots=[lot("M:1", 1), lot("X:1", 1), lot("U:1", 1), lot("U:2", 1)],
        consumption=[
            use("M:1", "U:1", 1, qty=1),
            use("X:1", "U:1", 1, qty=1),
            use("U:1", "M:1", 5, qty=1),
            use("M:1", "U:2", 7, qty=1),
        ],
    )

    assert set(classes(forward(facts, "M:1"))) == {"M:1", "U:1", "U:2"}
    assert "X:1" not in classes(forward(facts, "M:1"))
    assert set(classes(forward(facts, "X:1"))) == {"X:1", "U:1", "M:1", "U:2"}


def test_tr10_every_output_of_a_run_is_tainted_even_without_own_records():
    facts = plant(
        lots=[
            lot("A:1"),
            lot("B:1", work_order="W", made=at(3)),
            lot("TRIM:1", work_order="W", made=at(3)),
        ],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", "B:1", 1, work_order="W")],
    )

    assert classes(forward(facts, "A:1")) == {
        "A:1": "CONFIRMED",
        "B:1": "CONFIRMED",
        "TRIM:1": "POSSIBLE",
    }


def test_tr10_trimmings_fed_again_make_a_loop_that_ends():
    facts = plant(
        lots=[lot("A:1"), lot("TRIM:1"), lot("B:1"), lot("B:2")],
        consumption=[
            use("A:1", "B:1", 1),
            use("A:1", "TRIM:1", 1),
            use("TRIM:1", "A:1", 2),
            use("A:1", "B:2", 3),
        ],
    )

    assert set(classes(forward(facts, "TRIM:1"))) == {"TRIM:1", "A:1", "B:2"}


def test_tr11_scrap_ends_nothing_in_the_record_and_unscrap_restores():
    facts = plant(
        lots=[lot("A:1"), lot("B:1")],
        lot_events=[
            event("scrap", "A:1", None, 1, qty=100),
            event("unscrap", "A:1", None, 2, qty=100),
        ],
        consumption=[use("A:1", "B:1", 3, qty=100)],
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == {"A:1": "CONFIRMED", "B:1": "CONFIRMED"}
    (row, _) = sorted(balance_places(facts, trace), key=lambda row: row.item)
    assert (row.scrap, row.consumed, row.unaccounted) == (Decimal(0), Decimal(100), Decimal(0))


def test_tr12_returns_net_per_customer_and_what_was_sent_stays():
    facts = plant(
        lots=[lot("A:1", 10)],
        shipments=[
            ship("S1", "A:1", 1, qty=10, customer="Ann"),
            bring_back("R1", "A:1", 2, qty=3, customer="Ann"),
            ship("S2", "A:1", 3, qty=3, customer="Bob"),
            bring_back("R2", "A:1", 4, qty=7, customer="Ann"),
        ],
    )

    hits = hit_shipments(facts, forward(facts, "A:1"))

    assert [(hit.customer, hit.qty, hit.net_qty) for hit in hits] == [
        ("Ann", Decimal(10), Decimal(0)),
        ("Bob", Decimal(3), Decimal(3)),
    ]


def test_tr13_the_lot_really_used_counts_not_the_bill_of_material():
    facts = plant(
        items=[Item(item="A"), Item(item="SUB"), Item(item="B")],
        bom=[
            BomLine(plant=None, parent_item="B", component_item="A", qty_per=Decimal(1)),
            BomLine(
                plant=None,
                parent_item="B",
                component_item="SUB",
                qty_per=Decimal(1),
                substitute_of="A",
            ),
        ],
        lots=[lot("A:1"), lot("SUB:1"), lot("B:1", 10, work_order="W", made=at(3))],
        work_orders=[work_order("W", "B", qty=10, status="done")],
        consumption=[use("SUB:1", "B:1", 1, qty=10, work_order="W")],
    )

    trace = forward(facts, "SUB:1")

    assert classes(trace)["B:1"] == "CONFIRMED"
    assert [step.via for step in trace.path_to(key("B:1"))] == ["named", "substituted"]
    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}


def test_tr14_phantom_level_is_passed_without_a_gap():
    facts = plant(
        items=[Item(item="A"), Item(item="KIT", kind="phantom"), Item(item="B")],
        bom=[
            BomLine(plant=None, parent_item="B", component_item="KIT", qty_per=Decimal(2)),
            BomLine(plant=None, parent_item="KIT", component_item="A", qty_per=Decimal(3)),
        ],
        lots=[lot("A:1", 60), lot("A:2", 60), lot("B:1", 10, work_order="W", made=at(3))],
        work_orders=[work_order("W", "B", qty=10, status="done")],
        consumption=[use("A:1", "B:1", 1, qty=60, work_order="W")],
    )

    trace = forward(facts, "A:1")

    assert (classes(trace)["B:1"], trace.gaps) == ("CONFIRMED", ())
    assert classes(forward(facts, "A:2")) == {"A:2": "CONFIRMED"}


def test_tr15_balance_converts_exactly_between_units():
    facts = plant(
        items=[Item(item="A", uom="kg"), Item(item="B", uom="pcs")],
        units=[UnitFactor(item="A", from_uom="roll", to_uom="kg", factor=Decimal(3))],
        lots=[lot("A:1", 10, uom="roll"), lot("B:1", 1, uom="pcs")],
        consumption=[use("A:1", "B:1", 1, qty=30, uom="kg")],
    )

    rows = {row.item: row for row in balance_places(facts, forward(facts, "A:1"))}

    assert (rows["A"].made, rows["A"].consumed, rows["A"].uom) == (Decimal(30), Decimal(30), "kg")
    assert rows["A"].unaccounted == 0


def test_tr16_more_consumed_than_there_was_shows_as_unaccounted():
    facts = plant(
        lots=[lot("A:1", 100, uom="kg"), lot("B:1")],
        consumption=[use("A:1", "B:1", 1, qty="100.3", uom="kg")],
    )

    rows = {row.item: row for row in balance_places(facts, forward(facts, "A:1"))}

    assert rows["A"].unaccounted == Decimal("-0.3")


@pytest.mark.parametrize("reversal_first", [True, False])
def test_tr21_reversal_nets_out_whatever_order_it_comes_in(reversal_first):
    events = [
        event("split", "A:1", "A:2", 3, event_id="E1"),
        event("reverse", "A:1", None, 1 if reversal_first else 5, event_id="E2", corrects="E1"),
    ]
    facts = plant(
        lots=[lot("A:1"), lot("A:2")],
        lot_events=events[::-1] if reversal_first else events,
    )

    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}


def test_tr21_reversed_reversal_restores_the_event():
    facts = plant(
        lots=[lot("A:1"), lot("B:1")],
        consumption=[use("A:1", "B:1", 3, event_id="E1")],
        lot_events=[
            event("reverse", "A:1", None, 4, event_id="E2", corrects="E1"),
            event("reverse", "A:1", None, 5, event_id="E3", corrects="E2"),
        ],
    )

    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED", "B:1": "CONFIRMED"}


def test_tr23_shipped_pallet_holds_what_was_on_it_then():
    facts = plant(
        lots=[lot("A:1"), lot("A:2")],
        lot_events=[
            event("aggregate", "A:1", ":PALLET", 1, qty=10),
            event("disaggregate", "A:1", ":PALLET", 4),
            event("aggregate", "A:2", ":PALLET", 10, qty=10),
        ],
        shipments=[
            ship("S1", None, 2, package="PALLET"),
            ship("S2", None, 12, package="PALLET"),
        ],
    )

    first = hit_shipments(facts, forward(facts, "A:1"))
    second = hit_shipments(facts, forward(facts, "A:2"))

    assert [hit.impact.shipment for hit in first] == ["S1"]
    assert [hit.impact.shipment for hit in second] == ["S2"]


def test_tr24_same_number_of_two_issuers_is_two_lots():
    facts = plant(
        lots=[lot("ACME/A:1"), lot("BOLT/A:1"), lot("B:1"), lot("B:2")],
        consumption=[use("ACME/A:1", "B:1", 1), use("BOLT/A:1", "B:2", 1)],
    )

    assert set(classes(forward(facts, "ACME/A:1"))) == {"ACME/A:1", "B:1"}


def test_tr24_unknown_issuer_asks_instead_of_merging():
    facts = plant(lots=[lot("ACME/A:1"), lot("BOLT/A:1")])
    graph = build_lot_graph(facts)

    with pytest.raises(UnknownLot) as caught:
        trace_backward(graph, key("A:1"))

    assert caught.value.data["candidates"] == ("ACME/A/1", "BOLT/A/1")


def test_tr24_lot_recorded_without_issuer_may_be_either():
    bare = key("A:1")._replace(issuer="")
    facts = plant(
        lots=[lot("ACME/A:1"), lot("B:1")],
        consumption=[replace(use("A:1", "B:1", 1), input=bare)],
    )

    trace = forward(facts, "ACME/A:1")

    assert classes(trace)["B:1"] == "POSSIBLE"
    assert "issuer_unknown" in {gap.code for gap in trace.gaps}


def test_tr26_tank_keeps_its_taint_through_top_up_until_it_is_cleaned():
    facts = plant(
        lots=[lot("TANK:1"), lot("A:bad"), lot("A:good"), lot("B:1"), lot("B:2"), lot("B:3")],
        consumption=[
            use("A:bad", "TANK:1", 1),
            use("TANK:1", "B:1", 2),
            use("A:good", "TANK:1", 3),
            use("TANK:1", "B:2", 4),
            use("A:good", "TANK:1", 6),
            use("TANK:1", "B:3", 7),
        ],
        lot_events=[event("clean", "TANK:1", None, 5)],
    )

    assert set(classes(forward(facts, "A:bad"))) == {"A:bad", "TANK:1", "B:1", "B:2"}
    assert set(classes(forward(facts, "A:good"))) == {"A:good", "TANK:1", "B:2", "B:3"}
