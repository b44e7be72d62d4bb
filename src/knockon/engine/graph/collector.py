"""Gathers links between lots, work orders and shipments while the facts are read."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import Consumption, LotEvent, LotKey, OutsideMove, Shipment, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import CLASS_BITS, FOREVER, HOP_BIT, SPREAD_BIT, LinkTable

Row = Consumption | LotEvent | Shipment | OutsideMove


class LinkKind(IntEnum):
    """How material got from one to the other; the name in lower case is a path step's ``via``."""

    CONSUMED = 0
    BACKFLUSHED = 1
    NEIGHBOUR = 2
    """Lay where a backflush guessed another lot."""
    ISSUED = 3
    """Into a work order, nobody recorded which of its lots."""
    OUTPUT = 4
    """Out of such a work order."""
    MISSING_CONSUMPTION = 5
    """Was there when a work order took its item and nobody recorded which lot."""
    RELABELLED = 6
    SPLIT = 7
    MERGED = 8
    PARENT = 9
    """The lot's own record names it as parent."""
    UNKNOWN_PREDECESSOR = 10
    """Lot of the same item that is not accounted for when this one appeared from nowhere."""
    SAME_NUMBER = 11
    """Same item and number, one of the two without issuer."""
    SHIPPED = 12
    UNRECORDED_LOT = 13
    """Was there when its item was shipped and nobody recorded which lot."""
    UNPACKED = 14
    """Was in a package that was consumed."""
    SUBCONTRACTED = 15
    TRANSFERRED = 16
    """The same lot under the name that another plant gave it."""
    SUBSTITUTED = 17
    """Consumed in place of another material, as the bill of material allows."""


class EntityKind(IntEnum):
    """What a node of the graph stands for."""

    LOT = 0
    WORK_ORDER = 1
    UNRECORDED = 2
    SHIPMENT = 3


class Unrecorded(NamedTuple):
    """A component that a work order took without a record; ``''`` is all its components."""

    work_order: WorkOrderKey
    item: str


class Entity(NamedTuple):
    """What a node stands for: a lot (and which filling of it), a work order, a shipment row."""

    kind: EntityKind
    key: LotKey | WorkOrderKey | Unrecorded | int
    part: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link as it was found, before it becomes a row of arrays.

    Parameters
    ----------
    spread
        It happened somewhere within ``when`` and is taken as in order where it can be.
    hop
        Whether it counts as a step of the material.
    qty
        In ``uom``; None is unknown.
    row
        The fact it was read from.
    gaps
        What is missing or doubtful about it.
    """

    source: Entity
    target: Entity
    when: Span
    link_class: LinkClass
    kind: LinkKind
    spread: bool = False
    hop: bool = True
    qty: Decimal | None = None
    uom: str | None = None
    row: Row | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Recorded links without any doubt, as columns: nothing about them has to be worked out.

    Parameters
    ----------
    source, target
        Places among all lots, and of what ``target_kind`` says: lots too, or rows of shipments.
    earliest, latest
        Microseconds since 1970.
    uoms
        Unit of each row's quantity.
    """

    rows: Sequence[Consumption] | Sequence[Shipment]
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    earliest: NDArray[np.int64]
    latest: NDArray[np.int64]
    uoms: Sequence[str | None]
    kind: LinkKind
    target_kind: EntityKind
    hop: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The links as arrays and what belongs to each of them.

    ``others`` are the entities besides the lots; ``number`` is the place of each of them. ``uoms``
    are the units that ``table.unit`` numbers.
    """

    others: tuple[Entity, ...]
    number: Mapping[Entity, int]
    table: LinkTable
    kinds: NDArray[np.uint8]
    rows: tuple[Row | None, ...]
    quantities: tuple[Decimal | None, ...]
    uoms: tuple[str | None, ...]
    gaps: tuple[tuple[Gap, ...], ...]
    gap_of: NDArray[np.int32]


def lot_entity(key: LotKey, *, part: int = 0) -> Entity:
    """Return the graph's name for a lot."""
    return Entity(EntityKind.LOT, key, part)


def build_columns(
    links: Iterable[Link], batches: Sequence[Batch], *, lots: Mapping[LotKey, int]
) -> Columns:
    """Turn links into arrays, in an order that does not depend on the rows' order.

    A link whose time is a day or unknown happened somewhere within it: where its order in time
    hangs on that, it is PROBABLE.

    Parameters
    ----------
    lots
        The place of each lot; what else the links name comes after them.
    """
    links = [link for link in links if link.source != link.target]
    others = _others(links, batches, lots=lots)
    number = {entity: place for place, entity in enumerate(others, len(lots))}
    shipped = len(lots) + sum(entity.kind < EntityKind.SHIPMENT for entity in others)
    shipments = np.array(
        [entity.key for entity in others if entity.kind is EntityKind.SHIPMENT], dtype=np.int64
    )

    def place(entity: Entity) -> int:
        known = number.get(entity)
        return lots[entity.key] if known is None else known  # type: ignore[index]

    parts = [_link_part(links, place=place)]
    for batch in batches:
        target = batch.target
        if batch.target_kind is EntityKind.SHIPMENT:
            target = shipped + np.searchsorted(shipments, target)
        parts.append(_batch_part(batch, target=target))
    rows = tuple(row for part in parts for row in part.rows)
    quantities = tuple(qty for part in parts for qty in part.quantities)
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("source", "target", "earliest", "latest", "meta", "kinds", "gap_of")
    }
    units: dict[str | None, int] = {}
    unit = np.array(
        [units.setdefault(uom, len(units)) for part in parts for uom in part.uoms], dtype=np.int32
    )
    order = _canonical_order(joined, rows=rows, quantities=quantities)
    places = order.tolist()
    ranked = [quantities[link] for link in places]
    return Columns(
        others=others,
        number=number,
        table=LinkTable(
            source=joined["source"][order],
            target=joined["target"][order],
            earliest=joined["earliest"][order],
            latest=joined["latest"][order],
            meta=joined["meta"][order],
            qty=np.array([np.nan if qty is None else float(qty) for qty in ranked]),
            unit=unit[order],
        ),
        kinds=joined["kinds"][order],
        rows=tuple(rows[link] for link in places),
        quantities=tuple(ranked),
        uoms=tuple(units),
        gaps=parts[0].gaps,
        gap_of=joined["gap_of"][order],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Links as columns, not yet in order."""

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    earliest: NDArray[np.int64]
    latest: NDArray[np.int64]
    meta: NDArray[np.uint8]
    kinds: NDArray[np.uint8]
    gap_of: NDArray[np.int32]
    rows: Sequence[Row | None]
    quantities: Sequence[Decimal | None]
    uoms: Sequence[str | None]
    gaps: tuple[tuple[Gap, ...], ...] = ()


def _others(
    links: Sequence[Link], batches: Sequence[Batch], *, lots: Mapping[LotKey, int]
) -> tuple[Entity, ...]:
    """Return what the links name besides the lots, in order."""
    named = {entity for link in links for entity in (link.source, link.target)}
    others = {
        entity
        for entity in named
        if entity.kind is not EntityKind.LOT or entity.part or entity.key not in lots
    }
    for batch in batches:
        if batch.target_kind is EntityKind.SHIPMENT:
            others.update(Entity(EntityKind.SHIPMENT, row) for row in batch.target.tolist())
    return tuple(sorted(others))


def _link_part(links: Sequence[Link], *, place: Callable[[Entity], int]) -> _Part:
    # Links of one row share its doubts; equal doubts of two rows hide twice the quantity.
    gaps: dict[tuple[tuple[Gap, ...], int], int] = {}
    for link in links:
        if link.gaps:
            gaps.setdefault((link.gaps, id(link.row)), len(gaps))
    return _Part(
        source=np.array([place(link.source) for link in links], dtype=np.int64),
        target=np.array([place(link.target) for link in links], dtype=np.int64),
        earliest=np.array([max(link.when.earliest, -FOREVER) for link in links], dtype=np.int64),
        latest=np.array([min(link.when.latest, FOREVER) for link in links], dtype=np.int64),
        meta=np.array([_meta(link) for link in links], dtype=np.uint8),
        kinds=np.array([link.kind for link in links], dtype=np.uint8),
        gap_of=np.array(
            [gaps[link.gaps, id(link.row)] if link.gaps else -1 for link in links], dtype=np.int32
        ),
        rows=[link.row for link in links],
        quantities=[link.qty for link in links],
        uoms=[link.uom for link in links],
        gaps=tuple(doubts for doubts, _ in gaps),
    )


def _batch_part(batch: Batch, *, target: NDArray[np.int64]) -> _Part:
    count = len(batch.rows)
    return _Part(
        source=batch.source,
        target=target,
        earliest=batch.earliest,
        latest=batch.latest,
        meta=np.full(count, LinkClass.CONFIRMED | (HOP_BIT if batch.hop else 0), dtype=np.uint8),
        kinds=np.full(count, batch.kind, dtype=np.uint8),
        gap_of=np.full(count, -1, dtype=np.int32),
        rows=batch.rows,
        quantities=[row.qty for row in batch.rows],
        uoms=batch.uoms,
    )


def _meta(link: Link) -> int:
    spread = link.spread or link.when.is_date_only
    return link.link_class | (SPREAD_BIT if spread else 0) | (HOP_BIT if link.hop else 0)


def _canonical_order(
    columns: Mapping[str, NDArray[Any]],
    *,
    rows: Sequence[Row | None],
    quantities: Sequence[Decimal | None],
) -> NDArray[np.int64]:
    """Return the links by ends, time, class and kind; those equal in these by number and quantity.

    Links that are equal in all of it say the same.
    """
    names = ("kinds", "meta", "latest", "earliest", "target", "source")
    keys = [columns[name] & CLASS_BITS if name == "meta" else columns[name] for name in names]
    order = np.lexsort(keys)
    equal = np.ones(max(len(order) - 1, 0), dtype=np.bool_)
    for key in keys:
        equal &= key[order[1:]] == key[order[:-1]]
    starts = np.flatnonzero(np.diff(np.concatenate([[False], equal, [False]]).astype(np.int8)))
    for start, end in zip(starts[::2].tolist(), starts[1::2].tolist(), strict=True):
        tied = sorted(
            order[start : end + 1].tolist(), key=lambda link: tie(rows[link], quantities[link])
        )
        order[start : end + 1] = tied
    return order


def tie(row: Row | None, qty: Decimal | None) -> tuple[str, bool, Decimal]:
    """Return what orders links that are equal in their arrays."""
    number = "" if row is None else getattr(row, "event_id", "") or getattr(row, "shipment", "")
    return (number, qty is None, qty or Decimal(0))
