"""A projected plan that can be changed a little and worked through again, forwards and backwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.engine.schedule._kernels import sweep
from knockon.engine.schedule.calendars import Calendars
from knockon.engine.schedule.dispatch_kernels import Followers, Hours, latest, work_back
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT, Projection, Wait, WaitKind
from knockon.engine.schedule.right_shift import arrange

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

_NEVER_BINDS = -(1 << 50)
"""A lag with which a step that waits for itself waits for nothing."""

QUEUES = frozenset({WaitKind.MACHINE, WaitKind.TOOL})
"""Waits that only say who is before whom; a step that is taken out of the queue has them no more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Floor:
    """The steps of a projected plan: jobs that run by themselves, and run groups as one.

    Steps are numbered so that each comes after what it waits for.

    Parameters
    ----------
    of_job
        Step of each job; ``ABSENT`` for a job that takes no part.
    jobs_of
        Jobs of each step.
    ready, work, calendar, rate, slow_from, slow_until
        As in ``Network``, by step.
    first, source, lag, kind
        The waits of each step in CSR form.
    followers, follows
        Who waits for each step, and by which wait (index).
    start, finish
        As projected, UTC seconds.
    """

    of_job: Int64s
    jobs_of: Sequence[tuple[int, ...]]
    ready: Int64s
    work: Int64s
    calendar: Int64s
    rate: Float64s
    slow_from: Int64s
    slow_until: Int64s
    first: Int64s
    source: Int64s
    target: Int64s
    lag: Int64s
    kind: Sequence[WaitKind]
    followers: Followers
    follows: Int64s
    calendars: Calendars
    start: Int64s
    finish: Int64s

    def waits_of(self, step: int) -> range:
        """Return the waits (index) of a step."""
        return range(int(self.first[step]), int(self.first[step + 1]))

    def waits_for(self, step: int) -> Int64s:
        """Return the waits (index) of others for a step."""
        return self.follows[self.followers.first[step] : self.followers.first[step + 1]]

    def trial(self) -> "Trial":
        """Return the plan as it is, to be changed."""
        return Trial(self)


def build_floor(projection: Projection, waits: Sequence[Wait]) -> Floor:
    """Arrange a projection into steps; ``waits`` are those it was projected with."""
    network, nodes = projection.network, projection.nodes
    plan = arrange(network)
    count = len(plan.order)
    of_job = np.full(len(nodes.of_job), ABSENT, dtype=np.int64)
    present = nodes.of_job != ABSENT
    of_job[present] = plan.rank[nodes.of_job[present]]
    jobs_of: list[list[int]] = [[] for _ in range(count)]
    for job in np.flatnonzero(present):
        jobs_of[of_job[job]].append(int(job))
    heads = np.array([jobs[0] for jobs in jobs_of], dtype=np.int64)
    target = np.repeat(np.arange(count, dtype=np.int64), np.diff(plan.first))
    follows = np.argsort(plan.source, kind="stable")
    counts = np.bincount(plan.source, minlength=count)
    return Floor(
        of_job=of_job,
        jobs_of=[tuple(jobs) for jobs in jobs_of],
        ready=network.ready[plan.order],
        work=network.work[plan.order],
        calendar=network.calendar[plan.order],
        rate=network.rate[plan.order],
        slow_from=network.slow_from[plan.order],
        slow_until=network.slow_until[plan.order],
        first=plan.first,
        source=plan.source,
        target=target,
        lag=plan.lag,
        kind=[waits[place].kind for place in projection.wait_of[plan.waits]],
        followers=Followers(
            first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            target=target[follows],
            lag=plan.lag[follows],
        ),
        follows=follows,
        calendars=network.calendars,
        start=projection.start[heads],
        finish=projection.finish[heads],
    )


class Trial:
    """A plan with something changed; the floor it came from stays as it is."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.calendars = floor.calendars
        self.ready = floor.ready
        self.work = floor.work
        self.calendar = floor.calendar
        self._rate = floor.rate
        self._source = floor.source
        self._lag = floor.lag

    def lift(self, step: int, *, kinds: Iterable[WaitKind] = QUEUES) -> None:
        """Take a step out of its queues: who was behind it comes behind who was before it."""
        floor, gone = self.floor, frozenset(kinds)
        source, lag = self._source.copy(), self._lag.copy()
        before: dict[WaitKind, int] = {}
        for wait in floor.waits_of(step):
            kind = floor.kind[wait]
            if kind in gone:
                known = before.get(kind)
                ahead = int(floor.source[wait])
                if known is None or floor.finish[ahead] > floor.finish[known]:
                    before[kind] = ahead
                source[wait], lag[wait] = step, _NEVER_BINDS
        for wait in floor.waits_for(step):
            kind = floor.kind[wait]
            if kind in before:
                source[wait] = before[kind]
            elif kind in gone:
                source[wait], lag[wait] = floor.target[wait], _NEVER_BINDS
        self._source, self._lag = source, lag

    def feed(self, step: int) -> None:
        """Let a step wait for nothing that it is made of; its queues stay."""
        source, lag = self._source.copy(), self._lag.copy()
        for wait in self.floor.waits_of(step):
            if self.floor.kind[wait] not in QUEUES:
                source[wait], lag[wait] = step, _NEVER_BINDS
        self._source, self._lag = source, lag

    def put(self, step: int, *, ready: int, work: int, calendar: int) -> None:
        """Let a step run at full speed by a calendar, no earlier than an instant."""
        self.ready, self.work = self.ready.copy(), self.work.copy()
        self.calendar, self._rate = self.calendar.copy(), self._rate.copy()
        self.ready[step] = ready
        self.work[step] = work
        self.calendar[step] = calendar
        self._rate[step] = 1.0

    def hold(self, step: int, *, ready: int) -> None:
        """Let a step start no earlier than an instant, and no later for any other reason of its own."""
        self.ready = self.ready.copy()
        self.ready[step] = ready

    def reckon_by(self, calendars: Calendars, calendar: Int64s) -> None:
        """Let the steps run by other calendars."""
        self.calendars, self.calendar = calendars, calendar

    def forwards(self) -> tuple[Int64s, Int64s]:
        """Return when each step starts and finishes, as early as possible; UTC seconds."""
        count = len(self.ready)
        start, finish, binding = (np.zeros(count, dtype=np.int64) for _ in range(3))
        sweep(
            self.floor.first,
            self._source,
            self._lag,
            self.ready,
            self.work,
            self.calendar,
            self._rate,
            self.calendars.first,
            self.calendars.starts,
            self.calendars.ends,
            self.floor.slow_from,
            self.floor.slow_until,
            start,
            finish,
            binding,
        )
        return start, finish

    def backwards(self, limits: Int64s) -> tuple[Int64s, Int64s]:
        """Return how late each step may start and finish so that all limits are kept.

        Parameters
        ----------
        limits
            Latest finish that is wanted of each step itself, UTC seconds; ``AGES`` for none.

        Notes
        -----
        Exact: a plan keeps the limits if, and only if, no step finishes later than that.
        """
        floor = self.floor
        last_start = np.full(len(self.ready), AGES, dtype=np.int64)
        last_finish = limits.copy()
        follows = np.argsort(self._source, kind="stable")
        counts = np.bincount(self._source, minlength=len(self.ready))
        latest(
            np.arange(len(self.ready), dtype=np.int64),
            Followers(
                first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
                target=floor.target[follows],
                lag=self._lag[follows],
            ),
            self.work,
            self.calendar,
            self._rate,
            floor.slow_from,
            floor.slow_until,
            Hours(self.calendars.first, self.calendars.starts, self.calendars.ends),
            last_start,
            last_finish,
        )
        return last_start, last_finish


def begin_by(calendars: Calendars, by: int, *, work: int, calendar: int) -> int:
    """Return the latest instant at which work may begin to be over by another; UTC seconds."""
    low, high = int(calendars.first[calendar]), int(calendars.first[calendar + 1])
    return int(work_back(by, work, low, high, calendars.starts, calendars.ends, AGES, AGES, 1.0))
