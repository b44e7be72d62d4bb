"""Small plants by hand: times are hours after Monday 2 March 2026, 00:00 UTC."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import (
    Customer,
    Equipment,
    EquipmentKey,
    Item,
    LotKey,
    Operation,
    OperationKey,
    OrderLine,
    OrderLineKey,
    Plant,
    PlantFacts,
    Requirement,
    SnapshotId,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.impact import Impact, OperationImpact, OrderImpact
from knockon.domain.times import Moment
from knockon.engine.impact import assess

PLANT = "P1"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def at(hours: float) -> datetime:
    return MONDAY + timedelta(hours=hours)


def moment(hours: float | None) -> Moment | None:
    return None if hours is None else Moment.exactly(at(hours))


def day(number: int) -> Moment:
    """Return a date without time: day 0 is that Monday."""
    return Moment(at(24 * number), at(24 * number + 24) - timedelta(seconds=1))


def op(
    work_order: str,
    seq: int,
    machine: str | None,
    start: float | None,
    finish: float | None,
    **fields: object,
) -> Operation:
    return Operation(
        key=OperationKey(PLANT, work_order, seq),
        equipment=machine,
        planned_start=moment(start),
        planned_finish=moment(finish),
        **fields,
    )


def running(
    work_order: str, seq: int, machine: str, start: float, finish: float, **fields: object
) -> Operation:
    return op(
        work_order,
        seq,
        machine,
        start,
        finish,
        status="running",
        actual_start=moment(start),
        **fields,
    )


def order(number: str, item: str = "F", qty: int = 10, due: float = 100, **fields: object):
    return OrderLine(
        key=OrderLineKey(PLANT, number, "1"),
        customer=str(fields.pop("customer", "K1")),
        item=item,
        qty=Decimal(qty),
        due=fields.pop("due_moment", Moment.exactly(at(due))),
        **fields,
    )


def make(number: str, item: str = "F", qty: int = 10, **fields: object) -> WorkOrder:
    named = fields.pop("order", None)
    return WorkOrder(
        key=WorkOrderKey(PLANT, number),
        item=item,
        qty=Decimal(qty),
        order_line=OrderLineKey(PLANT, str(named), "1") if named else None,
        **fields,
    )


def need(work_order: str, component: str, qty: int, **fields: object) -> Requirement:
    return Requirement(
        work_order=WorkOrderKey(PLANT, work_order),
        component=component,
        required_qty=Decimal(qty),
        **fields,
    )


def lot(item: str, number: str) -> LotKey:
    return LotKey(PLANT, item, number)


def machine(name: str, **fields: object) -> Equipment:
    return Equipment(key=EquipmentKey(PLANT, name), **fields)


def plant(**tables: tuple[object, ...]) -> PlantFacts:
    given = {
        "plants": (Plant(plant=PLANT, timezone="UTC"),),
        "customers": (Customer(customer="K1", name="First", tier="A"),),
        "items": (Item(item="F"), Item(item="C", kind="semi")),
        **tables,
    }
    return PlantFacts(snapshot=SnapshotId(position=1), **given)


def trouble(kind: DisruptionKind, *, since: float = 0, **scope: object) -> Disruption:
    return Disruption(
        id="D1",
        kind=kind,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=at(since),
        scope=Scope(plant=PLANT, **scope),
    )


def stopped(name: str, *, hours: float = 4, since: float = 0, **scope: object) -> Disruption:
    return trouble(
        DisruptionKind.EQUIPMENT,
        since=since,
        equipment=(name,),
        repair_s=int(hours * 3600),
        **scope,
    )


def answer(facts: PlantFacts, disruption: Disruption, *, now: float = 0) -> Impact:
    return assess(facts, disruption, now=at(now))


def later(impact: Impact) -> dict[str, float]:
    """Return the delayed operations as ``work order/seq`` to hours of delay."""
    return {
        f"{row.key.work_order}/{row.key.seq}": row.delay_s / 3600
        for row in impact.operations
        if row.delay_s is not None
    }


def operation(impact: Impact, name: str) -> OperationImpact:
    return next(row for row in impact.operations if f"{row.key.work_order}/{row.key.seq}" == name)


def hit(impact: Impact, number: str) -> OrderImpact:
    return next(row for row in impact.orders if row.key.order == number)


def hit_orders(impact: Impact) -> dict[str, tuple[str, ...]]:
    """Return the hit orders with their effects."""
    return {row.key.order: tuple(effect.value for effect in row.effects) for row in impact.orders}
