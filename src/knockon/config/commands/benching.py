"""``knockon bench NAME``: runs one bench of the sources against this home's data base."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import msgspec
from django.conf import settings

import knockon
from knockon.config.output import DONE, FAILED, Outcome
from knockon.domain.errors import KnockonError


class BenchMissing(KnockonError):
    """There is no bench of that name beside the package."""

    code = "bench_missing"

    def __init__(self, *, name: str, known: str) -> None:
        super().__init__(name=name, known=known)


def run(given: Namespace) -> Outcome:
    """Run the bench in a process of its own, so that nothing of ours disturbs it."""
    checkout = Path(knockon.__file__).resolve().parents[2]
    folder = checkout / "benchmarks"
    known = sorted(path.stem for path in folder.glob("[a-z]*.py"))
    if given.name not in known:
        raise BenchMissing(name=given.name, known=", ".join(known) or "-")
    command = [sys.executable, "-m", f"benchmarks.{given.name}"]
    command += ["--dsn", settings.OPTIONS.database_url, *given.rest]
    if given.as_json:
        command.append("--json")
    done = subprocess.run(command, cwd=checkout, stdout=subprocess.PIPE, check=False)  # noqa: S603 - one of our own benches
    text = done.stdout.decode()
    return Outcome(
        document=msgspec.json.decode(text) if given.as_json and text else None,
        parts=[text.rstrip("\n")],
        exit_code=DONE if done.returncode == 0 else FAILED,
    )
