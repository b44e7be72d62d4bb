"""The disturbed plan as ways out see it: who waits for what, and what must not get worse."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import (
    EquipmentKey,
    Operation,
    OrderLineKey,
    RoutingStep,
    WorkOrder,
)
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import LEVELS, Case
from knockon.engine.impact.delay import Run
from knockon.engine.impact.lateness import TimeFinding
from knockon.engine.impact.ways_out.allowed import Approvals, ToolRoom
from knockon.engine.impact.ways_out.promises import (
    Departures,
    Makers,
    Promise,
    promise_of,
    recorded_makers,
)
from knockon.engine.schedule.dispatch_floor import QUEUES, Floor, Trial, build_floor
from knockon.engine.schedule.limits import AGES, FREE
from knockon.engine.schedule.projection import ABSENT, WaitKind
from knockon.engine.schedule.shop import Job, routing_of, step_of, to_seconds

Int64s = NDArray[np.int64]

_Kept = TypeVar("_Kept")

Thing = tuple[str, str, str]
"""What one step at a time can use: ``machine`` or ``tool``, plant, name."""


def machine_thing(machine: EquipmentKey) -> Thing:
    """Return a machine as something that one step at a time can use."""
    return "machine", machine.plant, machine.equipment


def tool_thing(plant: str, tool: str) -> Thing:
    """Return a tool as something that one step at a time can use."""
    return "tool", plant, tool


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One job of a step, with the records that say how it is done."""

    job: Job
    order: WorkOrder
    operation: Operation | None
    routing: RoutingStep | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opening:
    """What is left for a step that is done in another way, so that a line leaves in time.

    Parameters
    ----------
    finish_by
        When it must be finished at the latest.
    last_start
        How late every other step may start; UTC seconds.
    start, finish
        When the others run if it is finished as late as that.
    is_enough
        Whether the line then leaves in time, and nothing else holds it up.
    """

    finish_by: int
    last_start: Int64s
    start: Int64s
    finish: Int64s
    is_enough: bool


class Scene:
    """One run of a case, to be worked through again with one step done in another way."""

    def __init__(self, case: Case, run: Run, *, approvals: Approvals, room: ToolRoom) -> None:
        self.case = case
        self.run = run
        self.approvals = approvals
        self.room = room
        self.now = to_seconds(case.now)
        self.floor: Floor = build_floor(run.new, run.waits)
        self.makers: Makers = recorded_makers(case)
        self._departures = Departures()
        self._kept: dict[Hashable, Any] = {}

    def kept(self, key: Hashable, make: Callable[[], _Kept]) -> _Kept:
        """Return what was made for a key before, else make it."""
        if key not in self._kept:
            self._kept[key] = make()
        found: _Kept = self._kept[key]
        return found

    @cached_property
    def harmless(self) -> Int64s:
        """How late each step may finish itself so that no line leaves later than it does now."""
        limits = np.full(len(self.floor.ready), AGES, dtype=np.int64)
        for promise in self.promises:
            if promise.is_kept(self.floor.finish):
                for step in promise.steps:
                    limits[step] = min(limits[step], promise.finish_by)
        return limits

    @cached_property
    def promises(self) -> tuple[Promise, ...]:
        """What every open line waits for, so as to leave no later than it does by this run."""
        return tuple(
            self._promise(key, level=LinkClass.POSSIBLE) for key, _ in self.case.open_lines()
        )

    @cached_property
    def queues(self) -> Mapping[Thing, Sequence[int]]:
        """The steps that need each machine and each tool."""
        found: dict[Thing, set[int]] = defaultdict(set)
        for place, job in enumerate(self.case.shop.jobs):
            step = int(self.floor.of_job[place])
            if step == ABSENT:
                continue
            if job.machine is not None:
                found[machine_thing(job.machine)].add(step)
            if job.tool:
                found[tool_thing(job.key.plant, job.tool)].add(step)
        return {thing: tuple(sorted(steps)) for thing, steps in found.items()}

    def promise(self, finding: TimeFinding, key: OrderLineKey) -> Promise:
        """Return what a late line waits for, and by when it must be there to be no later.

        A finding is shown by the class that proves it; the links it stands on may be better ones.
        """
        leaves_by = max(finding.limit, finding.old_ship or finding.limit)
        shown: Promise | None = None
        for level in sorted(LEVELS, key=lambda level: abs(level - finding.level)):
            if level > finding.level:
                continue
            promise = self._promise(key, level=level, leaves_by=leaves_by)
            if promise.finish(self.floor.finish) == finding.new_finish:
                return promise
            shown = shown or promise
        assert shown is not None
        return shown

    def way_back(self, promise: Promise) -> list[int]:
        """Return the steps that hold a line up, from its last one back to what the stop holds."""
        late = [step for step in promise.steps if self.floor.finish[step] > promise.finish_by]
        if not late:
            return []
        step = max(late, key=lambda place: (int(self.floor.finish[place]), place))
        way = {step: None}
        while True:
            job = self.floor.jobs_of[step][0]
            wait = int(self.run.new.held_by[job])
            if wait == FREE:
                return list(way)
            step = int(self.floor.of_job[self.run.waits[wait].source])
            if step in way:
                return list(way)
            way[step] = None

    def works(self, step: int) -> tuple[Work, ...]:
        """Return the jobs of a step with their records."""
        records = self.case.records
        found: list[Work] = []
        for place in self.floor.jobs_of[step]:
            job = self.case.shop.jobs[place]
            order = records.work_orders[job.work_order]
            rows = records.operations.get(job.work_order, ())
            operation = next((row for row in rows if row.key == job.key), None)
            steps = routing_of(order, records.routings)
            name = operation.operation if operation else None
            routing = step_of(job.key.seq, name, steps)
            found.append(Work(job=job, order=order, operation=operation, routing=routing))
        return tuple(found)

    def takers(self, works: Sequence[Work]) -> list[str]:
        """Return the customers who get what a step makes, in order."""
        ladder, lines = self.case.ladder, self.case.records.lines
        return sorted(
            {
                lines[key].customer
                for work in works
                for key in ladder.climb(ladder.above(work.order.key))
                if key in lines
            }
        )

    def is_down(self, step: int) -> bool:
        """Return whether a step needs what is down."""
        jobs = [self.case.shop.jobs[place] for place in self.floor.jobs_of[step]]
        return any(outage.touches(job) for outage in self.case.outages for job in jobs)

    def inputs_ready(self, step: int, finish: Int64s, *, kinds: frozenset[WaitKind]) -> int:
        """Return when what a step waits for by links of other kinds is finished; ``-AGES`` never.

        Parameters
        ----------
        kinds
            Kinds of waits that do not count.
        """
        floor = self.floor
        times = [
            int(finish[floor.source[wait]] + floor.lag[wait])
            for wait in floor.waits_of(step)
            if floor.kind[wait] not in kinds
        ]
        return max(times, default=-AGES)

    def plan_start(self, step: int) -> int:
        """Return the earliest start that the plan gives a step, whatever is down; UTC seconds."""
        if not self.is_down(step):
            return int(self.floor.ready[step])
        jobs = [self.case.shop.jobs[place] for place in self.floor.jobs_of[step]]
        return max(-AGES if job.running else job.start for job in jobs)

    def opening(
        self,
        step: int,
        promise: Promise,
        *,
        kinds: frozenset[WaitKind] = QUEUES,
        has_inputs: bool = False,
    ) -> Opening:
        """Work out what is left for a step that leaves its queues.

        Parameters
        ----------
        kinds
            Queues that it leaves.
        has_inputs
            Whether it needs nothing of what it waited for.
        """
        trial = self._trial(step, promise)
        trial.lift(step, kinds=kinds)
        if has_inputs:
            trial.feed(step)
        last_start, last_finish = trial.backwards(self._limits(promise), beyond=self._no_harm)
        by = int(last_finish[step])
        trial.put(step, ready=by, work=0, calendar=0)
        start, finish = trial.forwards()
        return Opening(
            finish_by=by,
            last_start=last_start,
            start=start,
            finish=finish,
            is_enough=-AGES < by < AGES and int(finish[step]) <= by and promise.is_kept(finish),
        )

    def begin_by(self, step: int, promise: Promise) -> int | None:
        """Return until when a step must begin for a line to leave in time; None when not enough."""
        trial = self._trial(step, promise)
        last_start, _ = trial.backwards(self._limits(promise), beyond=self._no_harm)
        by = int(last_start[step])
        if not -AGES < by < AGES:
            return None
        trial.hold(step, ready=by)
        return by if promise.is_kept(trial.forwards()[1]) else None

    def _trial(self, step: int, promise: Promise) -> Trial:
        """Return the plan, to be changed at a step for a line: what comes after it stays."""
        until = self.floor.until(promise.finish_by)
        return Trial(self.floor, steps=max(until, step + 1, *(goal + 1 for goal in promise.steps)))

    @cached_property
    def _no_harm(self) -> Int64s:
        """How late each step may start so that no line leaves later than it does now."""
        return Trial(self.floor).backwards(self.harmless)[0]

    def _limits(self, promise: Promise) -> Int64s:
        limits = self.harmless.copy()
        for goal in promise.steps:
            limits[goal] = min(limits[goal], promise.finish_by)
        return limits

    def _promise(
        self, key: OrderLineKey, *, level: LinkClass, leaves_by: int | None = None
    ) -> Promise:
        return promise_of(
            self.case,
            key,
            makers=self.makers,
            departures=self._departures,
            run=self.run,
            floor=self.floor,
            level=level,
            leaves_by=leaves_by,
        )


class Scenes:
    """The scenes of a case's runs, each built when it is first asked for."""

    def __init__(self, case: Case) -> None:
        records = case.records
        today = {
            plant.plant: case.now.astimezone(records.zone(plant.plant)).date()
            for plant in records.facts.plants
        }
        self._approvals = Approvals(records.facts.approvals, today=today)
        self._room = ToolRoom(case)
        self._known: dict[int, Scene] = {}

    def of(self, case: Case, run: Run) -> Scene:
        """Return the scene of a run of the case, or of the case with longer repairs."""
        if id(run) not in self._known:
            self._known[id(run)] = Scene(case, run, approvals=self._approvals, room=self._room)
        return self._known[id(run)]
