"""Interleaved rounds: each piece of work once a round, so that what else runs hits all alike."""

import statistics
import time
from collections.abc import Callable, Mapping

LEAST_ROUNDS = 5
LONG_S = 20.0
LONG_ROUNDS = 2


def medians_ms(
    works: Mapping[str, Callable[[], object]], *, rounds: int = LEAST_ROUNDS
) -> dict[str, float]:
    """Return the median time of each piece of work in milliseconds.

    Work that takes longer than ``LONG_S`` is done in ``LONG_ROUNDS`` rounds only.
    """
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(max(rounds, LEAST_ROUNDS)):
        for name, work in works.items():
            spent = times[name]
            if len(spent) >= LONG_ROUNDS and min(spent) > LONG_S:
                continue
            begun = time.perf_counter()
            work()
            spent.append(time.perf_counter() - begun)
    return {name: statistics.median(spent) * 1000 for name, spent in times.items()}
