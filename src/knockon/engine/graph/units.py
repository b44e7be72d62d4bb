"""Exact conversion between an item's units."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Context, Decimal
from fractions import Fraction
from typing import Final

from knockon.domain.facts import Item, UnitFactor

_Edge = tuple[str, Fraction]
_CUT: Final = 28
"""Digits of a decimal that does not end."""
_SHORT: Final = Context(prec=20)
"""More digits than any quantity has that somebody counted or weighed."""
_ROUNDING: Final = Decimal("1e-25")
"""More than a few roundings to 28 digits, less than the last of 20."""


class UnitTable:
    """Factors by item, used in both directions and through other units.

    A factor of one lot (its density, its weight a piece) outranks the item's; of several the
    newest that is in force counts. Factors are exact fractions, so there and back is the same.
    """

    __slots__ = ("_known", "_own", "_ratios")

    def __init__(self, items: Iterable[Item], units: Iterable[UnitFactor]) -> None:
        self._own = {item.item: item.uom for item in items}
        self._known: dict[str, list[UnitFactor]] = defaultdict(list)
        for row in units:
            if row.factor > 0:
                self._known[row.item].append(row)
        for rows in self._known.values():
            rows.sort(key=lambda row: (row.lot is not None, _stamp(row.effective_from)))
        self._ratios: dict[tuple[str, str, str, str | None], Fraction | None] = {}

    def unit_of(self, item: str) -> str | None:
        """Return the item's own unit; None when it is not described."""
        return self._own.get(item) or None

    def convert(
        self,
        qty: Decimal,
        *,
        item: str,
        uom: str | None,
        to: str | None,
        lot: str | None = None,
        at: datetime | None = None,
    ) -> Decimal | None:
        """Return the quantity in another unit; None when no factor is known.

        A row without a unit is in the item's own.
        """
        source = uom or self.unit_of(item)
        goal = to or self.unit_of(item)
        if source == goal or source is None or goal is None:
            return qty
        ratio = self._ratio(item, source=source, goal=goal, lot=lot, at=at)
        if ratio is None:
            return None
        return _times(qty, ratio)

    def _ratio(
        self, item: str, *, source: str, goal: str, lot: str | None, at: datetime | None
    ) -> Fraction | None:
        rows = self._known.get(item, [])
        dated = at is not None and any(row.effective_from for row in rows)
        key = (item, source, goal, lot)
        if not dated and key in self._ratios:
            return self._ratios[key]
        ratio = _search(_edges(rows, lot=lot, at=at), source=source, goal=goal)
        if not dated:
            self._ratios[key] = ratio
        return ratio


def _times(qty: Decimal, ratio: Fraction) -> Decimal:
    """Return the product, so that there and back gives what it was.

    A third of a thing has no end of digits: it is cut at 28. A quantity that was cut is taken, on
    its way back, for the number with an end that it must have come from.
    """
    product = qty * ratio.numerator / ratio.denominator
    if len(qty.as_tuple().digits) < _CUT:
        return product
    short = _SHORT.plus(product)
    return short if abs(short - product) <= abs(product) * _ROUNDING else product


def _edges(
    rows: Iterable[UnitFactor], *, lot: str | None, at: datetime | None
) -> dict[str, dict[str, Fraction]]:
    edges: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in rows:
        if row.lot is not None and row.lot != lot:
            continue
        if at is not None and row.effective_from is not None and row.effective_from > at:
            continue
        # Later rows of the sorted list outrank earlier ones.
        factor = Fraction(row.factor)
        edges[row.from_uom][row.to_uom] = factor
        edges[row.to_uom][row.from_uom] = 1 / factor
    return edges


def _search(edges: dict[str, dict[str, Fraction]], *, source: str, goal: str) -> Fraction | None:
    reached = {source: Fraction(1)}
    frontier = [source]
    for here in frontier:
        for unit, factor in edges.get(here, {}).items():
            if unit not in reached:
                reached[unit] = reached[here] * factor
                frontier.append(unit)
    return reached.get(goal)


def _stamp(at: datetime | None) -> float:
    return at.timestamp() if at else float("-inf")
