"""The curve against asking again: every row is what ``assess`` says with that repair given.

The number of plants grows with ``KNOCKON_PLANTS``, as that of the ground truth does.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache

import pytest

from knockon.demo.simulation.small import small_plant
from knockon.domain.curve import CurveRow, RepairCurve
from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import OrderLineKey, PlantFacts
from knockon.domain.impact import Effect, OrderImpact
from knockon.engine.impact import assess
from knockon.engine.impact.curve import PreparedCurve, prepare_curve
from knockon.engine.impact.curve_picture import draw_curve
from knockon.engine.impact.delay import DOWN_KINDS
from knockon.engine.impact.investigate import investigate
from tests.engine.assess.facts_from_tables import facts_from_tables

SEEDS = range(int(os.environ.get("KNOCKON_PLANTS", "300")) // 5)
STEPS_LOOKED_AT = 4

Case = tuple[str, PlantFacts, Disruption, datetime]


def stops(*, holes: bool) -> Iterator[Case]:
    """Yield the small plants in which something stands still, with a repair that may vary."""
    for seed in SEEDS:
        case = small_plant(seed, holes=holes)
        if case.disruption.kind not in DOWN_KINDS:
            continue
        facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
        scope = replace(case.disruption.scope, end=None)
        yield f"seed {seed}", facts, replace(case.disruption, scope=scope), case.now


@cache
def prepared(*, holes: bool) -> tuple[tuple[Case, PreparedCurve], ...]:
    found = []
    for case in stops(holes=holes):
        _, facts, disruption, now = case
        curve = prepare_curve(investigate(facts, disruption, now=now))
        assert curve is not None
        found.append((case, curve))
    return tuple(found)


def lasting(disruption: Disruption, repair_s: int) -> Disruption:
    return replace(disruption, scope=replace(disruption.scope, repair_s=repair_s))


def asked_again(case: Case, repair_s: int) -> dict[OrderLineKey, OrderImpact]:
    _, facts, disruption, now = case
    return {row.key: row for row in assess(facts, lasting(disruption, repair_s), now=now).orders}


def row_of(order: OrderImpact) -> CurveRow:
    return CurveRow(
        key=order.key,
        is_late=Effect.LATE in order.effects,
        link_class=order.link_class,
        new_finish=order.new_finish,
        new_ship=order.new_ship,
        late_s=order.late_s,
    )


def looked_at(curve: RepairCurve, elapsed_s: int) -> list[int]:
    """Return the repair times around the curve's own steps, spread over all of it."""
    steps = [step.repair_s for step in curve.steps]
    steps = steps[:: max(1, len(steps) // STEPS_LOOKED_AT)]
    around = {at for step in steps for at in (step - 1, step)}
    inside = {at for at in around if elapsed_s <= at <= curve.horizon_s}
    return sorted({*inside, elapsed_s, curve.horizon_s})


@pytest.mark.slow
@pytest.mark.parametrize("holes", [False, True])
def test_rows_are_what_assess_says_with_that_repair(holes: bool) -> None:
    different = []
    for case, curve in prepared(holes=holes):
        picture = draw_curve(curve.case, curve)
        for repair_s in looked_at(picture, curve.law.elapsed_s):
            wanted = {row_of(row) for row in asked_again(case, repair_s).values()}
            if wanted != set(curve.rows(repair_s)):
                different.append(f"{case[0]} at {repair_s}")

    assert len(prepared(holes=holes)) >= len(SEEDS) // 5
    assert different == []


@pytest.mark.slow
def test_line_is_in_time_up_to_its_threshold_and_late_a_second_later() -> None:
    wrong, checked = [], 0
    for case, curve in prepared(holes=False):
        for line, longest in curve.longest_in_time().items():
            if not curve.law.elapsed_s <= longest < curve.horizon_s:
                continue
            checked += 1
            late = [
                line in rows and Effect.LATE in rows[line].effects
                for rows in (asked_again(case, longest), asked_again(case, longest + 1))
            ]
            if late != [False, True]:
                wrong.append(f"{case[0]} {line} at {longest}: {late}")

    assert checked >= len(SEEDS) // 2
    assert wrong == []


@pytest.mark.slow
def test_steps_count_what_assess_counts() -> None:
    different, checked = [], 0
    for case, curve in prepared(holes=False):
        for step in draw_curve(curve.case, curve).steps[::4]:
            if step.repair_s < curve.law.elapsed_s:
                continue
            checked += 1
            rows = asked_again(case, step.repair_s).values()
            late = sum(Effect.LATE in row.effects for row in rows)
            if (late, len(rows) - late) != (step.late, step.moved):
                different.append(f"{case[0]} at {step.repair_s}")

    assert checked >= len(SEEDS) // 2
    assert different == []


@pytest.mark.slow
def test_points_are_the_only_repair_times_at_which_a_ship_date_changes() -> None:
    different = []
    for case, curve in prepared(holes=False):
        for order in draw_curve(curve.case, curve).orders[:3]:
            for before, after in zip(order.points, order.points[1:], strict=False):
                if before.repair_s < curve.law.elapsed_s:
                    continue
                rows = asked_again(case, after.repair_s - 1)
                row = rows.get(order.key)
                shipped = order.old_ship if row is None else row.new_ship
                if shipped != before.new_ship:
                    different.append(f"{case[0]} {order.key} before {after.repair_s}")

    assert different == []


@pytest.mark.slow
def test_kinds_of_stops_are_all_there() -> None:
    kinds = {case[2].kind for case, _ in prepared(holes=False)}

    assert {DisruptionKind.EQUIPMENT, DisruptionKind.TOOL} <= kinds
