from decimal import Decimal

import pytest

from knockon.domain.facts import (
    Equipment,
    EquipmentKey,
    Operation,
    OperationKey,
    OrderLineKey,
    ResourceUse,
)
from knockon.engine.impact.seeds import seed_lots
from tests.engine.material.build import (
    at,
    clock,
    disruption,
    event,
    forward,
    key,
    lot,
    name_of,
    plant,
    ship,
    use,
    work_order,
)


def seeds_of(facts, bad):
    return {name_of(seed.key): seed.link_class.name for seed in seed_lots(facts, bad).lots}


def window(**scope):
    return disruption(**{"start": clock(4), "end": clock(6)} | scope)


def operation(number, seq, equipment, start, finish, *, tool=None, status="done"):
    return Operation(
        key=OperationKey("P", number, seq),
        equipment=equipment,
        tool=tool,
        status=status,
        actual_start=at(start),
        actual_finish=None if finish is None else at(finish),
    )


def test_a_stop_makes_nothing_suspect():
    facts = plant(lots=[lot("B:1", equipment="M1", made=at(5))])

    assert seeds_of(facts, window(kind="equipment", equipment=("M1",))) == {}


def test_lots_made_on_the_machine_in_the_window():
    facts = plant(
        lots=[
            lot("B:before", equipment="M1", made=at(3.9)),
            lot("B:within", equipment="M1", made=at(5)),
            lot("B:after", equipment="M1", made=at(6.1)),
            lot("B:elsewhere", equipment="M2", made=at(5)),
            lot("B:whenever", equipment="M1"),
        ]
    )

    assert seeds_of(facts, window(equipment=("M1",))) == {
        "B:within": "CONFIRMED",
        "B:whenever": "POSSIBLE",
    }


def test_clock_doubt_widens_the_window():
    facts = plant(
        doubt_s=600,
        lots=[
            lot("B:near", equipment="M1", made=at(6.1)),
            lot("B:within", equipment="M1", made=at(5)),
        ],
    )

    assert seeds_of(facts, window(equipment=("M1",))) == {
        "B:near": "POSSIBLE",
        "B:within": "CONFIRMED",
    }


def test_lot_known_by_its_day_only_is_probable():
    facts = plant(lots=[lot("B:1", equipment="M1", made=at(0, until=24))])

    assert seeds_of(facts, window(equipment=("M1",))) == {"B:1": "PROBABLE"}


def test_an_area_stands_for_the_machines_below_it():
    def node(name, parent):
        return Equipment(key=EquipmentKey("P", name), parent=parent)

    facts = plant(
        equipment=[node("HALL", None), node("LINE", "HALL"), node("M1", "LINE")],
        lots=[lot("B:1", equipment="M1", made=at(5))],
    )

    assert seeds_of(facts, window(equipment=("HALL",))) == {"B:1": "CONFIRMED"}


def test_material_put_in_at_the_machine_tells_when_a_lot_was_there():
    facts = plant(
        lots=[lot("A:1"), lot("B:1", made=at(9)), lot("B:2", made=at(9))],
        consumption=[
            use("A:1", "B:1", 5, equipment="M1"),
            use("A:1", "B:2", 8, equipment="M1"),
        ],
    )

    assert seeds_of(facts, window(equipment=("M1",))) == {"B:1": "CONFIRMED"}


def test_rework_at_the_machine_taints_a_lot_from_then_on():
    facts = plant(
        lots=[lot("B:1", made=at(1)), lot("B:1R"), lot("C:early"), lot("C:late")],
        consumption=[
            use("B:1", "C:early", 2),
            use("B:1R", "B:1", 5, equipment="M1"),
            use("B:1", "C:late", 7),
        ],
    )

    (seed,) = seed_lots(facts, window(equipment=("M1",))).lots

    assert seed.tainted == at(5)
    assert {row.key.lot for row in forward(facts, "B:1", since=5).lots} == {"1", "late"}


def test_every_lot_of_an_operation_wholly_in_the_window_is_suspect():
    facts = plant(
        work_orders=[work_order("W", "B", status="done")],
        operations=[operation("W", 10, "M1", 4.5, 5.5), operation("W", 20, "M2", 6, 9)],
        lots=[lot("B:1", work_order="W", equipment="M2", made=at(8))],
    )

    assert seeds_of(facts, window(equipment=("M1",))) == {"B:1": "CONFIRMED"}


def test_an_operation_partly_in_the_window_makes_later_lots_possible():
    facts = plant(
        work_orders=[work_order("W", "B", status="done")],
        operations=[operation("W", 10, "M1", 1, 5), operation("W", 20, "M2", 2, 9)],
        lots=[
            lot("B:1", work_order="W", equipment="M2", made=at(3)),
            lot("B:2", work_order="W", equipment="M2", made=at(8)),
        ],
    )

    assert seeds_of(facts, window(equipment=("M1",))) == {"B:2": "POSSIBLE"}


def test_unfinished_work_order_is_work_in_progress():
    facts = plant(
        work_orders=[work_order("W", "B"), work_order("DONE", "B", finished_qty=Decimal(100))],
        operations=[
            operation("W", 10, "M1", 5, None, status="running"),
            operation("DONE", 10, "M1", 4.2, 4.8),
        ],
    )

    seeds = seed_lots(facts, window(equipment=("M1",)))

    assert [(seed.key.work_order, seed.link_class.name) for seed in seeds.work_orders] == [
        ("W", "CONFIRMED")
    ]
    assert [step.key for step in seeds.work_orders[0].cause] == ["D1", "M1"]


def test_cavity_of_a_tool():
    facts = plant(
        work_orders=[work_order("W", "B", status="done")],
        operations=[operation("W", 10, "M1", 1, 9, tool="T1")],
        lots=[
            lot("B:1", work_order="W", cavity="1", made=at(5)),
            lot("B:2", work_order="W", cavity="2", made=at(5)),
            lot("B:3", work_order="W", made=at(5)),
            lot("B:4", work_order="W", cavity="2", made=at(8)),
        ],
    )

    assert seeds_of(facts, window(tool="T1", cavity="2")) == {
        "B:2": "CONFIRMED",
        "B:3": "POSSIBLE",
        # Finished later, and in the making since the lot of its cavity before it.
        "B:4": "POSSIBLE",
    }


@pytest.mark.parametrize(
    ("end", "expected"), [(at(5), {"B:1": "CONFIRMED"}), (at(1), {"B:1": "POSSIBLE"})]
)
def test_gauge_or_person_by_time_and_an_impossible_interval_is_any_time(end, expected):
    facts = plant(
        lots=[lot("B:1")],
        resource_uses=[
            ResourceUse(
                plant="P",
                resource="GAUGE",
                kind="gauge",
                lot=key("B:1"),
                work_order=None,
                start=at(4.5),
                end=end,
            )
        ],
    )

    assert seeds_of(facts, window(tool="GAUGE")) == expected


def test_resource_known_by_work_order():
    facts = plant(
        work_orders=[work_order("W", "B", status="done")],
        lots=[lot("B:1", work_order="W", made=at(5)), lot("B:0", work_order="W", made=at(2))],
        resource_uses=[
            ResourceUse(
                plant="P",
                resource="ANNE",
                kind="person",
                lot=None,
                work_order="W",
                start=at(4.5),
                end=at(5.5),
            )
        ],
    )

    assert seeds_of(facts, window(people=("ANNE",))) == {"B:1": "CONFIRMED"}


def test_item_made_in_a_window_by_whatever_machine():
    facts = plant(lots=[lot("B:1", made=at(5)), lot("B:2", made=at(7)), lot("C:1", made=at(5))])

    assert seeds_of(facts, window(kind="method", item="B")) == {"B:1": "CONFIRMED"}


def test_suppliers_own_number_finds_all_our_lots_of_it():
    facts = plant(
        lots=[
            lot("A:1", supplier="ACME", supplier_lot="X7"),
            lot("A:2", supplier="ACME", supplier_lot="X7"),
            lot("A:3", supplier="BOLT", supplier_lot="X7"),
            lot("ACME/C:X7", supplier="ACME"),
        ]
    )

    everyone = seeds_of(facts, disruption(kind="material", supplier_lot="X7"))
    acme = seeds_of(facts, disruption(kind="material", supplier_lot="X7", supplier="ACME"))

    assert set(everyone) == {"A:1", "A:2", "A:3", "ACME/C:X7"}
    assert set(acme) == {"A:1", "A:2", "ACME/C:X7"}


def test_lot_nobody_knows_is_a_gap():
    seeds = seed_lots(plant(), disruption(lots=(key("A:1"),)))

    assert (seeds.lots, [(gap.code, gap.where) for gap in seeds.gaps]) == (
        (),
        [("unknown_lot", "P/A/1")],
    )


def test_lot_relabelled_in_part_makes_the_rest_possible():
    facts = plant(
        lots=[lot("A:old", 100), lot("A:new", 40)],
        lot_events=[event("relabel", "A:old", "A:new", 3, qty=40)],
    )

    assert seeds_of(facts, disruption(lots=(key("A:new"),))) == {
        "A:new": "CONFIRMED",
        "A:old": "POSSIBLE",
    }


def test_complaint_about_an_order_suspects_what_was_sent_for_it():
    facts = plant(
        lots=[lot("A:1"), lot("A:2"), lot("A:3")],
        shipments=[
            ship("S1", "A:1", 1, order="SO1"),
            ship("S2", "A:2", 1, order="SO2"),
            ship("S3", "A:3", 1, order="SO2"),
        ],
    )

    one = seeds_of(facts, disruption(kind="complaint", customer="Ann", order="SO1"))
    two = seeds_of(facts, disruption(kind="complaint", customer="Ann", order="SO2"))

    assert one == {"A:1": "CONFIRMED"}
    assert two == {"A:2": "POSSIBLE", "A:3": "POSSIBLE"}
    assert facts.shipments[0].order_line == OrderLineKey("P", "SO1", "1")


def test_named_lot_with_a_start_is_suspect_from_then_on():
    facts = plant(lots=[lot("A:1")])

    (seed,) = seed_lots(facts, disruption(lots=(key("A:1"),), start=clock(4))).lots

    assert seed.tainted == at(4)


def test_sure_and_earlier_possible_taint_of_one_lot_are_both_kept():
    facts = plant(
        lots=[lot("B:1", made=at(1))],
        resource_uses=[
            ResourceUse(
                plant="P",
                resource="OVEN",
                kind="oven",
                lot=key("B:1"),
                work_order=None,
                start=start,
                end=end,
            )
            for start, end in ((at(3), at(3.9, until=4.1)), (at(5), at(5.5)))
        ],
    )

    seeds = seed_lots(facts, window(equipment=("OVEN",))).lots

    assert [(seed.link_class.name, seed.tainted.earliest) for seed in seeds] == [
        ("CONFIRMED", clock(5)),
        ("POSSIBLE", clock(4)),
    ]
