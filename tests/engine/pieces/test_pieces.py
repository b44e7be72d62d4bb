"""Sets of pieces against sets of numbers."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from knockon.engine.impact.pieces import Pieces, pieces

stretches = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12)), max_size=6)


def cut(rows: list[tuple[int, int]]) -> Pieces:
    return pieces((Fraction(start), Fraction(start + qty)) for start, qty in rows)


def numbers(found: Pieces) -> set[int]:
    return {n for start, end in found.stretches for n in range(int(start), int(end))}


def named(rows: list[tuple[int, int]]) -> set[int]:
    return {n for start, qty in rows for n in range(start, start + qty)}


@given(stretches, stretches)
def test_sets_of_pieces_are_sets_of_numbers(left: list[tuple[int, int]], right) -> None:
    one, other = cut(left), cut(right)

    assert numbers(one) == named(left)
    assert numbers(one | other) == named(left) | named(right)
    assert numbers(one & other) == named(left) & named(right)
    assert numbers(one - other) == named(left) - named(right)
    assert (one | other).qty == len(named(left) | named(right))
    assert bool(one) is bool(named(left))


@given(stretches, st.integers(0, 40))
def test_first_pieces_are_the_smallest_numbers(rows: list[tuple[int, int]], qty: int) -> None:
    assert numbers(cut(rows).first(Fraction(qty))) == set(sorted(named(rows))[:qty])


@given(stretches, st.integers(1, 5), st.integers(-9, 9))
def test_scaled_and_moved_pieces_keep_their_places(
    rows: list[tuple[int, int]], factor: int, by: int
) -> None:
    found = cut(rows).scaled(Fraction(factor)).moved(Fraction(by))

    assert found.qty == factor * len(named(rows))
    assert found.moved(Fraction(-by)).scaled(Fraction(1, factor)) == cut(rows)
