"""The data bases of a test run: one cluster for all runs, one data base for each.

Runs may overlap (an editor, a terminal, another checkout's user): each takes a free slot, and
the slot numbers its data base. Migrating takes seconds, so it is done once per state of the
migrations and kept as a template that each run copies.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from knockon.runtime.embedded.cluster import Cluster

ROOT = Path(__file__).resolve().parent.parent
TEST_HOME = ROOT / ".knockon-test"
_SLOTS = 16
_TEMPLATE_PREFIX = "knockon_template_"
# Any number, as long as all runs use the same.
_ADVISORY_LOCK = 5_107_202


def take_slot() -> tuple[int, int]:
    """Return a free slot's number and the handle that keeps it until the process ends."""
    TEST_HOME.mkdir(exist_ok=True)
    for slot in range(_SLOTS):
        handle = os.open(TEST_HOME / f"slot-{slot}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return slot, handle
    message = f"All {_SLOTS} slots for test runs are taken; see {TEST_HOME}."
    raise RuntimeError(message)


def template_name() -> str:
    """Return the template's name for the migrations as they are now."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for path in sorted((ROOT / "src" / "knockon").rglob("migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(path.read_bytes())
    return f"{_TEMPLATE_PREFIX}{digest.hexdigest()[:16]}"


def copy_template(cluster: Cluster, *, database: str) -> bool:
    """Make the run's data base a fresh copy of the template, and return whether there is one."""
    with _alone(cluster) as connection:
        _drop(connection, database)
        if not _exists(connection, template_name()):
            return False
        _copy(connection, source=template_name(), target=database)
    return True


def keep_as_template(cluster: Cluster, *, database: str) -> None:
    """Keep the freshly migrated data base for later runs; nobody may be connected to it."""
    template = template_name()
    with _alone(cluster) as connection:
        if _exists(connection, template):
            return
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (_TEMPLATE_PREFIX,)
        ).fetchall()
        for (name,) in rows:
            _drop(connection, name)
        _copy(connection, source=database, target=template)


@contextmanager
def scratch_database(cluster: Cluster, *, name: str) -> Iterator[str]:
    """Make an empty data base, give its address, and drop it."""
    with _alone(cluster) as connection:
        _drop(connection, name)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield cluster.dsn(database=name)
    finally:
        with _alone(cluster) as connection:
            _drop(connection, name)


@contextmanager
def _alone(cluster: Cluster) -> Iterator[psycopg.Connection[tuple[str]]]:
    with psycopg.connect(cluster.dsn(database="postgres"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (_ADVISORY_LOCK,))
        yield connection


def _exists(connection: psycopg.Connection[tuple[str]], name: str) -> bool:
    query = "SELECT FROM pg_database WHERE datname = %s"
    return connection.execute(query, (name,)).fetchone() is not None


def _drop(connection: psycopg.Connection[tuple[str]], name: str) -> None:
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        # Without force the server itself sends its cleaning workers away, which we may not.
        connection.execute(statement)
    except psycopg.errors.ObjectInUse:
        connection.execute(statement + sql.SQL(" WITH (FORCE)"))


def _copy(connection: psycopg.Connection[tuple[str]], *, source: str, target: str) -> None:
    # By the log, not by copying files: the latter waits for two checkpoints.
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG")
    connection.execute(statement.format(sql.Identifier(target), sql.Identifier(source)))
