"""Ways out that bring something here: material, components, working hours."""

from datetime import time
from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    CalendarKind,
    CalendarRule,
    EquipmentKey,
    Item,
    Lever,
    PlantFacts,
    PurchaseOrder,
    Stock,
    Transfer,
)
from knockon.domain.impact import WayOut
from tests.engine.delay.plants import (
    PLANT,
    answer,
    hit,
    lot,
    machine,
    make,
    moment,
    need,
    op,
    order,
    plant,
    stopped,
    trouble,
)
from tests.engine.delay.plants import at as hour


def ways(facts: PlantFacts, disruption: object) -> dict[tuple[str, str], WayOut]:
    row = hit(answer(facts, disruption), "A")
    return {(way.kind, way.target): way for way in row.ways_out}


def codes(way: WayOut) -> list[str]:
    return [check.code for check in way.checks]


def bought(*levers: Lever) -> PlantFacts:
    """Return two hours of work from hour 4 on, for which material comes at hour 3; due at 12."""
    return plant(
        work_orders=(make("W", order="A"),),
        operations=(op("W", 10, "M1", 4, 6),),
        requirements=(need("W", "C", 10),),
        order_lines=(order("A", due=12),),
        purchase_orders=(
            PurchaseOrder(
                plant=PLANT,
                po="PO1",
                line="1",
                supplier="S1",
                item="C",
                qty=Decimal(10),
                due=moment(3),
            ),
        ),
        levers=levers,
    )


LATE = trouble(DisruptionKind.SUPPLIER, supplier="S1", end=hour(30))


def test_express_from_the_supplier_counts_back_from_when_work_must_begin() -> None:
    lever = Lever(
        plant=PLANT,
        kind="expedite",
        supplier="S1",
        lead_time_h=Decimal(3),
        fixed_cost=Decimal(900),
    )
    way = ways(bought(lever), LATE)["expedite", "S1"]

    assert way.latest_at == hour(12 - 2 - 3)
    assert way.cost == Decimal(900)


def test_express_that_takes_too_long_is_past() -> None:
    lever = Lever(plant=PLANT, kind="expedite", supplier="S1", lead_time_h=Decimal(11))
    way = ways(bought(lever), LATE)["expedite", "S1"]

    assert way.latest_at is None
    assert codes(way)[-1] == "way_too_late"


def test_express_from_another_supplier_is_no_way_out() -> None:
    lever = Lever(plant=PLANT, kind="expedite", supplier="S2", lead_time_h=Decimal(3))

    assert ("expedite", "S2") not in ways(bought(lever), LATE)


def component(free: int) -> PlantFacts:
    """Return a component made on M1 for an order due at 14, and some of it in another plant."""
    return plant(
        work_orders=(make("P", order="A"), make("C1", item="C", parent_work_order="P")),
        operations=(op("C1", 10, "M1", 1, 5), op("P", 10, "M2", 5, 7)),
        requirements=(need("P", "C", 10, supplied_by="C1"),),
        order_lines=(order("A", due=14),),
        stock=(Stock(plant="P2", item="C", lot=None, place="finished", qty=Decimal(free)),),
        transfers=(
            Transfer(
                from_plant="P2",
                to_plant=PLANT,
                lot=lot("C", "X"),
                qty=Decimal(5),
                sent=moment(-30),
                received=moment(-27),
            ),
        ),
    )


def test_stock_of_a_component_takes_the_place_of_the_work_that_stands_still() -> None:
    way = ways(component(free=12), stopped("M1", hours=20))["stock", "P2"]

    # Two hours on M2 before hour 14, three on the road.
    assert way.latest_at == hour(14 - 2 - 3)


def test_too_little_of_a_component_is_not_proposed() -> None:
    way = ways(component(free=9), stopped("M1", hours=20))["stock", "P2"]

    assert way.latest_at is None
    assert "way_stock_too_little" in codes(way)


def day_shift(*more: CalendarRule) -> PlantFacts:
    """Return work that a stop pushes over the end of M2's day, at hour 16; due at hour 19."""
    rules = tuple(
        CalendarRule(
            equipment=EquipmentKey(PLANT, "HALL"),
            weekday=weekday,
            day=None,
            start=time(6),
            end=time(16),
        )
        for weekday in range(1, 8)
    )
    return plant(
        equipment=(machine("HALL"), machine("M1"), machine("M2", parent="HALL")),
        calendars=(*rules, *more),
        work_orders=(make("W", order="A"),),
        operations=(op("W", 10, "M1", 1, 5), op("W", 20, "M2", 6, 9)),
        order_lines=(order("A", due=19),),
        levers=(
            Lever(
                plant=PLANT,
                kind="overtime",
                equipment="HALL",
                cost_per_hour=Decimal(600),
                limit=Decimal(4),
                lead_time_h=Decimal(2),
            ),
        ),
    )


def test_overtime_is_decided_before_people_leave() -> None:
    way = ways(day_shift(), stopped("M1", hours=10))["overtime", "HALL"]

    # M1 works from 10 to 14, M2 from 14 to 16 and then one hour more; two hours of notice.
    assert way.latest_at == hour(14)
    assert way.cost == Decimal(600)


def test_maintenance_is_no_overtime() -> None:
    rest = CalendarRule(
        equipment=EquipmentKey(PLANT, "HALL"),
        weekday=1,
        day=None,
        start=time(16),
        end=time(20),
        kind=CalendarKind.MAINTENANCE,
    )
    way = ways(day_shift(rest), stopped("M1", hours=10))["overtime", "HALL"]

    assert way.latest_at is None
    assert codes(way) == ["way_not_enough"]


def test_a_safety_stock_that_is_used_is_said_so() -> None:
    facts = plant(
        items=(Item(item="F", safety_stock=Decimal(25)), Item(item="C")),
        work_orders=(make("W", order="A"),),
        operations=(op("W", 10, "M1", 1, 5),),
        order_lines=(order("A", due=9),),
        stock=(Stock(plant=PLANT, item="F", lot=None, place="finished", qty=Decimal(30)),),
    )
    way = ways(facts, stopped("M1", hours=20))["stock", PLANT]

    assert way.latest_at == hour(9)
    assert way.checks[-1].code == "way_uses_safety_stock"
    assert way.checks[-1].params["qty"] == "5"
