"""Interleaved rounds: each piece of work once a round, so that what else runs hits all alike."""

import statistics
import time
from collections.abc import Callable, Mapping

LEAST_ROUNDS = 5
LONG_S = 20.0
LONG_ROUNDS = 2
_SHORT_S = 0.5
_REPEATED_S = 0.1
_MOST_REPEATS = 100
_MOST_TIMED = 10_000


def medians_ms(
    works: Mapping[str, Callable[[], object]], *, rounds: int = LEAST_ROUNDS
) -> dict[str, float]:
    """Return the median time of each piece of work in milliseconds, warm.

    What takes less than half a second is done once before it is timed in each round, and short
    work is then timed several times, of which the median counts for the round. Work that takes
    longer than ``LONG_S`` is done in ``LONG_ROUNDS`` rounds only.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(max(rounds, LEAST_ROUNDS)):
        for name, work in works.items():
            spent = times[name]
            if len(spent) < LONG_ROUNDS or min(spent) <= LONG_S:
                spent.append(_warm_s(work))
    return {name: statistics.median(spent) * 1000 for name, spent in times.items()}


def _warm_s(work: Callable[[], object]) -> float:
    first = _seconds(work)
    if first > _SHORT_S:
        return first
    again = [_seconds(work)]
    while sum(again) < _REPEATED_S and len(again) < _MOST_REPEATS:
        again.append(_seconds(work))
    return statistics.median(again)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def cpu_ms(work: Callable[[], object], *, clock: Callable[[], float], rounds: int = 3) -> float:
    """Return the median processor time of a piece of work in milliseconds, by a clock of it.

    Work that is too short for the clock is done until a tenth of a second is spent.
    """
    spent = []
    for _ in range(rounds):
        begun, times = clock(), 0
        while times == 0 or (clock() - begun < _REPEATED_S and times < _MOST_TIMED):
            work()
            times += 1
        spent.append((clock() - begun) / times)
        if spent[-1] > LONG_S:
            break
    return statistics.median(spent) * 1000
