"""What a walk over the graph's arrays found: what, how surely, how soon, how much."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.states import CARRY_BIT, END, Direction
from knockon.engine.impact._kernels import likely_after, sure_after

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]


class SeedNode(NamedTuple):
    """A node where the walk begins: how sure, and when it became suspect."""

    node: int
    link_class: LinkClass
    tainted: Span


class Reach:
    """What was reached.

    Parameters
    ----------
    direction
        The graph as the walk saw it.
    nodes
        Reached nodes, ascending, in the numbering of ``along``; the columns below are by place
        in it.
    """

    def __init__(self, direction: Direction, *, nodes: Int32s, seeds: tuple[SeedNode, ...]) -> None:
        self.along = direction.along
        self.against = direction.against
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
        """Suspect share of each node, 0 to 1; NaN is unknown, and against time all are."""
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
        return places_of(nodes, among=self.nodes)

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


def places_of(nodes: NDArray[np.integer], *, among: NDArray[np.integer]) -> Int64s:
    """Return the place of each node in an ascending array; -1 where it is not there."""
    if not len(among):
        return np.full(len(nodes), -1, dtype=np.int64)
    near = np.minimum(np.searchsorted(among, nodes), len(among) - 1)
    return np.where(among[near] == nodes, near, -1)
