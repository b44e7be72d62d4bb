"""Compiled pieces of responses: functions of one repair time that never fall.

A response is defined on the whole seconds ``0 .. horizon``. A piece of it begins at ``at`` and is

* ``FLAT``: ``value``;
* ``RISING``: ``value`` plus the seconds since ``at``;
* a stair, ``STAIR + n``: ``value`` plus what stair ``n`` says. What runs slowly until the repair
  finishes by less than a second later for each second of repair, rounded up.

A *book* holds pieces in rows ``(AT, VALUE, KIND)`` from row 1 on; row 0 says in ``SIZE`` how many
rows were wanted, itself counted, so that a book that turned out too small can be made larger.
*Stairs* are rows ``(LEFT, BEGIN, RATE)`` of the same form.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import EPSILON, borrowing
from knockon.engine.schedule.limits import AGES

Int64s = NDArray[np.int64]
Book = NDArray[np.int64]
Stairs = NDArray[np.float64]

AT: Final = 0
VALUE: Final = 1
KIND: Final = 2
LEFT: Final = 0
BEGIN: Final = 1
RATE: Final = 2
SIZE: Final = 0
FIRST: Final = 1

FLAT: Final = 0
RISING: Final = 1
STAIR: Final = 2
_LOOKS: Final = 4096
"""Two stairs differ by one of two neighbouring numbers; which shows within a few seconds."""


@borrowing
def value_at(book: Book, stairs: Stairs, piece: int, delay: int) -> int:
    """Return a piece's value at a repair time."""
    kind = book[piece, KIND]
    if kind == FLAT:
        return int(book[piece, VALUE])
    if kind == RISING:
        return int(book[piece, VALUE] + delay - book[piece, AT])
    return int(book[piece, VALUE]) + _stair(stairs, kind - STAIR, delay)


@borrowing
def last_within(book: Book, stairs: Stairs, piece: int, low: int, high: int, limit: int) -> int:
    """Return the last repair time in ``[low, high)`` whose value is at most a limit, else less."""
    kind = book[piece, KIND]
    if kind == FLAT:
        return high - 1 if book[piece, VALUE] <= limit else low - 1
    if kind == RISING:
        room = limit - book[piece, VALUE] + book[piece, AT]
        return int(max(low - 1, min(high - 1, room)))
    before, after = low - 1, high
    while after - before > 1:
        middle = (before + after) >> 1
        if value_at(book, stairs, piece, middle) <= limit:
            before = middle
        else:
            after = middle
    return before


@borrowing
def _stair(stairs: Stairs, number: int, delay: int) -> int:
    """Return the repair time and what is left of slow work when the repair is over."""
    passed = (delay - stairs[number, BEGIN]) * stairs[number, RATE]
    return int(delay + math.ceil(stairs[number, LEFT] - passed - EPSILON))


@borrowing
def put(book: Book, at: int, value: int, kind: int) -> None:
    """Add a piece that begins at ``at``, unless it goes on where the last one ends."""
    size = book[0, SIZE]
    # A piece at 0 begins a response; what stands before it belongs to another one.
    if at > 0 and FIRST < size <= len(book) and book[size - 1, KIND] == kind:
        slope = at - book[size - 1, AT] if kind == RISING else 0
        if book[size - 1, VALUE] + slope == value:
            return
    if size < len(book):
        book[size, AT] = at
        book[size, VALUE] = value
        book[size, KIND] = kind
    book[0, SIZE] = size + 1


@borrowing
def copy_piece(source: Book, piece: int, low: int, more: int, target: Book) -> None:
    """Add a piece of another book from ``low`` on, raised by ``more``."""
    kind = source[piece, KIND]
    value = source[piece, VALUE]
    if kind == RISING:
        value += low - source[piece, AT]
    put(target, low, value + more, kind)


@borrowing
def end_of(book: Book, piece: int, last: int, end: int) -> int:
    """Return where a piece of a response that has ``last`` as its last piece ends."""
    return end if piece == last else int(book[piece + 1, AT])


@borrowing
def floor_at(
    source: Book,
    stairs: Stairs,
    first: int,
    last: int,
    lag: int,
    floor: int,
    end: int,
    target: Book,
) -> None:
    """Write the larger of a response plus a lag and a constant."""
    for piece in range(first, last + 1):
        low = max(0, int(source[piece, AT]))
        high = end_of(source, piece, last, end)
        if value_at(source, stairs, piece, low) >= AGES:
            put(target, low, AGES, FLAT)
            continue
        below = last_within(source, stairs, piece, low, high, floor - lag)
        if below >= low:
            put(target, low, floor, FLAT)
        if below + 1 < high:
            copy_piece(source, piece, below + 1, lag, target)


@borrowing
def upper(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    one: Book,
    one_first: int,
    one_last: int,
    other: Book,
    other_first: int,
    other_last: int,
    lag: int,
    stairs: Stairs,
    end: int,
    target: Book,
) -> None:
    """Write the larger of two responses, the second raised by a lag."""
    mine, its = one_first, other_first
    low = 0
    while low < end:
        high = min(end_of(one, mine, one_last, end), end_of(other, its, other_last, end))
        begin = low
        while begin < high:
            begin = _larger(one, mine, other, its, lag, stairs, begin, high, target)
        low = high
        if mine < one_last and one[mine + 1, AT] == low:
            mine += 1
        if its < other_last and other[its + 1, AT] == low:
            its += 1


@borrowing
def _larger(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    one: Book,
    mine: int,
    other: Book,
    its: int,
    lag: int,
    stairs: Stairs,
    low: int,
    high: int,
    target: Book,
) -> int:
    """Write the piece that is larger at ``low``, and return up to where it stays so."""
    lead = _ahead(one, mine, other, its, lag, stairs, low, high)
    if lead >= 0:
        copy_piece(one, mine, low, 0, target)
    elif value_at(other, stairs, its, low) >= AGES:
        put(target, low, AGES, FLAT)
    else:
        copy_piece(other, its, low, lag, target)
    if one[mine, KIND] >= STAIR and other[its, KIND] >= STAIR:
        return high if _alike(one, mine, other, its, stairs) else low + 1
    if one[mine, KIND] == other[its, KIND]:
        return high
    if one[mine, KIND] < STAIR and other[its, KIND] < STAIR:
        # The rising piece overtakes the flat one at most once.
        gap = value_at(one, stairs, mine, low) - value_at(other, stairs, its, low) - lag
        behind = (lead < 0) == (one[mine, KIND] == RISING)
        return min(high, low + abs(gap)) if behind and gap != 0 else high
    # The difference only grows or only falls, so its sign changes once.
    before, after = low, high
    while after - before > 1:
        middle = (before + after) >> 1
        if lead * _lead(one, mine, other, its, lag, stairs, middle) >= 0:
            before = middle
        else:
            after = middle
    return after


@borrowing
def _ahead(
    one: Book,
    mine: int,
    other: Book,
    its: int,
    lag: int,
    stairs: Stairs,
    low: int,
    high: int,
) -> int:
    """Return which of two pieces is ahead from ``low`` on; where they begin equal, a little on."""
    lead = _lead(one, mine, other, its, lag, stairs, low)
    if lead != 0:
        return lead
    if one[mine, KIND] < STAIR or other[its, KIND] < STAIR:
        return _lead(one, mine, other, its, lag, stairs, high - 1)
    if not _alike(one, mine, other, its, stairs):
        return lead
    for delay in range(low + 1, min(high, low + _LOOKS)):
        lead = _lead(one, mine, other, its, lag, stairs, delay)
        if lead != 0:
            break
    return lead


@borrowing
def _alike(one: Book, mine: int, other: Book, its: int, stairs: Stairs) -> bool:
    """Return whether two stairs rise at one rate; others are compared second by second."""
    mine_rate = stairs[one[mine, KIND] - STAIR, RATE]
    return bool(mine_rate == stairs[other[its, KIND] - STAIR, RATE])


@borrowing
def _lead(one: Book, mine: int, other: Book, its: int, lag: int, stairs: Stairs, delay: int) -> int:
    """Return whether the first is larger (1), equal (0) or smaller (-1) at a repair time."""
    value = value_at(other, stairs, its, delay)
    difference = value_at(one, stairs, mine, delay) - (AGES if value >= AGES else value + lag)
    return 1 if difference > 0 else (-1 if difference < 0 else 0)


@borrowing
def read_at(
    heads: Int64s, book: Book, stairs: Stairs, node: Int64s, delay: Int64s, value: Int64s
) -> None:
    """Write the values of some responses, each at its repair time; O(log pieces) each."""
    for query in range(len(node)):
        piece = _piece_at(heads, book, node[query], delay[query])
        value[query] = value_at(book, stairs, piece, delay[query])


@borrowing
def _piece_at(heads: Int64s, book: Book, node: int, delay: int) -> int:
    low, high = heads[node], heads[node + 1]
    while high - low > 1:
        middle = (low + high) >> 1
        if book[middle, AT] <= delay:
            low = middle
        else:
            high = middle
    return int(low)


@borrowing
def thresholds(
    heads: Int64s,
    book: Book,
    stairs: Stairs,
    node: Int64s,
    limit: Int64s,
    end: int,
    longest: Int64s,
) -> None:
    """Write the largest repair time with which a response is at most its limit, -1 when none."""
    for query in range(len(node)):
        low, high = heads[node[query]], heads[node[query] + 1]
        last = high - 1
        # The last piece that begins within the limit holds the answer.
        low -= 1
        while high - low > 1:
            middle = (low + high) >> 1
            if value_at(book, stairs, middle, book[middle, AT]) <= limit[query]:
                low = middle
            else:
                high = middle
        if low < heads[node[query]]:
            longest[query] = -1
        else:
            longest[query] = last_within(
                book, stairs, low, int(book[low, AT]), end_of(book, low, last, end), limit[query]
            )
