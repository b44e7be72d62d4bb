"""Facts that come late, again or corrected: what they change, and what they leave."""

from collections import Counter
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.facts import Customer, OrderLine, OrderLineKey
from knockon.domain.impact_difference import difference_of
from knockon.engine.graph.register import build_register
from knockon.engine.impact.assess import assess
from knockon.engine.impact.difference import difference
from tests.engine.material.build import (
    at,
    classes,
    clock,
    disruption,
    event,
    forward,
    key,
    lot,
    plant,
    ship,
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


def _recall(*later, lots=("A:1", "A:2", "B:1", "B:2"), now=200):
    """Answer a case about A:1 that was closed long ago, with what was learned since."""
    facts = plant(
        lots=[lot(name) for name in lots],
        customers=[Customer(customer="Ann"), Customer(customer="Bob")],
        consumption=[
            use("A:1", "B:1", 1, event_id="E1"),
            use("A:2", "B:2", 1, event_id="E2"),
        ],
        shipments=[
            ship("S1", "B:1", 5, customer="Ann", order="SO1"),
            ship("S2", "B:2", 6, customer="Bob", order="SO2"),
        ],
        order_lines=[_line("SO1", "Ann"), _line("SO2", "Bob")],
        lot_events=later,
    )
    return assess(facts, disruption(lots=(key("A:1"),)), now=clock(now))


def _line(order, customer):
    return OrderLine(
        key=OrderLineKey("P", order, "1"),
        customer=customer,
        item="B",
        qty=Decimal(10),
        due=at(100),
        shipped_qty=Decimal(10),
        status="closed",
    )


def test_tr_19_correction_of_an_old_consumption_yields_the_difference_only():
    before = _recall()
    after = _recall(event("correct", "A:1", "B:2", 9, event_id="C1", corrects="E2"), now=900)

    found = difference(before, after)

    assert [row["customer"] for row in found.part("customers").added] == ["Bob"]
    assert [row["shipment"] for row in found.part("shipments").added] == ["S2"]
    assert [(row["order"], row["class"]) for row in found.part("orders").added] == [
        ("SO2", "CONFIRMED")
    ]
    # Whoever was told before finds no news: Ann's rows are as they were.
    assert not found.part("orders").changed
    assert not found.part("customers").changed
    assert not any(part.removed for part in found.parts.values())


def test_tr_19_correction_that_frees_a_customer_takes_its_rows_away():
    before = _recall()
    after = _recall(event("correct", "A:2", "B:1", 9, event_id="C1", corrects="E1"), now=900)

    found = difference(before, after)

    assert [row["order"] for row in found.part("orders").removed] == ["SO1"]
    assert [row["customer"] for row in found.part("customers").removed] == ["Ann"]
    assert not any(part.added for part in found.parts.values())


def test_tr_19_same_facts_asked_later_are_no_news():
    assert not difference(_recall(), _recall(now=900))


def test_tr_19_weaker_proof_is_told_as_a_change_of_that_field():
    before = _recall()
    after = _recall(event("correct", "A:1", "B:1", 9, event_id="C1", corrects="E1", qty=4))

    (changed,) = difference(before, after).part("places").changed

    assert changed.key == ("A", "")
    assert {each.field: (each.old, each.new) for each in changed.fields} == {
        "consumed": ("10", "4"),
        "unaccounted": ("90", "96"),
    }


_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "order": st.sampled_from("AB"),
            "line": st.sampled_from("12"),
            "class": st.sampled_from(["CONFIRMED", "POSSIBLE"]),
            "late_s": st.one_of(st.none(), st.integers(0, 2)),
        }
    ),
    max_size=5,
)


@given(old=_ROWS, new=_ROWS)
def test_difference_makes_the_newer_answer_of_the_older_one(old, new):
    case = {"disruption": {"kind": "quality"}}

    part = difference_of({**case, "orders": old}, {**case, "orders": new}).part("orders")

    assert _patched(old, part) == _sorted(new)


@given(old=_ROWS, new=_ROWS)
def test_difference_backward_is_the_difference_turned_round(old, new):
    case = {"disruption": {"kind": "quality"}}
    onward = difference_of({**case, "orders": old}, {**case, "orders": new}).part("orders")

    back = difference_of({**case, "orders": new}, {**case, "orders": old}).part("orders")

    assert (onward.added, onward.removed) == (back.removed, back.added)
    assert {change.key for change in onward.changed} == {change.key for change in back.changed}


def _patched(old, part):
    """Return the older rows with the difference laid over them, by key and number."""
    gone = {id(row) for row in part.removed}
    changes = {change.key: change for change in part.changed}
    seen = Counter()
    kept = []
    for row in old:
        name = (row["order"], row["line"])
        seen[name] += 1
        key_of = name if seen[name] == 1 else (*name, f"#{seen[name]}")
        change = changes.get(key_of)
        news = {each.field: each.new for each in change.fields} if change else {}
        if id(row) not in gone:
            kept.append({**row, **news})
    return _sorted([*kept, *part.added])


def _sorted(rows):
    return sorted(rows, key=lambda row: sorted(map(str, row.items())))
