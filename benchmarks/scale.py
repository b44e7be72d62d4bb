"""The same cones in genealogies of very different size, and a fresh process over a large one.

Run it by ``knockon bench scale``. Segments are made straight from the generator, without a data
base, and mapped from files as the product maps them. P6: the same cone in both. P7: bytes a link.
P10: from the start of a process to its first answer, over files that the system holds in memory.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.plant import Cone, UnequalAnswers, cone, order_book, sealed_arrays
from benchmarks.rounds import LEAST_ROUNDS, medians_ms
from knockon.apps.production.segments.container import open_segment_file, write_segment
from knockon.demo.genealogy import Genealogy, grow_genealogy
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.segment import open_segment
from knockon.engine.impact.rollup import OrderBook, OrdersHit, roll_up
from knockon.engine.impact.trace import trace_forward

_CONES = {"S": 100, "M": 10_000}
_CANDIDATES = 400
_FIRST = 4
_MANY = 200
"""Raw lots of one supplier in the largest question."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameCone:
    """P6: one cone in both genealogies; medians in milliseconds."""

    cone: str
    lots: int
    small_ms: float
    large_ms: float
    times_slower: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """P7: what a genealogy takes."""

    links: int
    lots: int
    grown_s: float
    sealed_s: float
    bytes_per_link: float
    file_bytes_per_link: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FreshProcess:
    """P10: medians in milliseconds; ``import_ms`` and ``answer_ms`` are told by the process."""

    links: int
    start_to_answer_ms: float
    import_ms: float
    answer_ms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``knockon bench scale`` prints."""

    rounds: int
    sizes: tuple[Size, ...]
    cones: tuple[SameCone, ...]
    fresh: FreshProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A plant in a file, mapped."""

    path: Path
    graph: LotGraph
    book: OrderBook

    def full_impact(self, question: Cone) -> OrdersHit:
        """Ask for lots, orders and customers."""
        return roll_up(trace_forward(self.graph, question.seeds).reach, self.book)

    def lots_of(self, question: Cone) -> NDArray[np.int64]:
        """Return the lots that were reached."""
        return trace_forward(self.graph, question.seeds).lot_numbers


def run(
    folder: Path,
    *,
    small: int,
    large: int,
    rounds: int = LEAST_ROUNDS,
    starts: int = LEAST_ROUNDS,
    seed: int = 1,
) -> Report:
    """Make two segments in the folder, measure both, and start processes over the larger one.

    Raises
    ------
    UnequalAnswers
        A cone is not the same in both.
    """
    sizes, sealed = [], []
    raw = np.empty(0, dtype=np.int64)
    for links in (small, large):
        begun = time.perf_counter()
        grown = grow_genealogy(links, seed=seed)
        grown_s = time.perf_counter() - begun
        path = folder / f"{links}.segment"
        if not len(raw):
            # Cones of the first lots end before the smaller plant does.
            raw = np.flatnonzero(grown.level[: len(grown.level) // _FIRST] == 0)
        begun = time.perf_counter()
        size = _seal(path, grown, grown_s=grown_s)
        del grown
        sizes.append(size)
        sealed.append(open_sealed(path))
    questions = _questions(*sealed, raw, seed=seed)
    cones = tuple(_same_cone(question, *sealed, rounds=rounds) for question in questions)
    return Report(
        rounds=rounds,
        sizes=tuple(sizes),
        cones=cones,
        fresh=_fresh(sealed[1].path, questions[0], links=large, starts=starts),
    )


def open_sealed(path: Path) -> Sealed:
    """Map a segment as a process that answers does."""
    arrays = open_segment_file(path, is_checked=False).arrays
    return Sealed(path=path, graph=open_segment(arrays), book=order_book(arrays))


def _seal(path: Path, grown: Genealogy, *, grown_s: float) -> Size:
    begun = time.perf_counter()
    links, lots = len(grown.source), len(grown.level)
    arrays = sealed_arrays(grown)
    length = write_segment(path, arrays, notes={})
    states = [array.nbytes for name, array in arrays.items() if name.startswith("states_")]
    return Size(
        links=links,
        lots=lots,
        grown_s=grown_s,
        sealed_s=time.perf_counter() - begun,
        bytes_per_link=sum(states) / links,
        file_bytes_per_link=length / links,
    )


def _questions(
    small: Sealed, large: Sealed, raw: NDArray[np.int64], *, seed: int
) -> tuple[Cone, ...]:
    """Return a small, a medium and a large cone that end before the smaller plant does."""
    lots = np.random.default_rng(seed).permutation(raw).tolist()[:_CANDIDATES]
    reached = {lot: small.lots_of(cone("", lot)) for lot in lots}
    ended = {
        lot: len(found)
        for lot, found in reached.items()
        if np.array_equal(found, large.lots_of(cone("", lot)))
    }
    nearest = {
        name: min(ended, key=lambda lot: abs(np.log(ended[lot] / size)))
        for name, size in _CONES.items()
    }
    single = [cone(name, lot) for name, lot in nearest.items()]
    return (*single, cone("L", *sorted(ended)[:_MANY]))


def _same_cone(question: Cone, small: Sealed, large: Sealed, *, rounds: int) -> SameCone:
    lots = small.lots_of(question)
    if not np.array_equal(lots, large.lots_of(question)):
        raise UnequalAnswers(question.name)
    spent = medians_ms(
        {
            "small": partial(small.full_impact, question),
            "large": partial(large.full_impact, question),
        },
        rounds=rounds,
    )
    return SameCone(
        cone=question.name,
        lots=len(lots),
        small_ms=spent["small"],
        large_ms=spent["large"],
        times_slower=spent["large"] / spent["small"],
    )


def _fresh(path: Path, question: Cone, *, links: int, starts: int) -> FreshProcess:
    """Start processes that answer one question each."""
    command = [sys.executable, "-m", "benchmarks.fresh", str(path), str(question.lots[0])]
    wholes, told = [], []
    for number in range(starts + 1):
        begun = time.perf_counter()
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 -- our own bench
        spent = time.perf_counter() - begun
        if number:
            wholes.append(spent)
            told.append(json.loads(done.stdout))
    return FreshProcess(
        links=links,
        start_to_answer_ms=statistics.median(wholes) * 1000,
        import_ms=statistics.median(each["import_s"] for each in told) * 1000,
        answer_ms=statistics.median(each["answer_s"] for each in told) * 1000,
    )


def as_table(report: Report) -> str:
    """Return the report as lines of text."""
    lines = [
        (
            f"{size.lots:,} lots, {size.links:,} links: {size.bytes_per_link:.1f} bytes a link,"
            f" {size.file_bytes_per_link:.1f} in the file with names and orders;"
            f" grown in {size.grown_s:.0f} s, sealed in {size.sealed_s:.0f} s"
        )
        for size in report.sizes
    ]
    lines.append(f"{'cone':<6}{'lots':>10}{'small ms':>12}{'large ms':>12}{'ratio':>8}")
    lines += [
        f"{row.cone:<6}{row.lots:>10,}{row.small_ms:>12.3f}{row.large_ms:>12.3f}"
        f"{row.times_slower:>7.2f}x"
        for row in report.cones
    ]
    fresh = report.fresh
    lines.append(
        f"fresh process over {fresh.links:,} links: {fresh.start_to_answer_ms:.0f} ms to the first"
        f" answer ({fresh.import_ms:.0f} ms imports, {fresh.answer_ms:.0f} ms map and answer)"
    )
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(asdict(report))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(prog="knockon bench scale")
    parser.add_argument("--dsn", help="not used: no data base is asked")
    parser.add_argument("--small", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        report = run(
            Path(folder),
            small=given.small,
            large=given.large,
            rounds=given.rounds,
            seed=given.seed,
        )
    sys.stdout.write((as_json(report) if given.json else as_table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
