"""Dispatch open work again: whenever a machine is free it takes the most urgent job that waits.

References
----------
Vepsalainen, Morton (1987), Priority rules for job shops with weighted tardiness costs: the rule
used here, apparent tardiness cost, weighs what a late job costs by how soon it is due.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule.dispatch_floor import QUEUES, Floor
from knockon.engine.schedule.dispatch_kernels import (
    Booking,
    Choices,
    Extras,
    Followers,
    Hours,
    Shifts,
    Wishes,
    dispatch,
    heaviest,
    latest,
)
from knockon.engine.schedule.limits import AGES, FREE

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


class Alternate(NamedTuple):
    """Another machine on which a step could run, from when on and for how many seconds of work."""

    step: int
    machine: int
    ready: int
    work: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bench:
    """A floor whose steps may be taken in any order that their materials, tools and hours allow.

    Parameters
    ----------
    needs
        Machines and tools (numbers) of each step, the machine whose hours count first.
    calendar
        Of each machine and tool.
    keeps
        Which steps keep their place: what runs, and what the frozen window holds.
    ready
        Earliest start of each step anywhere, UTC seconds; on its own machine the floor's counts.
    planned_start, planned_finish
        When each step would run undisturbed, UTC seconds.
    """

    floor: Floor
    needs: Sequence[Sequence[int]]
    calendar: Int64s
    keeps: NDArray[np.bool_]
    ready: Int64s
    planned_start: Int64s
    planned_finish: Int64s
    alternates: Collection[Alternate]


class Wanted(NamedTuple):
    """Latest finishes that are wanted of the steps themselves (``AGES``: none), and what they cost."""

    finish_by: Int64s
    weight: Float64s


class Dispatched(NamedTuple):
    """When each step starts and finishes, and on which machine (number); UTC seconds.

    What cannot be placed finishes at ``AGES``; what keeps its place keeps its machine.
    """

    start: Int64s
    finish: Int64s
    machine: Int64s


class Dispatcher:
    """Dispatches one floor again and again, by one rule after the other."""

    def __init__(self, bench: Bench, wanted: Wanted) -> None:
        self._bench = bench
        self._wanted = wanted
        self._followers, self._waits, self._ready = _precedence(bench)
        self._choices = _choices(bench)
        self._extras = _extras(bench)
        self._free_at = _free_at(bench)
        moving = bench.floor.work[~bench.keeps]
        self._length = float(np.mean(moving)) if len(moving) else 1.0

    def again(self, *, look_ahead: float, by_plan: bool) -> Dispatched:
        """Return when each step starts and finishes if machines take what is most urgent.

        Parameters
        ----------
        look_ahead
            How far ahead a due time makes itself felt, in mean lengths of work.
        by_plan
            Whether a step is due when the plan would have finished it, all steps alike; else when
            what it serves leaves it no more time, and the dearer that is, the more it weighs.

        Notes
        -----
        No step starts before its plan, nor is one taken off a machine once begun. Deterministic: of
        equally urgent steps the one planned first goes first.
        """
        bench, floor = self._bench, self._bench.floor
        count = len(floor.ready)
        due, weight = bench.planned_finish, np.ones(count, dtype=np.float64)
        if not by_plan:
            due, weight = self._urgencies
        booking = Booking(
            start=np.where(bench.keeps, floor.start, FREE).astype(np.int64),
            finish=np.where(bench.keeps, floor.finish, AGES).astype(np.int64),
            choice=np.full(count, FREE, dtype=np.int64),
        )
        dispatch(
            self._waits.copy(),
            self._ready.copy(),
            self._followers,
            self._choices,
            self._extras,
            Wishes(weight=weight, due=due, reach=max(1.0, look_ahead * self._length)),
            self._shifts(),
            Hours(floor.calendars.first, floor.calendars.starts, floor.calendars.ends),
            booking,
        )
        placed = np.where(booking.choice == FREE, self._choices.first[:-1], booking.choice)
        return Dispatched(
            start=np.where(booking.start == FREE, AGES, booking.start).astype(np.int64),
            finish=booking.finish,
            machine=self._choices.machine[placed],
        )

    @cached_property
    def _urgencies(self) -> tuple[Int64s, Float64s]:
        return _urgencies(self._bench.floor, followers=self._followers, wanted=self._wanted)

    def _shifts(self) -> Shifts:
        bench = self._bench
        things = len(bench.calendar)
        home = np.array([needs[0] for needs in bench.needs], dtype=np.int64)
        counts = np.bincount(home, minlength=things)
        first = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
        return Shifts(
            calendar=bench.calendar,
            free_at=self._free_at.copy(),
            head=np.full(things, FREE, dtype=np.int64),
            after=np.full(len(self._choices.machine), FREE, dtype=np.int64),
            own_first=first,
            own=np.lexsort((bench.planned_start, home)).astype(np.int64),
            own_next=first[:-1].copy(),
            planned=bench.planned_start,
            wakes_at=np.full(things, FREE, dtype=np.int64),
        )


def _precedence(bench: Bench) -> tuple[Followers, Int64s, Int64s]:
    """Return who waits for whose output, how many such waits each step has, and its ready time."""
    floor = bench.floor
    count = len(floor.ready)
    real = np.array([kind not in QUEUES for kind in floor.kind], dtype=np.bool_)
    source, target, lag = floor.source[real], floor.target[real], floor.lag[real]
    order = np.argsort(source, kind="stable")
    counts = np.bincount(source, minlength=count)
    open_source = ~bench.keeps[source]
    ready = bench.ready.copy()
    done = ~open_source
    np.maximum.at(ready, target[done], floor.finish[source[done]] + lag[done])
    return (
        Followers(
            first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            target=target[order],
            lag=lag[order],
        ),
        np.bincount(target[open_source], minlength=count).astype(np.int64),
        np.minimum(ready, AGES),
    )


def _urgencies(floor: Floor, *, followers: Followers, wanted: Wanted) -> tuple[Int64s, Float64s]:
    """Return until when each step must be done if machines had time at once, and what that costs."""
    count = len(floor.ready)
    due = wanted.finish_by.copy()
    last_start = np.full(count, AGES, dtype=np.int64)
    never = np.full(count, AGES, dtype=np.int64)
    order = np.arange(count, dtype=np.int64)
    latest(
        order,
        followers,
        floor.work,
        floor.calendar,
        np.ones(count, dtype=np.float64),
        never,
        never,
        Hours(floor.calendars.first, floor.calendars.starts, floor.calendars.ends),
        last_start,
        due,
    )
    weight = wanted.weight.copy()
    heaviest(followers, weight)
    return due, weight


def _choices(bench: Bench) -> Choices:
    floor = bench.floor
    count = len(floor.ready)
    others = list(bench.alternates)
    step = np.array([row.step for row in others], dtype=np.int64)
    rows = len(others)
    # The own machine first, then the others as given.
    order = np.argsort(np.concatenate((np.arange(count), step)), kind="stable")
    counts = 1 + np.bincount(step, minlength=count)
    never = np.full(rows, AGES, dtype=np.int64)

    def both(own: Int64s, other: Sequence[int] | Int64s) -> Int64s:
        return np.concatenate((own, np.asarray(other, dtype=np.int64)))[order]

    return Choices(
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        machine=both(
            np.array([needs[0] for needs in bench.needs], dtype=np.int64),
            [row.machine for row in others],
        ),
        ready=both(floor.ready, [row.ready for row in others]),
        work=both(floor.work, [row.work for row in others]),
        rate=np.concatenate((floor.rate, np.ones(rows)))[order],
        slow_from=both(floor.slow_from, never),
        slow_until=both(floor.slow_until, never),
        job=both(np.arange(count, dtype=np.int64), step),
    )


def _extras(bench: Bench) -> Extras:
    counts = [len(needs) - 1 for needs in bench.needs]
    return Extras(
        first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        thing=np.array([thing for needs in bench.needs for thing in needs[1:]], dtype=np.int64),
    )


def _free_at(bench: Bench) -> Int64s:
    """Return when what keeps its place leaves each machine and tool free."""
    free_at = np.zeros(len(bench.calendar), dtype=np.int64)
    for step in np.flatnonzero(bench.keeps).tolist():
        for thing in bench.needs[step]:
            free_at[thing] = max(free_at[thing], bench.floor.finish[step])
    return free_at
