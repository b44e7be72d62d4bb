"""The same plant in PostgreSQL: links under covering indexes, and recursive queries over them."""

from collections.abc import Callable
from typing import LiteralString

import numpy as np
import psutil
import psycopg
from numpy.typing import NDArray

from benchmarks.plant import BenchPlant, Cone
from knockon.demo.genealogy import Genealogy

_ROWS_AT_ONCE = 1_000_000
_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_KINDS = {"int4": ">i4", "int8": ">i8", "float8": ">f8"}

_SET: LiteralString = """
with recursive cone(lot) as (
    select unnest(%s::int[])
    union
    select {} from cone join bench_link link on {} = cone.lot
)
select {} from cone
"""
_PATHS: LiteralString = """
with recursive way(lot, part) as (
    select unnest(%s::int[]), 1::float8
    union all
    select link.target, way.part * link.share
    from way join bench_link link on link.source = way.lot
)
select {} from (select lot, least(sum(part), 1) as part from way group by lot) cone
"""
FORWARD: tuple[LiteralString, LiteralString] = ("link.target", "link.source")
BACKWARD: tuple[LiteralString, LiteralString] = ("link.source", "link.target")


def load(connection: psycopg.Connection, grown: Genealogy) -> str:
    """Load the plant into tables of this session, warm, and return the server's version."""
    connection.execute(
        "create temporary table bench_link"
        " (source int not null, target int not null, share float8 not null, at bigint not null)"
    )
    total = np.bincount(grown.target, weights=grown.taken, minlength=len(grown.level))
    columns = {
        "source": ("int4", grown.source),
        "target": ("int4", grown.target),
        "share": ("float8", grown.taken / total[grown.target]),
        "at": ("int8", grown.at_us[grown.target]),
    }
    _copy(connection, "copy bench_link (source, target, share, at) from stdin binary", columns)
    connection.execute("create index on bench_link (source) include (target, share, at)")
    connection.execute("create index on bench_link (target) include (source, share, at)")
    connection.execute("vacuum (analyze) bench_link")
    connection.execute("set work_mem = '1GB'")
    connection.execute("set jit = off")
    return connection.info.parameter_status("server_version") or "unknown"


def lots_of(connection: psycopg.Connection, cone: Cone) -> NDArray[np.int64]:
    """Return the lots of the cone, ascending."""
    rows = connection.execute(_set_query(cone, wanted="lot"), [list(cone.lots)]).fetchall()
    return np.sort(np.array([row[0] for row in rows], dtype=np.int64))


def shares_of(
    connection: psycopg.Connection, cone: Cone
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the lots of the cone, ascending, and how much of each is suspect."""
    query = _PATHS.format("lot, part")
    rows = connection.execute(query, [list(cone.lots)]).fetchall()
    found = np.array(rows, dtype=np.float64).reshape(-1, 2)
    found = found[np.argsort(found[:, 0])]
    return found[:, 0].astype(np.int64), found[:, 1]


def count_set(connection: psycopg.Connection, cone: Cone) -> None:
    """Compute no more than which lots there are."""
    connection.execute(_set_query(cone, wanted="count(*)"), [list(cone.lots)]).fetchone()


def sum_shares(connection: psycopg.Connection, cone: Cone) -> None:
    """Compute how much of each lot is suspect, along every way."""
    connection.execute(_PATHS.format("sum(part)"), [list(cone.lots)]).fetchone()


def orders_of(plant: BenchPlant, lots: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the orders that some lots went to, from the generator's own table."""
    orders = plant.grown.order[lots]
    return np.unique(orders[orders >= 0]).astype(np.int64)


def _set_query(cone: Cone, *, wanted: LiteralString) -> LiteralString:
    reached, known = FORWARD if cone.forward else BACKWARD
    return _SET.format(reached, known, wanted)


def _copy(
    connection: psycopg.Connection,
    statement: LiteralString,
    columns: dict[str, tuple[str, NDArray[np.generic]]],
) -> None:
    """Load columns in PostgreSQL's binary form, which costs no line of Python for a row."""
    fields: list[tuple[str, str]] = [("count", ">i2")]
    for name, (kind, _) in columns.items():
        fields += [(f"{name}_size", ">i4"), (name, _KINDS[kind])]
    form = np.dtype(fields)
    rows = len(next(iter(columns.values()))[1])
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_SIGNATURE)
        for begin in range(0, rows, _ROWS_AT_ONCE):
            part = slice(begin, min(begin + _ROWS_AT_ONCE, rows))
            block = np.zeros(part.stop - part.start, dtype=form)
            block["count"] = len(columns)
            for name, (_, values) in columns.items():
                block[f"{name}_size"] = form[name].itemsize
                block[name] = values[part]
            copy.write(block.tobytes())
        copy.write(_END)


def processor_clock(connection: psycopg.Connection) -> Callable[[], float] | None:
    """Return a clock of the processor time of the session's process; None when it is elsewhere."""
    try:
        process = psutil.Process(connection.info.backend_pid)
        process.cpu_times()
    except psutil.Error:
        return None
    return lambda: process.cpu_times().user + process.cpu_times().system


def connect(dsn: str) -> psycopg.Connection:
    """Open a session for a bench."""
    return psycopg.connect(dsn, autocommit=True)
