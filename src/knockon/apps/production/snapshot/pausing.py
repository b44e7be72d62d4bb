"""Work that makes very many lasting objects, without looking for garbage among them."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Pause:
    """How many threads want the search for garbage to wait."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted = 0

    def begin(self) -> None:
        with self._lock:
            if self._wanted == 0 and gc.isenabled():
                # What is garbage now must not be taken for lasting afterwards.
                gc.collect()
                gc.disable()
            self._wanted += 1

    def end(self) -> None:
        with self._lock:
            self._wanted -= 1
            if self._wanted == 0:
                # What was made is there to stay: no later search looks at it.
                gc.freeze()
                gc.enable()


_pause = _Pause()


@contextmanager
def collection_paused() -> Iterator[None]:
    """Put the search for rings of garbage off while facts are loaded or indexed.

    Facts hold no rings and are freed when nothing refers to them; but every search walks through
    all of them, and loading would take twice as long. Several threads may be in here at once.
    """
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
