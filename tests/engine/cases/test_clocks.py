"""Clocks that are wrong, and what nobody may conclude from the times they stamp."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.facts import Receipt, SourceClock
from knockon.engine.detect.clocks import ClockError, Heartbeat, measure_clock
from tests.engine.material.build import (
    at,
    classes,
    clock,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
    use,
)

MINUTE = 60.0


_RECEIVED = Receipt(
    plant="P",
    po=None,
    line=None,
    item="B",
    lot=key("B:1"),
    received=Decimal(100),
    accepted=None,
    rejected=None,
    received_at=at(1),
)
"""B came from outside, so that using it before A went in is no contradiction of its own."""


def _clock(*, source="", equipment=None, doubt_s):
    return SourceClock(
        plant="P", source=source, equipment=equipment, offset_s=0, doubt_s=doubt_s, samples=9
    )


def _beats(offset_s, *, count=20, every_s=15.0):
    return [
        Heartbeat(at=number * every_s - offset_s, received=number * every_s)
        for number in range(count)
    ]


def _two_machines(*clocks, minutes_before):
    """A goes into B on machine M1, and minutes before that B is said to go into C on M2."""
    return plant(
        clocks=clocks,
        lots=[lot("A:1"), lot("B:1"), lot("C:1")],
        receipts=[_RECEIVED],
        consumption=[
            use("A:1", "B:1", 10, equipment="M1", source="GW1"),
            use("B:1", "C:1", 10 - minutes_before / 60, equipment="M2", source="GW2"),
        ],
    )


@pytest.mark.parametrize(
    ("clocks", "expected"),
    [
        ((), None),
        ((_clock(equipment="M2", doubt_s=600),), "POSSIBLE"),
        ((_clock(source="GW2", doubt_s=600),), "POSSIBLE"),
        ((_clock(equipment="M9", doubt_s=600),), None),
        ((_clock(equipment="M2", doubt_s=60),), None),
    ],
    ids=["in step", "machine off", "source off", "other machine off", "off by less"],
)
def test_tr_30_order_that_only_a_wrong_clock_denies_stays_possible(clocks, expected):
    facts = _two_machines(*clocks, minutes_before=8)

    assert classes(forward(facts, "A:1")).get("C:1") == expected


def test_tr_30_order_that_a_wrong_clock_shows_is_not_proven():
    sure = _two_machines(minutes_before=-8)
    doubtful = _two_machines(_clock(equipment="M2", doubt_s=600), minutes_before=-8)

    assert classes(forward(sure, "A:1"))["C:1"] == "CONFIRMED"
    assert classes(forward(doubtful, "A:1"))["C:1"] == "POSSIBLE"


def test_tr_30_measure_never_makes_times_more_certain_than_the_plant_says():
    facts = _two_machines(_clock(equipment="M2", doubt_s=10), minutes_before=8)
    (site,) = facts.plants
    wary = replace(facts, plants=(replace(site, clock_doubt_s=600),))

    assert classes(forward(facts, "A:1")).get("C:1") is None
    assert classes(forward(wary, "A:1"))["C:1"] == "POSSIBLE"


def test_tr_30_wrong_clock_of_a_source_widens_its_splits_packages_and_shipments():
    facts = plant(
        clocks=[_clock(source="WMS", doubt_s=600)],
        lots=[lot("A:1"), lot("A:2"), lot("A:3")],
        lot_events=[
            event("split", "A:1", "A:2", 2.95, source="WMS"),
            event("aggregate", "A:3", ":PALLET", 3.05, source="WMS"),
        ],
        shipments=[ship("S1", None, 3, package="PALLET", source="WMS")],
    )

    assert classes(forward(facts, "A:1", since=3))["A:2"] == "POSSIBLE"
    assert [row.link_class.name for row in forward(facts, "A:3").shipments] == ["POSSIBLE"]


@given(
    first=st.sampled_from([0, 10, 60, 300, 900]),
    more=st.sampled_from([0, 10, 60, 300, 900]),
    minutes=st.integers(-20, 20),
)
def test_tr_30_more_doubt_of_one_clock_never_frees_a_lot_nor_proves_one(first, more, minutes):
    narrow = _two_machines(_clock(equipment="M2", doubt_s=first), minutes_before=minutes)
    wide = _two_machines(_clock(equipment="M2", doubt_s=first + more), minutes_before=minutes)

    before, after = classes(forward(narrow, "A:1")), classes(forward(wide, "A:1"))

    assert set(before) <= set(after)
    assert {name for name, each in after.items() if each == "CONFIRMED"} <= {
        name for name, each in before.items() if each == "CONFIRMED"
    }


@pytest.mark.parametrize(
    ("offset_s", "doubt_s"),
    [(0.4, 0), (-3.0, 0), (12.0, 15), (10 * MINUTE, 600), (-10 * MINUTE, 600), (7300.0, 10_800)],
)
def test_clock_that_is_off_by_a_fixed_time_is_doubted_by_as_much(offset_s, doubt_s):
    assert measure_clock(_beats(offset_s)) == ClockError(
        offset_s=round(offset_s), doubt_s=doubt_s, samples=19
    )


def test_clock_that_wanders_is_doubted_by_its_whole_range():
    beats = [
        Heartbeat(at=number * 15.0 - number * 1.2, received=number * 15.0) for number in range(60)
    ]

    found = measure_clock(beats)

    assert found is not None
    assert found.doubt_s == 120
    assert max(beat.received - beat.at for beat in beats) <= found.doubt_s


def test_backlog_of_a_gateway_that_was_offline_says_nothing_of_its_clock():
    night = [Heartbeat(at=number * 15.0, received=36_000.0) for number in range(2000)]
    hurry = [
        Heartbeat(at=30_000.0 + 60.0 * number, received=36_001.0 + number) for number in range(90)
    ]
    day = [Heartbeat(at=beat.at + 36_200, received=beat.received + 36_200) for beat in _beats(0.3)]

    assert measure_clock([*night, *hurry]) is None
    assert measure_clock([*night, *hurry, *day]) == ClockError(offset_s=0, doubt_s=0, samples=19)


def test_too_few_heartbeats_leave_the_plants_default():
    assert measure_clock(_beats(600.0, count=5)) is None
    assert measure_clock([]) is None


def test_tr_30_clock_set_right_leaves_what_it_stamped_before_doubtful():
    wrong = replace(_clock(equipment="M2", doubt_s=600), until=clock(5))
    late = _two_machines(wrong, minutes_before=8)
    still = _two_machines(replace(wrong, until=clock(11)), minutes_before=8)

    assert classes(forward(late, "A:1")).get("C:1") is None
    assert classes(forward(still, "A:1"))["C:1"] == "POSSIBLE"
