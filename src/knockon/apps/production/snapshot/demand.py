"""Demand, its supply promises, and what was sent."""

from typing import Any, Final

from knockon.apps.plant.snapshot import exact, moment, number, surely
from knockon.apps.production import models
from knockon.apps.production.snapshot.tables import FactTable
from knockon.domain import facts
from knockon.domain.facts import LotKey, OrderLineKey


def _order_line(row: Any) -> facts.OrderLine:
    return facts.OrderLine(
        key=OrderLineKey(row.site_id, row.order, row.line),
        customer=row.customer,
        item=row.item,
        qty=number(row.qty),
        due=surely(row.due_at, row.due_span_s),
        promised=moment(row.promised_at, row.promised_span_s),
        kind=facts.OrderKind(row.kind),
        due_kind=facts.DueKind(row.due_kind),
        ship_complete=row.ship_complete,
        ship_to=row.ship_to or None,
        customer_order=row.customer_order or None,
        customer_item=row.customer_item or None,
        shipped_qty=number(row.shipped_qty),
        priority=row.priority,
        unit_price=exact(row.unit_price),
        penalty_per_day=exact(row.penalty_per_day),
        status=row.status,
    )


ORDER_LINES: Final = FactTable(
    model=models.OrderLine,
    order=("site_id", "order", "line"),
    build=_order_line,
    without={"status": "cancelled"},
)
"""Lines that were not cancelled, by key."""


def _allocation(row: Any) -> facts.Allocation:
    return facts.Allocation(
        order_line=OrderLineKey(row.site_id, row.order, row.line) if row.order else None,
        plant=row.site_id,
        work_order=row.work_order or None,
        lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
        item=row.item or None,
        qty=number(row.qty),
    )


ALLOCATIONS: Final = FactTable(
    model=models.Allocation,
    order=("site_id", "order", "line", "work_order", "issuer", "item", "lot"),
    build=_allocation,
)
"""Which supply is promised to which line, by line."""


def _shipment(row: Any) -> facts.Shipment:
    return facts.Shipment(
        plant=row.site_id,
        shipment=row.shipment,
        line_no=row.line_no,
        order_line=OrderLineKey(row.site_id, row.order, row.line) if row.order else None,
        customer=row.customer or None,
        item=row.item or None,
        lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
        qty=number(row.qty),
        shipped=surely(row.shipped_at, row.shipped_span_s),
        recorded_at=row.recorded__recorded_at,
        kind=facts.ShipmentKind(row.kind),
        package=row.package or None,
        date_code=row.date_code or None,
        source=row.source,
    )


SHIPMENTS: Final = FactTable(
    model=models.Shipment,
    order=("shipped_at", "site_id", "shipment", "line_no", "fact_key"),
    build=_shipment,
    also=(
        "recorded__recorded_at",
        "source",
    ),
)
"""What left and what came back, by time and number."""
