"""The walk over the graph's arrays: what the seeds reach, how surely, how soon, how much."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import CARRY_BIT, END, Adjacency, StateGraph
from knockon.engine.impact._kernels import (
    CELL,
    HOP_BITS,
    HOPS,
    LEVELS,
    SHARE,
    WORD,
    blend,
    likely_after,
    mark,
    sure_after,
    sweep,
    take_out,
)

_SEED_HOPS = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedNode:
    """A node where the walk begins: how sure, and when it became suspect."""

    node: int
    link_class: LinkClass
    tainted: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What was reached.

    Parameters
    ----------
    along, against
        Links in the direction of the walk, and the same seen from their ends.
    nodes
        Reached nodes, ascending, in the numbering of ``along``; the columns below are by place
        in it.
    lead, hops
        Per class, shape ``(reached, 3)``; a lead is how long before the end of time the taint
        began, microseconds, and zero where the class was not reached. Hops are the fewest of all
        links that pass: exact but where doubtful times or several seeds with times make a
        shorter way pass only for a taint that came by a longer one.
    amount
        Suspect share of each node, 0 to 1; NaN is unknown.
    """

    along: Adjacency
    against: Adjacency
    nodes: NDArray[np.int32]
    seeds: tuple[SeedNode, ...]
    lead: NDArray[np.int64]
    hops: NDArray[np.int32]
    amount: NDArray[np.float64]

    def classes(self) -> NDArray[np.int64]:
        """Return the best class of each reached node."""
        return np.asarray(np.argmax(self.lead > 0, axis=1), dtype=np.int64)

    def places(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the place of each node in ``nodes``; -1 where it was not reached."""
        if not len(self.nodes):
            return np.full(len(nodes), -1, dtype=np.int64)
        near = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        return np.where(self.nodes[near] == nodes, near, -1)

    def leads(self, nodes: NDArray[np.int64], level: int) -> NDArray[np.int64]:
        """Return the nodes' leads of one class; zero where not reached."""
        places = self.places(nodes)
        if not len(self.nodes):
            return np.zeros(len(nodes), dtype=np.int64)
        return np.where(places < 0, 0, self.lead[places, level])

    def passing(self, links: NDArray[np.int64], sources: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which links, leaving the given nodes, let the taint through."""
        lead = self.leads(sources, LinkClass.POSSIBLE)
        carried = (self.along.meta(links) & CARRY_BIT) != 0
        _, latest = self.along.times(links)
        in_time = lead >= END - latest
        return np.asarray((lead > 0) & (carried | in_time), dtype=np.bool_)

    def class_over(self, source: int, *, mirrored_link: int) -> LinkClass | None:
        """Return the class of the best way over a link of ``against``; None when none passes."""
        place = int(self.places(np.array([source], dtype=np.int64))[0])
        if place < 0:
            return None
        link = np.array([mirrored_link], dtype=np.int64)
        earliest, latest = self.against.times(link)
        bits = int(self.against.meta(link)[0])
        first, last = END + int(latest[0]), END + int(earliest[0])
        sure, likely, maybe = (int(lead) for lead in self.lead[place])
        if sure_after(bits, sure, first, last):
            return LinkClass.CONFIRMED
        if likely_after(bits, likely, first, last):
            return LinkClass.PROBABLE
        return LinkClass.POSSIBLE if maybe >= last else None


class Scratch:
    """Memory of a walk, all zero between walks, so that a small cone costs little."""

    __slots__ = ("cells", "reached", "shares", "summary", "words")

    def __init__(self, nodes: int) -> None:
        self.cells = np.zeros((nodes, CELL), dtype=np.int64)
        self.shares = self.cells.view(np.float64)
        self.words = np.zeros(nodes // WORD + 1, dtype=np.int64)
        self.summary = np.zeros(len(self.words) // WORD + 1, dtype=np.int64)
        self.reached = np.empty(nodes, dtype=np.int32)


def walk(states: StateGraph, seeds: Iterable[SeedNode], *, forward: bool) -> Reach:
    """Follow the taint from the seeds along time, or against it.

    Against time nodes are numbered from the end: node ``n`` of the graph is ``last - n`` here,
    seeds and result alike.
    """
    along, against = states.forward, states.backward
    if not forward:
        along, against = against, along
    seeds = tuple(seeds)
    # Taking from and adding to a list is atomic: walks in other threads take other memory.
    scratch = states.scratch.pop() if states.scratch else Scratch(states.nodes)
    assert isinstance(scratch, Scratch)
    cells, shares = scratch.cells, scratch.shares
    for seed in seeds:
        _plant(seed, cells[seed.node])
        shares[seed.node, SHARE] = 1.0
        mark(seed.node, scratch.words, scratch.summary)
    found = sweep(
        along.indptr,
        along.packed,
        along.packed.view(np.float32),
        along.instants,
        along.spans,
        not forward,
        cells,
        shares,
        scratch.words,
        scratch.summary,
        scratch.reached,
        states.acyclic,
    )
    nodes = scratch.reached[:found].copy()
    if not states.acyclic:
        begun = np.array([seed.node for seed in seeds], dtype=np.int32)
        nodes = np.union1d(nodes, begun)
        is_seed = np.isin(nodes, begun)
        blend(
            nodes,
            along.indptr,
            along.packed,
            along.packed.view(np.float32),
            along.instants,
            along.spans,
            not forward,
            cells,
            shares,
            is_seed,
        )
    lead = np.empty((len(nodes), LEVELS), dtype=np.int64)
    hops = np.empty((len(nodes), LEVELS), dtype=np.int32)
    amount = np.empty(len(nodes), dtype=np.float64)
    take_out(nodes, cells, shares, lead, hops, amount)
    states.scratch.append(scratch)
    return Reach(
        along=along,
        against=against,
        nodes=nodes,
        seeds=seeds,
        lead=lead,
        hops=hops,
        amount=amount,
    )


def _plant(seed: SeedNode, row: NDArray[np.int64]) -> None:
    """Note a seed for its class and all weaker ones; of several the earliest counts."""
    for level in range(seed.link_class, LEVELS):
        begun = seed.tainted.earliest if level == LinkClass.POSSIBLE else seed.tainted.latest
        row[level] = max(row[level], END - begun)
        row[HOPS] |= _SEED_HOPS << level * HOP_BITS
