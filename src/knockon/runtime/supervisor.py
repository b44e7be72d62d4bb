"""One command for one machine: starts the processes, keeps them up, ends them together.

Each process has one task and its own memory, so that the engine's arithmetic never delays an
answer, and one that crashes takes nothing along. This process only watches. It is the only one
that may start the data base again; its children hold the end of a pipe and end when it dies.
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from knockon.domain.errors import KnockonError

logger = logging.getLogger(__name__)

LIFELINE, READY = "{lifeline}", "{ready}"
"""Arguments of a command in whose place the handles of its pipes stand."""

_LOOK_EVERY_S = 0.1
_REVIVE_EVERY_S = 2.0
_LAST_WORK_S = 40.0
_LONGEST_PAUSE_S = 10.0
# So many ends within so short a time are no accident any more.
_MOST_ENDS = 5
_WITHIN_S = 60.0


class ProcessFailed(KnockonError):
    """A process ends again and again."""

    code = "process_failed"

    def __init__(self, *, process: str, times: int, exit_code: int) -> None:
        super().__init__(process=process, times=times, exit_code=exit_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSpec:
    """A process to keep up.

    Parameters
    ----------
    name
        For messages.
    command
        Its arguments; those that are ``LIFELINE`` and ``READY`` become handles of pipes.
    handles
        More handles that it inherits.
    follows
        It starts once the process of this name is ready.
    """

    name: str
    command: tuple[str, ...]
    handles: tuple[int, ...] = ()
    follows: str = ""


@dataclass(slots=True)
class _Kept:
    spec: ProcessSpec
    process: subprocess.Popen[bytes] | None = None
    ready_handle: int | None = None
    is_ready: bool = False
    start_at: float = 0.0
    ends: list[float] = field(default_factory=list)


class Supervisor:
    """Keeps processes up until told to stop.

    Parameters
    ----------
    specs
        The processes, in the order of their starts.
    revive
        Called now and then and before a restart: brings the data base back if it is ours, and
        raises a ``KnockonError`` while it is away.
    on_ready
        Called once, when all processes are ready for the first time.
    """

    def __init__(
        self,
        specs: Sequence[ProcessSpec],
        *,
        revive: Callable[[], object],
        on_ready: Callable[[], None],
    ) -> None:
        self._kept = [_Kept(spec) for spec in specs]
        self._revive = revive
        self._on_ready = on_ready
        self._is_ending = False
        self._was_ready = False
        self._revived_at = time.monotonic()
        self._lifeline, self._life = os.pipe()

    def run(self) -> None:
        """Start everything and watch it until a signal ends us.

        Raises
        ------
        ProcessFailed
            A process cannot be kept up; all are ended.
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_end)
        try:
            while not self._is_ending:
                self._look()
                time.sleep(_LOOK_EVERY_S)
        finally:
            self._end_all()

    def _note_end(self, number: int, _frame: object) -> None:
        logger.info("Ending: %s.", signal.Signals(number).name)
        self._is_ending = True

    def _look(self) -> None:
        now = time.monotonic()
        self._keep_database(now)
        ready = {kept.spec.name for kept in self._kept if kept.is_ready}
        for kept in self._kept:
            self._look_at(kept, now=now, ready=ready)
        if not self._was_ready and len(ready) == len(self._kept):
            self._was_ready = True
            self._on_ready()

    def _look_at(self, kept: _Kept, *, now: float, ready: set[str]) -> None:
        if kept.process is None:
            may_start = not kept.spec.follows or kept.spec.follows in ready
            if may_start and now >= kept.start_at:
                self._start(kept)
            return
        _read_ready(kept)
        exit_code = kept.process.poll()
        if exit_code is not None:
            self._note_exit(kept, exit_code, now=now)

    def _keep_database(self, now: float) -> None:
        if now - self._revived_at < _REVIVE_EVERY_S:
            return
        self._revived_at = now
        try:
            self._revive()
        except KnockonError as error:
            logger.error("The data base is away: %s", error)  # noqa: TRY400 - no traceback needed

    def _start(self, kept: _Kept) -> None:
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        handles = {LIFELINE: str(self._lifeline), READY: str(writing)}
        command = [handles.get(part, part) for part in kept.spec.command]
        # In a group of its own: a Ctrl-C reaches us only, and we end the children in order.
        kept.process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            pass_fds=(self._lifeline, writing, *kept.spec.handles),
            start_new_session=True,
        )
        os.close(writing)
        kept.ready_handle = reading
        kept.is_ready = False

    def _note_exit(self, kept: _Kept, exit_code: int, *, now: float) -> None:
        _forget(kept)
        try:
            self._revive()
        except KnockonError:
            # Without its data base it could not live; that does not count against it.
            kept.ends.clear()
        kept.ends = [*(end for end in kept.ends if now - end < _WITHIN_S), now]
        if len(kept.ends) >= _MOST_ENDS:
            raise ProcessFailed(process=kept.spec.name, times=len(kept.ends), exit_code=exit_code)
        pause = min(0.25 * 2 ** len(kept.ends), _LONGEST_PAUSE_S)
        kept.start_at = now + pause
        logger.error(
            "The process %s ended with code %s and starts again in %.1f s.",
            kept.spec.name,
            exit_code,
            pause,
        )

    def _end_all(self) -> None:
        for kept in self._kept:
            if kept.process is not None:
                with suppress(ProcessLookupError):
                    kept.process.terminate()
        until = time.monotonic() + _LAST_WORK_S
        for kept in self._kept:
            if kept.process is not None:
                _await_end(kept.process, until=until)
                _forget(kept)
        for handle in (self._lifeline, self._life):
            os.close(handle)


def python_command(*arguments: str) -> tuple[str, ...]:
    """Return the command that runs ours in another process of the same installation."""
    return (sys.executable, "-m", "knockon", *arguments)


def _read_ready(kept: _Kept) -> None:
    if kept.is_ready or kept.ready_handle is None:
        return
    with suppress(BlockingIOError):
        kept.is_ready = os.read(kept.ready_handle, 1) != b""


def _forget(kept: _Kept) -> None:
    kept.process = None
    kept.is_ready = False
    if kept.ready_handle is not None:
        os.close(kept.ready_handle)
        kept.ready_handle = None


def _await_end(process: subprocess.Popen[bytes], *, until: float) -> None:
    try:
        process.wait(max(0.1, until - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
