"""Who really serves a data directory: the pid file is a hint, the process is the proof."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

_ORPHANS_MAY_FINISH_S = 5.0
_ORPHANS_MUST_QUIT_S = 3.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class PidFile:
    """What ``postmaster.pid`` says; any of it may be stale.

    Parameters
    ----------
    pid
        Process that wrote the file.
    port, socket_dir
        Where it listens; None while it is starting.
    is_ready
        Whether it called itself ready for clients.
    """

    pid: int
    port: int | None
    socket_dir: Path | None
    is_ready: bool


def read_pid_file(data: Path) -> PidFile | None:
    """Return the content of ``postmaster.pid``, or None if there is none to understand."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        pid = abs(int(lines[0]))
    except (OSError, ValueError, IndexError):
        return None
    port = int(lines[3]) if len(lines) > 3 and lines[3].isdigit() else None
    socket_dir = Path(lines[4]) if len(lines) > 4 and lines[4] else None
    is_ready = len(lines) > 7 and lines[7].strip() == "ready"
    return PidFile(pid=pid, port=port, socket_dir=socket_dir, is_ready=is_ready)


def live_postmaster(data: Path) -> psutil.Process | None:
    """Return the process that serves the data directory, or None.

    A pid alone proves nothing: after a crash or in a restarted container another program has
    it. A postmaster's working directory is its data directory.
    """
    noted = read_pid_file(data)
    if noted is None:
        return None
    try:
        process = psutil.Process(noted.pid)
    except psutil.NoSuchProcess:
        return None
    return process if _serves(process, data) else None


def orphans(data: Path) -> list[psutil.Process]:
    """Return the server processes of a data directory, whoever started them."""
    return [process for process in psutil.process_iter() if _serves(process, data)]


def clear_remains(data: Path, *, socket_dir: Path) -> None:
    """Remove what a killed server left: its children, its pid file and its socket.

    Call it only when no postmaster lives. Children of a killed postmaster end by themselves,
    but one that computes does not notice, and PostgreSQL refuses to start beside it.
    """
    left = _await_end(orphans(data), data, timeout_s=_ORPHANS_MAY_FINISH_S)
    for order in (signal.SIGQUIT, signal.SIGKILL):
        for process in left:
            _signal(process, order)
        left = _await_end(left, data, timeout_s=_ORPHANS_MUST_QUIT_S)
    (data / "postmaster.pid").unlink(missing_ok=True)
    # A socket's lock file names a pid too, and a reused one would block the start just the same.
    for path in socket_dir.glob(".s.PGSQL.*"):
        path.unlink(missing_ok=True)


def end_postmaster(data: Path, *, timeout_s: float) -> bool:
    """Stop the server of a data directory and return whether it is gone.

    The first order sends clients away and loses nothing; the second one leaves a crash recovery
    to the next start.
    """
    process = live_postmaster(data)
    for order, wait_s in ((signal.SIGINT, timeout_s), (signal.SIGQUIT, _ORPHANS_MUST_QUIT_S)):
        if process is None:
            break
        _signal(process, order)
        _await_end([process], data, timeout_s=wait_s)
        process = live_postmaster(data)
    return process is None


def _serves(process: psutil.Process, data: Path) -> bool:
    try:
        return (
            process.name().startswith("postgres")
            and process.status() != psutil.STATUS_ZOMBIE
            and Path(process.cwd()) == Path(os.path.realpath(data))
        )
    except (psutil.Error, OSError):
        # Gone meanwhile, or another account's, which cannot serve our data.
        return False


def _await_end(
    processes: list[psutil.Process], data: Path, *, timeout_s: float
) -> list[psutil.Process]:
    # Not psutil's own wait: that counts a zombie as alive, and in a container nobody may ever
    # collect those.
    deadline = time.monotonic() + timeout_s
    while left := [process for process in processes if _serves(process, data)]:
        if time.monotonic() > deadline:
            break
        time.sleep(_POLL_S)
    return left


def _signal(process: psutil.Process, order: signal.Signals) -> None:
    try:
        process.send_signal(order)
    except psutil.NoSuchProcess:
        return
