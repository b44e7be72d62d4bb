"""What evidence frees, what it does not, and what makes it suspect again."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knockon.domain.facts import Inspection, OrderLine, OrderLineKey, SourceClock
from knockon.domain.impact import LotImpact
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.assess import assess
from knockon.engine.impact.places import balance_places
from tests.engine.material.build import (
    at,
    classes,
    clock,
    disruption,
    event,
    forward,
    key,
    lot,
    name_of,
    plant,
    ship,
    stock,
    use,
    work_order,
)

OPENED = 100
"""Hour at which the case is opened."""


def inspected(name, hours, *, passed=True, characteristic=None, sample=None):
    return Inspection(
        plant="P",
        at=at(hours),
        lot=key(name),
        work_order=None,
        seq=None,
        equipment=None,
        tool=None,
        cavity=None,
        characteristic=characteristic,
        value=None,
        passed=passed,
        sample=sample,
    )


def line(number, customer="Ann", item="B"):
    return OrderLine(
        key=OrderLineKey("P", number, "1"),
        customer=customer,
        item=item,
        qty=Decimal(10),
        due=at(500),
    )


def recall(*, rework_at=110, inspections=(), events=(), more=(), clocks=(), extra=()):
    """Ask whom a bad lot hits; B:1 holds it, was reworked, and was shipped before and after."""
    reworked = []
    if rework_at is not None:
        reworked = [use("B:1", "B:1", rework_at, work_order="RW", qty=100)]
    facts = plant(
        clocks=clocks,
        lots=[lot("A:bad"), lot("B:1"), lot("B:2"), lot("C:1"), lot("C:2")],
        work_orders=[work_order("RW", "B", kind="rework")],
        consumption=[
            use("A:bad", "B:1", 1),
            use("A:bad", "B:2", 2),
            use("B:1", "C:1", 90),
            use("B:1", "C:2", 130),
            *reworked,
            *more,
        ],
        shipments=[
            ship("BEFORE", "B:1", 95, order="SO1"),
            ship("AFTER", "B:1", 135, order="SO2", customer="Bob"),
            *extra,
        ],
        order_lines=[line("SO1"), line("SO2", "Bob"), line("SO3", "Cid")],
        inspections=inspections,
        lot_events=events,
    )
    case = disruption(lots=(key("A:bad"),))
    return assess(facts, case, now=clock(200))


def hit_lots(impact):
    return {name_of(row.key) for row in impact.lots}


def cleared_lots(impact):
    return {
        name_of(each.row.key): each.reason.code
        for each in impact.cleared
        if isinstance(each.row, LotImpact)
    }


def cleared_orders(impact):
    return {
        each.row.key.order: each.reason.params["lot"]
        for each in impact.cleared
        if not isinstance(each.row, LotImpact)
    }


EVERYTHING = {"A:bad", "B:1", "B:2", "C:1", "C:2"}


def test_tr_38_reworked_and_passed_frees_what_leaves_from_then_on():
    impact = recall(inspections=[inspected("B:1", 120)])

    assert hit_lots(impact) == {"A:bad", "B:2", "C:1"}
    assert cleared_lots(impact) == {"B:1": "reworked_and_passed", "C:2": "reworked_and_passed"}
    assert [row.shipment for row in impact.shipments] == ["BEFORE"]
    assert [row.key.order for row in impact.orders] == ["SO1"]
    assert cleared_orders(impact) == {"SO2": "P/B/1"}


def test_tr_38_cleared_row_names_its_evidence_and_when():
    impact = recall(inspections=[inspected("B:1", 120)])

    (own,) = [each for each in impact.cleared if each.row.key == key("B:1")]

    assert own.row.link_class.name == "CLEARED"
    assert own.reason.params == {"lot": "P/B/1", "work_order": "RW"}
    assert own.at == clock(120)


def test_tr_38_rework_into_another_lot_frees_that_lot():
    facts_more = [use("B:2", "B:2R", 110, work_order="RW"), use("B:2R", "C:9", 130)]

    impact = recall(more=facts_more, inspections=[inspected("B:2R", 120)])

    assert {"B:2R", "C:9"} <= set(cleared_lots(impact))
    assert "B:2" in hit_lots(impact)


@pytest.mark.parametrize(
    "evidence",
    [
        {"rework_at": None, "inspections": [inspected("B:1", 120)]},
        {"inspections": []},
        {"inspections": [inspected("B:1", 105)]},
        {"inspections": [inspected("B:1", 120, passed=False)]},
        {"rework_at": 80, "inspections": [inspected("B:1", 85)]},
        {"inspections": [inspected("B:2", 120)]},
    ],
    ids=[
        "no rework",
        "not inspected",
        "inspected before the rework",
        "failed",
        "before the case was known",
        "another lot",
    ],
)
def test_tr_38_nothing_less_frees(evidence):
    impact = recall(**evidence)

    assert hit_lots(impact) == EVERYTHING
    assert impact.cleared == ()


def test_tr_38_what_failed_must_be_what_passes():
    failed = inspected("B:1", 101, passed=False, characteristic="length")
    colour = inspected("B:1", 120, characteristic="colour")
    length = inspected("B:1", 121, characteristic="length")

    assert "C:2" in hit_lots(recall(inspections=[failed, colour]))
    assert "C:2" not in hit_lots(recall(inspections=[failed, colour, length]))


def test_tr_38_relapse_makes_it_suspect_again_with_what_left_meanwhile():
    passed, failed = inspected("B:1", 120), inspected("B:1", 140, passed=False)

    impact = recall(inspections=[passed, failed])

    assert hit_lots(impact) == EVERYTHING
    assert {row.shipment for row in impact.shipments} == {"BEFORE", "AFTER"}


def test_tr_38_second_rework_after_a_relapse_frees_again_from_then_on():
    impact = recall(
        more=[use("B:1", "B:1", 145, work_order="RW"), use("B:1", "C:3", 160)],
        inspections=[
            inspected("B:1", 120),
            inspected("B:1", 140, passed=False),
            inspected("B:1", 150),
        ],
    )

    assert "C:2" in hit_lots(impact)
    assert {"B:1", "C:3"} <= set(cleared_lots(impact))


def test_tr_38_bad_material_that_comes_in_later_taints_again():
    impact = recall(
        inspections=[inspected("B:1", 120)],
        more=[use("A:bad", "B:1", 125)],
    )

    assert {"B:1", "C:2"} <= hit_lots(impact)
    assert impact.cleared == ()


@pytest.mark.parametrize(("doubt_s", "freed"), [(0, True), (16 * 3600, False)])
def test_tr_38_doubtful_time_frees_nobody(doubt_s, freed):
    off = SourceClock(
        plant="P", source="GW", equipment=None, offset_s=0, doubt_s=doubt_s, samples=9
    )
    later = use("B:1", "C:4", 130, source="GW")

    impact = recall(inspections=[inspected("B:1", 120)], more=[later], clocks=[off])

    assert ("C:4" in cleared_lots(impact)) is freed
    assert ("C:4" in hit_lots(impact)) is not freed


def test_tr_38_upstream_stays_hit_and_free_stock_is_not_held():
    facts = plant(
        lots=[lot("A:bad"), lot("B:1")],
        work_orders=[work_order("RW", "B", kind="rework", status="done")],
        consumption=[use("A:bad", "B:1", 1), use("B:1", "B:1", 110, work_order="RW")],
        stock=[stock("A:bad", 50, "raw"), stock("B:1", 90)],
        order_lines=[line("SO1")],
        inspections=[inspected("B:1", 120)],
    )
    case = disruption(lots=(key("A:bad"),))

    before = assess(replace(facts, inspections=()), case, now=clock(200))
    after = assess(facts, case, now=clock(200))

    assert [(row.key.order, row.qty_short) for row in before.orders] == [("SO1", Decimal(10))]
    assert after.orders == ()
    assert hit_lots(after) == {"A:bad"}
    assert cleared_orders(after) == {"SO1": "P/B/1"}


def test_tr_39_sample_that_passed_does_not_free_its_lot():
    sample = inspected("B:1", 120, sample="S-1")

    assert hit_lots(recall(inspections=[sample])) == EVERYTHING
    assert recall(inspections=[sample]).cleared == ()


def test_tr_39_sample_that_failed_is_a_relapse():
    whole, sample = inspected("B:1", 120), inspected("B:1", 140, passed=False, sample="S-1")

    assert "C:2" in hit_lots(recall(inspections=[whole, sample]))


@given(
    kinds=st.lists(
        st.tuples(st.sampled_from(["rework", "pass", "fail", "sample"]), st.integers(101, 128)),
        max_size=6,
        unique_by=lambda each: each[1],
    )
)
def test_tr_38_evidence_frees_just_when_the_last_word_is_rework_then_passed(kinds):
    more = [use("B:1", "B:1", hour, work_order="RW") for kind, hour in kinds if kind == "rework"]
    checks = [
        inspected("B:1", hour, passed=kind != "fail", sample="S" if kind == "sample" else None)
        for kind, hour in kinds
        if kind != "rework"
    ]

    impact = recall(rework_at=None, more=more, inspections=checks)

    told = "".join(kind[0] for kind, _ in sorted(kinds, key=lambda each: each[1]) if kind[0] != "s")
    since_last_failure = told.rpartition("f")[2]
    begun = since_last_failure.find("r")
    assert ("C:2" not in hit_lots(impact)) == (begun >= 0 and "p" in since_last_failure[begun:])


def test_tr_26_cleaned_tank_is_cleared_with_what_was_filled_after():
    facts = plant(
        lots=[lot("TANK:1"), lot("A:bad"), lot("A:good"), lot("B:1"), lot("B:3")],
        consumption=[
            use("A:bad", "TANK:1", 1),
            use("TANK:1", "B:1", 2),
            use("A:good", "TANK:1", 6),
            use("TANK:1", "B:3", 7),
        ],
        lot_events=[event("clean", "TANK:1", None, 5)],
    )

    impact = assess(facts, disruption(lots=(key("A:bad"),)), now=clock(200))

    assert hit_lots(impact) == {"A:bad", "B:1"}
    assert cleared_lots(impact) == {"TANK:1": "vessel_cleaned", "B:3": "vessel_cleaned"}


def test_tr_26_tank_that_is_suspect_itself_stays_so_through_cleaning():
    facts = plant(
        lots=[lot("TANK:1"), lot("B:1"), lot("B:3")],
        consumption=[use("TANK:1", "B:1", 2), use("TANK:1", "B:3", 7)],
        lot_events=[event("clean", "TANK:1", None, 5)],
    )

    impact = assess(facts, disruption(lots=(key("TANK:1"),)), now=clock(200))

    assert hit_lots(impact) == {"TANK:1", "B:1", "B:3"}
    assert impact.cleared == ()


def test_balance_still_counts_what_was_freed():
    facts = plant(
        lots=[lot("A:bad", 10), lot("TANK:1", 10)],
        consumption=[use("A:bad", "TANK:1", 1, qty=10)],
        lot_events=[event("clean", "TANK:1", None, 5)],
        stock=[stock("TANK:1", 10, "wip")],
    )

    trace = forward(facts, "A:bad")

    assert classes(trace)["TANK:1"] == "CLEARED"
    assert {row.item: row.unaccounted for row in balance_places(facts, trace)} == {
        "A": Decimal(0),
        "TANK": Decimal(0),
    }
    assert build_lot_graph(facts).anew.keys() == {key("TANK:1")}
