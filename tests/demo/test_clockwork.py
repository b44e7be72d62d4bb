from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from knockon.demo.simulation.clockwork import Outage, play
from knockon.demo.simulation.hours import Hours, Shift, Week
from knockon.demo.simulation.shop import Shop, instant
from knockon.domain.facts.plant import RestartRule
from tests.demo.plants import HOUR, MINUTE, NOON, add_work_order, bare_shop


def finishes(shop: Shop, **trouble: object) -> dict[str, int]:
    """Return the last finish of each work order in minutes after noon."""
    spans = play(shop, since=NOON, **trouble)
    return {
        code: (spans[wo.jobs[-1].key].finish - NOON) // MINUTE
        for code, wo in shop.work_orders.items()
    }


def stop(machine: str, minutes: int, rate: str = "0") -> Outage:
    return Outage(
        machines=frozenset({machine}),
        start=NOON,
        end=NOON + minutes * MINUTE,
        rate=Fraction(rate),
    )


def three_operations() -> Shop:
    """W1 runs on M1 since 11:40 for an hour, then 30 min on M2; W2 follows on M1 at 13:00."""
    shop = bare_shop("M1", "M2")
    add_work_order(shop, "W1", ("M1", -20, 60), ("M2", 50, 30))
    add_work_order(shop, "W2", ("M1", 60, 45))
    return shop


def test_without_a_stop_the_plan_holds() -> None:
    shop = three_operations()

    assert finishes(shop) == {"W1": 80, "W2": 105}


def test_a_stop_moves_what_waits_and_leaves_slack_unused() -> None:
    shop = three_operations()

    # 40 min were left of W1 at noon: 90 + 40 = 130 on M1, then 30 on M2; W2 takes M1 at 130.
    assert finishes(shop, outage=stop("M1", 90)) == {"W1": 160, "W2": 175}


def test_a_short_stop_is_partly_swallowed_by_slack() -> None:
    shop = three_operations()

    # W1 leaves M1 at 10 + 40 = 50 as planned from M2's point of view: nothing moves there.
    assert finishes(shop, outage=stop("M1", 10)) == {"W1": 80, "W2": 105}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        # Repaired at 13:30, warm by 13:45; what was left is 40 min, the whole is 60.
        (RestartRule.RESUME, {"W1": 175}),
        (RestartRule.RESTART, {"W1": 195}),
        (RestartRule.LOST, {"W1": 195}),
    ],
)
def test_interrupted_work_restarts_by_its_rule(rule: RestartRule, expected: dict[str, int]) -> None:
    shop = bare_shop("M1", "M2")
    add_work_order(shop, "W1", ("M1", -20, 60), ("M2", 50, 30), restart=rule, restart_s=15 * 60)

    assert finishes(shop, outage=stop("M1", 90)) == expected


def test_planned_work_waits_for_the_warm_up_too() -> None:
    shop = bare_shop("M1")
    add_work_order(shop, "W1", ("M1", 30, 60), restart_s=15 * 60)

    assert finishes(shop, outage=stop("M1", 90)) == {"W1": 165}


def test_a_slow_machine_is_slow_until_repaired() -> None:
    shop = bare_shop("M1")
    add_work_order(shop, "W1", ("M1", 0, 60))

    # Half speed for 40 min makes 20; the other 40 go at full speed.
    assert finishes(shop, outage=stop("M1", 40, "0.5")) == {"W1": 80}
    assert finishes(shop, outage=stop("M1", 1000, "0.5")) == {"W1": 120}


def test_a_tool_that_is_down_holds_every_machine_that_waits_for_it() -> None:
    shop = bare_shop("M1", "M2")
    add_work_order(shop, "W1", ("M1", 10, 20), tool="T")
    add_work_order(shop, "W2", ("M2", 30, 20), tool="T")
    add_work_order(shop, "W3", ("M2", 60, 20))
    outage = Outage(tool="T", start=NOON, end=NOON + HOUR)

    assert finishes(shop, outage=outage) == {"W1": 80, "W2": 100, "W3": 120}


def test_a_parent_waits_for_the_child_that_makes_its_component() -> None:
    shop = bare_shop("M1", "M2")
    add_work_order(shop, "C", ("M1", 0, 60), item="S")
    add_work_order(shop, "P", ("M2", 70, 30), child="C")

    assert finishes(shop, outage=stop("M1", 30)) == {"C": 90, "P": 120}


def test_a_run_group_starts_when_its_last_member_can() -> None:
    shop = bare_shop("M1", "M2")
    add_work_order(shop, "C", ("M2", 0, 60), item="S")
    alone = add_work_order(shop, "G1", ("M1", 60, 30))
    waiting = add_work_order(shop, "G2", ("M1", 60, 30), child="C")
    alone.jobs[0].group = waiting.jobs[0].group = "G"

    assert finishes(shop, outage=stop("M2", 45)) == {"C": 105, "G1": 135, "G2": 135}


def test_overdue_work_starts_now_at_the_earliest() -> None:
    shop = bare_shop("M1")
    late = add_work_order(shop, "W1", ("M1", -30, 60))
    late.jobs[0].start = None

    assert finishes(shop) == {"W1": 60}


def test_work_pauses_outside_working_hours() -> None:
    shop = bare_shop("M1")
    # Wednesday 12:00 to 13:00, then Thursday from 08:00.
    week = Week(shifts=(Shift(weekday=3, start=720, end=780), Shift(weekday=4, start=480, end=0)))
    zone = ZoneInfo("UTC")
    windows = week.windows(first=instant(NOON).date(), days=7, zone=zone)
    shop.machines["M1"].hours = Hours(windows)
    add_work_order(shop, "W1", ("M1", 0, 90))

    assert finishes(shop) == {"W1": 20 * 60 + 30}


def test_missing_material_holds_the_machine_that_would_use_it() -> None:
    shop = bare_shop("M1")
    add_work_order(shop, "W1", ("M1", 10, 20))
    add_work_order(shop, "W2", ("M1", 40, 20))

    assert finishes(shop, material_at={"W1": NOON + HOUR}) == {"W1": 80, "W2": 100}
