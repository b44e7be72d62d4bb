"""Compiled inner loops of the timelines, behind plain arrays.

All instants and durations are whole seconds in int64.
"""

import math
from collections.abc import Callable
from typing import Any, Final, TypeVar

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.schedule.limits import AGES, FREE

Int64s = NDArray[np.int64]

_Kernel = TypeVar("_Kernel", bound=Callable[..., Any])

EPSILON: Final = 1e-9
"""What is less than a billionth of a second is rounding, not work."""

_NEAR: Final = 4
"""Windows looked at one by one before they are searched."""


def borrowing(function: _Kernel) -> _Kernel:
    """Compile a kernel that allocates nothing, so that nobody counts who holds its arrays.

    Chains of small kernels are three times as fast for it.
    """
    # The option is real, but the stubs do not know it.
    compiled: _Kernel = njit(cache=True, _nrt=False)(function)  # type: ignore[call-overload]
    return compiled


@njit(cache=True)
def window_at(at: int, low: int, high: int, ends: Int64s) -> int:
    """Return the first window in ``[low, high)`` that ends after ``at``."""
    while low < high:
        middle = (low + high) >> 1
        if ends[middle] > at:
            high = middle
        else:
            low = middle + 1
    return low


@njit(cache=True)
def next_open(at: int, low: int, high: int, starts: Int64s, ends: Int64s) -> int:
    """Return the first working second at or after ``at``; ``AGES`` when none is known."""
    if at >= AGES:
        return AGES
    window = window_at(at, low, high, ends)
    if window == high:
        return AGES
    return max(at, int(starts[window]))


@njit(cache=True)
def work_between(start: int, end: int, low: int, high: int, starts: Int64s, ends: Int64s) -> int:
    """Return the working seconds in ``[start, end)``."""
    total = 0
    window = window_at(start, low, high, ends)
    while window < high and starts[window] < end:
        total += min(end, ends[window]) - max(start, starts[window])
        window += 1
    return total


@njit(cache=True)
def work_through(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    at: int,
    work: int,
    low: int,
    high: int,
    starts: Int64s,
    ends: Int64s,
    slow_from: int,
    slow_until: int,
    rate: float,
) -> int:
    """Return when ``work`` seconds of full-speed work begun at ``at`` are over.

    Between ``slow_from`` and ``slow_until`` work goes on at ``rate`` of full speed.
    """
    if work <= 0 or at >= AGES:
        return min(at, AGES)
    left = float(work)
    for window in range(window_at(at, low, high, ends), high):
        at = max(at, starts[window])
        while at < ends[window]:
            until = ends[window]
            speed = 1.0
            if at < slow_from:
                until = min(until, slow_from)
            elif at < slow_until:
                until = min(until, slow_until)
                speed = rate
            room = (until - at) * speed
            if left <= room + EPSILON:
                # What was left over from before is more than that, so rate 0 divides nothing.
                return at + math.ceil(left / speed - EPSILON)
            left -= room
            at = until
    return AGES


@njit(cache=True)
def window_near(at: int, hint: int, low: int, high: int, ends: Int64s) -> int:
    """Return what ``window_at`` returns, looking near a window of ``[low, high]`` first."""
    if hint > low and ends[hint - 1] > at:
        return window_at(at, low, hint, ends)
    for window in range(hint, min(hint + _NEAR, high)):
        if ends[window] > at:
            return window
    return window_at(at, min(hint + _NEAR, high), high, ends)


@njit(cache=True)
def work_in(
    at: int, work: int, window: int, high: int, starts: Int64s, ends: Int64s
) -> tuple[int, int]:
    """Return when full-speed work that begins in a window is over, and in which window that is."""
    while work > ends[window] - at:
        work -= ends[window] - at
        window += 1
        if window == high:
            return AGES, window
        at = starts[window]
    return at + work, window


@njit(cache=True)
def sweep(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    first: Int64s,
    source: Int64s,
    lag: Int64s,
    ready: Int64s,
    work: Int64s,
    calendar: Int64s,
    rate: NDArray[np.float64],
    windows_first: Int64s,
    starts: Int64s,
    ends: Int64s,
    slow_from: Int64s,
    slow_until: Int64s,
    start: Int64s,
    finish: Int64s,
    binding: Int64s,
) -> None:
    """Place every operation as early as what it waits for allows, in one pass.

    Parameters
    ----------
    first, source, lag
        Waits in CSR form: operation ``i`` starts no earlier than ``finish[source] + lag`` of the
        waits ``first[i]`` to ``first[i + 1]``; every source comes before its target.
    ready, work, calendar, rate
        Per operation: earliest start, seconds of work, calendar, speed in its slow period.
    slow_from, slow_until
        Per operation: its slow period, UTC seconds.
    start, finish, binding
        Outputs; ``binding`` is the wait that held the start back, ``FREE`` when none did.

    Notes
    -----
    O(operations + waits + windows crossed).
    """
    hints = windows_first[:-1].copy()
    for i in range(len(ready)):
        at = ready[i]
        held = FREE
        for wait in range(first[i], first[i + 1]):
            done = finish[source[wait]]
            earliest = AGES if done >= AGES else done + lag[wait]
            if earliest > at:
                at = earliest
                held = wait
        binding[i] = held
        if work[i] <= 0 or at >= AGES:
            start[i] = at
            finish[i] = min(at, AGES)
            continue
        low, high = windows_first[calendar[i]], windows_first[calendar[i] + 1]
        slowed = rate[i] < 1.0
        if low < high and starts[low] == -AGES and ends[low] == AGES and not slowed:
            start[i] = at
            finish[i] = at + work[i]
            continue
        # Work in planned order begins near where the last one of its calendar did.
        window = window_near(at, hints[calendar[i]], low, high, ends)
        hints[calendar[i]] = window
        if window == high:
            start[i] = AGES
            finish[i] = AGES
            continue
        at = max(at, starts[window])
        start[i] = at
        if slowed:
            finish[i] = work_through(
                at, work[i], low, high, starts, ends, slow_from[i], slow_until[i], rate[i]
            )
        else:
            finish[i] = work_in(at, work[i], window, high, starts, ends)[0]
