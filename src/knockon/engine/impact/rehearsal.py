"""One small disruption of each sort, so that every kernel is compiled before it is needed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import (
    Consumption,
    Equipment,
    EquipmentKey,
    Lot,
    LotKey,
    Operation,
    OperationKey,
    OrderLine,
    OrderLineKey,
    Plant,
    PlantFacts,
    RoutingStep,
    Shipment,
    SnapshotId,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.times import Moment
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.impact.assess import assess
from knockon.engine.impact.curve import prepare_curve
from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.trace import trace_backward
from knockon.engine.impact.walk_rehearsal import rehearse_walks

_PLANT: Final = "P"
_MACHINE: Final = "M"
_OTHER: Final = "N"
_LINE: Final = OrderLineKey(_PLANT, "O", "1")
_NOW: Final = datetime(2026, 1, 5, 8, tzinfo=UTC)
_LOTS: Final = tuple(LotKey(_PLANT, "I", number) for number in "123")


def rehearse() -> None:
    """Run a stop and a bad lot through a plant of two machines, a late order and a ring of lots.

    Notes
    -----
    The kernels are compiled for the arrays' types, which are the product's own here, and kept on
    disk where Python may write; a ring is what the sweep with doubts needs to go all its ways.
    """
    facts = _facts()
    for kind, scope in (
        (DisruptionKind.EQUIPMENT, Scope(plant=_PLANT, equipment=(_MACHINE,), start=_NOW)),
        (DisruptionKind.QUALITY, Scope(plant=_PLANT, lots=_LOTS[:1])),
    ):
        disruption = Disruption(
            id="rehearsal",
            kind=kind,
            severity=Severity.S4,
            state=DisruptionState.OPEN,
            opened_at=_NOW,
            scope=scope,
        )
        assess(facts, disruption, now=_NOW)
        curve = prepare_curve(investigate(facts, disruption, now=_NOW))
        if curve is not None:
            curve.rows(curve.horizon_s)
    trace_backward(build_lot_graph(facts), _LOTS[0])
    rehearse_walks()


def _facts() -> PlantFacts:
    soon = Moment.exactly(_NOW + timedelta(hours=1))
    later = Moment.exactly(_NOW + timedelta(hours=2))
    return PlantFacts(
        snapshot=SnapshotId(position=0),
        plants=(Plant(plant=_PLANT, timezone="UTC", frozen_window_s=0),),
        equipment=tuple(Equipment(key=EquipmentKey(_PLANT, name)) for name in (_MACHINE, _OTHER)),
        routings=(
            RoutingStep(
                plant=_PLANT,
                item="I",
                seq=10,
                operation="",
                equipment=_MACHINE,
                alternates=(_OTHER,),
            ),
        ),
        order_lines=(OrderLine(key=_LINE, customer="C", item="I", qty=Decimal(1), due=later),),
        work_orders=(
            WorkOrder(
                key=WorkOrderKey(_PLANT, "W"),
                item="I",
                qty=Decimal(1),
                order_line=_LINE,
                planned_start=soon,
                planned_finish=later,
            ),
        ),
        operations=(
            Operation(
                key=OperationKey(_PLANT, "W", 10),
                equipment=_MACHINE,
                planned_start=soon,
                planned_finish=later,
            ),
        ),
        lots=tuple(Lot(key=key, qty=Decimal(1)) for key in _LOTS),
        consumption=tuple(
            Consumption(
                plant=_PLANT,
                event_id=source.lot,
                input=source,
                output=target,
                work_order=None,
                seq=None,
                qty=Decimal(1),
                uom=None,
                at=Moment.exactly(_NOW),
            )
            for source, target in zip(_LOTS, (*_LOTS[1:], _LOTS[0]), strict=True)
        ),
        shipments=(
            Shipment(
                plant=_PLANT,
                shipment="S",
                line_no="1",
                order_line=None,
                customer=None,
                item="I",
                lot=_LOTS[0],
                qty=Decimal(1),
                shipped=Moment.exactly(_NOW),
            ),
        ),
    )
