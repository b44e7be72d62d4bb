"""A customer changes an order: what falls away, who can use it, what is missing."""

from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import OrderLineKey, PlantFacts
from knockon.domain.impact import Effect, Impact
from tests.engine.assess.goods import stock
from tests.engine.delay.plants import PLANT, answer, at, hit, order, plant, trouble


def two_orders() -> PlantFacts:
    """Ten pieces serve SO1; of SO2 four are left open."""
    return plant(
        order_lines=(
            order("SO1", due=10, unit_price=Decimal(3)),
            order("SO2", due=20, qty=8, customer="K2"),
        ),
        stock=(stock("F", 14, "L1"),),
    )


def freed(impact: Impact) -> list[tuple[str, Decimal, str | None]]:
    return [
        (row.item, row.qty_at_risk, row.first_open_order.order if row.first_open_order else None)
        for row in impact.unpegged
    ]


def test_cancelled_order_frees_its_supply_for_the_first_order_left_open() -> None:
    impact = answer(two_orders(), trouble(DisruptionKind.CUSTOMER, order="SO1"))

    row = hit(impact, "SO1")
    assert (row.effects, row.qty_at_risk, row.value_at_risk) == ((), 10, 30)
    assert freed(impact) == [("F", 10, "SO2")]
    assert impact.unpegged[0].covered_until == at(20)


def test_smaller_order_frees_the_difference() -> None:
    impact = answer(two_orders(), trouble(DisruptionKind.CUSTOMER, order="SO1", qty=Decimal(7)))

    assert (hit(impact, "SO1").qty_at_risk, freed(impact)) == (3, [("F", 3, "SO2")])


def test_larger_order_is_short_of_what_nothing_free_covers() -> None:
    facts = plant(order_lines=(order("SO1"),), stock=(stock("F", 13, "L1"),))

    more = hit(answer(facts, trouble(DisruptionKind.CUSTOMER, order="SO1", qty=Decimal(15))), "SO1")
    enough = hit(
        answer(facts, trouble(DisruptionKind.CUSTOMER, order="SO1", qty=Decimal(13))), "SO1"
    )

    assert (more.effects, more.qty_short, more.qty_at_risk) == ((Effect.SHORT,), 2, 2)
    assert more.qty_on_time == 10
    assert (enough.effects, enough.qty_at_risk) == ((), 0)


def test_customer_without_an_order_touches_all_that_is_open_for_him() -> None:
    impact = answer(two_orders(), trouble(DisruptionKind.CUSTOMER, customer="K2"))

    assert [row.key for row in impact.orders] == [OrderLineKey(PLANT, "SO2", "1")]
    assert freed(impact) == [("F", 4, None)]


def test_quantity_of_an_order_with_several_lines_says_nothing_of_one() -> None:
    facts = plant(
        order_lines=(
            order("SO1"),
            order("SO1", item="G").__class__(
                key=OrderLineKey(PLANT, "SO1", "2"),
                customer="K1",
                item="G",
                qty=Decimal(5),
                due=order("SO1").due,
            ),
        ),
        stock=(stock("F", 10, "L1"),),
    )

    whole = answer(facts, trouble(DisruptionKind.CUSTOMER, order="SO1", qty=Decimal(2)))
    one = answer(facts, trouble(DisruptionKind.CUSTOMER, order="SO1", item="F", qty=Decimal(2)))

    assert [row.qty_at_risk for row in whole.orders] == [10, 5]
    assert [(row.item, row.qty_at_risk) for row in one.orders] == [("F", 8)]
