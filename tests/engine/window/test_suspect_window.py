"""Which window is proposed, rung by rung, and which other edges are known."""

from dataclasses import replace
from datetime import date, time

import pytest

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    CalendarKind,
    CalendarRule,
    Equipment,
    EquipmentKey,
    OperationKey,
    ResourceUse,
    Stop,
    Tool,
    ToolKey,
)
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import EvidenceKind, WindowSubject
from knockon.engine.graph.register import build_register
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.suspect_window import subjects
from tests.engine.material.build import at, clock, lot, plant, work_order
from tests.engine.window.small import (
    M1,
    check,
    end_of,
    proposed,
    reported,
    run,
    shifts,
    start_of,
)


def kinds(edges):
    return [edge.kind.value for edge in edges]


def test_tr29_window_begins_with_the_last_passed_check():
    facts = plant(
        inspections=[
            check(4, passed=True),
            check(6, passed=True),
            check(10.5, passed=False),
        ]
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    assert start_of(found) == ("passed_check", 6)
    assert found.start.link_class is LinkClass.CONFIRMED
    assert found.first_bad == clock(10.5)


def test_tr39_passed_sample_of_the_bad_lot_clears_nothing_and_is_only_offered():
    facts = plant(
        lots=[
            lot("B:1", work_order="W1", equipment="M1", made=at(4)),
            lot("B:2", work_order="W2", equipment="M1", made=at(9)),
        ],
        work_orders=[work_order("W1", "B"), work_order("W2", "B")],
        operations=[run("W1", 1, 4), run("W2", 5, 9)],
        inspections=[
            check(2, passed=True, lot="B:1"),
            check(6, passed=True, lot="B:2"),
            check(20, passed=False, lot="B:2"),
        ],
    )

    found = proposed(facts, reported(21, equipment=("M1",)))

    assert start_of(found) == ("passed_check", 2)
    own = [edge for edge in found.starts if edge.kind is EvidenceKind.OWN_PASSED_CHECK]
    assert [(edge.at, edge.link_class) for edge in own] == [(clock(6), LinkClass.POSSIBLE)]


def test_check_in_the_laboratory_speaks_of_the_time_when_its_lot_was_made():
    facts = plant(
        lots=[lot("B:1", equipment="M1", made=at(3)), lot("B:2", equipment="M1", made=at(8))],
        inspections=[
            check(30, passed=True, lot="B:1"),
            check(31, passed=False, lot="B:2"),
        ],
    )

    found = proposed(facts, reported(32, equipment=("M1",)))

    assert start_of(found) == ("passed_check", 3)
    assert found.first_bad == clock(8)


def test_check_of_another_characteristic_is_no_good_evidence():
    facts = plant(
        operations=[run("W", 0, 12)],
        inspections=[
            check(2, passed=True),
            check(6, passed=True, characteristic="colour"),
            check(10, passed=False),
        ],
    )

    assert start_of(proposed(facts, reported(11, equipment=("M1",)))) == ("passed_check", 2)


def test_check_of_another_cavity_is_no_good_evidence():
    facts = plant(
        inspections=[
            check(2, passed=True, tool="T1", cavity="1"),
            check(6, passed=True, tool="T1", cavity="2"),
            check(10, passed=False, tool="T1", cavity="1"),
        ]
    )

    found = proposed(facts, reported(11, tool="T1", cavity="1"))

    assert start_of(found) == ("passed_check", 2)


def test_trouble_that_was_over_before_is_another_one():
    facts = plant(
        inspections=[
            check(2, passed=False),
            check(4, passed=True),
            check(6, passed=True),
            check(10, passed=False),
            check(11, passed=False),
        ]
    )

    found = proposed(facts, reported(12, equipment=("M1",)))

    assert start_of(found) == ("passed_check", 6)
    assert found.first_bad == clock(10)


def test_of_several_machines_the_one_that_was_good_longest_ago_counts():
    facts = plant(
        inspections=[
            check(2, passed=True, equipment="M2"),
            check(6, passed=True, equipment="M1"),
            check(10, passed=False, equipment="M1"),
        ]
    )

    found = proposed(facts, reported(11, equipment=("M1", "M2")))

    assert start_of(found) == ("passed_check", 2)


def test_machine_that_ran_unchecked_leaves_no_good_evidence_for_both():
    facts = plant(
        operations=[run("W", 1, 9, equipment="M2")],
        inspections=[check(6, passed=True), check(10, passed=False)],
    )

    found = proposed(facts, reported(11, equipment=("M1", "M2")))

    assert found.start.kind is not EvidenceKind.PASSED_CHECK


def test_without_a_passed_check_the_tool_change_begins_it():
    facts = plant(
        operations=[run("W1", 1, 4, tool="T1"), run("W2", 5, 9, tool="T2")],
        inspections=[check(8, passed=False)],
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    assert start_of(found) == ("tool_change", 5)
    assert found.start.ref == "T2"


def test_tool_that_comes_onto_another_machine_is_a_change():
    facts = plant(
        operations=[
            run("W1", 1, 4, tool="T1"),
            run("W2", 5, 9, tool="T1", equipment="M2"),
        ],
        inspections=[check(8, passed=False, tool="T1", equipment="M2")],
    )

    assert start_of(proposed(facts, reported(11, tool="T1"))) == ("tool_change", 5)


def test_tr28_gauge_is_suspect_since_its_last_good_calibration():
    facts = plant(
        tools=[Tool(key=ToolKey("P", "G1"), kind="gauge")],
        lots=[lot("B:1"), lot("B:2")],
        inspections=[
            check(2, passed=True, tool="G1", equipment=None),
            check(50, passed=False, tool="G1", equipment=None),
        ],
        resource_uses=[
            _measured("B:1", 1),
            _measured("B:2", 10),
        ],
    )
    trouble = reported(51, tool="G1")

    found = proposed(facts, trouble)

    assert start_of(found) == ("calibration", 2)
    assert [seed.key.lot for seed in seed_lots(facts, trouble).lots] == ["2"]


def test_reading_of_a_gauge_that_was_wrong_is_no_good_evidence():
    facts = plant(
        tools=[Tool(key=ToolKey("P", "G1"), kind="gauge")],
        inspections=[
            check(1, passed=True, tool="G1", equipment=None),
            check(2, passed=True),
            check(6, passed=True, tool="G1", lot="B:9"),
            check(8, passed=False, tool="G1", equipment=None),
            check(10, passed=False),
        ],
    )

    assert start_of(proposed(facts, reported(11, equipment=("M1",)))) == ("passed_check", 2)


def test_good_calibration_of_the_gauge_that_measured_the_bad_lot_is_known():
    facts = plant(
        tools=[Tool(key=ToolKey("P", "G1"), kind="gauge")],
        lots=[lot("B:1", equipment="M1", made=at(9))],
        inspections=[
            check(3, passed=True, tool="G1", equipment=None, characteristic="zero"),
            check(10, passed=False, lot="B:1"),
        ],
        resource_uses=[_measured("B:1", 9.5)],
    )

    assert start_of(proposed(facts, reported(11, equipment=("M1",)))) == ("calibration", 3)


def _measured(name, hours):
    return ResourceUse(
        plant="P",
        resource="G1",
        kind="gauge",
        lot=lot(name).key,
        work_order=None,
        start=at(hours),
        end=at(hours + 0.1),
    )


def test_repair_begins_it_where_nothing_was_checked():
    facts = plant(
        stops=[
            Stop(equipment=EquipmentKey("P", "M1"), start=clock(3), end=clock(4), cause="M01"),
            Stop(equipment=EquipmentKey("P", "M2"), start=clock(5), end=clock(6)),
        ],
        inspections=[check(8, passed=False)],
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    assert start_of(found) == ("stop", 4)
    assert found.start.ref == "M01"


@pytest.mark.parametrize(
    "rule",
    [
        {"weekday": None, "day": date(2026, 3, 1)},
        {"weekday": 7, "day": None},
    ],
)
def test_maintenance_of_the_line_begins_it_where_nothing_was_checked(rule):
    facts = plant(
        equipment=[
            Equipment(key=EquipmentKey("P", "LINE")),
            Equipment(key=EquipmentKey("P", "M1"), parent="LINE"),
        ],
        calendars=[
            CalendarRule(
                equipment=EquipmentKey("P", "LINE"),
                start=time(2),
                end=time(3),
                kind=CalendarKind.MAINTENANCE,
                **rule,
            )
        ],
        inspections=[check(8, passed=False)],
    )

    assert start_of(proposed(facts, reported(11, equipment=("M1",)))) == ("maintenance", 3)


def test_tr29_unknown_start_goes_back_to_the_lot_or_the_shift_whichever_is_earlier():
    facts = plant(
        calendars=shifts(),
        lots=[lot("B:1", work_order="W", equipment="M1", made=at(9))],
        work_orders=[work_order("W", "B")],
        operations=[run("W", 7, 9)],
        inspections=[check(10, passed=False, lot="B:1")],
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    assert start_of(found) == ("shift_start", 6)
    assert [edge for edge in kinds(found.starts) if edge != "history"] == [
        "shift_start",
        "lot_start",
    ]


def test_shift_that_began_the_day_before_is_the_one_that_ran():
    facts = plant(calendars=shifts(), inspections=[check(26, passed=False)])

    assert start_of(proposed(facts, reported(30, equipment=("M1",)))) == ("shift_start", 18)


def test_without_any_evidence_all_that_is_recorded_is_suspect():
    facts = plant(
        lots=[lot("B:1", equipment="M1", made=at(1)), lot("B:2", equipment="M1", made=at(7))]
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    assert start_of(found) == ("history", 1)


def test_window_ends_with_the_first_good_check_after_the_last_bad_piece():
    facts = plant(
        lots=[lot(f"B:{hour}", equipment="M1", made=at(hour)) for hour in (2, 5, 8, 12)],
        inspections=[
            check(2, passed=True, lot="B:2"),
            check(40, passed=False, lot="B:5"),
            check(41, passed=True, lot="B:8"),
            check(42, passed=True, lot="B:12"),
        ],
    )

    found = proposed(facts, reported(43, equipment=("M1",)))

    assert start_of(found) == ("passed_check", 2)
    assert end_of(found) == ("passed_check", 8)
    assert kinds(found.ends)[0] == "failed_check"
    assert kinds(found.ends)[-2:] == ["reported", "open_end"]


def test_without_a_good_check_after_it_the_window_stays_open():
    facts = plant(inspections=[check(2, passed=True), check(5, passed=False)])

    assert end_of(proposed(facts, reported(9, equipment=("M1",)))) == ("open_end", None)


def test_edges_stand_in_the_order_of_time():
    facts = plant(
        calendars=shifts(),
        operations=[run("W1", 1, 4, tool="T1"), run("W2", 8, 12, tool="T2")],
        stops=[Stop(equipment=EquipmentKey("P", "M1"), start=clock(4), end=clock(5))],
        inspections=[check(2, passed=True), check(10, passed=False)],
    )

    found = proposed(facts, reported(11, equipment=("M1",)))

    times = [edge.at for edge in found.starts]
    assert times == sorted(times)
    assert kinds(found.starts) == [
        "history",
        "passed_check",
        "stop",
        "shift_start",
        "tool_change",
    ]


def test_named_lots_lead_to_the_machine_and_the_tool_that_made_them():
    facts = plant(
        lots=[lot("B:1", work_order="W", equipment="M1", made=at(9))],
        work_orders=[work_order("W", "B")],
        operations=[run("W", 7, 9, tool="T1")],
        inspections=[check(10, passed=False, lot="B:1")],
    )

    found = subjects(build_register(facts), reported(11, lots=(lot("B:1").key,)))

    assert found == (M1, WindowSubject(tool="T1"))


def test_received_lot_has_no_window():
    facts = plant(lots=[lot("R:1", supplier="S")])
    trouble = reported(11, lots=(lot("R:1").key,), kind=DisruptionKind.MATERIAL.value)

    assert subjects(build_register(facts), trouble) == ()


def _two_steps(*, start: float, number: str):
    """Return a work order's runs: an hour on M1, and four hours later an hour on M2."""
    return [
        run(number, start, start + 1),
        replace(
            run(number, start + 5, start + 6, equipment="M2"),
            key=OperationKey("P", number, 20),
        ),
    ]


def test_check_after_a_later_step_speaks_of_when_its_lot_left_the_machine():
    facts = plant(
        work_orders=[work_order("W1", "B"), work_order("W2", "B")],
        operations=[*_two_steps(start=1, number="W1"), *_two_steps(start=4, number="W2")],
        lots=[
            lot("B:1", work_order="W1", equipment="M2", made=at(7)),
            lot("B:2", work_order="W2", equipment="M2", made=at(10)),
        ],
        inspections=[
            check(8, passed=True, lot="B:1", equipment="LAB"),
            check(20, passed=False, lot="B:2", equipment="LAB"),
        ],
    )

    of_first = proposed(facts, reported(21, lots=(lot("B:2").key,)), subject=M1)
    of_second = proposed(
        facts,
        reported(21, lots=(lot("B:2").key,)),
        subject=WindowSubject(equipment=("M2",)),
    )

    assert start_of(of_first) == ("passed_check", 2)
    assert of_first.first_bad == clock(5)
    assert start_of(of_second) == ("passed_check", 7)


def test_station_that_only_tests_is_not_the_culprit():
    facts = plant(
        lots=[lot("B:1", equipment="M1", made=at(9))],
        inspections=[check(10, passed=False, lot="B:1", equipment="LAB")],
    )

    assert subjects(build_register(facts), reported(11, lots=(lot("B:1").key,))) == (M1,)


def test_check_that_names_no_tool_is_of_the_tool_its_work_order_ran_with():
    facts = plant(
        lots=[
            lot("B:1", work_order="W1", equipment="M1", made=at(3)),
            lot("B:2", work_order="W2", equipment="M1", made=at(6)),
            lot("B:3", work_order="W3", equipment="M1", made=at(9)),
        ],
        work_orders=[work_order(number, "B") for number in ("W1", "W2", "W3")],
        operations=[
            run("W1", 2, 3, tool="T1"),
            run("W2", 5, 6, tool="T2"),
            run("W3", 8, 9, tool="T1"),
        ],
        inspections=[
            check(3, passed=True, lot="B:1"),
            check(6, passed=True, lot="B:2"),
            check(9, passed=False, lot="B:3"),
        ],
    )

    assert start_of(proposed(facts, reported(11, tool="T1"))) == ("passed_check", 3)
