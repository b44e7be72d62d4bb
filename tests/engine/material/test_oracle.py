"""The trace against the naive oracle, and the laws it must keep."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.domain.links import LinkClass
from knockon.engine.graph import _kernels as graph_kernels
from knockon.engine.graph import splitting, states
from knockon.engine.graph.instants import Span
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import (
    HOP_BIT,
    SPREAD_BIT,
    LinkTable,
    StateGraph,
)
from knockon.engine.impact import _bits, _kernels, _plain_kernels, doubtful_walk, plain_walk, reach
from knockon.engine.impact.paths import find_way
from knockon.engine.impact.reach import Reach, SeedNode
from knockon.engine.impact.walk import walk
from tests.engine.material.oracle import OracleLink, OracleSeed, best_classes, path_class

ENTITIES = 5
EVER = -(1 << 61)


@pytest.fixture(params=["compiled", "plain"])
def kernels(request, monkeypatch):
    """Run every law with the compiled kernels and with the same code as plain Python."""
    if request.param == "plain":
        modules = (
            *(_bits, _kernels, _plain_kernels, graph_kernels),
            *(doubtful_walk, plain_walk, reach, splitting, states),
        )
        for module in modules:
            for name, member in vars(module).items():
                if hasattr(member, "py_func"):
                    monkeypatch.setattr(module, name, member.py_func)


times = st.integers(0, 12)


@st.composite
def link_lists(draw, *, exact=False, classes=(0, 0, 0, 1, 2)):
    links = []
    for _ in range(draw(st.integers(0, 8))):
        source, target = draw(
            st.tuples(st.integers(0, ENTITIES - 1), st.integers(0, ENTITIES - 1)).filter(
                lambda ends: ends[0] != ends[1]
            )
        )
        earliest = draw(times)
        width = 0 if exact else draw(st.sampled_from([0, 0, 0, 1, 4]))
        links.append(
            OracleLink(
                source,
                target,
                earliest,
                earliest + width,
                draw(st.sampled_from(classes)),
                spread=not exact and draw(st.booleans()) and width > 0,
            )
        )
    return sorted(set(links))


@st.composite
def seed_lists(draw):
    seeds = []
    for _ in range(draw(st.integers(1, 2))):
        start = draw(st.one_of(st.just(EVER), times))
        width = 0 if start == EVER else draw(st.sampled_from([0, 0, 2]))
        link_class = draw(st.sampled_from([0, 0, 1, 2]))
        seeds.append(
            OracleSeed(draw(st.integers(0, ENTITIES - 1)), link_class, start, start + width)
        )
    return seeds


def graph_of(links):
    return build_states(table_of(links), contents=np.full(ENTITIES, 100.0))


def table_of(links):
    def column(values, dtype):
        return np.array(list(values), dtype=dtype)

    return LinkTable(
        source=column((link.source for link in links), np.int64),
        target=column((link.target for link in links), np.int64),
        earliest=column((link.earliest for link in links), np.int64),
        latest=column((link.latest for link in links), np.int64),
        meta=column(
            (link.link_class | HOP_BIT | (SPREAD_BIT if link.spread else 0) for link in links),
            np.uint8,
        ),
        qty=np.full(len(links), 10.0),
        unit=np.zeros(len(links), dtype=np.int32),
    )


def walk_from(graph: StateGraph, seeds):
    nodes = [
        SeedNode(
            node=int(graph.first_node[seed.entity]),
            link_class=LinkClass(seed.link_class),
            tainted=Span(seed.earliest, seed.latest),
        )
        for seed in seeds
    ]
    return walk(graph, nodes, forward=True)


def found_by(graph: StateGraph, result: Reach):
    """Class and hops by entity, over its states."""
    best = {}
    for node, link_class, hops in zip(result.nodes, result.classes(), result.hops, strict=True):
        entity = int(graph.entity[node])
        hit = (int(link_class), int(hops[link_class]))
        best[entity] = min(best.get(entity, hit), hit)
    return best


@pytest.mark.usefixtures("kernels")
@settings(deadline=None, max_examples=50)
@given(links=link_lists(), seeds=seed_lists())
def test_trace_finds_what_every_single_path_finds(links, seeds):
    graph = graph_of(links)

    found = found_by(graph, walk_from(graph, seeds))

    expected = best_classes(seeds, links)
    assert {entity: hit[0] for entity, hit in found.items()} == {
        entity: hit[0] for entity, hit in expected.items()
    }


@settings(deadline=None, max_examples=50)
@given(links=link_lists(exact=True), seeds=seed_lists())
def test_hops_of_one_seed_are_the_fewest_where_times_are_exact(links, seeds):
    certain = [seeds[0]._replace(latest=seeds[0].earliest)]
    graph = graph_of(links)

    found = found_by(graph, walk_from(graph, certain))

    assert found == best_classes(certain, links)


@settings(deadline=None, max_examples=50)
@given(links=link_lists(), seeds=seed_lists())
def test_every_path_can_be_replayed_and_has_the_best_class(links, seeds):
    graph = graph_of(links)
    result = walk_from(graph, seeds)
    expected = best_classes(seeds, links)

    replayed = {}
    for node in result.nodes:
        way = find_way(result, int(node))
        seed = OracleSeed(
            int(graph.entity[way.seed.node]), int(way.seed.link_class), *way.seed.tainted[:2]
        )
        path = [links[step.link] for step in way.steps if step.link >= 0]
        entity = int(graph.entity[node])
        ends = [seed.entity, *(link.target for link in path)]
        assert ends[:-1] == [link.source for link in path]
        assert ends[-1] == entity
        hit = (path_class(seed, path), len(path))
        replayed[entity] = min(replayed.get(entity, hit), hit)

    assert replayed == expected


@settings(deadline=None, max_examples=50)
@given(links=link_lists(), start=st.integers(0, 4), end=st.integers(0, 4))
def test_forward_and_backward_agree(links, start, end):
    graph = graph_of(links)
    onward = found_by(graph, walk_from(graph, [OracleSeed(start, 0, EVER, EVER)]))
    last = graph.nodes - 1
    tail = last - int(graph.nodes_of(end)[-1])
    seed = SeedNode(node=tail, link_class=LinkClass.CONFIRMED, tainted=Span(EVER, EVER))

    result = walk(graph, [seed], forward=False)

    back = {}
    for node, link_class in zip(result.nodes, result.classes(), strict=True):
        entity = int(graph.entity[last - node])
        back[entity] = min(back.get(entity, 2), int(link_class))
    assert back.get(start) == (onward[end][0] if end in onward else None)


@settings(deadline=None, max_examples=50)
@given(links=link_lists(), seeds=seed_lists(), doubt=st.integers(1, 3))
def test_more_clock_doubt_never_frees_a_lot_nor_proves_one(links, seeds, doubt):
    wider = [
        link._replace(earliest=link.earliest - doubt, latest=link.latest + doubt) for link in links
    ]
    narrow, wide = graph_of(links), graph_of(wider)

    before = found_by(narrow, walk_from(narrow, seeds))
    after = found_by(wide, walk_from(wide, seeds))

    assert set(before) <= set(after)
    proven = {entity for entity, hit in after.items() if hit[0] == LinkClass.CONFIRMED}
    assert proven <= {entity for entity, hit in before.items() if hit[0] == LinkClass.CONFIRMED}


@settings(deadline=None, max_examples=50)
@given(links=link_lists(), seeds=seed_lists(), random=st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(links, seeds, random):
    shuffled = list(links)
    random.shuffle(shuffled)
    graph, other = graph_of(links), graph_of(shuffled)

    found = found_by(graph, walk_from(graph, seeds))

    assert found == found_by(other, walk_from(other, seeds))


@pytest.mark.usefixtures("kernels")
@settings(deadline=None, max_examples=50)
@given(links=link_lists(exact=True, classes=(0,)))
def test_shares_stay_between_nothing_and_all(links):
    graph = graph_of(links)

    result = walk_from(graph, [OracleSeed(0, 0, EVER, EVER)])

    share = result.amount
    known = share[~np.isnan(share)]
    assert np.all((known >= 0) & (known <= 1 + 1e-6))
    assert not graph.acyclic or len(known) == len(share)


@settings(deadline=None, max_examples=50)
@given(links=link_lists(exact=True))
def test_states_run_one_way_where_times_are_exact_and_differ(links):
    apart = [
        link._replace(earliest=2 * number, latest=2 * number) for number, link in enumerate(links)
    ]

    graph = graph_of(apart)

    assert graph.acyclic


def test_a_ring_at_one_instant_ends_and_reaches_all():
    links = [
        OracleLink(0, 1, 5, 5, 0),
        OracleLink(1, 2, 5, 5, 0),
        OracleLink(2, 0, 5, 5, 0),
        OracleLink(2, 3, 6, 6, 0),
    ]
    graph = graph_of(links)

    result = walk_from(graph, [OracleSeed(1, 0, EVER, EVER)])

    assert not graph.acyclic
    assert {entity: hit[0] for entity, hit in found_by(graph, result).items()} == dict.fromkeys(
        range(4), 0
    )


def test_share_is_contaminated_mass_over_all_input():
    links = [
        OracleLink(0, 2, 1, 1, 0),
        OracleLink(1, 2, 1, 1, 0),
        OracleLink(2, 3, 2, 2, 0),
        OracleLink(1, 3, 2, 2, 0),
    ]
    table = replace(table_of(links), qty=np.array([30.0, 70.0, 50.0, 50.0]))
    graph = build_states(table, contents=np.full(ENTITIES, np.nan))

    result = walk_from(graph, [OracleSeed(0, 0, EVER, EVER)])

    share = dict(zip(graph.entity[result.nodes].tolist(), result.amount.tolist(), strict=True))
    assert share == pytest.approx({0: 1.0, 2: 0.3, 3: 0.15})
