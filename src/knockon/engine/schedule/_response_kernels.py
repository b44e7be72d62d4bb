"""Compiled sweep that carries responses through a network.

Books, stairs and pieces are those of ``_pieces``. Kernels are kept on disk by their own file:
whoever changes one that is called here from another file deletes ``__pycache__``.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import borrowing
from knockon.engine.schedule._pieces import (
    AT,
    FIRST,
    FLAT,
    KIND,
    RISING,
    SIZE,
    VALUE,
    Book,
    Stairs,
    end_of,
    floor_at,
    put,
    upper,
    value_at,
)
from knockon.engine.schedule._work_kernels import (
    through,
    work_from,
    work_paused,
    work_slowed,
)
from knockon.engine.schedule.limits import AGES

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

RUNS: Final = 0
PAUSES: Final = 1
SLOWS: Final = 2
REPAIR: Final = 3


@borrowing
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
        heads[i] = book[0, SIZE]
        stairs_before = stairs[0, SIZE]
        low, high = windows_first[calendar[i]], windows_first[calendar[i] + 1]
        floor, moving = _floor(first[i], first[i + 1], source, lag, ready[i], heads, top, book)
        if stay[i] == REPAIR:
            put(book, 0, origin, RISING)
        elif not moving and stay[i] == RUNS:
            put(book, 0, through(floor, work[i], low, high, starts, ends), FLAT)
        else:
            # What works without rest is over as many seconds after it begins, whenever that is.
            restless = stay[i] == RUNS and starts[low] == -AGES and ends[low] == AGES
            _begin(
                first[i],
                first[i + 1],
                source,
                lag,
                work[i] if restless else 0,
                floor,
                end,
                heads,
                top,
                book,
                one,
                other,
                stairs,
            )
            last = one[0, SIZE] - 1
            if last >= len(one) or other[0, SIZE] > len(other):
                return i
            for piece in range(FIRST, last + 1):
                if restless:
                    put(book, one[piece, AT], one[piece, VALUE], one[piece, KIND])
                    continue
                _finish(
                    one,
                    piece,
                    end_of(one, piece, last, end),
                    work[i],
                    stay[i],
                    rate[i],
                    origin,
                    low,
                    high,
                    starts,
                    ends,
                    stairs,
                    spare,
                    book,
                )
        heads[i + 1] = book[0, SIZE]
        if book[0, SIZE] > len(book) or stairs[0, SIZE] > len(stairs):
            book[0, SIZE], stairs[0, SIZE] = heads[i], stairs_before
            return i
        top[i] = value_at(book, stairs, heads[i + 1] - 1, end - 1)
    return len(ready)


@borrowing
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
        if heads[before + 1] - heads[before] > 1 or book[heads[before], KIND] != FLAT:
            latest = max(latest, earliest)
        else:
            floor = max(floor, earliest)
    return floor, latest > floor


@borrowing
def _begin(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    first: int,
    past: int,
    source: Int64s,
    lag: Int64s,
    more: int,
    floor: int,
    end: int,
    heads: Int64s,
    top: Int64s,
    book: Book,
    one: Book,
    other: Book,
    stairs: Stairs,
) -> None:
    """Write an operation's earliest start, plus ``more``, into the first of two books."""
    one[0, SIZE] = FIRST
    other[0, SIZE] = FIRST
    for wait in range(first, past):
        before = source[wait]
        head, last = heads[before], heads[before + 1] - 1
        if top[before] < AGES and top[before] + lag[wait] <= floor:
            continue
        if last == head and book[head, KIND] == FLAT:
            continue
        if one[0, SIZE] == FIRST:
            floor_at(book, stairs, head, last, lag[wait] + more, floor + more, end, one)
        else:
            other[0, SIZE] = FIRST
            upper(
                one,
                FIRST,
                one[0, SIZE] - 1,
                book,
                head,
                last,
                lag[wait] + more,
                stairs,
                end,
                other,
            )
            if other[0, SIZE] > len(other):
                return
            for row in range(other[0, SIZE]):
                for column in range(3):
                    one[row, column] = other[row, column]
        if one[0, SIZE] > len(one):
            return
    if one[0, SIZE] == FIRST:
        put(one, 0, min(floor + more, AGES), FLAT)


@borrowing
def _finish(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    begins: Book,
    piece: int,
    until: int,
    work: int,
    stay: int,
    rate: float,
    origin: int,
    first: int,
    past: int,
    starts: Int64s,
    ends: Int64s,
    stairs: Stairs,
    spare: Book,
    book: Book,
) -> None:
    """Write when an operation is over that begins as a piece says."""
    low = int(begins[piece, AT])
    if stay == RUNS or work <= 0:
        work_from(begins, stairs, piece, low, until, work, first, past, starts, ends, book)
    elif stay == PAUSES:
        work_paused(
            begins, stairs, piece, low, until, work, origin, first, past, starts, ends, spare, book
        )
    else:
        work_slowed(
            begins,
            stairs,
            piece,
            low,
            until,
            work,
            rate,
            origin,
            first,
            past,
            starts,
            ends,
            spare,
            book,
        )
