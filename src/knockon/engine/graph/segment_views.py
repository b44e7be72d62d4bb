"""Lots, links and notes of a segment, read from its arrays where they lie."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final, overload

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import LotKey, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.engine.graph.collector import Entity, EntityKind, Unrecorded, lot_entity
from knockon.engine.graph.heaps import Amounts, Arrays, Sparse, TextHeap, read_document
from knockon.engine.graph.instants import instant
from knockon.engine.graph.lots import Infos, LotInfo
from knockon.engine.graph.vessels import Anew

NOT_NOTED: Final = np.iinfo(np.int64).min
"""The time of a link of which none was recorded."""
BETWEEN: Final = "\0"
"""Sorts before every character of a name, so that joined names sort as tuples do."""
_MOST_BOUNDS: Final = 10_000
"""Items whose lots' places are kept at hand."""
PLACES: Final = (
    None,
    "finished",
    "wip",
    "raw",
    "transit",
    "subcontractor",
    "customer",
    "scrap",
    "consumed",
)
"""Where a lot is; a segment notes the number."""


class LotKeys(Sequence[LotKey]):
    """The lots in key order, read one at a time."""

    __slots__ = ("_bounds", "_kind_of", "_kinds", "_numbers")

    def __init__(self, arrays: Arrays) -> None:
        self._bounds: dict[tuple[str, str], tuple[int, int]] = {}
        self._kinds = TextHeap(arrays, "kind")
        self._kind_of = np.asarray(arrays["lot_kind"], dtype=np.uint32)
        self._numbers = TextHeap(arrays, "lot")

    def __len__(self) -> int:
        """Return how many lots there are."""
        return len(self._kind_of)

    @overload
    def __getitem__(self, place: int) -> LotKey: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotKey]: ...
    def __getitem__(self, place: int | slice) -> LotKey | Sequence[LotKey]:
        """Return one key, or some of them."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        issuer, item = self._kinds[int(self._kind_of[place])].split(BETWEEN)
        return LotKey(issuer, item, self._numbers[place])

    def find(self, key: LotKey) -> int | None:
        """Return the place of a lot; None when it is not there.

        Notes
        -----
        O(log lots).
        """
        bounds = self._bounds.get((key.issuer, key.item))
        if bounds is None:
            bounds = self._bounds_of(key.issuer, key.item)
            if len(self._bounds) < _MOST_BOUNDS:
                self._bounds[key.issuer, key.item] = bounds
        return self._numbers.find(key.lot, begin=bounds[0], end=bounds[1])

    def _bounds_of(self, issuer: str, item: str) -> tuple[int, int]:
        """Return where the lots of an item begin and end."""
        kind = self._kinds.find(BETWEEN.join((issuer, item)))
        if kind is None:
            return 0, 0
        begin, end = np.searchsorted(self._kind_of, np.array([kind, kind + 1], dtype=np.uint32))
        return int(begin), int(end)


class Others:
    """What is no lot; of one kind in order of its names, shipments in order of their rows."""

    __slots__ = ("_bounds", "_kind", "_names", "_part", "_row", "count")

    def __init__(self, arrays: Arrays) -> None:
        self._kind = arrays["other_kind"]
        self._part = arrays["other_part"]
        self._row = arrays["other_row"]
        self._names = TextHeap(arrays, "other")
        kinds = np.arange(len(EntityKind) + 1, dtype=np.uint8)
        self._bounds = np.searchsorted(self._kind, kinds)
        self.count = len(self._kind)

    def entity(self, place: int) -> Entity:
        """Return the entity of a place among them."""
        kind = EntityKind(int(self._kind[place]))
        if kind is EntityKind.SHIPMENT:
            return Entity(kind, int(self._row[place]))
        names = self._names[place].split(BETWEEN)
        if kind is EntityKind.LOT:
            return lot_entity(LotKey(*names), part=int(self._part[place]))
        if kind is EntityKind.WORK_ORDER:
            return Entity(kind, WorkOrderKey(*names))
        return Entity(kind, Unrecorded(WorkOrderKey(*names[:2]), names[2]))

    def find(self, entity: Entity) -> int | None:
        """Return the place of an entity among them; None when it is not there."""
        begin, end = (int(bound) for bound in self._bounds[entity.kind : entity.kind + 2])
        if entity.kind is EntityKind.LOT:
            # Fillings of a vessel are few.
            return next((at for at in range(begin, end) if self.entity(at) == entity), None)
        if entity.kind is EntityKind.SHIPMENT:
            place = begin + int(np.searchsorted(self._row[begin:end], entity.key))
            return place if place < end and self._row[place] == entity.key else None
        key = entity.key
        names = (*key.work_order, key.item) if isinstance(key, Unrecorded) else key
        return self._names.find(BETWEEN.join(names), begin=begin, end=end)  # type: ignore[arg-type]

    def shipment(self, row: int) -> str:
        """Return the number of a row of shipments."""
        place = self.find(Entity(EntityKind.SHIPMENT, row))
        return "" if place is None else self._names[place]


class AllEntities(Sequence[Entity]):
    """What the nodes stand for: the lots by place, then everything else."""

    def __init__(self, lots: LotKeys, others: Others) -> None:
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        return len(self._lots) + self._others.count

    @overload
    def __getitem__(self, place: int) -> Entity: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entity]: ...
    def __getitem__(self, place: int | slice) -> Entity | Sequence[Entity]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if place < len(self._lots):
            return lot_entity(self._lots[place])
        return self._others.entity(place - len(self._lots))


class AllNumbers(Mapping[Entity, int]):
    """The place of every entity."""

    def __init__(self, lots: LotKeys, others: Others) -> None:
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        return len(self._lots) + self._others.count

    def __iter__(self) -> Iterator[Entity]:
        return iter(AllEntities(self._lots, self._others))

    def __getitem__(self, entity: Entity) -> int:
        if isinstance(entity.key, LotKey) and not entity.part:
            own = self._lots.find(entity.key)
            if own is not None:
                return own
        place = self._others.find(entity)
        if place is None:
            raise KeyError(entity)
        return len(self._lots) + place


class SealedInfos(Infos):
    """What the facts say of the lots."""

    def __init__(self, arrays: Arrays) -> None:
        self._qty = Amounts(arrays, "lot_qty")
        self._uoms = [uom or None for uom in TextHeap(arrays, "uom")]
        self._uom = arrays["lot_uom"]
        self._place = arrays["lot_place"]

    def __len__(self) -> int:
        return len(self._qty)

    @overload
    def __getitem__(self, place: int) -> LotInfo: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotInfo]: ...
    def __getitem__(self, place: int | slice) -> LotInfo | Sequence[LotInfo]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return LotInfo(
            qty=self._qty[place],
            uom=self._uoms[int(self._uom[place])],
            place=PLACES[int(self._place[place])],
        )

    def quantities(self) -> NDArray[np.float64]:
        """Return the lots' quantities; NaN is unknown."""
        return self._qty.floats()


class SealedRecords:
    """What was recorded of links, from the arrays; see ``LinkRecords``."""

    def __init__(self, arrays: Arrays, lots: LotKeys, others: Others, notes: "Notes") -> None:
        self._lots = lots
        self._others = others
        self._notes = notes
        self._unit = arrays["link_unit"]
        self._when = arrays["link_when"]
        self._source = arrays["link_source"]
        self._booked = Amounts(arrays, "link_booked")
        self._carried = Sparse(arrays, "link_carried")
        self._taken = Sparse(arrays, "link_taken")
        self._taken_lot = arrays["link_taken_lot"]

    def when(self, link: int) -> datetime | None:
        """Return when it happened, at the earliest."""
        at_us = int(self._when[link])
        return None if at_us == NOT_NOTED else instant(at_us)

    def booked(self, link: int) -> Decimal | None:
        """Return the quantity that its fact names."""
        return self._booked[link]

    def carried(self, link: int) -> Decimal | None:
        """Return how much went over this link."""
        odd = self._carried.find(link)
        return self._booked[link] if odd is None else self._carried.values[odd]

    def taken(self, link: int) -> tuple[LotKey, Decimal | None] | None:
        """Return from which lot its fact took, and how much in that lot's unit."""
        odd = self._taken.find(link)
        if odd is None:
            return self._lots[int(self._source[link])], self._booked[link]
        place = int(self._taken_lot[odd])
        return None if place < 0 else (self._lots[place], self._taken.values[odd])

    def shipment(self, row: int) -> str:
        """Return the number of a row of shipments."""
        return self._others.shipment(row)

    def weights(self) -> NDArray[np.float64]:
        """Return what went over each link as a float, for ranking."""
        weights = self._booked.floats()
        for place, qty in self._carried.items():
            weights[place] = np.nan if qty is None else float(qty)
        return weights

    def units(self) -> tuple[NDArray[np.integer], Sequence[str | None]]:
        """Return the unit of each link's quantity, as a place among the units."""
        return np.asarray(self._unit, dtype=np.uint16), self._notes.uoms


class GapGroups(Sequence[tuple[Gap, ...]]):
    """Groups of gaps."""

    def __init__(self, arrays: Arrays) -> None:
        self._array = arrays["gaps"]

    @cached_property
    def _groups(self) -> list[list[list[Any]]]:
        groups: list[list[list[Any]]] = read_document(self._array)
        return groups

    def __len__(self) -> int:
        return len(self._groups)

    @overload
    def __getitem__(self, place: int) -> tuple[Gap, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[Gap, ...]]: ...
    def __getitem__(self, place: int | slice) -> tuple[Gap, ...] | Sequence[tuple[Gap, ...]]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        return tuple(map(_read_gap, self._groups[place]))


class Notes:
    """What few lots have, read when the first one asks."""

    def __init__(self, arrays: Arrays, lots: LotKeys) -> None:
        self._array = arrays["notes"]
        self._lots = lots

    @cached_property
    def _document(self) -> dict[str, list[Any]]:
        document: dict[str, list[Any]] = read_document(self._array)
        return document

    @cached_property
    def parts(self) -> dict[LotKey, tuple[int, ...]]:
        """Return the entities of lots that have more than one."""
        return {self._lots[place]: tuple(parts) for place, parts in self._document["parts"]}

    @cached_property
    def anew(self) -> dict[LotKey, Anew]:
        """Return the lots that begin anew."""
        return {
            self._lots[place]: Anew(before=before, last=last)
            for place, before, last in self._document["anew"]
        }

    @cached_property
    def origins(self) -> dict[LotKey, Gap]:
        """Return the doubts about where lots came from."""
        return {self._lots[place]: _read_gap(gap) for place, gap in self._document["origins"]}

    @cached_property
    def dead_ends(self) -> dict[LotKey, tuple[Gap, ...]]:
        """Return what was taken of lots for nobody knows what."""
        return {
            self._lots[place]: tuple(map(_read_gap, gaps))
            for place, gaps in self._document["dead_ends"]
        }

    @cached_property
    def facts_gaps(self) -> tuple[Gap, ...]:
        """Return what is odd about the records themselves."""
        return tuple(map(_read_gap, self._document["facts_gaps"]))

    @cached_property
    def in_making(self) -> dict[LotKey, WorkOrderKey]:
        """Return the lots that are only begun, with their work orders."""
        return {
            self._lots[place]: WorkOrderKey(plant, work_order)
            for place, plant, work_order in self._document["in_making"]
        }

    @cached_property
    def open_work_orders(self) -> frozenset[WorkOrderKey]:
        """Return the work orders that are not done."""
        return self.work_orders("open_work_orders")

    def work_orders(self, name: str) -> frozenset[WorkOrderKey]:
        """Return the work orders under a name."""
        return frozenset(WorkOrderKey(*key) for key in self._document[name])

    def texts(self, name: str) -> frozenset[str]:
        """Return the texts under a name."""
        return frozenset(self._document[name])

    @cached_property
    def uoms(self) -> tuple[str | None, ...]:
        """Return the units of the links' quantities."""
        return tuple(self._document["uoms"])

    @cached_property
    def fragile_lots(self) -> frozenset[LotKey]:
        """Return the lots that later facts may not touch."""
        return frozenset(LotKey(*key) for key in self._document["fragile_lots"])


def _read_gap(values: Sequence[Any]) -> Gap:
    code, where, qty = values
    return Gap(code=code, where=where, qty=None if qty is None else Decimal(qty))
