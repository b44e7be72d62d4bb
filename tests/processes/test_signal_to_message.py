"""The main job, with everything running: a machine stops, and the right people know."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import psycopg
import pytest

from knockon.demo.moving import latest_time, story_at
from knockon.demo.simulation.truth import SimulatedCase
from knockon.demo.simulation.write import write_folder
from tests import databases

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def case() -> SimulatedCase:
    until = datetime.now(UTC)  # noqa: TID251 - the processes run by the real clock
    return story_at("moulding", trouble_at=latest_time("moulding", until=until))


@pytest.fixture(scope="module")
def url(test_cluster: Any) -> Iterator[str]:
    name = f"scratch_story_{os.getpid()}"
    with databases.scratch_database(test_cluster, name=name) as address:
        yield address


@pytest.fixture(scope="module")
def knockon(
    case: SimulatedCase, url: str, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., subprocess.Popen[str]]:
    """Return what starts a command on a home that holds the story's plant and a planner."""
    folder = tmp_path_factory.mktemp("story")
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KNOCKON_", "DJANGO_"))
    }
    env |= {"DATABASE_URL": url, "LC_ALL": "en_US.UTF-8"}

    def start(*words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "knockon", "--home", str(folder / "home"), *words]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    write_folder(case, folder / "lists")
    _done(start("import", str(folder / "lists")))
    mail = ("--email", "lin@example.com")
    _done(start("user", "add", "lin", "--role", "planner", "--plant", case.plant, *mail))
    return start


def test_a_stop_becomes_an_impact_and_a_sent_mail(
    knockon: Callable[..., subprocess.Popen[str]],
    case: SimulatedCase,
    url: str,
    tell: Callable[[str], None],
) -> None:
    words, _ = knockon("token", "add", "gateway", "--plant", case.plant, "--json").communicate()
    token = json.loads(words)["token"]
    serving = knockon("serve", "--port", "0")
    try:
        address = _await_ready(serving)
        sent = time.monotonic()
        answer = httpx.post(
            f"{address}/api/v1/signals",
            headers={"Authorization": f"Bearer {token}"},
            json=[dict(record.row) for record in case.trigger],
            timeout=20,
        )
        assert answer.status_code == 200
        assert answer.json()["refused"] == []
        with psycopg.connect(url, autocommit=True) as connection:
            impact = _await_row(connection, "SELECT orders, elapsed_ms FROM disruptions_impact")
            impact_s = time.monotonic() - sent
            mail = _await_row(
                connection,
                "SELECT provider_id FROM response_message"
                " WHERE channel = 'email' AND state = 'sent'",
            )
            mail_s = time.monotonic() - sent
            (cases,) = _await_row(connection, "SELECT count(*) FROM disruptions_disruption")
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)

    tell(
        f"stop to stored impact {impact_s:.2f} s (engine {impact[1]} ms, {impact[0]} orders),"
        f" to sent mail {mail_s:.2f} s"
    )
    assert cases == 1
    assert impact[0] == len(case.truth.lines)
    assert mail[0].endswith(".eml")


def _done(process: subprocess.Popen[str]) -> None:
    process.communicate(timeout=300)
    assert process.returncode == 0


def _await_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "is ready: " in line:
            return line.split("is ready: ")[1].strip()
    raise EOFError


def _await_row(connection: psycopg.Connection[Any], query: str) -> Any:
    until = time.monotonic() + 60
    while True:
        row = connection.execute(query).fetchone()
        if row is not None:
            return row
        assert time.monotonic() < until, query
        time.sleep(0.01)
