"""The walk over the graph's arrays: what the seeds reach, how surely, how soon, how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import CARRY_BIT, END, FOREVER, Adjacency, StateGraph
from knockon.engine.impact._bits import BLOCK_SHIFT, WORD_SHIFT, mark
from knockon.engine.impact._kernels import (
    CELL,
    HOP_BITS,
    HOPS,
    LEVELS,
    SHARE,
    blend,
    likely_after,
    sure_after,
    sweep,
    take_out,
)
from knockon.engine.impact._plain_kernels import (
    AMOUNT,
    BEST,
    NOT_PLAIN,
    QUEUE_SIZE,
    ROOT,
    TIMED_ROW,
    UNTIMED_ROW,
    forget,
    measure,
    plant,
    sweep_plain,
    tally_seeds,
)

_SEED_HOPS = 1

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]


class SeedNode(NamedTuple):
    """A node where the walk begins: how sure, and when it became suspect."""

    node: int
    link_class: LinkClass
    tainted: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class _Columns:
    """What the walk knows of each reached node, by place; see ``Reach``."""

    lead: Int64s
    hops: Int32s
    amount: Float64s


class Reach:
    """What was reached.

    Parameters
    ----------
    along, against
        Links in the direction of the walk, and the same seen from their ends.
    nodes
        Reached nodes, ascending, in the numbering of ``along``; the columns below are by place
        in it.
    """

    def __init__(
        self,
        *,
        along: Adjacency,
        against: Adjacency,
        nodes: Int32s,
        seeds: tuple[SeedNode, ...],
    ) -> None:
        self.along = along
        self.against = against
        self.nodes = nodes
        self.seeds = seeds

    @property
    def lead(self) -> Int64s:
        """How long before the end of time each node's taint began, per class.

        Microseconds, shape ``(reached, 3)``; zero where the class was not reached.
        """
        raise NotImplementedError

    @property
    def hops(self) -> Int32s:
        """The fewest hops of all links that pass, per class, shape ``(reached, 3)``.

        Exact but where doubtful times or several seeds with times make a shorter way pass only
        for a taint that came by a longer one.
        """
        raise NotImplementedError

    @property
    def amount(self) -> Float64s:
        """Suspect share of each node, 0 to 1; NaN is unknown."""
        raise NotImplementedError

    @property
    def parent(self) -> Int32s | None:
        """Place of the node from which most of each node's suspect share came.

        It is -1 for a seed. None when the walk met doubts: which way is proven best then hangs
        on more than the node before.
        """
        return None

    def classes(self) -> Int64s:
        """Return the best class of each reached node."""
        return np.asarray(np.argmax(self.lead > 0, axis=1), dtype=np.int64)

    def places(self, nodes: Int64s) -> Int64s:
        """Return the place of each node in ``nodes``; -1 where it was not reached."""
        if not len(self.nodes):
            return np.full(len(nodes), -1, dtype=np.int64)
        near = np.minimum(np.searchsorted(self.nodes, nodes), len(self.nodes) - 1)
        return np.where(self.nodes[near] == nodes, near, -1)

    def leads(self, nodes: Int64s, level: int) -> Int64s:
        """Return the nodes' leads of one class; zero where not reached."""
        places = self.places(nodes)
        if not len(self.nodes):
            return np.zeros(len(nodes), dtype=np.int64)
        return np.where(places < 0, 0, self.lead[places, level])

    def passing(self, links: Int64s, sources: Int64s) -> NDArray[np.bool_]:
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


class _DoubtfulReach(Reach):
    """A reach whose columns were worked out in the walk."""

    def __init__(
        self,
        *,
        along: Adjacency,
        against: Adjacency,
        nodes: Int32s,
        seeds: tuple[SeedNode, ...],
        columns: _Columns,
    ) -> None:
        super().__init__(along=along, against=against, nodes=nodes, seeds=seeds)
        self._columns = columns

    @property
    def lead(self) -> Int64s:
        return self._columns.lead

    @property
    def hops(self) -> Int32s:
        return self._columns.hops

    @property
    def amount(self) -> Float64s:
        return self._columns.amount


@dataclass(frozen=True, slots=True, kw_only=True)
class _PlainSeeds:
    """Seeds that are sure and exact, as numbers of the walk's direction.

    Parameters
    ----------
    leads
        Twice the lead of an instant, or one more than that of the next later one.
    times
        Instant of each lead that is no known instant's.
    timed
        Whether one of them became suspect after the first instant.
    """

    nodes: Int64s
    leads: Int64s
    times: dict[int, int]
    timed: bool


class _PlainReach(Reach):
    """A reach without doubts; what is seldom asked for is worked out when it is."""

    def __init__(
        self,
        *,
        states: StateGraph,
        forward: bool,
        seeds: tuple[SeedNode, ...],
        planted: _PlainSeeds,
    ) -> None:
        along, against = _directed(states, forward=forward)
        super().__init__(
            along=along, against=against, nodes=np.empty(0, dtype=np.int32), seeds=seeds
        )
        self._states = states
        self._planted = planted
        self.rows: Int64s = np.empty((0, UNTIMED_ROW), dtype=np.int64)

    def sweep(self) -> bool:
        """Find everything, and return whether there were indeed no doubts."""
        planted, along = self._planted, self.along
        scratch = _borrow(self._states)
        cells = scratch.timed if planted.timed else scratch.untimed
        rows = scratch.timed_rows if planted.timed else scratch.untimed_rows
        plant(planted.nodes, planted.leads, cells, scratch.words, scratch.summary)
        found = sweep_plain(
            along.indptr,
            along.link,
            along.when,
            cells,
            scratch.words,
            scratch.summary,
            scratch.queue,
            0,
            scratch.reached,
            rows,
        )
        if found == NOT_PLAIN:
            forget(cells, scratch.words, scratch.summary)
        else:
            self.nodes = scratch.reached[:found].copy()
            self.rows = rows[:found].copy()
        self._states.scratch.append(scratch)
        return found != NOT_PLAIN

    @cached_property
    def lead(self) -> Int64s:
        codes, _ = self._measured
        begun = self.along.instants_of(codes)
        for code, at in self._planted.times.items():
            begun[codes == code] = at
        return np.repeat((END - begun)[:, np.newaxis], LEVELS, axis=1)

    @cached_property
    def hops(self) -> Int32s:
        _, hops = self._measured
        return np.repeat(hops[:, np.newaxis], LEVELS, axis=1)

    @property
    def amount(self) -> Float64s:
        if self.along.along is not None:
            return np.full(len(self.nodes), np.nan)
        return self.rows.view(np.float64)[:, AMOUNT]

    @property
    def parent(self) -> Int32s:
        return (ROOT - 1 - (self.rows[:, BEST] & ROOT)).astype(np.int32)

    def classes(self) -> Int64s:
        return np.full(len(self.nodes), LinkClass.CONFIRMED, dtype=np.int64)

    @cached_property
    def _measured(self) -> tuple[Int64s, Int32s]:
        """Leads as the kernel numbers them, and hops."""
        leads = np.empty(len(self.nodes), dtype=np.int64)
        hops = np.empty(len(self.nodes), dtype=np.int32)
        scratch = _borrow(self._states)
        tally_seeds(self._planted.nodes, self._planted.leads, scratch.tally)
        measure(
            self.nodes,
            self.along.indptr,
            self.along.link,
            self.along.when,
            scratch.tally,
            leads,
            hops,
        )
        self._states.scratch.append(scratch)
        return leads, hops


class Scratch:
    """Memory of a walk, all zero between walks, so that a small cone costs little.

    What is not used takes no memory: the system gives a page when it is first touched.
    """

    def __init__(self, nodes: int) -> None:
        self._nodes = nodes
        self.words = np.zeros((nodes >> WORD_SHIFT) + 1, dtype=np.uint64)
        self.summary = np.zeros((nodes >> BLOCK_SHIFT) + 1, dtype=np.uint64)
        self.reached = np.empty(nodes, dtype=np.int32)
        self.queue = np.zeros(QUEUE_SIZE, dtype=np.int64)

    @cached_property
    def cells(self) -> Int64s:
        """Rows of a walk with doubts."""
        return np.zeros((self._nodes, CELL), dtype=np.int64)

    @cached_property
    def untimed(self) -> Int64s:
        """Rows of a plain walk from seeds that always were suspect."""
        return np.zeros((self._nodes, UNTIMED_ROW), dtype=np.int64)

    @cached_property
    def untimed_rows(self) -> Int64s:
        """Room for its result."""
        return np.empty((self._nodes, UNTIMED_ROW), dtype=np.int64)

    @cached_property
    def timed(self) -> Int64s:
        """Rows of a plain walk from seeds with times."""
        return np.zeros((self._nodes, TIMED_ROW), dtype=np.int64)

    @cached_property
    def timed_rows(self) -> Int64s:
        """Room for its result."""
        return np.empty((self._nodes, TIMED_ROW), dtype=np.int64)

    @cached_property
    def tally(self) -> Int64s:
        """One number for each node."""
        return np.zeros(self._nodes, dtype=np.int64)


def walk(states: StateGraph, seeds: Iterable[SeedNode], *, forward: bool) -> Reach:
    """Follow the taint from the seeds along time, or against it.

    Against time nodes are numbered from the end: node ``n`` of the graph is ``last - n`` here,
    seeds and result alike.

    Notes
    -----
    One sweep, O(links of the cone). Where it meets a link that is not proven or has no exact time
    it is done again by the sweep that tells classes apart.
    """
    seeds = tuple(seeds)
    along, _ = _directed(states, forward=forward)
    planted = _plain_seeds(seeds, along) if states.acyclic else None
    if planted is not None:
        reach = _PlainReach(states=states, forward=forward, seeds=seeds, planted=planted)
        if reach.sweep():
            return reach
    return _walk_with_doubts(states, seeds, forward=forward)


def _directed(states: StateGraph, *, forward: bool) -> tuple[Adjacency, Adjacency]:
    """Return the links in the direction of the walk, and against it."""
    return (states.forward, states.backward) if forward else (states.backward, states.forward)


def _borrow(states: StateGraph) -> Scratch:
    # Taking from and adding to a list is atomic: walks in other threads take other memory.
    try:
        scratch = states.scratch.pop()
    except IndexError:
        return Scratch(states.nodes)
    assert isinstance(scratch, Scratch)
    return scratch


def _plain_seeds(seeds: tuple[SeedNode, ...], along: Adjacency) -> _PlainSeeds | None:
    """Return the seeds as numbers; None when one is not proven, or has no exact time."""
    begun = [seed.tainted.earliest for seed in seeds]
    for seed in seeds:
        if seed.link_class or seed.tainted.latest != seed.tainted.earliest:
            return None
    nodes = np.array([seed.node for seed in seeds], dtype=np.int64)
    ever = 2 * len(along.instants) + 1
    distinct = set(begun)
    if distinct == {-FOREVER}:
        leads = np.full(len(nodes), ever, dtype=np.int64)
        return _PlainSeeds(nodes=nodes, leads=leads, times={ever: -FOREVER}, timed=False)
    codes = {at: along.code_of(at) for at in distinct}
    times = {code: at for at, code in codes.items() if code & 1}
    if len(times) < sum(code & 1 for code in codes.values()):
        return None
    leads = np.array([codes[at] for at in begun], dtype=np.int64)
    return _PlainSeeds(
        nodes=nodes, leads=leads, times=times, timed=bool(leads.min(initial=ever) < ever)
    )


def _walk_with_doubts(
    states: StateGraph, seeds: tuple[SeedNode, ...], *, forward: bool
) -> _DoubtfulReach:
    along, against = _directed(states, forward=forward)
    scratch = _borrow(states)
    cells, shares = scratch.cells, scratch.cells.view(np.float64)
    for seed in seeds:
        _plant(seed, cells[seed.node])
        shares[seed.node, SHARE] = 1.0
        mark(seed.node, scratch.words, scratch.summary)
    links = (along.indptr, along.link, along.when, along.instants, along.spans, not forward)
    found = sweep(
        *links, cells, shares, scratch.words, scratch.summary, scratch.reached, states.acyclic
    )
    nodes = scratch.reached[:found].copy()
    if not states.acyclic:
        begun = np.array([seed.node for seed in seeds], dtype=np.int32)
        nodes = np.union1d(nodes, begun)
        blend(nodes, *links, cells, shares, np.isin(nodes, begun))
    columns = _Columns(
        lead=np.empty((len(nodes), LEVELS), dtype=np.int64),
        hops=np.empty((len(nodes), LEVELS), dtype=np.int32),
        amount=np.empty(len(nodes), dtype=np.float64),
    )
    take_out(nodes, cells, shares, columns.lead, columns.hops, columns.amount)
    states.scratch.append(scratch)
    return _DoubtfulReach(along=along, against=against, nodes=nodes, seeds=seeds, columns=columns)


def _plant(seed: SeedNode, row: Int64s) -> None:
    """Note a seed for its class and all weaker ones; of several the earliest counts."""
    for level in range(seed.link_class, LEVELS):
        begun = seed.tainted.earliest if level == LinkClass.POSSIBLE else seed.tainted.latest
        row[level] = max(row[level], END - begun)
        row[HOPS] |= _SEED_HOPS << level * HOP_BITS
