"""Short words for small plants: one plant ``P``, hours since the first of March."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import (
    Consumption,
    ConsumptionKind,
    Lot,
    LotEvent,
    LotEventKind,
    LotKey,
    OrderLineKey,
    Plant,
    PlantFacts,
    Shipment,
    ShipmentKind,
    SnapshotId,
    Stock,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.links import LinkClass
from knockon.domain.times import Moment
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward

DAWN = datetime(2026, 3, 1, tzinfo=UTC)


def clock(hours: float) -> datetime:
    return DAWN + timedelta(hours=hours)


def at(hours: float, until: float | None = None) -> Moment:
    return Moment(clock(hours), clock(hours if until is None else until))


def key(name: str) -> LotKey:
    """``item:lot`` or ``issuer/item:lot``; the issuer is the plant where none is given."""
    issuer, _, rest = name.rpartition("/")
    item, _, lot = rest.partition(":")
    return LotKey(issuer or "P", item, lot)


def lot(name: str, qty: float | None = 100, **more: Any) -> Lot:
    return Lot(key=key(name), qty=None if qty is None else Decimal(str(qty)), **more)


def use(
    source: str, target: str | None, hours: float | Moment | None, /, **more: Any
) -> Consumption:
    moment = at(hours) if isinstance(hours, int | float) else hours
    values: dict[str, Any] = {
        "plant": "P",
        "event_id": more.pop("event_id", f"{source}>{target}@{hours}#{more.get('qty', 10)}"),
        "input": key(source),
        "output": key(target) if target else None,
        "work_order": None,
        "seq": None,
        "qty": Decimal(str(more.pop("qty", 10))),
        "uom": None,
        "at": moment,
    }
    return Consumption(**(values | more))


def backflush(source: str, target: str | None, hours: float, **more: Any) -> Consumption:
    return use(source, target, hours, kind=ConsumptionKind.BACKFLUSH, **more)


def event(kind: str, source: str, target: str | None, hours: float, /, **more: Any) -> LotEvent:
    qty = more.pop("qty", None)
    values: dict[str, Any] = {
        "plant": "P",
        "event_id": more.pop("event_id", f"{kind}:{source}>{target}@{hours}"),
        "kind": LotEventKind(kind),
        "lot": key(source),
        "other_lot": key(target) if target else None,
        "at": at(hours),
        "qty": None if qty is None else Decimal(str(qty)),
    }
    return LotEvent(**(values | more))


def ship(
    number: str, name: str | None, hours: float, *, order: str | None = None, **more: Any
) -> Shipment:
    values: dict[str, Any] = {
        "plant": "P",
        "shipment": number,
        "line_no": "1",
        "order_line": OrderLineKey("P", order, "1") if order else None,
        "customer": more.pop("customer", "Ann"),
        "item": key(name).item if name else None,
        "lot": key(name) if name else None,
        "qty": Decimal(str(more.pop("qty", 10))),
        "shipped": at(hours),
    }
    return Shipment(**(values | more))


def bring_back(number: str, name: str, hours: float, **more: Any) -> Shipment:
    return ship(number, name, hours, kind=ShipmentKind.RETURN, **more)


def stock(name: str, qty: float, place: str = "finished", **more: Any) -> Stock:
    return Stock(
        plant="P", item=key(name).item, lot=key(name), place=place, qty=Decimal(str(qty)), **more
    )


def work_order(number: str, item: str, qty: float = 100, **more: Any) -> WorkOrder:
    return WorkOrder(key=wo(number), item=item, qty=Decimal(str(qty)), **more)


def wo(number: str) -> WorkOrderKey:
    return WorkOrderKey("P", number)


def plant(*, doubt_s: int = 0, **tables: Any) -> PlantFacts:
    return PlantFacts(
        snapshot=SnapshotId(position=1),
        plants=(Plant(plant="P", timezone="UTC", clock_doubt_s=doubt_s),),
        **{name: tuple(rows) for name, rows in tables.items()},
    )


def suspect(*names: str, since: float | None = None) -> Seeds:
    return Seeds(
        lots=tuple(
            SeedLot(
                key=key(name),
                link_class=LinkClass.CONFIRMED,
                tainted=None if since is None else at(since),
            )
            for name in names
        )
    )


def forward(facts: PlantFacts, *names: str, since: float | None = None) -> LotTrace:
    return trace_forward(build_lot_graph(facts), suspect(*names, since=since))


def backward(facts: PlantFacts, name: str) -> LotTrace:
    return trace_backward(build_lot_graph(facts), key(name))


def classes(trace: LotTrace) -> dict[str, str]:
    """Class by lot, the plant's own issuer left out."""
    return {name_of(row.key): row.link_class.name for row in trace.lots}


def name_of(lot_key: LotKey) -> str:
    issuer = "" if lot_key.issuer == "P" else f"{lot_key.issuer}/"
    return f"{issuer}{lot_key.item}:{lot_key.lot}"


def disruption(kind: str = "quality", **scope: Any) -> Disruption:
    return Disruption(
        id="D1",
        kind=DisruptionKind(kind),
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=clock(100),
        scope=Scope(plant="P", **scope),
    )
