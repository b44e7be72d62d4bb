"""What is listed where nobody recorded which lot was taken."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import (
    BomLine,
    Item,
    Requirement,
)
from knockon.engine.impact.shipments import hit_shipments
from tests.engine.material.build import (
    at,
    classes,
    clock,
    forward,
    lot,
    plant,
    ship,
    stock,
    use,
    wo,
    work_order,
)

DAY = 24


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
