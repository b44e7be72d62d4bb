"""How a process learns that it shall end: by a signal, or because its supervisor is gone.

The supervisor keeps the writing end of a pipe open and never writes. When it dies, however it
dies, the kernel closes that end and every child reads the end of the file.
"""

import asyncio
import os
import signal
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
