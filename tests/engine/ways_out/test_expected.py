"""The finish that is to be expected: open work dispatched again."""

from dataclasses import replace

import numpy as np

from knockon.domain.facts import (
    Approval,
    ApprovalState,
    Customer,
    Item,
    Plant,
    PlantFacts,
    RoutingStep,
)
from knockon.engine.impact.expected import expected_finishes
from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.ways_out.scene import Scene, Scenes
from tests.engine.delay.plants import (
    MONDAY,
    PLANT,
    answer,
    at,
    hit,
    make,
    op,
    order,
    plant,
    stopped,
)
from tests.engine.ways_out.small_shop import (
    DOWN,
    QUARTER_S,
    SmallShop,
    ends,
    opens,
    played,
    small_shop,
)

SHOPS = 60


def shop(**tables: object) -> PlantFacts:
    """Return two hours for B and two for A behind it on M1; A is a better customer's, and due."""
    given = {
        "plants": (Plant(plant=PLANT, timezone="UTC", frozen_window_s=0),),
        "customers": (Customer(customer="K1", tier="A"), Customer(customer="K2", tier="C")),
        "items": (Item(item="F"), Item(item="G")),
        "work_orders": (make("WB", item="G", order="B"), make("WA", order="A")),
        "operations": (op("WB", 10, "M1", 1, 3), op("WA", 10, "M1", 3, 5)),
        "order_lines": (
            order("B", item="G", due=20, customer="K2"),
            order("A", due=11, customer="K1"),
        ),
        **tables,
    }
    return plant(**given)


def test_the_urgent_order_goes_first_when_the_machine_runs_again() -> None:
    row = hit(answer(shop(), stopped("M1", hours=8)), "A")

    assert row.new_finish == at(12)
    assert row.expected_finish == at(10)


def test_who_gives_way_is_not_expected_later_than_the_kept_sequence_says() -> None:
    # Dispatched again it would finish at hour 12.
    row = hit(answer(shop(), stopped("M1", hours=8)), "B")

    assert row.new_finish == at(10)
    assert row.expected_finish == at(10)


def test_work_inside_the_frozen_window_keeps_its_place() -> None:
    frozen = Plant(plant=PLANT, timezone="UTC", frozen_window_s=24 * 3600)
    row = hit(answer(shop(plants=(frozen,)), stopped("M1", hours=8)), "A")

    assert row.expected_finish == row.new_finish == at(12)


def test_the_sequence_is_kept_when_nothing_is_late() -> None:
    facts = shop(order_lines=(order("B", item="G", due=40), order("A", due=40)))
    row = hit(answer(facts, stopped("M1", hours=8)), "A")

    assert row.expected_finish == row.new_finish == at(12)


def step(**fields: object) -> RoutingStep:
    return RoutingStep(
        plant=None, item="F", seq=10, operation="", equipment="M1", setup_s=900, **fields
    )


def test_late_work_goes_to_an_idle_alternate() -> None:
    facts = shop(routings=(step(alternates=("M2",), restart_s=900),))
    row = hit(answer(facts, stopped("M1", hours=8)), "A")

    # Planned at hour 3; 15 min to warm up, 15 to change, 1 h 45 of work.
    assert row.expected_finish == at(5.25)


def test_an_alternate_that_must_be_announced_is_not_expected() -> None:
    rule = Approval(
        plant=PLANT,
        item="F",
        equipment="M2",
        customer="K1",
        state=ApprovalState.NOTIFY_FIRST,
    )
    facts = shop(routings=(step(alternates=("M2",)),), approvals=(rule,))
    row = hit(answer(facts, stopped("M1", hours=8)), "A")

    assert row.expected_finish == at(10)


def scene_of(given: SmallShop) -> Scene:
    facts = replace(
        given.facts(), plants=(Plant(plant=PLANT, timezone="UTC", frozen_window_s=3600),)
    )
    case = investigate(facts, stopped(DOWN, hours=given.repair / 4), now=MONDAY)
    return Scenes(case).of(case, case.runs[0])


def finishes(scene: Scene, by_step: np.ndarray) -> dict[tuple[str, int], float]:
    """Return the finish of each operation in quarters."""
    jobs = scene.case.shop.jobs
    since = int(MONDAY.timestamp())
    return {
        (jobs[place].key.work_order.removeprefix("W-"), jobs[place].key.seq): (
            int(by_step[scene.floor.of_job[place]]) - since
        )
        / QUARTER_S
        for place in range(len(jobs))
    }


def weighted(given: SmallShop, done: dict[tuple[str, int], float]) -> float:
    ready = {name: max(end for key, end in done.items() if key[0] == name) for name in given.due}
    return sum(max(0.0, ready[name] - due) for name, due in given.due.items())


def test_the_expectation_costs_no_more_lateness_than_the_kept_sequence() -> None:
    worse: list[object] = []
    better = 0
    for seed in range(SHOPS):
        given = small_shop(seed)
        scene = scene_of(given)
        expected = weighted(given, finishes(scene, expected_finishes(scene)))
        kept = weighted(given, {key: end for key, (_, end) in played(given).items()})
        better += expected < kept
        if expected > kept:
            worse.append((seed, expected, kept))

    assert worse == []
    assert better > SHOPS / 10


def test_the_expectation_comes_before_no_plan_and_no_input() -> None:
    broken: list[object] = []
    for seed in range(SHOPS):
        given = small_shop(seed)
        scene = scene_of(given)
        broken += [(seed, *what) for what in contradictions(given, scene)]

    assert broken == []


def contradictions(given: SmallShop, scene: Scene) -> list[tuple[object, ...]]:
    """Return what no plant could do: work before its plan or its inputs, or off working hours.

    Where it ran is not told: any machine that may do it must have had time between.
    """
    done = finishes(scene, expected_finishes(scene))
    found: list[tuple[object, ...]] = []
    for chore in given.chores:
        earliest = chore.start
        before = [
            end for (name, seq), end in done.items() if name == chore.name and seq < chore.seq
        ]
        earliest = int(max([earliest, *before]))
        own = given.windows[chore.machine]
        held = max(earliest, given.repair + 2) if chore.machine == DOWN else earliest
        soonest = ends(opens(held, own), chore.work, own)
        for other in chore.alternates:
            windows = given.windows[other]
            if other != DOWN:
                soonest = min(soonest, ends(opens(earliest, windows), chore.work + 2, windows))
        if done[chore.key] < soonest:
            found.append((chore.key, done[chore.key], soonest))
    return found


def test_every_row_with_a_finish_has_an_expectation_no_later_than_it() -> None:
    for seed in range(SHOPS // 4):
        given = small_shop(seed)
        impact = answer(given.facts(), stopped(DOWN, hours=given.repair / 4))
        rows = [row for row in impact.orders if row.new_finish is not None]

        assert all(
            row.expected_finish is not None and row.expected_finish <= row.new_finish
            for row in rows
        )


def test_equal_facts_give_an_equal_expectation() -> None:
    given = small_shop(3)
    first, second = scene_of(given), scene_of(given)

    assert np.array_equal(expected_finishes(first), expected_finishes(second))
