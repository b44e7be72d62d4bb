import pytest

from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.story import STORIES, story
from knockon.demo.simulation.truth import SimulatedCase
from tests.demo.naive_reader import Reader


def truth(case: SimulatedCase) -> dict[tuple[str, str], set[str]]:
    return {
        (line.key.order, line.key.line): {effect.value for effect in line.effects}
        for line in case.truth.lines
    }


@pytest.mark.parametrize("seed", range(40))
def test_perfect_records_lead_to_the_truth(seed: int) -> None:
    case = small_plant(seed, holes=False)

    assert Reader(case).effects() == truth(case)


@pytest.mark.parametrize("name", sorted(STORIES))
@pytest.mark.parametrize("seed", [None, 3])
def test_the_stories_records_lead_to_the_truth(name: str, seed: int | None) -> None:
    case = story(name, seed=seed, size=1 if seed is None else 0.4)

    assert Reader(case).effects() == truth(case)
