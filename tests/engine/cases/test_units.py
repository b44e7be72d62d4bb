"""Units that are converted into each other, exactly, by the factor that held at the time."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.contract.cells import CellRefused
from knockon.domain.contract.quantities import read_decimal
from knockon.domain.facts import Item, UnitFactor
from knockon.engine.graph.units import UnitTable


def _factor(source, target, factor, **more):
    return UnitFactor(item="A", from_uom=source, to_uom=target, factor=Decimal(factor), **more)


def _table(*rows, uom="kg"):
    return UnitTable([Item(item="A", uom=uom)], rows)


@given(
    qty=st.decimals(min_value=-(10**9), max_value=10**9, places=6),
    factor=st.decimals(min_value="0.0001", max_value=10_000, places=4),
    more=st.decimals(min_value="0.0001", max_value=10_000, places=4),
)
def test_tr_15_there_and_back_over_several_units_is_what_it_was(qty, factor, more):
    table = _table(_factor("roll", "m", factor), _factor("m", "kg", more))

    there = table.convert(qty, item="A", uom="kg", to="roll")

    assert table.convert(there, item="A", uom="roll", to="kg") == qty


@pytest.mark.parametrize(
    ("uom", "to", "expected"),
    [("doz", "pcs", 36), ("pcs", "doz", Decimal("0.25")), ("lb", "kg", Decimal("1.36077711"))],
)
def test_tr_15_dozens_pieces_and_pounds(uom, to, expected):
    table = _table(_factor("doz", "pcs", 12), _factor("lb", "kg", "0.45359237"))

    assert table.convert(Decimal(3), item="A", uom=uom, to=to) == expected


def test_tr_15_density_and_weight_of_a_lot_outrank_the_items():
    table = _table(_factor("L", "kg", "0.9"), _factor("L", "kg", "0.95", lot="7"))

    found = [table.convert(Decimal(10), item="A", uom="L", to="kg", lot=lot) for lot in ("7", "8")]

    assert found == [Decimal("9.5"), Decimal(9)]


def test_tr_15_factor_that_held_at_the_time_counts():
    spring, summer = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
    table = _table(_factor("roll", "kg", 20), _factor("roll", "kg", 25, effective_from=summer))

    found = [
        table.convert(Decimal(1), item="A", uom="roll", to="kg", at=at) for at in (spring, summer)
    ]

    assert found == [Decimal(20), Decimal(25)]


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "-inf", "1e999", float("nan"), float("inf")])
def test_tr_15_numbers_that_are_none_are_refused(cell):
    with pytest.raises(CellRefused):
        read_decimal(cell)


def test_tr_15_unknown_factor_gives_no_number_rather_than_a_wrong_one():
    assert _table().convert(Decimal(1), item="A", uom="roll", to="kg") is None
