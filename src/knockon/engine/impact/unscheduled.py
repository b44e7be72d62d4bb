"""What may be hit although the plan does not say when: by routing and bill of materials.

Work without planned times, and work of which only the day is known, may stand behind what is late
wherever it runs; what it serves may be late with it.
"""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knockon.domain.facts import OrderLineKey, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.climb import Ladder, Rung
from knockon.engine.impact.delay import Outage, Run
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import Job, Shop

Before = WorkOrderKey | int | None
"""What led to a work order: another one, a late job (place), or the disruption itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Possible:
    """Work orders that may be hit, and the order lines that they serve.

    Parameters
    ----------
    came_from
        Each work order to what led to it, and by which link.
    lines
        Order line to the work order that serves it, and by which link.
    """

    came_from: Mapping[WorkOrderKey, tuple[Before, str]]
    lines: Mapping[OrderLineKey, tuple[WorkOrderKey, Rung]]


class _Hit(NamedTuple):
    work_order: WorkOrderKey
    before: Before
    via: str
    late_s: int


def possible_hits(
    shop: Shop,
    ladder: Ladder,
    *,
    outages: Sequence[Outage],
    runs: Sequence[Run],
    materiality_s: int,
) -> Possible:
    """Find what may be hit because the plan does not say when it runs.

    Notes
    -----
    Breadth first from work without planned times that needs what is down or what late work runs
    on, and from late work of which only the day is known; O(jobs + doubtful work x links).
    """
    came_from: dict[WorkOrderKey, tuple[Before, str]] = {}
    lines: dict[OrderLineKey, tuple[WorkOrderKey, Rung]] = {}
    if not shop.unscheduled and all(job.doubt is LinkClass.CONFIRMED for job in shop.jobs):
        return Possible(came_from=came_from, lines=lines)
    late = {
        place: max(run.delay(place) for run in runs)
        for run in runs
        for place in run.delayed(enough=materiality_s)
        if not shop.jobs[place].estimated
    }
    queue: deque[_Hit] = deque(_first_hits(shop, ladder, outages=outages, late=late))
    while queue:
        hit = queue.popleft()
        if hit.work_order in came_from:
            continue
        came_from[hit.work_order] = (hit.before, hit.via)
        for rung in ladder.above(hit.work_order):
            if isinstance(rung.goal, OrderLineKey):
                lines.setdefault(rung.goal, (hit.work_order, rung))
            elif _reaches(shop, hit, rung.goal):
                queue.append(_Hit(rung.goal, hit.work_order, rung.via, hit.late_s))
    return Possible(came_from=came_from, lines=lines)


def _first_hits(
    shop: Shop, ladder: Ladder, *, outages: Sequence[Outage], late: Mapping[int, int]
) -> Iterator[_Hit]:
    busy = {shop.jobs[place].machine: place for place in late}
    for key in shop.unscheduled:
        needs = shop.needs_of[key]
        if any(outage.stops(needs) for outage in outages):
            yield _Hit(key, None, "routed_over", AGES)
        for machine in sorted(needs.machines):
            if machine in busy:
                yield _Hit(key, busy[machine], "next_on_machine", AGES)
    yield from _behind(shop, late)
    unscheduled = set(shop.unscheduled)
    for place, delay in sorted(late.items()):
        job = shop.jobs[place]
        if job.doubt is not LinkClass.CONFIRMED:
            yield _Hit(job.work_order, place, "planned_day", delay)
        if shop.of_work_order[job.work_order][-1] == place:
            yield from (
                _Hit(rung.goal, place, rung.via, AGES)
                for rung in ladder.above(job.work_order)
                if isinstance(rung.goal, WorkOrderKey) and rung.goal in unscheduled
            )


def _behind(shop: Shop, late: Mapping[int, int]) -> Iterator[_Hit]:
    """Yield work of which only the day is known that may stand behind late work on that day."""
    queues: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place in sorted(late):
        for queue in _queues(shop.jobs[place]):
            queues[queue].append(place)
    for place, job in enumerate(shop.jobs):
        if job.doubt is LinkClass.CONFIRMED or job.estimated or place in late:
            continue
        for ahead in (ahead for queue in _queues(job) for ahead in queues.get(queue, ())):
            other = shop.jobs[ahead]
            if other.start <= job.finish and job.start <= other.finish + late[ahead]:
                yield _Hit(job.work_order, ahead, "next_on_machine", late[ahead])


def _queues(job: Job) -> list[tuple[str, str]]:
    """Return the machine and the tool that a job waits for."""
    named = (("machine", job.equipment), ("tool", job.tool))
    return [(kind, f"{job.key.plant}/{name}") for kind, name in named if name]


def _reaches(shop: Shop, hit: _Hit, above: WorkOrderKey) -> bool:
    """Return whether what may be late reaches the start of what waits for it."""
    below = shop.of_work_order.get(hit.work_order, ())
    waiting = [place for place in shop.of_work_order.get(above, ()) if not shop.jobs[place].running]
    if hit.late_s >= AGES or not below or not waiting or above in shop.unscheduled:
        return True
    return shop.jobs[below[-1]].finish + hit.late_s > shop.jobs[waiting[0]].start
