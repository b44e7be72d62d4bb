"""What holds for the three stories holds for any seed: counts differ, and some are zero."""

import pytest

from knockon.demo.simulation.story import STORIES, story
from knockon.engine.impact import assess
from tests.engine.assess.facts_from_tables import facts_from_tables

SEEDS = range(1, 21)
# Other plants need not be as large as the stories' to be other plants.
SIZE = 0.6

_hit_lines: dict[str, dict[int, int]] = {}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", sorted(STORIES))
def test_another_seed_s_orders_are_those_really_hit(name: str, seed: int) -> None:
    case = story(name, seed=seed, size=SIZE)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)

    impact = assess(facts, case.disruption, now=case.now)

    found = {row.key: frozenset(row.effects) for row in impact.orders}
    _hit_lines.setdefault(name, {})[seed] = len(case.truth.lines)
    assert found == dict(case.truth.effects)


@pytest.mark.parametrize("name", sorted(STORIES))
def test_counts_differ_and_some_are_zero(name: str) -> None:
    counts = _hit_lines.get(name) or {
        seed: len(story(name, seed=seed, size=SIZE).truth.lines) for seed in SEEDS
    }

    assert len(set(counts.values())) >= 5
    assert 0 in counts.values()
