"""Lines that say what is being done, for how long, and what went wrong."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_TICK_S = 5.0
_TAIL_LINES = 40
_started = time.monotonic()


class StepFailed(Exception):
    """A step of the set-up went wrong; the message says what to do."""


def say(text: str) -> None:
    """Print a line with the seconds since the start."""
    sys.stdout.write(f"[{time.monotonic() - _started:6.1f} s] {text}\n")
    sys.stdout.flush()


@contextmanager
def step(text: str) -> Iterator[None]:
    """Announce a step and keep a sign of life coming while it lasts."""
    say(f"{text} …")
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(_TICK_S):
            say(f"  still at it ({time.monotonic() - began:.0f} s): {text}")

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        done.set()
        ticker.join()


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    advice: str = "",
) -> None:
    """Run a program quietly; if it fails, show the end of what it said.

    Raises
    ------
    StepFailed
        The program is missing or ended with an error.
    """
    words = [str(word) for word in command]
    try:
        answer = subprocess.run(  # noqa: S603 - our own commands, no shell
            words,
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        message = f"{words[0]} cannot be started: {error}. {advice}"
        raise StepFailed(message.strip()) from error
    if answer.returncode != 0:
        tail = "\n".join(answer.stdout.splitlines()[-_TAIL_LINES:])
        message = f"{' '.join(words)}\nended with {answer.returncode}:\n{tail}\n\n{advice}"
        raise StepFailed(message.strip())
