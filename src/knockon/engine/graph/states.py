"""Lots become lot states, so that time runs one way through the graph.

A lot that gives material away and later takes some in again (rework, top-up, merge) gets a new
state for what comes after. Every link leaves the last state it can have left, so what came in
later never flows into what went out before, and the states have a topological order.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph._kernels import UNORDERED, topological_levels

END: Final = 1 << 62
"""The end of time in microseconds; ``-END`` is its beginning."""
FOREVER: Final = END - 1
"""An instant that is not known to have come; ``-FOREVER`` is one before all records."""

CLASS_BITS: Final = 3
SPREAD_BIT: Final = 4
"""It happened somewhere within its interval, and is taken as in order where it can be."""
HOP_BIT: Final = 8
"""It counts as one hop."""
CARRY_BIT: Final = 16
"""The same lot goes on in its next state: the taint stays as it is."""

NO_LINK: Final = -1
_BUCKET_US: Final = 24 * 3600 * 1_000_000

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTable:
    """Links between entities (lots, work orders, shipments) as columns of equal length.

    Parameters
    ----------
    source, target
        Entities; never the same one.
    earliest, latest
        When it happened, microseconds since 1970, within ``[-FOREVER, FOREVER]``.
    meta
        Class and flags.
    qty
        For ranking; NaN is unknown.
    unit
        Links into one target with equal units are blended together.
    """

    source: Int64s
    target: Int64s
    earliest: Int64s
    latest: Int64s
    meta: NDArray[np.uint8]
    qty: NDArray[np.float64]
    unit: Int32s


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """Links in CSR form, seen from one side.

    Parameters
    ----------
    share
        The link's part of all that went into the node it leads to in time, 0 to 1 or NaN.
    link
        Row of the link table; ``NO_LINK`` for a lot's own next state.
    """

    indptr: Int64s
    target: Int32s
    earliest: Int64s
    latest: Int64s
    meta: NDArray[np.uint8]
    share: NDArray[np.float32]
    link: Int32s


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGraph:
    """Lot states in topological order with their links in both directions.

    Parameters
    ----------
    entity
        Entity of each node, shape ``(nodes,)``.
    states, state_node
        CSR from an entity to its nodes in order of time.
    forward
        Links by source; those of a node go to higher nodes when ``acyclic``.
    backward
        The same seen against time: nodes are numbered from the end and times negated, so that
        following material to its origin is the same walk.
    scratch
        Memory that walks lend each other; it holds nothing between them.
    """

    entity: Int32s
    states: Int64s
    state_node: Int32s
    forward: Adjacency
    backward: Adjacency
    acyclic: bool
    scratch: list[object] = field(default_factory=list, compare=False, repr=False)

    @property
    def nodes(self) -> int:
        """How many lot states there are."""
        return len(self.entity)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Links between states, not yet sorted."""

    source: Int64s
    target: Int64s
    earliest: Int64s
    latest: Int64s
    meta: NDArray[np.uint8]
    share: NDArray[np.float32]
    link: Int32s


def build_states(
    table: LinkTable,
    *,
    contents: NDArray[np.float64],
    family: NDArray[np.int32] | None = None,
) -> StateGraph:
    """Split entities into states, order them and lay their links out.

    Parameters
    ----------
    contents
        Quantity of each entity when it came to be, shape ``(entities,)``; NaN is unknown.
    family
        What each entity is of: one family's states of a day lie together, so that a cone's do.

    Notes
    -----
    O(links log links) for sorting. An output leaves the last state whose inputs can have come
    before it; within a state the times still decide, so nothing is lost by the split.
    """
    source, target, states = _split(table, entities=len(contents))
    entity = np.repeat(np.arange(len(contents), dtype=np.int32), np.diff(states))
    carried = np.flatnonzero(entity[1:] == entity[:-1])
    links = np.arange(len(table.source), dtype=np.int32)
    count = len(carried)
    rows = _Rows(
        source=np.concatenate([source, carried]),
        target=np.concatenate([target, carried + 1]),
        earliest=np.concatenate([table.earliest, np.full(count, -FOREVER)]),
        latest=np.concatenate([table.latest, np.full(count, FOREVER)]),
        meta=np.concatenate([table.meta, np.full(count, CARRY_BIT, np.uint8)]),
        share=_shares(
            table, source=source, target=target, first=states[:-1][entity], contents=contents
        ),
        link=np.concatenate([links, np.full(count, NO_LINK, np.int32)]),
    )
    nodes = len(entity)
    kin = np.zeros(nodes, dtype=np.int32) if family is None else family[entity]
    rank = _ranks(rows, kin=kin)
    ordered = np.empty_like(entity)
    ordered[rank] = entity
    start, end = rank[rows.source], rank[rows.target]
    last = nodes - 1
    return StateGraph(
        entity=ordered,
        states=states,
        state_node=rank.astype(np.int32),
        forward=_layout(rows, source=start, target=end, nodes=nodes, against_time=False),
        backward=_layout(
            rows, source=last - end, target=last - start, nodes=nodes, against_time=True
        ),
        acyclic=bool(np.all(start < end)),
    )


def _split(table: LinkTable, *, entities: int) -> tuple[Int64s, Int64s, Int64s]:
    """Return each link's source and target state, and the CSR of states per entity."""
    count = len(table.source)
    owner = np.concatenate([table.target, table.source])
    # An input joins at its earliest, an output leaves at its latest; inputs first on a tie.
    at = np.concatenate([table.earliest, table.latest])
    leaving = np.arange(2 * count) >= count
    order = np.lexsort((leaving, at, owner))
    owner = owner[order]
    leaving = leaving[order]
    fresh = np.zeros(2 * count, dtype=np.bool_)
    fresh[1:] = (owner[1:] == owner[:-1]) & leaving[:-1] & ~leaving[1:]
    sizes = 1 + np.bincount(owner[fresh], minlength=entities)
    states = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    node = np.empty(2 * count, dtype=np.int64)
    node[order] = owner + np.cumsum(fresh)
    return node[count:], node[:count], states


def _shares(
    table: LinkTable,
    *,
    source: Int64s,
    target: Int64s,
    first: Int64s,
    contents: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return each link's part of its target's input, then each carried remainder's part.

    ``first`` is the first state of each state's lot.
    """
    nodes = len(first)
    later = first != np.arange(nodes)
    carried = np.flatnonzero(later) - 1
    inflow = np.bincount(target, weights=table.qty, minlength=nodes)
    outflow = np.bincount(source, weights=table.qty, minlength=nodes)
    lot = np.cumsum(~later) - 1
    known = ~later & ~np.isnan(contents[lot])
    gained = np.where(known, contents[lot], inflow)
    balance = np.cumsum(np.nan_to_num(gained) - np.nan_to_num(outflow))
    before = np.where(first > 0, balance[first - 1], 0.0)
    remainder = np.maximum((balance - before)[carried], 0.0)

    units = int(table.unit.max(initial=0)) + 1
    _, group = np.unique(target * units + table.unit, return_inverse=True)
    whole = np.bincount(group, weights=table.qty)[group] if len(group) else np.empty(0)
    rest = np.zeros(nodes)
    rest[carried + 1] = remainder
    whole = np.where(later[target], inflow[target] + rest[target], whole)
    part = np.concatenate([table.qty, remainder])
    whole = np.concatenate([whole, remainder + inflow[carried + 1]])
    share = np.full(len(part), np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share.astype(np.float32)


def _ranks(rows: _Rows, *, kin: Int32s) -> Int64s:
    """Return a topological number for every state, those of one day and kin close together."""
    nodes = len(kin)
    begun = np.full(nodes, -FOREVER, dtype=np.int64)
    np.maximum.at(begun, rows.target, rows.earliest)
    left = np.full(nodes, FOREVER, dtype=np.int64)
    np.minimum.at(left, rows.source, rows.latest)
    # A lot without inputs is as old as its first output.
    left[left == FOREVER] = -FOREVER
    stamp = np.where(begun > -FOREVER, begun, left)
    level = np.full(nodes, UNORDERED, dtype=np.int64)
    topological_levels(
        _offsets(rows.source, nodes=nodes),
        rows.target[np.argsort(rows.source, kind="stable")].astype(np.int32),
        np.bincount(rows.target, minlength=nodes).astype(np.int64),
        np.argsort(stamp, kind="stable"),
        level,
        stamp,
    )
    order = np.lexsort((stamp, kin, level, stamp // _BUCKET_US))
    rank = np.empty(nodes, dtype=np.int64)
    rank[order] = np.arange(nodes)
    return rank


def _offsets(source: Int64s, *, nodes: int) -> Int64s:
    counts = np.bincount(source, minlength=nodes)
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _layout(
    rows: _Rows, *, source: Int64s, target: Int64s, nodes: int, against_time: bool
) -> Adjacency:
    """Return the links sorted by source, then target, between renumbered nodes."""
    order = np.lexsort((rows.link, target, source))
    earliest, latest = rows.earliest[order], rows.latest[order]
    return Adjacency(
        indptr=_offsets(source, nodes=nodes),
        target=target[order].astype(np.int32),
        earliest=-latest if against_time else earliest,
        latest=-earliest if against_time else latest,
        meta=rows.meta[order],
        share=rows.share[order],
        link=rows.link[order],
    )
