"""A graph of two layers answers as one that was built of all links."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.domain.links import LinkClass
from knockon.engine.graph.extension import balances, lay_on
from knockon.engine.graph.instants import Span
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import FOREVER, HOP_BIT, SPREAD_BIT, LinkTable
from knockon.engine.impact.paths import find_way
from knockon.engine.impact.reach import SeedNode
from knockon.engine.impact.walk import walk

OLD, NEW = 14, 8


def history(rng, *, links, doubtful):
    """Return links in order of time; entities from ``OLD`` on appear in the second half only."""
    count = OLD + NEW
    begins = np.sort(rng.integers(0, 3 * links, links))
    is_late = np.arange(links) >= links // 2
    reachable = np.where(is_late, count, OLD)
    source = rng.integers(0, reachable)
    target = (source + rng.integers(1, reachable)) % reachable
    # Most of what comes later goes into new lots, as in a plant.
    fresh = is_late & (rng.random(links) < 0.9)
    target = np.where(fresh & (source < OLD), rng.integers(OLD, count, links), target)
    unsure = rng.random(links) < doubtful
    width = np.where(unsure, rng.integers(0, 5, links), 0)
    spread = np.where(unsure & (width > 0) & (rng.random(links) < 0.5), SPREAD_BIT, 0)
    meta = np.where(unsure, rng.integers(0, 3, links), 0) | spread | HOP_BIT
    return LinkTable(
        source=source,
        target=target,
        earliest=begins,
        latest=begins + width,
        meta=meta.astype(np.uint8),
        qty=np.where(rng.random(links) < 0.1, np.nan, rng.integers(1, 9, links)),
        unit=np.zeros(links, dtype=np.int32),
    )


def rows_of(table, chosen):
    return replace(
        table, **{each.name: getattr(table, each.name)[chosen] for each in fields(table)}
    )


def both(rng, *, links=30, doubtful=0.0):
    """Return the graph of all links and the layered one; None when the tail is not plain."""
    table = history(rng, links=links, doubtful=doubtful)
    contents = np.where(rng.random(OLD + NEW) < 0.5, np.nan, 50.0)
    whole = build_states(table, contents=contents)
    first = np.arange(links) < links // 2
    before, after = rows_of(table, first), rows_of(table, ~first)
    older = build_states(before, contents=contents[:OLD])
    left = balances(older, qty=before.qty, contents=contents[:OLD])
    layered = lay_on(
        older,
        after,
        contents=contents[OLD:],
        family=np.zeros(OLD + NEW, dtype=np.int32),
        left=left,
    )
    return whole, layered


def answer(graph, seeds, *, forward):
    """Return what is known of each state, named by its entity and its place among its states."""
    last = graph.nodes - 1
    numbers = {}
    starts = []
    for entity in range(OLD + NEW):
        for state, node in enumerate(graph.nodes_of(entity).tolist()):
            numbers[node] = (entity, state)
    for entity, link_class, at in seeds:
        nodes = graph.nodes_of(entity).tolist()
        node = nodes[0] if forward else last - nodes[-1]
        starts.append(SeedNode(node, link_class, Span(at, at)))
    found = walk(graph, starts, forward=forward)
    said = {}
    for place, node in enumerate(found.nodes.tolist()):
        name = numbers[node if forward else last - node]
        share = min(float(found.amount[place]), 1.0) if graph.acyclic and forward else 0.0
        said[name] = (
            found.lead[place].tolist(),
            found.hops[place].tolist(),
            pytest.approx(share, rel=1e-5, nan_ok=True),
        )
    return said


def path_lengths(graph, seeds, *, forward):
    last = graph.nodes - 1
    starts = [
        SeedNode(
            graph.first_node_of(entity) if forward else last - int(graph.nodes_of(entity)[-1]),
            link_class,
            Span(at, at),
        )
        for entity, link_class, at in seeds
    ]
    found = walk(graph, starts, forward=forward)
    lengths = {}
    for node in found.nodes.tolist():
        entity = graph.entity_of(node if forward else last - node)
        way = find_way(found, node)
        rows = sum(step.link >= 0 for step in way.steps)
        lengths[entity] = min(lengths.get(entity, rows), rows)
    return lengths


seeds_anywhere = st.lists(
    st.tuples(
        st.integers(0, OLD + NEW - 1),
        st.sampled_from([LinkClass.CONFIRMED, LinkClass.CONFIRMED, LinkClass.POSSIBLE]),
        st.one_of(st.just(-FOREVER), st.integers(-120, 120)),
    ),
    min_size=1,
    max_size=3,
)


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("doubtful", [0.0, 0.3])
@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 100_000), seeds=seeds_anywhere)
def test_layers_give_what_one_graph_gives(forward, doubtful, seed, seeds):
    rng = np.random.default_rng(seed)
    drawn = (both(rng, links=int(rng.integers(8, 30)), doubtful=doubtful) for _ in range(500))
    whole, layered = next(pair for pair in drawn if pair[1] is not None)

    assert layered.nodes == whole.nodes
    expected = answer(whole, seeds, forward=forward)
    assert answer(layered, seeds, forward=forward) == expected
    lengths = path_lengths(whole, seeds, forward=forward)
    assert path_lengths(layered, seeds, forward=forward) == lengths


def test_plain_tails_are_laid_on():
    laid = [both(np.random.default_rng(seed), links=14)[1] is not None for seed in range(200)]

    assert sum(laid) > 40


def test_an_output_before_an_input_that_was_there_is_refused():
    links = LinkTable(
        source=np.array([0, 1, 1]),
        target=np.array([1, 2, 3]),
        earliest=np.array([10, 20, 5]),
        latest=np.array([10, 20, 5]),
        meta=np.full(3, HOP_BIT, dtype=np.uint8),
        qty=np.ones(3),
        unit=np.zeros(3, dtype=np.int32),
    )
    older = build_states(rows_of(links, [0, 1]), contents=np.full(3, np.nan))

    assert (
        lay_on(
            older,
            rows_of(links, [2]),
            contents=np.full(1, np.nan),
            family=np.zeros(4, dtype=np.int32),
            left=np.zeros(3),
        )
        is None
    )


def test_parents_lead_across_the_layers_to_a_seed():
    rng = np.random.default_rng(5)
    graphs = [both(rng, links=14)[1] for _ in range(120)]
    broken, across = [], 0
    for graph in graphs:
        if graph is None or not graph.acyclic:
            continue
        seed = SeedNode(int(graph.nodes_of(0)[0]), LinkClass.CONFIRMED, Span(-FOREVER, -FOREVER))
        found = walk(graph, [seed], forward=True)
        for place, node in enumerate(found.nodes.tolist()):
            parent = int(found.parent[place])
            if parent < 0:
                broken += [node] if node != seed.node else []
                continue
            above = int(found.nodes[parent])
            links, _ = found.along.links_of(np.array([above]))
            across += above < graph.older.nodes <= node
            broken += [] if node in found.along.target(links) else [node]

    assert broken == []
    assert across > 10
