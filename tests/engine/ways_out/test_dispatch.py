"""Dispatching by itself: what the rule chooses, and that a plant could do it."""

from itertools import pairwise
from random import Random

import numpy as np

from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.ways_out.scene import Scene, Scenes
from knockon.engine.schedule.calendars import ALWAYS
from knockon.engine.schedule.dispatch import Alternate, Bench, Dispatched, Dispatcher, Wanted
from knockon.engine.schedule.limits import AGES
from tests.engine.delay.plants import MONDAY, at, make, op, order, plant, stopped
from tests.engine.ways_out.small_shop import DOWN, QUARTER_S, small_shop

SHOPS = 60
RULES = ((0.1, True), (1.0, False), (3.0, False))


def scene_of(facts: object, *, hours: float) -> Scene:
    case = investigate(facts, stopped(DOWN, hours=hours), now=MONDAY)
    return Scenes(case).of(case, case.runs[0])


def bench_of(scene: Scene, *, alternates: list[Alternate]) -> tuple[Bench, list[str]]:
    """Return a bench on which nothing keeps its place, and the names of its machines and tools."""
    jobs = [scene.case.shop.jobs[places[0]] for places in scene.floor.jobs_of]
    names = sorted({str(job.equipment) for job in jobs} | {str(job.tool) for job in jobs})
    names += [name for name in ("M1", "M2", "M3") if name not in names]
    calendars = scene.case.shop.calendars
    known = {str(job.equipment): calendars.of(job.machine) for job in jobs}
    bench = Bench(
        floor=scene.floor,
        needs=[
            [names.index(str(job.equipment)), *([names.index(job.tool)] if job.tool else [])]
            for job in jobs
        ],
        calendar=np.array([known.get(name, ALWAYS) for name in names], dtype=np.int64),
        keeps=np.zeros(len(jobs), dtype=np.bool_),
        ready=np.array([job.start for job in jobs], dtype=np.int64),
        planned_start=np.array([job.start for job in jobs], dtype=np.int64),
        planned_finish=np.array([job.finish for job in jobs], dtype=np.int64),
        alternates=alternates,
    )
    return bench, names


def wanted(scene: Scene, *, due: int, weight: float = 1.0) -> Wanted:
    count = len(scene.floor.ready)
    return Wanted(np.full(count, due, dtype=np.int64), np.full(count, weight, dtype=np.float64))


def test_no_machine_and_no_tool_does_two_things_at_once() -> None:
    clashes: list[object] = []
    for seed in range(SHOPS):
        scene, bench, names = random_bench(seed)
        for look_ahead, by_plan in RULES:
            due = int(MONDAY.timestamp()) + 20 * 3600
            done = Dispatcher(bench, wanted(scene, due=due)).again(
                look_ahead=look_ahead, by_plan=by_plan
            )
            clashes += [(seed, names[thing]) for thing in doubly_used(bench, done)]
            clashes += [(seed, "late", step) for step in np.flatnonzero(done.finish >= AGES)]

    assert clashes == []


def test_nothing_starts_before_its_plan_or_before_what_it_waits_for() -> None:
    early: list[object] = []
    for seed in range(SHOPS):
        scene, bench, _ = random_bench(seed)
        done = Dispatcher(bench, wanted(scene, due=0)).again(look_ahead=1.0, by_plan=False)
        early += [(seed, step) for step in np.flatnonzero(done.start < bench.ready)]
        jobs = [scene.case.shop.jobs[places[0]] for places in scene.floor.jobs_of]
        for before, job in enumerate(jobs):
            for after, other in enumerate(jobs):
                follows = job.work_order == other.work_order and job.key.seq < other.key.seq
                if follows and done.start[after] < done.finish[before]:
                    early.append((seed, before, after))

    assert early == []


def random_bench(seed: int) -> tuple[Scene, Bench, list[str]]:
    """Return a small shop whose steps share three tools and have alternates anywhere."""
    rng = Random(seed)
    shop = small_shop(seed)
    scene = scene_of(shop.facts(), hours=shop.repair / 4)
    plain, names = bench_of(scene, alternates=[])
    alternates = [
        Alternate(step, names.index(name), int(plain.ready[step]), rng.randint(4, 24) * QUARTER_S)
        for step in range(len(plain.needs))
        for name in ("M1", "M2", "M3")
        if rng.random() < 0.4 and names.index(name) != plain.needs[step][0]
    ]
    tools = [f"T{number}" for number in range(3)]
    bench = Bench(
        floor=plain.floor,
        needs=[
            [*needs, *([len(names) + rng.randrange(3)] if rng.random() < 0.5 else [])]
            for needs in plain.needs
        ],
        calendar=np.concatenate((plain.calendar, np.zeros(3, dtype=np.int64))),
        keeps=plain.keeps,
        ready=plain.ready,
        planned_start=plain.planned_start,
        planned_finish=plain.planned_finish,
        alternates=alternates,
    )
    return scene, bench, [*names, *tools]


def doubly_used(bench: Bench, done: Dispatched) -> list[int]:
    used: dict[int, list[tuple[int, int]]] = {}
    for step, needs in enumerate(bench.needs):
        for thing in (int(done.machine[step]), *needs[1:]):
            used.setdefault(thing, []).append((int(done.start[step]), int(done.finish[step])))
    return [
        thing
        for thing, spans in used.items()
        if any(before[1] > after[0] for before, after in pairwise(sorted(spans)))
    ]


def queue_of_two(*, long: float, short: float) -> tuple[Scene, Bench]:
    """Return two works that both wait for M1 from hour 8 on: L, planned first, and S."""
    facts = plant(
        work_orders=(make("L", order="A"), make("S", order="B")),
        operations=(op("L", 10, "M1", 1, 1 + long), op("S", 10, "M1", 1 + long, 1 + long + short)),
        order_lines=(order("A", due=30), order("B", due=30)),
    )
    scene = scene_of(facts, hours=8)
    return scene, bench_of(scene, alternates=[])[0]


def test_of_two_overdue_works_the_shorter_goes_first() -> None:
    scene, bench = queue_of_two(long=4, short=1)
    done = Dispatcher(bench, wanted(scene, due=0)).again(look_ahead=3.0, by_plan=False)

    assert [int(start) for start in done.start] == [stamp(9), stamp(8)]


def test_weight_outdoes_length() -> None:
    _scene, bench = queue_of_two(long=4, short=1)
    heavy = Wanted(np.zeros(2, dtype=np.int64), np.array([5.0, 1.0]))
    done = Dispatcher(bench, heavy).again(look_ahead=3.0, by_plan=False)

    assert [int(start) for start in done.start] == [stamp(8), stamp(12)]


def test_slack_outdoes_weight_when_due_times_are_felt_near_only() -> None:
    _scene, bench = queue_of_two(long=4, short=4)
    dues = Wanted(np.array([stamp(60), stamp(12)], dtype=np.int64), np.array([4.0, 1.0]))
    done = Dispatcher(bench, dues).again(look_ahead=1.0, by_plan=False)

    # 44 hours of slack against 0, at a reach of 4 hours: log 4 - 11 against 0.
    assert [int(start) for start in done.start] == [stamp(12), stamp(8)]


def stamp(hours: float) -> int:
    return int(at(hours).timestamp())
