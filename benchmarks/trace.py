"""Full impact of suspect lots against PostgreSQL's recursive queries, on the same genealogy.

Run it by ``knockon bench trace``, or ``python -m benchmarks.trace --dsn …`` against any server.
Ours is the product's own ``trace_forward`` and ``trace_backward`` over a sealed genealogy, from
keys of lots on: reach with class and time, suspect share and the way most of it came, added up by
order and customer. PostgreSQL computes no more than the set of lots (P1, P5) or their suspect
shares (P2), over covering indexes, warm. All answers are compared before anything is timed.
"""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import psycopg

from benchmarks import postgresql
from benchmarks.plant import BenchPlant, Cone, UnequalAnswers, bench_plant
from benchmarks.rounds import LEAST_ROUNDS, cpu_ms, medians_ms
from knockon.demo.genealogy import grow_genealogy
from knockon.engine.impact.rollup import explanation, roll_up

MOST_LISTED = 50_000
"""Larger cones are not listed row by row to compare them with the arrays."""
_CLOSE = 1e-5
_MOST_PATHS_LINKS = 20_000_000
"""On larger plants a large cone's ways are too many to add up one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One row of the result; times are medians in milliseconds, None was not measured.

    Processor times tell how much work it is where a machine has other work to do; a session of
    PostgreSQL has one process.
    """

    cone: str
    direction: str
    seeds: int
    lots: int
    orders: int
    customers: int
    trace_ms: float
    full_impact_ms: float
    postgresql_set_ms: float
    postgresql_shares_ms: float | None
    times_faster_than_set: float
    times_faster_than_shares: float | None
    full_impact_cpu_ms: float
    postgresql_set_cpu_ms: float | None
    times_less_cpu: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``knockon bench trace`` prints."""

    links: int
    lots: int
    bytes_per_link: float
    rounds: int
    postgresql: str
    equal_answers: bool
    measured: tuple[Measured, ...]


def run(
    dsn: str,
    *,
    links: int = 1_000_000,
    rounds: int = LEAST_ROUNDS,
    seed: int = 1,
    is_quantity_measured: bool = True,
) -> Report:
    """Measure against the server at ``dsn``, in temporary tables of this session.

    Raises
    ------
    UnequalAnswers
        The two sides do not find the same.
    """
    plant = bench_plant(grow_genealogy(links, seed=seed))
    with postgresql.connect(dsn) as connection:
        version = postgresql.load(connection, plant.grown)
        cones = plant.cones(seed=seed)
        measured = []
        for cone in cones:
            is_long = cone.name == "L" and links > _MOST_PATHS_LINKS
            with_shares = cone.forward and is_quantity_measured and not is_long
            compare(plant, connection, cone, with_shares=with_shares)
            measured.append(
                _measured(plant, connection, cone, rounds=rounds, with_shares=with_shares)
            )
    states = plant.graph.states.arrays().values()
    return Report(
        links=len(plant.grown.source),
        lots=len(plant.grown.level),
        bytes_per_link=sum(array.nbytes for array in states) / len(plant.grown.source),
        rounds=rounds,
        postgresql=version,
        equal_answers=True,
        measured=tuple(measured),
    )


def as_table(report: Report) -> str:
    """Return the report as lines of text."""
    lines = [
        (
            f"{report.lots:,} lots, {report.links:,} links, {report.bytes_per_link:.1f} bytes a link"
            f" in both directions; PostgreSQL {report.postgresql};"
            f" medians of {report.rounds} interleaved rounds; equal answers"
        ),
        (
            f"{'cone':<18}{'lots':>10}{'orders':>9}{'trace ms':>11}{'full ms':>11}"
            f"{'PG set ms':>12}{'ratio':>9}{'cpu ratio':>11}{'PG shares ms':>14}{'ratio':>9}"
        ),
    ]
    for row in report.measured:
        line = (
            f"{row.cone + ' ' + row.direction:<18}{row.lots:>10,}{row.orders:>9,}"
            f"{row.trace_ms:>11.3f}{row.full_impact_ms:>11.3f}"
            f"{row.postgresql_set_ms:>12.2f}{row.times_faster_than_set:>8.1f}x"
        )
        line += f"{row.times_less_cpu:>10.1f}x" if row.times_less_cpu is not None else f"{'-':>11}"
        if row.postgresql_shares_ms is not None and row.times_faster_than_shares is not None:
            line += f"{row.postgresql_shares_ms:>14.2f}{row.times_faster_than_shares:>8.1f}x"
        lines.append(line)
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(asdict(report))


def compare(
    plant: BenchPlant, connection: psycopg.Connection, cone: Cone, *, with_shares: bool
) -> None:
    """Compare both sides, and our arrays with the rows that ``knockon trace`` prints.

    Raises
    ------
    UnequalAnswers
        They differ.
    """
    trace = plant.trace(cone)
    lots = trace.lot_numbers
    _same(np.array_equal(lots, postgresql.lots_of(connection, cone)), cone, "lots")
    _compare_listed(plant, cone)
    if not cone.forward:
        return
    hits = roll_up(trace.reach, plant.book)
    _same(np.array_equal(hits.order, postgresql.orders_of(plant, lots)), cone, "orders")
    reach = trace.reach
    share = np.empty(len(lots))
    share[np.searchsorted(lots, plant.graph.states.entities_of(reach.nodes))] = reach.amount
    whole = plant.grown.qty[lots] * (plant.grown.order[lots] >= 0)
    _same(np.isclose(hits.qty.sum(), whole.sum(), rtol=_CLOSE), cone, "quantity")
    suspect = (whole * share).sum()
    _same(np.isclose(hits.suspect_qty.sum(), suspect, rtol=_CLOSE), cone, "suspect quantity")
    begun = {plant.graph.states.first_node_of(lot) for lot in cone.lots}
    ways = [explanation(reach, place) for place in hits.via[:100].tolist()]
    _same(all(way[0] in begun for way in ways), cone, "explanations")
    if with_shares:
        theirs, shares = postgresql.shares_of(connection, cone)
        _same(np.array_equal(lots, theirs), cone, "lots with shares")
        _same(np.allclose(share, shares, rtol=1e-4, atol=1e-7), cone, "shares")


def _compare_listed(plant: BenchPlant, cone: Cone) -> None:
    """Compare the arrays with the rows made of them for people."""
    trace = plant.trace(cone)
    if len(trace.lot_numbers) > MOST_LISTED:
        return
    rows = {int(row.key.lot): row for row in trace.lots}
    _same(sorted(rows) == trace.lot_numbers.tolist(), cone, "rows")
    reach = trace.reach
    last = plant.graph.states.nodes - 1
    nodes = reach.nodes if cone.forward else last - reach.nodes
    entities = plant.graph.states.entities_of(nodes).tolist()
    hops = reach.hops[:, 0].tolist()
    _same(all(rows[lot].hops == far for lot, far in zip(entities, hops, strict=True)), cone, "hops")
    if cone.forward:
        amounts = zip(entities, reach.amount.tolist(), strict=True)
        shown = all(abs(float(rows[lot].fraction) - part) < 1e-6 for lot, part in amounts)
        _same(shown, cone, "fractions")


def _same(is_equal: object, cone: Cone, what: str) -> None:
    if not is_equal:
        message = f"{cone.name}: {what}"
        raise UnequalAnswers(message)


def _measured(
    plant: BenchPlant,
    connection: psycopg.Connection,
    cone: Cone,
    *,
    rounds: int,
    with_shares: bool,
) -> Measured:
    """Return the medians of one cone."""
    full = plant.full_impact if cone.forward else plant.trace
    works = {
        "set": partial(postgresql.count_set, connection, cone),
        "trace": partial(plant.trace, cone),
        "full": partial(full, cone),
    }
    if with_shares:
        works["shares"] = partial(postgresql.sum_shares, connection, cone)
    spent = medians_ms(works, rounds=rounds)
    ours = cpu_ms(works["full"], clock=time.thread_time)
    clock = postgresql.processor_clock(connection)
    theirs = cpu_ms(works["set"], clock=clock) if clock else None
    hits = roll_up(plant.trace(cone).reach, plant.book) if cone.forward else None
    return Measured(
        cone=cone.name,
        direction="forward" if cone.forward else "backward",
        seeds=len(cone.lots),
        lots=len(plant.trace(cone).lot_numbers),
        orders=len(hits.order) if hits else 0,
        customers=len(hits.customer) if hits else 0,
        trace_ms=spent["trace"],
        full_impact_ms=spent["full"],
        postgresql_set_ms=spent["set"],
        postgresql_shares_ms=spent.get("shares"),
        times_faster_than_set=spent["set"] / spent["full"],
        times_faster_than_shares=spent["shares"] / spent["full"] if with_shares else None,
        full_impact_cpu_ms=ours,
        postgresql_set_cpu_ms=theirs,
        times_less_cpu=theirs / ours if theirs else None,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(prog="knockon bench trace")
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-shares", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = run(
        given.dsn,
        links=given.links,
        rounds=given.rounds,
        seed=given.seed,
        is_quantity_measured=not given.no_shares,
    )
    sys.stdout.write((as_json(report) if given.json else as_table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
