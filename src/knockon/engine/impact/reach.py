"""The walk over the graph's arrays: what the seeds reach, how surely, how soon, how much."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import (
    CARRY_BIT,
    CLASS_BITS,
    END,
    SPREAD_BIT,
    Adjacency,
    StateGraph,
)
from knockon.engine.impact._kernels import WORD, blend, mark, sweep

_LEVELS = 3


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
        Reached nodes, ascending, in the numbering of ``along``.
    lead, hops
        Per node and class, as in the kernels; zero where not reached.
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
        known = self.lead[self.nodes] > 0
        return np.asarray(np.argmax(known, axis=1), dtype=np.int64)

    def passing(self, links: NDArray[np.int64], sources: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return which links, leaving the given nodes, let the taint through."""
        lead = self.lead[sources, LinkClass.POSSIBLE]
        carried = (self.along.meta[links] & CARRY_BIT) != 0
        in_time = lead >= END - self.along.latest[links]
        return np.asarray((lead > 0) & (carried | in_time), dtype=np.bool_)

    def class_over(self, source: int, *, mirrored_link: int) -> LinkClass | None:
        """Return the class of the best way over a link of ``against``; None when none passes."""
        meta = int(self.against.meta[mirrored_link])
        start = END + int(self.against.latest[mirrored_link])
        end = END + int(self.against.earliest[mirrored_link])
        confirmed, probable, possible = (int(lead) for lead in self.lead[source])
        own = meta & CLASS_BITS
        if own == LinkClass.CONFIRMED and confirmed >= start:
            return LinkClass.CONFIRMED
        if own <= LinkClass.PROBABLE and probable >= (end if meta & SPREAD_BIT else start):
            return LinkClass.PROBABLE
        return LinkClass.POSSIBLE if possible >= end else None


def walk(states: StateGraph, seeds: Iterable[SeedNode], *, forward: bool) -> Reach:
    """Follow the taint from the seeds along time, or against it.

    Against time nodes are numbered from the end: node ``n`` of the graph is ``last - n`` here,
    seeds and result alike.
    """
    along, against = states.forward, states.backward
    if not forward:
        along, against = against, along
    count = states.nodes
    words = np.zeros(count // WORD + 1, dtype=np.int64)
    summary = np.zeros(len(words) // WORD + 1, dtype=np.int64)
    # Fresh zero pages: only what the walk touches costs anything.
    lead = np.zeros((count, _LEVELS), dtype=np.int64)
    hops = np.zeros((count, _LEVELS), dtype=np.int32)
    amount = np.zeros(count, dtype=np.float64)
    reached = np.empty(count, dtype=np.int32)
    found = 0
    seeds = tuple(seeds)
    for seed in seeds:
        if lead[seed.node, LinkClass.POSSIBLE] == 0:
            reached[found] = seed.node
            found += 1
        _plant(seed, lead)
        amount[seed.node] = 1.0
        mark(seed.node, words, summary)
    found = sweep(
        along.indptr,
        along.target,
        along.earliest,
        along.latest,
        along.meta,
        along.share,
        lead,
        hops,
        amount,
        words,
        summary,
        reached,
        found,
    )
    nodes = np.sort(reached[:found])
    if not states.acyclic:
        is_seed = np.isin(nodes, [seed.node for seed in seeds])
        blend(
            nodes,
            along.indptr,
            along.target,
            along.latest,
            along.meta,
            along.share,
            lead,
            amount,
            is_seed,
        )
    return Reach(
        along=along,
        against=against,
        nodes=nodes,
        seeds=seeds,
        lead=lead,
        hops=hops,
        amount=amount,
    )


def _plant(seed: SeedNode, lead: NDArray[np.int64]) -> None:
    """Note a seed for its class and all weaker ones; of several the earliest counts."""
    for level in range(seed.link_class, LinkClass.POSSIBLE):
        lead[seed.node, level] = max(lead[seed.node, level], END - seed.tainted.latest)
    weakest = LinkClass.POSSIBLE
    lead[seed.node, weakest] = max(lead[seed.node, weakest], END - seed.tainted.earliest)
