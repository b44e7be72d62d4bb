"""What a walk reached, told by lot, work order and shipment instead of by state."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.domain.links import LinkClass
from knockon.engine.graph.states import END
from knockon.engine.impact.reach import Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One entity over all its states.

    Parameters
    ----------
    node
        Its best proven, then nearest state.
    begun
        Earliest instant at which it can have become suspect, microseconds.
    share
        Largest suspect share of its states; NaN is unknown.
    """

    entity: int
    node: int
    link_class: LinkClass
    hops: int
    begun: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """All entities reached, ascending, as columns of equal length."""

    entity: NDArray[np.int64]
    node: NDArray[np.int64]
    link_class: NDArray[np.int64]
    hops: NDArray[np.int64]
    begun: NDArray[np.int64]
    share: NDArray[np.float64]

    def of(self, entity: int) -> Hit | None:
        """Return one entity's hit; None when it was not reached."""
        place = int(np.searchsorted(self.entity, entity))
        if place == len(self.entity) or self.entity[place] != entity:
            return None
        return self._at(place)

    def beyond(self, entity: int) -> Iterator[Hit]:
        """Yield the hits from an entity's number on."""
        for place in range(int(np.searchsorted(self.entity, entity)), len(self.entity)):
            yield self._at(place)

    def _at(self, place: int) -> Hit:
        return Hit(
            entity=int(self.entity[place]),
            node=int(self.node[place]),
            link_class=LinkClass(int(self.link_class[place])),
            hops=int(self.hops[place]),
            begun=int(self.begun[place]),
            share=float(self.share[place]),
        )


def gather_hits(reach: Reach, entities: NDArray[np.int64]) -> Hits:
    """Return the entities of the reached nodes, each with its best state.

    Parameters
    ----------
    entities
        Entity of each of ``reach.nodes``.

    Notes
    -----
    O(reached log reached).
    """
    classes = reach.classes()
    hops = reach.hops[np.arange(len(classes)), classes].astype(np.int64)
    # One number that sorts by entity, class and hops; hops fit into 21 bits.
    order = np.argsort(entities << 23 | classes << 21 | hops, kind="stable")
    entities = entities[order]
    first = np.ones(len(entities), dtype=np.bool_)
    first[1:] = entities[1:] != entities[:-1]
    begins = np.flatnonzero(first)
    chosen = order[begins]
    lead = reach.lead[order, LinkClass.POSSIBLE]
    share = reach.amount[order]
    if len(begins):
        lead = np.maximum.reduceat(lead, begins)
        # NaN, an unknown share, outweighs a known one.
        share = np.maximum.reduceat(share, begins)
    return Hits(
        entity=entities[begins],
        node=reach.nodes[chosen].astype(np.int64),
        link_class=classes[chosen],
        hops=hops[chosen],
        begun=END - lead,
        share=share,
    )
