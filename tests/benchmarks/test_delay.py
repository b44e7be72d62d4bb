"""The delay bench on a small plant: both sides agree, and a disagreement stops it."""

import json
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import delay

OPERATIONS = 5_000


@pytest.fixture(scope="module")
def report() -> delay.Report:
    return delay.run(operations=OPERATIONS, open_operations=300)


def test_all_sides_give_equal_answers(report: delay.Report) -> None:
    assert report.equal_answers
    assert {"P8", "P9"} == {row.bar for row in report.measured}
    assert min(min(row.ours_ns, row.other_ns) for row in report.measured) > 0


def test_sampled_chances_are_within_one_scenario_of_the_exact_ones(report: delay.Report) -> None:
    assert 0 < report.worst_error <= 1 / delay.SCENARIOS


def test_report_is_one_json_document_and_a_table(report: delay.Report) -> None:
    document = json.loads(delay.as_json(report))
    lines = delay.as_table(report).splitlines()

    assert document["open_operations"] == 300
    assert len(lines) == 2 + len(report.measured) + 2 + len(report.missing)


def test_an_unequal_answer_stops_the_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    real = delay.put_before

    def earlier(network: object, repair: delay.Repair) -> object:
        wrong = np.full_like(repair.restart_s, 900 * 900)
        return real(network, replace(repair, restart_s=wrong))

    monkeypatch.setattr(delay, "put_before", earlier)

    with pytest.raises(delay.UnequalAnswers):
        delay.run(operations=OPERATIONS, open_operations=300)
