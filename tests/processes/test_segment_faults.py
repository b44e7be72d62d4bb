"""Whatever happens to a sealed genealogy, the next process answers rightly."""

import csv
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from knockon.apps.production.segments.container import open_segment_file, write_segment
from knockon.demo.simulation.small import small_plant
from tests import databases

pytestmark = pytest.mark.slow

SEED = 7

KILLED_AT_FSYNC = """
import os, signal, sys
from knockon.config.command_line import main
real, left = os.fsync, [int(sys.argv[1])]
def fsync(handle):
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(handle)
os.fsync = fsync
sys.exit(main(["--home", sys.argv[2], "seal", "--rebuild"]))
"""


class Instance:
    """A home with a small plant in a data base of its own; every command is a new process."""

    def __init__(self, home: Path, url: str) -> None:
        self.home = home
        self.env = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("KNOCKON_", "DJANGO_"))
        }
        self.env |= {"DATABASE_URL": url, "LC_ALL": "en_US.UTF-8"}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "knockon", "--home", str(self.home), *words]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)

    def json(self, *words: str) -> Any:
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def killed_while_sealing(self, *, at_fsync: int) -> int:
        command = [sys.executable, "-c", KILLED_AT_FSYNC, str(at_fsync), str(self.home)]
        done = subprocess.run(command, env=self.env, capture_output=True, check=False)
        return done.returncode

    @property
    def segments(self) -> list[Path]:
        return sorted((self.home / "graph").glob("*.segment"))

    @property
    def drafts(self) -> list[Path]:
        return sorted((self.home / "graph").glob(".*.draft"))


@pytest.fixture(scope="module")
def instance(test_cluster: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("sealed")
    lists = folder / "lists"
    lists.mkdir()
    for table, rows in small_plant(SEED, holes=False).tables.items():
        if not rows or table == "signals":
            continue
        names = list(dict.fromkeys(name for row in rows for name in row))
        with (lists / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, names, restval="")
            writer.writeheader()
            writer.writerows(rows)
    name = f"scratch_seal_{os.getpid()}"
    with databases.scratch_database(test_cluster, name=name) as url:
        made = Instance(folder / "home", url)
        assert made.run("import", str(lists)).returncode == 0
        yield made


@pytest.fixture(scope="module")
def lot(instance: Instance) -> str:
    """A lot that went far, as a person types it."""
    used, *_ = small_plant(SEED, holes=False).tables["consumption"]
    return str(used["input_lot"])


@pytest.fixture(scope="module")
def answer(instance: Instance, lot: str) -> Any:
    """The right answer, of a process that finds no segment."""
    found = instance.json("trace", lot, "--forward")
    assert found["lots"]
    return found


def test_answer_is_the_same_from_a_segment(instance: Instance, lot: str, answer: Any) -> None:
    report = instance.json("seal", "--rebuild")

    assert [each["lots"] > 0 for each in report["sealed"]] == [True]
    assert instance.json("trace", lot, "--forward") == answer
    assert instance.json("seal") == {"sealed": [], "up_to_date": [report["sealed"][0]["plants"]]}


def test_killed_while_sealing(instance: Instance, lot: str, answer: Any) -> None:
    """Killed before each of the four flushes: draft, its folder, manifest, the folder again."""
    ends = []
    for at_fsync in (1, 2, 3, 4):
        code = instance.killed_while_sealing(at_fsync=at_fsync)
        ends.append((code, instance.json("trace", lot, "--forward") == answer))

    assert ends == [(-signal.SIGKILL, True)] * 4
    assert len(instance.segments) > 1 or instance.drafts
    instance.json("seal", "--rebuild")
    assert (len(instance.segments), instance.drafts) == (1, [])


@pytest.mark.parametrize("harm", ["cut", "flip", "watermark", "missing"])
def test_harmed_segment(instance: Instance, lot: str, answer: Any, harm: str) -> None:
    instance.json("seal")
    (path,) = instance.segments

    _harm(path, harm)

    if harm == "cut":
        assert "sealed genealogy" in instance.run("doctor").stdout
    assert instance.json("trace", lot, "--forward") == answer
    assert len(instance.json("seal")["sealed"]) == 1


def _harm(path: Path, harm: str) -> None:
    if harm == "watermark":
        file = open_segment_file(path)
        path.unlink()
        notes = {**file.notes, "position": file.notes["position"] + 1000}
        write_segment(path, file.arrays, notes=notes)
    elif harm == "missing":
        path.unlink()
    else:
        content = bytearray(path.read_bytes())
        if harm == "cut":
            del content[len(content) // 2 :]
        else:
            booked = open_segment_file(path).arrays["link_booked"].tobytes()
            content[content.index(booked)] ^= 0x10
        path.write_bytes(bytes(content))
