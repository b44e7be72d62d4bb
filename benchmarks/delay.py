"""Delay of a million operations, and the repair time at which each of them turns late.

Run it by ``knockon bench delay`` or ``python -m benchmarks.delay``. Ours are the product's own
kernels: ``sweep``, by which every projection is made, and ``respond`` with ``thresholds``, by which
every curve is. Beside the sweep stand networkx (a smaller plant of the same kind), NumPy level by
level, and the time it takes to stream the same arrays through memory once. Beside the thresholds
stands a Monte-Carlo of 1,024 repair times in the same kernel language with the same sweep. Answers
are compared operation by operation before anything is timed; rounds are interleaved; what is
measured is the processor time of the one thread that works, so that what else the machine does
counts for neither side.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks._networks import due_times, grow_network, on_machine_of
from benchmarks._open_work import NOW, grow_open_work, stop_of
from knockon.engine.impact.chances import RepairLaw
from knockon.engine.impact.curve import PreparedCurve, prepare_curve
from knockon.engine.impact.investigate import investigate
from knockon.engine.schedule._kernels import sweep
from knockon.engine.schedule.response import Repair, put_before, responses_of
from knockon.engine.schedule.right_shift import Arranged, Network, arrange, right_shift

try:
    import networkx as nx
except ModuleNotFoundError:
    nx = None

Int64s = NDArray[np.int64]

SCENARIOS = 1024
LEAST_ROUNDS = 5
RESTART_S = 900
_HORIZON_S = 30 * 86_400
_LAW = RepairLaw(mu=9.0, sigma=0.9)
_OPEN_OPERATIONS = 20_000
_LONG_QUEUE = 5_000
"""Operations per machine of a plant with fewer machines: more levels, each with less to do."""


class UnequalAnswers(AssertionError):
    """Two sides disagree: no time is worth printing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row: ours against one other; medians in nanoseconds per operation."""

    bar: str
    ours: str
    other: str
    operations: int
    other_operations: int
    ours_ns: float
    other_ns: float
    ratio: float
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``knockon bench delay`` prints.

    Parameters
    ----------
    worst_error
        Largest difference between an exact probability to be late and that of the Monte-Carlo.
    slider_ms, prepare_ms
        One step of the slider, and making a curve ready, at ``open_operations``.
    """

    rounds: int
    equal_answers: bool
    measured: tuple[Measured, ...]
    worst_error: float
    open_operations: int
    slider_ms: float
    prepare_ms: float
    missing: tuple[str, ...]


def run(
    *,
    operations: int = 1_000_000,
    open_operations: int = _OPEN_OPERATIONS,
    rounds: int = LEAST_ROUNDS,
    seed: int = 1,
) -> Report:
    """Measure both bars.

    Raises
    ------
    UnequalAnswers
        Two sides do not find the same finishes, or the same share of late scenarios.
    """
    plan = _Plan(grow_network(operations, seed=seed))
    delay = tuple(_delay_rows(plan, rounds=max(rounds, LEAST_ROUNDS), seed=seed))
    thresholds, worst = _threshold_row(plan, rounds=max(rounds, LEAST_ROUNDS), seed=seed)
    slider_ms, prepare_ms = _slider(open_operations, rounds=max(rounds, LEAST_ROUNDS), seed=seed)
    return Report(
        rounds=max(rounds, LEAST_ROUNDS),
        equal_answers=True,
        measured=(*delay, thresholds),
        worst_error=worst,
        open_operations=open_operations,
        slider_ms=slider_ms,
        prepare_ms=prepare_ms,
        missing=() if nx is not None else ("networkx",),
    )


def as_table(report: Report) -> str:
    """Return the report as lines of text."""
    lines = [
        f"medians of {report.rounds} interleaved rounds, processor time; equal answers",
        (
            f"{'bar':<4} {'ours':<12}{'against':<34}{'operations':>12}{'ours ns':>10}"
            f"{'other ns':>12}{'ratio':>10}  wanted"
        ),
    ]
    lines += [
        f"{row.bar:<4} {row.ours:<12}{row.other:<34}{row.other_operations:>12,}"
        f"{row.ours_ns:>10.2f}{row.other_ns:>12.2f}{row.ratio:>9.1f}x  {row.wanted}"
        for row in report.measured
    ]
    lines += [
        (
            f"largest error of a probability against the Monte-Carlo: {report.worst_error:.6f}"
            f" (1/1024 = {1 / SCENARIOS:.6f})"
        ),
        (
            f"curve at {report.open_operations:,} open operations: ready in "
            f"{report.prepare_ms:.0f} ms, one step of the slider {report.slider_ms:.1f} ms"
        ),
    ]
    lines += [f"not installed, so not measured: {name}" for name in report.missing]
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(asdict(report))


class _Plan:
    """A network, arranged, with room for the sweep's answer."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.arranged: Arranged = arrange(network)
        self.count = len(network.ready)
        if not np.array_equal(self.arranged.order, np.arange(self.count)):
            raise UnequalAnswers
        self.start, self.finish, self.binding = (
            np.zeros(self.count, dtype=np.int64) for _ in range(3)
        )

    def sweep(self) -> Int64s:
        """Place every operation by the product's kernel."""
        self.sweep_from(self.network.ready)
        return self.finish

    def sweep_from(self, ready: Int64s) -> None:
        network = self.network
        sweep(
            self.arranged.first,
            self.arranged.source,
            self.arranged.lag,
            ready,
            network.work,
            network.calendar,
            network.rate,
            network.calendars.first,
            network.calendars.starts,
            network.calendars.ends,
            network.slow_from,
            network.slow_until,
            self.start,
            self.finish,
            self.binding,
        )

    def streamed(self) -> list[Int64s]:
        """Return all arrays that the sweep reads or writes."""
        network, plan = self.network, self.arranged
        read = [plan.first, plan.source, plan.lag, network.ready, network.work, network.calendar]
        read += [network.rate.view(np.int64), network.slow_from, network.slow_until]
        return [*read, self.start, self.finish, self.binding]


def _delay_rows(plan: _Plan, *, rounds: int, seed: int) -> Iterator[Measured]:
    levels = _Levels(plan)
    shift = partial(right_shift, plan.network)
    streamed = plan.streamed()
    wanted = plan.sweep().copy()
    _must_equal(levels.finishes(), wanted)
    fewer = _Plan(grow_network(plan.count, seed=seed, per_machine=_LONG_QUEUE))
    long_levels = _Levels(fewer)
    _must_equal(long_levels.finishes(), fewer.sweep())
    sides: dict[str, tuple[Callable[[], object], int, str]] = {
        "NumPy, level by level": (levels.finishes, plan.count, ">= 12x"),
        "NumPy, queues five times as long": (long_levels.finishes, fewer.count, ">= 12x"),
        "streaming the same arrays once": (partial(_stream, streamed), plan.count, "<= 2x"),
    }
    if nx is not None:
        small = _Plan(grow_network(max(1000, plan.count // 10), seed=seed))
        graph = _graph(small)
        _must_equal(graph(), small.sweep())
        sides["networkx"] = (graph, small.count, ">= 700x")
    ours: list[float] = []
    whole: list[float] = []
    others: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        ours.append(_seconds(plan.sweep) / plan.count)
        whole.append(_seconds(shift) / plan.count)
        for name, (work, count, _) in sides.items():
            others[name].append(_seconds(work) / count)
    own = statistics.median(ours)
    for name, (_, count, bar) in sides.items():
        other = statistics.median(others[name])
        is_bound = name.startswith("streaming")
        yield Measured(
            bar="P8",
            ours="sweep",
            other=name,
            operations=plan.count,
            other_operations=count,
            ours_ns=own * 1e9,
            other_ns=other * 1e9,
            ratio=own / other if is_bound else other / own,
            wanted=bar,
        )
    arranged = statistics.median(whole)
    yield Measured(
        bar="P8",
        ours="right_shift",
        other="the sweep alone: arranging it first",
        operations=plan.count,
        other_operations=plan.count,
        ours_ns=arranged * 1e9,
        other_ns=own * 1e9,
        ratio=arranged / own,
        wanted="-",
    )


class _Levels:
    """NumPy's way: all operations that wait for nothing but earlier levels, level by level."""

    def __init__(self, plan: _Plan) -> None:
        arranged = plan.arranged
        self._network = plan.network
        level = np.zeros(plan.count, dtype=np.int64)
        _level_of(arranged.first, arranged.source, level)
        self._order = np.argsort(level, kind="stable")
        bounds = np.searchsorted(level[self._order], np.arange(level.max() + 2))
        self._parts = [self._order[low:high] for low, high in pairwise(bounds.tolist())]
        # Two waits each at most: of the machine and of the job; who has none waits for itself.
        counts = np.diff(arranged.first)
        self._waits = np.full((2, plan.count), plan.count, dtype=np.int64)
        for place in range(2):
            has = counts > place
            self._waits[place, has] = arranged.source[arranged.first[:-1][has] + place]

    def finishes(self) -> Int64s:
        network = self._network
        finish = np.zeros(len(network.ready) + 1, dtype=np.int64)
        for part in self._parts:
            one, other = finish[self._waits[0, part]], finish[self._waits[1, part]]
            finish[part] = np.maximum(np.maximum(one, other), network.ready[part])
            finish[part] += network.work[part]
        return finish[:-1]


@njit
def _level_of(first: Int64s, source: Int64s, level: Int64s) -> None:
    for i in range(len(level)):
        for wait in range(first[i], first[i + 1]):
            level[i] = max(level[i], level[source[wait]] + 1)


@njit
def _pass_over(column: Int64s) -> int:
    total = 0
    for place in range(len(column)):
        total += column[place]
    return total


def _stream(columns: Sequence[Int64s]) -> int:
    """Read every column once."""
    return sum(_pass_over(column) for column in columns)


def _graph(plan: _Plan) -> Callable[[], Int64s]:
    """Return networkx' way: nodes in topological order, with what they carry and wait for."""
    graph = nx.DiGraph()
    ready, work = plan.network.ready.tolist(), plan.network.work.tolist()
    graph.add_nodes_from(
        (node, {"ready": ready[node], "work": work[node]}) for node in range(plan.count)
    )
    counts = np.diff(plan.arranged.first)
    targets = np.repeat(np.arange(plan.count), counts).tolist()
    columns = (plan.arranged.source.tolist(), targets, plan.arranged.lag.tolist())
    graph.add_edges_from(
        (source, target, {"lag": lag}) for source, target, lag in zip(*columns, strict=True)
    )

    def finishes() -> Int64s:
        finish: dict[int, int] = {}
        for node in nx.topological_sort(graph):
            of_node = graph.nodes[node]
            at = of_node["ready"]
            for before, wait in graph.pred[node].items():
                at = max(at, finish[before] + wait["lag"])
            finish[node] = at + of_node["work"]
        return np.array([finish[node] for node in range(plan.count)], dtype=np.int64)

    return finishes


def _threshold_row(plan: _Plan, *, rounds: int, seed: int) -> tuple[Measured, float]:
    """Measure exact thresholds against scenarios; both for every operation at once."""
    held = on_machine_of(plan.network, plan.count // 100)
    due = due_times(plan.network, seed=seed)
    every = np.arange(plan.count, dtype=np.int64)
    shares = (np.arange(SCENARIOS) + 0.5) / SCENARIOS
    repairs = np.array([_LAW.quantile(float(share)) for share in shares], dtype=np.int64)
    repair = Repair(
        begin=0,
        horizon_s=_HORIZON_S,
        operation=held,
        restart_s=np.full(len(held), RESTART_S, dtype=np.int64),
        calendar=plan.network.calendar[held],
    )

    asked = put_before(plan.network, repair)

    def exact() -> Int64s:
        responses = responses_of(asked, most_pieces=4 * plan.count)
        assert responses is not None
        return responses.longest_within(every, limit=due)

    def sampled() -> Int64s:
        late = np.zeros(plan.count, dtype=np.int64)
        ready = plan.network.ready.copy()
        for repair_s in repairs.tolist():
            ready[held] = np.maximum(plan.network.ready[held], repair_s + RESTART_S)
            plan.sweep_from(ready)
            _count_late(plan.finish, due, late)
        return late

    longest = exact()
    late = np.minimum(SCENARIOS - np.searchsorted(repairs, longest, side="right"), SCENARIOS)
    _must_equal(late, sampled())
    worst = _worst_error(longest, late)
    ours, others = [], []
    for _ in range(rounds):
        ours.append(_seconds(exact) / plan.count)
        others.append(_seconds(sampled) / plan.count)
    own, other = statistics.median(ours), statistics.median(others)
    row = Measured(
        bar="P9",
        ours="respond",
        other=f"{SCENARIOS:,} scenarios, same kernel",
        operations=plan.count,
        other_operations=plan.count,
        ours_ns=own * 1e9,
        other_ns=other * 1e9,
        ratio=other / own,
        wanted=">= 50x, error <= 1/1024",
    )
    return row, worst


@njit
def _count_late(finish: Int64s, due: Int64s, late: Int64s) -> None:
    for place in range(len(finish)):
        if finish[place] > due[place]:
            late[place] += 1


def _worst_error(longest: Int64s, late: Int64s) -> float:
    """Return how far the sampled probability is from that of a repair longer than the threshold."""
    values, first = np.unique(longest, return_index=True)
    exact = np.array([_LAW.longer_than(int(value)) for value in values])
    return float(np.max(np.abs(exact - late[first] / SCENARIOS)))


def _slider(operations: int, *, rounds: int, seed: int) -> tuple[float, float]:
    """Return milliseconds of one step of the slider, and of making the curve ready."""
    facts = grow_open_work(operations, seed=seed)
    case = investigate(facts, stop_of("M001", repair_s=100_000), now=NOW)
    prepared = prepare_curve(case)
    assert prepared is not None
    steps = np.linspace(0, prepared.horizon_s, 8).astype(int).tolist()
    ready = [_seconds(partial(prepare_curve, case)) for _ in range(rounds)]
    slides = [_seconds(partial(_step, prepared, at)) for _ in range(rounds) for at in steps]
    return 1e3 * max(slides), 1e3 * statistics.median(ready)


def _step(prepared: PreparedCurve, repair_s: int) -> object:
    return prepared.rows(repair_s)


def _must_equal(one: Int64s, other: Int64s) -> None:
    if not np.array_equal(one, other):
        raise UnequalAnswers


def _seconds(work: Callable[[], object]) -> float:
    begun = time.thread_time()
    work()
    return time.thread_time() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(prog="knockon bench delay")
    parser.add_argument("--dsn", help="taken as every bench does; no data base is needed")
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--open-operations", type=int, default=_OPEN_OPERATIONS)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = run(
        operations=given.operations,
        open_operations=given.open_operations,
        rounds=given.rounds,
        seed=given.seed,
    )
    sys.stdout.write((as_json(report) if given.json else as_table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
