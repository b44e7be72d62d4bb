"""Which pieces of a quantity: sets of half-open stretches that count no piece twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Stretch = tuple[Fraction, Fraction]

_ROOM = Fraction(1, 10**12)
"""Shares of shares leave rounding errors in decimal quantities; a shorter stretch is none."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """A set of pieces of one quantity: disjoint stretches in ascending order.

    Quantities that are consumed are laid end to end, first piece first; a stretch is where some
    of them lie. All arithmetic is exact.
    """

    stretches: tuple[Stretch, ...] = ()

    @property
    def qty(self) -> Fraction:
        """Return how much it is."""
        return sum((end - start for start, end in self.stretches), Fraction(0))

    def __bool__(self) -> bool:
        """Return whether there is any piece."""
        return bool(self.stretches)

    def __or__(self, other: "Pieces") -> "Pieces":
        """Return the pieces that are in either set."""
        return pieces((*self.stretches, *other.stretches))

    def __and__(self, other: "Pieces") -> "Pieces":
        """Return the pieces that are in both sets."""
        return pieces(_overlaps(self.stretches, other.stretches))

    def __sub__(self, other: "Pieces") -> "Pieces":
        """Return the pieces that are in this set only."""
        kept: list[Stretch] = []
        for start, end in self.stretches:
            at = start
            for low, high in other.stretches:
                if high <= at or low >= end:
                    continue
                kept.append((at, low))
                at = max(at, high)
            kept.append((at, end))
        return pieces(kept)

    def moved(self, by: Fraction) -> "Pieces":
        """Return the same pieces counted from another beginning."""
        return Pieces(tuple((start + by, end + by) for start, end in self.stretches))

    def scaled(self, factor: Fraction) -> "Pieces":
        """Return the pieces as a quantity so many times as large."""
        return pieces((start * factor, end * factor) for start, end in self.stretches)

    def first(self, qty: Fraction) -> "Pieces":
        """Return the first pieces up to a quantity."""
        kept: list[Stretch] = []
        for start, end in self.stretches:
            if qty <= 0:
                break
            kept.append((start, min(end, start + qty)))
            qty -= end - start
        return pieces(kept)


NONE = Pieces()


def pieces(stretches: Iterable[Stretch]) -> Pieces:
    """Return the set of all pieces in some stretches; O(n log n)."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if end - start <= _ROOM:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return Pieces(tuple(found))


def span(start: Decimal | Fraction, qty: Decimal | Fraction) -> Pieces:
    """Return so many pieces from a beginning on."""
    first = Fraction(start)
    return pieces([(first, first + Fraction(qty))])


def _overlaps(left: tuple[Stretch, ...], right: tuple[Stretch, ...]) -> Iterator[Stretch]:
    here = there = 0
    while here < len(left) and there < len(right):
        start = max(left[here][0], right[there][0])
        end = min(left[here][1], right[there][1])
        if start < end:
            yield start, end
        if left[here][1] <= right[there][1]:
            here += 1
        else:
            there += 1
