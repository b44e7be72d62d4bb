"""The sweep against a naive plant, and the laws that any right shift obeys."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from knockon.engine.schedule._kernels import next_open, work_between, work_through
from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.limits import AGES, FREE
from knockon.engine.schedule.right_shift import Network, Timeline, right_shift
from tests.engine.delay.oracle import Link, Task, replay

END = 4000


@dataclass(frozen=True)
class Case:
    calendars: tuple[tuple[tuple[int, int], ...], ...]
    tasks: tuple[tuple[int, int, int, int], ...]
    links: tuple[Link, ...]
    slow: tuple[tuple[int, int], ...]


def windows(edges: Sequence[int]) -> tuple[tuple[int, int], ...]:
    ordered = sorted(set(edges))
    pairs = list(zip(ordered[::2], ordered[1::2], strict=False))
    return (*pairs, (END, AGES))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    calendars = draw(
        st.lists(st.lists(st.integers(0, END - 1), max_size=8).map(windows), min_size=1, max_size=3)
    )
    count = draw(st.integers(1, 9))
    tasks = draw(
        st.lists(
            st.tuples(
                st.integers(0, 600),
                st.integers(0, 300),
                st.integers(0, len(calendars) - 1),
                st.sampled_from([1, 2, 4, 8]),
            ),
            min_size=count,
            max_size=count,
        )
    )
    links = draw(
        st.lists(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1), st.integers(-50, 0)),
            max_size=14,
        )
    )
    forward = tuple(
        Link(min(source, target), max(source, target), lag)
        for source, target, lag in links
        if source != target
    )
    periods = st.tuples(st.integers(0, 800), st.integers(0, 500))
    slow = draw(st.lists(periods, min_size=count, max_size=count))
    return Case(
        tuple(calendars),
        tuple(tasks),
        forward,
        tuple((begin, begin + length) for begin, length in slow),
    )


def network(case: Case, order: Sequence[int] | None = None) -> Network:
    """Build the network with task ``order[i]`` at place ``i``."""
    order = list(range(len(case.tasks))) if order is None else list(order)
    place = {task: number for number, task in enumerate(order)}
    counts = [len(calendar) for calendar in case.calendars]
    rows = [case.tasks[task] for task in order]
    return Network(
        ready=np.array([row[0] for row in rows], dtype=np.int64),
        work=np.array([row[1] for row in rows], dtype=np.int64),
        calendar=np.array([row[2] for row in rows], dtype=np.int64),
        rate=np.array([1 / row[3] for row in rows], dtype=np.float64),
        source=np.array([place[link.source] for link in case.links], dtype=np.int64),
        target=np.array([place[link.target] for link in case.links], dtype=np.int64),
        lag=np.array([link.lag for link in case.links], dtype=np.int64),
        calendars=Calendars(
            first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            starts=np.array([w[0] for c in case.calendars for w in c], dtype=np.int64),
            ends=np.array([w[1] for c in case.calendars for w in c], dtype=np.int64),
            index={},
            horizon=(0, AGES),
        ),
        slow_from=np.array([case.slow[task][0] for task in order], dtype=np.int64),
        slow_until=np.array([case.slow[task][1] for task in order], dtype=np.int64),
    )


def naive(case: Case) -> list[tuple[int, int] | None]:
    tasks = [
        Task(ready, work, case.calendars[calendar], Fraction(1, divisor), slow)
        for (ready, work, calendar, divisor), slow in zip(case.tasks, case.slow, strict=True)
    ]
    return replay(tasks, case.links)


def spans(timeline: Timeline) -> list[tuple[int, int]]:
    return list(zip(timeline.start.tolist(), timeline.finish.tolist(), strict=True))


@settings(deadline=None)
@given(cases())
def test_sweep_equals_the_naive_plant(case: Case) -> None:
    assert spans(right_shift(network(case))) == naive(case)


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_result_does_not_depend_on_the_order_of_jobs(case: Case, chance: object) -> None:
    order = list(range(len(case.tasks)))
    chance.shuffle(order)

    shuffled = spans(right_shift(network(case, order)))

    assert [shuffled[order.index(task)] for task in range(len(order))] == naive(case)


@settings(deadline=None)
@given(cases(), st.integers(0, 8), st.integers(1, 400))
def test_later_job_makes_no_job_earlier_and_delays_grow_with_it(
    case: Case, which: int, by: int
) -> None:
    tasks = list(case.tasks)
    which %= len(tasks)
    ready, *rest = tasks[which]
    tasks[which] = (ready + by, *rest)
    later = Case(case.calendars, tuple(tasks), case.links, case.slow)

    old, new = right_shift(network(case)), right_shift(network(later))

    assert bool(np.all(new.start >= old.start))
    assert bool(np.all(new.finish >= old.finish))


@settings(deadline=None)
@given(cases())
def test_binding_wait_is_what_holds_the_start(case: Case) -> None:
    work = network(case)
    timeline = right_shift(work)
    held = np.flatnonzero(timeline.binding != FREE)
    waits = timeline.binding[held]

    floor = timeline.finish[work.source[waits]] + work.lag[waits]

    assert work.target[waits].tolist() == held.tolist()
    assert bool(np.all(floor > work.ready[held]))
    assert bool(np.all(timeline.start[held] >= floor))


def test_circle_is_cut_at_its_earliest_job() -> None:
    case = Case(
        calendars=(((0, AGES),),),
        tasks=((5, 10, 0, 1), (5, 10, 0, 1)),
        links=(Link(0, 1, 0), Link(1, 0, 0)),
        slow=((0, 0), (0, 0)),
    )

    timeline = right_shift(network(case))

    assert spans(timeline) == [(5, 15), (15, 25)]
    assert timeline.dropped.tolist() == [1]


def test_long_chain_needs_no_recursion() -> None:
    count = 100_000
    chain = np.arange(count - 1, dtype=np.int64)
    zeros = np.zeros(count, dtype=np.int64)
    calendars = network(Case((((0, AGES),),), ((0, 0, 0, 1),), (), ((0, 0),))).calendars

    timeline = right_shift(
        Network(
            ready=zeros,
            work=zeros + 3,
            calendar=zeros,
            rate=np.ones(count),
            slow_from=zeros,
            slow_until=zeros,
            source=chain + 1,
            target=chain,
            lag=chain * 0,
            calendars=calendars,
        )
    )

    assert int(timeline.finish[0]) == 3 * count


def test_no_known_window_means_never() -> None:
    starts, ends = np.array([0], dtype=np.int64), np.array([10], dtype=np.int64)

    assert next_open(10, 0, 1, starts, ends) == AGES
    assert work_through(5, 6, 0, 1, starts, ends, AGES, AGES, 1.0) == AGES
    assert work_through(5, 5, 0, 1, starts, ends, AGES, AGES, 1.0) == 10
    assert work_between(5, 20, 0, 1, starts, ends) == 5


@settings(max_examples=30, deadline=None)
@given(cases())
def test_plain_kernels_give_what_compiled_ones_give(case: Case) -> None:
    flat = network(case).calendars
    low, high = int(flat.first[0]), int(flat.first[1])
    plain = getattr(work_through, "py_func", work_through)

    for (ready, work, _, divisor), slow in zip(case.tasks, case.slow, strict=True):
        arguments = (ready, work, low, high, flat.starts, flat.ends, *slow, 1 / divisor)
        assert plain(*arguments) == work_through(*arguments)


def test_sweep_is_the_same_without_compilation() -> None:
    root = Path(__file__).parents[3]
    script = (
        "import numpy as np\n"
        "from knockon.engine.schedule import _kernels as k\n"
        "assert not hasattr(k.sweep, 'py_func')\n"
        "z = np.zeros(2, np.int64); out = [z.copy() for _ in range(3)]\n"
        "k.sweep(np.array([0, 0, 1]), np.array([0]), np.array([0]), z + 5, z + 7, z, np.ones(2),\n"
        "        np.array([0, 1]), np.array([-9]), np.array([99]), z + 9, z + 9, *out)\n"
        "print(*out[0], *out[1], *out[2])\n"
    )

    printed = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert printed.split() == ["5", "12", "12", "19", "-1", "0"]
