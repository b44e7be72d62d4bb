"""How each kind of record becomes a link, or stops being one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import (
    BomLine,
    ConsumptionKind,
    Item,
    OutsideMove,
    Requirement,
    UnitFactor,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.graph.register import build_register
from knockon.engine.graph.units import UnitTable
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_forward
from tests.engine.material.build import (
    at,
    backflush,
    backward,
    bring_back,
    classes,
    clock,
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

DAY = 24


def quantities(facts):
    return [(row.input.lot, row.qty) for row in build_register(facts).standing.consumption]


def made_of(component, per_unit=1, **more):
    return BomLine(
        plant=None,
        parent_item="B",
        component_item=component,
        qty_per=Decimal(per_unit),
        **more,
    )


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


# Holes


@pytest.mark.parametrize(
    ("requirement", "item", "expected"),
    [
        ({"required_qty": Decimal(10)}, Item(item="A"), "POSSIBLE"),
        ({"required_qty": Decimal(0)}, Item(item="A"), None),
        ({"required_qty": Decimal(10)}, Item(item="A", lot_controlled=False), None),
        ({"required_qty": Decimal(10)}, Item(item="A", kind="phantom"), None),
    ],
)
def test_requirement_without_consumption(requirement, item, expected):
    facts = plant(
        items=[item],
        lots=[lot("A:1", made=at(0)), lot("B:1", 10, work_order="W", made=at(5))],
        work_orders=[work_order("W", "B", qty=10)],
        requirements=[Requirement(work_order=wo("W"), component="A", **requirement)],
    )

    assert classes(forward(facts, "A:1")).get("B:1") == expected


def test_less_issued_to_a_work_order_than_its_lots_need():
    facts = plant(
        bom=[made_of("A")],
        lots=[
            lot("A:1", made=at(0)),
            lot("A:2", made=at(0)),
            lot("B:1", 50, work_order="W", made=at(5)),
        ],
        work_orders=[work_order("W", "B", qty=50, status="done")],
        consumption=[use("A:1", None, 1, qty=20, work_order="W")],
    )

    trace = forward(facts, "A:2")

    assert classes(trace)["B:1"] == "POSSIBLE"
    assert trace.gaps[0].qty == Decimal("29.00")


def test_alternates_and_other_revisions_are_no_hole():
    facts = plant(
        bom=[
            made_of("A", alternate_group="X"),
            made_of("D", alternate_group="X"),
            made_of("OLD", effective_to=clock(-100)),
            made_of("NEW", effective_from=clock(100)),
            made_of("BY", per_unit=-1),
        ],
        lots=[
            *(lot(f"{item}:1", made=at(-500)) for item in ("A", "D", "OLD", "NEW", "BY")),
            lot("B:1", 10, work_order="W", made=at(5)),
        ],
        work_orders=[work_order("W", "B", qty=10, planned_start=at(1))],
        consumption=[use("D:1", "B:1", 2, work_order="W")],
    )

    reached = {
        item: classes(forward(facts, f"{item}:1")).get("B:1")
        for item in ("A", "D", "OLD", "NEW", "BY")
    }

    assert reached == {"A": None, "D": "CONFIRMED", "OLD": None, "NEW": None, "BY": None}


def test_rework_needs_no_bill_of_material():
    facts = plant(
        bom=[made_of("A")],
        lots=[lot("A:1", made=at(0)), lot("B:1R", 10, work_order="R", made=at(5))],
        work_orders=[work_order("R", "B", qty=10, kind="rework")],
    )

    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}


def test_lot_from_nowhere_may_come_from_one_that_lacks_something():
    facts = plant(
        items=[Item(item="B", kind="semi")],
        lots=[
            lot("A:1"),
            lot("B:lacks", 100, made=at(1)),
            lot("B:whole", 100, made=at(1)),
            lot("B:nowhere", 40, made=at(5)),
        ],
        consumption=[use("A:1", "B:lacks", 1), use("A:1", "B:whole", 1)],
        stock=[stock("B:lacks", 60), stock("B:whole", 100), stock("B:nowhere", 40)],
    )

    assert classes(forward(facts, "B:lacks")).get("B:nowhere") == "POSSIBLE"
    assert classes(forward(facts, "B:whole")) == {"B:whole": "CONFIRMED"}


def test_lot_made_for_the_order_is_the_probable_one_of_a_shipment_without_lot():
    line = ship("S1", "A:1", 10, order="SO1")
    facts = plant(
        lots=[lot("A:1", made=at(0), work_order="W"), lot("A:2", made=at(0))],
        work_orders=[work_order("W", "A", order_line=line.order_line)],
        shipments=[replace(line, lot=None)],
    )

    found = {
        number: hit_shipments(facts, forward(facts, f"A:{number}"))[0].link_class.name
        for number in ("1", "2")
    }
    both = hit_shipments(facts, forward(facts, "A:1", "A:2"))

    assert found == {"1": "PROBABLE", "2": "POSSIBLE"}
    assert [(hit.lot.lot, hit.qty) for hit in both] == [("1", Decimal(10))]


# Packages


def test_pallet_of_boxes_holds_what_is_in_the_boxes():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("B:1")],
        lot_events=[
            event("aggregate", "A:1", ":BOX", 1, qty=5),
            event("aggregate", ":BOX", ":PALLET", 2),
            event("disaggregate", ":PALLET", None, 6),
        ],
        consumption=[use(":PALLET", "B:1", 4)],
        shipments=[ship("S1", ":PALLET", 3), ship("S2", None, 8, package="PALLET")],
    )

    trace = forward(facts, "A:1")

    assert classes(trace) == {"A:1": "CONFIRMED", "B:1": "CONFIRMED"}
    assert [step.via for step in trace.path_to(key("B:1"))] == ["named", "unpacked"]
    assert [(hit.impact.shipment, hit.qty) for hit in hit_shipments(facts, trace)] == [
        ("S1", Decimal(5))
    ]


def test_package_packed_at_a_doubtful_time_is_possible():
    facts = plant(
        lots=[lot("A:1")],
        lot_events=[event("aggregate", "A:1", ":BOX", 1, at=at(1, until=4))],
        shipments=[ship("S1", None, 3, package="BOX")],
    )

    (hit,) = hit_shipments(facts, forward(facts, "A:1"))
    row = balance_places(facts, forward(facts, "A:1"))[0]

    assert hit.link_class is LinkClass.POSSIBLE
    assert row.unaccounted == Decimal(100)


# Balance


def test_suspect_part_of_a_lot_is_balanced_on_its_own():
    facts = plant(
        lots=[lot("A:1"), lot("A:2", 30), lot("A:3")],
        lot_events=[
            event("split", "A:1", "A:2", 1, qty=30),
            event("merge", "A:2", "A:3", 2, qty=10),
        ],
        stock=[stock("A:2", 20), stock("A:3", 110, "customer")],
    )

    part = balance_places(facts, forward(facts, "A:2"))
    all_of_it = balance_places(facts, forward(facts, "A:1"))

    assert [(row.made, row.finished, row.unaccounted) for row in part] == [(30, 20, -100)]
    assert [(row.made, row.customer, row.unaccounted) for row in all_of_it] == [(100, 110, -30)]


def test_transfer_under_way_is_in_transit_and_a_return_is_back():
    facts = plant(
        lots=[lot("A:1", supplier="ACME")],
        shipments=[ship("S1", "A:1", 1, qty=60), bring_back("R1", "A:1", 2, qty=60)],
        stock=[stock("A:1", 40, "subcontractor"), stock("A:1", 60, "raw")],
    )

    (row,) = balance_places(facts, forward(facts, "A:1"))

    assert (row.received, row.subcontractor, row.raw) == (100, 40, 60)
    assert (row.customer, row.returned, row.unaccounted) == (0, 60, 0)


# Units


def test_units_convert_there_and_back_exactly_and_by_way_of_others():
    table = UnitTable(
        [Item(item="A", uom="pcs")],
        [
            UnitFactor(item="A", from_uom="box", to_uom="pcs", factor=Decimal(12)),
            UnitFactor(item="A", from_uom="pallet", to_uom="box", factor=Decimal(7)),
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal("0.3")),
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal("0.5"), lot="L1"),
            UnitFactor(item="A", from_uom="bad", to_uom="pcs", factor=Decimal(0)),
        ],
    )

    def convert(qty, uom, to, **more):
        return table.convert(Decimal(qty), item="A", uom=uom, to=to, **more)

    assert convert(2, "pallet", None) == Decimal(168)
    assert convert(convert(1, "pcs", "pallet"), "pallet", "pcs") == pytest.approx(Decimal(1))
    assert convert(10, "kg", "pcs") == Decimal(3)
    assert convert(10, "kg", "pcs", lot="L1") == Decimal(5)
    assert convert(1, "bad", "pcs") is None
    assert convert(1, None, "pcs") == Decimal(1)


def test_factor_counts_from_the_day_it_is_in_force():
    table = UnitTable(
        [Item(item="A", uom="pcs")],
        [
            UnitFactor(item="A", from_uom="kg", to_uom="pcs", factor=Decimal(10)),
            UnitFactor(
                item="A", from_uom="kg", to_uom="pcs", factor=Decimal(20), effective_from=clock(5)
            ),
        ],
    )

    found = [
        table.convert(Decimal(1), item="A", uom="kg", to="pcs", at=clock(hour)) for hour in (1, 9)
    ]

    assert found == [Decimal(10), Decimal(20)]


def test_no_seed_reaches_nothing():
    trace = trace_forward(build_lot_graph(plant(lots=[lot("A:1")])), suspect())

    assert (trace.lots, trace.shipments, dict(trace.work_orders), trace.gaps) == ((), (), {}, ())
    assert trace.path_to(key("A:1")) == ()
    assert trace.path_to_shipment(0) == ()
    assert trace.lot(key("A:1")) is None
