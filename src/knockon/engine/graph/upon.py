"""A genealogy with a second layer of what came since; what stands below is not touched."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, overload

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import Consumption, LotKey, Shipment
from knockon.engine.graph.collector import Batch, Entity, EntityKind, LinkKind, lot_entity
from knockon.engine.graph.extension import lay_on
from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.lots import Infos, LotGraph, LotInfo
from knockon.engine.graph.merged import JoinedRecords, NewShipments
from knockon.engine.graph.records import FactRecords, LinkRecords
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import HOP_BIT, NO_LINK, LinkTable, StateGraph


class _Sign(NamedTuple):
    """What tells one plain link into a lot from another."""

    source: int
    target: int
    earliest: int
    latest: int
    qty: Decimal | None
    uom: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upper:
    """What lies on top, with numbers that go on from those below.

    Parameters
    ----------
    lots
        New ones, numbered on from all entities; shipments follow them.
    """

    states: LayeredGraph
    lots: tuple[LotKey, ...]
    shipments: NewShipments
    kinds: NDArray[np.uint8]
    records: "LayeredRecords"


def lay_upon(
    graph: LotGraph,
    *,
    register: Register,
    known: Mapping[LotKey, int],
    new: Sequence[LotKey],
    infos: Mapping[LotKey, LotInfo],
    batches: tuple[Batch, Batch],
) -> Upper | None:
    """Return the layer of new links; None when they are not only added.

    Parameters
    ----------
    known, new
        Lots whose inputs are all in ``batches``: with their places, and those that have none yet.
    infos
        What is said of them now.
    batches
        Links into these lots, and into new rows of shipments.

    Notes
    -----
    O(links into the lots and their neighbours), whatever the size of the genealogy.
    """
    states = graph.states
    if graph.left is None or not isinstance(states, StateGraph):
        return None
    if any(graph.info[place].qty != infos[key].qty for key, place in known.items()):
        return None
    standing = _inputs(graph, states, known.values())
    if standing is None:
        return None
    first = len(graph.entities)
    place_of = {key: first + rank for rank, key in enumerate(new)}
    shipments = NewShipments(graph.entities, batches[1])
    signs: list[_Sign] = []
    rows: list[Consumption | Shipment] = []
    places: list[tuple[LinkKind, int]] = []
    for batch in batches:
        facts: Sequence[Consumption | Shipment] = batch.rows
        for place, row in enumerate(facts):
            source = _place(graph, place_of, register.keys[int(batch.source[place])])
            if batch.target_kind is EntityKind.LOT:
                target = _place(graph, place_of, register.keys[int(batch.target[place])])
            else:
                target = first + len(new) + place
            when = int(batch.earliest[place]), int(batch.latest[place])
            sign = _Sign(source, target, *when, row.qty, batch.uoms[place])
            if standing[sign] > 0:
                standing[sign] -= 1
                continue
            signs.append(sign)
            rows.append(row)
            places.append((batch.kind, HOP_BIT if batch.hop else 0))
    if +standing:
        return None
    uoms: dict[str | None, int] = {}
    unit = np.array([uoms.setdefault(sign.uom, len(uoms)) for sign in signs], dtype=np.int32)
    contents = [*(infos[key].qty for key in new), *([None] * len(batches[1].rows))]
    laid = lay_on(
        states,
        LinkTable(
            source=np.array([sign.source for sign in signs], dtype=np.int64),
            target=np.array([sign.target for sign in signs], dtype=np.int64),
            earliest=np.array([sign.earliest for sign in signs], dtype=np.int64),
            latest=np.array([sign.latest for sign in signs], dtype=np.int64),
            meta=np.array([meta for _, meta in places], dtype=np.uint8),
            qty=np.array([float(row.qty) for row in rows], dtype=np.float64),
            unit=unit,
        ),
        contents=np.array(
            [np.nan if qty is None else float(qty) for qty in contents], dtype=np.float64
        ),
        family=np.zeros(first + len(contents), dtype=np.int32),
        left=graph.left,
    )
    if laid is None:
        return None
    new_records = FactRecords(
        rows=rows,
        quantities=[row.qty for row in rows],
        unit=unit,
        uoms=tuple(uoms),
        register=register,
    )
    return Upper(
        states=laid,
        lots=tuple(new),
        shipments=shipments,
        kinds=np.array([kind for kind, _ in places], dtype=np.uint8),
        records=LayeredRecords(
            graph.records, new_records, first=len(graph.kinds), shipments=shipments
        ),
    )


def _place(graph: LotGraph, new: Mapping[LotKey, int], key: LotKey) -> int:
    place = new.get(key)
    return graph.number[lot_entity(key)] if place is None else place


def _inputs(graph: LotGraph, states: StateGraph, lots: Iterable[int]) -> "Counter[_Sign] | None":
    """Return the links into lots as they stand; None when one of them is not plain."""
    entities = np.array(sorted(lots), dtype=np.int64)
    last = states.nodes - 1
    against = states.backward
    links, entered = against.links_of(last - states.nodes_of_all(entities).astype(np.int64))
    rows = against.rows(links)
    own = rows != NO_LINK
    links, entered, rows = links[own], entered[own], rows[own]
    plain = (
        np.all(graph.kinds[rows] == LinkKind.CONSUMED)
        and np.all(against.meta(links) == HOP_BIT)
        and np.all(graph.gap_of[rows] < 0)
    )
    if not plain:
        return None
    latest, earliest = against.times(links)
    source = states.entities_of(last - against.target(links))
    target = states.entities_of(last - entered)
    unit, uoms = graph.records.units()
    columns = (source, target, -earliest, -latest, rows)
    return Counter(
        _Sign(
            source=start,
            target=end,
            earliest=first,
            latest=last_at,
            qty=graph.records.booked(row),
            uom=uoms[int(unit[row])],
        )
        for start, end, first, last_at, row in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


class LayeredInfos(Infos):
    """What the facts say of the lots below, by their places, and of those on top, by theirs.

    Parameters
    ----------
    fresh
        What they say now of lots that were touched, by place.
    """

    def __init__(self, old: Infos, fresh: Mapping[int, LotInfo]) -> None:
        self._old = old
        self._fresh = dict(fresh)

    def __len__(self) -> int:
        """Return how many lots there are below."""
        return len(self._old)

    @overload
    def __getitem__(self, place: int) -> LotInfo: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotInfo]: ...
    def __getitem__(self, place: int | slice) -> LotInfo | Sequence[LotInfo]:
        """Return what is said of one lot, or of some."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        fresh = self._fresh.get(int(place))
        return self._old[place] if fresh is None else fresh


class LayeredEntities(Sequence[Entity]):
    """What the nodes stand for: below, then new lots, then new shipments."""

    def __init__(self, old: Sequence[Entity], upper: Upper) -> None:
        self._old = old
        self._lots = upper.lots
        self._shipments = upper.shipments

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._old) + len(self._lots) + len(self._shipments)

    @overload
    def __getitem__(self, place: int) -> Entity: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Entity]: ...
    def __getitem__(self, place: int | slice) -> Entity | Sequence[Entity]:
        """Return the entity of a place."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        rank = place - len(self._old)
        if rank < 0:
            return self._old[place]
        if rank < len(self._lots):
            return lot_entity(self._lots[rank])
        return self._shipments.entity(rank - len(self._lots))


class LayeredNumbers(Mapping[Entity, int]):
    """The place of every entity."""

    def __init__(self, old: Mapping[Entity, int], upper: Upper) -> None:
        self._old = old
        first = upper.shipments.first
        new = [lot_entity(key) for key in upper.lots]
        new += [upper.shipments.entity(rank) for rank in range(len(upper.shipments))]
        self._new = {entity: first + rank for rank, entity in enumerate(new)}

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._old) + len(self._new)

    def __iter__(self) -> Iterator[Entity]:
        """Yield all entities."""
        yield from self._old
        yield from self._new

    def __getitem__(self, entity: Entity) -> int:
        """Return the place of an entity."""
        place = self._new.get(entity)
        return self._old[entity] if place is None else place


class LayeredRecords(JoinedRecords):
    """What was recorded of the links of both layers; see ``LinkRecords``.

    Parameters
    ----------
    first
        Row of the first link on top.
    """

    def __init__(
        self, old: LinkRecords, new: FactRecords, *, first: int, shipments: NewShipments
    ) -> None:
        super().__init__(old, new, shipments=shipments)
        self._first = first

    def _of(self, link: int) -> tuple[LinkRecords, int]:
        return (self._old, link) if link < self._first else (self._new, link - self._first)

    def weights(self) -> NDArray[np.float64]:
        """Return what went over each link as a float, for ranking."""
        return np.concatenate([self._old.weights(), self._new.weights()])

    def units(self) -> tuple[NDArray[np.integer], Sequence[str | None]]:
        """Return the unit of each link's quantity, as a place among the units."""
        unit, uoms = self._old.units()
        own, own_uoms = self._new.units()
        return np.concatenate([unit, own + len(uoms)]), (*uoms, *own_uoms)
