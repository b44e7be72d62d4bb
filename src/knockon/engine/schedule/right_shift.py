"""Right shift: the same sequence, each operation as early as what it waits for allows."""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import sweep
from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.limits import FREE

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Network:
    """Operations in planned order, and what waits for what.

    Parameters
    ----------
    ready, work, calendar
        Earliest start, seconds of work and calendar of each operation; int64, (operations,).
    rate
        Speed of each operation in its slow period; float64 in [0, 1], at 0 work pauses.
    slow_from, slow_until
        Slow period of each operation, UTC seconds; int64, (operations,).
    source, target, lag
        ``target`` starts no earlier than ``lag`` seconds after ``source`` finishes (a planned
        overlap is a negative lag); int64, (waits,).
    calendars
        Working windows.
    """

    ready: Int64s
    work: Int64s
    calendar: Int64s
    rate: NDArray[np.float64]
    slow_from: Int64s
    slow_until: Int64s
    source: Int64s
    target: Int64s
    lag: Int64s
    calendars: Calendars


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timeline:
    """When each operation of a network starts and finishes.

    Parameters
    ----------
    start, finish
        UTC seconds, int64, (operations,); ``AGES`` is an instant that nobody knows.
    binding
        The wait that held the start back (index into the network's waits), ``FREE`` when none.
    dropped
        Waits that would close a circle and were left out; ascending.
    """

    start: Int64s
    finish: Int64s
    binding: Int64s
    dropped: Int64s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arranged:
    """A network in an order in which every operation comes after what it waits for.

    Parameters
    ----------
    order, rank
        Operation at each place, and place of each operation.
    first, source, lag
        The waits of each place in CSR form, with sources as places.
    waits
        Index of each of them in the network.
    dropped
        Waits of the network that would close a circle.
    """

    order: Int64s
    rank: Int64s
    first: Int64s
    source: Int64s
    lag: Int64s
    waits: Int64s
    dropped: Int64s


def arrange(network: Network) -> Arranged:
    """Bring a network into the order in which it can be swept.

    Notes
    -----
    O(operations + waits) when the planned order is already such, O(n log n) otherwise.
    """
    count = len(network.ready)
    order, dropped = sweep_order(count, source=network.source, target=network.target)
    rank = np.empty(count, dtype=np.int64)
    rank[order] = np.arange(count, dtype=np.int64)
    kept = np.ones(len(network.source), dtype=np.bool_)
    kept[dropped] = False
    waits = np.flatnonzero(kept)
    waits = waits[np.argsort(rank[network.target[waits]], kind="stable")]
    per_target = np.bincount(rank[network.target[waits]], minlength=count)
    return Arranged(
        order=order,
        rank=rank,
        first=np.concatenate(([0], np.cumsum(per_target))).astype(np.int64),
        source=rank[network.source[waits]],
        lag=network.lag[waits],
        waits=waits,
        dropped=dropped,
    )


def right_shift(network: Network) -> Timeline:
    """Place every operation as early as possible without changing any sequence.

    Notes
    -----
    One linear sweep of the arranged network; O(operations + waits).
    """
    count = len(network.ready)
    plan = arrange(network)
    order, rank = plan.order, plan.rank
    start = np.zeros(count, dtype=np.int64)
    finish = np.zeros(count, dtype=np.int64)
    binding = np.zeros(count, dtype=np.int64)
    sweep(
        plan.first,
        plan.source,
        plan.lag,
        network.ready[order],
        network.work[order],
        network.calendar[order],
        network.rate[order],
        network.calendars.first,
        network.calendars.starts,
        network.calendars.ends,
        network.slow_from[order],
        network.slow_until[order],
        start,
        finish,
        binding,
    )
    held = np.full(count, FREE, dtype=np.int64)
    bound = binding != FREE
    held[bound] = plan.waits[binding[bound]]
    return Timeline(
        start=start[rank], finish=finish[rank], binding=held[rank], dropped=plan.dropped
    )


def sweep_order(count: int, *, source: Int64s, target: Int64s) -> tuple[Int64s, Int64s]:
    """Order operations after what they wait for, else by their given (planned) order.

    Returns
    -------
    order
        Operation at each place; the given order itself when it already fits.
    dropped
        Waits that close a circle: where nothing is free, the earliest planned one goes first.
    """
    if bool(np.all(source < target)):
        return np.arange(count, dtype=np.int64), np.empty(0, dtype=np.int64)
    open_waits = np.bincount(target, minlength=count)
    by_source = np.argsort(source, kind="stable")
    first = np.searchsorted(source[by_source], np.arange(count + 1))
    free = [int(node) for node in np.flatnonzero(open_waits == 0)]
    placed = np.full(count, -1, dtype=np.int64)
    order: list[int] = []
    earliest = 0
    while len(order) < count:
        if not free:
            while placed[earliest] >= 0:
                earliest += 1
            free = [earliest]
        node = heapq.heappop(free)
        if placed[node] >= 0:
            continue
        placed[node] = len(order)
        order.append(node)
        for wait in by_source[first[node] : first[node + 1]]:
            goal = int(target[wait])
            open_waits[goal] -= 1
            if open_waits[goal] == 0 and placed[goal] < 0:
                heapq.heappush(free, goal)
    dropped = np.flatnonzero(placed[source] >= placed[target]).astype(np.int64)
    return np.array(order, dtype=np.int64), dropped
