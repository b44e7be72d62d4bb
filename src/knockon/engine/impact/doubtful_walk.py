"""The walk that tells classes apart, through any cone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.states import END, Direction, Layer
from knockon.engine.impact._bits import mark
from knockon.engine.impact._kernels import (
    HOP_BITS,
    HOP_MASK,
    HOPS,
    LEVELS,
    SHARE,
    blend,
    sweep,
    take_out,
)
from knockon.engine.impact.reach import Reach, SeedNode, places_of
from knockon.engine.impact.scratch import Scratch, borrow, give_back

_SEED_HOPS = 1

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """Nodes of one layer and what the walk knows of them, by place; see ``Reach``."""

    nodes: Int32s
    lead: Int64s
    hops: Int32s
    amount: Float64s

    def at(self, places: Int64s) -> "_Columns":
        """Return the rows at the places."""
        return _Columns(
            nodes=self.nodes[places],
            lead=self.lead[places],
            hops=self.hops[places],
            amount=self.amount[places],
        )


def walk_with_doubts(direction: Direction, seeds: tuple[SeedNode, ...]) -> "DoubtfulReach":
    """Follow the seeds.

    Notes
    -----
    One sweep in topological order, O(links of the cone), and another for each link that leads
    back; see ``sweep``.
    """
    found: list[_Columns] = []
    kept: list[_Columns] = []
    for number, layer in enumerate(direction.layers):
        begin, end = layer.own
        own = tuple(
            SeedNode(seed.node - layer.base, seed.link_class, seed.tainted)
            for seed in seeds
            if begin <= seed.node - layer.base < end
        )
        entries: _Columns | None = None
        if number:
            passage = direction.passages[number - 1]
            places = places_of(passage.leaving, among=found[-1].nodes)
            entries = found[-1].at(places[places >= 0])
            entering = passage.entering[places >= 0].astype(np.int32)
            entries = _Columns(
                nodes=entering, lead=entries.lead, hops=entries.hops, amount=entries.amount
            )
        columns = _sweep(layer, own, entries)
        found.append(columns)
        is_own = (columns.nodes >= begin) & (columns.nodes < end)
        kept.append(columns.at(np.flatnonzero(is_own)))
    return DoubtfulReach(direction, seeds=seeds, parts=kept)


def _sweep(layer: Layer, seeds: tuple[SeedNode, ...], entries: _Columns | None) -> _Columns:
    """Find all that is reached in a layer from its seeds and from nodes of the layer before."""
    scratch = borrow(layer)
    begun = _begin(scratch, seeds, entries)
    links, cells = layer.links, scratch.cells
    shares = cells.view(np.float64)
    arrays = (
        links.indptr,
        links.link,
        links.when,
        links.instants,
        links.spans,
        links.along is not None,
    )
    found = sweep(
        *arrays, cells, shares, scratch.words, scratch.summary, scratch.reached, layer.acyclic
    )
    nodes = scratch.reached[:found].copy()
    if not layer.acyclic:
        starts = np.array(sorted(begun), dtype=np.int32)
        nodes = np.union1d(nodes, starts)
        held = np.zeros(len(nodes), dtype=np.float64)
        held[np.searchsorted(nodes, starts)] = [begun[node] for node in starts.tolist()]
        blend(nodes, *arrays, cells, shares, held)
    columns = _Columns(
        nodes=nodes,
        lead=np.empty((len(nodes), LEVELS), dtype=np.int64),
        hops=np.empty((len(nodes), LEVELS), dtype=np.int32),
        amount=np.empty(len(nodes), dtype=np.float64),
    )
    take_out(nodes, cells, shares, columns.lead, columns.hops, columns.amount)
    give_back(layer, scratch)
    return columns


def _begin(
    scratch: Scratch, seeds: tuple[SeedNode, ...], entries: _Columns | None
) -> dict[int, float]:
    """Note where the walk through a layer begins, and return each such node's suspect share."""
    cells, shares = scratch.cells, scratch.cells.view(np.float64)
    begun: dict[int, float] = {}
    for seed in seeds:
        _plant(seed, cells[seed.node])
        shares[seed.node, SHARE] = begun[seed.node] = 1.0
        mark(seed.node, scratch.words, scratch.summary)
    if entries is None:
        return begun
    for place, node in enumerate(entries.nodes.tolist()):
        for level in range(LEVELS):
            lead = int(entries.lead[place, level])
            if lead:
                cells[node, level] = max(cells[node, level], lead)
                hops = int(entries.hops[place, level]) + _SEED_HOPS
                cells[node, HOPS] = _with_fewest(int(cells[node, HOPS]), hops, level=level)
        if node not in begun:
            shares[node, SHARE] = begun[node] = float(entries.amount[place])
        mark(node, scratch.words, scratch.summary)
    return begun


def _plant(seed: SeedNode, row: Int64s) -> None:
    """Note a seed for its class and all weaker ones; of several the earliest counts."""
    for level in range(seed.link_class, LEVELS):
        begun = seed.tainted.earliest if level == LinkClass.POSSIBLE else seed.tainted.latest
        row[level] = max(row[level], END - begun)
        row[HOPS] |= _SEED_HOPS << level * HOP_BITS


def _with_fewest(packed: int, hops: int, *, level: int) -> int:
    """Return packed hop counts with those of a class, where that has none or more."""
    known = packed >> level * HOP_BITS & HOP_MASK
    fewest = min(known, hops) if known else hops
    return packed ^ (known ^ fewest) << level * HOP_BITS


class DoubtfulReach(Reach):
    """A reach whose columns were worked out in the walk."""

    def __init__(
        self, direction: Direction, *, seeds: tuple[SeedNode, ...], parts: list[_Columns]
    ) -> None:
        nodes = [
            part.nodes + np.int32(layer.base)
            for part, layer in zip(parts, direction.layers, strict=True)
        ]
        super().__init__(direction, nodes=np.concatenate(nodes), seeds=seeds)
        self._lead = np.concatenate([part.lead for part in parts])
        self._hops = np.concatenate([part.hops for part in parts])
        self._amount = np.concatenate([part.amount for part in parts])

    @property
    def lead(self) -> Int64s:
        """See ``Reach``."""
        return self._lead

    @property
    def hops(self) -> Int32s:
        """See ``Reach``."""
        return self._hops

    @property
    def amount(self) -> Float64s:
        """See ``Reach``."""
        return self._amount
