import json

import pytest
from benchmarks.plant import UnequalAnswers, bench_plant, cone

from benchmarks import postgresql, trace
from knockon.demo.genealogy import grow_genealogy
from knockon.engine.impact.trace import LotTrace

LINKS = 20_000


@pytest.fixture(scope="module")
def report(test_cluster):
    """Measure once; the session's own table leaves nothing behind in the data base."""
    return trace.run(test_cluster.dsn(database="postgres"), links=LINKS)


def test_both_sides_find_the_same_of_every_cone(report):
    assert report.equal_answers
    assert [(row.cone, row.direction) for row in report.measured] == [
        ("S", "forward"),
        ("M", "forward"),
        ("L", "forward"),
        ("shipment", "backward"),
    ]
    assert min(row.lots for row in report.measured) > 1
    assert min(row.trace_ms for row in report.measured) > 0
    assert all(row.orders and row.postgresql_shares_ms for row in report.measured[:3])


def test_report_is_one_json_document_and_a_table_of_a_line_per_cone(report):
    document = json.loads(trace.as_json(report))
    lines = trace.as_table(report).splitlines()

    assert document["links"] >= LINKS
    assert document["measured"][0]["cone"] == "S"
    assert len(lines) == 2 + len(report.measured)


def test_links_and_lots_take_no_more_than_their_bound(report):
    # In a plant of ten million links, half as many lots: 36 bytes a link.
    assert report.bytes_per_link <= 24 + 24 * report.lots / report.links + 0.01


@pytest.mark.parametrize(
    ("broken", "what"),
    [("FORWARD", "lots"), ("shares_of", "shares"), ("orders_of", "orders")],
)
def test_an_unequal_answer_stops_the_bench(test_cluster, monkeypatch, broken, what):
    changed = {
        "FORWARD": ("link.source", "link.source"),
        "shares_of": lambda connection, cone: (
            postgresql.lots_of(connection, cone),
            0.5 + 0.0 * postgresql.lots_of(connection, cone),
        ),
        "orders_of": lambda plant, lots: lots,
    }
    monkeypatch.setattr(postgresql, broken, changed[broken])

    with pytest.raises(UnequalAnswers, match=what):
        trace.run(test_cluster.dsn(database="postgres"), links=5_000)


def test_rows_for_people_that_differ_from_the_arrays_stop_the_bench(monkeypatch):
    plant = bench_plant(grow_genealogy(5_000))
    question = cone("any", 0)
    trace._compare_listed(plant, question)
    monkeypatch.setattr(LotTrace, "lots", plant.trace(question).lots[1:])

    with pytest.raises(UnequalAnswers, match="rows"):
        trace._compare_listed(plant, question)
