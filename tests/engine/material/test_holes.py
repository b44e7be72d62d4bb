"""What is listed where nobody recorded which lot was taken."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import (
    BomLine,
    Item,
    Requirement,
)
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.seeds import Seeds
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_forward
from tests.engine.material.build import (
    at,
    classes,
    clock,
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


def made_of(component, per_unit=1, **more):
    return BomLine(
        plant=None,
        parent_item="B",
        component_item=component,
        qty_per=Decimal(per_unit),
        **more,
    )


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


def test_path_through_a_hole_names_the_item_and_ends_at_the_shipment():
    facts = plant(
        bom=[made_of("A")],
        lots=[lot("A:1", made=at(0)), lot("B:1", 10, work_order="W", made=at(5))],
        work_orders=[work_order("W", "B", qty=10)],
        shipments=[ship("S1", "B:1", 9)],
    )

    path = forward(facts, "A:1").path_to_shipment(0)

    assert [(step.type, step.key, step.via, step.link_class.name) for step in path] == [
        ("lot", "P/A/1", "named", "CONFIRMED"),
        ("item", "A", "missing_consumption", "POSSIBLE"),
        ("lot", "P/B/1", "output", "POSSIBLE"),
        ("shipment", "S1", "shipped", "CONFIRMED"),
    ]
    assert (path[-1].at, path[-1].qty) == (clock(9), Decimal(10))


def test_path_to_a_by_product_names_the_run():
    facts = plant(
        lots=[
            lot("A:1"),
            lot("B:1", work_order="W", made=at(3)),
            lot("TRIM:1", work_order="W", made=at(3)),
        ],
        work_orders=[work_order("W", "B", status="done")],
        consumption=[use("A:1", "B:1", 1, work_order="W")],
    )

    path = forward(facts, "A:1").path_to(key("TRIM:1"))

    assert [(step.type, step.key) for step in path] == [
        ("lot", "P/A/1"),
        ("work_order", "W"),
        ("lot", "P/TRIM/1"),
    ]


def test_path_begins_at_the_way_in_which_the_lot_is_suspect():
    facts = plant(
        lots=[lot("A:1"), lot("B:1")],
        consumption=[use("A:1", "B:1", 5)],
    )
    sure = suspect("A:1", since=4).lots[0]
    early = replace(sure, tainted=at(3, until=6), via="doubtful")
    both = Seeds(lots=(sure, early))

    trace = trace_forward(build_lot_graph(facts), both)

    assert trace.path_to(key("B:1"))[0].via == "named"
