"""Each rule of "who waits for whom", calculated by hand."""

from datetime import time
from decimal import Decimal

import pytest

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    CalendarRule,
    EquipmentKey,
    Item,
    ResourceUse,
    RestartRule,
    RoutingStep,
)
from knockon.domain.links import LinkClass
from tests.engine.delay.plants import (
    PLANT,
    answer,
    at,
    hit,
    later,
    machine,
    make,
    moment,
    need,
    op,
    operation,
    order,
    plant,
    running,
    stopped,
    trouble,
)


def step(restart: RestartRule, minutes: int = 0) -> RoutingStep:
    return RoutingStep(
        plant=None, item="F", seq=10, operation="CUT", restart=restart, restart_s=minutes * 60
    )


def test_next_on_the_same_machine_waits_in_planned_order() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C", item="F")),
        operations=(op("A", 10, "M1", 1, 3), op("B", 10, "M1", 3, 5), op("C", 10, "M2", 3, 5)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 3, "B/10": 3}


def test_slack_in_the_plan_absorbs_the_delay() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C")),
        operations=(op("A", 10, "M1", 0, 2), op("B", 10, "M1", 5, 6), op("C", 10, "M1", 20, 21)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 4, "B/10": 1}


def test_nothing_moves_earlier() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(op("A", 10, "M1", 30, 32), op("B", 10, "M1", 40, 42)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert impact.operations == ()


def test_next_in_the_same_work_order_waits() -> None:
    facts = plant(
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 0, 2), op("A", 20, "M2", 2, 3), op("A", 30, "M3", 3, 4)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 4, "A/20": 4, "A/30": 4}


def test_planned_overlap_in_a_work_order_is_kept() -> None:
    facts = plant(
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 0, 4), op("A", 20, "M2", 1, 5)),
    )

    impact = answer(facts, stopped("M1", hours=2))

    assert operation(impact, "A/20").old_start == at(1)
    assert later(impact) == {"A/10": 2, "A/20": 2}


def test_parent_waits_for_the_work_order_that_names_it() -> None:
    facts = plant(
        work_orders=(make("P"), make("K", item="C", parent_work_order="P")),
        operations=(op("K", 10, "M1", 0, 2), op("P", 10, "M2", 2, 3)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"K/10": 4, "P/10": 4}
    assert operation(impact, "P/10").link_class is LinkClass.CONFIRMED


def test_parent_waits_at_the_operation_that_needs_the_component() -> None:
    facts = plant(
        work_orders=(make("P"), make("K", item="C")),
        requirements=(need("P", "C", 10, supplied_by="K", seq=20),),
        operations=(
            op("K", 10, "M1", 0, 2),
            op("P", 10, "M2", 0, 2),
            op("P", 20, "M3", 2, 3),
        ),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"K/10": 4, "P/20": 4}


def test_parent_by_item_alone_is_derived() -> None:
    facts = plant(
        work_orders=(make("P"), make("K", item="C")),
        requirements=(need("P", "C", 10),),
        operations=(op("K", 10, "M1", 0, 2), op("P", 10, "M2", 2, 3)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "K/10").link_class is LinkClass.CONFIRMED
    assert operation(impact, "P/10").link_class is LinkClass.PROBABLE


def test_issued_component_is_not_waited_for() -> None:
    facts = plant(
        work_orders=(make("P"), make("K", item="C")),
        requirements=(need("P", "C", 10, issued_qty=Decimal(10), supplied_by="K"),),
        operations=(op("K", 10, "M1", 0, 2), op("P", 10, "M2", 2, 3)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"K/10": 4}


def test_five_levels_of_components_pass_the_delay_on() -> None:
    levels = range(5)
    facts = plant(
        items=tuple(Item(item=f"C{level}") for level in levels),
        order_lines=(order("SO", item="C4"),),
        work_orders=tuple(
            make(
                f"W{level}",
                item=f"C{level}",
                order="SO" if level == 4 else None,
                parent_work_order=f"W{level + 1}" if level < 4 else None,
            )
            for level in levels
        ),
        operations=tuple(op(f"W{level}", 10, f"M{level}", level, level + 1) for level in levels),
    )

    impact = answer(facts, stopped("M0", hours=3))

    assert later(impact) == {f"W{level}/10": 3 for level in levels}
    assert hit(impact, "SO").link_class is LinkClass.CONFIRMED
    assert [row.key for row in hit(impact, "SO").path] == [
        "D1", "M0", "W0/10", "W1/10", "W2/10", "W3/10", "W4/10", "SO/1", "K1",
    ]  # fmt: skip


def test_run_group_starts_and_finishes_together() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C")),
        operations=(
            op("A", 10, "M1", 0, 2, run_group="G"),
            op("B", 10, "M2", 0, 1, run_group="G"),
            op("C", 10, "M2", 2, 3),
        ),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 4, "B/10": 4, "C/10": 4}


def test_tool_serves_one_machine_at_a_time() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(op("A", 10, "M1", 0, 2, tool="T"), op("B", 10, "M2", 2, 4, tool="T")),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 4, "B/10": 4}


def test_tool_down_stops_it_on_every_machine() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C")),
        operations=(
            op("A", 10, "M1", 0, 2, tool="T"),
            op("B", 10, "M2", 2, 4, tool="T"),
            op("C", 10, "M3", 0, 2),
        ),
    )

    impact = answer(facts, trouble(DisruptionKind.TOOL, tool="T", repair_s=3600))

    assert later(impact) == {"A/10": 1, "B/10": 1}


def test_area_stops_every_machine_below() -> None:
    facts = plant(
        equipment=(
            machine("AREA"),
            machine("LINE", parent="AREA"),
            machine("M1", parent="LINE"),
            machine("M2", parent="LINE"),
            machine("M3"),
        ),
        work_orders=(make("A"), make("B"), make("C")),
        operations=(op("A", 10, "M1", 0, 2), op("B", 10, "M2", 0, 2), op("C", 10, "M3", 0, 2)),
    )
    power_cut = trouble(DisruptionKind.AREA, equipment=("AREA",), repair_s=3600)

    impact = answer(facts, power_cut)

    assert later(impact) == {"A/10": 1, "B/10": 1}


def test_missing_people_stop_what_they_run() -> None:
    facts = plant(
        work_orders=(make("A"), make("B"), make("C")),
        operations=(
            op("A", 10, "M1", 0, 2, crew="ANN"),
            running("B", 10, "M2", -1, 2),
            op("C", 10, "M3", 0, 2, crew="BOB"),
        ),
        resource_uses=(
            ResourceUse(
                plant=PLANT,
                resource="ANN",
                kind="person",
                lot=None,
                work_order="B",
                start=moment(-1),
                end=None,
            ),
        ),
    )

    impact = answer(facts, trouble(DisruptionKind.PEOPLE, people=("ANN",), repair_s=3600))

    assert later(impact) == {"A/10": 1, "B/10": 1}


@pytest.mark.parametrize(
    ("restart", "finish"),
    [(RestartRule.RESUME, 4 + 1), (RestartRule.RESTART, 4 + 3), (RestartRule.LOST, 4 + 3)],
)
def test_work_in_progress_continues_or_begins_again(restart: RestartRule, finish: float) -> None:
    facts = plant(
        routings=(step(restart),),
        work_orders=(make("A"),),
        operations=(running("A", 10, "M1", -2, 1),),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "A/10").old_finish == at(1)
    assert operation(impact, "A/10").new_finish == at(finish)
    assert operation(impact, "A/10").new_start == at(-2)


def test_restart_takes_its_time_before_the_first_good_part() -> None:
    facts = plant(
        routings=(step(RestartRule.RESUME, minutes=30),),
        work_orders=(make("A"), make("B")),
        operations=(running("A", 10, "M1", -2, 1), op("B", 10, "M1", 1, 2)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert later(impact) == {"A/10": 4.5, "B/10": 4.5}


def test_progress_by_quantity_outranks_the_clock() -> None:
    facts = plant(
        work_orders=(make("A", qty=100),),
        operations=(
            running("A", 10, "M1", -2, 8, qty_good=Decimal(50), run_s_per_unit=Decimal(360)),
        ),
    )

    impact = answer(facts, stopped("M1", hours=1))

    assert operation(impact, "A/10").old_finish == at(5)
    assert operation(impact, "A/10").new_finish == at(6)


def test_slow_machine_divides_the_remaining_time() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(running("A", 10, "M1", -1, 1), op("B", 10, "M1", 1, 3)),
    )

    impact = answer(facts, stopped("M1", hours=100, rate=Decimal("0.5")))

    assert later(impact) == {"A/10": 1, "B/10": 3}


def test_slow_machine_is_fast_again_after_the_repair() -> None:
    facts = plant(work_orders=(make("A"),), operations=(op("A", 10, "M1", 0, 4),))

    impact = answer(facts, stopped("M1", hours=2, rate=Decimal("0.5")))

    assert later(impact) == {"A/10": 1}


def test_overdue_work_starts_no_earlier_than_the_stop() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(op("A", 10, "M1", -5, -3), op("B", 10, "M1", 1, 2)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "A/10").old_start == at(0)
    assert operation(impact, "B/10").old_start == at(2)
    assert later(impact) == {"A/10": 4, "B/10": 4}


def test_work_that_should_be_done_but_is_not_waits_for_the_repair() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(running("A", 10, "M1", -3, -1), op("B", 10, "M1", 1, 2)),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert operation(impact, "A/10").new_finish == at(4)
    assert later(impact) == {"A/10": 4, "B/10": 3}


def test_finished_work_is_out_of_the_way() -> None:
    facts = plant(
        work_orders=(make("A"), make("B")),
        operations=(
            op("A", 10, "M1", 0, 2, status="done", actual_finish=moment(-1)),
            op("B", 10, "M2", 2, 3),
        ),
    )

    impact = answer(facts, stopped("M1", hours=4))

    assert impact.operations == ()


def test_work_passes_only_in_working_hours() -> None:
    facts = plant(
        equipment=(machine("AREA"), machine("M1", parent="AREA")),
        calendars=tuple(
            CalendarRule(
                equipment=EquipmentKey(PLANT, "AREA"),
                weekday=weekday,
                day=None,
                start=time(8),
                end=time(16),
            )
            for weekday in range(1, 6)
        ),
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 10, 15),),
    )

    impact = answer(facts, stopped("M1", hours=6, since=8), now=8)

    assert operation(impact, "A/10").old_finish == at(15)
    assert operation(impact, "A/10").new_start == at(14)
    assert operation(impact, "A/10").new_finish == at(24 + 11)


def test_restart_after_the_shift_goes_on_in_the_morning() -> None:
    facts = plant(
        routings=(step(RestartRule.RESUME, minutes=60),),
        calendars=tuple(
            CalendarRule(
                equipment=EquipmentKey(PLANT, "M1"),
                weekday=weekday,
                day=None,
                start=time(8),
                end=time(16),
            )
            for weekday in range(1, 6)
        ),
        work_orders=(make("A"),),
        operations=(op("A", 10, "M1", 10, 12),),
    )

    impact = answer(facts, stopped("M1", hours=7.5, since=8), now=8)

    assert operation(impact, "A/10").new_start == at(24 + 8.5)
