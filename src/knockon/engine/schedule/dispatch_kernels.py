"""Compiled inner loops of dispatching and of working backwards.

All instants and durations are whole seconds in int64.
"""

import heapq
import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import next_open, work_through
from knockon.engine.schedule.limits import AGES, FREE

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

_GRAIN = 1e-9
"""The forward kernel forgives as much of a second."""

_RELEASE = 0
_WAKE = 1
_NAME_BITS = 27
"""An event is one number: its instant, its kind and the number of a job or machine."""


class Hours(NamedTuple):
    """The windows of every calendar, as in ``Calendars``."""

    first: Int64s
    starts: Int64s
    ends: Int64s


class Followers(NamedTuple):
    """Who waits for each job, in CSR form, and how long after its finish."""

    first: Int64s
    target: Int64s
    lag: Int64s


class Choices(NamedTuple):
    """The machines that can do each job, in CSR form, the one of the plan first.

    Parameters
    ----------
    ready, work, rate, slow_from, slow_until
        When, how long and how fast the job runs there, as in ``Network``.
    job
        The job of each choice.
    """

    first: Int64s
    machine: Int64s
    ready: Int64s
    work: Int64s
    rate: Float64s
    slow_from: Int64s
    slow_until: Int64s
    job: Int64s


class Wishes(NamedTuple):
    """What a late job costs, until when it has to be done, and how far ahead that is felt."""

    weight: Float64s
    due: Int64s
    reach: float


class Shifts(NamedTuple):
    """What every machine and tool is up to.

    Parameters
    ----------
    calendar
        Of each machine and tool.
    free_at
        When it is free; used up.
    head, after
        The choices that queue at each machine: the first, and the one after each.
    own_first, own, own_next
        The jobs that are planned on each machine, in planned order (CSR), and how far they are
        taken; the last is used up.
    planned
        Planned start of each job.
    wakes_at
        When each machine was last told to look at its queue; ``FREE`` once it did.
    """

    calendar: Int64s
    free_at: Int64s
    head: Int64s
    after: Int64s
    own_first: Int64s
    own: Int64s
    own_next: Int64s
    planned: Int64s
    wakes_at: Int64s


class Extras(NamedTuple):
    """What else each job occupies, in CSR form: tools, and machines it needs at the same time."""

    first: Int64s
    thing: Int64s


class Booking(NamedTuple):
    """When each job starts and finishes, and by which choice; ``FREE`` when not yet known."""

    start: Int64s
    finish: Int64s
    choice: Int64s


@njit(cache=True)
def work_back(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    by: int,
    work: int,
    low: int,
    high: int,
    starts: Int64s,
    ends: Int64s,
    slow_from: int,
    slow_until: int,
    rate: float,
) -> int:
    """Return the latest instant at which ``work`` may begin so as to be over ``by`` an instant.

    The mirror of ``work_through``; ``-AGES`` when the windows known are not enough.
    """
    if work <= 0 or by <= -AGES or by >= AGES:
        return by
    left = float(work)
    window = int(np.searchsorted(starts[low:high], by)) + low - 1
    while window >= low:
        until = min(by, ends[window])
        while until > starts[window]:
            begin = starts[window]
            speed = 1.0
            if until > slow_until:
                begin = max(begin, slow_until)
            elif until > slow_from:
                begin = max(begin, slow_from)
                speed = rate
            room = (until - begin) * speed
            if speed > 0.0 and left <= room + _GRAIN:
                return int(until - math.ceil(left / speed - _GRAIN))
            left -= room
            until = begin
        window -= 1
    return -AGES


@njit(cache=True)
def latest(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    order: Int64s,
    followers: Followers,
    work: Int64s,
    calendar: Int64s,
    rate: Float64s,
    slow_from: Int64s,
    slow_until: Int64s,
    hours: Hours,
    last_start: Int64s,
    last_finish: Int64s,
) -> None:
    """Work backwards from the latest finishes that goals allow to those of everything before.

    Parameters
    ----------
    order
        Every operation after what it waits for.
    last_start, last_finish
        Outputs; ``last_finish`` holds the goals' own limits at first, ``AGES`` for none.

    Notes
    -----
    O(operations + waits + windows crossed).
    """
    for place in range(len(order) - 1, -1, -1):
        node = order[place]
        by = last_finish[node]
        for wait in range(followers.first[node], followers.first[node + 1]):
            start = last_start[followers.target[wait]]
            if start < AGES:
                by = min(by, start - followers.lag[wait])
        last_finish[node] = by
        last_start[node] = work_back(
            by,
            work[node],
            hours.first[calendar[node]],
            hours.first[calendar[node] + 1],
            hours.starts,
            hours.ends,
            slow_from[node],
            slow_until[node],
            rate[node],
        )


@njit(cache=True)
def heaviest(followers: Followers, weight: Float64s) -> None:
    """Let every step weigh as much as the heaviest that waits for it, in place.

    Steps are numbered so that each comes after what it waits for.
    """
    for step in range(len(weight) - 1, -1, -1):
        for wait in range(followers.first[step], followers.first[step + 1]):
            weight[step] = max(weight[step], weight[followers.target[wait]])


@njit(cache=True)
def dispatch(  # noqa: PLR0913, PLR0917 -- kernels take plain arrays
    waits: Int64s,
    ready: Int64s,
    followers: Followers,
    choices: Choices,
    extras: Extras,
    wishes: Wishes,
    shifts: Shifts,
    hours: Hours,
    booking: Booking,
) -> int:
    """Let every machine take, whenever it is free, the waiting job that is most urgent.

    Parameters
    ----------
    waits, ready
        How many waits each job still has, and its earliest start; used up.
    booking
        Output; jobs with a start already are done.

    Returns
    -------
    int
        How many jobs could not be placed.

    Notes
    -----
    One event at a time, earliest first; equal instants in the order of kind and number.
    O(jobs x jobs that wait at the same time).
    """
    events = [_event(0, _RELEASE, 0)]
    events.pop()
    left = 0
    for job in np.flatnonzero(booking.start == FREE):
        left += 1
        if waits[job] == 0 and ready[job] < AGES:
            heapq.heappush(events, _event(ready[job], _RELEASE, int(job)))
    while len(events) > 0:
        event = heapq.heappop(events)
        now, name = event >> (_NAME_BITS + 1), event & ((1 << _NAME_BITS) - 1)
        if (event >> _NAME_BITS) & 1 == _RELEASE:
            _release(events, now, name, choices, shifts)
            continue
        shifts.wakes_at[name] = FREE
        if shifts.free_at[name] > now:
            continue
        opens = _opens(now, shifts.calendar[name], hours)
        if opens > now:
            if opens < AGES and shifts.head[name] != FREE:
                _wake(events, opens, name, shifts)
            continue
        best, until, wakes = _choose(now, name, choices, extras, wishes, shifts, hours, booking)
        if best != FREE:
            _book(events, now, best, until, choices, extras, shifts, booking)
            _follow(events, now, choices.job[best], until, waits, ready, followers, booking)
            left -= 1
        elif wakes < AGES:
            _wake(events, wakes, name, shifts)
    return left


@njit(cache=True)
def _wake(events: list[int], at: int, machine: int, shifts: Shifts) -> None:
    """Let a machine look at its queue at an instant; once is enough."""
    if shifts.wakes_at[machine] != at:
        shifts.wakes_at[machine] = at
        heapq.heappush(events, _event(at, _WAKE, machine))


@njit(cache=True)
def _event(at: int, kind: int, name: int) -> int:
    return (((at << 1) | kind) << _NAME_BITS) | name


@njit(cache=True)
def _opens(at: int, calendar: int, hours: Hours) -> int:
    low, high = hours.first[calendar], hours.first[calendar + 1]
    return next_open(at, low, high, hours.starts, hours.ends)


@njit(cache=True)
def _ends(at: int, choice: int, choices: Choices, shifts: Shifts, hours: Hours) -> int:
    """Return when a job begun at an instant by a choice is done."""
    calendar = shifts.calendar[choices.machine[choice]]
    return work_through(
        _opens(at, calendar, hours),
        choices.work[choice],
        hours.first[calendar],
        hours.first[calendar + 1],
        hours.starts,
        hours.ends,
        choices.slow_from[choice],
        choices.slow_until[choice],
        choices.rate[choice],
    )


@njit(cache=True)
def _release(events: list[int], now: int, job: int, choices: Choices, shifts: Shifts) -> None:
    """Let a job queue at every machine that can do it."""
    for choice in range(choices.first[job], choices.first[job + 1]):
        machine = choices.machine[choice]
        shifts.after[choice] = shifts.head[machine]
        shifts.head[machine] = choice
        at = max(now, choices.ready[choice], shifts.free_at[machine])
        if at < AGES:
            _wake(events, at, machine, shifts)


@njit(cache=True)
def _choose(
    now: int,
    machine: int,
    choices: Choices,
    extras: Extras,
    wishes: Wishes,
    shifts: Shifts,
    hours: Hours,
    booking: Booking,
) -> tuple[int, int, int]:
    """Return a free machine's most urgent choice and its end; else when to look again."""
    best, best_until, wakes = FREE, AGES, AGES
    best_urgency = -math.inf
    before = FREE
    entry = shifts.head[machine]
    while entry != FREE:
        job = choices.job[entry]
        after = shifts.after[entry]
        if booking.start[job] != FREE:
            # It runs elsewhere by now.
            if before == FREE:
                shifts.head[machine] = after
            else:
                shifts.after[before] = after
            entry = after
            continue
        before = entry
        at = max(now, choices.ready[entry])
        for held in range(extras.first[job], extras.first[job + 1]):
            at = max(at, shifts.free_at[extras.thing[held]])
        if at > now:
            wakes = min(wakes, at)
        else:
            until = _ends(now, entry, choices, shifts, hours)
            if until < AGES and _is_worth_it(now, entry, until, choices, shifts, hours, booking):
                urgency = _urgency(job, choices.work[entry], wishes.due[job] - until, wishes)
                if (
                    best == FREE
                    or urgency > best_urgency
                    or (urgency == best_urgency and job < choices.job[best])
                ):
                    best, best_until, best_urgency = entry, until, urgency
        entry = after
    return best, best_until, wakes


@njit(cache=True)
def _is_worth_it(
    now: int,
    choice: int,
    until: int,
    choices: Choices,
    shifts: Shifts,
    hours: Hours,
    booking: Booking,
) -> bool:
    """Return whether a job may go by a choice.

    Off its own machine only to begin and end earlier, and not in the way of what is planned there.
    """
    home = choices.first[choices.job[choice]]
    if choice == home:
        return True
    at = max(now, choices.ready[home], shifts.free_at[choices.machine[home]])
    if at <= now or until >= _ends(at, home, choices, shifts, hours):
        return False
    return until <= _next_planned(choices.machine[choice], shifts, booking)


@njit(cache=True)
def _next_planned(machine: int, shifts: Shifts, booking: Booking) -> int:
    """Return when the next job that is planned on a machine was to start; ``AGES`` when none is."""
    place = shifts.own_next[machine]
    while place < shifts.own_first[machine + 1] and booking.start[shifts.own[place]] != FREE:
        place += 1
    shifts.own_next[machine] = place
    if place == shifts.own_first[machine + 1]:
        return AGES
    return int(shifts.planned[shifts.own[place]])


@njit(cache=True)
def _urgency(job: int, work: int, slack: int, wishes: Wishes) -> float:
    """Return the logarithm of the apparent tardiness cost; the largest goes first."""
    if wishes.weight[job] <= 0.0:
        return -math.inf
    return math.log(wishes.weight[job] / max(1, work)) - max(0, slack) / wishes.reach


@njit(cache=True)
def _book(
    events: list[int],
    now: int,
    choice: int,
    until: int,
    choices: Choices,
    extras: Extras,
    shifts: Shifts,
    booking: Booking,
) -> None:
    """Let a machine take a job; who queues behind it looks at its other machines."""
    job, machine = choices.job[choice], choices.machine[choice]
    booking.start[job] = now
    booking.finish[job] = until
    booking.choice[job] = choice
    shifts.free_at[machine] = until
    _wake(events, until, machine, shifts)
    for held in range(extras.first[job], extras.first[job + 1]):
        thing = extras.thing[held]
        shifts.free_at[thing] = until
        if shifts.head[thing] != FREE:
            _wake(events, until, thing, shifts)
    entry = shifts.head[machine]
    while entry != FREE:
        waiting = choices.job[entry]
        if entry == choices.first[waiting] and booking.start[waiting] == FREE:
            for other in range(entry + 1, choices.first[waiting + 1]):
                if shifts.free_at[choices.machine[other]] <= now:
                    at = max(now, choices.ready[other])
                    _wake(events, at, choices.machine[other], shifts)
        entry = shifts.after[entry]


@njit(cache=True)
def _follow(
    events: list[int],
    now: int,
    job: int,
    until: int,
    waits: Int64s,
    ready: Int64s,
    followers: Followers,
    booking: Booking,
) -> None:
    """Release the jobs that waited for nothing else."""
    for wait in range(followers.first[job], followers.first[job + 1]):
        goal = followers.target[wait]
        waits[goal] -= 1
        ready[goal] = max(ready[goal], until + followers.lag[wait])
        if waits[goal] == 0 and booking.start[goal] == FREE and ready[goal] < AGES:
            heapq.heappush(events, _event(max(now, ready[goal]), _RELEASE, goal))
