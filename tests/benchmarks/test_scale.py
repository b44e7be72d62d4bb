import json

import pytest
from benchmarks.plant import UnequalAnswers, cone

from benchmarks import scale
from knockon.demo.genealogy import grow_genealogy


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return scale.run(tmp_path_factory.mktemp("segments"), small=60_000, large=90_000, starts=1)


def test_cones_are_the_same_in_both_and_a_fresh_process_answers(report):
    assert [row.cone for row in report.cones] == ["S", "M", "L"]
    assert report.sizes[1].links > report.sizes[0].links
    assert report.fresh.start_to_answer_ms > report.fresh.answer_ms > 0


def test_report_is_one_json_document_and_a_table(report):
    document = json.loads(scale.as_json(report))

    assert document["sizes"][0]["bytes_per_link"] < 37
    assert len(scale.as_table(report).splitlines()) == 7


def test_a_cone_that_goes_on_in_the_larger_plant_stops_the_bench(tmp_path):
    sealed = []
    for links in (5_000, 20_000):
        path = tmp_path / str(links)
        scale._seal(path, grow_genealogy(links), grown_s=0.0)
        sealed.append(scale.open_sealed(path))

    with pytest.raises(UnequalAnswers, match="L"):
        scale._same_cone(cone("L", *range(50)), *sealed, rounds=5)
