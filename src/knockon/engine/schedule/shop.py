"""Read the open operations of the plants as jobs with a place in the planned sequence."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from knockon.domain.facts import (
    EquipmentKey,
    Operation,
    OperationKey,
    PlantFacts,
    RoutingStep,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.links import LinkClass
from knockon.domain.times import Moment
from knockon.engine.schedule.calendars import Calendars

_DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An operation that is still to be finished.

    Parameters
    ----------
    start, finish
        Planned, UTC seconds; of a date-only plan the earliest start and the latest finish.
    work
        Seconds of work that remain at the projection's instant.
    full_work
        Seconds of work when it has to begin again.
    began_at
        When it really started; None when it did not.
    doubt
        CONFIRMED for an exact plan; PROBABLE for a date-only or spread one; POSSIBLE where only
        its place between two other operations, or only its due time, is known.
    date_only
        The plan gives a day, not an instant.
    estimated
        Nothing is planned; it is placed so that it just meets its due time.
    """

    key: OperationKey
    equipment: str | None
    tool: str | None
    crew: str | None
    run_group: str | None
    start: int
    finish: int
    work: int
    full_work: int
    running: bool
    began_at: int | None
    doubt: LinkClass
    date_only: bool = False
    estimated: bool = False

    @property
    def work_order(self) -> WorkOrderKey:
        """Return the work order it belongs to."""
        return WorkOrderKey(self.key.plant, self.key.work_order)

    @property
    def machine(self) -> EquipmentKey | None:
        """Return the machine it is planned on."""
        return EquipmentKey(self.key.plant, self.equipment) if self.equipment else None

    @property
    def begins(self) -> int:
        """Return when it really started, else when it is planned to."""
        return self.start if self.began_at is None else self.began_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Machines and tools that a work order may need."""

    machines: frozenset[EquipmentKey]
    tools: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The open jobs in planned order, running ones first.

    Parameters
    ----------
    of_work_order
        Indices of the jobs of each open work order, by operation number.
    unscheduled
        Open work orders without any planned time, in key order.
    needs_of
        What an unscheduled work order may need, by its operations or its routing.
    """

    jobs: tuple[Job, ...]
    of_work_order: Mapping[WorkOrderKey, tuple[int, ...]]
    unscheduled: tuple[WorkOrderKey, ...]
    needs_of: Mapping[WorkOrderKey, Needs]
    calendars: Calendars


def build_shop(facts: PlantFacts, *, at: int, calendars: Calendars) -> Shop:
    """Assemble the jobs that are open at an instant (UTC seconds)."""
    operations: dict[WorkOrderKey, list[Operation]] = defaultdict(list)
    for operation in facts.operations:
        operations[WorkOrderKey(operation.key.plant, operation.key.work_order)].append(operation)
    routings = routing_by_item(facts.routings)
    jobs: list[Job] = []
    unscheduled: dict[WorkOrderKey, Needs] = {}
    for work_order in facts.work_orders:
        if work_order.status == "done":
            continue
        reader = _Reader(
            work_order=work_order,
            operations=sorted(operations[work_order.key], key=lambda row: row.key.seq),
            steps=routing_of(work_order, routings),
            calendars=calendars,
            at=at,
        )
        if reader.is_finished():
            continue
        read = reader.jobs()
        jobs.extend(read or reader.estimates())
        if not read:
            unscheduled[work_order.key] = reader.needs()
    ordered = sorted(_share_days(jobs, calendars), key=_planned_place)
    of_work_order: dict[WorkOrderKey, list[int]] = defaultdict(list)
    for place, job in enumerate(ordered):
        of_work_order[job.work_order].append(place)
    return Shop(
        jobs=tuple(ordered),
        of_work_order={
            key: tuple(sorted(places, key=lambda place: ordered[place].key.seq))
            for key, places in of_work_order.items()
        },
        unscheduled=tuple(sorted(unscheduled)),
        needs_of=unscheduled,
        calendars=calendars,
    )


def to_seconds(at: datetime) -> int:
    """Return whole UTC seconds since 1970."""
    return int(at.timestamp() // 1)


def to_instant(seconds: int) -> datetime:
    """Return the UTC instant of seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


Routings = Mapping[str, Sequence[RoutingStep]]


def routing_by_item(steps: Iterable[RoutingStep]) -> dict[str, list[RoutingStep]]:
    """Group routing steps by item, in step order."""
    routings: dict[str, list[RoutingStep]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: (step.seq, step.plant or "")):
        routings[step.item].append(step)
    return routings


def routing_of(work_order: WorkOrder, routings: Routings) -> list[RoutingStep]:
    """Return the steps of the work order's item; its own plant's routing outranks a general one.

    A rework order does what it does, not what the item's routing says.
    """
    if work_order.kind == "rework":
        return []
    steps = routings.get(work_order.item, ())
    own = [step for step in steps if step.plant == work_order.key.plant]
    return own or [step for step in steps if step.plant is None]


def run_seconds(
    *,
    qty: Decimal,
    operation: Operation | None,
    step: RoutingStep | None,
    setup: bool = True,
) -> int | None:
    """Return set-up and run time of a quantity, by the operation's own figures, else by routing."""
    if operation is not None and operation.run_s_per_unit is not None:
        setup_s = operation.setup_s or 0
        run_s = operation.run_s_per_unit * qty
    elif step is not None and step.run_s_per_unit is not None:
        setup_s = step.setup_s
        run_s = step.run_s_per_unit * qty / (step.base_qty or 1)
    else:
        return None
    return int((setup_s if setup else 0) + run_s + Decimal("0.999999"))


def _planned_place(job: Job) -> tuple[bool, int, int, OperationKey]:
    return (not job.running, job.begins if job.running else job.start, job.finish, job.key)


def _share_days(jobs: Sequence[Job], calendars: Calendars) -> list[Job]:
    """Give date-only jobs of unknown length an equal share of their machine's day."""
    crowd = Counter((job.machine, job.start) for job in jobs if job.full_work < 0)
    shared: list[Job] = []
    for job in jobs:
        if job.full_work >= 0:
            shared.append(job)
            continue
        calendar = calendars.of(job.machine)
        room = calendars.between(job.start, job.finish, calendar=calendar)
        share = room // crowd[job.machine, job.start]
        shared.append(replace(job, work=share, full_work=share))
    return shared


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """Reads the open jobs of one work order."""

    work_order: WorkOrder
    operations: list[Operation]
    steps: list[RoutingStep]
    calendars: Calendars
    at: int

    def is_finished(self) -> bool:
        return bool(self.operations) and not self._open()

    def jobs(self) -> list[Job]:
        """Return its jobs; none when nothing about it is planned in time."""
        rows = self._open()
        if any(row.planned_start or row.planned_finish for row in rows):
            return self._planned(rows)
        return self._spread(rows or self._from_routing())

    def estimates(self) -> list[Job]:
        """Return its jobs as late as its due time allows; none when it has no due time."""
        rows = self._open()
        if self.work_order.due is None or not rows:
            return []
        lengths = [
            run_seconds(qty=self.work_order.qty, operation=row, step=self._step(row)) or 0
            for row in rows
        ]
        lead = to_seconds(self.work_order.due.latest) - sum(lengths)
        jobs: list[Job] = []
        for row, length in zip(rows, lengths, strict=True):
            placed = self._placed(row, lead, lead + length)
            jobs.append(replace(placed, doubt=LinkClass.POSSIBLE, estimated=True))
            lead += length
        return jobs

    def needs(self) -> Needs:
        plant = self.work_order.key.plant
        named = {row.equipment for row in self._open() if row.equipment}
        if not named:
            named = {step.equipment for step in self.steps if step.equipment}
            named |= {machine for step in self.steps for machine in step.alternates}
        return Needs(
            machines=frozenset(EquipmentKey(plant, machine) for machine in named),
            tools=frozenset(row.tool for row in self._open() if row.tool),
        )

    def _open(self) -> list[Operation]:
        return [
            row for row in self.operations if row.status != "done" and row.actual_finish is None
        ]

    def _planned(self, rows: Sequence[Operation]) -> list[Job]:
        jobs: list[Job] = []
        clock = self.at
        for row in rows:
            job = self._job(row, clock)
            clock = job.finish
            jobs.append(job)
        return jobs

    def _job(self, row: Operation, clock: int) -> Job:
        machine = EquipmentKey(row.key.plant, row.equipment) if row.equipment else None
        calendar = self.calendars.of(machine)
        step = self._step(row)
        known = run_seconds(qty=self.work_order.qty, operation=row, step=step)
        start, finish = row.planned_start, row.planned_finish
        doubt = _plan_doubt(start, finish)
        date_only = any(moment is not None and not moment.is_exact for moment in (start, finish))
        begins, ends = _interval(start, finish, clock=clock, known=known or 0)
        full = self._full_work(begins, ends, calendar, known=known, doubt=doubt)
        running = row.status == "running" or (
            row.status == "planned" and row.actual_start is not None
        )
        began = to_seconds(row.actual_start.earliest) if row.actual_start else None
        return Job(
            key=row.key,
            equipment=row.equipment,
            tool=row.tool,
            crew=row.crew,
            run_group=row.run_group,
            start=begins,
            finish=ends,
            work=self._remaining(row, full, calendar, step, running=running),
            full_work=full,
            running=running,
            began_at=began,
            doubt=doubt,
            date_only=date_only,
        )

    def _full_work(
        self, start: int, finish: int, calendar: int, *, known: int | None, doubt: LinkClass
    ) -> int:
        """Return the whole job's work; -1 asks for a share of the day."""
        if doubt is not LinkClass.CONFIRMED:
            return -1 if known is None else known
        planned = self.calendars.between(start, finish, calendar=calendar)
        # A plan wholly outside the calendar is overtime: its length is what the plan says.
        return planned or max(0, finish - start)

    def _remaining(
        self,
        row: Operation,
        full: int,
        calendar: int,
        step: RoutingStep | None,
        *,
        running: bool,
    ) -> int:
        if full < 0 or not (running or row.status == "paused"):
            return full
        done = row.qty_good + row.qty_scrap
        if done > 0 and self.work_order.qty > 0:
            left = max(Decimal(0), self.work_order.qty - done)
            by_rate = run_seconds(qty=left, operation=row, step=step, setup=False)
            share = int(full * left / self.work_order.qty)
            return min(full, share if by_rate is None else by_rate)
        if running and row.actual_start is not None:
            began = to_seconds(row.actual_start.earliest)
            return max(0, full - self.calendars.between(began, self.at, calendar=calendar))
        return full

    def _step(self, row: Operation) -> RoutingStep | None:
        return step_of(row.key.seq, row.operation, self.steps)

    def _from_routing(self) -> list[Operation]:
        """Stand in for operations that nobody recorded."""
        plant, number = self.work_order.key
        if not self.steps:
            return [Operation(key=OperationKey(plant, number, 0))]
        return [
            Operation(
                key=OperationKey(plant, number, step.seq),
                operation=step.operation,
                equipment=step.equipment,
            )
            for step in self.steps
        ]

    def _spread(self, rows: Sequence[Operation]) -> list[Job]:
        """Lay operations without times into their work order's planned time."""
        start, finish = self.work_order.planned_start, self.work_order.planned_finish
        if start is None and finish is None:
            return []
        if start is not None and finish is None:
            jobs = self._planned([replace(rows[0], planned_start=start), *rows[1:]])
            return [replace(job, doubt=LinkClass.PROBABLE) for job in jobs]
        begins, ends = _interval(start, finish, clock=self.at, known=0)
        length = (ends - begins) // len(rows)
        return [
            replace(
                self._placed(row, begins + place * length, begins + (place + 1) * length),
                doubt=LinkClass.PROBABLE,
            )
            for place, row in enumerate(rows)
        ]

    def _placed(self, row: Operation, start: int, finish: int) -> Job:
        planned = replace(
            row,
            planned_start=Moment.exactly(to_instant(start)),
            planned_finish=Moment.exactly(to_instant(finish)),
        )
        return self._job(planned, start)


def step_of(seq: int, operation: str | None, steps: Sequence[RoutingStep]) -> RoutingStep | None:
    """Return the routing step of an operation, by number, else by name."""
    named: RoutingStep | None = None
    for step in steps:
        if step.seq == seq:
            return step
        if named is None and operation is not None and step.operation == operation:
            named = step
    return named


def _exact(moment: Moment | None) -> bool:
    return moment is not None and moment.is_exact


def _plan_doubt(start: Moment | None, finish: Moment | None) -> LinkClass:
    if start is None and finish is None:
        return LinkClass.POSSIBLE
    return LinkClass.CONFIRMED if _exact(start) and _exact(finish) else LinkClass.PROBABLE


def _interval(
    start: Moment | None, finish: Moment | None, *, clock: int, known: int
) -> tuple[int, int]:
    """Return earliest start and latest finish; a missing end is ``known`` seconds away."""
    if start is None and finish is None:
        return clock, clock + known
    if start is None and finish is not None:
        ends = to_seconds(finish.latest)
        return ends - max(known, 0 if finish.is_exact else _DAY_S), ends
    assert start is not None
    begins = to_seconds(start.earliest)
    if finish is None:
        return begins, max(begins + known, to_seconds(start.latest))
    return begins, max(begins, to_seconds(finish.latest))
