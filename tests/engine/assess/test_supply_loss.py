"""What late, missing and unknown supply does to order lines."""

from dataclasses import fields, replace
from decimal import Decimal
from random import Random

import pytest

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    BomLine,
    Item,
    OrderLineKey,
    PlantFacts,
    RoutingStep,
)
from knockon.domain.impact import Effect
from knockon.domain.impact_document import render, to_bytes
from knockon.domain.links import LinkClass
from knockon.engine.impact import why
from knockon.engine.impact.reasoning import UnknownOrderLine
from tests.engine.assess.goods import (
    bought_part,
    one_order,
    stock,
)
from tests.engine.delay.plants import (
    PLANT,
    answer,
    at,
    hit,
    hit_orders,
    later,
    make,
    op,
    order,
    plant,
    stopped,
    trouble,
)


def test_late_supplier_holds_up_what_waits_for_the_delivery() -> None:
    late = trouble(DisruptionKind.SUPPLIER, supplier="S1", end=at(30))

    impact = answer(bought_part(), late)
    row = hit(impact, "SO")

    assert later(impact) == {"A/10": 27}
    assert (row.effects, row.new_finish) == ((Effect.LATE,), at(32))
    assert row.link_class is LinkClass.PROBABLE
    assert [step.key for step in row.path] == ["D1", "PO1/1", "A/10", "SO/1", "K1"]


def test_late_delivery_that_still_comes_in_time_hits_nobody() -> None:
    slightly_late = trouble(DisruptionKind.SUPPLIER, supplier="S1", end=at(2.5))

    assert answer(bought_part(), slightly_late).orders == ()


def test_purchase_order_that_does_not_come_leaves_short() -> None:
    lost = trouble(DisruptionKind.MATERIAL, purchase_order="PO1")

    row = hit(answer(bought_part(), lost), "SO")

    assert (row.effects, row.qty_short) == ((Effect.SHORT,), 10)


def test_missing_quantity_takes_what_is_free_first() -> None:
    facts = plant(
        items=(Item(item="F"),),
        order_lines=(order("SO1", due=10), order("SO2", due=20)),
        stock=(stock("F", 25, "L1"),),
    )

    few = answer(facts, trouble(DisruptionKind.MATERIAL, item="F", qty=Decimal(5)))
    more = answer(facts, trouble(DisruptionKind.MATERIAL, item="F", qty=Decimal(8)))

    assert few.orders == ()
    assert [(row.item, row.qty_at_risk) for row in few.unpegged] == [("F", 5)]
    assert hit_orders(more) == {"SO2": ("SHORT",)}
    assert hit(more, "SO2").qty_short == 3
    assert more.unpegged[0].first_open_order == OrderLineKey(PLANT, "SO2", "1")


def test_changed_order_is_that_order_alone() -> None:
    facts = plant(order_lines=(order("SO1"), order("SO2")))

    impact = answer(facts, trouble(DisruptionKind.CUSTOMER, order="SO1"))

    assert hit_orders(impact) == {"SO1": ()}
    assert [step.key for step in hit(impact, "SO1").path] == ["D1", "SO1/1", "K1"]


def test_late_work_that_serves_no_order_is_a_row_of_its_own() -> None:
    facts = plant(
        order_lines=(order("SO", qty=6, due=50),),
        work_orders=(make("A", qty=10),),
        operations=(op("A", 10, "M1", 1, 2),),
    )

    impact = answer(facts, stopped("M1", hours=10))

    assert [(row.item, row.qty_at_risk, row.first_open_order) for row in impact.unpegged] == [
        ("F", 4, None)
    ]


def test_why_names_what_was_checked() -> None:
    facts = one_order(
        order_lines=(order("SO", due=17), order("SAFE", due=40)),
        work_orders=(make("A", order="SO"), make("B", order="SAFE")),
        operations=(op("A", 10, "M1", 8, 10), op("B", 10, "M2", 8, 10)),
    )
    impact = answer(facts, stopped("M1", hours=12))

    struck = why(facts, impact, OrderLineKey(PLANT, "SO", "1"))
    safe = why(facts, impact, OrderLineKey(PLANT, "SAFE", "1"))

    assert struck.is_hit
    assert struck.row == hit(impact, "SO")
    assert not safe.is_hit
    assert [check.code for check in safe.checks] == [
        "no_suspect_lots",
        "served_by_timely_work",
        "must_leave_by",
    ]
    assert [check.code for check in struck.checks][1] == "served_by_late_work"


def test_why_refuses_an_order_that_nobody_knows() -> None:
    facts = one_order()
    impact = answer(facts, stopped("M1"))

    with pytest.raises(UnknownOrderLine):
        why(facts, impact, OrderLineKey(PLANT, "NONE", "1"))


def shuffled(facts: PlantFacts, chance: Random) -> PlantFacts:
    tables = {
        field.name: tuple(
            chance.sample(getattr(facts, field.name), len(getattr(facts, field.name)))
        )
        for field in fields(facts)
        if field.name != "snapshot"
    }
    return replace(facts, **tables)


def test_answer_does_not_depend_on_the_order_of_rows() -> None:
    facts = plant(
        order_lines=tuple(order(f"SO{number}", due=10 + number % 3) for number in range(9)),
        work_orders=tuple(make(f"W{number}", qty=7) for number in range(12)),
        operations=tuple(
            op(f"W{number}", 10, f"M{number % 2}", number, number + 1) for number in range(12)
        ),
        stock=(stock("F", 5, "L1"), stock("F", 5, "L2")),
    )
    first = to_bytes(render(answer(facts, stopped("M1")), elapsed_ms=0))

    again = {
        to_bytes(render(answer(shuffled(facts, Random(seed)), stopped("M1")), elapsed_ms=0))
        for seed in range(5)
    }

    assert again == {first}


def test_plant_without_work_orders_is_answered_by_routing_and_bill_of_materials() -> None:
    facts = plant(
        order_lines=(order("SO1", due=99), order("SO2", item="G", due=99)),
        bom=(BomLine(plant=None, parent_item="F", component_item="C", qty_per=Decimal(1)),),
        routings=(RoutingStep(plant=None, item="C", seq=10, operation="CUT", equipment="M1"),),
    )

    impact = answer(facts, stopped("M1"))

    assert hit_orders(impact) == {"SO1": ("MOVED",)}
    assert hit(impact, "SO1").link_class is LinkClass.POSSIBLE
    assert [step.key for step in hit(impact, "SO1").path] == ["D1", "M1", "C", "SO1/1", "K1"]
    assert [(gap.code, gap.where) for gap in impact.gaps] == [("no_work_orders", "P1")]


@pytest.mark.parametrize(
    ("kind", "scope", "code"),
    [
        (DisruptionKind.EQUIPMENT, {"equipment": ("M9",)}, "unknown_equipment"),
        (DisruptionKind.TOOL, {"tool": "T9"}, "unknown_tool"),
        (DisruptionKind.SUPPLIER, {"supplier": "S9"}, "unknown_supplier"),
        (DisruptionKind.MATERIAL, {"purchase_order": "PO9"}, "unknown_purchase_order"),
        (DisruptionKind.CUSTOMER, {"order": "SO9"}, "unknown_order"),
    ],
)
def test_name_that_nobody_knows_is_a_gap(
    kind: DisruptionKind, scope: dict[str, object], code: str
) -> None:
    impact = answer(one_order(), trouble(kind, **scope))

    assert code in [gap.code for gap in impact.gaps]
    assert impact.orders == ()
