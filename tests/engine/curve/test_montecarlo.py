"""Drawn repairs: right shares, the same for the same seed, and the exact chance for one stop."""

from dataclasses import replace
from itertools import product
from math import log

import numpy as np
import pytest

from knockon.engine.impact.chances import RepairLaw
from knockon.engine.impact.curve import prepare_curve
from knockon.engine.impact.investigate import investigate, investigate_together
from knockon.engine.impact.montecarlo import draw_repairs, late_shares
from knockon.engine.impact.replay import build_replay
from tests.engine.delay.plants import at, make, op, order, plant, stopped

HOUR = 3600
LAWS = (RepairLaw(mu=log(2 * HOUR), sigma=0.8), RepairLaw(mu=log(HOUR), sigma=1.2, elapsed_s=600))


def two_machines():
    """Two machines in a row make one order; a third order needs the second machine only."""
    return plant(
        work_orders=(make("W1", order="A"), make("W2", order="B")),
        operations=(
            op("W1", 10, "M1", 0, 2),
            op("W1", 20, "M2", 2, 4),
            op("W2", 10, "M2", 4, 6),
        ),
        order_lines=(order("A", due=7), order("B", due=10)),
    )


def test_share_of_each_repair_alone_is_right_to_one_part() -> None:
    drawn = draw_repairs(LAWS, rng=np.random.default_rng(1), samples=512)

    for column, law in enumerate(LAWS):
        for limit in (900, HOUR, 3 * HOUR, 20 * HOUR):
            share = float(np.mean(drawn[:, column] > limit))
            assert share == pytest.approx(law.longer_than(limit), abs=1 / 512)


def test_same_seed_draws_the_same_repairs() -> None:
    one, other, third = (
        draw_repairs(LAWS, rng=np.random.default_rng(seed), samples=64) for seed in (3, 3, 4)
    )

    assert np.array_equal(one, other)
    assert not np.array_equal(one, third)
    assert abs(np.corrcoef(one[:, 0], one[:, 1])[0, 1]) < 0.5


def test_one_stop_gives_the_exact_chance() -> None:
    facts, stop = two_machines(), stopped("M1", hours=0)
    case = investigate(facts, stop, now=at(0))
    curve = prepare_curve(case)
    assert curve is not None
    drawn = draw_repairs([curve.law], rng=np.random.default_rng(5), samples=400)

    shares = late_shares(build_replay(case), drawn)

    for line, longest in curve.longest_in_time().items():
        assert shares[line] == pytest.approx(curve.law.longer_than(longest), abs=1 / 400)


def test_two_stops_are_late_as_often_as_asking_again_says() -> None:
    facts = two_machines()
    stops = [replace(stopped(name, hours=0), id=name) for name in ("M1", "M2")]
    case = investigate_together(facts, stops, now=at(0))
    repairs = np.array(list(product([0, HOUR, 4 * HOUR, 9 * HOUR], repeat=2)), dtype=np.int64)

    shares = late_shares(build_replay(case), repairs)

    late = dict.fromkeys(("A", "B"), 0)
    for first, second in repairs.tolist():
        both = [
            replace(stop, scope=replace(stop.scope, repair_s=repair_s))
            for stop, repair_s in zip(stops, (first, second), strict=True)
        ]
        together = investigate_together(facts, both, now=at(0))
        finish = {
            job.key.work_order: int(together.runs[0].new.finish[place])
            for place, job in enumerate(together.shop.jobs)
        }
        due = {"A": at(7), "B": at(10)}
        for number, work_order in (("A", "W1"), ("B", "W2")):
            late[number] += finish[work_order] > due[number].timestamp()
    assert {line.order: share for line, share in shares.items()} == {
        number: pytest.approx(count / len(repairs)) for number, count in late.items()
    }
    assert 0 < late["A"] < len(repairs)
