"""Project the open jobs of a shop from an instant on, in their planned sequence."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.schedule._kernels import AGES, FREE
from knockon.engine.schedule.right_shift import Network, right_shift
from knockon.engine.schedule.shop import Job, Shop

Int64s = NDArray[np.int64]

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
    """

    start: Int64s
    finish: Int64s
    held_by: Int64s
    dropped: tuple[int, ...]


def sequence_waits(shop: Shop, *, level: LinkClass) -> list[Wait]:
    """Return what waits on the same machine, for the same tool and in the same work order.

    Parameters
    ----------
    level
        Jobs whose plan is more doubtful than this take no part.
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
        waits.extend(_queue_waits(shop.jobs, queue, kind=wait_kind))
    for places in shop.of_work_order.values():
        steps = [place for place in places if shop.jobs[place].doubt <= level]
        for before, after in pairwise(steps):
            if not shop.jobs[after].running:
                lag = planned_overlap(shop.jobs[before], shop.jobs[after])
                waits.append(Wait(before, after, lag, WaitKind.WORK_ORDER, LinkClass.CONFIRMED))
    return waits


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
    waits: Sequence[Wait],
    ready: Int64s,
    work: Int64s,
    rate: NDArray[np.float64],
    slow: tuple[int, int] = (AGES, AGES),
    level: LinkClass = LinkClass.POSSIBLE,
) -> Projection:
    """Place every job as early as the sequence, its waits and ``ready`` allow.

    Parameters
    ----------
    ready, work, rate
        Earliest start, seconds of work, and speed within ``slow``, by job place.
    slow
        Period in which ``rate`` counts, UTC seconds.
    level
        Jobs whose plan is more doubtful than this take no part.

    Notes
    -----
    The jobs of a run group start together and finish together. O(jobs + waits) when the planned
    order fits the waits.
    """
    node_of, members = _gather(shop.jobs, level=level)
    first = np.array([places[0] for places in members], dtype=np.int64)
    calendars = np.array(
        [shop.calendars.of(shop.jobs[place].machine) for place in first], dtype=np.int64
    )
    kept = [
        (index, node_of[wait.source], node_of[wait.target], wait.lag)
        for index, wait in enumerate(waits)
        if node_of[wait.source] != node_of[wait.target]
        and node_of[wait.source] != ABSENT
        and node_of[wait.target] != ABSENT
    ]
    edges = np.array(kept, dtype=np.int64).reshape(-1, 4)
    timeline = right_shift(
        Network(
            ready=_most(ready, members),
            work=_most(work, members),
            calendar=calendars,
            rate=np.array([rate[places].min() for places in map(list, members)], dtype=np.float64),
            source=edges[:, 1],
            target=edges[:, 2],
            lag=edges[:, 3],
            calendars=shop.calendars,
            slow_from=slow[0],
            slow_until=slow[1],
        )
    )
    present = node_of != ABSENT
    start = np.full(len(shop.jobs), ABSENT, dtype=np.int64)
    finish = np.full(len(shop.jobs), ABSENT, dtype=np.int64)
    held = np.full(len(shop.jobs), FREE, dtype=np.int64)
    start[present] = timeline.start[node_of[present]]
    finish[present] = timeline.finish[node_of[present]]
    bound = timeline.binding[node_of[present]]
    held[present] = np.where(bound == FREE, FREE, edges[bound, 0] if len(edges) else FREE)
    return Projection(
        start=start,
        finish=finish,
        held_by=held,
        dropped=tuple(int(edges[row, 0]) for row in timeline.dropped),
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


def _gather(jobs: Sequence[Job], *, level: LinkClass) -> tuple[Int64s, list[list[int]]]:
    """Return the node of each job, and the jobs of each node: one, or a run group."""
    node_of = np.full(len(jobs), ABSENT, dtype=np.int64)
    members: list[list[int]] = []
    groups: dict[tuple[str, str], int] = {}
    for place, job in enumerate(jobs):
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
        node_of[place] = known
    return node_of, members


def _most(values: Int64s, members: Sequence[Sequence[int]]) -> Int64s:
    """Return the largest value among each node's jobs."""
    if not members:
        return np.empty(0, dtype=np.int64)
    flat = np.array([place for places in members for place in places], dtype=np.int64)
    lengths = np.array([len(places) for places in members], dtype=np.int64)
    heads = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    return np.maximum.reduceat(values[flat], heads)
