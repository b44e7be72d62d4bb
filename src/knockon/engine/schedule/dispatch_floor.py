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
    followers, follows, place
        Who waits for each step, by which wait (index), and the place of each wait among them.
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
    place: Int64s
    calendars: Calendars
    start: Int64s
    finish: Int64s

    def waits_of(self, step: int) -> range:
        """Return the waits (index) of a step."""
        return range(int(self.first[step]), int(self.first[step + 1]))

    def waits_for(self, step: int) -> Int64s:
        """Return the waits (index) of others for a step."""
        return self.follows[self.followers.first[step] : self.followers.first[step + 1]]

    def until(self, at: int) -> int:
        """Return how many steps, the first ones, hold all that start up to an instant."""
        begun = np.flatnonzero(self.start <= at)
        return int(begun[-1]) + 1 if len(begun) else 0


def build_floor(projection: Projection, waits: Sequence[Wait]) -> Floor:
    """Arrange a projection into steps; ``waits`` are those it was projected with."""
    network, nodes = projection.network, projection.nodes
    plan = arrange(network)
    count = len(plan.order)
    of_job = np.full(len(nodes.of_job), ABSENT, dtype=np.int64)
    present = nodes.of_job != ABSENT
    of_job[present] = plan.rank[nodes.of_job[present]]
    jobs_of: list[list[int]] = [[] for _ in range(count)]
    for job, step in enumerate(of_job.tolist()):
        if step != ABSENT:
            jobs_of[step].append(job)
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
        kind=[waits[place].kind for place in projection.wait_of[plan.waits].tolist()],
        followers=Followers(
            first=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            target=target[follows],
            lag=plan.lag[follows],
        ),
        follows=follows,
        place=np.argsort(follows, kind="stable"),
        calendars=network.calendars,
        start=projection.start[heads],
        finish=projection.finish[heads],
    )


class Trial:
    """A plan with something changed; the floor it came from stays as it is.

    Parameters
    ----------
    steps
        So many steps, the first ones, are worked through; the others keep their times.
    """

    def __init__(self, floor: Floor, *, steps: int | None = None) -> None:
        self.floor = floor
        self._steps = len(floor.ready) if steps is None else steps
        self._calendars = floor.calendars
        self._ready = floor.ready
        self._work = floor.work
        self._calendar = floor.calendar
        self._rate = floor.rate
        self._source = floor.source
        self._lag = floor.lag
        self._follower = floor.followers.target
        self._follower_lag = floor.followers.lag

    def lift(self, step: int, *, kinds: Iterable[WaitKind] = QUEUES) -> None:
        """Take a step out of its queues: who was behind it comes behind who was before it."""
        floor = self.floor
        self._own_waits()
        for kind in kinds:
            ahead = [wait for wait in floor.waits_of(step) if floor.kind[wait] is kind]
            behind = [int(wait) for wait in floor.waits_for(step) if floor.kind[wait] is kind]
            last = max(ahead, key=lambda wait: int(floor.finish[floor.source[wait]]), default=None)
            for wait in behind:
                if last is None:
                    self._drop(wait)
                else:
                    self._source[wait] = floor.source[last]
                    self._follower[floor.place[wait]] = step
                    self._follower_lag[floor.place[wait]] = _NEVER_BINDS
            for wait in ahead:
                self._drop(wait)
                if behind:
                    self._follower[floor.place[wait]] = floor.target[behind[0]]
                    self._follower_lag[floor.place[wait]] = floor.lag[behind[0]]

    def feed(self, step: int) -> None:
        """Let a step wait for nothing that it is made of; its queues stay."""
        self._own_waits()
        for wait in self.floor.waits_of(step):
            if self.floor.kind[wait] not in QUEUES:
                self._drop(wait)

    def put(self, step: int, *, ready: int, work: int, calendar: int) -> None:
        """Let a step run at full speed by a calendar, no earlier than an instant."""
        self.hold(step, ready=ready)
        self._work, self._calendar = self._work.copy(), self._calendar.copy()
        self._rate = self._rate.copy()
        self._work[step] = work
        self._calendar[step] = calendar
        self._rate[step] = 1.0

    def hold(self, step: int, *, ready: int) -> None:
        """Let a step start no earlier than an instant, and no later for a reason of its own."""
        self._ready = self._ready.copy()
        self._ready[step] = ready

    def reckon_by(self, calendars: Calendars, *, calendar: Int64s) -> None:
        """Let the steps run by other calendars."""
        self._calendars, self._calendar = calendars, calendar

    def forwards(self) -> tuple[Int64s, Int64s]:
        """Return when each step starts and finishes, as early as possible; UTC seconds."""
        floor, steps = self.floor, self._steps
        start, finish = floor.start.copy(), floor.finish.copy()
        binding = np.zeros(steps, dtype=np.int64)
        sweep(
            floor.first,
            self._source,
            self._lag,
            self._ready[:steps],
            self._work,
            self._calendar,
            self._rate,
            self._calendars.first,
            self._calendars.starts,
            self._calendars.ends,
            floor.slow_from,
            floor.slow_until,
            start,
            finish,
            binding,
        )
        return start, finish

    def backwards(self, limits: Int64s, *, beyond: Int64s | None = None) -> tuple[Int64s, Int64s]:
        """Return how late each step may start and finish so that all limits are kept.

        Parameters
        ----------
        limits
            Latest finish that is wanted of each step itself, UTC seconds; ``AGES`` for none.
        beyond
            How late the steps that are not worked through may start.

        Notes
        -----
        Exact: a plan keeps the limits if, and only if, no step finishes later than that.
        """
        floor, steps = self.floor, self._steps
        last_start = np.full(len(limits), AGES, dtype=np.int64) if beyond is None else beyond.copy()
        last_start[:steps] = AGES
        last_finish = limits.copy()
        latest(
            np.arange(steps, dtype=np.int64),
            Followers(first=floor.followers.first, target=self._follower, lag=self._follower_lag),
            self._work,
            self._calendar,
            self._rate,
            floor.slow_from,
            floor.slow_until,
            Hours(self._calendars.first, self._calendars.starts, self._calendars.ends),
            last_start,
            last_finish,
        )
        return last_start, last_finish

    def _own_waits(self) -> None:
        """Change copies of the waits from now on."""
        if self._source is self.floor.source:
            self._source, self._lag = self._source.copy(), self._lag.copy()
            self._follower = self._follower.copy()
            self._follower_lag = self._follower_lag.copy()

    def _drop(self, wait: int) -> None:
        """Let a wait hold nobody: its step waits for itself, long ago."""
        floor = self.floor
        self._source[wait] = floor.target[wait]
        self._lag[wait] = _NEVER_BINDS
        self._follower[floor.place[wait]] = floor.source[wait]
        self._follower_lag[floor.place[wait]] = _NEVER_BINDS


def begin_by(calendars: Calendars, by: int, *, work: int, calendar: int) -> int:
    """Return the latest instant at which work may begin to be over by another; UTC seconds."""
    low, high = int(calendars.first[calendar]), int(calendars.first[calendar + 1])
    return int(work_back(by, work, low, high, calendars.starts, calendars.ends, AGES, AGES, 1.0))
