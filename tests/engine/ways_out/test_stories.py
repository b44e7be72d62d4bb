"""The night breakdown's ways out: pulled at the last moment they help, a minute later they do not.

Pulling is done in the records: the plan is changed as the way out says, and projected as any plan.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from knockon.demo.simulation.story import story
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.facts import EquipmentKey, Operation, OperationKey, OrderLineKey, PlantFacts
from knockon.domain.impact import Effect, Impact, OrderImpact, WayOut
from knockon.domain.times import Moment
from knockon.engine.impact import assess
from knockon.engine.impact.investigate import investigate
from knockon.engine.schedule.calendars import Calendars, build_calendars
from tests.engine.assess.facts_from_tables import facts_from_tables

pytestmark = pytest.mark.slow

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def night() -> SimulatedCase:
    return story("moulding")


@pytest.fixture(scope="module")
def facts(night: SimulatedCase) -> PlantFacts:
    return facts_from_tables(night.tables, plant=night.plant, timezone=night.timezone)


@pytest.fixture(scope="module")
def impact(night: SimulatedCase, facts: PlantFacts) -> Impact:
    return assess(facts, night.disruption, now=night.now)


def late(impact: Impact) -> list[OrderImpact]:
    return [row for row in impact.orders if Effect.LATE in row.effects]


def moves(impact: Impact) -> Iterator[tuple[OrderImpact, WayOut]]:
    for row in late(impact):
        yield from ((row, way) for way in row.ways_out if way.kind == "alternate" and way.latest_at)


def test_each_late_order_has_a_last_moment_that_is_still_to_come(impact: Impact) -> None:
    rows = late(impact)

    assert len(rows) == 2
    assert all(row.decide_by is not None and row.decide_by > impact.as_of for row in rows)


def test_the_mould_in_the_stopped_machine_is_shown_and_not_proposed(impact: Impact) -> None:
    shut = [
        way
        for row in late(impact)
        for way in row.ways_out
        if any(check.code == "tool_inside" for check in way.checks)
        and not any(check.code == "tool_copy" for check in way.checks)
    ]

    assert shut
    assert all(way.latest_at is None for way in shut)


def test_moved_at_the_last_moment_the_order_catches_its_truck(
    night: SimulatedCase, facts: PlantFacts, impact: Impact
) -> None:
    moved = [
        catches(night, pulled(night, facts, row, way, after=timedelta()), row.key)
        for row, way in moves(impact)
    ]

    assert len(moved) >= 3
    assert all(moved)


def test_moved_a_minute_later_it_misses_it_or_the_work_has_begun(
    night: SimulatedCase, facts: PlantFacts, impact: Impact
) -> None:
    missed = [
        begun(night, facts, way)
        or not catches(night, pulled(night, facts, row, way, after=MINUTE), row.key)
        for row, way in moves(impact)
    ]

    assert missed
    assert all(missed)


def moved_operation(way: WayOut, plant: str) -> OperationKey:
    check = next(row for row in way.checks if row.code == "way_moves_operation")
    return OperationKey(plant, str(check.params["work_order"]), int(str(check.params["seq"])))


def pulled(
    night: SimulatedCase, facts: PlantFacts, row: OrderImpact, way: WayOut, *, after: timedelta
) -> PlantFacts:
    """Return the records with the operation planned on the other machine from that moment on.

    What has not begun there by then comes behind it.
    """
    key = moved_operation(way, row.key.plant)
    assert way.latest_at is not None
    begins = way.latest_at + after
    hours = hours_of(facts, begins)
    setup = next(
        step.setup_s
        for step in facts.routings
        for order in facts.work_orders
        if order.key.work_order == key.work_order and (step.item, step.seq) == (order.item, key.seq)
    )
    takes = next(check for check in way.checks if check.code == "way_takes").params
    more = (int(str(takes["change"])) + int(str(takes["warm_up"]))) * 60 - setup
    starts = disturbed_starts(night, facts)
    changed = []
    for old in facts.operations:
        assert old.planned_start is not None
        moves_back = (
            old.equipment == way.target
            and starts.get(old.key, 0) >= int(begins.timestamp())
            and old.planned_start.earliest <= begins
        )
        if old.key == key:
            changed.append(planned(old, way.target, begins, more=more, hours=hours))
        elif moves_back:
            behind = begins + timedelta(seconds=1)
            changed.append(planned(old, way.target, behind, more=0, hours=hours))
        else:
            changed.append(old)
    return replace(facts, operations=tuple(changed))


def hours_of(facts: PlantFacts, at: datetime) -> Calendars:
    return build_calendars(
        facts.calendars,
        equipment=facts.equipment,
        plants=facts.plants,
        start=int(at.timestamp()) - 20 * 86_400,
        end=int(at.timestamp()) + 20 * 86_400,
    )


def planned(
    old: Operation, machine: str, at: datetime, *, more: int, hours: Calendars
) -> Operation:
    """Return an operation planned on a machine from an instant on, for as long and some more."""
    assert old.planned_start is not None
    assert old.planned_finish is not None
    home, other = (EquipmentKey(old.key.plant, str(name)) for name in (old.equipment, machine))
    length = more + hours.between(
        int(old.planned_start.earliest.timestamp()),
        int(old.planned_finish.latest.timestamp()),
        calendar=hours.of(home),
    )
    ends = hours.add(int(at.timestamp()), work=length, calendar=hours.of(other))
    return replace(
        old,
        equipment=machine,
        tool=None,
        setup_s=None,
        run_s_per_unit=None,
        planned_start=Moment.exactly(at),
        planned_finish=Moment.exactly(datetime.fromtimestamp(ends, tz=UTC)),
    )


def disturbed_starts(night: SimulatedCase, facts: PlantFacts) -> dict[OperationKey, int]:
    """Return when each open operation starts after the stop, UTC seconds."""
    case = investigate(facts, night.disruption, now=night.now)
    starts = case.runs[0].new.start
    return {job.key: int(starts[place]) for place, job in enumerate(case.shop.jobs)}


def catches(night: SimulatedCase, facts: PlantFacts, key: OrderLineKey) -> bool:
    """Return whether the order's own work is finished for the truck it was promised."""
    case = investigate(facts, night.disruption, now=night.now)
    line = case.records.lines[key]
    makers = {
        maker for maker, rungs in case.ladder.recorded.items() for r in rungs if r.goal == key
    }
    finish = max(
        int(case.runs[0].new.finish[place])
        for place, job in enumerate(case.shop.jobs)
        if job.work_order in makers
    )
    return case.shipping.leaves(line, finish=finish, made=True) <= case.shipping.limit(line)


def begun(night: SimulatedCase, facts: PlantFacts, way: WayOut) -> bool:
    """Return whether work begins by then: the moved one itself, or one that it was to go before."""
    assert way.latest_at is not None
    at = int(way.latest_at.timestamp())
    there = {row.key for row in facts.operations if row.equipment == way.target}
    there.add(moved_operation(way, night.plant))
    return any(start == at for key, start in disturbed_starts(night, facts).items() if key in there)
