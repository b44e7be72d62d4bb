"""Small generated plants: what the engine answers against what really happened.

The number of plants is 300; ``KNOCKON_PLANTS=3000`` asks for more. A third has holes in its
records.
"""

import os
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import jsonschema
import pytest

from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact import Effect, Impact, OrderImpact
from knockon.domain.impact_document import load_schema, render
from knockon.domain.links import LinkClass
from knockon.engine.impact import assess
from tests.engine.assess.facts_from_tables import facts_from_tables

PLANTS = int(os.environ.get("KNOCKON_PLANTS", "300"))

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Outcome:
    """What a test needs of one plant; the plant itself is let go."""

    name: str
    holes: bool
    real: dict[OrderLineKey, frozenset[Effect]]
    listed: frozenset[OrderLineKey]
    confirmed: frozenset[OrderLineKey]
    differences: tuple[str, ...]
    invalid: tuple[str, ...]


@cache
def outcomes() -> tuple[Outcome, ...]:
    return tuple(_outcomes())


def _outcomes() -> Iterator[Outcome]:
    validator = jsonschema.Draft202012Validator(load_schema())
    for seed in range(PLANTS):
        holes = seed % 3 == 2
        case = small_plant(seed, holes=holes)
        facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
        impact = assess(facts, case.disruption, now=case.now)
        yield Outcome(
            name=f"small_plant({seed}, holes={holes})",
            holes=holes,
            real=case.truth.effects,
            listed=frozenset(row.key for row in impact.orders),
            confirmed=frozenset(
                row.key for row in impact.orders if row.link_class is LinkClass.CONFIRMED
            ),
            differences=tuple(differences(case, impact)),
            invalid=tuple(
                error.message[:200] for error in validator.iter_errors(render(impact, elapsed_ms=0))
            ),
        )


def differences(case: SimulatedCase, impact: Impact) -> Iterator[str]:
    """Name every figure in which the answer and the truth differ."""
    rows = {row.key: row for row in impact.orders}
    for line in case.truth.lines:
        if line.key in rows:
            yield from _line_differences(line.key.order, line, rows[line.key])
    real = {row.key: (row.old_finish, row.new_finish) for row in case.truth.operations}
    answered = {
        row.key: (row.old_finish, row.new_finish)
        for row in impact.operations
        if row.link_class is LinkClass.CONFIRMED
    }
    if real != answered:
        yield f"operations {sorted(set(real.items()) ^ set(answered.items()))}"
    if {lot.key for lot in impact.lots} != case.truth.lots:
        yield "lots"
    sent = {(row.plant, row.shipment) for row in impact.shipments}
    if sent != {(key.plant, key.shipment) for key in case.truth.shipments}:
        yield "shipments"
    if {row.customer for row in impact.customers} != case.truth.customers:
        yield "customers"


def _line_differences(name: str, line: object, row: OrderImpact) -> Iterator[str]:
    if frozenset(row.effects) != line.effects:
        yield f"{name} effects {row.effects} for {sorted(line.effects)}"
    if Effect.SHORT in line.effects and row.qty_short != line.qty_short:
        yield f"{name} short {row.qty_short} for {line.qty_short}"
    if line.effects & {Effect.LATE, Effect.MOVED}:
        answered = (row.new_finish, row.new_ship)
        if answered != (line.new_finish, line.new_ship):
            yield f"{name} times {answered} for {(line.new_finish, line.new_ship)}"


def test_every_line_that_is_really_hit_is_listed() -> None:
    missed = {
        outcome.name: sorted(set(outcome.real) - outcome.listed)
        for outcome in outcomes()
        if set(outcome.real) - outcome.listed
    }

    assert missed == {}


def test_every_confirmed_line_is_really_hit() -> None:
    false = {
        outcome.name: sorted(outcome.confirmed - set(outcome.real))
        for outcome in outcomes()
        if outcome.confirmed - set(outcome.real)
    }

    assert false == {}


def test_with_perfect_records_confirmed_is_the_truth() -> None:
    perfect = [outcome for outcome in outcomes() if not outcome.holes]

    different = {
        outcome.name: sorted(set(outcome.real) ^ outcome.confirmed)
        for outcome in perfect
        if set(outcome.real) != outcome.confirmed
    }

    assert len(perfect) >= PLANTS // 2
    assert different == {}


def test_with_perfect_records_effects_quantities_and_times_are_the_truth() -> None:
    different = {
        outcome.name: outcome.differences
        for outcome in outcomes()
        if not outcome.holes and outcome.differences
    }

    assert different == {}


def test_every_document_is_valid() -> None:
    assert {outcome.name: outcome.invalid for outcome in outcomes() if outcome.invalid} == {}


def test_spread_of_hits_is_wide(capsys: pytest.CaptureFixture[str]) -> None:
    hits = [len(outcome.real) for outcome in outcomes()]
    none = sum(1 for count in hits if count == 0) / len(hits)
    effects = {
        effect for outcome in outcomes() for found in outcome.real.values() for effect in found
    }
    holed = [outcome for outcome in outcomes() if outcome.holes]
    beyond = sum(len(outcome.listed - set(outcome.real)) for outcome in holed)

    with capsys.disabled():
        sys.stdout.write(
            f"\n{len(hits)} plants: hit lines median {statistics.median(hits)}, most {max(hits)}, "
            f"none in {none:.0%}; {len(holed)} with holes list {beyond} lines too many as "
            "PROBABLE or POSSIBLE\n"
        )

    assert statistics.median(hits) >= 3
    assert none >= 0.1
    assert effects == set(Effect)
