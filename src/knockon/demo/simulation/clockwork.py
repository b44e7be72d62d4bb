"""The plant's clockwork: machines, tools and work orders each do their work in planned order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from itertools import chain, pairwise
from math import ceil

from knockon.demo.simulation.hours import Hours
from knockon.demo.simulation.shop import Job, Shop
from knockon.domain.facts.plant import RestartRule

JobKey = tuple[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """Machines or a tool that work at ``rate`` (0: not at all) from ``start`` to ``end``."""

    machines: frozenset[str] = frozenset()
    tool: str = ""
    start: int
    end: int
    rate: Fraction = Fraction(0)

    def touches(self, job: Job) -> bool:
        """Whether the operation needs what is down."""
        return job.machine in self.machines or (bool(self.tool) and job.tool == self.tool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """When an operation runs."""

    start: int
    finish: int


@dataclass(slots=True, kw_only=True)
class _Run:
    """Operations that start together: one, or a run group."""

    jobs: list[Job]
    waits_for: set[int] = field(default_factory=set)
    releases: set[int] = field(default_factory=set)
    ready: int = 0


def play(
    shop: Shop,
    *,
    since: int,
    outage: Outage | None = None,
    material_at: Mapping[str, int] | None = None,
    idle_before: Mapping[JobKey, int] | None = None,
) -> dict[JobKey, Span]:
    """Let the plant run from an instant until all its work is done.

    Parameters
    ----------
    shop
        The plant; operations with a real finish are history, with only a real start in progress.
    since
        Work that has not begun starts no earlier.
    outage
        What is down.
    material_at
        Work order to the instant before which a component is missing.
    idle_before
        Seconds lost before an operation for no recorded reason (used for the past only).

    Returns
    -------
    dict
        Operation to its time, for all that are not history; O(n log n).
    """
    runs = _runs(shop)
    _link(shop, runs)
    spans: dict[JobKey, Span] = {}
    events: list[tuple[int, int]] = []
    waiting = {n: len(run.waits_for) for n, run in enumerate(runs)}
    missing = material_at or {}
    lost = idle_before or {}

    def begin(number: int) -> None:
        run = runs[number]
        floor = max([since, run.ready, *(missing.get(job.wo, 0) for job in _first(shop, run))])
        floor += max(lost.get(job.key, 0) for job in run.jobs)
        members = {job.key: _span(shop, job, floor=floor, outage=outage) for job in run.jobs}
        start = max(span.start for span in members.values())
        finish = max(span.finish for span in members.values())
        for key, span in members.items():
            spans[key] = Span(start=max(span.start, start), finish=finish)
        heappush(events, (finish, number))

    for number, count in waiting.items():
        if count == 0:
            begin(number)
    while events:
        now, number = heappop(events)
        for follower in sorted(runs[number].releases):
            runs[follower].ready = max(runs[follower].ready, now)
            waiting[follower] -= 1
            if waiting[follower] == 0:
                begin(follower)
    return spans


def _first(shop: Shop, run: _Run) -> list[Job]:
    """Return the members that need their work order's components."""
    return [job for job in run.jobs if shop.work_orders[job.wo].jobs[0] is job]


def _span(shop: Shop, job: Job, *, floor: int, outage: Outage | None) -> Span:
    hours = shop.machines[job.machine].hours
    down = outage if outage is not None and outage.touches(job) else None
    work_s = job.work_s
    if job.start is not None:
        work_s = max(0, work_s - hours.between(job.start, floor))
        start = floor
    else:
        start = max(floor, job.planned_start)
    if down is not None and down.rate == 0:
        start = max(start, hours.add(down.end, job.step.restart_s))
        if job.start is not None and job.step.restart is not RestartRule.RESUME:
            work_s = job.work_s
    start = hours.open_at(start)
    if down is not None and down.rate > 0:
        finish = _at_rate(hours, start=start, work_s=work_s, down=down)
    else:
        finish = hours.add(start, work_s)
    return Span(start=start if job.start is None else job.start, finish=finish)


def _at_rate(hours: Hours, *, start: int, work_s: int, down: Outage) -> int:
    slow = hours.between(max(start, down.start), down.end)
    if work_s <= slow * down.rate:
        return hours.add(start, ceil(work_s / down.rate))
    left = work_s - slow * down.rate
    return hours.add(max(start, down.end), ceil(left))


def _runs(shop: Shop) -> list[_Run]:
    """Gather unfinished operations, run groups together, by planned start."""
    groups: dict[str, _Run] = {}
    runs: list[_Run] = []
    for job in shop.jobs():
        if job.finish is not None:
            continue
        known = groups.get(job.group) if job.group else None
        if known is not None:
            known.jobs.append(job)
            continue
        run = _Run(jobs=[job])
        runs.append(run)
        if job.group:
            groups[job.group] = run
    return runs


def _link(shop: Shop, runs: list[_Run]) -> None:
    number_of = {job.key: n for n, run in enumerate(runs) for job in run.jobs}
    for before, after in chain(_in_queues(runs), _in_work_orders(shop, number_of)):
        if before != after:
            runs[after].waits_for.add(before)
            runs[before].releases.add(after)


def _in_queues(runs: list[_Run]) -> Iterator[tuple[int, int]]:
    """Yield who follows whom on a machine or a tool."""
    last: dict[tuple[str, str], int] = {}
    for number, run in enumerate(runs):
        for queue in {("machine", job.machine) for job in run.jobs} | {
            ("tool", job.tool) for job in run.jobs if job.tool
        }:
            if queue in last:
                yield last[queue], number
            last[queue] = number


def _in_work_orders(shop: Shop, number_of: Mapping[JobKey, int]) -> Iterator[tuple[int, int]]:
    """Yield who follows whom in a work order, and which work order waits for another."""
    for wo in shop.work_orders.values():
        steps = [number_of[job.key] for job in wo.jobs if job.key in number_of]
        yield from pairwise(steps)
        if wo.begun or not steps:
            continue
        for child in _children(need.child for need in wo.needs):
            last = shop.work_orders[child].jobs[-1].key
            if last in number_of:
                yield number_of[last], steps[0]


def _children(names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name})
