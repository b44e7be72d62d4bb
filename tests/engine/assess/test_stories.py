"""The three stories, and the same plants under other seeds, against what really happened."""

import pytest

from knockon.demo.simulation.story import story
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.impact import Effect, Impact
from knockon.domain.links import LinkClass
from knockon.engine.impact import assess
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.engine.assess.test_ground_truth import differences

pytestmark = pytest.mark.slow

OTHER_SEEDS = range(20)
SUSPECT = {Effect.SUSPECT_SHIPPED, Effect.SUSPECT_ON_HAND}


def answered(case: SimulatedCase) -> Impact:
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    return assess(facts, case.disruption, now=case.now)


def test_night_breakdown_hits_exactly_its_five_orders() -> None:
    case = story("moulding")

    impact = answered(case)

    assert len({row.key.order for row in impact.orders}) == 5
    assert {row.key for row in impact.orders} == set(case.truth.effects)
    assert list(differences(case, impact)) == []


def test_bad_batch_hits_exactly_four_orders_and_three_customers() -> None:
    case = story("boards")

    impact = answered(case)
    suspect = [row for row in impact.orders if SUSPECT.intersection(row.effects)]

    assert len({row.key.order for row in suspect}) == 4
    assert len({row.customer for row in suspect}) == 3
    assert {row.key for row in impact.orders} == set(case.truth.effects)
    assert list(differences(case, impact)) == []


def test_rejected_material_hits_exactly_who_is_really_hit() -> None:
    case = story("appliance")

    impact = answered(case)

    assert {row.key for row in impact.orders} == set(case.truth.effects)
    assert list(differences(case, impact)) == []


@pytest.mark.parametrize("name", ["moulding", "boards", "appliance"])
def test_other_seeds_are_answered_as_exactly(name: str) -> None:
    hits: list[int] = []
    wrong: dict[int, object] = {}
    for seed in OTHER_SEEDS:
        case = story(name, seed=seed, size=0.5)
        impact = answered(case)
        confirmed = {row.key for row in impact.orders if row.link_class is LinkClass.CONFIRMED}
        real = set(case.truth.effects)
        hits.append(len(real))
        different = [*sorted(real ^ confirmed), *differences(case, impact)]
        if different:
            wrong[seed] = different

    assert wrong == {}
    assert len(set(hits)) >= 5
    assert 0 in hits
