"""A whole instance as a newcomer starts it: a home, a data base, and the server on them."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

import psycopg


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running ``knockon serve``; ``name`` and ``password`` are its first login."""

    url: str
    home: Path
    environment: Mapping[str, str]
    name: str
    password: str

    def json(self, *words: str) -> Any:
        """Run a command and return its document."""
        done = subprocess.run(
            _command(self.home, *words, "--json"),
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def add_user(self, name: str, *, role: str) -> str:
        """Make an account that reads English at the terminal and return its password."""
        made = self.json("user", "add", name, "--role", role, "--language", "en")
        return str(made["password"])

    def value(self, query: LiteralString, *values: object) -> Any:
        """Return the one value that a query of the data base finds."""
        with psycopg.connect(self.environment["DATABASE_URL"]) as connection:
            row = connection.execute(query, values).fetchone()
        return row[0] if row else None


@contextmanager
def serving(home: Path, *, database: str) -> Iterator[Instance]:
    """Serve on a free port until the block ends, and see that it ends without complaint."""
    # Nothing of the test run's own settings may reach the programs.
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KNOCKON_", "DJANGO_"))
    }
    environment |= {"DATABASE_URL": database, "LC_ALL": "en_US.UTF-8"}
    home.mkdir(exist_ok=True)
    log = home / "serve.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            _command(home, "serve", "--port", "0"),
            env=environment,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    try:
        yield _await_ready(process, home=home, environment=environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    said = log.read_text()
    assert process.returncode == 0, said
    assert "Traceback" not in said, said


def _command(home: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "knockon", "--home", str(home), *words]


def _await_ready(
    process: subprocess.Popen[str], *, home: Path, environment: Mapping[str, str]
) -> Instance:
    assert process.stdout is not None
    name = password = ""
    for line in process.stdout:
        signed = re.search(r"Sign in as (\S+) with the password (\S+?)\. ", line)
        if signed:
            name, password = signed.groups()
        ready = re.search(r"Knockon is ready: (\S+)", line)
        if ready:
            return Instance(
                url=ready[1], home=home, environment=environment, name=name, password=password
            )
    raise EOFError((home / "serve.log").read_text())
