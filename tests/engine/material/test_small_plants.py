"""The material trace against what really happened in simulated plants, records whole and holed."""

from dataclasses import replace
from random import Random

import pytest

from knockon.demo.simulation.small import small_plant
from knockon.domain.disruptions import DisruptionKind
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.trace import trace_backward, trace_forward
from tests.engine.material.rows import Records

SEEDS = range(24)
MATERIAL = (DisruptionKind.QUALITY, DisruptionKind.MATERIAL)


def material_cases(*, holes):
    cases = (small_plant(seed, holes=holes) for seed in SEEDS)
    return [case for case in cases if case.disruption.kind in MATERIAL]


@pytest.fixture(scope="module")
def whole():
    return material_cases(holes=False)


@pytest.fixture(scope="module")
def holed():
    return material_cases(holes=True)


def traced(facts, case):
    return trace_forward(build_lot_graph(facts), seed_lots(facts, case.disruption))


def lots_of(trace, *, weakest=LinkClass.POSSIBLE):
    return {row.key for row in trace.lots if row.link_class <= weakest}


def shipments_of(facts, trace, *, weakest=LinkClass.POSSIBLE):
    return {
        (facts.shipments[hit.row].shipment, facts.shipments[hit.row].line_no)
        for hit in hit_shipments(facts, trace)
        if hit.link_class <= weakest
    }


def true_shipments(case):
    return {(key.shipment, key.line_no) for key in case.truth.shipments}


def test_with_whole_records_what_is_listed_is_what_happened(whole):
    answers, truths = [], []
    for case in whole:
        facts = Records(case).facts()
        trace = traced(facts, case)
        answers.append((lots_of(trace), shipments_of(facts, trace), trace.gaps))
        truths.append((set(case.truth.lots), true_shipments(case), ()))

    assert answers == truths
    assert len(answers) >= 8


def test_with_whole_records_every_row_is_confirmed_and_the_balance_is_even(whole):
    weak, unaccounted = [], []
    for case in whole:
        facts = Records(case).facts()
        trace = traced(facts, case)
        weak += [row for row in trace.lots if row.link_class is not LinkClass.CONFIRMED]
        unaccounted += [row for row in balance_places(facts, trace) if row.unaccounted]

    assert (weak, unaccounted) == ([], [])


def test_with_holed_records_nothing_is_missed_and_nothing_wrong_is_confirmed(holed):
    missed, wrong = [], []
    for case in holed:
        facts = Records(case).facts()
        trace = traced(facts, case)
        sure = LinkClass.CONFIRMED
        missed += set(case.truth.lots) - lots_of(trace)
        missed += true_shipments(case) - shipments_of(facts, trace)
        wrong += lots_of(trace, weakest=sure) - set(case.truth.lots)
        wrong += shipments_of(facts, trace, weakest=sure) - true_shipments(case)

    assert (missed, wrong) == ([], [])


def test_order_of_rows_does_not_matter(holed):
    case = holed[0]
    facts = Records(case).facts()
    rng = Random(7)
    tables = ("lots", "consumption", "lot_events", "stock", "receipts", "work_orders", "bom")
    shuffled = replace(
        facts,
        **{
            name: tuple(rng.sample(getattr(facts, name), len(getattr(facts, name))))
            for name in tables
        },
    )

    before, after = traced(facts, case), traced(shuffled, case)

    assert (before.lots, before.gaps, before.work_orders) == (
        after.lots,
        after.gaps,
        after.work_orders,
    )
    assert [before.path_to(row.key) for row in before.lots] == [
        after.path_to(row.key) for row in after.lots
    ]


def test_forward_and_backward_agree(holed):
    case = holed[1]
    facts = Records(case).facts()
    graph = build_lot_graph(facts)
    (seed, *_) = seed_lots(facts, replace(case.disruption)).lots
    single = replace(seed_lots(facts, case.disruption), lots=(seed,))

    onward = {row.key: row.link_class for row in trace_forward(graph, single).lots}

    back = {}
    for key in graph.lots:
        found = trace_backward(graph, key).lot(seed.key)
        if found is not None:
            back[key] = found.link_class
    assert back == onward


def test_every_path_begins_at_the_cause_and_ends_at_its_lot(holed):
    broken = []
    for case in holed[:6]:
        trace = traced(Records(case).facts(), case)
        for row in trace.lots:
            path = trace.path_to(row.key)
            weakest = max(step.link_class for step in path)
            ends = (path[0].key, path[-1].key.split("/")[-1])
            if ends != (case.disruption.id, row.key.lot) or weakest != row.link_class:
                broken.append((row, path))

    assert broken == []
