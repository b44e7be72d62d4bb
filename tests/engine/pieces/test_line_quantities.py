"""What is at risk, short and in time of an order line, by hand."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.demo.simulation.small import small_plant
from knockon.domain.facts import Item, Lot, RoutingStep
from knockon.domain.impact import Effect
from knockon.engine.impact import assess, why
from knockon.engine.impact.pegging import Pegging, peg
from knockon.engine.impact.records import build_records
from knockon.engine.impact.supply import build_demands, build_supplies
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.assess.goods import allocated, bad_lot, one_order, purchase, stock
from tests.engine.delay.plants import (
    answer,
    hit,
    hit_orders,
    lot,
    make,
    moment,
    need,
    op,
    order,
    plant,
    stopped,
)


def good(number: str, qty: int = 10, item: str = "F", **fields: object) -> Lot:
    return Lot(key=lot(item, number), qty=Decimal(qty), made=moment(-9), **fields)


def test_lot_for_two_components_of_one_order_is_at_risk_once() -> None:
    facts = plant(
        items=tuple(Item(item=name) for name in "FABR"),
        order_lines=(order("SO", qty=8),),
        work_orders=(
            make("P", qty=8, order="SO"),
            make("KA", item="A", qty=8),
            make("KB", item="B", qty=8),
        ),
        requirements=(
            need("P", "A", 8, supplied_by="KA"),
            need("P", "B", 8, supplied_by="KB"),
            need("KA", "R", 8),
            need("KB", "R", 8),
        ),
        operations=(op("KA", 10, "M1", 1, 2), op("KB", 10, "M2", 2, 3), op("P", 10, "M3", 4, 5)),
        lots=(good("R1", 10, "R"), good("R2", 6, "R")),
        stock=(stock("R", 10, "R1", place="raw"), stock("R", 6, "R2", place="raw")),
    )

    row = hit(answer(facts, bad_lot("R1", item="R")), "SO")

    # All of A and the first two pieces of B are bad: eight pieces of the order, not ten.
    assert (row.qty_at_risk, row.qty_short) == (8, 8)


def test_pieces_that_have_the_component_already_are_not_at_risk() -> None:
    facts = plant(
        items=(Item(item="F"), Item(item="R", kind="raw")),
        order_lines=(order("SO"),),
        work_orders=(make("A", order="SO"),),
        requirements=(need("A", "R", 20, issued_qty=Decimal(12)),),
        operations=(op("A", 10, "M1", 1, 3),),
        lots=(good("R1", 8, "R"),),
        stock=(stock("R", 8, "R1", place="raw"),),
    )

    row = hit(answer(facts, bad_lot("R1", item="R")), "SO")

    assert (row.qty_at_risk, row.qty_short, row.qty_on_time) == (4, 4, 6)


def test_blocked_lot_that_is_promised_twice_is_shared_out_once() -> None:
    facts = plant(
        order_lines=(order("SO1", qty=6, due=10), order("SO2", qty=6, due=20)),
        lots=(good("L1", 10, status="hold"),),
        stock=(stock("F", 10, "L1"),),
        allocations=(allocated("SO1", "L1", 6), allocated("SO2", "L1", 6)),
    )

    impact = answer(facts, bad_lot("L1"))

    assert {row.key.order: row.qty_at_risk for row in impact.orders} == {"SO1": 6, "SO2": 4}
    assert {effect for row in impact.orders for effect in row.effects} == {Effect.SUSPECT_ON_HAND}


def test_lot_in_quarantine_counts_until_it_fails_and_a_blocked_one_does_not() -> None:
    def plant_with(status: str):
        return plant(
            order_lines=(order("SO"),),
            lots=(good("L1"), good("L2", status=status)),
            stock=(stock("F", 10, "L1"), stock("F", 10, "L2")),
            allocations=(allocated("SO", "L1"),),
        )

    waiting = hit(answer(plant_with("quarantine"), bad_lot("L1")), "SO")
    blocked = hit(answer(plant_with("hold"), bad_lot("L1")), "SO")

    assert (waiting.effects, waiting.qty_on_time) == ((Effect.SUSPECT_ON_HAND,), 10)
    assert blocked.effects == (Effect.SUSPECT_ON_HAND, Effect.SHORT)


def test_overage_and_yield_count_before_anything_is_short() -> None:
    def plant_with(ordered: int):
        return plant(
            items=(Item(item="F"), Item(item="R", kind="raw")),
            order_lines=(order("SO"),),
            work_orders=(make("A", qty=ordered, order="SO"),),
            requirements=(need("A", "R", ordered),),
            operations=(op("A", 10, "M1", 1, 3, operation="CUT"),),
            routings=(
                RoutingStep(
                    plant=None, item="F", seq=10, operation="CUT", yield_ratio=Decimal("0.8")
                ),
            ),
            lots=(good("R1", 5, "R"), good("R2", 15, "R")),
            stock=(stock("R", 5, "R1", place="raw"), stock("R", 15, "R2", place="raw")),
        )

    # 20 ordered give 16 good ones; a quarter of them goes, 12 are left for 10.
    enough = hit(answer(plant_with(20), bad_lot("R1", item="R")), "SO")
    # 14 ordered give 11.2; five of fourteen go, 7.2 are left, and one loose R makes 0.8 more.
    few = hit(answer(plant_with(14), bad_lot("R1", item="R")), "SO")

    assert (enough.effects, enough.qty_short) == ((Effect.SUSPECT_ON_HAND,), None)
    assert few.effects == (Effect.SUSPECT_ON_HAND,)


def test_safety_stock_is_the_last_to_replace_what_a_hold_takes() -> None:
    facts = plant(
        items=(Item(item="F", safety_stock=Decimal(6)),),
        order_lines=(order("SO"),),
        lots=(good("L1"), good("L2", 6)),
        stock=(stock("F", 10, "L1"), stock("F", 6, "L2")),
        purchase_orders=(purchase("PO1", 5, due=2, item="F"),),
        allocations=(allocated("SO", "L1"),),
    )

    impact = answer(facts, bad_lot("L1"))
    row = hit(impact, "SO")
    told = [check for check in why(facts, impact, row.key).checks if check.code == "replaced_by"]

    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.MOVED)
    assert (row.qty_short, row.qty_on_time) == (None, 10)
    assert [(check.params["qty"], check.params["rule"]) for check in told] == [
        ("5", "purchase_order"),
        ("5", "safety_stock"),
    ]


def test_pieces_that_were_late_anyway_are_not_at_risk_of_this_stop() -> None:
    facts = plant(
        order_lines=(order("SO", qty=20, due=9),),
        work_orders=(make("A", order="SO"), make("B", order="SO")),
        operations=(op("A", 10, "M1", 8, 9), op("B", 10, "M2", 20, 30)),
    )

    row = hit(answer(facts, stopped("M1", hours=40)), "SO")

    assert (row.qty_at_risk, row.qty_on_time) == (10, 0)


def test_line_that_ships_complete_or_not_at_all_has_nothing_in_time() -> None:
    facts = plant(
        order_lines=(
            order("SO", qty=20, due=9, ship_complete=True),
            order("PART", item="G", qty=20, due=9),
        ),
        work_orders=tuple(
            make(name, item=item, order=line)
            for name, item, line in (
                ("A", "F", "SO"),
                ("B", "F", "SO"),
                ("C", "G", "PART"),
                ("D", "G", "PART"),
            )
        ),
        operations=(
            op("A", 10, "M1", 7, 8),
            op("B", 10, "M2", 7, 8),
            op("C", 10, "M1", 8, 9),
            op("D", 10, "M2", 8, 9),
        ),
    )

    impact = answer(facts, stopped("M1", hours=20))

    assert hit(impact, "SO").qty_on_time == 0
    assert hit(impact, "PART").qty_on_time == 10


def test_order_without_surplus_is_not_touched_by_a_stop_elsewhere() -> None:
    assert hit_orders(answer(one_order(), stopped("M9"))) == {}


def pegged(seed: int) -> Pegging:
    case = small_plant(seed, holes=seed % 3 == 2)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    records = build_records(facts)
    return peg(
        records, supplies=build_supplies(records, now=case.now), demands=build_demands(records)
    )


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_pegs_lie_end_to_end_and_overlap_nowhere(seed: int) -> None:
    pegging = pegged(seed)

    for place, rows in pegging.by_supply.items():
        ends = [Decimal(0)]
        for row in sorted(rows, key=lambda row: row.supply_at):
            assert row.supply_at == ends[-1]
            ends.append(row.supply_at + row.qty)
        assert ends[-1] <= pegging.supplies[place].qty
    for place, rows in pegging.by_demand.items():
        ends = [Decimal(0)]
        for row in sorted(rows, key=lambda row: row.demand_at):
            assert row.demand_at == ends[-1]
            ends.append(row.demand_at + row.qty)
        assert ends[-1] <= pegging.demands[place].qty


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000))
def test_no_figure_of_a_line_exceeds_what_it_wants(seed: int) -> None:
    case = small_plant(seed, holes=seed % 3 == 2)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    records = build_records(facts)

    for row in assess(facts, case.disruption, now=case.now).orders:
        line = records.lines[row.key]
        assert (row.qty_at_risk or 0) <= line.qty
        assert (row.qty_short or 0) + (row.qty_on_time or 0) <= records.open_qty(line)
        assert (row.qty_short or 0) <= (row.qty_at_risk or 0)
