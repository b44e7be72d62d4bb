"""What is too little, too vague or unplanned to be sure of, and where repair times come from."""

from dataclasses import replace
from datetime import time
from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind, DisruptionState, RepairBasis
from knockon.domain.facts import (
    CalendarRule,
    EquipmentKey,
    Plant,
    RoutingStep,
    Stop,
)
from knockon.domain.links import LinkClass
from tests.engine.delay.plants import (
    PLANT,
    answer,
    at,
    day,
    hit,
    hit_orders,
    later,
    machine,
    make,
    op,
    operation,
    order,
    plant,
    stopped,
    trouble,
)


def test_less_than_materiality_is_a_gap_and_no_hit() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        work_orders=(make("A", order="SO"),),
        operations=(op("A", 10, "M1", 1, 2),),
    )

    impact = answer(facts, stopped("M1", hours=1 + 59 / 3600))

    assert impact.orders == ()
    assert impact.operations == ()
    assert [(gap.code, gap.qty) for gap in impact.gaps] == [("below_materiality", Decimal(1))]


def test_materiality_is_the_plants_own() -> None:
    facts = plant(
        plants=(Plant(plant=PLANT, timezone="UTC", materiality_s=7200),),
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 0, 2),),
    )

    assert answer(facts, stopped("M1", hours=1.5)).operations == ()
    assert later(answer(facts, stopped("M1", hours=2))) == {"A/10": 2}


def test_frozen_window_separates_the_next_day() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(op("A", 10, "M1", 23, 25), op("B", 10, "M1", 25, 27)),
    )

    impact = answer(facts, stopped("M1", hours=30))

    assert operation(impact, "A/10").frozen
    assert not operation(impact, "B/10").frozen


def test_work_without_planned_times_is_possible_by_routing() -> None:
    facts = plant(
        routings=(RoutingStep(plant=None, item="F", seq=10, operation="CUT", equipment="M1"),),
        order_lines=(order("SO"),),
        work_orders=(make("A", order="SO"),),
        operations=(op("A", 10, None, None, None),),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert hit(impact, "SO").link_class is LinkClass.POSSIBLE
    assert hit(impact, "SO").new_finish is None
    assert [(gap.code, gap.where) for gap in impact.gaps] == [("no_schedule", "P1/A")]
    assert answer(facts, stopped("M2", hours=4)).orders == ()


def test_work_without_planned_times_waits_for_its_component() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        work_orders=(make("P", order="SO"), make("K", item="C", parent_work_order="P")),
        operations=(op("K", 10, "M1", 0, 2), op("P", 10, "M2", None, None)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "K/10").link_class is LinkClass.CONFIRMED
    assert hit(impact, "SO").link_class is LinkClass.POSSIBLE


def test_date_only_plan_is_at_most_probable() -> None:
    facts = plant(
        order_lines=(order("SO"),),
        work_orders=(make("A", order="SO"),),
        operations=(
            replace(op("A", 10, "M1", None, None), planned_start=day(0), planned_finish=day(0)),
        ),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert hit(impact, "SO").link_class is LinkClass.PROBABLE
    assert ("date_only", "P1/A") in [(gap.code, gap.where) for gap in impact.gaps]


def test_contradictory_plan_still_ends() -> None:
    facts = plant(
        work_orders=(
            make("A", parent_work_order="B"),
            make("B", item="C", parent_work_order="A"),
        ),
        operations=(op("A", 10, "M1", 0, 1), op("B", 10, "M2", 1, 2)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert "A/10" in later(impact)
    assert "plan_circle" in [gap.code for gap in impact.gaps]


def test_machine_that_never_works_again_has_no_known_finish() -> None:
    facts = plant(
        calendars=(
            CalendarRule(
                equipment=EquipmentKey(PLANT, "M1"),
                weekday=None,
                day=at(0).date(),
                start=time(0),
                end=time(12),
            ),
        ),
        order_lines=(order("SO"),),
        work_orders=(make("A", order="SO"),),
        operations=(op("A", 10, "M1", 0, 10),),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "A/10").old_finish == at(10)
    assert operation(impact, "A/10").new_finish is None
    assert hit_orders(impact) == {"SO": ("LATE",)}
    assert hit(impact, "SO").late_s is None


def test_repair_that_takes_longer_than_estimated_lasts_until_now() -> None:
    facts = plant(work_orders=(make("A"),), operations=(op("A", 10, "M1", 0, 2),))

    still_down = answer(facts, stopped("M1", hours=1), now=3)
    repaired = answer(facts, replace(stopped("M1", hours=1), state=DisruptionState.RESOLVED), now=3)

    assert still_down.repair_s == 3 * 3600
    assert repaired.repair_s == 3600


def closed_stop(name: str, number: int, minutes: int) -> Stop:
    start = at(-24 * (number + 1))
    return Stop(
        equipment=EquipmentKey(PLANT, name),
        start=start,
        end=at(-24 * (number + 1) + minutes / 60),
    )


def test_repair_time_comes_from_the_machines_own_stops() -> None:
    facts = plant(
        equipment=(machine("M1", kind="CUT"), machine("M2", kind="CUT")),
        stops=tuple(closed_stop("M1", number, 10 * (number + 1)) for number in range(5)),
    )
    unknown = trouble(DisruptionKind.EQUIPMENT, equipment=("M1",))

    impact = answer(facts, unknown)

    assert (impact.repair_s, impact.repair_basis) == (40 * 60, RepairBasis.OWN_HISTORY_P80)


def test_repair_time_comes_from_machines_of_the_class_when_its_own_are_few() -> None:
    facts = plant(
        equipment=(machine("M1", kind="CUT"), machine("M2", kind="CUT"), machine("M3", kind="X")),
        stops=(
            *(closed_stop("M1", number, 10) for number in range(2)),
            *(closed_stop("M2", number, 60) for number in range(3)),
            *(closed_stop("M3", number, 600) for number in range(9)),
        ),
    )
    unknown = trouble(DisruptionKind.EQUIPMENT, equipment=("M1",))

    impact = answer(facts, unknown)

    assert (impact.repair_s, impact.repair_basis) == (3600, RepairBasis.CLASS_HISTORY_P80)


def test_repair_time_without_history_is_the_plants_default() -> None:
    unknown = trouble(DisruptionKind.EQUIPMENT, equipment=("M1",))

    impact = answer(plant(), unknown)

    assert (impact.repair_s, impact.repair_basis) == (4 * 3600, RepairBasis.PLANT_DEFAULT)


def test_until_gives_the_repair_time() -> None:
    impact = answer(
        plant(), trouble(DisruptionKind.EQUIPMENT, equipment=("M1",), start=at(1), end=at(3))
    )

    assert (impact.repair_s, impact.repair_basis) == (2 * 3600, RepairBasis.GIVEN)


def test_announced_stop_pauses_what_is_under_way_and_spares_what_is_over() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C")),
        operations=(op("A", 10, "M1", 0, 2), op("B", 10, "M1", 2, 6), op("C", 10, "M1", 6, 7)),
    )
    service = trouble(DisruptionKind.EQUIPMENT, equipment=("M1",), start=at(4), repair_s=3600)

    impact = answer(facts, service)

    assert later(impact) == {"B/10": 1, "C/10": 1}
    assert operation(impact, "B/10").new_start == at(2)
