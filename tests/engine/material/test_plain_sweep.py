"""The quick sweep of cones without doubts against the one that tells classes apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import FOREVER, HOP_BIT, LinkTable, StateGraph
from knockon.engine.impact import _plain_kernels
from knockon.engine.impact.doubtful_walk import walk_with_doubts
from knockon.engine.impact.reach import SeedNode
from knockon.engine.impact.walk import walk

ENTITIES = 60


def plant_of(rng, *, links, doubtful=0.0):
    """Return a random genealogy whose lots have times of their own, so that it has no rings."""
    source = rng.integers(0, ENTITIES, links)
    target = rng.integers(0, ENTITIES, links)
    apart = source != target
    source, target = source[apart], target[apart]
    earliest = rng.permutation(4 * len(source))[: len(source)].astype(np.int64)
    width = np.where(rng.random(len(source)) < doubtful, rng.integers(1, 9, len(source)), 0)
    table = LinkTable(
        source=source,
        target=target,
        earliest=earliest,
        latest=earliest + width,
        meta=np.where(rng.random(len(source)) < doubtful, 1, 0).astype(np.uint8) | HOP_BIT,
        qty=np.where(rng.random(len(source)) < 0.1, np.nan, rng.random(len(source))),
        unit=np.zeros(len(source), dtype=np.int32),
    )
    return build_states(table, contents=np.full(ENTITIES, np.nan))


def seeds_in(graph: StateGraph, rng, *, count, since, forward):
    last = graph.nodes - 1
    seeds = []
    for entity in rng.integers(0, ENTITIES, count):
        nodes = graph.nodes_of(int(entity))
        node = int(nodes[0]) if forward else last - int(nodes[-1])
        at = since(rng)
        seeds.append(SeedNode(node=node, link_class=LinkClass.CONFIRMED, tainted=Span(at, at)))
    return seeds


SINCE = {
    "ever": lambda rng: -FOREVER,
    "before": lambda rng: -1000 - int(rng.integers(0, 3)),
    "within": lambda rng: int(rng.integers(0, 400)),
    "against": lambda rng: -int(rng.integers(0, 400)),
}


@pytest.mark.parametrize("since", SINCE)
@pytest.mark.parametrize("forward", [True, False])
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_both_sweeps_give_the_same(since, forward, seed, count):
    rng = np.random.default_rng(seed)
    graph = plant_of(rng, links=120)
    seeds = seeds_in(graph, rng, count=count, since=SINCE[since], forward=forward)

    quick = walk(graph, seeds, forward=forward)
    slow = walk_with_doubts(graph.direction(forward=forward), tuple(seeds))

    assert np.array_equal(quick.nodes, slow.nodes)
    assert np.array_equal(quick.lead, slow.lead)
    assert np.array_equal(quick.hops, slow.hops)
    if forward:
        assert np.allclose(np.minimum(quick.amount, 1), np.minimum(slow.amount, 1), equal_nan=True)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000))
def test_parent_is_the_source_that_gave_most(seed):
    rng = np.random.default_rng(seed)
    graph = plant_of(rng, links=120)
    seeds = seeds_in(graph, rng, count=2, since=SINCE["ever"], forward=True)
    found = walk(graph, seeds, forward=True)
    begun = {one.node for one in seeds}

    given_by = {}
    for place, node in enumerate(found.nodes):
        links, _ = found.along.links_of(np.array([node]))
        parts = found.along.share(links) * found.amount[place]
        for to, part in zip(found.along.target(links).tolist(), parts.tolist(), strict=True):
            given_by.setdefault(to, []).append((part if part > 0 else 0.0, place))

    for node, parent in zip(found.nodes.tolist(), found.parent.tolist(), strict=True):
        if node in begun:
            assert parent == -1
        else:
            most = max(part for part, _ in given_by[node])
            assert any(
                place == parent and part == pytest.approx(most, rel=1e-5)
                for part, place in given_by[node]
            )


def test_a_doubt_in_the_cone_is_met_and_leaves_no_trace_behind():
    rng = np.random.default_rng(3)
    graph = plant_of(rng, links=120, doubtful=0.2)
    seeds = seeds_in(graph, rng, count=3, since=SINCE["ever"], forward=True)

    found = walk(graph, seeds, forward=True)

    assert found.parent is None
    assert {int(each) for each in found.classes()} > {0}
    for scratch in graph.scratch:
        assert not scratch.words.any()
        assert not scratch.summary.any()
        assert not scratch.untimed.any()
        assert not scratch.cells.any()


def test_nodes_with_more_links_than_the_queue_holds():
    width = 3 * _plain_kernels.QUEUE + 5
    hubs, leaves = np.arange(3), np.arange(3, 3 + width)
    source = np.repeat(hubs, width)
    table = LinkTable(
        source=source,
        target=np.tile(leaves, 3),
        earliest=np.arange(len(source)),
        latest=np.arange(len(source)),
        meta=np.full(len(source), HOP_BIT, dtype=np.uint8),
        qty=np.ones(len(source)),
        unit=np.zeros(len(source), dtype=np.int32),
    )
    graph = build_states(table, contents=np.full(3 + width, np.nan))
    seeds = [
        SeedNode(
            node=int(graph.first_node[hub]),
            link_class=LinkClass.CONFIRMED,
            tainted=Span(-FOREVER, -FOREVER),
        )
        for hub in hubs[:2]
    ]

    found = walk(graph, seeds, forward=True)

    assert len(found.nodes) == 2 + width
    assert np.allclose(np.sort(found.amount)[:-2], 2 / 3)
