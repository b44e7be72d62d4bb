"""Compiled work by calendar on responses: what begins as a piece says, and when it is over.

Books, stairs and pieces are those of ``_pieces``. A calendar's windows are ``[first, past)`` of
``starts`` and ``ends``; what is written goes to ``target``.
"""

import math

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import (
    EPSILON,
    borrowing,
    next_open,
    window_at,
    window_near,
    work_between,
    work_in,
    work_through,
)
from knockon.engine.schedule._pieces import (
    BEGIN,
    FIRST,
    FLAT,
    KIND,
    LEFT,
    RATE,
    RISING,
    SIZE,
    STAIR,
    Book,
    Stairs,
    copy_piece,
    last_within,
    put,
    value_at,
)
from knockon.engine.schedule.limits import AGES

Int64s = NDArray[np.int64]


@borrowing
def work_from(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    first: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    target: Book,
) -> None:
    """Write when work that begins as a piece says, from ``low`` to ``high``, is over."""
    if source[piece, KIND] == FLAT or work <= 0:
        at = value_at(source, stairs, piece, low)
        if work <= 0 and at < AGES:
            copy_piece(source, piece, low, 0, target)
        else:
            put(target, low, through(at, work, first, past, starts, ends), FLAT)
        return
    window = first
    while low < high:
        at = value_at(source, stairs, piece, low)
        window = window_near(at, window, first, past, ends)
        if window == past or at >= AGES:
            put(target, low, AGES, FLAT)
            return
        begin = max(at, starts[window])
        finish, goal = work_in(begin, work, window, past, starts, ends)
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


@borrowing
def through(at: int, work: int, first: int, past: int, starts: Int64s, ends: Int64s) -> int:
    """Return when work that begins at an instant is over."""
    if work <= 0 or at >= AGES:
        return min(at, AGES)
    window = window_at(at, first, past, ends)
    if window == past:
        return AGES
    return work_in(max(at, starts[window]), work, window, past, starts, ends)[0]


@borrowing
def work_paused(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    origin: int,
    first: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    spare: Book,
    target: Book,
) -> None:
    """Write when work is over that pauses from ``origin`` until the repair is over."""
    while low < high:
        at = value_at(source, stairs, piece, low)
        if at >= AGES:
            put(target, low, AGES, FLAT)
            return
        until = high
        if at < origin:
            done = work_between(at, origin, first, past, starts, ends)
            if source[piece, KIND] != FLAT:
                until = low + 1
            if done >= work:
                put(target, low, through(at, work, first, past, starts, ends), FLAT)
            else:
                spare[0, SIZE] = FIRST
                put(spare, low, origin + low, RISING)
                work_from(
                    spare, stairs, FIRST, low, until, work - done, first, past, starts, ends, target
                )
            low = until
            continue
        # It begins when the repair is over, or as planned when that is later.
        if at >= origin + low:
            until = _stays_behind(source, stairs, piece, origin, low, high)
            work_from(source, stairs, piece, low, until, work, first, past, starts, ends, target)
        else:
            until = high if source[piece, KIND] == FLAT else low + 1
            spare[0, SIZE] = FIRST
            put(spare, low, origin + low, RISING)
            work_from(spare, stairs, FIRST, low, until, work, first, past, starts, ends, target)
        low = until


@borrowing
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


@borrowing
def work_slowed(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    source: Book,
    stairs: Stairs,
    piece: int,
    low: int,
    high: int,
    work: int,
    rate: float,
    origin: int,
    first: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    spare: Book,
    target: Book,
) -> None:
    """Write when work is over that runs at ``rate`` from ``origin`` until the repair is over."""
    while low < high:
        at = value_at(source, stairs, piece, low)
        if at >= AGES:
            put(target, low, AGES, FLAT)
            return
        if at >= origin + low:
            until = _stays_behind(source, stairs, piece, origin, low, high)
            work_from(source, stairs, piece, low, until, work, first, past, starts, ends, target)
        elif source[piece, KIND] == FLAT:
            until = high
            _slowed(
                at, work, rate, low, high, origin, first, past, starts, ends, stairs, spare, target
            )
        else:
            # Work that starts ever later under repair: seldom, and second by second.
            until = low + 1
            finish = work_through(at, work, first, past, starts, ends, origin, origin + low, rate)
            put(target, low, finish, FLAT)
        low = until


@borrowing
def _slowed(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    at: int,
    work: int,
    rate: float,
    low: int,
    high: int,
    origin: int,
    first: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    stairs: Stairs,
    spare: Book,
    target: Book,
) -> None:
    """Write when slow work that begins at ``at`` is over, window by window of the repair's end."""
    left = float(work)
    if at < origin:
        left -= work_between(at, origin, first, past, starts, ends)
    if left <= 0:
        put(target, low, through(at, work, first, past, starts, ends), FLAT)
        return
    begin = next_open(max(at, origin), first, past, starts, ends)
    window = window_at(max(at, origin), first, past, ends)
    while low < high:
        if window == past:
            put(target, low, AGES, FLAT)
            return
        begin = max(begin, starts[window])
        if origin + low <= begin:
            # The repair is over before this work would go on.
            put(target, low, _rest(begin, left, first, past, starts, ends), FLAT)
            low = min(high, begin - origin + 1)
            continue
        over = int(begin + math.ceil(left / rate - EPSILON)) - origin
        number = _new_stair(stairs, left, begin - origin, rate)
        until = min(high, ends[window] - origin)
        if left <= (ends[window] - begin) * rate + EPSILON:
            until = min(until, _fits(left, rate, begin - origin, over))
        if low < until:
            _stair_from(
                number, low, until, origin, window, past, starts, ends, stairs, spare, target
            )
            low = until
        if low >= high:
            return
        if left <= (ends[window] - begin) * rate + EPSILON:
            put(target, low, origin + over, FLAT)
            return
        left -= (ends[window] - begin) * rate
        window += 1


@borrowing
def _fits(left: float, rate: float, begin: int, over: int) -> int:
    """Return the first repair time by which slow work is over, close to ``over``."""
    delay = over
    while delay > begin and left <= (delay - 1 - begin) * rate + EPSILON:
        delay -= 1
    while left > (delay - begin) * rate + EPSILON:
        delay += 1
    return delay


@borrowing
def _rest(at: int, left: float, first: int, past: int, starts: Int64s, ends: Int64s) -> int:
    """Return when a part of a second more than whole seconds of work is over."""
    return through(at, max(1, math.ceil(left - EPSILON)), first, past, starts, ends)


@borrowing
def _new_stair(stairs: Stairs, left: float, begin: int, rate: float) -> int:
    number = int(stairs[0, SIZE])
    if number < len(stairs):
        stairs[number, LEFT] = left
        stairs[number, BEGIN] = begin
        stairs[number, RATE] = rate
    stairs[0, SIZE] = number + 1
    return int(min(number, len(stairs) - 1))


@borrowing
def _stair_from(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    number: int,
    low: int,
    high: int,
    origin: int,
    window: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    stairs: Stairs,
    spare: Book,
    target: Book,
) -> None:
    """Write a stair whose repairs end in a window, over the first, past, starts, ends in which it finishes."""
    spare[0, SIZE] = FIRST
    put(spare, low, origin, STAIR + number)
    goal = window
    shift = 0
    while low < high:
        finish = value_at(spare, stairs, FIRST, low) + shift
        while finish > ends[goal]:
            goal += 1
            if goal == past:
                put(target, low, AGES, FLAT)
                return
            shift += starts[goal] - ends[goal - 1]
            finish += starts[goal] - ends[goal - 1]
        put(target, low, origin + shift, STAIR + number)
        low = last_within(spare, stairs, FIRST, low, high, ends[goal] - shift) + 1
