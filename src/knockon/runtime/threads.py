"""Threads for short questions to the data base from an event loop."""

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

_P = ParamSpec("_P")
_T = TypeVar("_T")


class DatabaseThreads:
    """A few threads, each with a connection of its own that is looked after."""

    def __init__(self, name: str, *, size: int) -> None:
        self._size = size
        self._pool = ThreadPoolExecutor(max_workers=size, thread_name_prefix=name)

    async def run(self, ask: Callable[_P, _T], *args: _P.args, **kwargs: _P.kwargs) -> _T:
        """Return what the function answers, run in one of the threads."""

        def call() -> _T:
            close_old_connections()
            try:
                return ask(*args, **kwargs)
            finally:
                close_old_connections()

        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def close(self) -> None:
        """Finish what runs and let the threads go, with their connections."""
        # A barrier keeps each thread until all have come, so that each closes its own connection.
        everybody = threading.Barrier(self._size)
        for _ in range(self._size):
            self._pool.submit(_leave, everybody)
        self._pool.shutdown(wait=True)


def _leave(everybody: threading.Barrier) -> None:
    connections.close_all()
    with contextlib.suppress(threading.BrokenBarrierError):
        everybody.wait(timeout=5)
