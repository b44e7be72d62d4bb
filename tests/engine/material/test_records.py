"""How each kind of record becomes a link, or stops being one."""

from decimal import Decimal

from knockon.domain.facts import (
    ConsumptionKind,
    OutsideMove,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.graph.register import build_register
from knockon.engine.impact.places import balance_places
from tests.engine.material.build import (
    at,
    backflush,
    backward,
    classes,
    event,
    forward,
    key,
    lot,
    plant,
    use,
    wo,
    work_order,
)

DAY = 24


def quantities(facts):
    return [(row.input.lot, row.qty) for row in build_register(facts).standing.consumption]


# Corrections


def test_correction_takes_the_place_of_the_consumption_it_names():
    facts = plant(
        lots=[lot("A:wrong"), lot("A:right"), lot("B:1")],
        consumption=[use("A:wrong", "B:1", 1, event_id="E1", qty=10)],
        lot_events=[event("correct", "A:right", "B:1", 9, corrects="E1", qty=12)],
    )

    # The correction names the lot that was really taken, so the wrong lot keeps its number.
    assert classes(forward(facts, "A:right"))["B:1"] == "CONFIRMED"
    assert classes(forward(facts, "A:wrong")) == {"A:wrong": "CONFIRMED"}
    assert quantities(facts) == [("right", Decimal(12))]


def test_correction_of_a_correction_counts_last():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("A:3"), lot("B:1")],
        lot_events=[
            event("split", "A:1", "B:1", 1, event_id="E1"),
            event("correct", "A:2", None, 2, event_id="E2", corrects="E1"),
            event("correct", "A:3", None, 3, event_id="E3", corrects="E2"),
        ],
    )

    assert set(classes(backward(facts, "B:1"))) == {"B:1", "A:3"}


def test_reversed_correction_leaves_the_first_record():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("B:1")],
        lot_events=[
            event("split", "A:1", "B:1", 1, event_id="E1"),
            event("correct", "A:2", None, 2, event_id="E2", corrects="E1"),
            event("reverse", "A:2", None, 3, event_id="E3", corrects="E2"),
        ],
    )

    assert set(classes(backward(facts, "B:1"))) == {"B:1", "A:1"}


def test_reversals_that_reverse_each_other_leave_the_record_standing():
    facts = plant(
        lots=[lot("A:1"), lot("A:2")],
        lot_events=[
            event("split", "A:1", "A:2", 1, event_id="E1"),
            event("reverse", "A:1", None, 2, event_id="E2", corrects="E3"),
            event("reverse", "A:1", None, 3, event_id="E3", corrects="E2"),
        ],
    )

    assert set(classes(forward(facts, "A:1"))) == {"A:1", "A:2"}


def test_one_number_for_two_different_records_keeps_both_and_says_so():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("B:1")],
        consumption=[
            use("A:1", "B:1", 1, event_id="E1"),
            use("A:2", "B:1", 1, event_id="E1"),
            use("A:2", "B:1", 2, event_id="", qty=3),
        ],
    )

    graph = build_lot_graph(facts)

    assert [gap.code for gap in graph.facts_gaps] == ["event_id_conflict"]
    assert quantities(facts) == [("1", Decimal(10)), ("2", Decimal(10)), ("2", Decimal(3))]


# Returns


def test_return_of_a_part_lowers_the_newest_use_of_that_output():
    facts = plant(
        consumption=[
            use("A:1", "B:1", 1, qty=10, work_order="W"),
            use("A:1", "B:1", 2, qty=10, work_order="W"),
            use("A:1", "B:1", 3, qty=-4, work_order="W"),
        ]
    )

    rows = build_register(facts).standing.consumption
    assert {row.at: row.qty for row in rows} == {at(1): Decimal(10), at(2): Decimal(6)}


def test_return_known_by_work_order_only_frees_no_single_lot():
    facts = plant(
        consumption=[
            use("A:1", "B:1", 1, qty=10, work_order="W"),
            use("A:1", "B:2", 1, qty=10, work_order="W"),
            use("A:1", None, 3, qty=-4, work_order="W"),
        ]
    )

    assert quantities(facts) == [("1", Decimal(10)), ("1", Decimal(10))]


def test_return_of_everything_by_work_order_frees_all_its_lots():
    facts = plant(
        consumption=[
            use("A:1", "B:1", 1, qty=10, work_order="W"),
            use("A:1", "B:2", 1, qty=10, work_order="W"),
            use("A:1", None, 3, qty=20, work_order="W", kind=ConsumptionKind.RETURN),
        ]
    )

    assert quantities(facts) == []


def test_return_in_a_unit_nobody_can_convert_frees_nothing():
    facts = plant(
        consumption=[
            use("A:1", "B:1", 1, qty=10, uom="kg", work_order="W"),
            use("A:1", "B:1", 3, qty=-10, uom="roll", work_order="W"),
        ]
    )

    graph = build_lot_graph(facts)

    assert quantities(facts) == [("1", Decimal(10))]
    assert [gap.code for gap in graph.facts_gaps] == ["unit_unknown"]


# Times


def test_days_in_order_are_confirmed_and_one_day_is_probable():
    facts = plant(
        lots=[lot("A:1"), lot("B:1"), lot("C:same"), lot("C:next")],
        consumption=[
            use("A:1", "B:1", at(0, until=DAY)),
            use("B:1", "C:same", at(0, until=DAY)),
            use("B:1", "C:next", at(DAY, until=2 * DAY)),
        ],
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == {
        "A:1": "CONFIRMED",
        "B:1": "CONFIRMED",
        "C:next": "CONFIRMED",
        "C:same": "PROBABLE",
    }
    assert {gap.code for gap in trace.gaps} == {"date_only"}


def test_consumption_without_a_time_is_no_later_than_its_lot():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", made=at(5)), lot("C:1")],
        consumption=[use("A:1", "B:1", None), use("B:1", "C:1", 6)],
    )

    trace = forward(facts, "A:1")

    assert classes(trace)["C:1"] == "CONFIRMED"
    assert [gap.code for gap in trace.gaps] == ["no_time"]


def test_consumption_without_any_time_is_followed_as_probable():
    facts = plant(
        lots=[lot("A:1"), lot("B:1"), lot("C:1")],
        consumption=[use("A:1", "B:1", None, work_order="W"), use("B:1", "C:1", 6)],
    )

    assert classes(forward(facts, "A:1"))["C:1"] == "PROBABLE"


def test_parent_named_by_the_lot_itself():
    facts = plant(
        lots=[
            lot("A:1", made=at(0)),
            lot("A:1a", parent_lot="1", made=at(3)),
            lot("B:9", parent_lot="1a"),
            lot("B:8", parent_lot="ghost"),
        ]
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == {"A:1": "CONFIRMED", "A:1a": "CONFIRMED", "B:9": "PROBABLE"}
    assert [(gap.code, gap.where) for gap in trace.gaps] == [("no_time", "P/B/9")]


# Work orders


def test_issue_after_all_output_contradicts_and_reaches_it_still():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", work_order="W", made=at(5))],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", None, 9, work_order="W")],
    )

    assert classes(forward(facts, "A:1"))["B:1"] == "PROBABLE"


def test_second_issue_does_not_reach_what_was_made_before_it():
    facts = plant(
        lots=[
            lot("A:1"),
            lot("A:2"),
            lot("B:1", work_order="W", made=at(5)),
            lot("B:2", work_order="W", made=at(15)),
        ],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", None, 1, work_order="W"), use("A:2", None, 9, work_order="W")],
    )

    assert set(classes(forward(facts, "A:1"))) == {"A:1", "B:1", "B:2"}
    assert set(classes(forward(facts, "A:2"))) == {"A:2", "B:2"}


def test_lot_only_begun_leaves_its_work_order_in_progress():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", None, work_order="W")],
        work_orders=[work_order("W", "B")],
        consumption=[use("A:1", "B:1", 1, work_order="W")],
    )

    trace = forward(facts, "A:1")

    assert trace.work_orders[wo("W")].link_class is LinkClass.CONFIRMED
    assert trace.work_orders[wo("W")].tainted == at(1)
    assert [(step.type, step.key) for step in trace.path_to_work_order(wo("W"))] == [
        ("lot", "P/A/1"),
        ("lot", "P/B/1"),
        ("work_order", "W"),
    ]
    assert trace.path_to_work_order(wo("OTHER")) == ()


def test_backflush_into_a_work_order():
    facts = plant(
        lots=[lot("A:1", made=at(0)), lot("B:1", work_order="W", made=at(5))],
        work_orders=[work_order("W", "B")],
        consumption=[backflush("A:1", None, 9, work_order="W")],
    )

    assert classes(forward(facts, "A:1"))["B:1"] == "POSSIBLE"


def test_material_at_a_subcontractor_goes_into_what_comes_back():
    def move(name, direction, hours):
        return OutsideMove(
            plant="P",
            po="PO1",
            work_order="W",
            seq=None,
            lot=key(name),
            qty=Decimal(40),
            direction=direction,
            at=at(hours),
            supplier="ACME",
            due=None,
        )

    facts = plant(
        lots=[lot("A:1"), lot("B:1", made=at(9)), lot("C:1", work_order="W")],
        work_orders=[work_order("W", "B", kind="subcontract")],
        outside_moves=[
            move("A:1", "out", 1),
            move("B:1", "in", 9),
            move("C:1", "out", 1),
        ],
    )

    trace = forward(facts, "A:1")
    row = next(row for row in balance_places(facts, trace) if row.item == "A")

    assert classes(trace) == {"A:1": "CONFIRMED", "B:1": "POSSIBLE", "C:1": "POSSIBLE"}
    assert row.subcontractor == Decimal(40)


def test_material_taken_for_nobody_knows_what_is_a_gap():
    facts = plant(lots=[lot("A:1")], consumption=[use("A:1", None, 1, qty=7)])

    trace = forward(facts, "A:1")

    assert [(gap.code, gap.where, gap.qty) for gap in trace.gaps] == [
        ("unknown_destination", "P/A/1", Decimal(7))
    ]


def test_issue_to_a_work_order_nobody_described_is_work_in_progress():
    facts = plant(lots=[lot("A:1")], consumption=[use("A:1", None, 1, work_order="GHOST")])

    assert list(forward(facts, "A:1").work_orders) == [wo("GHOST")]
