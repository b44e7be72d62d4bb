"""The walk over the graph's arrays, from seeds along time or against it."""

from collections.abc import Iterable

from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.states import StateGraph
from knockon.engine.impact.doubtful_walk import walk_with_doubts
from knockon.engine.impact.plain_walk import walk_plain
from knockon.engine.impact.reach import Reach, SeedNode


def walk(states: StateGraph | LayeredGraph, seeds: Iterable[SeedNode], *, forward: bool) -> Reach:
    """Follow the taint from the seeds along time, or against it.

    Against time nodes are numbered from the end: node ``n`` of the graph is ``last - n`` here,
    seeds and result alike.

    Notes
    -----
    One sweep, O(links of the cone). Where it meets a link that is not proven or has no exact time
    it is done again by the sweep that tells classes apart.
    """
    seeds = tuple(seeds)
    direction = states.direction(forward=forward)
    return walk_plain(direction, seeds) or walk_with_doubts(direction, seeds)
