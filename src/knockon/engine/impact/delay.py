"""How much later each open operation runs: the plan projected with and without the disruption."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import (
    EquipmentKey,
    Operation,
    RestartRule,
    WorkOrderKey,
)
from knockon.domain.links import LinkClass
from knockon.engine.impact.lack import Lack
from knockon.engine.impact.pegging import Pegging, makers_of
from knockon.engine.impact.records import Records
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.schedule.limits import AGES, FREE
from knockon.engine.schedule.projection import (
    ABSENT,
    Projection,
    Slow,
    Wait,
    WaitKind,
    gather_nodes,
    last_job,
    placed_start,
    planned_overlap,
    project,
    sequence_waits,
)
from knockon.engine.schedule.shop import Job, Needs, Shop, routing_of, step_of, to_seconds

Int64s = NDArray[np.int64]

DOWN_KINDS = frozenset(
    {
        DisruptionKind.EQUIPMENT,
        DisruptionKind.TOOL,
        DisruptionKind.AREA,
        DisruptionKind.PEOPLE,
    }
)
"""Disruptions by which work stands still."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What is down, from when until when, and how fast it still works.

    Parameters
    ----------
    start, end
        UTC seconds; ``end`` without the restart that each operation still needs.
    rate
        Share of normal speed that remains, in [0, 1).
    announced
        Whether it is still to come.
    disruption
        Number of the case that stops the work.
    """

    disruption: str
    plant: str
    machines: frozenset[EquipmentKey]
    tool: str | None
    crews: frozenset[str]
    work_orders: frozenset[WorkOrderKey]
    start: int
    end: int
    rate: float
    announced: bool = False

    def stops(self, needs: Needs) -> bool:
        """Return whether a machine or a tool that work may need is down."""
        return bool(needs.machines & self.machines) or self.tool in needs.tools

    def touches(self, job: Job) -> bool:
        """Return whether a job needs what is down."""
        if job.key.plant != self.plant:
            return False
        return (
            job.machine in self.machines
            or (self.tool is not None and job.tool == self.tool)
            or (job.crew is not None and job.crew in self.crews)
            or (job.running and job.work_order in self.work_orders)
        )


class Hold(NamedTuple):
    """A job that waits for a repair and then needs so many working seconds to begin again.

    Parameters
    ----------
    outage
        Place, among the case's outages, of the one that holds it.
    """

    job: int
    restart_s: int
    outage: int = 0


class Slowdown(NamedTuple):
    """A job that pauses or works slower while an outage (place) lasts."""

    job: int
    outage: int


class Run(NamedTuple):
    """Two projections, with and without the disruption, and the waits they stand on.

    Parameters
    ----------
    level
        The most doubtful link or plan that took part.
    starved
        Job to the demand (index) for whose material it waits.
    holds, slowdowns
        The jobs that wait for a repair, and those that pause or work slower, outage after outage.
    """

    level: LinkClass
    old: Projection
    new: Projection
    waits: Sequence[Wait]
    starved: Mapping[int, int]
    holds: Sequence[Hold] = ()
    slowdowns: Sequence[Slowdown] = ()

    def delayed(self, *, enough: int = 1) -> list[int]:
        """Return the jobs that finish later by at least so many seconds, ascending."""
        known = (self.new.finish != ABSENT) & (self.old.finish < AGES)
        later = self.new.finish - self.old.finish >= enough
        return [int(place) for place in np.flatnonzero(known & later)]

    def delay(self, job: int) -> int:
        """Return by how many seconds the job finishes later; ``AGES`` when it never does."""
        if self.new.finish[job] == ABSENT or self.old.finish[job] >= AGES:
            return 0
        if self.new.finish[job] >= AGES:
            return AGES
        return int(self.new.finish[job] - self.old.finish[job])


def outage_of(
    records: Records, disruption: Disruption, *, start: int, repair_s: int, now: int
) -> Outage | None:
    """Return what a disruption puts down; None when it stops no work."""
    if disruption.kind not in DOWN_KINDS:
        return None
    scope = disruption.scope
    people = frozenset(scope.people)
    return Outage(
        disruption=disruption.id,
        plant=scope.plant,
        machines=machines_below(records, plant=scope.plant, nodes=scope.equipment),
        tool=scope.tool,
        crews=people,
        work_orders=frozenset(_run_by(records, plant=scope.plant, people=people, at=start)),
        start=start,
        end=start + repair_s,
        rate=float(scope.rate),
        announced=start > now,
    )


def machines_below(
    records: Records, *, plant: str, nodes: Sequence[str]
) -> frozenset[EquipmentKey]:
    """Return the equipment nodes and everything below them."""
    found = {EquipmentKey(plant, node) for node in nodes}
    below: dict[EquipmentKey, list[EquipmentKey]] = {}
    for node in records.equipment.values():
        if node.parent:
            below.setdefault(EquipmentKey(node.key.plant, node.parent), []).append(node.key)
    todo = list(found)
    while todo:
        for child in below.get(todo.pop(), ()):
            if child not in found:
                found.add(child)
                todo.append(child)
    return frozenset(found)


class Trust(NamedTuple):
    """How doubtful links and plans may be to take part in a run.

    Parameters
    ----------
    level
        Most doubtful link.
    plan
        Most doubtful plan of a job.
    late
        Whether date-only jobs are placed as late as their plan allows, not as early.
    """

    level: LinkClass
    plan: LinkClass
    late: bool = False


def run_twice(
    records: Records, shop: Shop, *, trust: Trust, outages: Sequence[Outage], lack: Lack, at: int
) -> Run:
    """Project the shop with and without what is down and what is lacking.

    Parameters
    ----------
    outages
        Everything that is down, all at once.
    lack
        Pegging before and after; its work orders wait for each other in both projections.
    at
        The projection's instant, UTC seconds.
    """
    level = trust.plan
    nodes = gather_nodes(shop, level=level)
    sequence = sequence_waits(shop, level=level, late=trust.late)
    ready = _ready(shop, outages=outages, at=at, late=trust.late)
    work = np.array([job.work for job in shop.jobs], dtype=np.int64)
    old_ready = ready.copy()
    _hold_for_material(shop, old_ready, lack, lack.before, level=level)
    old = project(
        shop,
        nodes=nodes,
        waits=[*sequence, *component_waits(records, shop, lack.before, trust=trust)],
        ready=old_ready,
        work=work,
        slow=Slow.never(len(shop.jobs)),
    )
    waits = [*sequence, *component_waits(records, shop, lack.after, trust=trust)]
    new_ready = ready.copy()
    starved = _hold_for_material(shop, new_ready, lack, lack.after, level=level)
    plan = _Plan(shop, old, new_ready, work.copy(), Slow.never(len(shop.jobs)), [], [])
    for number, outage in enumerate(outages):
        _put_down(records, plan, outage, number=number)
    new = project(shop, nodes=nodes, waits=waits, ready=plan.ready, work=plan.work, slow=plan.slow)
    return Run(trust.level, old, new, waits, starved, plan.holds, plan.slowdowns)


def component_waits(records: Records, shop: Shop, pegging: Pegging, *, trust: Trust) -> list[Wait]:
    """Return which job waits for the work order that makes its component.

    A recorded link counts whatever its quantity; a derived one follows the pegs.
    """
    links: dict[tuple[WorkOrderKey, int], tuple[LinkClass, WaitKind]] = {}
    for place, demand in enumerate(pegging.demands):
        for maker, _ in makers_of(records, demand):
            links[maker, place] = (LinkClass.CONFIRMED, WaitKind.PARENT)
    for row in pegging.pegs:
        supply = pegging.supplies[row.supply]
        if supply.kind is SupplyKind.WORK_ORDER and supply.work_order is not None:
            link = (row.link_class, WaitKind.COMPONENT)
            links.setdefault((supply.work_order, row.demand), link)
    waits: list[Wait] = []
    for (maker, place), (link_class, kind) in links.items():
        demand = pegging.demands[place]
        if demand.work_order is None:
            continue
        wait = work_order_wait(
            shop,
            maker=maker,
            taker=demand.work_order,
            seq=demand.seq,
            link_class=max(link_class, LinkClass(int(demand.derived))),
            kind=kind,
            level=trust.plan,
        )
        if wait is not None and wait.link_class <= trust.level:
            waits.append(wait)
    return waits


def work_order_wait(
    shop: Shop,
    *,
    maker: WorkOrderKey,
    taker: WorkOrderKey,
    seq: int | None,
    link_class: LinkClass,
    kind: WaitKind,
    level: LinkClass,
) -> Wait | None:
    """Return the wait of one work order for another that makes its component, if it has one."""
    source = last_job(shop, maker, level=level)
    target = first_waiting_job(shop, taker, seq=seq, level=level)
    if source is None or target is None or source == target:
        return None
    lag = planned_overlap(shop.jobs[source], shop.jobs[target])
    return Wait(source, target, lag, kind, link_class)


def first_waiting_job(
    shop: Shop, work_order: WorkOrderKey, *, seq: int | None, level: LinkClass
) -> int | None:
    """Return the first job at or after an operation number that has not begun."""
    for place in shop.of_work_order.get(work_order, ()):
        job = shop.jobs[place]
        if job.doubt <= level and not job.running and (seq is None or job.key.seq >= seq):
            return place
    return None


def last_finish(
    shop: Shop, projection: Projection, work_order: WorkOrderKey
) -> tuple[int, int] | None:
    """Return when a work order's last job finishes, and which it is; None without open jobs.

    A job that takes no part in the projection finishes when its plan says, at the latest.
    """
    places = shop.of_work_order.get(work_order, ())
    if not places:
        return None
    last = places[-1]
    finish = int(projection.finish[last])
    return (shop.jobs[last].finish, last) if finish == ABSENT else (finish, last)


def shortest_causes(shop: Shop, run: Run) -> dict[int, int | None]:
    """Return for each late job the wait (index) that explains it; None when it is held directly.

    A wait explains a job, and its whole run group, when it alone makes it start later than
    undisturbed. Of several ways back to what the disruption itself holds, the one with the fewest
    steps is taken.

    Notes
    -----
    Breadth first over the waits between late jobs, O(waits).
    """
    late = run.delayed()
    followers: dict[int, list[int]] = {}
    for place, wait in enumerate(run.waits):
        earliest = int(run.new.finish[wait.source]) + wait.lag
        if run.delay(wait.source) > 0 and earliest > int(run.old.start[wait.target]):
            followers.setdefault(wait.source, []).append(place)
    fellows: dict[tuple[str, str], list[int]] = {}
    for job in late:
        group = shop.jobs[job].run_group
        if group:
            fellows.setdefault((shop.jobs[job].key.plant, group), []).append(job)
    causes: dict[int, int | None] = {job: None for job in late if _is_direct(run, job)}
    queue = deque(causes)
    while queue:
        job = queue.popleft()
        for place in followers.get(job, ()):
            target = run.waits[place].target
            team = (shop.jobs[target].key.plant, shop.jobs[target].run_group or "")
            for reached in fellows.get(team, [target]):
                if reached not in causes and run.delay(reached) > 0:
                    causes[reached] = place
                    queue.append(reached)
    return causes


def _is_direct(run: Run, job: int) -> bool:
    """Return whether nothing late holds a job up, so that the disruption itself does."""
    wait = int(run.new.held_by[job])
    return wait == FREE or run.delay(run.waits[wait].source) <= 0


def _ready(shop: Shop, *, outages: Sequence[Outage], at: int, late: bool) -> Int64s:
    """Return the earliest start of each job; a date-only one's plan is an interval.

    What had not begun when its machine went down did not begin before that either: of several
    stops the first may lie some time back.
    """
    ready = np.array(
        [at if job.running else max(at, placed_start(job, late=late)) for job in shop.jobs],
        dtype=np.int64,
    )
    for outage in outages:
        if outage.announced or outage.start <= at:
            continue
        for place, job in enumerate(shop.jobs):
            if not job.running and outage.touches(job):
                ready[place] = max(ready[place], outage.start)
    return ready


class _Plan(NamedTuple):
    """What is to be projected with the disruption, changed in place; arrays by job place."""

    shop: Shop
    old: Projection
    ready: Int64s
    work: Int64s
    slow: Slow
    holds: list[Hold]
    slowdowns: list[Slowdown]

    def slow_down(self, job: int, outage: Outage, *, number: int) -> None:
        """Let a job work at the outage's rate, at rate 0 not at all, while the outage lasts."""
        self.slow.add(job, begin=outage.start, end=outage.end, rate=outage.rate)
        self.slowdowns.append(Slowdown(job, number))

    def hold(self, job: int, outage: Outage, *, restart_s: int, number: int) -> None:
        """Let a job begin, or go on, after the repair and its restart."""
        calendars = self.shop.calendars
        calendar = calendars.of(self.shop.jobs[job].machine)
        again = calendars.add(outage.end, work=restart_s, calendar=calendar)
        self.ready[job] = max(self.ready[job], again)
        self.holds.append(Hold(job, restart_s, number))


def _put_down(records: Records, plan: _Plan, outage: Outage, *, number: int) -> None:
    """Let every job on what is down wait, begin again or slow down, in place.

    What an announced stop finds under way pauses; what is over by then is left alone, unless
    something else brings it into the stop. Of a stop that is already there nothing is over: work
    that should be done by its standard time is not done as long as nobody says so.
    """
    shop, old = plan.shop, plan.old
    for place, job in enumerate(shop.jobs):
        if not outage.touches(job):
            continue
        over = ABSENT < old.finish[place] <= outage.start
        if outage.rate > 0 or (outage.announced and over):
            # Of two announced stops of one machine the second would stretch the first one.
            if outage.rate > 0 or not plan.slow.end[place]:
                plan.slow_down(place, outage, number=number)
            continue
        rule, restart_s = _restart(records, job)
        begun = job.running or old.start[place] < outage.start
        resumes = begun and rule is RestartRule.RESUME
        if resumes and outage.announced and outage.start > plan.ready[place]:
            plan.slow_down(place, outage, number=number)
            plan.work[place] += restart_s
            continue
        if resumes:
            plan.work[place] = max(0, plan.work[place] - _done_by(plan, place, outage.start))
        plan.hold(place, outage, restart_s=restart_s, number=number)
        if begun and rule is not RestartRule.RESUME:
            plan.work[place] = job.full_work


def _done_by(plan: _Plan, job: int, at: int) -> int:
    """Return the working seconds of a running job from the projection's instant to another one."""
    calendar = plan.shop.calendars.of(plan.shop.jobs[job].machine)
    ready = int(plan.ready[job])
    return plan.shop.calendars.between(ready, at, calendar=calendar) if ready < at else 0


def _restart(records: Records, job: Job) -> tuple[RestartRule, int]:
    work_order = records.work_orders.get(job.work_order)
    if work_order is None:
        return RestartRule.RESUME, 0
    named = _operation(records, job)
    steps = routing_of(work_order, records.routings)
    step = step_of(job.key.seq, named.operation if named else None, steps)
    return (step.restart, step.restart_s) if step else (RestartRule.RESUME, 0)


def _operation(records: Records, job: Job) -> Operation | None:
    rows = records.operations.get(job.work_order, ())
    return next((row for row in rows if row.key == job.key), None)


def _hold_for_material(
    shop: Shop, ready: Int64s, lack: Lack, pegging: Pegging, *, level: LinkClass
) -> dict[int, int]:
    """Let jobs whose material was lost wait for the delivery that serves them; return which."""
    starved: dict[int, int] = {}
    for demand in sorted(lack.lost):
        wanted = pegging.demands[demand]
        if wanted.work_order is None:
            continue
        place = first_waiting_job(shop, wanted.work_order, seq=wanted.seq, level=level)
        arrivals = [
            pegging.supplies[row.supply].arrives or 0
            for row in pegging.by_demand.get(demand, ())
            if pegging.supplies[row.supply].kind is SupplyKind.PURCHASE_ORDER
        ]
        if place is not None and arrivals and max(arrivals) > ready[place]:
            ready[place] = max(arrivals)
            starved[place] = demand
    return starved


def _run_by(
    records: Records, *, plant: str, people: frozenset[str], at: int
) -> Iterator[WorkOrderKey]:
    """Yield the work orders that the people are working on at an instant."""
    margin = timedelta(seconds=records.plant(plant).clock_doubt_s)
    for use in records.facts.resource_uses:
        if use.plant != plant or use.kind != "person" or use.resource not in people:
            continue
        begins = to_seconds(use.start.earliest - margin)
        ended = use.end is not None and to_seconds(use.end.latest + margin) < at
        if use.work_order and begins <= at and not ended:
            yield WorkOrderKey(plant, use.work_order)
