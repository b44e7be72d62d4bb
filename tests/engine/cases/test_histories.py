"""The trace of random histories against two oracles that know nothing of the product.

``KNOCKON_HISTORIES=10000`` asks for so many histories; 300 are enough for every day.
"""

import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import trace_backward, trace_forward
from tests.engine.cases.histories import (
    EVER,
    LOTS,
    cleaned_histories,
    facts_of,
    filled_links_of,
    fillings_of,
    histories,
    links_of,
    name,
)
from tests.engine.cases.pull import pulled_classes
from tests.engine.material.build import at, classes, key
from tests.engine.material.oracle import OracleSeed, best_classes

HISTORIES = int(os.environ.get("KNOCKON_HISTORIES", "300"))
thorough = settings(
    deadline=None, max_examples=HISTORIES, suppress_health_check=[HealthCheck.too_slow]
)
some = settings(deadline=None, max_examples=max(60, HISTORIES // 5))
lots = st.integers(0, LOTS - 1)
sinces = st.one_of(st.none(), st.integers(0, 400), st.sampled_from([60, 120]))


def _traced(facts, first, since):
    seed = SeedLot(
        key=key(name(first)),
        link_class=LinkClass.CONFIRMED,
        tainted=None if since is None else at(since / 60),
    )
    return classes(trace_forward(build_lot_graph(facts), Seeds(lots=(seed,))))


def _named(found):
    return {name(number): LinkClass(each).name for number, each in found.items()}


def _seed(first, since):
    begun = -EVER if since is None else since
    return OracleSeed(first, 0, begun, begun)


@thorough
@given(history=histories(), first=lots, since=sinces)
def test_trace_is_what_every_single_path_and_every_pull_say(history, first, since):
    links, seeds = links_of(history), [_seed(first, since)]

    found = _traced(facts_of(history), first, since)

    naive = {number: hit[0] for number, hit in best_classes(seeds, links).items()}
    pulled = pulled_classes(seeds, links)
    assert (found, found) == (_named(naive), _named(pulled))


@some
@given(history=histories(most=40), first=lots, since=sinces)
def test_trace_of_long_histories_is_what_every_pull_says(history, first, since):
    found = _traced(facts_of(history), first, since)

    assert found == _named(pulled_classes([_seed(first, since)], links_of(history)))


@some
@given(history=cleaned_histories(), first=lots, since=sinces)
def test_tr_26_cleaned_vessels_hold_what_every_filling_holds(history, first, since):
    found = _traced(facts_of(history), first, since)

    begun = _seed(first, since)
    seeds = [begun._replace(entity=first + LOTS * n) for n in range(fillings_of(history, first))]
    hit = pulled_classes(seeds, filled_links_of(history))
    expected = {
        number: min(hit[filling] for filling in hit if filling % LOTS == number)
        for number in {filling % LOTS for filling in hit}
    }
    for number in expected:
        last = number + LOTS * (fillings_of(history, number) - 1)
        if last not in hit:
            expected[number] = LinkClass.CLEARED
    assert found == _named(expected)


@some
@given(history=histories(), first=lots, since=sinces, data=st.data())
def test_tr_20_facts_that_come_late_or_in_any_order_give_the_answer_of_facts_in_time(
    history, first, since, data
):
    numbers = range(len(history.happenings) + len(history.changes))
    order = data.draw(st.permutations(numbers))

    late = _traced(facts_of(history, order=order), first, since)

    assert late == _traced(facts_of(history), first, since)


@some
@given(history=histories())
def test_what_a_lot_reaches_forward_reaches_it_backward(history):
    graph = build_lot_graph(facts_of(history))
    numbers = range(LOTS)

    onward = {
        (first, last): hit
        for first in numbers
        for last, hit in _numbered(trace_forward(graph, _ever(first)))
    }
    back = {
        (first, last): hit
        for last in numbers
        for first, hit in _numbered(trace_backward(graph, key(name(last))))
    }

    assert onward == back


def _ever(first):
    return Seeds(lots=(SeedLot(key=key(name(first)), link_class=LinkClass.CONFIRMED),))


def _numbered(trace):
    return [(int(row.key.item[1:]), row.link_class) for row in trace.lots]
