"""Lots become lot states, so that time runs one way through the graph.

A lot that gives material away and later takes some in again (rework, top-up, merge) gets a new
state for what comes after. Every link leaves the last state it can have left, so what came in
later never flows into what went out before, and the states have a topological order.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph._kernels import UNORDERED, arrange, outer_times, topological_levels
from knockon.engine.graph.states import (
    CARRIED,
    CARRY_BIT,
    CLASS_BITS,
    END,
    FLAG_BITS,
    FOREVER,
    HOP_BIT,
    MOST_NODES,
    NO_LINK,
    SPREAD_BIT,
    WIDE_BIT,
    Int32s,
    Int64s,
    LinkTable,
    StateGraph,
    TooManyStates,
    Uint32s,
)

_BUCKET_US: Final = 24 * 3600 * 1_000_000
Float64s = NDArray[np.float64]
Uint8s = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class _States:
    """Which state each link leaves and enters.

    Parameters
    ----------
    source, target
        State of each link of the table, numbered by entity and then by time.
    offset
        First state of each entity, and their number at the end.
    carried
        States that have a next one.
    """

    source: Int32s
    target: Int32s
    offset: Int64s
    carried: Int32s

    @property
    def count(self) -> int:
        return int(self.offset[-1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Timing:
    """When each link happened, as a number.

    Parameters
    ----------
    when
        Place in ``instants``, or in ``spans`` where ``wide``.
    """

    when: Int32s
    wide: NDArray[np.bool_]
    instants: Int64s
    spans: Int64s


def build_states(
    table: LinkTable,
    *,
    contents: Float64s,
    family: Int32s | None = None,
) -> StateGraph:
    """Split entities into states, order them and lay their links out.

    Parameters
    ----------
    contents
        Quantity of each entity when it came to be, shape ``(entities,)``; NaN is unknown.
    family
        What each entity is of: one family's states of a day lie together, so that a cone's do.

    Raises
    ------
    TooManyStates
        There are more than ``MOST_NODES``.

    Notes
    -----
    O(links), but for sorting what concerns lots of several states, and distinct times. An output
    leaves the last state whose inputs can have come before it; within a state the times still
    decide, so nothing is lost by the split.
    """
    return build_layer(table, contents=contents, family=family)


def build_layer(
    table: LinkTable,
    *,
    contents: Float64s,
    family: Int32s | None = None,
    goes_on: NDArray[np.bool_] | None = None,
) -> StateGraph:
    """Build the states of entities some of which go on from an older layer.

    Parameters
    ----------
    contents
        As for ``build_states``; of an entity that goes on, what was left of it.
    goes_on
        Entities whose first state only stands for their last one in the older layer, so that no
        link may lead to it; these states are the lowest nodes, in the order of the entities.
    """
    states = _split(table, entities=len(contents), goes_on=goes_on)
    if states.count > MOST_NODES:
        raise TooManyStates(states=states.count, most=MOST_NODES)
    entity = np.repeat(np.arange(len(contents), dtype=np.int32), np.diff(states.offset))
    share = _shares(table, states=states, contents=contents)
    source = np.concatenate([states.source, states.carried])
    target = np.concatenate([states.target, states.carried + 1])
    nodes = len(entity)
    stand_ins = states.offset[:-1] if goes_on is None else states.offset[:-1][goes_on]
    kin = np.zeros(nodes, dtype=np.int32) if family is None else family[entity]
    rank = _ranks(table, states=states, source=source, target=target, kin=kin)
    if goes_on is not None:
        rank = _stand_ins_first(rank, stand_ins=stand_ins)
    ordered = np.empty_like(entity)
    ordered[rank] = entity
    source, target = rank[source], rank[target]
    later = np.ones(nodes, dtype=np.bool_)
    later[states.offset[:-1]] = False
    arrays: dict[str, NDArray[np.generic]] = {
        "entity": ordered,
        "first_node": rank[states.offset[:-1]],
        "later_entity": entity[later],
        "later_node": rank[later],
        "acyclic": np.array([np.all(source < target)], dtype=np.uint8),
    }
    arrays |= _layout(table, source=source, target=target, share=share, nodes=nodes)
    return StateGraph.from_arrays(arrays)


def _stand_ins_first(rank: Int32s, *, stand_ins: Int64s) -> Int32s:
    """Return the ranks with those of the stand-ins, which have no inputs, before all others."""
    is_stand_in = np.zeros(len(rank), dtype=np.bool_)
    is_stand_in[rank[stand_ins]] = True
    lower = np.cumsum(is_stand_in)
    renumbered = (rank + len(stand_ins) - lower[rank]).astype(np.int32)
    renumbered[stand_ins] = np.arange(len(stand_ins), dtype=np.int32)
    return renumbered


def _split(table: LinkTable, *, entities: int, goes_on: NDArray[np.bool_] | None = None) -> _States:
    """Return the states that the links leave and enter."""
    last_in, first_out = outer_times(
        table.source, table.target, table.earliest, table.latest, entities, FOREVER
    )
    before = np.empty(0, dtype=np.int64)
    if goes_on is not None:
        # Outputs of the older layer: the first input now begins a state.
        first_out[goes_on] = -END
        before = np.flatnonzero(goes_on)
    # An input joins at its earliest, an output leaves at its latest; inputs first on a tie.
    mixed = last_in > first_out
    entering = np.flatnonzero(mixed[table.target])
    leaving = np.flatnonzero(mixed[table.source])
    owner = np.concatenate([table.target[entering], table.source[leaving], before])
    at = np.concatenate(
        [table.earliest[entering], table.latest[leaving], np.full(len(before), -END)]
    )
    is_leaving = np.arange(len(owner)) >= len(entering)
    order = np.lexsort((is_leaving, at, owner))
    owner, is_leaving = owner[order], is_leaving[order]
    fresh = np.zeros(len(owner), dtype=np.bool_)
    fresh[1:] = (owner[1:] == owner[:-1]) & is_leaving[:-1] & ~is_leaving[1:]
    further = np.bincount(owner[fresh], minlength=entities)
    offset = np.concatenate([[0], np.cumsum(1 + further)]).astype(np.int64)
    node = np.empty(len(owner), dtype=np.int64)
    node[order] = owner + np.cumsum(fresh)
    source = offset[table.source].astype(np.int32)
    target = offset[table.target].astype(np.int32)
    target[entering] = node[: len(entering)]
    source[leaving] = node[len(entering) : len(entering) + len(leaving)]
    carried = np.delete(np.arange(offset[-1], dtype=np.int32), offset[1:] - 1)
    return _States(source=source, target=target, offset=offset, carried=carried)


def _shares(table: LinkTable, *, states: _States, contents: Float64s) -> NDArray[np.float32]:
    """Return each link's part of its target's input, then each carried remainder's part."""
    target, nodes = states.target, states.count
    inflow = _summed(table.qty, by=target, count=nodes)
    if table.unit.any():
        units = int(table.unit.max()) + 1
        _, group = np.unique(target.astype(np.int64) * units + table.unit, return_inverse=True)
        whole = _summed(table.qty, by=group, count=len(group))[group]
    else:
        whole = inflow[target]
    part = table.qty
    if len(states.carried):
        remainder = _remainders(table, states=states, contents=contents)
        rest = np.zeros(nodes)
        rest[states.carried + 1] = remainder
        later = np.ones(nodes, dtype=np.bool_)
        later[states.offset[:-1]] = False
        whole = np.where(later[target], inflow[target] + rest[target], whole)
        part = np.concatenate([part, remainder])
        whole = np.concatenate([whole, remainder + inflow[states.carried + 1]])
    share = np.full(len(part), np.nan, dtype=np.float32)
    np.divide(part, whole, out=share, where=whole > 0, casting="same_kind")
    return share


def _remainders(table: LinkTable, *, states: _States, contents: Float64s) -> Float64s:
    """Return how much of its lot each state that has a next one hands on to it.

    What is not known to have come or gone counts as nothing.
    """
    known = np.nan_to_num(table.qty)
    inflow = _summed(known, by=states.target, count=states.count)
    outflow = _summed(known, by=states.source, count=states.count)
    first = states.offset[:-1]
    gained = inflow.copy()
    gained[first] = np.where(np.isnan(contents), inflow[first], contents)
    balance = np.cumsum(gained - outflow)
    before = np.where(first > 0, balance[first - 1], 0.0)
    of_state = np.repeat(before, np.diff(states.offset))
    handed_on: Float64s = np.maximum((balance - of_state)[states.carried], 0.0)
    return handed_on


def _summed(qty: Float64s, *, by: NDArray[np.signedinteger], count: int) -> Float64s:
    return np.bincount(by, weights=qty, minlength=count).astype(np.float64, copy=False)


def _ranks(
    table: LinkTable, *, states: _States, source: Int32s, target: Int32s, kin: Int32s
) -> Int32s:
    """Return a topological number for every state, those of one day and kin close together."""
    nodes = len(kin)
    begun, left = outer_times(
        states.source, states.target, table.earliest, table.latest, nodes, FOREVER
    )
    # A lot without inputs is as old as its first output.
    left[left == FOREVER] = -FOREVER
    stamp = np.where(begun > -FOREVER, begun, left)
    level = np.full(nodes, UNORDERED, dtype=np.int32)
    indptr, order = arrange(source, target, nodes)
    topological_levels(
        indptr,
        target[order],
        np.bincount(target, minlength=nodes).astype(np.int32),
        np.argsort(stamp, kind="stable").astype(np.int32),
        level,
        stamp,
    )
    rank = np.empty(nodes, dtype=np.int32)
    rank[np.lexsort((stamp, kin, level, stamp // _BUCKET_US))] = np.arange(nodes, dtype=np.int32)
    return rank


def _layout(
    table: LinkTable, *, source: Int32s, target: Int32s, share: NDArray[np.float32], nodes: int
) -> dict[str, NDArray[np.generic]]:
    """Return the links between renumbered nodes, by node in both directions."""
    timing = _timing(table)
    flags = _flags(table, wide=timing.wide)
    carried = len(source) - len(flags)
    flags = np.concatenate([flags, np.full(carried, CARRIED, dtype=np.uint8)])
    when = np.concatenate([timing.when, np.zeros(carried, dtype=np.int32)])
    wide = np.concatenate([timing.wide, np.ones(carried, dtype=np.bool_)])
    arrays: dict[str, NDArray[np.generic]] = {"instants": timing.instants, "spans": timing.spans}

    offset, order = arrange(source, target, nodes)
    link = np.empty((len(source), 2), dtype=np.uint32)
    link[:, 0] = _head(target, flags, order=order)
    link[:, 1] = share.view(np.uint32)[order]
    lead = np.where(wide, when, len(timing.instants) - when)
    arrays |= {
        "forward_offset": offset,
        "forward_link": link,
        "forward_when": lead.astype(np.uint32)[order],
    }
    order[order >= len(table.source)] = NO_LINK
    arrays["forward_row"] = order

    last = np.int32(nodes - 1)
    source, target = last - source, last - target
    offset, order = arrange(target, source, nodes)
    lead = np.where(wide, when, when + 1)
    arrays |= {
        "backward_offset": offset,
        "backward_link": _head(source, flags, order=order).reshape(-1, 1),
        "backward_when": lead.astype(np.uint32)[order],
    }
    return arrays


def _head(node: Int32s, flags: Uint8s, *, order: Int32s) -> Uint32s:
    shifted = node[order].astype(np.uint32) << np.uint32(FLAG_BITS)
    return shifted | flags[order].astype(np.uint32)


def _timing(table: LinkTable) -> _Timing:
    """Give exact times numbers in their order, and intervals numbers among themselves."""
    wide = table.earliest != table.latest
    instants = np.unique(table.earliest[~wide])
    when = np.searchsorted(instants, table.earliest).astype(np.int32)
    pairs = np.column_stack([table.earliest[wide], table.latest[wide]])
    spans, number = np.unique(pairs, axis=0, return_inverse=True)
    when[wide] = number.reshape(-1)
    return _Timing(when=when, wide=wide, instants=instants, spans=spans.reshape(-1, 2))


def _flags(table: LinkTable, *, wide: NDArray[np.bool_]) -> Uint8s:
    kept = table.meta & np.uint8(CLASS_BITS | SPREAD_BIT | HOP_BIT)
    flags = kept | np.where(wide, np.uint8(WIDE_BIT), np.uint8(0))
    carried = (table.meta & CARRY_BIT) != 0
    flags[carried] = CARRIED
    return flags
