import json

import pytest

from benchmarks import trace

LINKS = 20_000


@pytest.fixture(scope="module")
def report(test_cluster):
    """Measure once; the session's own table leaves nothing behind in the data base."""
    return trace.run(test_cluster.dsn(database="postgres"), links=LINKS)


def test_both_sides_find_the_same_lots_of_every_cone(report):
    assert report.equal_answers
    assert [(row.cone, row.direction) for row in report.measured] == [
        ("S", "forward"),
        ("M", "forward"),
        ("L", "forward"),
        ("shipment", "backward"),
    ]
    assert min(row.lots for row in report.measured) > 1
    assert min(row.trace_ms for row in report.measured) > 0


def test_report_is_one_json_document_and_a_table_of_a_line_per_cone(report):
    document = json.loads(trace.as_json(report))
    lines = trace.as_table(report).splitlines()

    assert document["links"] >= LINKS
    assert document["measured"][0]["cone"] == "S"
    assert len(lines) == 2 + len(report.measured)


def test_an_unequal_answer_stops_the_bench(test_cluster, monkeypatch):
    real = trace.trace_forward
    monkeypatch.setattr(trace, "_FORWARD", ("link.source", "link.source"))

    with pytest.raises(trace.UnequalAnswers):
        trace.run(test_cluster.dsn(database="postgres"), links=2_000)

    assert trace.trace_forward is real
