"""Ugly cases of what is not known: clocks, windows, missing records; named by their ids."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import (
    BomLine,
    Inspection,
    Item,
    Receipt,
    ResourceUse,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_forward
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
    name_of,
    plant,
    ship,
    stock,
    suspect,
    use,
    wo,
    work_order,
)

EVER = Span(-(1 << 61), -(1 << 61))


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

    trace = forward(facts, "ACME/A:1")

    assert classes(trace)["B:1"] == "CONFIRMED"
    assert [(gap.code, gap.where, gap.qty) for gap in trace.gaps] == [
        ("used_before_receipt", "ACME/A/1", Decimal(10))
    ]


@pytest.mark.parametrize(
    ("there", "expected"),
    [(0, {"A:late": "POSSIBLE"}), (8, {"A:there": "POSSIBLE", "A:late": "POSSIBLE"})],
    ids=["nothing was there", "too little was there"],
)
def test_tr18_receipt_that_was_posted_late_is_a_candidate_of_what_was_used_before(there, expected):
    known = [lot("A:late", 30, made=at(12)), lot("A:later", 30, made=at(20))]
    facts = plant(
        items=[Item(item="A"), Item(item="B")],
        bom=[BomLine(plant=None, parent_item="B", component_item="A", qty_per=Decimal(2))],
        lots=[
            *known,
            *([lot("A:there", there, made=at(1))] if there else []),
            lot("B:1", 10, work_order="W", made=at(9)),
        ],
        work_orders=[work_order("W", "B", qty=10, status="done", planned_start=at(6))],
    )

    names = [name_of(each.key) for each in facts.lots if each.key.item == "A"]
    found = {name: classes(forward(facts, name)).get("B:1") for name in names}

    assert {name: each for name, each in found.items() if each} == expected
    assert "used_before_receipt" in {gap.code for gap in forward(facts, "A:late").gaps}


def test_tr18_enough_stock_leaves_later_receipts_alone():
    facts = plant(
        items=[Item(item="A"), Item(item="B")],
        bom=[BomLine(plant=None, parent_item="B", component_item="A", qty_per=Decimal(2))],
        lots=[
            lot("A:there", 30, made=at(1)),
            lot("A:late", 30, made=at(12)),
            lot("B:1", 10, work_order="W", made=at(9)),
        ],
        work_orders=[work_order("W", "B", qty=10, status="done", planned_start=at(6))],
    )

    assert "B:1" not in classes(forward(facts, "A:late"))


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
