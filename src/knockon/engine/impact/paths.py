"""The shortest best-proven way from a seed to a node, each step replayable."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.states import (
    CARRY_BIT,
    CLASS_BITS,
    END,
    FOREVER,
    HOP_BIT,
    NO_LINK,
    SPREAD_BIT,
)
from knockon.engine.impact.reach import Reach, SeedNode

Int64s = NDArray[np.int64]


class Step(NamedTuple):
    """One link of a path: the node it leads to, its row in the link table, its class here."""

    node: int
    link: int
    link_class: LinkClass


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A path from a seed; steps within one lot are among them, with ``NO_LINK``."""

    seed: SeedNode
    steps: tuple[Step, ...]


class _Link(NamedTuple):
    """One link seen from its end."""

    source: int
    earliest: int
    latest: int
    meta: int
    link: int


class _Hit(NamedTuple):
    """A node on the way back: by when its taint must have begun, and what it leads to."""

    node: int
    bound: int
    far: int
    through: _Link | None
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fan:
    """The usable links into one hit, nearest to a seed first."""

    hit: int
    links: tuple[Int64s, Int64s, Int64s, Int64s, Int64s]
    bounds: Int64s
    cost: Int64s


Rank = Callable[[Int64s], Int64s]
"""The order in which nodes come where links are equally near."""


def find_way(reach: Reach, node: int, *, rank: Rank | None = None) -> Way | None:
    """Return the shortest path of the node's best class; None when it was not reached.

    Parameters
    ----------
    rank
        Of several shortest paths the one over the first nodes is taken; without a rank, the one
        over the first links of the table.

    Notes
    -----
    A search backward from the node, led by the hop counts of the walk (A*, Hart, Nilsson and
    Raphael 1968), so that mostly only the path itself is looked at. A path may use a link only if
    the taint can have begun at its source by then, which the bound carries along.
    """
    place = int(reach.places(np.array([node], dtype=np.int64))[0])
    if place < 0:
        return None
    level = int(np.argmax(reach.lead[place] > 0))
    seeds = _seeds_by_node(reach, level)
    hits = [_Hit(node, FOREVER, 0, None, -1)]
    fans: list[_Fan] = []
    heap: list[tuple[int, int, int]] = []
    done: dict[int, int] = {}
    current = 0
    while True:
        hit = hits[current]
        seed = next((s for s in seeds.get(hit.node, ()) if _begins(s, level) <= hit.bound), None)
        if seed is not None:
            return Way(seed=seed, steps=_steps(hits, current, seed))
        if done.get(hit.node, -END) < hit.bound:
            done[hit.node] = hit.bound
            fan = _fan(reach, hit, place=current, level=level, rank=rank)
            fans.append(fan)
            if len(fan.cost):
                heapq.heappush(heap, (int(fan.cost[0]), len(fans) - 1, 0))
        if not heap:
            return None
        _, number, entry = heapq.heappop(heap)
        fan = fans[number]
        if entry + 1 < len(fan.cost):
            heapq.heappush(heap, (int(fan.cost[entry + 1]), number, entry + 1))
        link = _Link(*(int(column[entry]) for column in fan.links))
        far = hits[fan.hit].far + bool(link.meta & HOP_BIT)
        hits.append(_Hit(link.source, int(fan.bounds[entry]), far, link, fan.hit))
        current = len(hits) - 1


def _seeds_by_node(reach: Reach, level: int) -> dict[int, list[SeedNode]]:
    seeds: dict[int, list[SeedNode]] = {}
    for seed in reach.seeds:
        if seed.link_class <= level:
            seeds.setdefault(seed.node, []).append(seed)
    return seeds


def _begins(seed: SeedNode, level: int) -> int:
    return seed.tainted.earliest if level == LinkClass.POSSIBLE else seed.tainted.latest


def _fan(reach: Reach, hit: _Hit, *, place: int, level: int, rank: Rank | None) -> _Fan:
    """Return the links that can have brought the taint to the node by the bound."""
    against = reach.against
    last = against.nodes - 1
    mirrored = last - hit.node
    links, _ = against.links_of(np.array([mirrored]))
    source = last - against.target(links)
    begin, end = against.times(links)
    earliest, latest = -end, -begin
    meta = against.meta(links)
    row = against.rows(links)
    lead = reach.leads(source, level)
    begun, reached = END - lead, lead > 0
    carried = (meta & CARRY_BIT) != 0
    loose = (meta & SPREAD_BIT) != 0 if level == LinkClass.PROBABLE else level == LinkClass.POSSIBLE
    by_start = (earliest <= hit.bound) & (begun <= np.minimum(latest, hit.bound))
    by_end = (latest <= hit.bound) & (begun <= earliest)
    fits = np.where(carried, begun <= hit.bound, np.where(loose, by_start, by_end))
    usable = np.flatnonzero(reached & fits & (carried | ((meta & CLASS_BITS) <= level)))
    bounds = np.where(loose, np.minimum(latest, hit.bound), earliest)
    bounds = np.where(carried, hit.bound, bounds)
    cost = hit.far + reach.hops[reach.places(source), level] + ((meta & HOP_BIT) != 0)
    first = row if rank is None else np.where(carried, NO_LINK, rank(source))
    order = usable[np.lexsort((row[usable], first[usable], cost[usable]))]
    return _Fan(
        hit=place,
        links=(source[order], earliest[order], latest[order], meta[order], row[order]),
        bounds=bounds[order],
        cost=cost[order],
    )


def _steps(hits: list[_Hit], current: int, seed: SeedNode) -> tuple[Step, ...]:
    """Replay the links from the seed on and say how sure each of them is in its place."""
    steps = []
    certain = likely = seed.tainted.latest
    hit = hits[current]
    while hit.through is not None:
        link = hit.through
        node = hits[hit.after].node
        link_class = LinkClass(link.meta & CLASS_BITS)
        if not link.meta & CARRY_BIT:
            loose = bool(link.meta & SPREAD_BIT)
            if link.earliest < certain:
                in_order = (link.latest if loose else link.earliest) >= likely
                doubt = LinkClass.PROBABLE if in_order else LinkClass.POSSIBLE
                link_class = max(link_class, doubt)
            certain = link.latest
            likely = max(likely, link.earliest) if loose else link.latest
        steps.append(Step(node, link.link, link_class))
        hit = hits[hit.after]
    return tuple(steps)
