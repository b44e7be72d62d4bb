"""When orders may be expected to finish if the shop takes up its work anew after a disruption.

The kept sequence bounds a finish from above. Nobody keeps it to the letter, though: beyond the
frozen window the most urgent work goes first, and what stands still goes to another machine. That
is dispatched here, and where it serves the orders better than the kept sequence, it is expected.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import EquipmentKey, OrderLineKey
from knockon.domain.impact import OrderImpact
from knockon.engine.impact.case import Case
from knockon.engine.impact.lateness import LineTimes, TimeFinding
from knockon.engine.impact.ways_out.alternates import (
    KIND,
    Move,
    checked_move,
    left_seconds,
    other_machines,
)
from knockon.engine.impact.ways_out.offers import Offer
from knockon.engine.impact.ways_out.promises import Promise, latest_ready
from knockon.engine.impact.ways_out.scene import (
    Scene,
    Scenes,
    Thing,
    Work,
    machine_thing,
    tool_thing,
)
from knockon.engine.schedule.calendars import ALWAYS
from knockon.engine.schedule.dispatch import Alternate, Bench, Dispatcher, Wanted
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import to_instant, to_seconds

Int64s = NDArray[np.int64]

_RULES: Final = ((2.0, False), (0.1, True))
"""By what the most urgent job is chosen: how far ahead due times are felt, in mean job lengths, and
whether they are the plan's. The rule's authors found 2 to 3 best; a crowded or an idle shop wants
more or less, and a plan that was good goes on being good for what it was made for."""

_WEIGHTS: Final = {"A": 4.0, "B": 2.0}
"""What an hour of lateness costs by tier; any other tier counts once."""


def add_expected(
    case: Case,
    times: Mapping[OrderLineKey, LineTimes],
    orders: Sequence[OrderImpact],
    *,
    scenes: Scenes,
) -> tuple[OrderImpact, ...]:
    """Return the rows with the finish that is to be expected; never later than the bound."""
    known: dict[int, Int64s] = {}
    rows: list[OrderImpact] = []
    for row in orders:
        finding = _shown(times.get(row.key), row)
        if finding is None or row.new_finish is None:
            rows.append(row)
            continue
        scene = scenes.of(case, finding.run)
        if id(finding.run) not in known:
            known[id(finding.run)] = expected_finishes(scene)
        finish = scene.promise(finding, row.key).finish(known[id(finding.run)])
        bound = to_seconds(row.new_finish)
        rows.append(replace(row, expected_finish=to_instant(min(finish, bound))))
    return tuple(rows)


def expected_finishes(scene: Scene) -> Int64s:
    """Return when each step finishes by the best of the plans that were dispatched again.

    Best is the least lateness, weighed by tier, over all open lines; the kept sequence stands when
    nothing is better.
    """
    keeps = _keeps(scene)
    kept = scene.floor.finish
    if keeps.all():
        return kept
    targets = _targets(scene)
    dispatcher = Dispatcher(_bench(scene, keeps=keeps), _wanted(scene, targets=targets))
    best, least = kept, _cost(targets, kept)
    for look_ahead, by_plan in _RULES:
        if least <= 0:
            break
        finish = dispatcher.again(look_ahead=look_ahead, by_plan=by_plan).finish
        cost = _cost(targets, finish)
        if cost < least:
            best, least = finish, cost
    return best


class _Target(NamedTuple):
    """A line, by when it wants to be served, and what it costs when it is not."""

    promise: Promise
    weight: float


def _shown(times: LineTimes | None, row: OrderImpact) -> TimeFinding | None:
    """Return the finding whose times a row shows."""
    if times is None or row.new_finish is None:
        return None
    at = to_seconds(row.new_finish)
    same = (
        found for found in times.findings if found.new_finish == at and found.effect in row.effects
    )
    return next(same, None)


def _keeps(scene: Scene) -> NDArray[np.bool_]:
    """Return which steps keep their place: what runs, and what the frozen window holds."""
    case, floor = scene.case, scene.floor
    jobs = case.shop.jobs
    old = scene.run.old.start
    keeps = np.zeros(len(floor.ready), dtype=np.bool_)
    ends = {plant.plant: case.at + plant.frozen_window_s for plant in case.records.facts.plants}
    for step, places in enumerate(floor.jobs_of):
        place = places[0]
        end = ends.get(jobs[place].key.plant, case.at)
        running = any(jobs[other].running for other in places)
        keeps[step] = running or int(old[place]) < end
    # What a kept step waits for keeps its place too.
    for step in range(len(keeps) - 1, -1, -1):
        if keeps[step]:
            for wait in floor.waits_of(step):
                keeps[floor.source[wait]] = True
    return keeps


def _targets(scene: Scene) -> list[_Target]:
    """Return the open lines that steps serve, by when they were promised."""
    case = scene.case
    found: list[_Target] = []
    for promise in scene.promises:
        if not promise.steps:
            continue
        line = promise.line
        # Of a line that is late already it counts by how much.
        limit = min(promise.leaves_by, case.shipping.limit(line))
        ready_by = latest_ready(case.shipping.trucks(line), limit)
        lead_s = promise.ready_by - promise.finish_by
        timely = replace(promise, leaves_by=limit, ready_by=ready_by, finish_by=ready_by - lead_s)
        tier = case.records.tier(line.customer) or ""
        found.append(_Target(timely, _WEIGHTS.get(tier, 1.0)))
    return found


def _cost(targets: Sequence[_Target], finish: Int64s) -> float:
    return sum(target.weight * target.promise.lateness(finish) for target in targets)


def _wanted(scene: Scene, *, targets: Sequence[_Target]) -> Wanted:
    count = len(scene.floor.ready)
    finish_by = np.full(count, AGES, dtype=np.int64)
    weight = np.zeros(count, dtype=np.float64)
    for target in targets:
        for step in target.promise.steps:
            finish_by[step] = min(finish_by[step], target.promise.finish_by)
            weight[step] = max(weight[step], target.weight)
    return Wanted(finish_by, weight)


def _bench(scene: Scene, *, keeps: NDArray[np.bool_]) -> Bench:
    floor, shop = scene.floor, scene.case.shop
    numbers: dict[Thing, int] = {}
    calendar: list[int] = []

    def number(thing: Thing, of: int) -> int:
        if thing not in numbers:
            numbers[thing] = len(calendar)
            calendar.append(of)
        return numbers[thing]

    needs: list[tuple[int, ...]] = []
    for step, places in enumerate(floor.jobs_of):
        found: list[int] = []
        for place in places:
            job = shop.jobs[place]
            if job.machine is not None:
                found.append(number(machine_thing(job.machine), shop.calendars.of(job.machine)))
        if not found:
            # Work without a machine waits for nobody.
            found.append(number(("step", "", str(step)), int(floor.calendar[step])))
        for place in places:
            job = shop.jobs[place]
            if job.tool:
                found.append(number(tool_thing(job.key.plant, job.tool), ALWAYS))
        needs.append(tuple(dict.fromkeys(found)))
    ready = _plan_ready(scene)
    alternates = [
        Alternate(
            row.step,
            number(machine_thing(machine), shop.calendars.of(machine)),
            row.ready,
            row.work,
        )
        for machine, row in _moves(scene, keeps=keeps, ready=ready)
    ]
    return Bench(
        floor=floor,
        needs=needs,
        calendar=np.array(calendar, dtype=np.int64),
        keeps=keeps,
        ready=ready,
        planned_start=_planned(scene, scene.run.old.start),
        planned_finish=_planned(scene, scene.run.old.finish),
        alternates=alternates,
    )


def _planned(scene: Scene, by_job: Int64s) -> Int64s:
    return by_job[np.array([places[0] for places in scene.floor.jobs_of], dtype=np.int64)]


def _plan_ready(scene: Scene) -> Int64s:
    """Return the earliest start of each step if it need not wait for a machine's repair."""
    floor, run = scene.floor, scene.run
    ready = floor.ready.copy()
    for step, places in enumerate(floor.jobs_of):
        if _waits_for_machine(scene, places):
            ready[step] = run.old.network.ready[run.old.nodes.of_job[places[0]]]
    return ready


def _waits_for_machine(scene: Scene, places: Sequence[int]) -> bool:
    """Return whether jobs wait for a machine's repair, and for no tool's and for no people."""
    jobs = [scene.case.shop.jobs[place] for place in places]
    touching = [
        (outage, job) for outage in scene.case.outages for job in jobs if outage.touches(job)
    ]
    return bool(touching) and all(
        job.machine in outage.machines and (outage.tool is None or job.tool != outage.tool)
        for outage, job in touching
    )


def _moves(
    scene: Scene, *, keeps: NDArray[np.bool_], ready: Int64s
) -> Iterator[tuple[EquipmentKey, Alternate]]:
    """Yield where else the steps that a disruption delays could run.

    Only what nobody need be asked about, with the step's own tool, and not for whole run groups.
    """
    floor, shop = scene.floor, scene.case.shop
    known: dict[tuple[object, ...], list[Move]] = {}
    for step, places in enumerate(floor.jobs_of):
        late = floor.finish[step] > scene.run.old.finish[places[0]]
        if keeps[step] or not late or len(places) > 1:
            continue
        job = shop.jobs[places[0]]
        works = scene.works(step)
        sort = (job.key.plant, works[0].order.item, job.key.seq, job.equipment, job.tool, job.crew)
        if sort not in known:
            known[sort] = list(_allowed(scene, step=step, works=works))
        for move in known[sort]:
            takes_s = move.change_s + move.restart_s + left_seconds(works[0])
            if not scene.approvals.is_restricted(
                plant=job.key.plant, item=works[0].order.item, equipment=move.machine.equipment
            ) or _may_move(scene, works=works, machine=move.machine):
                yield move.machine, Alternate(step, 0, int(ready[step]), takes_s)


def _allowed(scene: Scene, *, step: int, works: Sequence[Work]) -> Iterator[Move]:
    """Yield the moves that records allow, whoever gets what is made."""
    for machine in other_machines(scene, works=works):
        offer = Offer(kind=KIND, target=machine.equipment)
        move = checked_move(
            scene, customers=(), step=step, works=works, machine=machine, offer=offer
        )
        if move is not None and move.same_tool:
            yield move


def _may_move(scene: Scene, *, works: Sequence[Work], machine: EquipmentKey) -> bool:
    verdict = scene.approvals.verdict(
        plant=machine.plant,
        items=[work.order.item for work in works],
        customers=scene.takers(works),
        equipment=machine.equipment,
        by_routing=True,
    )
    return verdict.is_open and not verdict.asks_first
