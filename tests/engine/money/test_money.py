"""What is at risk in money: every figure is what its parts make, and nothing unknown is guessed."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.demo.simulation.small import small_plant
from knockon.domain.facts import Customer, Item, Lot, Plant, PlantFacts
from knockon.domain.impact import Effect, Impact
from knockon.domain.money import CurrenciesDiffer, Figure, figure_rows, sum_of
from knockon.engine.impact import assess
from knockon.engine.impact.money import (
    GoodsAtRisk,
    MoneyAtRisk,
    goods_of,
    lines_of,
    money_at_risk,
)
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.assess.goods import allocated, bad_lot, stock
from tests.engine.delay.plants import (
    PLANT,
    answer,
    hit,
    lot,
    make,
    moment,
    op,
    order,
    plant,
    stopped,
)

_SUMS = {
    "value_at_risk",
    "value_of_customer",
    "penalties",
    "penalties_of_customer",
    "suspect_goods",
}


def amounts(facts: PlantFacts, impact: Impact) -> MoneyAtRisk:
    (found,) = money_at_risk(facts, plant=PLANT, lines=lines_of(impact), goods=goods_of(impact))
    return found


def figures(figure: Figure) -> Iterator[Figure]:
    yield figure
    for part in figure.parts:
        yield from figures(part)


def worked_out(figure: Figure) -> Decimal | None:
    """Work a figure out again from its leaves alone."""
    if not figure.parts:
        return Decimal(0) if figure.code in _SUMS else figure.value
    values = [worked_out(part) for part in figure.parts]
    known = [value for value in values if value is not None]
    if figure.code in _SUMS:
        return sum(known, Decimal(0)) if known else None
    return prod(known, start=Decimal(1)) if len(known) == len(values) else None


def two_late_orders(**changes: object) -> PlantFacts:
    return plant(
        plants=(Plant(plant=PLANT, timezone="UTC", currency="TWD"),),
        customers=(Customer(customer="K1"), Customer(customer="K2")),
        order_lines=(
            order("SO1", due=9, unit_price=Decimal("2.5"), penalty_per_day=Decimal(100)),
            order("SO2", due=9, customer="K2", unit_price=changes.get("price", Decimal(4))),
        ),
        work_orders=(make("A", order="SO1"), make("B", order="SO2")),
        operations=(op("A", 10, "M1", 8, 9), op("B", 10, "M1", 9, 9)),
    )


def test_late_orders_cost_their_price_and_each_begun_day() -> None:
    facts = two_late_orders()
    impact = answer(facts, stopped("M1", hours=34))

    found = amounts(facts, impact)

    # Finished at hour 35 instead of 9: 26 hours late are two begun days.
    assert hit(impact, "SO1").late_s == 26 * 3600
    assert (found.value.value, found.penalties.value, found.goods.value) == (65, 200, 0)
    assert found.currency == "TWD"
    assert [(part.params["customer"], part.value) for part in found.value.parts] == [
        ("K1", 25),
        ("K2", 40),
    ]
    assert [leaf.value for leaf in found.penalties.parts[0].parts[0].parts] == [100, 2]


def test_unknown_price_stays_unknown_and_its_sum_says_so() -> None:
    facts = two_late_orders(price=None)
    found = amounts(facts, answer(facts, stopped("M1", hours=34)))

    assert (found.value.value, found.value.is_whole) == (25, False)
    assert found.value.parts[1].value is None
    assert found.penalties.is_whole


def test_short_line_of_which_nobody_knows_the_day_has_an_unknown_penalty() -> None:
    facts = plant(
        order_lines=(order("SO", penalty_per_day=Decimal(7)),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        stock=(stock("F", 10, "L1"),),
        allocations=(allocated("SO", "L1"),),
    )
    impact = answer(facts, bad_lot("L1"))

    found = amounts(facts, impact)

    assert Effect.SHORT in hit(impact, "SO").effects
    assert (found.penalties.value, found.penalties.is_whole) == (None, False)
    assert (found.value.value, found.currency) == (None, None)


def test_suspect_goods_in_the_house_cost_their_standard_cost() -> None:
    facts = plant(
        items=(Item(item="F", standard_cost=Decimal("1.25")),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        stock=(stock("F", 8, "L1"),),
    )

    found = amounts(facts, answer(facts, bad_lot("L1")))

    assert found.goods.value == 10
    assert [part.value for part in found.goods.parts[0].parts] == [8, Decimal("1.25")]


def test_moved_orders_put_nothing_at_risk() -> None:
    facts = two_late_orders()
    in_time = replace(
        facts, order_lines=tuple(replace(row, due=moment(90)) for row in facts.order_lines)
    )

    found = amounts(in_time, answer(in_time, stopped("M1", hours=34)))

    assert (found.value.parts, found.penalties.parts) == ((), ())


def test_amounts_of_different_currencies_are_never_added() -> None:
    parts = [
        Figure(code="unit_price", value=Decimal(1), currency="TWD"),
        Figure(code="unit_price", value=Decimal(1), currency="USD"),
    ]

    with pytest.raises(CurrenciesDiffer):
        sum_of("value_at_risk", parts, currency="TWD")


def test_each_plant_has_its_own_amounts() -> None:
    facts = two_late_orders()
    impact = answer(facts, stopped("M1", hours=34))
    goods = [GoodsAtRisk(item="F", uom="pcs", qty=Decimal(3))]

    found = money_at_risk(facts, plant="P2", lines=lines_of(impact), goods=goods)

    assert [(entry.plant, entry.currency, len(entry.goods.parts)) for entry in found] == [
        ("P1", "TWD", 0),
        ("P2", None, 1),
    ]


@pytest.mark.slow
@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000))
def test_every_figure_is_what_its_parts_make(seed: int) -> None:
    case = small_plant(seed, holes=False)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    facts = replace(
        facts,
        items=tuple(
            replace(item, standard_cost=Decimal(place + 1) / 4)
            for place, item in enumerate(facts.items)
        ),
        order_lines=tuple(
            replace(
                line,
                unit_price=Decimal(place % 5) / 2 if place % 4 else None,
                penalty_per_day=Decimal(place) if place % 3 else None,
            )
            for place, line in enumerate(facts.order_lines)
        ),
    )
    impact = assess(facts, case.disruption, now=case.now)

    found = money_at_risk(facts, plant=case.plant, lines=lines_of(impact), goods=goods_of(impact))

    for entry in found:
        for root in (entry.value, entry.penalties, entry.goods):
            assert all(figure.value == worked_out(figure) for figure in figures(root))
    rows = {f"{row.key.order}/{row.key.line}": row.value_at_risk for row in impact.orders}
    shown = {
        figure.params["order"]: figure.value
        for entry in found
        for figure in figures(entry.value)
        if figure.code == "value_of_order"
    }
    assert shown == {name: rows[name] for name in shown}
    assert figure_rows([entry.value for entry in found])
