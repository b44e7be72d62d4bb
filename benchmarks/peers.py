"""Full impact of a supplier's recall against other engines that only find what is reached.

Run it by ``knockon bench peers``. The question is the large cone: thousands of raw lots at once.
Ours gives lots, suspect share, class and parent, then orders and customers; SQLite and DuckDB
answer a recursive query (P3), rustworkx, igraph, SuiteSparse:GraphBLAS and SciPy walk their graphs
(P4). A peer that is not installed is left out and named. What each of them finds is compared with
ours before anything is timed. Peers see lots in the order of time, as a plant records them.
"""

import argparse
import importlib
import importlib.util
import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from benchmarks.plant import Cone, UnequalAnswers, bench_plant
from benchmarks.rounds import LEAST_ROUNDS, cpu_ms, medians_ms
from knockon.demo.genealogy import Genealogy, grow_genealogy
from knockon.engine.impact.walk import walk

Ask = Callable[[], int]
"""Answers the question and returns how many lots were found."""

_QUERY = """
with recursive cone(lot) as (
    select lot from seed
    union
    select link.target from cone join link on link.source = cone.lot
)
select count(*) from cone
"""
_ROWS_AT_ONCE = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A peer's median in milliseconds, and how many times ours that is.

    Processor time, of all threads, tells how much work it is where a machine has other work to do.

    Parameters
    ----------
    version
        None: it is not installed, and nothing was measured.
    """

    peer: str
    version: str | None
    reach_ms: float | None
    times_ours: float | None
    times_our_cpu: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What ``knockon bench peers`` prints."""

    links: int
    lots: int
    seeds: int
    reached: int
    rounds: int
    walk_ms: float
    trace_ms: float
    full_impact_ms: float
    measured: tuple[Measured, ...]


def run(*, links: int = 1_000_000, rounds: int = LEAST_ROUNDS, seed: int = 1) -> Report:
    """Measure all peers that are installed.

    Raises
    ------
    UnequalAnswers
        A peer finds another number of lots.
    """
    plant = bench_plant(grow_genealogy(links, seed=seed))
    cone = next(each for each in plant.cones(seed=seed) if each.name == "L")
    trace = plant.trace(cone)
    reached, seeds = len(trace.lot_numbers), trace.reach.seeds
    works: dict[str, Callable[[], object]] = {
        "walk": partial(walk, plant.graph.states, seeds, forward=True),
        "trace": partial(plant.trace, cone),
        "full": partial(plant.full_impact, cone),
    }
    versions: dict[str, str] = {}
    for peer, (module_name, build) in PEERS.items():
        module = _module(module_name)
        if module is None:
            continue
        ask = build(module, plant.grown, cone)
        found = ask()
        if found != reached:
            message = f"{peer} finds {found} lots, ours {reached}"
            raise UnequalAnswers(message)
        works[peer] = ask
        versions[peer] = str(getattr(module, "__version__", "") or _version_of(module))
    spent = medians_ms(works, rounds=rounds)
    worked = {name: cpu_ms(work, clock=time.process_time) for name, work in works.items()}
    return Report(
        links=len(plant.grown.source),
        lots=len(plant.grown.level),
        seeds=len(cone.lots),
        reached=reached,
        rounds=rounds,
        walk_ms=spent["walk"],
        trace_ms=spent["trace"],
        full_impact_ms=spent["full"],
        measured=tuple(_row(peer, versions, spent, worked) for peer in PEERS),
    )


def _row(
    peer: str, versions: dict[str, str], spent: dict[str, float], worked: dict[str, float]
) -> Measured:
    if peer not in versions:
        return Measured(peer=peer, version=None, reach_ms=None, times_ours=None, times_our_cpu=None)
    # Queries are held against all we give, walks from numbered nodes against ours from such.
    ours = "full" if peer in QUERIED else "walk"
    return Measured(
        peer=peer,
        version=versions[peer],
        reach_ms=spent[peer],
        times_ours=spent[peer] / spent[ours],
        times_our_cpu=worked[peer] / worked[ours],
    )


def _module(name: str) -> ModuleType | None:
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def _version_of(module: ModuleType) -> str:
    return sqlite3.sqlite_version if module is sqlite3 else "unknown"


def _sqlite(_module: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    connection = sqlite3.connect(":memory:")
    connection.execute(
        "create table link (source int, target int, primary key (source, target)) without rowid"
    )
    connection.execute("create table seed (lot int)")
    order = np.lexsort((grown.target, grown.source))
    for begin in range(0, len(order), _ROWS_AT_ONCE):
        part = order[begin : begin + _ROWS_AT_ONCE]
        rows = zip(grown.source[part].tolist(), grown.target[part].tolist(), strict=True)
        connection.executemany("insert into link values (?, ?)", rows)
    connection.executemany("insert into seed values (?)", [(lot,) for lot in cone.lots])
    connection.execute("analyze")
    return lambda: int(connection.execute(_QUERY).fetchone()[0])


def _duckdb(duckdb: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    connection = duckdb.connect()
    columns = {"source": grown.source, "target": grown.target}
    connection.register("grown", columns)
    connection.execute("create table link as select * from grown")
    connection.register("given", {"lot": np.array(cone.lots, dtype=np.int32)})
    connection.execute("create table seed as select * from given")
    return lambda: int(connection.execute(_QUERY).fetchone()[0])


def _rustworkx(rustworkx: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    source, target, origin = _with_origin(grown, cone)
    graph = rustworkx.PyDiGraph()
    graph.add_nodes_from(range(origin + 1))
    graph.add_edges_from_no_data(list(zip(source.tolist(), target.tolist(), strict=True)))
    return lambda: len(rustworkx.descendants(graph, origin))


def _igraph(igraph: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    source, target, origin = _with_origin(grown, cone)
    graph = igraph.Graph(n=origin + 1, edges=np.column_stack([source, target]), directed=True)
    return lambda: len(graph.subcomponent(origin, mode="out")) - 1


def _graphblas(graphblas: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    lots = len(grown.level)
    matrix = graphblas.Matrix.from_coo(
        grown.source, grown.target, True, nrows=lots, ncols=lots, dtype=bool
    )
    seeds = np.array(cone.lots, dtype=np.int64)

    def ask() -> int:
        front = graphblas.Vector.from_coo(seeds, True, size=lots, dtype=bool)
        seen = front.dup()
        while front.nvals:
            step = graphblas.semiring.any_pair(front @ matrix)
            front(~seen.S, graphblas.replace) << step
            seen(front.S) << True
        return int(seen.nvals)

    return ask


def _scipy(_sparse: ModuleType, grown: Genealogy, cone: Cone) -> Ask:
    source, target, origin = _with_origin(grown, cone)
    weights = np.ones(len(source), dtype=np.float64)
    sparse = importlib.import_module("scipy.sparse")
    walk = importlib.import_module("scipy.sparse.csgraph").breadth_first_order
    graph = sparse.csr_matrix((weights, (source, target)), shape=(origin + 1, origin + 1))
    return lambda: len(walk(graph, origin, return_predecessors=False)) - 1


def _with_origin(grown: Genealogy, cone: Cone) -> tuple[NDArray[np.int32], NDArray[np.int32], int]:
    """Return the links with one more node before all seeds, for walks that begin at one node."""
    origin = len(grown.level)
    seeds = np.array(cone.lots, dtype=np.int32)
    source = np.concatenate([grown.source, np.full(len(seeds), origin, dtype=np.int32)])
    return source, np.concatenate([grown.target, seeds]), origin


QUERIED = frozenset({"SQLite", "DuckDB"})
PEERS: dict[str, tuple[str, Callable[[ModuleType, Genealogy, Cone], Ask]]] = {
    "SQLite": ("sqlite3", _sqlite),
    "DuckDB": ("duckdb", _duckdb),
    "rustworkx": ("rustworkx", _rustworkx),
    "igraph": ("igraph", _igraph),
    "GraphBLAS": ("graphblas", _graphblas),
    "SciPy": ("scipy", _scipy),
}


def as_table(report: Report) -> str:
    """Return the report as lines of text."""
    lines = [
        (
            f"{report.lots:,} lots, {report.links:,} links; {report.seeds:,} lots are bad,"
            f" {report.reached:,} reached; medians of {report.rounds} interleaved rounds;"
            " equal answers"
        ),
        (
            f"ours: {report.walk_ms:.1f} ms walk, {report.trace_ms:.1f} ms trace by name,"
            f" {report.full_impact_ms:.1f} ms full impact"
        ),
        f"{'peer':<12}{'version':<14}{'reach ms':>12}{'ratio':>9}{'cpu ratio':>11}",
    ]
    for row in report.measured:
        if row.reach_ms is None or row.times_ours is None:
            lines.append(f"{row.peer:<12}is not installed")
        else:
            lines.append(
                f"{row.peer:<12}{row.version:<14}{row.reach_ms:>12.1f}{row.times_ours:>8.1f}x"
                f"{row.times_our_cpu:>10.1f}x"
            )
    return "\n".join(lines)


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    return json.dumps(asdict(report))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(prog="knockon bench peers")
    parser.add_argument("--dsn", help="not used: no data base is asked")
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=LEAST_ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    report = run(links=given.links, rounds=given.rounds, seed=given.seed)
    sys.stdout.write((as_json(report) if given.json else as_table(report)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
