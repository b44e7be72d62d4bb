"""TR-02: chains and fans beyond any recursion limit."""

from dataclasses import replace

import numpy as np
import pytest

from knockon.domain.links import LinkClass
from knockon.engine.graph.instants import Span
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import HOP_BIT, LinkTable
from knockon.engine.impact.reach import SeedNode
from knockon.engine.impact.walk import walk

EVER = Span(-(1 << 61), -(1 << 61))


def chain(length):
    ends = np.arange(length, dtype=np.int64)
    return LinkTable(
        source=ends,
        target=ends + 1,
        earliest=ends,
        latest=ends,
        meta=np.full(length, HOP_BIT, dtype=np.uint8),
        qty=np.ones(length),
        unit=np.zeros(length, dtype=np.int32),
    )


def seed_at(graph, entity):
    node = int(graph.first_node[entity])
    return SeedNode(node=node, link_class=LinkClass.CONFIRMED, tainted=EVER)


@pytest.mark.slow
def test_tr02_chain_of_200000_lots():
    length = 200_000
    graph = build_states(chain(length), contents=np.ones(length + 1))

    result = walk(graph, [seed_at(graph, 0)], forward=True)

    assert len(result.nodes) == length + 1
    assert result.hops.max() == length


def test_tr02_chain_recorded_against_the_order_of_numbers():
    length = 50_000
    straight = chain(length)
    turned = replace(straight, source=length - straight.source, target=length - straight.target)
    graph = build_states(turned, contents=np.ones(length + 1))

    result = walk(graph, [seed_at(graph, length)], forward=True)

    assert graph.acyclic
    assert len(result.nodes) == length + 1


@pytest.mark.slow
def test_tr02_fan_of_100000_lots_and_back():
    width = 100_000
    table = replace(
        chain(width),
        source=np.zeros(width, dtype=np.int64),
        earliest=np.full(width, 5),
        latest=np.full(width, 5),
    )
    graph = build_states(table, contents=np.ones(width + 1))

    outward = walk(graph, [seed_at(graph, 0)], forward=True)

    last = graph.nodes - 1
    back = seed_at(graph, width)._replace(node=last - seed_at(graph, width).node)
    assert len(outward.nodes) == width + 1
    assert len(walk(graph, [back], forward=False).nodes) == 2
