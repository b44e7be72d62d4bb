"""How a process learns that it shall end: by a signal, or because its supervisor is gone.

The supervisor keeps the writing end of a pipe open and never writes. When it dies, however it
dies, the kernel closes that end and every child reads the end of the file.
"""

import asyncio
import os
import select
import signal
import threading
from collections.abc import Sequence


async def wait_for_end(lifeline: int | None, *, signals: Sequence[signal.Signals]) -> None:
    """Return at the first of the signals, or when the other end of the lifeline closes."""
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for number in signals:
        loop.add_signal_handler(number, ended.set)
    if lifeline is not None:
        os.set_blocking(lifeline, False)
        loop.add_reader(lifeline, _read, lifeline, ended)
    try:
        await ended.wait()
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
        if lifeline is not None:
            loop.remove_reader(lifeline)


def _read(lifeline: int, ended: asyncio.Event) -> None:
    try:
        is_over = os.read(lifeline, 1) == b""
    except BlockingIOError:
        return
    if is_over:
        ended.set()


def end_in_background(lifeline: int | None) -> threading.Event:
    """Return what is set at a signal or when the other end of the lifeline closes.

    For processes without an event loop; call it in the main thread.
    """
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    if lifeline is not None:
        threading.Thread(target=_await_close, args=(lifeline, ended), daemon=True).start()
    return ended


def _await_close(lifeline: int, ended: threading.Event) -> None:
    # Not by a waiting read: whether a read of this pipe waits is set by any process that shares it.
    while select.select([lifeline], [], []):
        try:
            is_over = os.read(lifeline, 1) == b""
        except BlockingIOError:
            continue
        if is_over:
            break
    ended.set()
