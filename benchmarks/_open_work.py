"""A seeded plant with much open work: planned on real calendars, each order behind its truck."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from random import Random

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import (
    CalendarRule,
    Customer,
    Equipment,
    EquipmentKey,
    Item,
    Operation,
    OperationKey,
    OrderLine,
    OrderLineKey,
    Plant,
    PlantFacts,
    RestartRule,
    RoutingStep,
    ShipCalendar,
    SnapshotId,
    Stop,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.times import Moment
from knockon.engine.schedule.calendars import Calendars, build_calendars

PLANT = "P1"
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
STEPS = 5
MACHINES_PER_STEP = 12
_CUSTOMERS = 200
_ITEMS = 300
_HORIZON_DAYS = 400
_SHIFTS = ((time(0), time(0)), (time(6), time(22)), (time(8), time(17)))


def grow_open_work(operations: int, *, seed: int) -> PlantFacts:
    """Return a plant with about so many open operations, a third of the machines in each shift.

    A work order has five steps, one in five makes a part for the next one, and each of the others
    serves one order line that is due up to two days after it is planned to be done.
    """
    chance = Random(seed)  # noqa: S311 - a plant that can be grown again, no secret
    machines = tuple(
        Equipment(key=EquipmentKey(PLANT, f"M{step}{number:02}"), kind=f"kind {step}")
        for step in range(STEPS)
        for number in range(MACHINES_PER_STEP)
    )
    rules = tuple(rule for number, node in enumerate(machines) for rule in _rules(node, number % 3))
    plan = _Planner(chance, machines, rules)
    for number in range(operations // STEPS):
        plan.add_work_order(number)
    return PlantFacts(
        snapshot=SnapshotId(position=1),
        plants=(Plant(plant=PLANT, timezone="UTC", currency="EUR"),),
        equipment=machines,
        calendars=rules,
        customers=tuple(
            Customer(customer=f"C{number:03}", tier="ABC"[number % 3])
            for number in range(_CUSTOMERS)
        ),
        ship_calendars=tuple(
            ShipCalendar(customer=None, plant=PLANT, weekday=day, cutoff=at)
            for day in range(1, 7)
            for at in (time(11), time(17))
        ),
        items=tuple(Item(item=f"I{number:03}") for number in range(_ITEMS)),
        routings=tuple(
            RoutingStep(
                plant=None,
                item=f"I{number:03}",
                seq=10 * (step + 1),
                operation=f"step {step}",
                restart=tuple(RestartRule)[number % 3],
                restart_s=900 * (number % 3),
            )
            for number in range(_ITEMS)
            for step in range(STEPS)
        ),
        order_lines=tuple(plan.lines),
        work_orders=tuple(plan.work_orders),
        operations=tuple(plan.operations),
        stops=tuple(_stops(chance, machines)),
    )


def stop_of(machine: str, *, repair_s: int | None = None) -> Disruption:
    """Return a stop of one machine that begins now."""
    return Disruption(
        id="1",
        kind=DisruptionKind.EQUIPMENT,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=NOW,
        scope=Scope(plant=PLANT, equipment=(machine,), start=NOW, repair_s=repair_s),
    )


def _rules(node: Equipment, shift: int) -> list[CalendarRule]:
    start, end = _SHIFTS[shift]
    days = range(1, 8) if shift == 0 else range(1, 6)
    return [
        CalendarRule(equipment=node.key, weekday=day, day=None, start=start, end=end)
        for day in days
    ]


def _stops(chance: Random, machines: tuple[Equipment, ...]) -> list[Stop]:
    found = []
    for number, node in enumerate(machines):
        for back in range(1, 1 + number % 9):
            start = NOW - timedelta(days=3 * back)
            length = timedelta(seconds=int(chance.lognormvariate(9.0, 0.9)))
            found.append(Stop(equipment=node.key, start=start, end=start + length))
    return found


class _Planner:
    """Plans one work order after the other, each step on the machine that is free first."""

    def __init__(
        self, chance: Random, machines: tuple[Equipment, ...], rules: tuple[CalendarRule, ...]
    ) -> None:
        now = int(NOW.timestamp())
        self._chance = chance
        self._free = {node.key: now for node in machines}
        self._calendars: Calendars = build_calendars(
            rules,
            equipment=machines,
            plants=(Plant(plant=PLANT, timezone="UTC"),),
            start=now - 86_400,
            end=now + _HORIZON_DAYS * 86_400,
        )
        self._part_ready = 0
        self.work_orders: list[WorkOrder] = []
        self.operations: list[Operation] = []
        self.lines: list[OrderLine] = []

    def add_work_order(self, number: int) -> None:
        chance = self._chance
        is_part = number % 5 == 0
        key = WorkOrderKey(PLANT, f"W{number:06}")
        item = f"I{chance.randrange(_ITEMS):03}"
        done = max(int(NOW.timestamp()), self._part_ready if number % 5 == 1 else 0)
        for step in range(STEPS):
            done = self._add_step(key, step, after=done)
        line = None if is_part else self._add_line(number, item, done=done)
        self._part_ready = done
        self.work_orders.append(
            WorkOrder(
                key=key,
                item=item,
                qty=Decimal(100),
                due=Moment.exactly(datetime.fromtimestamp(done, UTC)),
                order_line=line,
                parent_work_order=f"W{number + 1:06}" if is_part else None,
            )
        )

    def _add_step(self, key: WorkOrderKey, step: int, *, after: int) -> int:
        choice = self._chance.sample(range(MACHINES_PER_STEP), 2)
        names = [EquipmentKey(PLANT, f"M{step}{number:02}") for number in choice]
        machine = min(names, key=lambda name: self._free[name])
        calendar = self._calendars.of(machine)
        start = self._calendars.next_open(max(after, self._free[machine]), calendar=calendar)
        work = 60 * self._chance.randrange(15, 120)
        finish = self._calendars.add(start, work=work, calendar=calendar)
        self._free[machine] = finish
        self.operations.append(
            Operation(
                key=OperationKey(key.plant, key.work_order, 10 * (step + 1)),
                operation=f"step {step}",
                equipment=machine.equipment,
                planned_start=Moment.exactly(datetime.fromtimestamp(start, UTC)),
                planned_finish=Moment.exactly(datetime.fromtimestamp(finish, UTC)),
            )
        )
        return finish

    def _add_line(self, number: int, item: str, *, done: int) -> OrderLineKey:
        slack = timedelta(hours=self._chance.randrange(1, 48))
        key = OrderLineKey(PLANT, f"O{number:06}", "1")
        self.lines.append(
            OrderLine(
                key=key,
                customer=f"C{self._chance.randrange(_CUSTOMERS):03}",
                item=item,
                qty=Decimal(100),
                due=Moment.exactly(datetime.fromtimestamp(done, UTC) + slack),
                unit_price=Decimal(self._chance.randrange(1, 90)),
            )
        )
        return key
