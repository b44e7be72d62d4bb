"""The genealogy of lots as arrays: every lot, what it came from and where it went."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import overload

import numpy as np
from numpy.typing import NDArray

from knockon.domain.errors import KnockonError
from knockon.domain.facts import Consumption, LotKey, OutsideMove, PlantFacts, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.engine.graph.collector import (
    Columns,
    Entity,
    EntityKind,
    Link,
    LinkKind,
    Unrecorded,
    build_columns,
    lot_entity,
)
from knockon.engine.graph.consumption import consumption_links
from knockon.engine.graph.early_uses import early_uses
from knockon.engine.graph.events import event_links
from knockon.engine.graph.holes import missing_consumption_links, orphan_gaps, orphan_links
from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.plain import plain_links
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.records import FactRecords, LinkRecords
from knockon.engine.graph.register import Register, build_register
from knockon.engine.graph.sending import shipment_links
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import LinkTable, StateGraph
from knockon.engine.graph.transfers import transfer_doubts
from knockon.engine.graph.vessels import Anew, Fillings, apart_by_cleaning, fillings

_PLACES = ("finished", "wip", "raw", "transit", "subcontractor", "customer", "scrap")


class UnknownLot(KnockonError):
    """A lot that no fact names; ``candidates`` are the known ones of that number."""

    code = "unknown_lot"

    def __init__(self, *, lot: str, candidates: tuple[str, ...] = ()) -> None:
        super().__init__(lot=lot, candidates=candidates)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotInfo:
    """What a lot's row and the stock say of it."""

    qty: Decimal | None = None
    uom: str | None = None
    place: str | None = None


class Infos(Sequence[LotInfo]):
    """What the facts say of the lots, by place."""

    def __init__(self, infos: Iterable[LotInfo] = ()) -> None:
        self._infos = tuple(infos)

    def __len__(self) -> int:
        """Return how many lots there are."""
        return len(self._infos)

    @overload
    def __getitem__(self, place: int) -> LotInfo: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[LotInfo]: ...
    def __getitem__(self, place: int | slice) -> LotInfo | Sequence[LotInfo]:
        """Return what is said of one lot, or of some."""
        return self._infos[place]

    def quantities(self) -> NDArray[np.float64]:
        """Return the lots' quantities; NaN is unknown."""
        return np.array(
            [np.nan if one.qty is None else float(one.qty) for one in self._infos], dtype=np.float64
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fragile:
    """What a later fact may not touch without changing links that are there already.

    Parameters
    ----------
    items
        Where a record was missing, their lots were looked through.
    work_orders
        Links were derived from when they ran or what they made.
    lots
        Packages, cleaned vessels, lots with events, doubts or records out of order.
    numbers
        Numbers that records name without more: of parent lots, and of corrected records.
    """

    items: Set[str] = frozenset()
    work_orders: Set[WorkOrderKey] = frozenset()
    lots: Set[LotKey] = frozenset()
    numbers: Set[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LotGraph:
    """Lot states and the links between them.

    Parameters
    ----------
    lots
        Every lot that a fact names, in key order; the first entities are these, in this order.
    info
        By lot.
    entities
        What the graph's nodes stand for.
    parts
        Entities of the lots that have more than one (vessels that were cleaned).
    kinds, records, gap_of
        Per link: how it came to be, what was recorded of it, and which of ``gaps`` (-1 is none).
    origins
        Doubts about where a lot came from: its material before that is unknown.
    dead_ends
        What was taken of a lot for nobody knows what, and what is odd about its records.
    in_making
        Lots that are only begun, with the open work order that makes them.
    open_work_orders
        Work orders that have not given out everything that went into them.
    fragile
        What to mind when later facts are laid on top.
    left
        What was left of each entity, where later facts may be laid on top; see ``balances``.
    later_lots
        Entities that are lots too, laid on top and not among ``lots``.
    register
        The look-ups it was built from, for who asks next; None when it was built from arrays.
    anew
        Lots that begin anew: cleaned vessels and what evidence freed.
    """

    lots: Sequence[LotKey]
    info: Infos
    entities: Sequence[Entity]
    parts: Mapping[LotKey, tuple[int, ...]]
    states: StateGraph | LayeredGraph
    kinds: NDArray[np.uint8]
    records: LinkRecords
    gaps: Sequence[tuple[Gap, ...]]
    gap_of: NDArray[np.int32]
    number: Mapping[Entity, int]
    origins: Mapping[LotKey, Gap]
    dead_ends: Mapping[LotKey, tuple[Gap, ...]]
    facts_gaps: Sequence[Gap]
    in_making: Mapping[LotKey, WorkOrderKey]
    open_work_orders: Set[WorkOrderKey]
    fragile: Fragile = Fragile()
    left: NDArray[np.float64] | None = None
    later_lots: range = range(0)
    register: Register | None = None
    anew: Mapping[LotKey, Anew] = field(default_factory=dict)

    def entities_of(self, key: LotKey) -> tuple[int, ...]:
        """Return the entities of a lot.

        Raises
        ------
        UnknownLot
            No fact names the lot.
        """
        if key in self.parts:
            return self.parts[key]
        own = self.number.get(lot_entity(key))
        if own is None:
            near = tuple(lot_text(lot) for lot in self.lots if lot.lot == key.lot)
            raise UnknownLot(lot=lot_text(key), candidates=near)
        return (own,)

    def info_of(self, key: LotKey) -> LotInfo:
        """Return what the facts say of a lot."""
        return self.info[self.number[lot_entity(key)]]

    def ranks(self, entities: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return numbers that order entities as a build from all facts would number them."""
        first, count = self.later_lots.start, len(self.later_lots)
        rank = entities * (count + 1)
        for place in np.flatnonzero((entities >= first) & (entities < first + count)).tolist():
            key = self.lot_laid_on(int(entities[place]))
            # Before the lot that follows it, after all others; later lots are in key order.
            following = bisect_left(self.lots, key)
            rank[place] = following * (count + 1) - count + int(entities[place]) - first
        return rank

    def lot_laid_on(self, entity: int) -> LotKey:
        """Return one of the later lots."""
        key = self.entities[entity].key
        assert isinstance(key, LotKey)
        return key

    def nodes_of(self, entity: int) -> NDArray[np.int32]:
        """Return the states of an entity in order of time."""
        return self.states.nodes_of(entity)


def build_lot_graph(
    facts: PlantFacts,
    *,
    register: Register | None = None,
    begun_anew: Fillings | None = None,
) -> LotGraph:
    """Assemble the genealogy of every lot that the facts name.

    Parameters
    ----------
    register
        The facts' look-ups, where they were built already.
    begun_anew
        The lots that begin anew, where these are not just the vessels that were cleaned.

    Notes
    -----
    Linear in the facts but for sorting. Records without a lot are linked to every lot that can
    be meant: see ``consumption``, ``holes`` and ``sending``.
    """
    register = register or build_register(facts)
    presence = Presence(register)
    orphans = orphan_gaps(register, presence)
    parted = fillings(register) if begun_anew is None else begun_anew
    cleaned = parted.times
    plain = plain_links(register, cleaned=cleaned.keys())
    links: list[Link] = [
        *consumption_links(register, presence, apart=plain.apart),
        *event_links(register),
        *missing_consumption_links(register, presence),
        *orphan_links(register, presence, orphans),
        *shipment_links(register, presence, numbers=plain.shipments_apart),
    ]
    if cleaned:
        links = list(apart_by_cleaning(links, cleaned))
    columns = build_columns(links, plain.batches, lots=register.number)
    info = Infos(lot_infos(register))
    entities = Entities(register.keys, columns.others)
    return LotGraph(
        lots=register.keys,
        info=info,
        entities=entities,
        parts=_parts(entities, columns),
        states=build_states(
            columns.table,
            contents=np.concatenate([info.quantities(), np.full(len(columns.others), np.nan)]),
            family=_families(register.keys, beyond=len(columns.others)),
        ),
        kinds=columns.kinds,
        records=FactRecords(
            rows=columns.rows,
            quantities=columns.quantities,
            unit=columns.table.unit,
            uoms=columns.uoms,
            register=register,
        ),
        gaps=columns.gaps,
        gap_of=columns.gap_of,
        number=Numbers(register.number, columns.number),
        origins=orphans,
        dead_ends=dead_ends(register),
        facts_gaps=register.standing.gaps,
        in_making=lots_in_making(register),
        open_work_orders=open_work_orders(register),
        fragile=_fragile(
            register, presence, links, lots=plain.apart | cleaned.keys() | orphans.keys()
        ),
        register=register,
        anew=parted.anew,
    )


class Entities(Sequence[Entity]):
    """What the nodes stand for: the lots by place, then everything else."""

    __slots__ = ("_lots", "_others")

    def __init__(self, lots: Sequence[LotKey], others: Sequence[Entity]) -> None:
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lots) + len(self._others)

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
        return self._others[place - len(self._lots)]


class Numbers(Mapping[Entity, int]):
    """The place of every entity."""

    __slots__ = ("_lots", "_others")

    def __init__(self, lots: Mapping[LotKey, int], others: Mapping[Entity, int]) -> None:
        self._lots = lots
        self._others = others

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._lots) + len(self._others)

    def __iter__(self) -> Iterator[Entity]:
        """Yield all entities."""
        yield from map(lot_entity, self._lots)
        yield from self._others

    def __getitem__(self, entity: Entity) -> int:
        """Return the place of an entity."""
        if entity.kind is EntityKind.LOT and not entity.part and entity.key in self._lots:
            return self._lots[entity.key]  # type: ignore[index]
        return self._others[entity]


def build_from_links(
    lots: Sequence[LotKey],
    table: LinkTable,
    *,
    contents: NDArray[np.float64],
    family: NDArray[np.int32],
) -> LotGraph:
    """Assemble a genealogy whose links are arrays already; entities are the lots by place.

    Parameters
    ----------
    lots
        In key order.
    contents
        Quantity of each lot when it came to be, shape ``(lots,)``; NaN is unknown.
    family
        What each lot is of, shape ``(lots,)``.
    """
    count = len(table.source)
    info = Infos(
        LotInfo(qty=None if np.isnan(qty) else Decimal(repr(float(qty)))) for qty in contents
    )
    return LotGraph(
        lots=tuple(lots),
        info=info,
        entities=Entities(tuple(lots), ()),
        parts={},
        states=build_states(table, contents=contents, family=family),
        kinds=np.full(count, LinkKind.CONSUMED, dtype=np.uint8),
        records=FactRecords(
            rows=(None,) * count,
            quantities=(None,) * count,
            unit=table.unit,
            uoms=(None,) * (int(table.unit.max(initial=0)) + 1),
            register=None,
        ),
        gaps=(),
        gap_of=np.full(count, -1, dtype=np.int32),
        number=Numbers({key: place for place, key in enumerate(lots)}, {}),
        origins={},
        dead_ends={},
        facts_gaps=(),
        in_making={},
        open_work_orders=frozenset(),
    )


def _parts(entities: Sequence[Entity], columns: Columns) -> dict[LotKey, tuple[int, ...]]:
    """Return the entities of the lots that have more than one."""
    lots = len(entities) - len(columns.others)
    parts: dict[LotKey, list[int]] = defaultdict(list)
    for place, entity in enumerate(columns.others, lots):
        if entity.part and isinstance(entity.key, LotKey):
            parts[entity.key].append(place)
    if not parts:
        return {}
    own = {entities[place].key: place for place in range(lots)}
    return {key: (own[key], *places) for key, places in parts.items()}


def _families(lots: Sequence[LotKey], *, beyond: int) -> NDArray[np.int32]:
    """Return a number per item for lots; what is no lot is of one family."""
    numbers: dict[str, int] = {"": 0}
    own = [numbers.setdefault(key.item, len(numbers)) for key in lots]
    return np.concatenate([np.array(own, dtype=np.int32), np.zeros(beyond, dtype=np.int32)])


def _fragile(
    register: Register, presence: Presence, links: Iterable[Link], *, lots: Set[LotKey]
) -> Fragile:
    work_orders: set[WorkOrderKey] = set()
    for move in register.facts.outside_moves:
        if move.work_order:
            work_orders.add(WorkOrderKey(move.plant, move.work_order))
    for link in links:
        if isinstance(link.row, Consumption | OutsideMove) and link.row.work_order:
            work_orders.add(WorkOrderKey(link.row.plant, link.row.work_order))
        for entity in (link.source, link.target):
            if isinstance(entity.key, WorkOrderKey):
                work_orders.add(entity.key)
            elif isinstance(entity.key, Unrecorded):
                work_orders.add(entity.key.work_order)
    touched = {*lots, *register.packages.keys}
    for event in register.standing.lot_events:
        touched.add(event.lot)
        if event.other_lot is not None:
            touched.add(event.other_lot)
    touched.update(lot.key for lot in register.lots.values() if lot.parent_lot)
    numbers = {lot.parent_lot for lot in register.lots.values() if lot.parent_lot}
    numbers.update(row.lot.lot for row in register.facts.transfers)
    numbers.update(event.corrects for event in register.facts.lot_events if event.corrects)
    touched.update(doubt.lot for doubt in register.standing.doubts)
    return Fragile(
        items=frozenset(presence.asked),
        work_orders=frozenset(work_orders),
        lots=frozenset(touched),
        numbers=frozenset(numbers),
    )


def open_work_orders(register: Register) -> frozenset[WorkOrderKey]:
    """Return the work orders that are not done; of an undescribed one, if it gave nothing out."""
    described = {key for key, row in register.work_orders.items() if row.status != "done"}
    undescribed = {
        key
        for key in register.uses_of
        if key not in register.work_orders and not register.outputs.get(key)
    }
    return frozenset(described | undescribed)


def dead_ends(register: Register) -> dict[LotKey, tuple[Gap, ...]]:
    """Return what was taken of each lot for nobody knows what, and what its records repeat."""
    gaps: dict[LotKey, list[Gap]] = defaultdict(list)
    for doubt in register.standing.doubts:
        gaps[doubt.lot].append(doubt.gap)
    for lot, gap in (*transfer_doubts(register.facts.transfers), *early_uses(register)):
        gaps[lot].append(gap)
    for use in register.standing.consumption:
        if use.output is None and not use.work_order:
            where = lot_text(use.input)
            gaps[use.input].append(Gap(code="unknown_destination", where=where, qty=use.qty))
    return {key: tuple(rows) for key, rows in gaps.items()}


def lots_in_making(register: Register) -> dict[LotKey, WorkOrderKey]:
    """Return the lots without a time of making whose work order is still open."""
    begun = {}
    for lot, key in register.made_by.items():
        work_order = register.work_orders.get(key)
        described = register.lots.get(lot)
        unmade = described is None or (described.made is None and not described.qty)
        if unmade and work_order is not None and work_order.status != "done":
            begun[lot] = key
    return dict(sorted(begun.items()))


def lot_infos(register: Register) -> list[LotInfo]:
    """Return quantity, unit and the place where most of each lot is, in key order."""
    stock: dict[LotKey, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in register.facts.stock:
        if row.lot is not None:
            stock[row.lot][row.place] += row.qty
    received: dict[LotKey, Decimal] = defaultdict(Decimal)
    for receipt in register.facts.receipts:
        received[receipt.lot] += receipt.received
    shipped = {row.lot for row in register.facts.shipments}
    used = {row.input for row in register.standing.consumption}
    lots, unit_of = register.lots, register.units.unit_of
    info = []
    for key in register.keys:
        lot = lots.get(key)
        qty = lot.qty if lot is not None and lot.qty is not None else received.get(key)
        place = _place(stock[key]) if key in stock else None
        if place is None and key in shipped:
            place = "customer"
        elif place is None and key in used:
            place = "consumed"
        uom = (lot.uom if lot is not None else None) or unit_of(key.item)
        info.append(LotInfo(qty=qty, uom=uom, place=place))
    return info


def _place(stock: Mapping[str, Decimal]) -> str | None:
    present = [place for place in stock if stock[place] > 0]
    known = [place for place in _PLACES if place in present]
    return max(known, key=lambda place: stock[place]) if known else None
