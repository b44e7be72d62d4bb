"""One small walk of each sort, so that every kernel of it is compiled before it is needed."""

import numpy as np

from knockon.domain.links import LinkClass
from knockon.engine.graph.extension import lay_on
from knockon.engine.graph.heaps import TextHeap, text_arrays
from knockon.engine.graph.instants import Span
from knockon.engine.graph.layers import LayeredGraph
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import FOREVER, HOP_BIT, LinkTable, StateGraph
from knockon.engine.impact.paths import find_way
from knockon.engine.impact.reach import SeedNode
from knockon.engine.impact.walk import walk

_LOTS = 3


def rehearse_walks() -> None:
    """Walk along a chain of lots, against it, with times, with a doubt, and in two layers.

    Then find a lot by its name, as in a sealed file.
    """
    chain = _chain(first=0)
    plain = build_states(chain, contents=np.full(_LOTS, np.nan))
    doubtful = _chain(first=0, link_class=LinkClass.POSSIBLE)
    later = lay_on(
        plain,
        _chain(first=_LOTS - 1),
        contents=np.full(_LOTS - 1, np.nan),
        family=np.zeros(2 * _LOTS, dtype=np.int32),
        left=np.zeros(_LOTS),
    )
    graphs = (plain, build_states(doubtful, contents=np.full(_LOTS, np.nan)), later)
    for graph in graphs:
        if graph is not None:
            _walk_both_ways(graph)
    names = text_arrays("lot", ["A"])
    for array in names.values():
        array.setflags(write=False)
    TextHeap(names, "lot").find("A")


def _walk_both_ways(graph: StateGraph | LayeredGraph) -> None:
    for forward in (True, False):
        for since in (-FOREVER, 0 if forward else -_LOTS):
            start = graph.first_node_of(0) if forward else 0
            seed = SeedNode(start, LinkClass.CONFIRMED, Span(since, since))
            reach = walk(graph, [seed], forward=forward)
            find_way(reach, int(reach.nodes[-1]))
            reach.class_over(int(reach.nodes[0]), mirrored_link=0)


def _chain(*, first: int, link_class: LinkClass = LinkClass.CONFIRMED) -> LinkTable:
    """Return links from each of some lots to the next."""
    source = np.arange(first, first + _LOTS - 1, dtype=np.int64)
    return LinkTable(
        source=source,
        target=source + 1,
        earliest=source,
        latest=source,
        meta=np.full(len(source), link_class | HOP_BIT, dtype=np.uint8),
        qty=np.ones(len(source)),
        unit=np.zeros(len(source), dtype=np.int32),
    )
