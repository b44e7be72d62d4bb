"""What becomes of order lines, by kind of disruption and by effect."""

from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind, RepairBasis
from knockon.domain.facts import (
    Customer,
    DueKind,
    Item,
    Lot,
    ShipmentKind,
)
from knockon.domain.impact import Effect
from knockon.domain.links import LinkClass
from tests.engine.assess.goods import (
    allocated,
    bad_lot,
    one_order,
    purchase,
    shipped,
    stock,
    truck,
)
from tests.engine.delay.plants import (
    answer,
    at,
    day,
    hit,
    hit_orders,
    later,
    lot,
    make,
    moment,
    need,
    op,
    order,
    plant,
    stopped,
    trouble,
)


def test_missed_truck_is_late_by_the_next_one() -> None:
    facts = one_order(ship_calendars=truck(12))

    impact = answer(facts, stopped("M1", hours=12))
    row = hit(impact, "SO")

    assert row.effects == (Effect.LATE,)
    assert (row.old_finish, row.new_finish) == (at(10), at(14))
    assert (row.old_ship, row.new_ship) == (at(12), at(36))
    assert row.late_s == (36 - 17) * 3600
    assert (row.qty_at_risk, row.qty_on_time) == (10, 0)
    assert row.value_at_risk == 25


def test_same_truck_is_moved_and_nothing_is_at_risk() -> None:
    facts = one_order(ship_calendars=truck(16))

    row = hit(answer(facts, stopped("M1", hours=12)), "SO")

    assert row.effects == (Effect.MOVED,)
    assert (row.old_ship, row.new_ship, row.late_s) == (at(16), at(16), None)
    assert (row.qty_at_risk, row.qty_on_time) == (0, 10)


def test_later_truck_that_is_still_in_time_is_moved() -> None:
    facts = one_order(order_lines=(order("SO", due=60),), ship_calendars=truck(12))

    assert hit(answer(facts, stopped("M1", hours=12)), "SO").effects == (Effect.MOVED,)


def test_without_trucks_goods_leave_when_they_are_ready() -> None:
    row = hit(answer(one_order(), stopped("M1", hours=16)), "SO")

    assert (row.effects, row.new_ship, row.late_s) == ((Effect.LATE,), at(18), 3600)


def test_post_processing_comes_before_the_truck() -> None:
    facts = one_order(items=(Item(item="F", post_lead_s=3 * 3600),), ship_calendars=truck(12))

    row = hit(answer(facts, stopped("M1", hours=12)), "SO")

    assert (row.old_ship, row.new_ship) == (at(36), at(36))


def test_customers_own_truck_outranks_the_plants() -> None:
    facts = one_order(ship_calendars=(*truck(12), *truck(15, customer="K1")))

    row = hit(answer(facts, stopped("M1", hours=12)), "SO")

    assert (row.effects, row.new_ship) == ((Effect.MOVED,), at(15))


def test_promise_outranks_the_due_time() -> None:
    facts = one_order(order_lines=(order("SO", due=11, promised=moment(30)),))

    assert hit(answer(facts, stopped("M1", hours=12)), "SO").effects == (Effect.MOVED,)


def test_arrival_due_counts_the_way_there() -> None:
    facts = one_order(
        order_lines=(order("SO", due=24 + 13, due_kind=DueKind.ARRIVE),),
        ship_calendars=truck(12, transit="1"),
    )

    row = hit(answer(facts, stopped("M1", hours=12)), "SO")

    assert (row.effects, row.late_s) == ((Effect.LATE,), (36 - 13) * 3600)


def test_date_only_due_is_that_days_truck_and_no_doubt() -> None:
    facts = one_order(order_lines=(order("SO", due_moment=day(0)),), ship_calendars=truck(12))

    in_time = answer(facts, stopped("M1", hours=9))
    too_late = answer(facts, stopped("M1", hours=12))

    assert hit(in_time, "SO").effects == (Effect.MOVED,)
    assert hit(too_late, "SO").effects == (Effect.LATE,)
    assert hit(too_late, "SO").link_class is LinkClass.CONFIRMED
    assert hit(too_late, "SO").due_at == at(12)


def test_line_is_ready_with_its_last_work_order() -> None:
    facts = plant(
        order_lines=(order("SO", qty=20, due=50),),
        work_orders=(make("A", order="SO"), make("B", order="SO")),
        operations=(op("A", 10, "M1", 1, 2), op("B", 10, "M2", 20, 30)),
    )

    impact = answer(facts, stopped("M1", hours=10))

    assert later(impact) == {"A/10": 9}
    assert impact.orders == ()


def test_recorded_part_of_a_line_alone_confirms_nothing() -> None:
    facts = plant(
        order_lines=(order("SO", qty=20, due=50),),
        work_orders=(make("A", order="SO"), make("B")),
        operations=(op("A", 10, "M1", 1, 2), op("B", 10, "M2", 1, 2)),
    )

    row = hit(answer(facts, stopped("M1", hours=10)), "SO")

    assert row.link_class is LinkClass.PROBABLE


def test_rows_are_sorted_by_effect_tier_lateness_value_and_key() -> None:
    numbers = ("A1", "A2", "B1", "C1", "D1")
    facts = plant(
        customers=(
            Customer(customer="K1", tier="A"),
            Customer(customer="K2", tier="B"),
        ),
        order_lines=(
            order("A1", due=8, customer="K2"),
            order("A2", due=7, customer="K2"),
            order("B1", due=8, customer="K1"),
            order("C1", due=99, customer="K1"),
            order("D1", due=8, customer="K2", unit_price=Decimal(9)),
        ),
        work_orders=tuple(make(f"W{number}", order=number) for number in numbers),
        operations=tuple(op(f"W{number}", 10, f"M{number}", 0, 1) for number in numbers),
    )
    power_cut = trouble(
        DisruptionKind.AREA, equipment=tuple(f"M{number}" for number in numbers), repair_s=36000
    )

    impact = answer(facts, power_cut)

    assert [row.key.order for row in impact.orders] == ["B1", "A2", "D1", "A1", "C1"]
    assert [(row.customer, row.orders) for row in impact.customers] == [("K1", 2), ("K2", 3)]


def test_held_lot_is_suspect_and_leaves_its_order_short() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        stock=(stock("F", 10, "L1"),),
        allocations=(allocated("SO", "L1"),),
    )

    impact = answer(facts, bad_lot("L1"))
    row = hit(impact, "SO")

    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.SHORT)
    assert row.link_class is LinkClass.CONFIRMED
    assert (row.qty_short, row.qty_at_risk, row.qty_on_time) == (10, 10, 0)
    assert [step.key for step in row.path] == ["D1", "P1/F/L1", "SO/1", "K1"]
    assert (impact.repair_s, impact.repair_basis) == (None, RepairBasis.NOT_APPLICABLE)


def test_surplus_counts_before_anything_is_short() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        lots=(
            Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),
            Lot(key=lot("F", "L2"), qty=Decimal(6), made=moment(-9)),
        ),
        stock=(stock("F", 10, "L1"), stock("F", 6, "L2")),
        allocations=(allocated("SO", "L1"),),
    )

    row = hit(answer(facts, bad_lot("L1")), "SO")

    assert (row.qty_short, row.qty_on_time) == (4, 6)


def test_replacement_that_comes_too_late_is_late() -> None:
    facts = plant(
        order_lines=(order("SO", due=5),),
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 1, 9),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        stock=(stock("F", 10, "L1"),),
        allocations=(allocated("SO", "L1"),),
    )

    row = hit(answer(facts, bad_lot("L1")), "SO")

    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.LATE)
    assert (row.old_finish, row.new_finish, row.late_s) == (None, at(9), 4 * 3600)


def test_shipped_lot_stays_suspect_when_some_came_back() -> None:
    facts = plant(
        order_lines=(order("SO", shipped_qty=Decimal(10), status="closed"),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        shipments=(
            shipped("SO", "L1", 10),
            shipped("SO", "L1", 4, shipment="RN1", kind=ShipmentKind.RETURN),
        ),
    )

    impact = answer(facts, bad_lot("L1"))

    assert hit_orders(impact) == {"SO": ("SUSPECT_SHIPPED",)}
    assert hit(impact, "SO").qty_at_risk == 6
    assert [(row.customer, row.shipped_qty) for row in impact.customers] == [("K1", 6)]


def test_starving_work_order_leaves_its_order_short_two_levels_up() -> None:
    facts = plant(
        items=(Item(item="F"), Item(item="C"), Item(item="R", kind="raw")),
        order_lines=(order("SO"),),
        work_orders=(
            make("P", order="SO"),
            make("K", item="C", parent_work_order="P"),
        ),
        requirements=(need("P", "C", 10, supplied_by="K"), need("K", "R", 20)),
        operations=(op("K", 10, "M1", 1, 2), op("P", 10, "M2", 2, 3)),
        lots=(Lot(key=lot("R", "R1"), qty=Decimal(20), made=moment(-9)),),
        stock=(stock("R", 20, "R1", place="raw"),),
    )

    impact = answer(facts, bad_lot("R1", item="R"))
    row = hit(impact, "SO")

    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.SHORT)
    assert row.link_class is LinkClass.PROBABLE
    assert row.qty_short == 10


def test_starving_work_order_waits_for_the_next_delivery() -> None:
    facts = plant(
        items=(Item(item="F"), Item(item="R", kind="raw")),
        order_lines=(order("SO", due=20),),
        work_orders=(make("A", order="SO"),),
        requirements=(need("A", "R", 20),),
        operations=(op("A", 10, "M1", 1, 3),),
        lots=(Lot(key=lot("R", "R1"), qty=Decimal(20), made=moment(-9)),),
        stock=(stock("R", 20, "R1", place="raw"),),
        purchase_orders=(purchase("PO1", 20, due=30),),
    )

    impact = answer(facts, bad_lot("R1", item="R"))

    assert later(impact) == {"A/10": 29}
    assert Effect.LATE in hit(impact, "SO").effects
    assert hit(impact, "SO").qty_short is None
