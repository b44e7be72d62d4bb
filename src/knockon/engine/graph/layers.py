"""A graph of two layers: a large one that stands, and a small one of what came after it.

All links of a layer stay in it. A link from an older state to a newer one lies in the newer layer
and leaves a *stand-in* there, a node that has no inputs of its own; the stand-ins are the lowest
nodes of the newer layer. Nodes and links of the whole are numbered through, and a walk along time
goes through the older layer first, a walk against it through the newer one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.engine.graph.states import (
    NO_LINK,
    Adjacency,
    Direction,
    Int32s,
    Int64s,
    Layer,
    Passage,
    StateGraph,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One layer's links in one direction, and how its numbers become those of the whole.

    Parameters
    ----------
    own, base
        See ``Layer``.
    stands_for
        Nodes of the whole that the others stand for, in the order of the layer's numbers.
    first_link, first_row
        What is added to the number of a link, and to its row in the link table.
    """

    links: Adjacency
    own: tuple[int, int]
    base: int
    stands_for: Int64s
    first_link: int
    first_row: int

    def local(self, nodes: Int64s) -> Int64s:
        """Return the layer's nodes that are, or stand for, some of the whole."""
        begin, end = self.own
        own = nodes - self.base
        own = own[(own >= begin) & (own < end)]
        order = np.argsort(self.stands_for)
        place = np.searchsorted(self.stands_for, nodes, sorter=order)
        place = order[np.minimum(place, len(order) - 1)] if len(order) else place[:0]
        place = place[self.stands_for[place] == nodes] if len(order) else place
        return np.concatenate([own, place + self._first_stand_in])

    @property
    def _first_stand_in(self) -> int:
        return 0 if self.own[0] else self.own[1]

    def whole(self, nodes: Int64s) -> Int64s:
        """Return the nodes of the whole that the layer's nodes are, or stand for."""
        begin, end = self.own
        joint = nodes + self.base
        outside = (nodes < begin) | (nodes >= end)
        joint[outside] = self.stands_for[nodes[outside] - self._first_stand_in]
        return joint


@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredLinks:
    """The links of both layers seen along time or against it, as an ``Adjacency`` gives them."""

    sides: tuple[_Side, _Side]

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return sum(side.own[1] - side.own[0] for side in self.sides)

    def links_of(self, nodes: NDArray[np.integer]) -> tuple[Int64s, Int64s]:
        """Return the links that leave the nodes, and the node that each of them leaves."""
        numbers = nodes.astype(np.int64)
        links, sources = [], []
        for side in self.sides:
            found, leaving = side.links.links_of(side.local(numbers))
            links.append(found + side.first_link)
            sources.append(side.whole(leaving))
        return np.concatenate(links), np.concatenate(sources)

    def target(self, links: Int64s) -> Int64s:
        """Return the nodes that the links lead to."""
        return self._gathered(links, lambda side, own: side.whole(side.links.target(own)))

    def meta(self, links: Int64s) -> Int64s:
        """Return class and flags as the link table has them."""
        return self._gathered(links, lambda side, own: side.links.meta(own))

    def share(self, links: Int64s) -> NDArray[np.float32]:
        """Return each link's part of all that went into its target; NaN is unknown."""
        bits = self._gathered(
            links, lambda side, own: side.links.share(own).view(np.int32).astype(np.int64)
        )
        return bits.astype(np.int32).view(np.float32)

    def times(self, links: Int64s) -> tuple[Int64s, Int64s]:
        """Return the earliest and the latest instant of each link."""
        return (
            self._gathered(links, lambda side, own: side.links.times(own)[0]),
            self._gathered(links, lambda side, own: side.links.times(own)[1]),
        )

    def rows(self, links: Int64s) -> Int64s:
        """Return the rows of the links in the link table; ``NO_LINK`` where there is none."""

        def rows_of(side: _Side, own: Int64s) -> Int64s:
            rows = side.links.rows(own)
            return np.where(rows == NO_LINK, NO_LINK, rows + side.first_row)

        return self._gathered(links, rows_of)

    def _gathered(self, links: Int64s, of: Callable[[_Side, Int64s], Int64s]) -> Int64s:
        values = np.empty(len(links), dtype=np.int64)
        for side in self.sides:
            end = side.first_link + len(side.links.link)
            mine = (links >= side.first_link) & (links < end)
            values[mine] = of(side, links[mine] - side.first_link)
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredGraph:
    """A state graph with a layer of newer states on top; it answers as a ``StateGraph`` does.

    Parameters
    ----------
    older
        What stands; entities keep their numbers.
    newer
        Its entities are numbered by ``entities``.
    entities
        Entity of the whole of each of the newer layer's: those that go on from the older one in
        the order of the nodes they go on from, then the new ones.
    stand_in
        Node of the older layer that each stand-in stands for, shape ``(stand-ins,)``, ascending.
    older_rows
        How many rows the older layer's link table has; those of the newer one follow.
    """

    older: StateGraph
    newer: StateGraph
    entities: Int64s
    stand_in: Int64s
    older_rows: int

    @property
    def nodes(self) -> int:
        """How many lot states there are."""
        return self.older.nodes + self.newer.nodes - len(self.stand_in)

    @property
    def acyclic(self) -> bool:
        """Whether all links of both layers go to higher nodes."""
        return self.older.acyclic and self.newer.acyclic

    def entities_of(self, nodes: NDArray[np.integer]) -> Int64s:
        """Return the entity of each of the nodes."""
        entity = np.empty(len(nodes), dtype=np.int64)
        is_older = nodes < self.older.nodes
        entity[is_older] = self.older.entities_of(nodes[is_older])
        newer = nodes[~is_older] - self._base
        entity[~is_older] = self.entities[self.newer.entities_of(newer)]
        return entity

    def entity_of(self, node: int) -> int:
        """Return the entity of a node."""
        return int(self.entities_of(np.array([node]))[0])

    def first_node_of(self, entity: int) -> int:
        """Return the first state of an entity."""
        return int(self.nodes_of(entity)[0])

    def nodes_of(self, entity: int) -> Int32s:
        """Return the states of an entity in order of time."""
        return self.nodes_of_all(np.array([entity], dtype=np.int64))

    def nodes_of_all(self, entities: Int64s) -> Int32s:
        """Return the states of all the entities, in no particular order of the entities."""
        known, stand_ins = len(self.older.first_node), len(self.stand_in)
        is_older = entities < known
        older = entities[is_older]
        order = np.argsort(self.entities[:stand_ins])
        place = np.searchsorted(self.entities[:stand_ins], older, sorter=order)
        place = order[place[place < stand_ins]]
        going_on = place[np.isin(self.entities[place], older)]
        newer = self.newer.nodes_of_all(
            np.concatenate([going_on, entities[~is_older] - known + stand_ins])
        )
        newer = newer[newer >= stand_ins] + np.int32(self._base)
        return np.concatenate([self.older.nodes_of_all(older), newer])

    @property
    def _base(self) -> int:
        return self.older.nodes - len(self.stand_in)

    def direction(self, *, forward: bool) -> Direction:
        """Return the graph as a walk along time, or against it, sees it."""
        along, against = self._links(forward=True), self._links(forward=False)
        if not forward:
            along, against = against, along
        graphs = (self.older, self.newer) if forward else (self.newer, self.older)
        layers = tuple(
            Layer(
                links=side.links,
                own=side.own,
                base=side.base,
                acyclic=graph.acyclic,
                scratch=graph.scratch,
            )
            for side, graph in zip(along.sides, graphs, strict=True)
        )
        leaving, entering = self.stand_in, np.arange(len(self.stand_in), dtype=np.int64)
        if not forward:
            leaving, entering = (
                (self.newer.nodes - 1 - entering)[::-1].copy(),
                (self.older.nodes - 1 - leaving)[::-1].copy(),
            )
        return Direction(
            along=along,
            against=against,
            layers=layers,
            passages=(Passage(leaving=leaving, entering=entering),),
        )

    def _links(self, *, forward: bool) -> LayeredLinks:
        stand_ins, newer_nodes = len(self.stand_in), self.newer.nodes
        older_links, newer_links = self.older.forward, self.newer.forward
        own, base, stands_for = (stand_ins, newer_nodes), self._base, self.stand_in
        older_base = 0
        if not forward:
            older_links, newer_links = self.older.backward, self.newer.backward
            own, base = (0, newer_nodes - stand_ins), 0
            stands_for = (self.nodes - 1 - self.stand_in)[::-1].copy()
            older_base = newer_nodes - stand_ins
        older = _Side(
            links=older_links,
            own=(0, self.older.nodes),
            base=older_base,
            stands_for=self.stand_in[:0],
            first_link=0,
            first_row=0,
        )
        newer = _Side(
            links=newer_links,
            own=own,
            base=base,
            stands_for=stands_for,
            first_link=len(older_links.link),
            first_row=self.older_rows,
        )
        return LayeredLinks(sides=(older, newer) if forward else (newer, older))
