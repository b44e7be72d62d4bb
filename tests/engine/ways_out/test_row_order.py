"""The order in which records stand changes no way out."""

from dataclasses import fields, replace
from random import Random

import pytest

from knockon.demo.simulation.story import story
from knockon.domain.impact_document import render, to_bytes
from knockon.engine.impact import assess
from tests.engine.assess.facts_from_tables import facts_from_tables


@pytest.mark.slow
def test_shuffled_records_give_the_same_bytes() -> None:
    case = story("moulding", seed=2, size=0.4)
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    dice = Random(7)
    tables = {field.name for field in fields(facts)} - {"snapshot", "plants", "data_age"}
    shuffled = replace(
        facts,
        **{
            name: tuple(dice.sample(rows, len(rows)))
            for name in tables
            if isinstance(rows := getattr(facts, name), tuple)
        },
    )

    first = assess(facts, case.disruption, now=case.now)
    second = assess(shuffled, case.disruption, now=case.now)

    assert any(row.ways_out for row in first.orders)
    assert to_bytes(render(first, elapsed_ms=0)) == to_bytes(render(second, elapsed_ms=0))
