"""The walk that tells classes apart, through any cone."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.states import END, Direction, Layer
from knockon.engine.impact._bits import mark
from knockon.engine.impact._kernels import (
    CELL,
    HOP_BITS,
    HOP_MASK,
    LEVELS,
    NEAR,
    SHARE,
    blend,
    sweep,
    take_out,
)
from knockon.engine.impact.reach import Reach, SeedNode, places_of
from knockon.engine.impact.scratch import Scratch, borrow, give_back

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]

_NOWHERE = np.empty(0, dtype=np.int32)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """Nodes of one layer and their rows, as the kernel has them."""

    nodes: Int32s
    rows: Int64s

    def at(self, places: Int64s) -> "_Found":
        """Return what is at the places."""
        return _Found(nodes=self.nodes[places], rows=self.rows[places])


def walk_with_doubts(direction: Direction, seeds: tuple[SeedNode, ...]) -> "DoubtfulReach":
    """Follow the seeds.

    Notes
    -----
    One sweep in topological order, O(links of the cone), and another for each link that leads
    back; see ``sweep``.
    """
    found: list[_Found] = []
    kept: list[_Found] = []
    for number, layer in enumerate(direction.layers):
        begin, end = layer.own
        own = tuple(
            SeedNode(seed.node - layer.base, seed.link_class, seed.tainted)
            for seed in seeds
            if begin <= seed.node - layer.base < end
        )
        entries = _Found(nodes=_NOWHERE, rows=np.empty((0, CELL), dtype=np.int64))
        if number:
            passage = direction.passages[number - 1]
            places = places_of(passage.leaving, among=found[-1].nodes)
            entering = passage.entering[places >= 0].astype(np.int32)
            entries = _Found(nodes=entering, rows=found[-1].rows[places[places >= 0]])
        reached = _sweep(layer, own, entries)
        found.append(reached)
        is_own = (reached.nodes >= begin) & (reached.nodes < end)
        kept.append(reached if is_own.all() else reached.at(np.flatnonzero(is_own)))
    return DoubtfulReach(direction, seeds=seeds, parts=kept)


def _sweep(layer: Layer, seeds: tuple[SeedNode, ...], entries: _Found) -> _Found:
    """Find all that is reached in a layer from its seeds and from nodes of the layer before."""
    scratch = borrow(layer)
    begun = _begin(scratch, seeds, entries)
    links, cells = layer.links, scratch.cells
    arrays = (
        links.indptr,
        links.link,
        links.when,
        links.instants,
        links.spans,
        links.along is not None,
        cells,
    )
    count = sweep(
        *arrays, scratch.words, scratch.summary, scratch.reached, scratch.rows, layer.acyclic
    )
    if layer.acyclic:
        reached = _Found(nodes=scratch.reached[:count].copy(), rows=scratch.rows[:count].copy())
    else:
        starts = np.array(sorted(begun), dtype=np.int32)
        nodes = np.union1d(scratch.reached[:count], starts)
        held = np.zeros(len(nodes), dtype=np.float64)
        held[np.searchsorted(nodes, starts)] = [begun[node] for node in starts.tolist()]
        blend(nodes, *arrays, held)
        reached = _Found(nodes=nodes, rows=np.empty((len(nodes), CELL), dtype=np.int64))
        take_out(nodes, cells, reached.rows)
    give_back(layer, scratch)
    return reached


def _begin(scratch: Scratch, seeds: tuple[SeedNode, ...], entries: _Found) -> dict[int, float]:
    """Note where the walk through a layer begins, and return each such node's suspect share."""
    cells, shares = scratch.cells, scratch.cells.view(np.float64)
    begun: dict[int, float] = {}
    for seed in seeds:
        _plant(seed, cells[seed.node])
        shares[seed.node, SHARE] = begun[seed.node] = 1.0
        mark(seed.node, scratch.words, scratch.summary)
    handed = entries.rows.view(np.float64)[:, SHARE].tolist()
    for place, node in enumerate(entries.nodes.tolist()):
        row, known = entries.rows[place], cells[node]
        np.maximum(known[:LEVELS], row[:LEVELS], out=known[:LEVELS])
        known[NEAR] = _nearest(int(known[NEAR]), int(row[NEAR]))
        if node not in begun:
            shares[node, SHARE] = begun[node] = min(handed[place], 1.0)
        mark(node, scratch.words, scratch.summary)
    return begun


def _nearest(packed: int, other: int) -> int:
    """Return the greater nearness of each class."""
    nearest = 0
    for level in range(LEVELS):
        shift = level * HOP_BITS
        nearest |= max(packed >> shift & HOP_MASK, other >> shift & HOP_MASK) << shift
    return nearest


def _plant(seed: SeedNode, row: Int64s) -> None:
    """Note a seed for its class and all weaker ones; of several the earliest counts."""
    for level in range(seed.link_class, LEVELS):
        begun = seed.tainted.earliest if level == LinkClass.POSSIBLE else seed.tainted.latest
        row[level] = max(row[level], END - begun)
        row[NEAR] |= HOP_MASK << level * HOP_BITS


class DoubtfulReach(Reach):
    """A reach whose classes were told apart in the walk."""

    def __init__(
        self, direction: Direction, *, seeds: tuple[SeedNode, ...], parts: list[_Found]
    ) -> None:
        nodes = [
            part.nodes + np.int32(layer.base)
            for part, layer in zip(parts, direction.layers, strict=True)
        ]
        super().__init__(direction, nodes=np.concatenate(nodes), seeds=seeds)
        self._rows = np.concatenate([part.rows for part in parts])

    @property
    def lead(self) -> Int64s:
        """See ``Reach``."""
        return self._rows[:, :LEVELS]

    @cached_property
    def hops(self) -> Int32s:
        """See ``Reach``."""
        near = self._rows[:, NEAR, np.newaxis] >> (np.arange(LEVELS) * HOP_BITS) & HOP_MASK
        return np.where(near > 0, HOP_MASK - near, 0).astype(np.int32)

    @cached_property
    def amount(self) -> Float64s:
        """See ``Reach``."""
        return self._rows.view(np.float64)[:, SHARE].copy()
