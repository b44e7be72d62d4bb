"""Processes and accounts for the tests of the embedded data base."""

import os
import pwd
import subprocess
import sys
import textwrap
import traceback
from collections.abc import Callable
from pathlib import Path

import psycopg

from knockon.runtime.embedded.cluster import Cluster

SRC = Path(__file__).resolve().parent.parent.parent / "src"
IS_ROOT = os.geteuid() == 0


def start_program(body: str, *arguments: object) -> subprocess.Popen[str]:
    """Start a Python program that has `ensure_running` at hand and talks over pipes."""
    text = "import sys\nfrom pathlib import Path\n" + textwrap.dedent(body)
    return subprocess.Popen(
        [sys.executable, "-c", text, *map(str, arguments)],
        env={"PYTHONPATH": str(SRC), "PATH": os.environ["PATH"], "DATABASE_URL": ""},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def start_user(home: Path) -> subprocess.Popen[str]:
    """Start a program that uses the home until its input ends; it prints the server's pid."""
    return start_program(
        """
        import psycopg
        from knockon.runtime.embedded.running import ensure_running
        with psycopg.connect(ensure_running(Path(sys.argv[1]))) as connection:
            row = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()
        print(row[0], flush=True)
        sys.stdin.read()
        """,
        home,
    )


def said(program: subprocess.Popen[str]) -> str:
    """Return the next line that the program prints."""
    assert program.stdout is not None
    line = program.stdout.readline().strip()
    assert line, f"the program said nothing and ended with {program.wait(timeout=10)}"
    return line


def finish(program: subprocess.Popen[str]) -> int:
    """End the program's input and return its exit code."""
    program.communicate(timeout=30)
    return program.returncode


def query(dsn: str, statement: str) -> str:
    """Return the first value that the statement gives, as text."""
    with psycopg.connect(dsn) as connection:
        row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return str(row[0])


def superuser(cluster: Cluster, statement: str) -> None:
    """Run a statement as the data base's superuser."""
    dsn = cluster.dsn(role="postgres")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def as_account(name: str, work: Callable[[], None]) -> int:
    """Run the work in a copy of this process that has become the account; return its exit code.

    A copy, not a new program: the account may not reach the interpreter.
    """
    entry = pwd.getpwnam(name)
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setgroups([])
            os.setgid(entry.pw_gid)
            os.setuid(entry.pw_uid)
            os.chdir("/")
            work()
            code = 0
        except BaseException:  # noqa: BLE001 - reported as the exit code
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
