"""Who is served by what, in the order of the contract."""

from decimal import Decimal

from knockon.domain.facts import (
    Allocation,
    BomLine,
    Item,
    Lot,
    OrderKind,
    OrderLineKey,
    PlantFacts,
    PurchaseOrder,
    Receipt,
    RoutingStep,
    Stock,
    UnitFactor,
    WorkOrderKey,
)
from knockon.domain.links import LinkClass
from knockon.engine.impact.pegging import Pegging, PegRule, peg, peg_again
from knockon.engine.impact.records import build_records
from knockon.engine.impact.supply import build_demands, build_supplies
from tests.engine.delay.plants import PLANT, at, lot, make, moment, need, op, order, plant


def pegged(facts: PlantFacts) -> Pegging:
    records = build_records(facts)
    return peg(records, supplies=build_supplies(records, now=at(0)), demands=build_demands(records))


def served(pegging: Pegging, wanted: str) -> list[tuple[str, int, PegRule, LinkClass]]:
    """Return what serves an order or a work order: name, quantity, rule, class."""
    rows = []
    for row in pegging.pegs:
        demand = pegging.demands[row.demand]
        if wanted not in (demand.line or demand.work_order):
            continue
        supply = pegging.supplies[row.supply]
        name = supply.lot.lot if supply.lot else None
        if name is None and supply.work_order:
            name = supply.work_order.work_order
        if name is None:
            name = supply.purchase_order[0] if supply.purchase_order else supply.item
        rows.append((name, int(row.qty), row.rule, row.link_class))
    return rows


def stock(item: str, qty: int, number: str | None = None, place: str = "finished") -> Stock:
    return Stock(
        plant=PLANT,
        item=item,
        lot=lot(item, number) if number else None,
        place=place,
        qty=Decimal(qty),
    )


def allocation(number: str, qty: int, **fields: object) -> Allocation:
    return Allocation(
        order_line=OrderLineKey(PLANT, number, "1"),
        work_order=fields.get("work_order"),
        lot=fields.get("lot"),
        item="F",
        qty=Decimal(qty),
    )


def purchase(item: str, qty: int, due: float) -> PurchaseOrder:
    return PurchaseOrder(
        plant=PLANT,
        po="PO1",
        line="1",
        supplier="S1",
        item=item,
        qty=Decimal(qty),
        due=moment(due),
    )


def test_allocation_comes_before_the_order_on_the_work_order() -> None:
    facts = plant(
        order_lines=(order("SO1"), order("SO2")),
        work_orders=(make("A", order="SO2"),),
        operations=(op("A", 10, "M1", 1, 2),),
        allocations=(allocation("SO1", 10, work_order="A"),),
    )

    pegging = pegged(facts)

    assert served(pegging, "SO1") == [("A", 10, PegRule.ALLOCATION, LinkClass.CONFIRMED)]
    assert served(pegging, "SO2") == []


def test_order_on_the_work_order_comes_before_rules() -> None:
    facts = plant(
        order_lines=(order("SO1", due=10), order("SO2", due=20)),
        work_orders=(make("A", order="SO2"),),
        operations=(op("A", 10, "M1", 1, 2),),
    )

    pegging = pegged(facts)

    assert served(pegging, "SO1") == []
    assert served(pegging, "SO2") == [("A", 10, PegRule.ORDER_ON_WORK_ORDER, LinkClass.CONFIRMED)]


def test_order_on_the_mother_counts_for_the_same_item() -> None:
    facts = plant(
        order_lines=(order("SO1", due=10), order("SO2", qty=30, due=20)),
        work_orders=(make("TOP", order="SO2"), make("PART", parent_work_order="TOP")),
        operations=(op("TOP", 10, "M1", 2, 3), op("PART", 10, "M1", 1, 2)),
    )

    pegging = pegged(facts)

    assert served(pegging, "SO1") == []
    assert {row[0] for row in served(pegging, "SO2")} == {"PART", "TOP"}


def test_rule_serves_stock_then_work_orders_then_purchases_then_safety_stock() -> None:
    facts = plant(
        items=(Item(item="F", safety_stock=Decimal(3)),),
        order_lines=(order("SO", qty=40),),
        work_orders=(make("LATE", qty=10), make("SOON", qty=10)),
        operations=(op("LATE", 10, "M1", 8, 9), op("SOON", 10, "M1", 1, 2)),
        stock=(stock("F", 8),),
        purchase_orders=(purchase("F", 6, due=5),),
    )

    assert served(pegged(facts), "SO") == [
        ("F", 5, PegRule.FREE_STOCK, LinkClass.PROBABLE),
        ("SOON", 10, PegRule.OPEN_WORK_ORDER, LinkClass.PROBABLE),
        ("LATE", 10, PegRule.OPEN_WORK_ORDER, LinkClass.PROBABLE),
        ("PO1", 6, PegRule.PURCHASE_ORDER, LinkClass.PROBABLE),
        ("F", 3, PegRule.SAFETY_STOCK, LinkClass.PROBABLE),
    ]


def test_demand_is_served_by_due_time_then_tier_and_forecasts_last() -> None:
    facts = plant(
        order_lines=(
            order("LATER", qty=10, due=20),
            order("SOONER", qty=10, due=10),
            order("GUESS", qty=10, due=1, kind=OrderKind.FORECAST),
        ),
        stock=(stock("F", 15),),
    )

    pegging = pegged(facts)

    assert served(pegging, "SOONER")[0][1] == 10
    assert served(pegging, "LATER")[0][1] == 5
    assert served(pegging, "GUESS") == []


def test_goods_made_for_an_order_stay_with_it() -> None:
    facts = plant(
        order_lines=(order("SO1", due=1), order("SO2", due=20)),
        work_orders=(make("A", order="SO2", status="done", finished_qty=Decimal(10)),),
        lots=(Lot(key=lot("F", "L1"), work_order="A", plant=PLANT),),
        stock=(stock("F", 10, "L1"),),
    )

    pegging = pegged(facts)

    assert served(pegging, "SO1") == []
    assert served(pegging, "SO2") == [("L1", 10, PegRule.ORDER_ON_WORK_ORDER, LinkClass.CONFIRMED)]


def test_shipped_and_closed_demand_wants_nothing() -> None:
    facts = plant(
        order_lines=(
            order("PART", shipped_qty=Decimal(7)),
            order("DONE", status="closed"),
        ),
        stock=(stock("F", 20),),
    )

    pegging = pegged(facts)

    assert served(pegging, "PART")[0][1] == 3
    assert served(pegging, "DONE") == []


def test_blocked_scrapped_and_customer_stock_serves_nobody() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        lots=(Lot(key=lot("F", "HELD"), status="hold"),),
        stock=(
            stock("F", 10, "HELD"),
            stock("F", 10, "GONE", place="customer"),
            stock("F", 10, "BAD", place="scrap"),
        ),
    )

    assert pegged(facts).pegs == ()


def test_yield_still_to_come_makes_supply_smaller() -> None:
    facts = plant(
        routings=(
            RoutingStep(plant=None, item="F", seq=10, operation="CUT", yield_ratio=Decimal("0.9")),
            RoutingStep(plant=None, item="F", seq=20, operation="TEST", yield_ratio=Decimal("0.5")),
        ),
        order_lines=(order("SO", qty=100),),
        work_orders=(make("A", qty=100, scrap_qty=Decimal(20)),),
        operations=(
            op("A", 10, "M1", 0, 1, status="done"),
            op("A", 20, "M2", 1, 2),
        ),
    )

    assert served(pegged(facts), "SO")[0][1] == 40


def test_purchase_counts_less_what_was_received() -> None:
    facts = plant(
        order_lines=(order("SO", qty=10),),
        purchase_orders=(purchase("F", 10, due=5),),
        receipts=(
            Receipt(
                plant=PLANT,
                po="PO1",
                line="1",
                item="F",
                lot=lot("F", "L1"),
                received=Decimal(6),
                accepted=None,
                rejected=None,
                received_at=moment(-1),
            ),
        ),
    )

    assert served(pegged(facts), "SO")[0][:2] == ("PO1", 4)


def test_stock_in_another_unit_is_converted() -> None:
    facts = plant(
        items=(Item(item="F", uom="PCS"),),
        units=(UnitFactor(item="F", from_uom="BOX", to_uom="PCS", factor=Decimal(12)),),
        order_lines=(order("SO", qty=30),),
        stock=(
            Stock(plant=PLANT, item="F", lot=None, place="finished", qty=Decimal(2), uom="BOX"),
        ),
    )

    assert served(pegged(facts), "SO")[0][1] == 24


def component(parent: str, item: str, per: int, **fields: object) -> BomLine:
    return BomLine(
        plant=None, parent_item=parent, component_item=item, qty_per=Decimal(per), **fields
    )


def test_need_comes_from_the_bill_of_materials_through_phantoms() -> None:
    facts = plant(
        items=(Item(item="F"), Item(item="KIT", kind="phantom"), Item(item="C")),
        bom=(component("F", "KIT", 2), component("KIT", "C", 3, fixed_scrap=Decimal(4))),
        work_orders=(make("A", qty=10),),
        operations=(op("A", 10, "M1", 1, 2),),
        stock=(stock("C", 100, place="raw"),),
    )

    assert served(pegged(facts), "A") == [("C", 64, PegRule.FREE_STOCK, LinkClass.PROBABLE)]


def test_of_alternates_the_first_is_taken_and_the_other_is_possible() -> None:
    facts = plant(
        bom=(
            component("F", "C1", 1, seq=10, alternate_group="G"),
            component("F", "C2", 1, seq=20, alternate_group="G"),
        ),
        work_orders=(make("A", qty=10),),
        operations=(op("A", 10, "M1", 1, 2),),
        stock=(stock("C1", 6, place="raw"), stock("C2", 10, place="raw")),
    )

    assert served(pegged(facts), "A") == [
        ("C1", 6, PegRule.FREE_STOCK, LinkClass.PROBABLE),
        ("C2", 4, PegRule.STAND_IN, LinkClass.POSSIBLE),
    ]


def test_reserved_lot_serves_its_work_order() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        requirements=(need("A", "C", 10), need("B", "C", 10)),
        operations=(op("A", 10, "M1", 1, 2), op("B", 10, "M1", 2, 3)),
        allocations=(
            Allocation(
                order_line=None,
                work_order="B",
                lot=lot("C", "L1"),
                item="C",
                qty=Decimal(10),
                plant=PLANT,
            ),
        ),
        stock=(stock("C", 10, "L1", place="raw"), stock("C", 4, "L2", place="raw")),
    )

    pegging = pegged(facts)

    assert served(pegging, "B") == [("L1", 10, PegRule.RESERVATION, LinkClass.CONFIRMED)]
    assert served(pegging, "A") == [("L2", 4, PegRule.FREE_STOCK, LinkClass.PROBABLE)]


def test_after_a_cut_the_earliest_keeps_and_the_loser_takes_only_what_is_free() -> None:
    facts = plant(
        order_lines=(
            order("SO1", qty=10, due=10),
            order("SO2", qty=10, due=20),
            order("SO3", qty=10, due=30),
        ),
        work_orders=(make("FREE", qty=4),),
        operations=(op("FREE", 10, "M1", 1, 2),),
        stock=(stock("F", 20, "L1"), stock("F", 10, "L2")),
        allocations=(
            allocation("SO1", 10, lot=lot("F", "L1")),
            allocation("SO2", 10, lot=lot("F", "L1")),
            allocation("SO3", 10, lot=lot("F", "L2")),
        ),
    )
    before = pegged(facts)
    cut = next(
        place for place, supply in enumerate(before.supplies) if supply.lot == lot("F", "L1")
    )

    after = peg_again(build_records(facts), before, cuts={cut: Decimal(10)})

    assert served(after, "SO1")[0][:2] == ("L1", 10)
    assert served(after, "SO2") == [("FREE", 4, PegRule.OPEN_WORK_ORDER, LinkClass.PROBABLE)]
    assert served(after, "SO3")[0][:2] == ("L2", 10)


def test_work_order_in_process_is_not_counted_twice() -> None:
    facts = plant(
        order_lines=(order("SO", qty=30),),
        work_orders=(make("A", qty=10),),
        operations=(op("A", 10, "M1", 1, 2),),
        lots=(Lot(key=lot("F", "WIP"), work_order="A", plant=PLANT),),
        stock=(stock("F", 10, "WIP", place="wip"),),
    )

    pegging = pegged(facts)

    assert served(pegging, "SO") == [("A", 10, PegRule.OPEN_WORK_ORDER, LinkClass.PROBABLE)]
    assert list(pegging.outputs[WorkOrderKey(PLANT, "A")]) == [0]
