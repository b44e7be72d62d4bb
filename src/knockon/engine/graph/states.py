"""Lot states and the links between them, laid out as compact arrays in both directions.

A link takes sixteen bytes along time and eight against it: the node it leads to with class and
flags in one number, when, and (along time only) its share and its row. Instants are numbered in
their order, so that comparing numbers compares the times to the microsecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from knockon.domain.errors import KnockonError
from knockon.engine.graph._kernels import partner_links

END: Final = 1 << 62
"""The end of time in microseconds; ``-END`` is its beginning."""
FOREVER: Final = END - 1
"""An instant that is not known to have come; ``-FOREVER`` is one before all records."""

CLASS_BITS: Final = 3
SPREAD_BIT: Final = 4
"""It happened somewhere within its interval, and is taken as in order where it can be."""
HOP_BIT: Final = 8
"""It counts as one hop."""
CARRY_BIT: Final = 16
"""The same lot goes on in its next state: the taint stays as it is."""

FLAG_BITS: Final = 5
FLAG_MASK: Final = (1 << FLAG_BITS) - 1
CARRIED: Final = 3
"""In the layout, the class of a link to a lot's own next state; it has no time."""
WIDE_BIT: Final = 16
"""In the layout: when is the number of an interval, not of an instant."""
MOST_NODES: Final = 1 << 32 - FLAG_BITS

NO_LINK: Final = -1

Int64s = NDArray[np.int64]
Int32s = NDArray[np.int32]
Uint32s = NDArray[np.uint32]


class TooManyStates(KnockonError):
    """One layout holds no more lot states than its numbers have room for."""

    code = "too_many_states"

    def __init__(self, *, states: int, most: int) -> None:
        super().__init__(states=states, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTable:
    """Links between entities (lots, work orders, shipments) as columns of equal length.

    Parameters
    ----------
    source, target
        Entities; never the same one.
    earliest, latest
        When it happened, microseconds since 1970, within ``[-FOREVER, FOREVER]``.
    meta
        Class and flags.
    qty
        For ranking; NaN is unknown.
    unit
        Links into one target with equal units are blended together.
    """

    source: Int64s
    target: Int64s
    earliest: Int64s
    latest: Int64s
    meta: NDArray[np.uint8]
    qty: NDArray[np.float64]
    unit: Int32s


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjacency:
    """Links by the node they leave, seen along time or against it.

    Against time nodes are numbered from the end and times are negated.
    A link's number is its place in the columns; the methods take arrays of such numbers.

    Parameters
    ----------
    indptr
        First link of each node, and their number at the end, shape ``(nodes + 1,)``.
    link
        Shape ``(links, 2)``: the node the link leads to, shifted by ``FLAG_BITS``, with class and
        flags; and the bits of its share as a float. Against time ``(links, 1)``, without a share.
    when
        Shape ``(links,)``: the lead of an instant, that is how many known instants there are from
        it on in this direction; with ``WIDE_BIT`` the row of an interval in ``spans``.
    row
        Row of each link in the link table, ``NO_LINK`` for a lot's own next state; empty against
        time, where ``along`` knows.
    instants
        All exact times, ascending.
    spans
        Distinct intervals, shape ``(intervals, 2)``.
    along
        Against time: the same links seen along it.
    """

    indptr: Uint32s
    link: Uint32s
    when: Uint32s
    row: Int32s
    instants: Int64s
    spans: Int64s
    along: "Adjacency | None" = None

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return len(self.indptr) - 1

    def links_of(self, nodes: NDArray[np.integer]) -> tuple[Int64s, Int64s]:
        """Return the links that leave the nodes, and the node that each of them leaves."""
        numbers = nodes.astype(np.int64)
        begins = self.indptr[numbers].astype(np.int64)
        ends = self.indptr[numbers + 1].astype(np.int64)
        return ranges(begins, ends), np.repeat(numbers, ends - begins)

    def target(self, links: Int64s) -> Int64s:
        """Return the nodes that the links lead to."""
        ends: Int64s = (self.link[links, 0] >> FLAG_BITS).astype(np.int64)
        return ends

    def meta(self, links: Int64s) -> Int64s:
        """Return class and flags as the link table has them."""
        bits: Int64s = (self.link[links, 0] & FLAG_MASK).astype(np.int64)
        carried = bits & CLASS_BITS == CARRIED
        bits &= ~WIDE_BIT
        bits[carried] = CARRY_BIT
        return bits

    def share(self, links: Int64s) -> NDArray[np.float32]:
        """Return each link's part of all that went into its target; NaN is unknown.

        Only along time: against it a share says nothing.
        """
        return np.ascontiguousarray(self.link[links, 1]).view(np.float32)

    def times(self, links: Int64s) -> tuple[Int64s, Int64s]:
        """Return the earliest and the latest instant of each link."""
        bits, when = self.link[links, 0], self.when[links].astype(np.int64)
        earliest = np.full(len(links), -FOREVER, dtype=np.int64)
        latest = np.full(len(links), FOREVER, dtype=np.int64)
        carried = bits & CLASS_BITS == CARRIED
        wide = ~carried & (bits & WIDE_BIT != 0)
        exact = ~carried & ~wide
        last = len(self.instants)
        if self.along is None:
            earliest[exact] = self.instants[last - when[exact]]
            earliest[wide], latest[wide] = self.spans[when[wide]].T
        else:
            earliest[exact] = -self.instants[when[exact] - 1]
            latest[wide], earliest[wide] = -self.spans[when[wide]].T
        latest[exact] = earliest[exact]
        return earliest, latest

    def code_of(self, at: int) -> int:
        """Return twice the lead of an instant, one more than the next later one's if unknown.

        Parameters
        ----------
        at
            Microseconds in this direction: negated against time.
        """
        instants = self.instants
        if self.along is None:
            later = len(instants) - int(np.searchsorted(instants, at))
            known = later > 0 and int(instants[-later]) == at
        else:
            later = int(np.searchsorted(instants, -at, side="right"))
            known = later > 0 and int(instants[later - 1]) == -at
        return 2 * later + (not known)

    def rows(self, links: Int64s) -> Int64s:
        """Return the rows of the links in the link table; ``NO_LINK`` where there is none.

        Notes
        -----
        Against time O(log fan) each: the link is looked up among those of its other end.
        """
        along = self.along
        if along is None:
            return self.row[links].astype(np.int64)
        places = partner_links(links, self.indptr, self.link, along.indptr, along.link, FLAG_BITS)
        return along.row[places].astype(np.int64)


class Links(Protocol):
    """Links by the node they leave, seen along time or against it; see ``Adjacency``."""

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        ...

    def links_of(self, nodes: NDArray[np.integer]) -> tuple[Int64s, Int64s]:
        """Return the links that leave the nodes, and the node that each of them leaves."""
        ...

    def target(self, links: Int64s) -> Int64s:
        """Return the nodes that the links lead to."""
        ...

    def meta(self, links: Int64s) -> Int64s:
        """Return class and flags as the link table has them."""
        ...

    def share(self, links: Int64s) -> NDArray[np.float32]:
        """Return each link's part of all that went into its target; NaN is unknown."""
        ...

    def times(self, links: Int64s) -> tuple[Int64s, Int64s]:
        """Return the earliest and the latest instant of each link."""
        ...

    def rows(self, links: Int64s) -> Int64s:
        """Return the rows of the links in the link table; ``NO_LINK`` where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One layout that a walk goes through.

    Parameters
    ----------
    links
        With node numbers of its own.
    own
        Half-open range of the nodes that are the layer's; the others only stand for nodes of the
        other layer.
    base
        What is added to the number of an own node to get its number in the whole graph.
    """

    links: Adjacency
    own: tuple[int, int]
    base: int
    acyclic: bool
    scratch: list[object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Nodes of a layer and those that stand for them in the next; both ascending."""

    leaving: Int64s
    entering: Int64s


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A graph as a walk in one direction sees it.

    Parameters
    ----------
    along, against
        Links in the direction of the walk, and the same seen from their ends.
    layers
        In the order of the walk.
    passages
        From each layer to the next.
    """

    along: Links
    against: Links
    layers: tuple[Layer, ...]
    passages: tuple[Passage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateGraph:
    """Lot states in topological order with their links in both directions.

    Parameters
    ----------
    entity
        Entity of each node, shape ``(nodes,)``.
    first_node
        First state of each entity, shape ``(entities,)``.
    later_entity, later_node
        All later states, by entity and then in order of time.
    forward
        Links by source; those of a node go to higher nodes when ``acyclic``.
    backward
        The same seen against time, so that following material to its origin is the same walk.
    scratch
        Memory that walks lend each other; it holds nothing between them.
    """

    entity: Int32s
    first_node: Int32s
    later_entity: Int32s
    later_node: Int32s
    forward: Adjacency
    backward: Adjacency
    acyclic: bool
    scratch: list[object] = field(default_factory=list, compare=False, repr=False)

    @property
    def nodes(self) -> int:
        """How many lot states there are."""
        return len(self.entity)

    def entities_of(self, nodes: NDArray[np.integer]) -> Int64s:
        """Return the entity of each of the nodes."""
        entities: Int64s = self.entity[nodes].astype(np.int64)
        return entities

    def entity_of(self, node: int) -> int:
        """Return the entity of a node."""
        return int(self.entity[node])

    def first_node_of(self, entity: int) -> int:
        """Return the first state of an entity."""
        return int(self.first_node[entity])

    def nodes_of(self, entity: int) -> Int32s:
        """Return the states of an entity in order of time."""
        begin, end = np.searchsorted(self.later_entity, (entity, entity + 1))
        return np.append(self.first_node[entity], self.later_node[begin:end])

    def nodes_of_all(self, entities: Int64s) -> Int32s:
        """Return the states of all the entities, in no particular order."""
        begins = np.searchsorted(self.later_entity, entities)
        ends = np.searchsorted(self.later_entity, entities, side="right")
        later = self.later_node[ranges(begins, ends)]
        return np.concatenate([self.first_node[entities], later])

    def direction(self, *, forward: bool) -> Direction:
        """Return the graph as a walk along time, or against it, sees it."""
        along, against = self.forward, self.backward
        if not forward:
            along, against = against, along
        layer = Layer(
            links=along,
            own=(0, self.nodes),
            base=0,
            acyclic=self.acyclic,
            scratch=self.scratch,
        )
        return Direction(along=along, against=against, layers=(layer,))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return everything as named arrays, for a file; ``from_arrays`` takes them back."""
        forward, backward = self.forward, self.backward
        return {
            "entity": self.entity,
            "first_node": self.first_node,
            "later_entity": self.later_entity,
            "later_node": self.later_node,
            "forward_offset": forward.indptr,
            "forward_link": forward.link,
            "forward_when": forward.when,
            "forward_row": forward.row,
            "backward_offset": backward.indptr,
            "backward_link": backward.link,
            "backward_when": backward.when,
            "instants": forward.instants,
            "spans": forward.spans,
            "acyclic": np.array([self.acyclic], dtype=np.uint8),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> Self:
        """Return the graph over arrays of ``arrays()``, as they lie: nothing is read or copied.

        Parameters
        ----------
        arrays
            By name; further names are left alone.
        """
        own: dict[str, NDArray[Any]] = {
            name: _plain(arrays[name], kind=kind) for name, kind in ARRAY_TYPES.items()
        }
        instants, spans = own["instants"], own["spans"].reshape(-1, 2)
        forward = Adjacency(
            indptr=own["forward_offset"],
            link=own["forward_link"].reshape(-1, 2),
            when=own["forward_when"],
            row=own["forward_row"],
            instants=instants,
            spans=spans,
        )
        return cls(
            entity=own["entity"],
            first_node=own["first_node"],
            later_entity=own["later_entity"],
            later_node=own["later_node"],
            forward=forward,
            backward=Adjacency(
                indptr=own["backward_offset"],
                link=own["backward_link"].reshape(-1, 1),
                when=own["backward_when"],
                row=own["later_node"][:0],
                instants=instants,
                spans=spans,
                along=forward,
            ),
            acyclic=bool(own["acyclic"][0]),
        )


ARRAY_TYPES: Final[Mapping[str, type[np.generic]]] = {
    "entity": np.int32,
    "first_node": np.int32,
    "later_entity": np.int32,
    "later_node": np.int32,
    "forward_offset": np.uint32,
    "forward_link": np.uint32,
    "forward_when": np.uint32,
    "forward_row": np.int32,
    "backward_offset": np.uint32,
    "backward_link": np.uint32,
    "backward_when": np.uint32,
    "instants": np.int64,
    "spans": np.int64,
    "acyclic": np.uint8,
}
"""Arrays of a state graph with the type of their values; links and intervals are rows of several."""


def ranges(begins: Int64s, ends: Int64s) -> Int64s:
    """Return the numbers of all half-open ranges, one after the other."""
    sizes = ends - begins
    offsets = np.repeat(begins - (np.cumsum(sizes) - sizes), sizes)
    return np.asarray(np.arange(int(sizes.sum()), dtype=np.int64) + offsets, dtype=np.int64)


def _plain(array: NDArray[np.generic], *, kind: type[np.generic]) -> NDArray[np.generic]:
    """Return the same memory as a plain array that nobody writes to.

    Kernels are compiled for what does not change, and take longer to accept a mapped file.
    """
    plain = array.view(np.ndarray).astype(kind, copy=False)
    plain.setflags(write=False)
    return plain
