"""Responses against the sweep and the naive plant, at every repair time there is."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.engine.schedule import response
from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.response import Repair, Responses, respond_to
from knockon.engine.schedule.right_shift import Network, right_shift
from tests.engine.delay.oracle import Link, Task, replay

END = 900
HORIZON = 260

Windows = tuple[tuple[int, int], ...]
RUNS, WAITS, PAUSES, SLOWS = range(4)


@dataclass(frozen=True)
class Job:
    ready: int
    work: int
    calendar: int
    stay: int = RUNS
    restart: int = 0
    rate: Fraction = Fraction(1)


@dataclass(frozen=True)
class Plant:
    calendars: tuple[Windows, ...]
    jobs: tuple[Job, ...]
    links: tuple[Link, ...]
    begin: int


MIXED = Plant(
    calendars=(((0, 40), (60, 100), (120, AGES)), ((-AGES, AGES),)),
    jobs=(
        Job(0, 10, 0, WAITS, 7),
        Job(0, 20, 0, PAUSES),
        Job(5, 30, 0, SLOWS, 0, Fraction(1, 3)),
        Job(0, 15, 1, SLOWS, 0, Fraction(1, 3)),
        Job(0, 25, 0),
        Job(0, 5, 1),
    ),
    links=(Link(0, 4, 0), Link(1, 4, -3), Link(2, 5, 0), Link(3, 5, 0), Link(4, 5, -8)),
    begin=10,
)
"""One job of every sort, in two calendars."""


def windows(edges: Sequence[int], endless: bool) -> Windows:
    ordered = sorted(set(edges))
    pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
    return (*pairs, (END, AGES)) if endless else (*pairs, (END, END + 50))


@st.composite
def plants(draw: st.DrawFn) -> Plant:
    calendar = st.builds(windows, st.lists(st.integers(0, END - 1), max_size=10), st.booleans())
    calendars = tuple(draw(st.lists(calendar, min_size=1, max_size=3)))
    job = st.builds(
        Job,
        ready=st.integers(0, 200),
        work=st.integers(0, 90),
        calendar=st.integers(0, len(calendars) - 1),
        stay=st.sampled_from([RUNS, RUNS, WAITS, PAUSES, SLOWS]),
        restart=st.sampled_from([0, 0, 7, 30]),
        rate=st.sampled_from([Fraction(1, 2), Fraction(7, 8), Fraction(1, 10), Fraction(2, 3)]),
    )
    jobs = draw(st.lists(job, min_size=1, max_size=7))
    ends = st.integers(0, len(jobs) - 1)
    drawn = draw(st.lists(st.tuples(ends, ends, st.integers(-40, 0)), max_size=12))
    links = tuple(Link(min(a, b), max(a, b), lag) for a, b, lag in drawn if a != b)
    return Plant(calendars, tuple(jobs), links, draw(st.integers(0, 150)))


def calendars_of(plant: Plant) -> Calendars:
    counts = [len(calendar) for calendar in plant.calendars]
    return Calendars(
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        starts=np.array([w[0] for c in plant.calendars for w in c], dtype=np.int64),
        ends=np.array([w[1] for c in plant.calendars for w in c], dtype=np.int64),
        index={},
        horizon=(0, AGES),
    )


def network(plant: Plant, *, repair_s: int | None = None) -> Network:
    """Build the network; with a repair time, what waits for it has it in ``ready``."""
    calendars = calendars_of(plant)
    slow = np.array([job.stay in (PAUSES, SLOWS) for job in plant.jobs])
    rates = {PAUSES: 0.0, SLOWS: None}
    ready = [
        job.ready
        if job.stay != WAITS or repair_s is None
        else max(
            job.ready,
            calendars.add(plant.begin + repair_s, work=job.restart, calendar=job.calendar),
        )
        for job in plant.jobs
    ]
    until = plant.begin + (repair_s or 0)
    return Network(
        ready=np.array(ready, dtype=np.int64),
        work=np.array([job.work for job in plant.jobs], dtype=np.int64),
        calendar=np.array([job.calendar for job in plant.jobs], dtype=np.int64),
        rate=np.array(
            [
                float(job.rate) if job.stay == SLOWS else rates.get(job.stay, 1.0)
                for job in plant.jobs
            ]
        ),
        slow_from=np.where(slow, plant.begin, AGES).astype(np.int64),
        slow_until=np.where(slow, until, 0).astype(np.int64),
        source=np.array([link.source for link in plant.links], dtype=np.int64),
        target=np.array([link.target for link in plant.links], dtype=np.int64),
        lag=np.array([link.lag for link in plant.links], dtype=np.int64),
        calendars=calendars,
    )


def responses(plant: Plant, horizon: int = HORIZON) -> Responses:
    waiting = [number for number, job in enumerate(plant.jobs) if job.stay == WAITS]
    repair = Repair(
        begin=plant.begin,
        horizon_s=horizon,
        operation=np.array(waiting, dtype=np.int64),
        restart_s=np.array([plant.jobs[job].restart for job in waiting], dtype=np.int64),
        calendar=np.array([plant.jobs[job].calendar for job in waiting], dtype=np.int64),
    )
    return respond_to(network(plant), repair)


def swept(plant: Plant, repair_s: int) -> list[int]:
    return right_shift(network(plant, repair_s=repair_s)).finish.tolist()


def naive(plant: Plant, repair_s: int) -> list[int]:
    over = plant.begin + repair_s
    tasks, links = [], list(plant.links)
    for number, job in enumerate(plant.jobs):
        hours = plant.calendars[job.calendar]
        rate = {PAUSES: Fraction(0), SLOWS: job.rate}.get(job.stay, Fraction(1))
        slow = (plant.begin, over) if job.stay in (PAUSES, SLOWS) else (0, 0)
        tasks.append(Task(job.ready, job.work, hours, rate, slow))
        if job.stay == WAITS:
            links.append(Link(-1 - number, number, 0))
    for number, job in enumerate(plant.jobs):
        if job.stay == WAITS:
            place = len(tasks)
            tasks.append(Task(over, job.restart, plant.calendars[job.calendar]))
            links = [
                Link(place, link.target, link.lag) if link.source == -1 - number else link
                for link in links
            ]
    return [AGES if span is None else span[1] for span in replay(tasks, links)][: len(plant.jobs)]


def every(plant: Plant) -> np.ndarray:
    return np.arange(len(plant.jobs), dtype=np.int64)


@settings(max_examples=150, deadline=None)
@given(plants())
def test_response_equals_the_sweep_at_every_repair_time(plant: Plant) -> None:
    found = responses(plant)

    answered = [found.finishes(every(plant), repair_s=at).tolist() for at in range(HORIZON + 1)]

    assert answered == [swept(plant, at) for at in range(HORIZON + 1)]
    assert found.top.tolist() == answered[-1]


@settings(max_examples=60, deadline=None)
@given(plants(), st.integers(0, HORIZON))
def test_response_equals_the_naive_plant(plant: Plant, repair_s: int) -> None:
    found = responses(plant)

    assert found.finishes(every(plant), repair_s=repair_s).tolist() == naive(plant, repair_s)


@settings(max_examples=100, deadline=None)
@given(plants(), st.integers(0, END + 100))
def test_threshold_is_the_longest_repair_within_the_limit(plant: Plant, limit: int) -> None:
    found = responses(plant)
    limits = np.full(len(plant.jobs), limit, dtype=np.int64)
    table = np.array([swept(plant, at) for at in range(HORIZON + 1)])

    exhaustive = [
        max((at for at in range(HORIZON + 1) if table[at, job] <= limit), default=-1)
        for job in range(len(plant.jobs))
    ]

    assert found.longest_within(every(plant), limit=limits).tolist() == exhaustive


def test_books_that_turn_out_too_small_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    shifts = tuple((place, place + 5) for place in range(0, 800, 7))
    plant = Plant(
        calendars=(shifts, ((0, AGES),)),
        jobs=(Job(0, 9, 0, WAITS), Job(0, 9, 1, WAITS), *(Job(0, 3, n % 2) for n in range(8))),
        links=(*(Link(n, n + 2, 0) for n in range(8)), Link(3, 6, -4)),
        begin=0,
    )
    roomy = responses(plant)

    monkeypatch.setattr(response, "_FIRST_ROOM", 2)
    tight = responses(plant)

    assert tight.pieces == roomy.pieces > 100
    assert [tight.finishes(every(plant), repair_s=at).tolist() for at in range(HORIZON)] == [
        swept(plant, at) for at in range(HORIZON)
    ]


def test_chain_without_rest_has_two_pieces_at_most() -> None:
    count = 1000
    plant = Plant(
        calendars=(((-AGES, AGES),),),
        jobs=(Job(0, 5, 0, WAITS), *(Job(3 * place, 5, 0) for place in range(1, count))),
        links=tuple(Link(place, place + 1, 0) for place in range(count - 1)),
        begin=0,
    )

    found = responses(plant, horizon=10_000_000)

    assert found.pieces <= 2 + 2 * count
    assert found.finishes(every(plant), repair_s=10_000_000).tolist() == [
        10_000_000 + 5 * (place + 1) for place in range(count)
    ]


def test_responses_are_the_same_without_compilation() -> None:
    root = Path(__file__).parents[3]
    script = (
        "import numpy as np\n"
        "from tests.engine.curve import test_response as t\n"
        "from knockon.engine.schedule import _response_kernels as k\n"
        "assert not hasattr(k.respond, 'py_func')\n"
        "found = t.responses(t.MIXED, 90)\n"
        "print([found.finishes(t.every(t.MIXED), repair_s=at).tolist() for at in range(0, 91, 9)])\n"
        "print(found.longest_within(t.every(t.MIXED), limit=t.every(t.MIXED) * 0 + 150).tolist())\n"
    )

    printed = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": f"{root}{os.pathsep}{root}/src"},
        capture_output=True,
        text=True,
        check=True,
    )

    compiled = responses(MIXED, 90)
    limit = np.full(len(MIXED.jobs), 150, dtype=np.int64)
    assert printed.stdout.splitlines() == [
        str([compiled.finishes(every(MIXED), repair_s=at).tolist() for at in range(0, 91, 9)]),
        str(compiled.longest_within(every(MIXED), limit=limit).tolist()),
    ]
