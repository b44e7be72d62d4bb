"""Several disruptions at once against a plant that is played minute by minute."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import (
    Customer,
    Lot,
    OrderLineKey,
    PlantFacts,
    Requirement,
    WorkOrderKey,
)
from knockon.domain.impact import Effect
from knockon.domain.joint import Blame, JointImpact, JointOrder, Weighing
from knockon.engine.impact.joint import Search, assess_joint
from tests.engine.assess.goods import allocated, purchase, stock
from tests.engine.delay.plants import PLANT, at, lot, make, moment, op, order, plant
from tests.engine.joint.oracle import Floor, Stop, Task, fix_orders, parallel

_NOW = 60
"""Minute at which everything is asked; nothing is planned before."""


@st.composite
def floors(
    draw: st.DrawFn, *, most_stops: int = 3, least_stops: int = 2, overdue: bool = True
) -> Floor:
    machines = ["M1", "M2", "M3"]
    tasks: list[Task] = []
    due: dict[str, int] = {}
    for number in range(draw(st.integers(1, 6))):
        name, clock = f"W{number}", _NOW + draw(st.integers(0, 200))
        for seq in range(1, draw(st.integers(1, 3)) + 1):
            minutes = draw(st.integers(1, 60))
            machine = draw(st.sampled_from(machines))
            tasks.append(Task(name, seq, machine, clock, minutes))
            clock += minutes + draw(st.integers(0, 20))
        due[name] = clock + draw(st.integers(0, 150))
    down: list[Stop] = []
    for number in range(draw(st.integers(least_stops, most_stops))):
        begins = draw(st.integers(0, _NOW) | st.integers(_NOW, 250))
        least = 1 if overdue else max(1, _NOW - begins + 1)
        machine, minutes = draw(st.sampled_from(machines)), draw(st.integers(least, 240))
        announced = {stop.machine for stop in down if stop.begins > _NOW}
        if begins > _NOW and machine in announced:
            # Two announced stops of one machine are answered by an upper bound.
            begins = _NOW
        down.append(Stop(f"D{number}", machine, begins, minutes))
    weight = {name: draw(st.sampled_from([4, 2, 1])) for name in due}
    return Floor(tuple(tasks), tuple(down), due, weight)


def facts_of(floor: Floor) -> PlantFacts:
    tiers = {4: "A", 2: "B", 1: "C"}
    return plant(
        customers=tuple(Customer(customer=tier, tier=tier) for tier in "ABC"),
        order_lines=tuple(
            order(name, due=minute / 60, customer=tiers[floor.weight[name]])
            for name, minute in floor.due.items()
        ),
        work_orders=tuple(make(name, order=name) for name in floor.due),
        operations=tuple(
            op(
                task.work_order,
                task.seq,
                task.machine,
                task.starts / 60,
                (task.starts + task.minutes) / 60,
            )
            for task in floor.tasks
        ),
    )


def disruption(name: str, kind: DisruptionKind, begins: float, **scope: object) -> Disruption:
    return Disruption(
        id=name,
        kind=kind,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=at(min(begins, _NOW) / 60),
        scope=Scope(plant=PLANT, **scope),
    )


def stop_of(stop: Stop) -> Disruption:
    return disruption(
        stop.name,
        DisruptionKind.EQUIPMENT,
        stop.begins,
        equipment=(stop.machine,),
        start=at(stop.begins / 60),
        repair_s=60 * stop.minutes,
    )


def asked(floor: Floor, **search: object) -> JointImpact:
    return assess_joint(
        facts_of(floor),
        [stop_of(stop) for stop in floor.stops],
        now=at(_NOW / 60),
        search=Search(**search),
    )


@settings(deadline=None, max_examples=50)
@given(floors())
def test_lines_hit_together_alone_and_without_one_are_those_of_the_played_plant(
    floor: Floor,
) -> None:
    found = asked(floor)

    ends = parallel(floor.stops, now=_NOW)
    rows = {row.key.order: row for row in found.orders}
    event(f"together {any(row.blame is Blame.TOGETHER for row in rows.values())}")
    event(f"each {any(row.blame is Blame.EACH for row in rows.values())}")
    assert set(rows) == floor.late(ends)
    for name, row in rows.items():
        assert set(row.alone) == {
            stop.name for stop in floor.stops if name in floor.late({stop.name: ends[stop.name]})
        }
        assert set(row.frees) == {
            stop.name
            for stop in floor.stops
            if name not in floor.late({key: end for key, end in ends.items() if key != stop.name})
        }


@settings(deadline=None, max_examples=50)
@given(floors(overdue=False), st.integers(1, 2))
def test_every_order_of_repair_saves_what_it_saves_in_the_played_plant(
    floor: Floor, crews: int
) -> None:
    found = asked(floor, crews=crews, most_plans=100)

    expected = fix_orders(floor, now=_NOW, crews=crews)
    answered = {
        tuple(fix.disruption for fix in plan.fixes): (plan.saved_weight, plan.saved, plan.late)
        for plan in found.plans
    }
    event(f"order matters {len(set(expected.values())) > 1}")
    assert found.is_exact
    assert found.plans_looked_at == len(expected)
    assert answered == expected
    weights = [plan.saved_weight for plan in found.plans]
    assert weights == sorted(weights, reverse=True)
    for plan in found.plans:
        assert sum(fix.saves for fix in plan.fixes) == plan.saved


@settings(deadline=None, max_examples=10)
@given(floors(most_stops=7, least_stops=7))
def test_many_repairs_are_picked_one_by_one_and_said_so(floor: Floor) -> None:
    begun = tuple(replace(stop, begins=min(stop.begins, _NOW)) for stop in floor.stops)
    found = asked(replace(floor, stops=begun))

    (plan,) = found.plans
    order = tuple(fix.disruption for fix in plan.fixes)
    assert not found.is_exact
    assert sorted(order) == [stop.name for stop in floor.stops]


def test_greedy_takes_the_best_rate_first() -> None:
    stops = tuple(Stop(f"D{n}", f"M{n}", 0, 60 + 30 * (n + 1)) for n in range(7))
    tasks = tuple(Task(f"W{n}", 1, f"M{n}", 70, 10) for n in range(7))
    floor = Floor(tasks, stops, {f"W{n}": 5000 for n in range(7)}, {f"W{n}": 1 for n in range(7)})

    (plan,) = asked(floor).plans

    assert [fix.disruption for fix in plan.fixes] == [f"D{n}" for n in range(7)]
    assert [fix.saves for fix in plan.fixes] == [1] * 7


def two_presses(**changes: int) -> Floor:
    """Two presses are down; the second's order is due before the first can be mended as well."""
    return Floor(
        tasks=(Task("SLOW", 1, "M1", 70, 10), Task("SOON", 1, "M2", 70, 10)),
        stops=(Stop("D1", "M1", 0, 180), Stop("D2", "M2", 0, 90)),
        due={"SLOW": 300, "SOON": 130},
        weight={"SLOW": changes.get("slow", 1), "SOON": 1},
    )


def test_short_repair_that_saves_as_much_comes_first() -> None:
    found = asked(two_presses())

    best = found.plans[0]
    assert [fix.disruption for fix in best.fixes] == ["D2", "D1"]
    assert (best.saved, best.late, best.per_hour) == (2, 0, Decimal("0.80"))
    assert [(fix.repair_s, fix.saves, fix.per_hour) for fix in best.fixes] == [
        (1800, 1, Decimal("2.00")),
        (7200, 1, Decimal("0.50")),
    ]
    assert (best.fixes[1].begins, best.fixes[1].ends) == (at(1.5), at(3.5))


def test_machine_that_only_works_slower_is_fast_again_after_its_repair() -> None:
    facts = plant(
        order_lines=(order("SLOWED", due=13), order("SAFE", due=99)),
        work_orders=(make("A", order="SLOWED"), make("B", order="SAFE")),
        operations=(op("A", 10, "M1", 1, 11), op("B", 10, "M2", 1, 2)),
    )
    slow = disruption(
        "D1",
        DisruptionKind.EQUIPMENT,
        0,
        equipment=("M1",),
        start=at(0),
        repair_s=3 * 3600,
        rate=Decimal("0.5"),
    )
    still = disruption(
        "D2", DisruptionKind.EQUIPMENT, 0, equipment=("M2",), start=at(0), repair_s=7 * 3600
    )

    plans = assess_joint(facts, [slow, still], now=at(1)).plans

    # At half speed until hour 3 ten hours of work end at 12, until hour 9 they end at 15.
    late = {tuple(fix.disruption for fix in plan.fixes): plan.late for plan in plans}
    assert late == {("D1", "D2"): 0, ("D2", "D1"): 1}


def test_prices_weigh_where_all_are_known() -> None:
    floor = two_presses(slow=4)
    facts = facts_of(floor)

    by_tier = asked(floor)
    by_value = assess_joint(
        facts.__class__(
            **{
                **{name: getattr(facts, name) for name in facts.__slots__},
                "order_lines": tuple(
                    order(name, due=floor.due[name] / 60, unit_price=Decimal(price))
                    for name, price in (("SLOW", 1), ("SOON", 9))
                ),
            }
        ),
        [stop_of(stop) for stop in floor.stops],
        now=at(_NOW / 60),
    )

    assert (by_tier.weighing, by_value.weighing) == (Weighing.TIER, Weighing.VALUE)
    assert by_value.plans[0].saved_weight == 100


def test_draws_are_the_same_for_every_plan_and_repeat_with_the_seed() -> None:
    floor = two_presses()

    first, again = (asked(floor, rng=np.random.default_rng(7), samples=40) for _ in range(2))

    assert first == again
    assert first.samples == 40
    means = [plan.expected_saved for plan in first.plans]
    assert all(0 <= mean <= 2 for mean in means)


def test_repair_that_lasts_longer_than_thought_still_takes_time() -> None:
    floor = two_presses()
    overdue = Floor(floor.tasks, (Stop("D1", "M1", 0, 30), floor.stops[1]), floor.due, floor.weight)

    fixes = {fix.disruption: fix for fix in asked(overdue).plans[0].fixes}

    assert fixes["D1"].repair_s > 0
    assert fixes["D2"].repair_s == 1800


def test_one_stop_alone_has_no_order_of_repair() -> None:
    floor = two_presses()
    found = assess_joint(facts_of(floor), [stop_of(floor.stops[0])], now=at(1))

    assert found.plans == ()
    assert [row.key.order for row in found.orders] == []


def row_of(found: JointImpact, name: str) -> JointOrder:
    return next(row for row in found.orders if row.key.order == name)


def shared_stock(*numbers: str) -> PlantFacts:
    """Return a plant in which one order has a lot and another lot could replace it."""
    return plant(
        order_lines=(order("SO"),),
        lots=tuple(Lot(key=lot("F", n), qty=Decimal(10), made=moment(-9)) for n in numbers),
        stock=tuple(stock("F", 10, n) for n in numbers),
        allocations=(allocated("SO", numbers[0]),),
    )


def bad(name: str, number: str) -> Disruption:
    return disruption(name, DisruptionKind.QUALITY, 0, lots=(lot("F", number),))


def test_second_bad_lot_takes_away_what_would_replace_the_first() -> None:
    facts = shared_stock("L1", "L2")

    found = assess_joint(facts, [bad("D1", "L1"), bad("D2", "L2")], now=at(1))
    row = row_of(found, "SO")

    assert row.effects == (Effect.SUSPECT_ON_HAND, Effect.SHORT)
    assert (row.alone, row.frees) == (("D1",), ("D1",))
    assert row.qty_at_risk == 10


def test_suspect_pieces_and_late_pieces_of_one_line_add_up() -> None:
    facts = plant(
        order_lines=(order("SO", qty=20, due=5),),
        work_orders=(make("A", order="SO"),),
        operations=(op("A", 10, "M1", 2, 4),),
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(10), made=moment(-9)),),
        stock=(stock("F", 10, "L1"),),
        allocations=(allocated("SO", "L1"),),
    )
    down = disruption(
        "D2", DisruptionKind.EQUIPMENT, 60, equipment=("M1",), start=at(1), repair_s=36_000
    )

    found = assess_joint(facts, [bad("D1", "L1"), down], now=at(1))
    row = row_of(found, "SO")

    assert set(row.effects) == {Effect.SUSPECT_ON_HAND, Effect.SHORT, Effect.LATE}
    assert row.qty_at_risk == 20
    assert (row.blame, row.alone) == (Blame.EACH, ("D1", "D2"))


def test_late_material_and_a_stop_hit_only_together() -> None:
    facts = plant(
        order_lines=(order("SO", due=14),),
        work_orders=(make("A", order="SO"),),
        requirements=(
            Requirement(
                work_order=WorkOrderKey(PLANT, "A"), component="R", required_qty=Decimal(10), seq=20
            ),
        ),
        operations=(op("A", 10, "M1", 2, 4), op("A", 20, "M2", 6, 8)),
        purchase_orders=(purchase("PO1", 10, due=5),),
    )
    stopped = disruption(
        "D1", DisruptionKind.EQUIPMENT, 60, equipment=("M2",), start=at(11), repair_s=5 * 3600
    )
    supplier = disruption("D2", DisruptionKind.SUPPLIER, 60, supplier="S1", end=at(11))

    found = assess_joint(facts, [stopped, supplier], now=at(1))

    row = row_of(found, "SO")
    assert (row.blame, row.frees) == (Blame.TOGETHER, ("D1", "D2"))
    assert row.key == OrderLineKey(PLANT, "SO", "1")


def test_spoilt_lines_are_saved_by_no_repair() -> None:
    floor = two_presses()
    facts = facts_of(floor)
    names = [name for name in facts.__slots__ if name not in {"lots", "stock", "allocations"}]
    spoilt = facts.__class__(
        **{name: getattr(facts, name) for name in names},
        lots=(Lot(key=lot("F", "L1"), qty=Decimal(4), made=moment(-9)),),
        stock=(stock("F", 4, "L1"),),
        allocations=(allocated("SOON", "L1", 4),),
    )

    found = assess_joint(
        spoilt, [*(stop_of(stop) for stop in floor.stops), bad("D9", "L1")], now=at(1)
    )

    assert Effect.SUSPECT_ON_HAND in row_of(found, "SOON").effects
    assert found.plans[0].saved == 1


@pytest.mark.parametrize("crews", [1, 2])
def test_enough_crews_make_the_order_of_repair_the_same(crews: int) -> None:
    saved = {plan.saved for plan in asked(two_presses(), crews=crews, most_plans=9).plans}

    assert saved == ({1, 2} if crews == 1 else {2})
