"""The genealogy of lots as arrays: every lot, what it came from and where it went."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey, PlantFacts, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.engine.graph.collector import (
    Columns,
    Entity,
    Link,
    LinkKind,
    Row,
    build_columns,
    lot_entity,
)
from knockon.engine.graph.consumption import consumption_links
from knockon.engine.graph.events import event_links
from knockon.engine.graph.holes import missing_consumption_links, orphan_gaps, orphan_links
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.register import Register, build_register
from knockon.engine.graph.sending import shipment_links
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import LinkTable, StateGraph
from knockon.engine.graph.units import UnitTable
from knockon.engine.graph.vessels import apart_by_cleaning, cleanings

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


@dataclass(frozen=True, slots=True, kw_only=True)
class LotGraph:
    """Lot states and the links between them.

    Parameters
    ----------
    lots
        Every lot that a fact names, in key order; the first entities are these, in this order.
    entities
        What the graph's nodes stand for.
    parts
        Entities of the lots that have more than one (vessels that were cleaned).
    kinds, rows, quantities, gap_of
        Per link: how it came to be, the fact behind it, how much, and which of ``gaps`` (-1 is
        none).
    origins
        Doubts about where a lot came from: its material before that is unknown.
    dead_ends
        What was taken of a lot for nobody knows what, and what is odd about its records.
    in_making
        Lots that are only begun, with the open work order that makes them.
    open_work_orders
        Work orders that have not given out everything that went into them.
    register
        The look-ups it was built from, for who asks next; None when it was built from arrays.
    """

    lots: tuple[LotKey, ...]
    info: Mapping[LotKey, LotInfo]
    entities: tuple[Entity, ...]
    parts: Mapping[LotKey, tuple[int, ...]]
    states: StateGraph
    kinds: NDArray[np.uint8]
    rows: tuple[Row | None, ...]
    quantities: tuple[Decimal | None, ...]
    gaps: tuple[tuple[Gap, ...], ...]
    gap_of: NDArray[np.int32]
    number: Mapping[Entity, int]
    units: UnitTable
    origins: Mapping[LotKey, Gap]
    dead_ends: Mapping[LotKey, tuple[Gap, ...]]
    facts_gaps: tuple[Gap, ...]
    in_making: Mapping[LotKey, WorkOrderKey]
    open_work_orders: frozenset[WorkOrderKey]
    register: Register | None = None

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

    def nodes_of(self, entity: int) -> NDArray[np.int32]:
        """Return the states of an entity in order of time."""
        return self.states.nodes_of(entity)


def build_lot_graph(facts: PlantFacts, *, register: Register | None = None) -> LotGraph:
    """Assemble the genealogy of every lot that the facts name.

    Parameters
    ----------
    register
        The facts' look-ups, where they were built already.

    Notes
    -----
    Linear in the facts but for sorting. Records without a lot are linked to every lot that can
    be meant: see ``consumption``, ``holes`` and ``sending``.
    """
    register = register or build_register(facts)
    presence = Presence(register)
    orphans = orphan_gaps(register, presence)
    links: list[Link] = [
        *consumption_links(register, presence),
        *event_links(register),
        *missing_consumption_links(register, presence),
        *orphan_links(register, presence, orphans),
        *shipment_links(register, presence),
    ]
    cleaned = cleanings(register)
    if cleaned:
        links = list(apart_by_cleaning(links, cleaned))
    columns = build_columns(links, lots=register.keys)
    return _assemble(
        columns,
        lots=register.keys,
        info=_info(register),
        family=_families(columns.entities),
        origins=orphans,
        register=register,
    )


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
    columns = Columns(
        entities=tuple(lot_entity(key) for key in lots),
        table=table,
        kinds=np.full(count, LinkKind.CONSUMED, dtype=np.uint8),
        rows=(None,) * count,
        quantities=(None,) * count,
        gaps=(),
        gap_of=np.full(count, -1, dtype=np.int32),
    )
    info = {
        key: LotInfo(qty=None if np.isnan(qty) else Decimal(repr(float(qty))))
        for key, qty in zip(lots, contents, strict=True)
    }
    return _assemble(columns, lots=tuple(lots), info=info, family=family, origins={}, register=None)


def _assemble(
    columns: Columns,
    *,
    lots: tuple[LotKey, ...],
    info: Mapping[LotKey, LotInfo],
    family: NDArray[np.int32],
    origins: Mapping[LotKey, Gap],
    register: Register | None,
) -> LotGraph:
    number = {entity: place for place, entity in enumerate(columns.entities)}
    contents = np.full(len(columns.entities), np.nan)
    for place, key in enumerate(lots):
        qty = info[key].qty
        if qty is not None:
            contents[place] = float(qty)
    parts: dict[LotKey, list[int]] = defaultdict(list)
    for place, entity in enumerate(columns.entities):
        if entity.part and isinstance(entity.key, LotKey):
            parts[entity.key].append(place)
    return LotGraph(
        lots=lots,
        info=info,
        entities=columns.entities,
        parts={key: (number[lot_entity(key)], *places) for key, places in parts.items()},
        states=build_states(columns.table, contents=contents, family=family),
        kinds=columns.kinds,
        rows=columns.rows,
        quantities=columns.quantities,
        gaps=columns.gaps,
        gap_of=columns.gap_of,
        number=number,
        units=register.units if register else UnitTable((), ()),
        origins=origins,
        dead_ends=_dead_ends(register) if register else {},
        facts_gaps=register.standing.gaps if register else (),
        in_making=_in_making(register) if register else {},
        open_work_orders=_open_work_orders(register) if register else frozenset(),
        register=register,
    )


def _families(entities: Sequence[Entity]) -> NDArray[np.int32]:
    """Return a number per item for lots; what is no lot is of one family."""
    numbers: dict[str, int] = {}
    items = (entity.key.item if isinstance(entity.key, LotKey) else "" for entity in entities)
    return np.array([numbers.setdefault(item, len(numbers)) for item in items], dtype=np.int32)


def _open_work_orders(register: Register) -> frozenset[WorkOrderKey]:
    """Return the work orders that are not done; of an undescribed one, if it gave nothing out."""
    described = {key for key, row in register.work_orders.items() if row.status != "done"}
    undescribed = {
        key
        for key in register.uses_of
        if key not in register.work_orders and not register.outputs.get(key)
    }
    return frozenset(described | undescribed)


def _dead_ends(register: Register) -> dict[LotKey, tuple[Gap, ...]]:
    """Return what was taken of each lot for nobody knows what, and what its records repeat."""
    gaps: dict[LotKey, list[Gap]] = defaultdict(list)
    for doubt in register.standing.doubts:
        gaps[doubt.lot].append(doubt.gap)
    for use in register.standing.consumption:
        if use.output is None and not use.work_order:
            where = lot_text(use.input)
            gaps[use.input].append(Gap(code="unknown_destination", where=where, qty=use.qty))
    return {key: tuple(rows) for key, rows in gaps.items()}


def _in_making(register: Register) -> dict[LotKey, WorkOrderKey]:
    """Return the lots without a time of making whose work order is still open."""
    begun = {}
    for lot, key in register.made_by.items():
        work_order = register.work_orders.get(key)
        described = register.lots.get(lot)
        unmade = described is None or (described.made is None and not described.qty)
        if unmade and work_order is not None and work_order.status != "done":
            begun[lot] = key
    return begun


def _info(register: Register) -> dict[LotKey, LotInfo]:
    """Return quantity, unit and the place where most of each lot is."""
    stock: dict[LotKey, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in register.facts.stock:
        if row.lot is not None:
            stock[row.lot][row.place] += row.qty
    received: dict[LotKey, Decimal] = defaultdict(Decimal)
    for receipt in register.facts.receipts:
        received[receipt.lot] += receipt.received
    shipped = {row.lot for row in register.facts.shipments}
    used = {row.input for row in register.standing.consumption}
    info = {}
    for key in register.keys:
        lot = register.lots.get(key)
        qty = lot.qty if lot is not None and lot.qty is not None else received.get(key)
        place = _place(stock.get(key, {}))
        if place is None and key in shipped:
            place = "customer"
        elif place is None and key in used:
            place = "consumed"
        info[key] = LotInfo(qty=qty, uom=register.uom(key), place=place)
    return info


def _place(stock: Mapping[str, Decimal]) -> str | None:
    present = [place for place in stock if stock[place] > 0]
    known = [place for place in _PLACES if place in present]
    return max(known, key=lambda place: stock[place]) if known else None
