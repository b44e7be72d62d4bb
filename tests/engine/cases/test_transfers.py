"""Material that goes from plant to plant, told by both, by one, or differently."""

from dataclasses import replace
from decimal import Decimal

import pytest

from knockon.domain.facts import Plant, Transfer
from knockon.engine.impact.places import balance_places
from tests.engine.material.build import (
    at,
    backward,
    classes,
    forward,
    key,
    lot,
    plant,
    ship,
    stock,
    use,
    work_order,
)


def move(name, *, sent=None, received=None, qty=100):
    return Transfer(
        from_plant="P",
        to_plant="Q",
        lot=key(name),
        qty=Decimal(qty),
        sent=None if sent is None else at(sent),
        received=None if received is None else at(received),
    )


def two_plants(*moves, **tables):
    """A was made in P and sent to Q, which keeps it as its own lot and uses it."""
    given = {
        "lots": [
            lot("A:1", made=at(1), plant="P"),
            lot("Q/A:1", 98, plant="Q"),
            lot("Q/B:1", plant="Q"),
        ],
        "consumption": [use("Q/A:1", "Q/B:1", 20, plant="Q")],
        "shipments": [ship("S1", "Q/B:1", 30, plant="Q")],
        "transfers": moves,
        **tables,
    }
    facts = plant(**given)
    return replace(facts, plants=(*facts.plants, Plant(plant="Q", timezone="UTC")))


def gaps_of(trace):
    return [(gap.code, gap.where, gap.qty) for gap in trace.gaps]


BOTH = (move("A:1", sent=5), move("Q/A:1", received=9, qty=98))


def test_tr_41_two_records_of_one_transfer_are_kept_and_their_mismatch_is_raised():
    trace = forward(two_plants(*BOTH), "A:1")

    assert classes(trace) == {
        "A:1": "CONFIRMED",
        "Q/A:1": "CONFIRMED",
        "Q/B:1": "CONFIRMED",
    }
    assert [row.row for row in trace.shipments] == [0]
    assert ("transfer_mismatch", "Q/A/1", Decimal(2)) in gaps_of(trace)


def test_tr_41_trace_goes_back_across_plants():
    assert set(classes(backward(two_plants(*BOTH), "Q/B:1"))) == {"A:1", "Q/A:1", "Q/B:1"}


@pytest.mark.parametrize(
    "moves",
    [(move("A:1", sent=5, received=9),), (move("A:1", sent=5),), (move("A:1", received=9),)],
    ids=["one record of both ends", "only sent", "only received"],
)
def test_tr_41_trace_continues_when_one_record_is_missing(moves):
    assert "Q/B:1" in classes(forward(two_plants(*moves), "A:1"))


def test_tr_41_arrival_that_nobody_sent_is_raised():
    trace = forward(two_plants(move("A:1", received=9)), "A:1")

    assert ("transfer_not_sent", "P/A/1", Decimal(100)) in gaps_of(trace)


def test_tr_41_balance_counts_the_material_once():
    facts = two_plants(*BOTH, stock=[replace(stock("Q/A:1", 88), plant="Q")])

    rows = {row.item: row for row in balance_places(facts, forward(facts, "A:1"))}

    assert (rows["A"].made, rows["A"].finished, rows["A"].consumed) == (100, 88, 10)
    assert (rows["A"].transit, rows["A"].unaccounted) == (2, 0)


def test_tr_41_what_left_before_the_taint_stays_free():
    facts = two_plants(move("A:1", sent=5, received=9))

    assert "Q/A:1" not in classes(forward(facts, "A:1", since=12))
    assert "Q/A:1" in classes(forward(facts, "A:1", since=3))


def test_tr_24_lot_of_that_number_which_the_plant_made_itself_is_another_lot():
    own = [
        lot("A:1", made=at(1), plant="P"),
        lot("Q/A:1", plant="Q", work_order="W", made=at(2)),
        lot("Q/B:1", plant="Q"),
    ]
    made_there = replace(work_order("W", "A"), key=work_order("W", "A").key._replace(plant="Q"))
    facts = two_plants(move("A:1", sent=5, received=9), lots=own, work_orders=[made_there])

    assert classes(forward(facts, "A:1")) == {"A:1": "CONFIRMED"}
