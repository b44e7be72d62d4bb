"""Demand, its supply promises, and what was sent."""

from collections.abc import Sequence

from knockon.apps.plant.snapshot import as_of, exact, moment, number, surely
from knockon.apps.production import models
from knockon.domain import facts
from knockon.domain.facts import LotKey, OrderLineKey


def load_order_lines(*, position: int, plants: Sequence[str]) -> tuple[facts.OrderLine, ...]:
    """Return the lines that were not cancelled, by key."""
    rows = as_of(models.OrderLine, position=position, plants=plants).exclude(status="cancelled")
    return tuple(
        facts.OrderLine(
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
        for row in rows.order_by("site_id", "order", "line", "id")
    )


def load_allocations(*, position: int, plants: Sequence[str]) -> tuple[facts.Allocation, ...]:
    """Return which supply is promised to which line, by line."""
    rows = as_of(models.Allocation, position=position, plants=plants)
    return tuple(
        facts.Allocation(
            order_line=OrderLineKey(row.site_id, row.order, row.line) if row.order else None,
            plant=row.site_id,
            work_order=row.work_order or None,
            lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
            item=row.item or None,
            qty=number(row.qty),
        )
        for row in rows.order_by(
            "site_id", "order", "line", "work_order", "issuer", "item", "lot", "id"
        )
    )


def load_shipments(*, position: int, plants: Sequence[str]) -> tuple[facts.Shipment, ...]:
    """Return what left and what came back, by time and number."""
    also = ["recorded__recorded_at", "source"]
    rows = as_of(models.Shipment, position=position, plants=plants, also=also)
    return tuple(
        facts.Shipment(
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
        for row in rows.order_by("shipped_at", "site_id", "shipment", "line_no", "fact_key", "id")
    )
