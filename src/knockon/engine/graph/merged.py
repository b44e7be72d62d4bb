"""Lots, names and records of a genealogy with a few new ones among them, looked up where they lie."""

from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import LotKey, Shipment
from knockon.engine.graph.collector import Batch, Entity, EntityKind, lot_entity
from knockon.engine.graph.lots import Infos, LotInfo
from knockon.engine.graph.records import FactRecords, LinkRecords

Int64s = NDArray[np.int64]


class MergedLots(Sequence[LotKey]):
    """All lots in key order.

    Parameters
    ----------
    old
        In key order.
    new
        In key order, none of them among the old ones.
    """

    def __init__(self, old: Sequence[LotKey], new: Sequence[LotKey]) -> None:
        self.old = old
        self.new = new
        self._before = np.array([bisect_left(old, key) for key in new], dtype=np.int64)
        self._places = self._before + np.arange(len(new))

    def __len__(self) -> int:
        """Return how many lots there are."""
        return len(self.old) + len(self.new)

    @overload
    def __getitem__(self, place: int) -> LotKey: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotKey]: ...
    def __getitem__(self, place: int | slice) -> LotKey | Sequence[LotKey]:
        """Return one key, or some of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        new, rank = self.split(place)
        return self.new[rank] if new else self.old[rank]

    def split(self, place: int) -> tuple[bool, int]:
        """Return whether a lot is a new one, and its place among the new or the old ones."""
        before = int(np.searchsorted(self._places, place, side="right"))
        if before and self._places[before - 1] == place:
            return True, before - 1
        return False, place - before

    def moved(self, places: NDArray[np.integer]) -> Int64s:
        """Return where what was at these places is now, lots and everything after them."""
        old = places.astype(np.int64)
        return old + np.searchsorted(self._before, old, side="right")

    def find(self, key: LotKey) -> int | None:
        """Return the place of a new lot; None when it is none of them."""
        rank = bisect_left(self.new, key)
        if rank == len(self.new) or self.new[rank] != key:
            return None
        return int(self._places[rank])


class NewShipments:
    """Rows of shipments after all others, numbered on.

    Parameters
    ----------
    old
        What there was before.
    """

    def __init__(self, old: Sequence[Entity], shipped: Batch) -> None:
        last = old[len(old) - 1] if len(old) else None
        row = last.key if last is not None and isinstance(last.key, int) else -1
        self.first = len(old)
        """Place of the first of them among the old entities."""
        self.first_row = row + 1
        self.rows: Sequence[Any] = shipped.rows

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.rows)

    def entity(self, rank: int) -> Entity:
        """Return what stands for one of them."""
        return Entity(EntityKind.SHIPMENT, self.first_row + rank)

    def number(self, row: int) -> str | None:
        """Return the number of a shipment; None when the row is none of them."""
        rank = row - self.first_row
        if not 0 <= rank < len(self.rows):
            return None
        shipment = self.rows[rank]
        return shipment.shipment if isinstance(shipment, Shipment) else None


class MergedInfos(Infos):
    """What the facts say of the lots.

    Parameters
    ----------
    fresh
        What they say now of new lots, and of others that were touched.
    """

    def __init__(self, old: Infos, lots: MergedLots, fresh: Mapping[LotKey, LotInfo]) -> None:
        self._old = old
        self._lots = lots
        found = {key: lots.find(key) for key in fresh}
        places = [
            int(lots.moved(np.array([bisect_left(lots.old, key)]))[0]) if place is None else place
            for key, place in found.items()
        ]
        self._fresh = dict(zip(places, fresh.values(), strict=True))

    def __len__(self) -> int:
        """Return how many lots there are."""
        return len(self._lots)

    @overload
    def __getitem__(self, place: int) -> LotInfo: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotInfo]: ...
    def __getitem__(self, place: int | slice) -> LotInfo | Sequence[LotInfo]:
        """Return what is said of one lot, or of some."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        place = int(place)
        fresh = self._fresh.get(place)
        return self._old[self._lots.split(place)[1]] if fresh is None else fresh

    def quantities(self) -> NDArray[np.float64]:
        """Return the lots' quantities; NaN is unknown."""
        quantities = np.full(len(self), np.nan)
        quantities[self._lots.moved(np.arange(len(self._lots.old)))] = self._old.quantities()
        for place, info in self._fresh.items():
            quantities[place] = np.nan if info.qty is None else float(info.qty)
        return quantities


class MergedEntities(Sequence[Entity]):
    """What the nodes stand for: the lots, what was there besides, new shipments."""

    def __init__(self, old: Sequence[Entity], lots: MergedLots, others: NewShipments) -> None:
        self._old = old
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._old) + len(self._lots.new) + len(self._others)

    @overload
    def __getitem__(self, place: int) -> Entity: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entity]: ...
    def __getitem__(self, place: int | slice) -> Entity | Sequence[Entity]:
        """Return the entity of a place."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if place < len(self._lots):
            return lot_entity(self._lots[place])
        rank = place - len(self._lots.new)
        return (
            self._old[rank] if rank < len(self._old) else self._others.entity(rank - len(self._old))
        )


class MergedNumbers(Mapping[Entity, int]):
    """The place of every entity."""

    def __init__(self, old: Mapping[Entity, int], lots: MergedLots, others: NewShipments) -> None:
        self._old = old
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._old) + len(self._lots.new) + len(self._others)

    def __iter__(self) -> Iterator[Entity]:
        """Yield all entities."""
        yield from self._old
        yield from map(lot_entity, self._lots.new)
        yield from map(self._others.entity, range(len(self._others)))

    def __getitem__(self, entity: Entity) -> int:
        """Return the place of an entity."""
        key = entity.key
        if isinstance(key, LotKey) and not entity.part:
            place = self._lots.find(key)
            if place is not None:
                return place
        elif isinstance(key, int) and key >= self._others.first_row:
            rank = key - self._others.first_row
            if rank >= len(self._others):
                raise KeyError(entity)
            return self._others.first + len(self._lots.new) + rank
        return int(self._lots.moved(np.array([self._old[entity]]))[0])


class JoinedRecords(ABC):
    """What was recorded of the links of an older genealogy and of what came since."""

    def __init__(self, old: LinkRecords, new: FactRecords, *, shipments: NewShipments) -> None:
        self._old = old
        self._new = new
        self._shipments = shipments

    @abstractmethod
    def _of(self, link: int) -> tuple[LinkRecords, int]:
        """Return whose link it is, and its row there."""

    def when(self, link: int) -> datetime | None:
        """Return when it happened, at the earliest."""
        records, place = self._of(link)
        return records.when(place)

    def booked(self, link: int) -> Decimal | None:
        """Return the quantity that its fact names."""
        records, place = self._of(link)
        return records.booked(place)

    def carried(self, link: int) -> Decimal | None:
        """Return how much went over this link."""
        records, place = self._of(link)
        return records.carried(place)

    def taken(self, link: int) -> tuple[LotKey, Decimal | None] | None:
        """Return from which lot its fact took, and how much in that lot's unit."""
        records, place = self._of(link)
        return records.taken(place)

    def shipment(self, row: int) -> str:
        """Return the number of a row of shipments."""
        number = self._shipments.number(row)
        return self._old.shipment(row) if number is None else number


class MergedRecords(JoinedRecords):
    """What was recorded of links, kept and new; see ``LinkRecords``.

    Parameters
    ----------
    columns
        ``whence`` is the row of a kept link in its old table, or -1 less the place of a new one;
        ``qty`` and ``unit`` are by link.
    """

    def __init__(
        self,
        old: LinkRecords,
        new: FactRecords,
        *,
        columns: Mapping[str, NDArray[Any]],
        others: NewShipments,
    ) -> None:
        super().__init__(old, new, shipments=others)
        self._whence = columns["whence"]
        self._qty = columns["qty"]
        self._unit = columns["unit"]

    def _of(self, link: int) -> tuple[LinkRecords, int]:
        whence = int(self._whence[link])
        return (self._old, whence) if whence >= 0 else (self._new, -1 - whence)

    def weights(self) -> NDArray[np.float64]:
        """Return what went over each link as a float, for ranking."""
        weights: NDArray[np.float64] = self._qty
        return weights

    def units(self) -> tuple[NDArray[np.integer], Sequence[str | None]]:
        """Return the unit of each link's quantity, as a place among the units."""
        return self._unit, self._new.uoms
