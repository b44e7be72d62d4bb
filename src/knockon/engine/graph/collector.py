"""Gathers links between lots, work orders and shipments while the facts are read."""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from knockon.domain.facts import Consumption, LotEvent, LotKey, OutsideMove, Shipment, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import FOREVER, HOP_BIT, SPREAD_BIT, LinkTable

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
class Columns:
    """The links as arrays and what belongs to each of them."""

    entities: tuple[Entity, ...]
    table: LinkTable
    kinds: np.ndarray[tuple[int], np.dtype[np.uint8]]
    rows: tuple[Row | None, ...]
    quantities: tuple[Decimal | None, ...]
    gaps: tuple[tuple[Gap, ...], ...]
    gap_of: np.ndarray[tuple[int], np.dtype[np.int32]]


def lot_entity(key: LotKey, *, part: int = 0) -> Entity:
    """Return the graph's name for a lot."""
    return Entity(EntityKind.LOT, key, part)


def build_columns(links: list[Link], *, lots: tuple[LotKey, ...]) -> Columns:
    """Turn links into arrays, in an order that does not depend on the rows' order.

    A link whose time is a day or unknown happened somewhere within it: where its order in time
    hangs on that, it is PROBABLE.
    """
    links = sorted(
        (link for link in links if link.source != link.target),
        key=_canonical,
    )
    own = [lot_entity(key) for key in lots]
    others = {entity for link in links for entity in (link.source, link.target)}.difference(own)
    entities = (*own, *sorted(others))
    place = {entity: number for number, entity in enumerate(entities)}
    units: dict[str | None, int] = {}
    # Links of one row share its doubts; equal doubts of two rows hide twice the quantity.
    gaps: dict[tuple[tuple[Gap, ...], int], int] = {}
    for link in links:
        units.setdefault(link.uom, len(units))
        if link.gaps:
            gaps.setdefault((link.gaps, id(link.row)), len(gaps))
    columns = LinkTable(
        source=np.array([place[link.source] for link in links], dtype=np.int64),
        target=np.array([place[link.target] for link in links], dtype=np.int64),
        earliest=np.array([max(link.when.earliest, -FOREVER) for link in links], dtype=np.int64),
        latest=np.array([min(link.when.latest, FOREVER) for link in links], dtype=np.int64),
        meta=np.array([_meta(link) for link in links], dtype=np.uint8),
        qty=np.array(
            [np.nan if link.qty is None else float(link.qty) for link in links], dtype=np.float64
        ),
        unit=np.array([units[link.uom] for link in links], dtype=np.int32),
    )
    return Columns(
        entities=entities,
        table=columns,
        kinds=np.array([link.kind for link in links], dtype=np.uint8),
        rows=tuple(link.row for link in links),
        quantities=tuple(link.qty for link in links),
        gaps=tuple(doubts for doubts, _ in gaps),
        gap_of=np.array(
            [gaps[link.gaps, id(link.row)] if link.gaps else -1 for link in links], dtype=np.int32
        ),
    )


def _meta(link: Link) -> int:
    spread = link.spread or link.when.is_date_only
    return link.link_class | (SPREAD_BIT if spread else 0) | (HOP_BIT if link.hop else 0)


def _canonical(link: Link) -> tuple[object, ...]:
    row = link.row
    number = "" if row is None else getattr(row, "event_id", "") or getattr(row, "shipment", "")
    return (
        link.source,
        link.target,
        link.when,
        link.link_class,
        link.kind,
        number,
        link.qty is None,
        link.qty or Decimal(0),
    )
