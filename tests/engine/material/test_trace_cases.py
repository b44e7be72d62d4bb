"""The catalogue of ugly cases, as far as they concern material; each test bears its id."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from knockon.domain.facts import (
    BomLine,
    Inspection,
    Item,
    Receipt,
    ResourceUse,
    UnitFactor,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.lots import UnknownLot, build_lot_graph
from knockon.engine.graph.states import HOP_BIT, LinkTable, build_states
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.reach import SeedNode, walk
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_backward, trace_forward
from tests.engine.material.build import (
    at,
    backflush,
    backward,
    bring_back,
    classes,
    clock,
    disruption,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
    stock,
    suspect,
    use,
    wo,
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


def chain(length):
    ends = np.arange(length, dtype=np.int64)
    return LinkTable(
        source=ends,
        target=ends + 1,
        earliest=ends,
        latest=ends,
        meta=np.full(length, HOP_BIT, dtype=np.uint8),
        qty=np.ones(length),
        unit=np.zeros(length, dtype=np.int32),
    )


def seed_at(graph, entity):
    node = int(graph.state_node[graph.states[entity]])
    return SeedNode(node=node, link_class=LinkClass.CONFIRMED, tainted=EVER)


def test_tr02_chain_of_200000_lots():
    length = 200_000
    graph = build_states(chain(length), contents=np.ones(length + 1))

    result = walk(graph, [seed_at(graph, 0)], forward=True)

    assert len(result.nodes) == length + 1
    assert result.hops.max() == length


def test_tr02_chain_recorded_against_the_order_of_numbers():
    length = 50_000
    straight = chain(length)
    turned = replace(straight, source=length - straight.source, target=length - straight.target)
    graph = build_states(turned, contents=np.ones(length + 1))

    result = walk(graph, [seed_at(graph, length)], forward=True)

    assert graph.acyclic
    assert len(result.nodes) == length + 1


def test_tr02_fan_of_100000_lots_and_back():
    width = 100_000
    table = replace(
        chain(width),
        source=np.zeros(width, dtype=np.int64),
        earliest=np.full(width, 5),
        latest=np.full(width, 5),
    )
    graph = build_states(table, contents=np.ones(width + 1))

    outward = walk(graph, [seed_at(graph, 0)], forward=True)

    last = graph.nodes - 1
    back = replace(seed_at(graph, width), node=last - seed_at(graph, width).node)
    assert len(outward.nodes) == width + 1
    assert len(walk(graph, [back], forward=False).nodes) == 2


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


def test_tr07_components_by_order_only_make_every_serial_possible_but_scanned_ones():
    serials = [lot(f"B:{number}", 1, work_order="W", made=at(5)) for number in range(3)]
    facts = plant(
        lots=[lot("A:1"), lot("C:1"), *serials],
        work_orders=[work_order("W", "B", qty=3, status="done")],
        consumption=[
            use("A:1", None, 1, work_order="W"),
            use("C:1", "B:2", 2, work_order="W"),
        ],
    )

    by_order, by_scan = forward(facts, "A:1"), forward(facts, "C:1")

    assert [classes(by_order)[f"B:{number}"] for number in range(3)] == ["POSSIBLE"] * 3
    assert classes(by_scan)["B:2"] == "CONFIRMED"
    assert [(gap.code, gap.where) for gap in by_order.gaps] == [("work_order_only", "W")]


def test_tr07_the_only_lot_of_a_finished_order_is_probable():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", work_order="W", made=at(5))],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", None, 1, work_order="W")],
    )

    trace = forward(facts, "A:1")

    assert classes(trace)["B:1"] == "PROBABLE"
    assert [(step.type, step.via) for step in trace.path_to(key("B:1"))] == [
        ("lot", "named"),
        ("work_order", "issued"),
        ("lot", "output"),
    ]


@pytest.mark.parametrize(
    ("doubt_s", "before"), [(0, None), (3600 * 3, "POSSIBLE")], ids=["trusted", "doubtful"]
)
def test_tr08_first_part_is_cleared_only_by_trusted_times(doubt_s, before):
    facts = plant(
        doubt_s=doubt_s,
        lots=[lot("A:1"), lot("B:early"), lot("B:late")],
        consumption=[use("A:1", "B:early", 1, qty=30), use("A:1", "B:late", 10, qty=70)],
    )

    trace = forward(facts, "A:1", since=3)

    assert classes(trace).get("B:early") == before
    assert classes(trace)["B:late"] == "CONFIRMED"
    assert trace.lot(key("A:1")).qty_at_risk == Decimal(70 if before is None else 100)


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

    assert classes(forward(facts, "SUB:1"))["B:1"] == "CONFIRMED"
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


def test_tr17_backflush_names_a_probable_lot_and_possible_neighbours():
    facts = plant(
        lots=[
            lot("A:guess", made=at(0)),
            lot("A:other", made=at(0)),
            lot("A:gone", 10, made=at(0)),
            lot("A:later", made=at(20)),
            lot("B:1", work_order="W", made=at(9)),
            lot("C:1"),
        ],
        work_orders=[work_order("W", "B", status="done", planned_start=at(6))],
        stock=[stock("A:other", 100)],
        consumption=[
            use("A:gone", "C:1", 1, qty=10),
            backflush("A:guess", "B:1", 10, work_order="W"),
        ],
    )

    found = {name: classes(forward(facts, name)).get("B:1") for name in ("A:guess", "A:other")}
    gone = {name: classes(forward(facts, name)).get("B:1") for name in ("A:gone", "A:later")}

    assert found == {"A:guess": "PROBABLE", "A:other": "POSSIBLE"}
    assert gone == {"A:gone": None, "A:later": None}


def test_tr17_double_posting_is_found_by_its_number():
    once = backflush("A:1", "B:1", 10, event_id="E1")
    facts = plant(lots=[lot("A:1", 10), lot("B:1")], consumption=[once, once])

    graph = build_lot_graph(facts)
    rows = {row.item: row for row in balance_places(facts, trace_forward(graph, suspect("A:1")))}

    assert [gap.code for gap in graph.facts_gaps] == ["duplicate_event"]
    assert (rows["A"].consumed, rows["A"].unaccounted) == (Decimal(10), Decimal(0))


def test_tr18_issue_before_the_receipt_is_a_fact():
    facts = plant(
        lots=[lot("ACME/A:1", supplier="ACME", made=at(5)), lot("B:1", made=at(3))],
        receipts=[
            Receipt(
                plant="P",
                po=None,
                line=None,
                item="A",
                lot=key("ACME/A:1"),
                received=Decimal(100),
                accepted=None,
                rejected=None,
                received_at=at(5),
            )
        ],
        consumption=[use("ACME/A:1", "B:1", 2)],
    )

    assert classes(forward(facts, "ACME/A:1"))["B:1"] == "CONFIRMED"


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


def test_tr28_oven_batch_is_suspect_by_resource_and_time():
    def baked(name, start, end):
        return ResourceUse(
            plant="P",
            resource="OVEN",
            kind="oven",
            lot=key(name),
            work_order=None,
            start=at(start),
            end=at(end),
        )

    facts = plant(
        lots=[lot("B:1"), lot("B:2"), lot("B:3"), lot("C:2")],
        resource_uses=[baked("B:1", 1, 2), baked("B:2", 3, 6), baked("B:3", 9, 10)],
        consumption=[use("B:2", "C:2", 7)],
    )
    bad = disruption(equipment=("OVEN",), start=clock(4), end=clock(5))

    trace = trace_forward(build_lot_graph(facts), seed_lots(facts, bad))

    assert classes(trace) == {"B:2": "CONFIRMED", "C:2": "CONFIRMED"}
    assert [(step.type, step.key) for step in trace.path_to(key("C:2"))] == [
        ("cause", "D1"),
        ("equipment", "OVEN"),
        ("lot", "P/B/2"),
        ("lot", "P/C/2"),
    ]


def test_tr29_unknown_start_goes_back_to_the_last_passed_check():
    def checked(hours, *, passed):
        return Inspection(
            plant="P",
            at=at(hours),
            lot=None,
            work_order=None,
            seq=None,
            equipment="M1",
            tool=None,
            cavity=None,
            characteristic=None,
            value=None,
            passed=passed,
        )

    facts = plant(
        lots=[lot(f"B:{hour}", equipment="M1", made=at(hour)) for hour in (5, 7, 9, 12)],
        inspections=[checked(4, passed=True), checked(6, passed=True), checked(10, passed=False)],
    )

    seeds = seed_lots(facts, disruption(equipment=("M1",), end=clock(11)))

    assert [(seed.key.lot, seed.link_class.name) for seed in seeds.lots] == [
        ("7", "PROBABLE"),
        ("9", "PROBABLE"),
    ]
    assert [gap.code for gap in seeds.gaps] == ["window_start_unknown"]


def test_tr29_without_any_check_the_whole_history_is_possible():
    facts = plant(lots=[lot(f"B:{hour}", equipment="M1", made=at(hour)) for hour in (1, 7, 12)])

    seeds = seed_lots(facts, disruption(equipment=("M1",), end=clock(11)))

    assert [(seed.key.lot, seed.link_class.name) for seed in seeds.lots] == [
        ("1", "POSSIBLE"),
        ("7", "POSSIBLE"),
    ]


@pytest.mark.parametrize(
    ("out_of_b", "doubt_min", "expected"),
    [(11, 0, "CONFIRMED"), (9, 0, None), (9, 40, "POSSIBLE"), (10.5, 40, "POSSIBLE")],
)
def test_tr30_contradicting_clocks_leave_a_lot_possible(out_of_b, doubt_min, expected):
    facts = plant(
        doubt_s=doubt_min * 60,
        lots=[lot("A:1"), lot("B:1"), lot("C:1")],
        consumption=[use("A:1", "B:1", 10), use("B:1", "C:1", out_of_b)],
        receipts=[
            Receipt(
                plant="P",
                po=None,
                line=None,
                item="B",
                lot=key("B:1"),
                received=Decimal(100),
                accepted=None,
                rejected=None,
                received_at=at(1),
            )
        ],
    )

    assert classes(forward(facts, "A:1")).get("C:1") == expected


def test_tr30_lot_used_before_its_own_making_was_recorded_stays_possible():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", work_order="W"), lot("C:1")],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", "B:1", 10, work_order="W"), use("B:1", "C:1", 9)],
    )

    trace = forward(facts, "A:1")

    assert classes(trace)["C:1"] == "POSSIBLE"
    assert "contradictory_time" in {gap.code for gap in trace.gaps}


@pytest.mark.parametrize("made", [4, 6])
def test_tr31_lot_exactly_on_the_boundary_is_suspect(made):
    facts = plant(lots=[lot("B:1", equipment="M1", made=at(made))])

    seeds = seed_lots(facts, disruption(equipment=("M1",), start=clock(4), end=clock(6)))

    assert [seed.link_class.name for seed in seeds.lots] == ["CONFIRMED"]


def test_tr31_window_of_no_length_holds_its_instant():
    facts = plant(lots=[lot("B:1", equipment="M1", made=at(4))])

    seeds = seed_lots(facts, disruption(equipment=("M1",), start=clock(4), end=clock(4)))

    assert len(seeds.lots) == 1


def test_tr31_window_that_ends_before_it_starts_is_taken_as_any_time():
    facts = plant(lots=[lot("B:1", equipment="M1", made=at(40))])

    seeds = seed_lots(facts, disruption(equipment=("M1",), start=clock(6), end=clock(4)))

    assert [seed.link_class.name for seed in seeds.lots] == ["POSSIBLE"]
    assert [gap.code for gap in seeds.gaps] == ["invalid_interval"]


def test_tr32_repeated_clock_hour_leaves_the_order_possible():
    twice = at(1, until=3)
    facts = plant(
        lots=[lot("A:1"), lot("B:1"), lot("C:1")],
        consumption=[use("A:1", "B:1", twice), use("B:1", "C:1", 2)],
    )

    assert classes(forward(facts, "A:1"))["C:1"] == "POSSIBLE"


def test_tr36_everything_made_is_somewhere():
    facts = plant(
        lots=[lot("A:1", 100, work_order="W"), lot("B:1", 20)],
        work_orders=[work_order("W", "A", status="done")],
        consumption=[use("A:1", "B:1", 1, qty=20)],
        stock=[stock("A:1", 30), stock("A:1", 5, "transit"), stock("A:1", 3, "wip")],
        shipments=[ship("S1", "A:1", 2, qty=40), bring_back("R1", "A:1", 3, qty=4)],
        lot_events=[event("scrap", "A:1", None, 4, qty=2)],
    )

    row = next(row for row in balance_places(facts, forward(facts, "A:1")) if row.item == "A")

    assert (row.made, row.finished, row.transit, row.wip) == (100, 30, 5, 3)
    assert (row.customer, row.returned, row.scrap, row.consumed) == (36, 4, 2, 20)
    assert row.unaccounted == 4


def test_tr42_path_to_an_unknown_origin_says_so():
    facts = plant(
        items=[Item(item="B", kind="semi")],
        lots=[lot("B:opening", 40), lot("C:1")],
        consumption=[use("B:opening", "C:1", 1)],
    )

    trace = backward(facts, "C:1")

    assert [(gap.code, gap.where, gap.qty) for gap in trace.gaps] == [
        ("unknown_predecessor", "P/B/opening", Decimal(40))
    ]


def test_missing_consumption_makes_what_was_there_possible():
    facts = plant(
        items=[Item(item="A"), Item(item="B")],
        bom=[BomLine(plant=None, parent_item="B", component_item="A", qty_per=Decimal(2))],
        lots=[
            lot("A:there", 100, made=at(0)),
            lot("A:later", 100, made=at(50)),
            lot("B:1", 10, work_order="W", made=at(9)),
        ],
        work_orders=[work_order("W", "B", qty=10, status="done", planned_start=at(6))],
    )

    trace = forward(facts, "A:there")

    assert classes(trace)["B:1"] == "POSSIBLE"
    assert [(gap.code, gap.where, gap.qty) for gap in trace.gaps] == [
        ("missing_consumption", "W/A", Decimal("19.60"))
    ]
    assert classes(forward(facts, "A:later")) == {"A:later": "CONFIRMED"}


def test_part_of_the_consumption_missing_is_a_hole_too():
    facts = plant(
        items=[Item(item="A"), Item(item="B")],
        bom=[BomLine(plant=None, parent_item="B", component_item="A", qty_per=Decimal(2))],
        lots=[
            lot("A:1", made=at(0)),
            lot("A:2", made=at(0)),
            lot("B:1", 10, work_order="W", made=at(9)),
        ],
        work_orders=[work_order("W", "B", qty=10, status="done")],
        consumption=[use("A:1", "B:1", 8, qty=12, work_order="W")],
    )

    assert classes(forward(facts, "A:1"))["B:1"] == "CONFIRMED"
    assert classes(forward(facts, "A:2"))["B:1"] == "POSSIBLE"


def test_shipment_without_lot_may_have_carried_what_was_there():
    facts = plant(
        lots=[lot("A:1", made=at(0)), lot("A:2", made=at(0)), lot("A:late", made=at(30))],
        shipments=[replace(ship("S1", "A:1", 10), lot=None)],
    )

    trace = forward(facts, "A:2")
    hits = hit_shipments(facts, trace)

    assert [(hit.lot.lot, hit.link_class.name) for hit in hits] == [("2", "POSSIBLE")]
    assert ("shipment_without_lot", "S1", Decimal(10)) in {
        (gap.code, gap.where, gap.qty) for gap in trace.gaps
    }
    assert hit_shipments(facts, forward(facts, "A:late")) == ()


def test_open_work_order_without_output_is_work_in_progress():
    facts = plant(
        lots=[lot("A:1")],
        work_orders=[work_order("W", "B")],
        consumption=[use("A:1", None, 1, work_order="W", qty=25)],
    )

    trace = forward(facts, "A:1")
    row = balance_places(facts, trace)[0]

    assert trace.work_orders[wo("W")].link_class is LinkClass.CONFIRMED
    assert [step.type for step in trace.path_to_work_order(wo("W"))] == ["lot", "work_order"]
    assert (row.wip, row.consumed) == (Decimal(25), Decimal(0))
    assert trace.gaps == ()
