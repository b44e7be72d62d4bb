"""Lays what came later on top of a state graph that stands, where that changes nothing below."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.splitting import build_layer
from knockon.engine.graph.states import (
    CARRY_BIT,
    FOREVER,
    NO_LINK,
    Int32s,
    Int64s,
    LinkTable,
    StateGraph,
)

Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ends:
    """Where some entities stand at the end of the older layer.

    Parameters
    ----------
    node
        Their last states.
    last_in
        Latest of the earliest instants of their inputs; ``-FOREVER`` without any.
    last_out
        Latest of the latest instants of their outputs; ``FOREVER`` without any.
    """

    node: Int64s
    last_in: Int64s
    last_out: Int64s


def lay_on(
    older: StateGraph,
    table: LinkTable,
    *,
    contents: Float64s,
    family: Int32s,
    left: Float64s,
) -> LayeredGraph | None:
    """Lay new links on a graph, so that every walk finds what it would in one built of all links.

    Parameters
    ----------
    table
        Links that came later. Entities keep their numbers; new ones follow the older graph's.
    contents
        Quantity of each new entity when it came to be, shape ``(new entities,)``; NaN is unknown.
    family
        What each entity is of, old and new ones.
    left
        What was left of each older entity, see ``balances``.

    Returns
    -------
    LayeredGraph or None
        None when a link touches what is settled: an output earlier than an input that its lot
        already had, or an input that is not later than all outputs of a lot that is there.

    Notes
    -----
    O(new links log new links); of the older graph only what the new links touch is looked at.
    """
    known = len(older.first_node)
    touched = np.unique(np.concatenate([table.source, table.target]))
    touched = touched[touched < known]
    ends = _ends(older, touched)
    if not _settled(table, touched=touched, ends=ends, known=known):
        return None
    # Stand-ins are numbered as the nodes they stand for.
    order = np.argsort(ends.node)
    touched, stand_in = touched[order], ends.node[order]
    own = np.empty(known + len(contents), dtype=np.int64)
    own[touched] = np.arange(len(touched))
    own[known:] = np.arange(len(contents)) + len(touched)
    entities = np.concatenate([touched, np.arange(known, known + len(contents))])
    newer = build_layer(
        replace(table, source=own[table.source], target=own[table.target]),
        contents=np.concatenate([left[touched], contents]),
        family=family[entities],
        goes_on=np.arange(len(entities)) < len(touched),
    )
    return LayeredGraph(
        older=older,
        newer=newer,
        entities=entities,
        stand_in=stand_in,
        older_rows=int(older.forward.row.max(initial=NO_LINK)) + 1,
    )


def balances(graph: StateGraph, *, qty: Float64s, contents: Float64s) -> Float64s:
    """Return what is left of each entity: what it had or took in less what it gave away.

    Parameters
    ----------
    qty
        By row of the link table; unknown quantities count as nothing.
    contents
        As the graph was built with.
    """
    links = np.arange(len(graph.forward.link))
    rows = graph.forward.rows(links)
    links, rows = links[rows != NO_LINK], rows[rows != NO_LINK]
    moved = np.nan_to_num(qty[rows])
    node = graph.forward.target(links)
    entity = graph.entities_of(node)
    entered = np.where((node == graph.first_node[entity]) & ~np.isnan(contents[entity]), 0.0, moved)
    _, sources = graph.forward.links_of(np.arange(graph.nodes))
    count = len(contents)
    gained = np.bincount(entity, weights=entered, minlength=count)
    given = np.bincount(graph.entities_of(sources[links]), weights=moved, minlength=count)
    remaining: Float64s = np.nan_to_num(contents) + gained - given
    return remaining


def _ends(older: StateGraph, entities: Int64s) -> _Ends:
    node = older.first_node[entities].astype(np.int64)
    later = np.searchsorted(older.later_entity, entities, side="right") - 1
    if len(older.later_entity):
        has_later = (later >= 0) & (older.later_entity[later] == entities)
        node[has_later] = older.later_node[later[has_later]]
    inputs, entered = older.backward.links_of(older.nodes - 1 - node)
    own = older.backward.meta(inputs) & CARRY_BIT == 0
    _, latest = older.backward.times(inputs[own])
    came = _greatest(older.nodes - 1 - entered[own], -latest, among=node, none=-FOREVER)
    outputs, left = older.forward.links_of(node)
    _, latest = older.forward.times(outputs)
    went = _greatest(left, latest, among=node, none=FOREVER)
    return _Ends(node=node, last_in=came, last_out=went)


def _greatest(nodes: Int64s, values: Int64s, *, among: Int64s, none: int) -> Int64s:
    """Return the greatest value of each of some nodes; ``none`` where it has none."""
    order = np.argsort(among)
    place = order[np.searchsorted(among, nodes, sorter=order)]
    greatest = np.full(len(among), -FOREVER - 1, dtype=np.int64)
    np.maximum.at(greatest, place, values)
    greatest[greatest < -FOREVER] = none
    return greatest


def _settled(table: LinkTable, *, touched: Int64s, ends: _Ends, known: int) -> bool:
    """Return whether the new links leave everything below as it is."""
    leaving = table.source < known
    place = np.searchsorted(touched, table.source[leaving])
    if bool(np.any(table.latest[leaving] < ends.last_in[place])):
        return False
    entering = table.target < known
    place = np.searchsorted(touched, table.target[entering])
    return not bool(np.any(table.earliest[entering] <= ends.last_out[place]))
