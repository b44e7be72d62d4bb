"""Trace of suspect lots against PostgreSQL's recursive query, on the same genealogy.

Run it by ``knockon bench trace``, or ``python -m benchmarks.trace --dsn …`` against any server.
Ours is the product's own ``trace_forward`` and ``trace_backward``: reach, class, hops and suspect
share, respecting time. PostgreSQL computes no more than the set of lots, over covering indexes,
warm. Both answers are compared lot by lot before anything is timed; rounds are interleaved, so
that what else the machine does hits both alike.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import LiteralString

import numpy as np
import psycopg
from numpy.typing import NDArray

from knockon.demo.genealogy import SHIPMENT_LEVEL, Genealogy, grow_genealogy
from knockon.domain.facts import LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import LotGraph, build_from_links
from knockon.engine.graph.states import HOP_BIT, LinkTable
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward

SMALL_CONE = 100
MEDIUM_CONE = 10_000
LARGE_SEEDS_PER_MILLION_LINKS = 250
LEAST_ROUNDS = 5
_CANDIDATES = 400

_CONE = """
with recursive cone(lot) as (
    select unnest(%s::int[])
    union
    select {} from cone join bench_link link on {} = cone.lot
)
select {} from cone
"""
_FORWARD: tuple[LiteralString, LiteralString] = ("link.target", "link.source")
_BACKWARD: tuple[LiteralString, LiteralString] = ("link.source", "link.target")


class UnequalAnswers(AssertionError):
    """The two engines disagree: no time is worth printing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cone:
    """One question that both sides answer."""

    name: str
    seeds: tuple[int, ...]
    forward: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row of the result; times are medians in milliseconds."""

    cone: str
    direction: str
    seeds: int
    lots: int
    trace_ms: float
    listed_ms: float
    postgresql_ms: float
    times_faster: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``knockon bench trace`` prints."""

    links: int
    lots: int
    rounds: int
    postgresql: str
    equal_answers: bool
    measured: tuple[Measured, ...]


def run(dsn: str, *, links: int = 1_000_000, rounds: int = LEAST_ROUNDS, seed: int = 1) -> Report:
    """Measure the trace against the server at ``dsn``, in a temporary table of this session.

    Raises
    ------
    UnequalAnswers
        The two sides do not find the same lots.
    """
    plant = grow_genealogy(links, seed=seed)
    bench = _Bench(plant)
    with psycopg.connect(dsn, autocommit=True) as connection:
        _load(connection, plant)
        cones = bench.cones(seed=seed)
        for cone in cones:
            bench.compare(connection, cone)
        measured = tuple(
            bench.measured(cone, times) for cone, times in _rounds(bench, connection, cones, rounds)
        )
        version = connection.info.parameter_status("server_version") or "unknown"
    return Report(
        links=len(plant.source),
        lots=len(plant.level),
        rounds=rounds,
        postgresql=version,
        equal_answers=True,
        measured=measured,
    )


def as_table(report: Report) -> str:
    """Return the report as lines of text."""
    lines = [
        (
            f"{report.lots:,} lots, {report.links:,} links; PostgreSQL {report.postgresql}; "
            f"medians of {report.rounds} interleaved rounds; equal answers"
        ),
        f"{'cone':<18}{'lots':>10}{'trace ms':>12}{'listed ms':>12}{'PostgreSQL ms':>16}{'ratio':>9}",
    ]
    lines += [
        f"{row.cone + ' ' + row.direction:<18}{row.lots:>10,}{row.trace_ms:>12.3f}"
        f"{row.listed_ms:>12.3f}{row.postgresql_ms:>16.2f}{row.times_faster:>8.1f}x"
        for row in report.measured
    ]
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(asdict(report))


class _Bench:
    """The plant as the product holds it, and the questions asked of it."""

    def __init__(self, plant: Genealogy) -> None:
        self._plant = plant
        self.keys = tuple(LotKey("", "", f"{number:09d}") for number in range(len(plant.level)))
        self.graph = _graph(plant, self.keys)

    def cones(self, *, seed: int) -> tuple[Cone, ...]:
        """Return the standard questions: S, M and L forward, one shipment backward."""
        rng = np.random.default_rng(seed)
        level = self._plant.level
        raw = rng.permutation(np.flatnonzero(level == 0))
        steps = rng.permutation(np.flatnonzero((level > 0) & (level < SHIPMENT_LEVEL)))
        shipped = rng.permutation(np.flatnonzero(level == SHIPMENT_LEVEL))
        large = int(LARGE_SEEDS_PER_MILLION_LINKS * len(self._plant.source) / 1_000_000)
        return (
            Cone(name="S", seeds=(self._nearest(steps, SMALL_CONE),)),
            Cone(name="M", seeds=(self._nearest(raw, MEDIUM_CONE),)),
            Cone(name="L", seeds=tuple(sorted(int(lot) for lot in raw[: max(large, 2)]))),
            Cone(name="shipment", seeds=(int(shipped[0]),), forward=False),
        )

    def _nearest(self, lots: NDArray[np.int64], size: int) -> int:
        """Return the lot, of some, whose cone is nearest to a size."""

        def distance(lot: int) -> float:
            found = len(self.trace(Cone(name="", seeds=(lot,))).lot_numbers)
            return abs(float(np.log(found / size)))

        return min((int(lot) for lot in lots[:_CANDIDATES]), key=distance)

    def trace(self, cone: Cone) -> LotTrace:
        """Ask the product."""
        if not cone.forward:
            return trace_backward(self.graph, self.keys[cone.seeds[0]])
        confirmed = LinkClass.CONFIRMED
        lots = tuple(SeedLot(key=self.keys[lot], link_class=confirmed) for lot in cone.seeds)
        return trace_forward(self.graph, Seeds(lots=lots))

    def compare(self, connection: psycopg.Connection, cone: Cone) -> None:
        """Compare both answers lot by lot; the queries are warm afterwards."""
        query = _query(cone, wanted="lot")
        rows = connection.execute(query, [list(cone.seeds)]).fetchall()
        theirs = np.sort(np.array([row[0] for row in rows], dtype=np.int64))
        if not np.array_equal(self.trace(cone).lot_numbers, theirs):
            raise UnequalAnswers(cone.name)

    def measured(self, cone: Cone, times: Sequence[tuple[float, float, float]]) -> Measured:
        """Return the medians of one cone's rounds."""
        traced, listed, queried = (statistics.median(column) for column in zip(*times, strict=True))
        return Measured(
            cone=cone.name,
            direction="forward" if cone.forward else "backward",
            seeds=len(cone.seeds),
            lots=len(self.trace(cone).lot_numbers),
            trace_ms=traced * 1000,
            listed_ms=listed * 1000,
            postgresql_ms=queried * 1000,
            times_faster=queried / traced,
        )


def _graph(plant: Genealogy, keys: Sequence[LotKey]) -> LotGraph:
    at_us = plant.at_us[plant.target]
    table = LinkTable(
        source=plant.source.astype(np.int64),
        target=plant.target.astype(np.int64),
        earliest=at_us,
        latest=at_us,
        meta=np.full(len(at_us), HOP_BIT, dtype=np.uint8),
        qty=plant.taken,
        unit=np.zeros(len(at_us), dtype=np.int32),
    )
    family = plant.family.astype(np.int32)
    return build_from_links(keys, table, contents=plant.qty, family=family)


def _query(cone: Cone, *, wanted: LiteralString) -> LiteralString:
    reached, known = _FORWARD if cone.forward else _BACKWARD
    return _CONE.format(reached, known, wanted)


def _load(connection: psycopg.Connection, plant: Genealogy) -> None:
    """Load the links with covering indexes both ways, sorted, vacuumed and in memory."""
    connection.execute(
        "create temporary table bench_link"
        " (source int not null, target int not null, qty float8 not null, at bigint not null)"
    )
    with (
        connection.cursor() as cursor,
        cursor.copy("copy bench_link (source, target, qty, at) from stdin") as copy,
    ):
        columns = (plant.source, plant.target, plant.taken, plant.at_us[plant.target])
        for row in zip(*(column.tolist() for column in columns), strict=True):
            copy.write_row(row)
    connection.execute("create index on bench_link (source) include (target, qty, at)")
    connection.execute("create index on bench_link (target) include (source, qty, at)")
    connection.execute("vacuum (analyze) bench_link")
    connection.execute("set work_mem = '512MB'")
    connection.execute("set jit = off")


def _rounds(
    bench: _Bench, connection: psycopg.Connection, cones: Sequence[Cone], rounds: int
) -> Iterator[tuple[Cone, list[tuple[float, float, float]]]]:
    times: dict[str, list[tuple[float, float, float]]] = {cone.name: [] for cone in cones}
    for _ in range(max(rounds, LEAST_ROUNDS)):
        for cone in cones:
            query = _query(cone, wanted="count(*)")
            queried = _seconds(partial(_ask, connection, query, cone))
            traced = _seconds(partial(_reach, bench, cone))
            listed = _seconds(partial(_list, bench, cone))
            times[cone.name].append((traced, listed, queried))
    for cone in cones:
        yield cone, times[cone.name]


def _ask(connection: psycopg.Connection, query: LiteralString, cone: Cone) -> object:
    return connection.execute(query, [list(cone.seeds)]).fetchone()


def _reach(bench: _Bench, cone: Cone) -> object:
    return bench.trace(cone).lot_numbers


def _list(bench: _Bench, cone: Cone) -> object:
    return bench.trace(cone).lots


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(prog="knockon bench trace")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = run(given.dsn, links=given.links, rounds=given.rounds, seed=given.seed)
    sys.stdout.write((as_json(report) if given.json else as_table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
