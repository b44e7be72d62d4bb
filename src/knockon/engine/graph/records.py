"""What the facts say of each link, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import Consumption, LotEvent, LotKey, OutsideMove, Shipment
from knockon.engine.graph.collector import Row
from knockon.engine.graph.register import Register


class LinkRecords(Protocol):
    """What was recorded of links, by their row in the link table; None is nothing."""

    def when(self, link: int) -> datetime | None:
        """Return when it happened, at the earliest."""

    def booked(self, link: int) -> Decimal | None:
        """Return the quantity that its fact names."""

    def carried(self, link: int) -> Decimal | None:
        """Return how much went over this link; one fact may stand behind several."""

    def taken(self, link: int) -> tuple[LotKey, Decimal | None] | None:
        """Return from which lot its fact took, and how much in that lot's unit."""

    def shipment(self, row: int) -> str:
        """Return the number of a row of shipments."""

    def weights(self) -> NDArray[np.float64]:
        """Return what went over each link as a float, for ranking; NaN is unknown."""

    def units(self) -> tuple[NDArray[np.integer], Sequence[str | None]]:
        """Return the unit of each link's quantity, as a place among the units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRecords:
    """Reads the facts themselves.

    Parameters
    ----------
    rows, quantities, unit
        By link: the fact behind it, how much went over it, and which of ``uoms`` that is in.
    register
        Knows the units; None where there are no facts.
    """

    rows: Sequence[Row | None]
    quantities: Sequence[Decimal | None]
    unit: NDArray[np.int32]
    uoms: Sequence[str | None]
    register: Register | None

    def when(self, link: int) -> datetime | None:
        """Return when it happened, at the earliest."""
        match self.rows[link]:
            case Consumption(at=at) | LotEvent(at=at) | OutsideMove(at=at):
                return at.earliest if at else None
            case Shipment(shipped=shipped):
                return shipped.earliest
            case _:
                return None

    def booked(self, link: int) -> Decimal | None:
        """Return the quantity that its fact names."""
        row = self.rows[link]
        return None if row is None else row.qty

    def carried(self, link: int) -> Decimal | None:
        """Return how much went over this link."""
        return self.quantities[link]

    def taken(self, link: int) -> tuple[LotKey, Decimal | None] | None:
        """Return from which lot its fact took, and how much in that lot's unit."""
        match self.rows[link]:
            case Consumption(input=lot, qty=qty, uom=uom):
                if self.register is None:
                    return lot, qty
                return lot, self.register.in_unit(qty, key=lot, uom=uom)
            case LotEvent(lot=lot, qty=qty) | OutsideMove(lot=lot, qty=qty):
                return lot, qty
            case Shipment(lot=LotKey() as lot, qty=qty):
                return lot, qty
            case _:
                return None

    def shipment(self, row: int) -> str:
        """Return the number of a row of shipments."""
        return "" if self.register is None else self.register.facts.shipments[row].shipment

    def weights(self) -> NDArray[np.float64]:
        """Return what went over each link as a float, for ranking."""
        return np.array([np.nan if qty is None else float(qty) for qty in self.quantities])

    def units(self) -> tuple[NDArray[np.integer], Sequence[str | None]]:
        """Return the unit of each link's quantity, as a place among the units."""
        return self.unit, self.uoms
