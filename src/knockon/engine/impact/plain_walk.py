"""The walk through a cone without doubts: all its links are proven and their times exact."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.states import END, FOREVER, Direction, Layer
from knockon.engine.impact._kernels import LEVELS
from knockon.engine.impact._plain_kernels import (
    AMOUNT,
    BEST,
    LEAD,
    NOT_PLAIN,
    ROOT,
    forget,
    hand_over,
    measure,
    sweep_plain,
    tally_starts,
)
from knockon.engine.impact.reach import Reach, SeedNode, places_of
from knockon.engine.impact.scratch import borrow, give_back

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]

_NOWHERE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Starts:
    """Where the walk through one layer begins.

    Parameters
    ----------
    nodes, at
        Seeds by the layer's numbers, and the microsecond they became suspect in this direction.
    entries, entered_from
        Nodes that stand for such of the layer before, and their places there.
    """

    nodes: Int64s
    at: Int64s
    entries: Int64s
    entered_from: Int64s


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What was found in one layer.

    Parameters
    ----------
    nodes, rows
        By the layer's numbers, those that stand for other nodes among them.
    kept
        Half-open range of the places of the layer's own nodes.
    """

    layer: Layer
    starts: _Starts
    nodes: Int32s
    rows: Int64s
    kept: tuple[int, int]


def walk_plain(direction: Direction, seeds: tuple[SeedNode, ...]) -> "PlainReach | None":
    """Follow the seeds; None when they or what they reach are in doubt.

    Notes
    -----
    One sweep in topological order, O(links of the cone); see ``sweep_plain``.
    """
    nodes, moments = [], []
    for node, link_class, tainted in seeds:
        if link_class or tainted[0] != tainted[1]:
            return None
        nodes.append(node)
        moments.append(tainted[0])
    timed = max(moments, default=-FOREVER) > -FOREVER
    starts = _Starts(
        nodes=np.array(nodes, dtype=np.int64),
        at=np.array(moments, dtype=np.int64),
        entries=_NOWHERE,
        entered_from=_NOWHERE,
    )
    parts: list[_Part] = []
    for number, layer in enumerate(direction.layers):
        if not layer.acyclic:
            return None
        own = starts
        if direction.passages:
            own = _own_starts(layer, starts)
        if number:
            passage = direction.passages[number - 1]
            places = places_of(passage.leaving, among=parts[-1].nodes)
            own = replace(
                own, entries=passage.entering[places >= 0], entered_from=places[places >= 0]
            )
        part = _sweep(layer, own, timed=timed, before=parts[-1] if parts else None)
        if part is None:
            return None
        parts.append(part)
    return PlainReach(direction, parts=tuple(parts), seeds=seeds)


def _own_starts(layer: Layer, starts: _Starts) -> _Starts:
    """Return the seeds that are in the layer, by its numbers."""
    local = starts.nodes - layer.base
    begin, end = layer.own
    mine = (local >= begin) & (local < end)
    return replace(starts, nodes=local[mine], at=starts.at[mine])


def _sweep(layer: Layer, starts: _Starts, *, timed: bool, before: _Part | None) -> _Part | None:
    """Find all that the starts reach in the layer; None when there is a doubt."""
    leads = _codes(layer, starts.at) if timed else starts.at
    scratch = borrow(layer)
    cells, rows = scratch.plain(timed=timed)
    if before is not None:
        handed = before.rows[starts.entered_from]
        if timed:
            begun = _instants(before, codes=handed[:, LEAD])
            if begun is None:
                give_back(layer, scratch)
                return None
            handed[:, LEAD] = _codes(layer, begun)
        hand_over(starts.entries, handed, cells, scratch.words, scratch.summary)
    links = layer.links
    found = sweep_plain(
        starts.nodes,
        leads,
        starts.entries,
        links.indptr,
        links.link,
        links.when,
        cells,
        scratch.words,
        scratch.summary,
        scratch.queue,
        scratch.reached,
        rows,
    )
    part = None
    if found == NOT_PLAIN:
        forget(cells, scratch.words, scratch.summary)
    else:
        nodes, rows = scratch.taken_over(found, timed=timed)
        kept = (0, found)
        if before is not None or layer.own != (0, links.nodes):
            begin, end = np.searchsorted(nodes, layer.own)
            kept = (int(begin), int(end))
        part = _Part(layer=layer, starts=starts, nodes=nodes, rows=rows, kept=kept)
    give_back(layer, scratch)
    return part


def _codes(layer: Layer, at: Int64s) -> Int64s:
    """Return the instants as the kernel compares them."""
    codes = {moment: layer.links.code_of(moment) for moment in set(at.tolist())}
    return np.array([codes[moment] for moment in at.tolist()], dtype=np.int64)


def _instants(part: _Part, *, codes: Int64s) -> Int64s | None:
    """Return the instants of the kernel's numbers; None when one stands for several."""
    own = _codes(part.layer, part.starts.at)
    known: dict[int, set[int]] = {}
    for code, moment in zip(own.tolist(), part.starts.at.tolist(), strict=True):
        if code & 1:
            known.setdefault(code, set()).add(moment)
    if any(len(moments) > 1 for moments in known.values()):
        return None
    instants, later = part.layer.links.instants, codes >> 1
    begun = np.empty(len(codes), dtype=np.int64)
    even = codes & 1 == 0
    if part.layer.links.along is None:
        begun[even] = instants[-later[even]]
    else:
        begun[even] = -instants[later[even] - 1]
    begun[~even] = [next(iter(known[code])) for code in codes[~even].tolist()]
    return begun


class PlainReach(Reach):
    """A reach without doubts; what is seldom asked for is worked out when it is."""

    def __init__(
        self, direction: Direction, *, parts: tuple[_Part, ...], seeds: tuple[SeedNode, ...]
    ) -> None:
        nodes = parts[0].nodes
        if len(parts) > 1:
            kept = [part.nodes[slice(*part.kept)] + np.int32(part.layer.base) for part in parts]
            nodes = np.concatenate(kept)
        super().__init__(direction, nodes=nodes, seeds=seeds)
        self._parts = parts

    @cached_property
    def lead(self) -> Int64s:
        """See ``Reach``."""
        leads, _ = self._measured
        return np.repeat(leads[:, np.newaxis], LEVELS, axis=1)

    @cached_property
    def hops(self) -> Int32s:
        """See ``Reach``."""
        _, hops = self._measured
        return np.repeat(hops[:, np.newaxis], LEVELS, axis=1)

    @cached_property
    def amount(self) -> Float64s:
        """See ``Reach``."""
        if self._parts[0].layer.links.along is not None:
            return np.full(len(self.nodes), np.nan)
        own = [part.rows.view(np.float64)[slice(*part.kept), AMOUNT] for part in self._parts]
        return own[0] if len(own) == 1 else np.concatenate(own)

    @cached_property
    def parent(self) -> Int32s:
        """See ``Reach``."""
        parents: list[Int64s] = []
        # By place in the layer before: its place in the whole, and its parent's.
        whole = above = np.empty(0, dtype=np.int64)
        offset = 0
        for part in self._parts:
            begin, end = part.kept
            starts = part.starts
            parent = ROOT - 1 - (part.rows[:, BEST] & ROOT)
            own = np.arange(len(part.nodes)) - begin + offset
            entries = places_of(starts.entries, among=part.nodes)
            outside = (entries < begin) | (entries >= end)
            own[entries[outside]] = whole[starts.entered_from[outside]]
            joint = np.where(parent < 0, -1, own[parent])
            inner = entries[~outside]
            fresh = parent[inner] < 0
            seeded = np.isin(part.nodes[inner], starts.nodes)
            takes = fresh & ~seeded
            joint[inner[takes]] = above[starts.entered_from[~outside][takes]]
            parents.append(joint[begin:end])
            whole, above = own, joint
            offset += end - begin
        return np.concatenate(parents).astype(np.int32)

    def classes(self) -> Int64s:
        """Return the best class of each reached node."""
        return np.full(len(self.nodes), LinkClass.CONFIRMED, dtype=np.int64)

    @cached_property
    def _measured(self) -> tuple[Int64s, Int32s]:
        """When the taint of each node began, and its fewest hops."""
        all_leads, all_hops = [], []
        leads, hops = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32)
        for part in self._parts:
            links, starts = part.layer.links, part.starts
            scratch = borrow(part.layer)
            none = np.zeros(len(starts.nodes), dtype=np.int64)
            tally_starts(starts.nodes, END - starts.at, none, scratch.tally)
            handed = hops[starts.entered_from].astype(np.int64)
            tally_starts(starts.entries, leads[starts.entered_from], handed, scratch.tally)
            leads = np.empty(len(part.nodes), dtype=np.int64)
            hops = np.empty(len(part.nodes), dtype=np.int32)
            measure(
                part.nodes,
                links.indptr,
                links.link,
                links.when,
                links.instants,
                links.along is not None,
                scratch.tally,
                leads,
                hops,
            )
            give_back(part.layer, scratch)
            all_leads.append(leads[slice(*part.kept)])
            all_hops.append(hops[slice(*part.kept)])
        return np.concatenate(all_leads), np.concatenate(all_hops)
