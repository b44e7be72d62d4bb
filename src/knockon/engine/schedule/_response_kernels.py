"""Compiled inner loops that carry responses through a network.

Books, stairs and pieces are those of ``_pieces``; *windows* are ``(starts, ends, low, high)`` of
one calendar.
"""

import math
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import (
    EPSILON,
    next_open,
    window_at,
    work_between,
    work_through,
)
from knockon.engine.schedule._pieces import (
    FLAT,
    RISING,
    STAIR,
    Book,
    Stairs,
    copy_piece,
    end_of,
    floor_at,
    last_within,
    put,
    upper,
    value_at,
)
from knockon.engine.schedule.limits import AGES

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

RUNS: Final = 0
PAUSES: Final = 1
SLOWS: Final = 2
REPAIR: Final = 3

Windows = tuple[Any, Any, Any, Any]


@njit(cache=True)
def work_from(
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    windows: Windows,
    target: Book,
) -> None:
    """Write when work that begins as a piece says, from ``low`` to ``high``, is over."""
    if source[2][piece] == FLAT or work <= 0:
        at = value_at(source, stairs, piece, low)
        if work <= 0 and at < AGES:
            copy_piece(source, piece, low, 0, target)
        else:
            put(target, low, _through(at, work, windows), FLAT)
        return
    starts, ends, window, past = windows
    while low < high:
        at = value_at(source, stairs, piece, low)
        if window < past and ends[window] <= at:
            window = window_at(at, window, past, ends)
        if window == past or at >= AGES:
            put(target, low, AGES, FLAT)
            return
        begin = max(at, starts[window])
        finish, goal = _work_in(begin, work, window, windows)
        if finish >= AGES:
            put(target, low, AGES, FLAT)
            return
        if at < begin:
            put(target, low, finish, FLAT)
            low = last_within(source, stairs, piece, low, high, begin - 1) + 1
            continue
        room = min(ends[window] - 1, at + ends[goal] - finish)
        copy_piece(source, piece, low, finish - at, target)
        low = last_within(source, stairs, piece, low, high, room) + 1


@njit(cache=True)
def _work_in(at: int, work: int, window: int, windows: Windows) -> tuple[int, int]:
    """Return when work that begins in a window is over, and in which window that is."""
    starts, ends, _, past = windows
    while work > ends[window] - at:
        work -= ends[window] - at
        window += 1
        if window == past:
            return AGES, window
        at = starts[window]
    return at + work, window


@njit(cache=True)
def _through(at: int, work: int, windows: Windows) -> int:
    """Return when work that begins at an instant is over."""
    if work <= 0 or at >= AGES:
        return min(at, AGES)
    starts, ends, low, past = windows
    window = window_at(at, low, past, ends)
    if window == past:
        return AGES
    return _work_in(max(at, starts[window]), work, window, windows)[0]


@njit(cache=True)
def work_paused(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    origin: int,
    windows: Windows,
    spare: Book,
    target: Book,
) -> None:
    """Write when work is over that pauses from ``origin`` until the repair is over."""
    starts, ends, first, last = windows
    while low < high:
        at = value_at(source, stairs, piece, low)
        if at >= AGES:
            put(target, low, AGES, FLAT)
            return
        until = high
        if at < origin:
            done = work_between(at, origin, first, last, starts, ends)
            if source[2][piece] != FLAT:
                until = low + 1
            if done >= work:
                put(target, low, _through(at, work, windows), FLAT)
            else:
                spare[3][0] = 0
                put(spare, low, origin + low, RISING)
                work_from(spare, stairs, 0, low, until, work - done, windows, target)
            low = until
            continue
        # It begins when the repair is over, or as planned when that is later.
        if at >= origin + low:
            until = _stays_behind(source, stairs, piece, origin, low, high)
            work_from(source, stairs, piece, low, until, work, windows, target)
        else:
            until = high if source[2][piece] == FLAT else low + 1
            spare[3][0] = 0
            put(spare, low, origin + low, RISING)
            work_from(spare, stairs, 0, low, until, work, windows, target)
        low = until


@njit(cache=True)
def _stays_behind(
    source: Book, stairs: Stairs, piece: int, origin: int, low: int, high: int
) -> int:
    """Return the first repair time after ``low`` at which a piece begins before the repair ends."""
    before, after = low, high
    while after - before > 1:
        middle = (before + after) >> 1
        if value_at(source, stairs, piece, middle) >= origin + middle:
            before = middle
        else:
            after = middle
    return after


@njit(cache=True)
def work_slowed(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    rate: float,
    origin: int,
    windows: Windows,
    spare: Book,
    target: Book,
) -> None:
    """Write when work is over that runs at ``rate`` from ``origin`` until the repair is over."""
    starts, ends, first, last = windows
    while low < high:
        at = value_at(source, stairs, piece, low)
        if at >= AGES:
            put(target, low, AGES, FLAT)
            return
        if at >= origin + low:
            until = _stays_behind(source, stairs, piece, origin, low, high)
            work_from(source, stairs, piece, low, until, work, windows, target)
        elif source[2][piece] == FLAT:
            until = high
            _slowed(at, work, rate, low, high, origin, windows, stairs, spare, target)
        else:
            # Work that starts ever later under repair: seldom, and second by second.
            until = low + 1
            finish = work_through(at, work, first, last, starts, ends, origin, origin + low, rate)
            put(target, low, finish, FLAT)
        low = until


@njit(cache=True)
def _slowed(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    at: int,
    work: int,
    rate: float,
    low: int,
    high: int,
    origin: int,
    windows: Windows,
    stairs: Stairs,
    spare: Book,
    target: Book,
) -> None:
    """Write when slow work that begins at ``at`` is over, window by window of the repair's end."""
    starts, ends, first, last = windows
    left = float(work)
    if at < origin:
        left -= work_between(at, origin, first, last, starts, ends)
    if left <= 0:
        put(target, low, _through(at, work, windows), FLAT)
        return
    begin = next_open(max(at, origin), first, last, starts, ends)
    window = window_at(max(at, origin), first, last, ends)
    while low < high:
        if window == last:
            put(target, low, AGES, FLAT)
            return
        begin = max(begin, starts[window])
        if origin + low <= begin:
            # The repair is over before this work would go on.
            put(target, low, _rest(begin, left, windows), FLAT)
            low = min(high, begin - origin + 1)
            continue
        over = int(begin + math.ceil(left / rate - EPSILON)) - origin
        number = _new_stair(stairs, left, begin - origin, rate)
        until = min(high, ends[window] - origin)
        if left <= (ends[window] - begin) * rate + EPSILON:
            until = min(until, _fits(left, rate, begin - origin, over))
        if low < until:
            _stair_from(number, low, until, origin, window, windows, stairs, spare, target)
            low = until
        if low >= high:
            return
        if left <= (ends[window] - begin) * rate + EPSILON:
            put(target, low, origin + over, FLAT)
            return
        left -= (ends[window] - begin) * rate
        window += 1


@njit(cache=True)
def _fits(left: float, rate: float, begin: int, over: int) -> int:
    """Return the first repair time by which slow work is over, close to ``over``."""
    delay = over
    while delay > begin and left <= (delay - 1 - begin) * rate + EPSILON:
        delay -= 1
    while left > (delay - begin) * rate + EPSILON:
        delay += 1
    return delay


@njit(cache=True)
def _rest(at: int, left: float, windows: Windows) -> int:
    """Return when a part of a second more than whole seconds of work is over."""
    return _through(at, max(1, math.ceil(left - EPSILON)), windows)


@njit(cache=True)
def _new_stair(stairs: Stairs, left: float, begin: int, rate: float) -> int:
    number = stairs[3][0]
    if number < len(stairs[0]):
        stairs[0][number] = left
        stairs[1][number] = begin
        stairs[2][number] = rate
    stairs[3][0] = number + 1
    return int(min(number, len(stairs[0]) - 1))


@njit(cache=True)
def _stair_from(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    number: int,
    low: int,
    high: int,
    origin: int,
    window: int,
    windows: Windows,
    stairs: Stairs,
    spare: Book,
    target: Book,
) -> None:
    """Write a stair whose repairs end in a window, over the windows in which it finishes."""
    starts, ends, _, last = windows
    spare[3][0] = 0
    put(spare, low, origin, STAIR + number)
    goal = window
    shift = 0
    while low < high:
        finish = value_at(spare, stairs, 0, low) + shift
        while finish > ends[goal]:
            goal += 1
            if goal == last:
                put(target, low, AGES, FLAT)
                return
            shift += starts[goal] - ends[goal - 1]
            finish += starts[goal] - ends[goal - 1]
        put(target, low, origin + shift, STAIR + number)
        low = last_within(spare, stairs, 0, low, high, ends[goal] - shift) + 1


@njit(cache=True)
def respond(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    first: Int64s,
    source: Int64s,
    lag: Int64s,
    ready: Int64s,
    work: Int64s,
    calendar: Int64s,
    stay: Int64s,
    rate: Float64s,
    origin: int,
    end: int,
    windows_first: Int64s,
    starts: Int64s,
    ends: Int64s,
    heads: Int64s,
    top: Int64s,
    book: Book,
    one: Book,
    other: Book,
    spare: Book,
    stairs: Stairs,
    begin: int,
) -> int:
    """Write every operation's finish as a function of the repair time, in one pass.

    Parameters
    ----------
    first, source, lag, ready, work, calendar
        As in ``sweep``.
    stay
        Per operation: ``RUNS``, ``PAUSES`` or ``SLOWS`` until the repair is over, or ``REPAIR`` for
        the repair itself, which is over at ``origin`` plus the repair time.
    end
        One more than the largest repair time.
    heads, top
        Outputs: where each operation's pieces begin in ``book``, and its latest finish.
    one, other, spare
        Room to work in.
    begin
        The first operation to write; those before it are written.

    Returns
    -------
    int
        The first operation that is not written, because some room was too small; else their
        number.

    Notes
    -----
    O(operations + waits x pieces + windows crossed); an operation that the repair does not reach
    has one piece.
    """
    for i in range(begin, len(ready)):
        heads[i] = book[3][0]
        stairs_before = stairs[3][0]
        windows = (starts, ends, windows_first[calendar[i]], windows_first[calendar[i] + 1])
        floor, moving = _floor(first[i], first[i + 1], source, lag, ready[i], heads, top, book)
        if stay[i] == REPAIR:
            put(book, 0, origin, RISING)
        elif not moving and stay[i] == RUNS:
            put(book, 0, _through(floor, work[i], windows), FLAT)
        else:
            begins = _begins(
                first[i],
                first[i + 1],
                source,
                lag,
                floor,
                end,
                heads,
                top,
                book,
                one,
                other,
                stairs,
            )
            if begins[3][0] > len(begins[0]):
                return i
            last = begins[3][0] - 1
            for piece in range(last + 1):
                _finish(
                    begins,
                    piece,
                    end_of(begins, piece, last, end),
                    work[i],
                    stay[i],
                    rate[i],
                    origin,
                    windows,
                    stairs,
                    spare,
                    book,
                )
        heads[i + 1] = book[3][0]
        if book[3][0] > len(book[0]) or stairs[3][0] > len(stairs[0]):
            book[3][0], stairs[3][0] = heads[i], stairs_before
            return i
        top[i] = value_at(book, stairs, heads[i + 1] - 1, end - 1)
    return len(ready)


@njit(cache=True)
def _floor(
    first: int,
    past: int,
    source: Int64s,
    lag: Int64s,
    ready: int,
    heads: Int64s,
    top: Int64s,
    book: Book,
) -> tuple[int, bool]:
    """Return the earliest start as far as the repair does not matter, and whether it does."""
    floor = ready
    latest = ready
    for wait in range(first, past):
        before = source[wait]
        earliest = AGES if top[before] >= AGES else top[before] + lag[wait]
        if heads[before + 1] - heads[before] > 1 or book[2][heads[before]] != FLAT:
            latest = max(latest, earliest)
        else:
            floor = max(floor, earliest)
    return floor, latest > floor


@njit(cache=True)
def _begins(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    first: int,
    past: int,
    source: Int64s,
    lag: Int64s,
    floor: int,
    end: int,
    heads: Int64s,
    top: Int64s,
    book: Book,
    one: Book,
    other: Book,
    stairs: Stairs,
) -> Book:
    """Return an operation's earliest start as a response, in one of the two books to work in."""
    one[3][0] = 0
    for wait in range(first, past):
        before = source[wait]
        head, last = heads[before], heads[before + 1] - 1
        if top[before] < AGES and top[before] + lag[wait] <= floor:
            continue
        if last == head and book[2][head] == FLAT:
            continue
        if one[3][0] == 0:
            floor_at(book, stairs, head, last, lag[wait], floor, end, one)
        else:
            other[3][0] = 0
            upper(one, 0, one[3][0] - 1, book, head, last, lag[wait], stairs, end, other)
            one, other = other, one
        if one[3][0] > len(one[0]):
            return one
    if one[3][0] == 0:
        put(one, 0, floor, FLAT)
    return one


@njit(cache=True)
def _finish(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    begins: Book,
    piece: int,
    until: int,
    work: int,
    stay: int,
    rate: float,
    origin: int,
    windows: Windows,
    stairs: Stairs,
    spare: Book,
    book: Book,
) -> None:
    """Write when an operation is over that begins as a piece says."""
    low = int(begins[0][piece])
    if stay == RUNS or work <= 0:
        work_from(begins, stairs, piece, low, until, work, windows, book)
    elif stay == PAUSES:
        work_paused(begins, stairs, piece, low, until, work, origin, windows, spare, book)
    else:
        work_slowed(begins, stairs, piece, low, until, work, rate, origin, windows, spare, book)
