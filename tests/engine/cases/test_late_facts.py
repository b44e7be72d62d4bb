"""Facts that come late, again or corrected: what they change, and what they leave."""

from decimal import Decimal

from knockon.engine.graph.register import build_register
from tests.engine.material.build import (
    at,
    classes,
    event,
    forward,
    lot,
    plant,
    use,
)


def _consumed(facts):
    return sum((row.qty for row in build_register(facts).standing.consumption), Decimal(0))


def _told(trace):
    return [(gap.code, gap.where, gap.qty) for gap in trace.gaps]


def _exported_anew(*more):
    return plant(
        lots=[lot("A:1"), lot("B:1"), lot("C:9")],
        consumption=[
            use("A:1", "B:1", 1, event_id="DOC-17", work_order="W"),
            use("A:1", "B:1", 1, event_id="DOC-9017", work_order="W"),
        ],
        lot_events=more,
    )


def test_tr_22_equal_records_with_two_numbers_are_suspected_and_trace_the_same():
    facts = _exported_anew()

    trace = forward(facts, "A:1")

    assert _told(trace) == [("suspected_duplicate", "DOC-17, DOC-9017", Decimal(10))]
    assert classes(trace) == {"A:1": "CONFIRMED", "B:1": "CONFIRMED"}
    assert _consumed(facts) == 20


def test_tr_22_confirmed_duplicate_counts_once_and_is_listed_no_more():
    confirmed = event("reverse", "A:1", None, 9, event_id="E9", corrects="DOC-9017")
    facts = _exported_anew(confirmed)

    trace = forward(facts, "A:1")

    assert _told(trace) == []
    assert classes(trace) == classes(forward(_exported_anew(), "A:1"))
    assert _consumed(facts) == 10


def test_tr_22_equal_rows_of_one_file_and_rows_of_a_day_are_no_duplicates():
    facts = plant(
        lots=[lot("A:1"), lot("B:1")],
        consumption=[
            use("A:1", "B:1", 1, event_id="5e7f#1"),
            use("A:1", "B:1", 1, event_id="5e7f#2"),
            use("A:1", "B:1", at(0, until=24), event_id="DOC-1"),
            use("A:1", "B:1", at(0, until=24), event_id="DOC-2"),
        ],
    )

    assert [code for code, _, _ in _told(forward(facts, "A:1"))] == ["date_only"]


def test_doubts_of_other_lots_records_are_not_told():
    facts = _exported_anew()

    assert _told(forward(facts, "C:9")) == []
