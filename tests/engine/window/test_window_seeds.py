"""Which lots a window makes suspect: those that came off the machine in it, or were in the making."""

import pytest

from knockon.engine.impact.seeds import seed_lots
from tests.engine.material.build import at, clock, lot, plant, work_order
from tests.engine.window.small import check, reported, run, shifts


def test_lot_named_beside_a_window_stays_suspect_whenever_the_window_begins():
    facts = plant(
        lots=[lot("B:1", equipment="M1", made=at(3)), lot("B:2", equipment="M1", made=at(8))]
    )
    trouble = reported(11, equipment=("M1",), lots=(lot("B:1").key,), start=clock(6), end=clock(10))

    seeds = {seed.key.lot: seed for seed in seed_lots(facts, trouble).lots}

    assert sorted(seeds) == ["1", "2"]
    assert seeds["1"].tainted is None
    assert seeds["1"].via == "named"


def test_tr29_shift_taken_by_habit_proves_nothing():
    facts = plant(
        calendars=shifts(),
        lots=[lot("B:1", equipment="M1", made=at(3)), lot("B:2", equipment="M1", made=at(8))],
        inspections=[check(10, passed=False)],
    )

    seeds = seed_lots(facts, reported(11, equipment=("M1",)))

    assert [(seed.key.lot, seed.link_class.name) for seed in seeds.lots] == [("2", "POSSIBLE")]
    assert [gap.code for gap in seeds.gaps] == ["window_start_unknown"]


@pytest.mark.parametrize(
    ("start", "made", "expected"),
    [(5, 9, "CONFIRMED"), (6, 9, "CONFIRMED"), (6.1, 9, None), (2, 3.9, None)],
)
def test_lot_that_was_in_the_making_in_the_window_is_suspect(start, made, expected):
    facts = plant(
        work_orders=[work_order("W", "B")],
        operations=[run("W", start, made)],
        lots=[lot("B:1", work_order="W", equipment="M1", made=at(made))],
    )
    trouble = reported(20, equipment=("M1",), start=clock(4), end=clock(6))

    seeds = seed_lots(facts, trouble).lots

    assert [seed.link_class.name for seed in seeds] == ([expected] if expected else [])


def test_of_a_run_of_lots_those_after_the_next_one_are_spared():
    facts = plant(
        work_orders=[work_order("W", "B")],
        operations=[run("W", 1, 12)],
        lots=[
            lot(f"B:{hour}", work_order="W", equipment="M1", made=at(hour))
            for hour in (3, 5, 8, 11)
        ],
    )
    trouble = reported(20, equipment=("M1",), start=clock(4), end=clock(6))

    seeds = {seed.key.lot: seed.link_class.name for seed in seed_lots(facts, trouble).lots}

    assert seeds == {"5": "CONFIRMED", "8": "POSSIBLE"}


def test_work_that_began_after_the_window_is_spared_though_it_is_not_finished():
    facts = plant(
        work_orders=[work_order("W", "B")],
        operations=[run("W", 7, None)],
        lots=[lot("B:1", work_order="W", equipment="M1")],
    )
    trouble = reported(20, equipment=("M1",), start=clock(4), end=clock(6))

    assert seed_lots(facts, trouble).lots == ()
