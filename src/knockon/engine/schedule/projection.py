"""Project the open jobs of a shop from an instant on, in their planned sequence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.schedule.limits import AGES, FREE
from knockon.engine.schedule.right_shift import Network, right_shift
from knockon.engine.schedule.shop import Job, Shop

Int64s = NDArray[np.int64]

_Number = TypeVar("_Number", np.int64, np.float64)

ABSENT = -1
"""Stands for the time of a job that is not part of a projection."""


class WaitKind(StrEnum):
    """Why a job waits for another one."""

    MACHINE = "next_on_machine"
    TOOL = "next_with_tool"
    WORK_ORDER = "next_in_work_order"
    PARENT = "parent_work_order"
    COMPONENT = "component"
    RUN_GROUP = "run_group"


class Wait(NamedTuple):
    """``target`` starts no earlier than ``lag`` seconds after ``source`` finishes (job places)."""

    source: int
    target: int
    lag: int
    kind: WaitKind
    link_class: LinkClass


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Projection:
    """When each job of a shop runs.

    Parameters
    ----------
    start, finish
        UTC seconds by job place; ``ABSENT`` for a job left out, ``AGES`` for never.
    held_by
        The wait (index) that held the job, or a job of its run group, back; ``FREE`` when none.
    dropped
        Waits (index) that contradict each other and were left out.
    nodes, network, wait_of
        What was projected, so that it can be projected again with something changed; ``wait_of``
        is the wait (index) of each of the network's.
    """

    start: Int64s
    finish: Int64s
    held_by: Int64s
    dropped: tuple[int, ...]
    nodes: "Nodes"
    network: Network
    wait_of: Int64s


class Slow(NamedTuple):
    """When and by how much each job is slower, by job place.

    Parameters
    ----------
    begin, end
        UTC seconds, int64; ``AGES`` and 0 for a job that is never slower.
    rate
        Share of normal speed in between, float64 in [0, 1]; at 0 work pauses.
    """

    begin: Int64s
    end: Int64s
    rate: NDArray[np.float64]

    @classmethod
    def never(cls, jobs: int) -> "Slow":
        """Return full speed for so many jobs."""
        return cls(
            np.full(jobs, AGES, dtype=np.int64),
            np.zeros(jobs, dtype=np.int64),
            np.ones(jobs, dtype=np.float64),
        )

    def add(self, job: int, *, begin: int, end: int, rate: float) -> None:
        """Slow a job down, in place; of two periods of one job the whole counts, at the slower rate."""
        self.begin[job] = min(int(self.begin[job]), begin)
        self.end[job] = max(int(self.end[job]), end)
        self.rate[job] = min(float(self.rate[job]), rate)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nodes:
    """Jobs that run by themselves and run groups that run as one, in planned order.

    Parameters
    ----------
    of_job
        Node of each job; ``ABSENT`` for a job left out.
    jobs, heads
        The jobs of all nodes, end to end, and where each node's begin.
    calendar
        Calendar of each node.
    """

    of_job: Int64s
    jobs: Int64s
    heads: Int64s
    calendar: Int64s


def gather_nodes(shop: Shop, *, level: LinkClass) -> Nodes:
    """Return the nodes of the jobs whose plan is no more doubtful than a class."""
    of_job = np.full(len(shop.jobs), ABSENT, dtype=np.int64)
    members: list[list[int]] = []
    groups: dict[tuple[str, str], int] = {}
    for place, job in enumerate(shop.jobs):
        if job.doubt > level:
            continue
        group = (job.key.plant, job.run_group) if job.run_group else None
        known = groups.get(group) if group else None
        if known is None:
            known = len(members)
            members.append([])
            if group:
                groups[group] = known
        members[known].append(place)
        of_job[place] = known
    lengths = np.array([0, *(len(places) for places in members)], dtype=np.int64)
    calendar = [shop.calendars.of(shop.jobs[places[0]].machine) for places in members]
    return Nodes(
        of_job=of_job,
        jobs=np.array([place for places in members for place in places], dtype=np.int64),
        heads=np.cumsum(lengths)[:-1],
        calendar=np.array(calendar, dtype=np.int64),
    )


def sequence_waits(shop: Shop, *, level: LinkClass, late: bool = False) -> list[Wait]:
    """Return what waits on the same machine, for the same tool and in the same work order.

    Parameters
    ----------
    level
        Jobs whose plan is more doubtful than this take no part.
    late
        Whether date-only jobs stand at the end of their day, not at its beginning.
    """
    waits: list[Wait] = []
    queues: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, job in enumerate(shop.jobs):
        if job.doubt > level:
            continue
        plant = job.key.plant
        if job.equipment:
            queues["machine", plant, job.equipment].append(place)
        if job.tool:
            queues["tool", plant, job.tool].append(place)
    for (kind, _, _), queue in queues.items():
        wait_kind = WaitKind.MACHINE if kind == "machine" else WaitKind.TOOL
        if late:
            queue.sort(key=lambda place: (placed_start(shop.jobs[place], late=True), place))
        waits.extend(_queue_waits(shop.jobs, queue, kind=wait_kind))
    for places in shop.of_work_order.values():
        steps = [place for place in places if shop.jobs[place].doubt <= level]
        for before, after in pairwise(steps):
            if not shop.jobs[after].running:
                lag = planned_overlap(shop.jobs[before], shop.jobs[after])
                waits.append(Wait(before, after, lag, WaitKind.WORK_ORDER, LinkClass.CONFIRMED))
    return waits


def placed_start(job: Job, *, late: bool) -> int:
    """Return when a job is planned to start; a date-only one at either end of its day."""
    return max(job.start, job.finish - job.work) if late and job.date_only else job.start


def planned_overlap(before: Job, after: Job) -> int:
    """Return the lag that keeps an overlap which the plan itself has; never above 0."""
    if before.date_only or after.date_only:
        return 0
    return min(0, after.start - before.finish)


def last_job(shop: Shop, work_order: WorkOrderKey, *, level: LinkClass) -> int | None:
    """Return the job with which a work order ends."""
    places = shop.of_work_order.get(work_order, ())
    known = [place for place in places if shop.jobs[place].doubt <= level]
    return known[-1] if known else None


def project(
    shop: Shop,
    *,
    nodes: Nodes,
    waits: Sequence[Wait],
    ready: Int64s,
    work: Int64s,
    slow: Slow,
) -> Projection:
    """Place every job as early as the sequence, its waits and ``ready`` allow.

    Parameters
    ----------
    ready, work
        Earliest start and seconds of work, by job place.
    slow
        When and by how much each job is slower.

    Notes
    -----
    The jobs of a run group start together and finish together. O(jobs + waits) when the planned
    order fits the waits.
    """
    ends = np.array([wait[:3] for wait in waits], dtype=np.int64).reshape(-1, 3)
    source, target = nodes.of_job[ends[:, 0]], nodes.of_job[ends[:, 1]]
    kept = np.flatnonzero((source != target) & (source != ABSENT) & (target != ABSENT))
    network = Network(
        ready=_over_nodes(np.maximum, ready, nodes),
        work=_over_nodes(np.maximum, work, nodes),
        calendar=nodes.calendar,
        rate=_over_nodes(np.minimum, slow.rate, nodes),
        slow_from=_over_nodes(np.minimum, slow.begin, nodes),
        slow_until=_over_nodes(np.maximum, slow.end, nodes),
        source=source[kept],
        target=target[kept],
        lag=ends[kept, 2],
        calendars=shop.calendars,
    )
    return play(network, nodes=nodes, wait_of=kept)


def play(network: Network, *, nodes: Nodes, wait_of: Int64s) -> Projection:
    """Place every job of a network that was projected before, with something changed.

    Parameters
    ----------
    wait_of
        The wait (index) of each of the network's.
    """
    timeline = right_shift(network)
    present = nodes.of_job != ABSENT
    start = np.full(len(nodes.of_job), ABSENT, dtype=np.int64)
    finish = np.full(len(nodes.of_job), ABSENT, dtype=np.int64)
    held = np.full(len(nodes.of_job), FREE, dtype=np.int64)
    start[present] = timeline.start[nodes.of_job[present]]
    finish[present] = timeline.finish[nodes.of_job[present]]
    bound = timeline.binding[nodes.of_job[present]]
    held[present] = np.where(bound == FREE, FREE, wait_of[bound] if len(wait_of) else FREE)
    return Projection(
        start=start,
        finish=finish,
        held_by=held,
        dropped=tuple(int(wait) for wait in wait_of[timeline.dropped]),
        nodes=nodes,
        network=network,
        wait_of=wait_of,
    )


def _queue_waits(jobs: Sequence[Job], queue: Sequence[int], *, kind: WaitKind) -> Iterable[Wait]:
    """Yield the waits of one queue; jobs that already run together do not wait for each other."""
    running = [place for place in queue if jobs[place].running]
    planned = [place for place in queue if not jobs[place].running]
    if planned:
        for place in running:
            yield Wait(place, planned[0], 0, kind, LinkClass.CONFIRMED)
    for before, after in pairwise(planned):
        yield Wait(before, after, 0, kind, LinkClass.CONFIRMED)


def _over_nodes(choose: np.ufunc, values: NDArray[_Number], nodes: Nodes) -> NDArray[_Number]:
    """Return one value per node: the largest or smallest of its jobs."""
    if not len(nodes.heads):
        return values[:0]
    chosen: NDArray[_Number] = choose.reduceat(values[nodes.jobs], nodes.heads)
    return chosen
