"""Locks between processes that the kernel releases when their holder dies, however it dies."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from knockon.domain.errors import KnockonError

_POLL_S = 0.05
_FIRST_NOTE_S = 1.0


class LockTimeout(KnockonError):
    """Another Knockon process holds the lock for too long."""

    code = "database_lock_timeout"

    def __init__(self, *, path: Path, waited_s: int) -> None:
        super().__init__(path=str(path), waited_s=waited_s)


@contextmanager
def exclusive(
    path: Path, *, timeout_s: float, on_wait: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Hold the lock alone for the length of a block.

    Parameters
    ----------
    path
        Lock file; it stays behind empty, because removing it would race with its next user.
    timeout_s
        Give up after this long.
    on_wait
        Called once when the wait becomes noticeable.

    Raises
    ------
    LockTimeout
        Another process kept the lock.
    """
    handle = _open(path)
    try:
        _wait(handle, path, timeout_s=timeout_s, on_wait=on_wait)
        yield
    finally:
        os.close(handle)


def hold_shared(path: Path) -> int:
    """Take a share in the lock and return its handle; `release` or death gives it back.

    A forked child keeps the share until it ends too, which is what its use asks for.
    """
    handle = _open(path)
    fcntl.flock(handle, fcntl.LOCK_SH)
    return handle


def release(handle: int) -> None:
    """Give a share back by closing, not by unlocking: a forked child may still use it."""
    os.close(handle)


def is_unshared(path: Path) -> bool:
    """Return whether no process holds a share in the lock at this moment."""
    handle = _open(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True


def _open(path: Path) -> int:
    # Never inherited over exec (Python's default): the server must not hold our locks.
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def _wait(handle: int, path: Path, *, timeout_s: float, on_wait: Callable[[], None]) -> None:
    started = time.monotonic()
    noted = False
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waited = time.monotonic() - started
            if waited > timeout_s:
                raise LockTimeout(path=path, waited_s=round(waited)) from None
            if waited > _FIRST_NOTE_S and not noted:
                noted = True
                on_wait()
            time.sleep(_POLL_S)
        else:
            return
