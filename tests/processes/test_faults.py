"""Accepted means durable: nothing that was answered with 200 is lost, whoever is killed."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from knockon.runtime.embedded.cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with a data base of its own, because this one gets killed."""
    folder = tmp_path_factory.mktemp("faults")
    lists = folder / "lists"
    lists.mkdir()
    (lists / "plants.csv").write_text("plant,name,timezone,currency\nTY,T,Asia/Taipei,TWD\n")
    place = folder / "home"
    making = command(place, "import", str(lists))
    making.communicate(timeout=300)
    assert making.returncode == 0
    yield place
    # Run by root, its data lie where the serving account can reach them.
    shutil.rmtree(Cluster(place).place.base)


def command(home: Path, *words: str) -> subprocess.Popen[str]:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KNOCKON_", "DJANGO_", "DATABASE_"))
    }
    return subprocess.Popen(
        [sys.executable, "-m", "knockon", "--home", str(home), *words],
        env=env | {"LC_ALL": "en_US.UTF-8"},
        stdout=subprocess.PIPE,
        text=True,
    )


class Gateway:
    """Sends numbered signals one by one and remembers which were accepted."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.token = token
        self.accepted: list[str] = []
        self.answers: list[int] = []
        self._numbers = itertools.count()

    def send(self) -> int:
        """Send one signal; return the answer's status, 0 for none."""
        name = f"e-{next(self._numbers)}"
        row = {"source": "gw", "event_id": name, "at": "2026-03-02T08:00:00Z", "kind": "heartbeat"}
        try:
            answer = httpx.post(
                f"{self.url}/api/v1/signals",
                headers={"Authorization": f"Bearer {self.token}"},
                json=[row],
                timeout=20,
            )
        except httpx.HTTPError:
            self.answers.append(0)
            return 0
        if answer.status_code == 200:
            self.accepted.append(name)
        elif answer.status_code == 503:
            assert int(answer.headers["retry-after"]) >= 1
        self.answers.append(answer.status_code)
        return answer.status_code

    def send_until(self, status: int, *, within_s: float = 60) -> float:
        """Send until an answer has the status; return how long that took."""
        started = time.monotonic()
        while self.send() != status:
            assert time.monotonic() - started < within_s, self.answers
            time.sleep(0.02)
        return time.monotonic() - started


def test_killing_the_data_base_and_the_web_process_loses_nothing(
    home: Path, tell: Callable[[str], None]
) -> None:
    words, _ = command(home, "token", "add", "gw", "--plant", "TY", "--json").communicate()
    serving = command(home, "serve", "--port", "0")
    try:
        gateway = Gateway(_await_ready(serving), json.loads(words)["token"])
        cluster = Cluster(home)
        for _ in range(30):
            assert gateway.send() == 200

        postmaster = int((cluster.place.data / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, signal.SIGKILL)
        refused_s = gateway.send_until(503, within_s=20)
        back_s = gateway.send_until(200)
        tell(f"data base killed: refused after {refused_s:.2f} s, back after {back_s:.1f} s")

        os.kill(_web_of(serving.pid), signal.SIGKILL)
        web_s = gateway.send_until(200)
        tell(f"web process killed: back after {web_s:.1f} s")
        for _ in range(30):
            assert gateway.send() == 200

        with psycopg.connect(cluster.dsn()) as connection:
            rows = connection.execute("SELECT event_id FROM journal_signal").fetchall()
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=60)

    stored = [row[0] for row in rows]
    assert set(gateway.accepted) <= set(stored)
    assert len(stored) == len(set(stored))
    assert len(gateway.accepted) >= 60


def _await_ready(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if "is ready: " in line:
            return line.split("is ready: ")[1].strip()
    raise EOFError


def _web_of(supervisor: int) -> int:
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if parent == supervisor and b"web" in words:
            return int(folder.name)
    raise LookupError
