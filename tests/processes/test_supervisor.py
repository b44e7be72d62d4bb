"""One command that keeps its processes up, and ends them with itself."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import pytest

# A supervisor of two small programs that write down when they start and end.
_PROGRAM = """
import sys
from pathlib import Path
from knockon.runtime.supervisor import ProcessSpec, Supervisor, python_command
notes = Path(sys.argv[1])
child = '''
import os, signal, sys, time
from pathlib import Path
from knockon.runtime.lifeline import end_in_background
name, notes, lifeline, ready = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
def note(word):
    with notes.open("a") as file:
        file.write(f"{name} {word} {os.getpid()}" + chr(10))
note("begins")
if name == "broken":
    sys.exit(7)
ended = end_in_background(lifeline)
os.write(ready, b"1")
ended.wait()
note("ends")
'''
def spec(name, follows=""):
    command = (sys.executable, "-c", child, name, str(notes), "{lifeline}", "{ready}")
    return ProcessSpec(name=name, command=command, follows=follows)
def ready():
    with notes.open("a") as file:
        file.write("all ready 0" + chr(10))
specs = [spec("first"), spec("second", follows="first")]
if len(sys.argv) > 2:
    specs = [spec("first"), spec("broken")]
Supervisor(specs, revive=lambda: None, on_ready=ready).run()
"""


class Watched:
    """A supervisor under test and the notes of its children."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.notes = folder / "notes"
        self.process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(_PROGRAM), str(self.notes), *arguments],
            stderr=subprocess.PIPE,
        )

    def read(self) -> list[tuple[str, str, int]]:
        if not self.notes.exists():
            return []
        lines = [line.split() for line in self.notes.read_text().splitlines()]
        return [(name, word, int(pid)) for name, word, pid in lines]

    def await_note(self, name: str, word: str, *, times: int = 1) -> int:
        """Wait until somebody noted a word so many times; return the last one's process."""
        until = time.monotonic() + 20
        while True:
            found = [pid for who, what, pid in self.read() if (who, what) == (name, word)]
            if len(found) >= times:
                return found[-1]
            assert time.monotonic() < until, self.read()
            time.sleep(0.02)

    def end(self) -> tuple[int, str]:
        self.process.send_signal(signal.SIGTERM)
        _, words = self.process.communicate(timeout=20)
        return self.process.returncode, words.decode()


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Watched]:
    return lambda *arguments: Watched(tmp_path, *arguments)


def test_processes_start_in_order_and_end_with_a_signal(watch: Callable[..., Watched]) -> None:
    watched = watch()
    watched.await_note("all", "ready")

    code, _ = watched.end()

    words = [(name, word) for name, word, _ in watched.read()]
    assert words[:3] == [("first", "begins"), ("second", "begins"), ("all", "ready")]
    assert sorted(words[3:]) == [("first", "ends"), ("second", "ends")]
    assert code == 0


def test_one_that_is_killed_starts_again_alone(watch: Callable[..., Watched]) -> None:
    watched = watch()
    watched.await_note("all", "ready")
    second = watched.await_note("second", "begins")

    os.kill(watched.await_note("first", "begins"), signal.SIGKILL)
    watched.await_note("first", "begins", times=2)

    assert watched.await_note("second", "begins") == second
    code, words = watched.end()
    assert code == 0
    assert "first ended with code -9" in words


def test_children_end_when_the_supervisor_is_killed(watch: Callable[..., Watched]) -> None:
    watched = watch()
    watched.await_note("all", "ready")

    watched.process.kill()
    watched.process.communicate(timeout=20)

    watched.await_note("first", "ends")
    watched.await_note("second", "ends")


def test_one_that_cannot_be_kept_up_ends_everything_with_a_name(
    watch: Callable[..., Watched],
) -> None:
    watched = watch("with a broken one")

    _, words = watched.process.communicate(timeout=30)

    assert watched.process.returncode != 0
    assert "process_failed" in words.decode()
    assert "process=broken" in words.decode()
    watched.await_note("first", "ends")
