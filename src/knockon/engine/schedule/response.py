"""Responses: when each operation finishes as an exact function of how long one repair takes.

A frozen sequence answers a longer repair by later finishes and never by earlier ones. Without
calendars a finish is ``max(f, repair + b)``, one number each; calendars turn it into a few pieces,
because what is pushed over the end of a shift waits for the next one. Carrying the pieces through
the network once gives the finishes at every repair time, and with them the repair time at which
each operation becomes later than any limit. Nothing is sampled.

References
----------
Baccelli, Cohen, Olsder, Quadrat (1992), Synchronization and Linearity: a frozen sequence is a
max-plus linear system, of which this is the response to one input.
"""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._pieces import FIRST, SIZE, Book, Stairs, read_at, thresholds
from knockon.engine.schedule._response_kernels import PAUSES, REPAIR, RUNS, SLOWS, respond
from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.right_shift import Arranged, Network, arrange

Int64s = NDArray[np.int64]

_Number = TypeVar("_Number", np.int64, np.float64)

MOST_PIECES = 12_000_000
"""Of 24 bytes each: what a process may spend on one question."""

_SPARE_PIECES = 4
_FIRST_ROOM = 4096


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Repair:
    """One repair of unknown length, and who waits for it.

    Parameters
    ----------
    begin
        When it begins, UTC seconds; it is over that many seconds later as it takes.
    horizon_s
        The longest repair looked at.
    operation, restart_s, calendar
        Operations that wait for the repair and then for ``restart_s`` seconds of work by a
        calendar; int64, (holds,). An operation may stand here more than once.
    """

    begin: int
    horizon_s: int
    operation: Int64s
    restart_s: Int64s
    calendar: Int64s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """The finishes of a network's operations as functions of the repair time.

    Parameters
    ----------
    begin, horizon_s
        As of the repair.
    place
        Where each operation's response stands in ``heads``.
    top
        Finish of each operation after the longest repair, UTC seconds.
    """

    begin: int
    horizon_s: int
    place: Int64s
    top: Int64s
    heads: Int64s
    book: Book
    stairs: Stairs

    @property
    def pieces(self) -> int:
        """Return the number of pieces of all responses."""
        return int(self.heads[-1]) - FIRST

    def finishes(self, operation: Int64s, *, repair_s: Int64s | int) -> Int64s:
        """Return when operations finish, UTC seconds; ``AGES`` for never.

        ``repair_s`` is one repair time in ``[0, horizon_s]``, or one for each operation.
        """
        value = np.empty(len(operation), dtype=np.int64)
        delay = np.broadcast_to(np.asarray(repair_s, dtype=np.int64), value.shape).copy()
        read_at(self.heads, self.book, self.stairs, self.place[operation], delay, value)
        return value

    def longest_within(self, operation: Int64s, *, limit: Int64s) -> Int64s:
        """Return the longest repair after which operations finish by their limits.

        Returns
        -------
        Int64s
            Seconds; -1 for an operation that is later however short the repair, ``horizon_s`` for
            one that no repair looked at makes later.
        """
        longest = np.empty(len(operation), dtype=np.int64)
        thresholds(
            self.heads,
            self.book,
            self.stairs,
            self.place[operation],
            limit,
            self.horizon_s + 1,
            longest,
        )
        return longest


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RepairNetwork:
    """A network with a repair before it, in the order in which it is swept.

    Parameters
    ----------
    arranged
        The waits.
    ready, work, calendar, stay, rate
        Of each place; ``stay`` is what an operation does until the repair is over.
    place
        Place of each operation of the network itself.
    """

    repair: Repair
    arranged: Arranged
    calendars: Calendars
    ready: Int64s
    work: Int64s
    calendar: Int64s
    stay: Int64s
    rate: NDArray[np.float64]
    place: Int64s


def respond_to(
    network: Network, repair: Repair, *, most_pieces: int = MOST_PIECES
) -> Responses | None:
    """Return when every operation of a network finishes, for every repair time at once.

    None when that would take more than ``most_pieces`` pieces.

    Parameters
    ----------
    network
        Its operations as they are but for ``repair``: what is slow from ``repair.begin`` on is so
        until the repair is over, whatever ``slow_until`` says.

    Notes
    -----
    One sweep; O(operations + waits x pieces + windows crossed). A response has one piece where the
    repair does not reach, and about one for each window end between its first and its last finish.
    Where work of different calendars waits for each other without any slack, every end of a shift
    of everything before may be another piece.
    """
    return responses_of(put_before(network, repair), most_pieces=most_pieces)


def responses_of(asked: RepairNetwork, *, most_pieces: int = MOST_PIECES) -> Responses | None:
    """Return the responses of a network with a repair before it, as ``respond_to`` does."""
    repair, plan = asked.repair, asked.arranged
    count = len(asked.ready)
    heads = np.zeros(count + 1, dtype=np.int64)
    top = np.zeros(count, dtype=np.int64)
    book, stairs, spare = _book(max(_FIRST_ROOM, 3 * count)), _stairs(_FIRST_ROOM), _FIRST_ROOM
    done = 0
    while True:
        done = respond(
            plan.first,
            plan.source,
            plan.lag,
            asked.ready,
            asked.work,
            asked.calendar,
            asked.stay,
            asked.rate,
            repair.begin,
            repair.horizon_s + 1,
            asked.calendars.first,
            asked.calendars.starts,
            asked.calendars.ends,
            heads,
            top,
            book,
            _book(spare),
            _book(spare),
            _book(_SPARE_PIECES),
            stairs,
            done,
        )
        if done == count:
            break
        if len(book) > most_pieces:
            return None
        book, stairs, spare = _doubled(book), _doubled(stairs), 2 * spare
    return Responses(
        begin=repair.begin,
        horizon_s=repair.horizon_s,
        place=asked.place,
        top=top[asked.place],
        heads=heads,
        book=book,
        stairs=stairs,
    )


def put_before(network: Network, repair: Repair) -> RepairNetwork:
    """Put a repair and its restarts before a network, and arrange the whole."""
    whole, stay, ahead = _with_repair(network, repair)
    plan = arrange(whole)
    order = plan.order
    return RepairNetwork(
        repair=repair,
        arranged=plan,
        calendars=whole.calendars,
        ready=whole.ready[order],
        work=whole.work[order],
        calendar=whole.calendar[order],
        stay=stay[order],
        rate=whole.rate[order],
        place=plan.rank[ahead:],
    )


def _with_repair(network: Network, repair: Repair) -> tuple[Network, Int64s, int]:
    """Put the repair and its restarts before a network's operations.

    Returns
    -------
    network
        With one operation for the repair and one for each restart, which all come first.
    stay
        What each operation does until the repair is over.
    ahead
        How many were put before.
    """
    kinds, which = np.unique(
        np.stack([repair.restart_s, repair.calendar], axis=1), axis=0, return_inverse=True
    )
    ahead = 1 + len(kinds)
    count = len(network.ready)
    nothing = np.zeros(ahead, dtype=np.int64)
    stay = np.full(ahead + count, RUNS, dtype=np.int64)
    stay[0] = REPAIR
    slow = network.slow_from < AGES
    stay[ahead:][slow & (network.rate <= 0)] = PAUSES
    stay[ahead:][slow & (network.rate > 0) & (network.rate < 1)] = SLOWS
    whole = replace(
        network,
        ready=np.concatenate((nothing - AGES, network.ready)),
        work=np.concatenate(([0], kinds[:, 0], network.work)).astype(np.int64),
        calendar=np.concatenate(([0], kinds[:, 1], network.calendar)).astype(np.int64),
        rate=np.concatenate((np.ones(ahead), network.rate)),
        source=np.concatenate((nothing[1:], 1 + which.reshape(-1), network.source + ahead)).astype(
            np.int64
        ),
        target=np.concatenate(
            (np.arange(1, ahead), repair.operation + ahead, network.target + ahead)
        ).astype(np.int64),
        lag=np.concatenate((nothing[1:], np.zeros_like(repair.operation), network.lag)),
    )
    return whole, stay, ahead


def _doubled(rows: NDArray[_Number]) -> NDArray[_Number]:
    """Return a book, or stairs, with room for twice as much."""
    return np.concatenate((rows, np.empty_like(rows)))


def _book(room: int) -> Book:
    rows = np.empty((room, 3), dtype=np.int64)
    rows[0, SIZE] = FIRST
    return rows


def _stairs(room: int) -> Stairs:
    rows = np.empty((room, 3), dtype=np.float64)
    rows[0, SIZE] = FIRST
    return rows
