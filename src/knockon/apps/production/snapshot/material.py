"""Lots, genealogy, stock and movements."""

from collections.abc import Sequence

from knockon.apps.plant.snapshot import as_of, exact, moment, number, surely
from knockon.apps.production import models
from knockon.domain import facts
from knockon.domain.facts import LotKey


def load_lots(*, position: int, plants: Sequence[str]) -> tuple[facts.Lot, ...]:
    """Return the lots, by key."""
    rows = as_of(models.Lot, position=position, plants=plants)
    return tuple(
        facts.Lot(
            key=LotKey(row.issuer, row.item, row.lot),
            qty=exact(row.qty),
            uom=row.uom or None,
            status=row.status or None,
            supplier=row.supplier or None,
            supplier_lot=row.supplier_lot or None,
            parent_lot=row.parent_lot or None,
            made=moment(row.made_at, row.made_span_s),
            plant=row.site_id,
            work_order=row.work_order or None,
            equipment=row.equipment or None,
            cavity=row.cavity or None,
            date_code=row.date_code or None,
        )
        for row in rows.order_by("issuer", "item", "lot", "id")
    )


def load_consumption(*, position: int, plants: Sequence[str]) -> tuple[facts.Consumption, ...]:
    """Return what went into what, by event."""
    rows = as_of(models.Consumption, position=position, plants=plants, also=["source"])
    return tuple(
        facts.Consumption(
            plant=row.site_id,
            event_id=row.fact_key,
            input=LotKey(row.input_issuer, row.input_item, row.input_lot),
            output=LotKey(row.output_issuer, row.output_item, row.output_lot)
            if row.output_lot
            else None,
            work_order=row.work_order or None,
            seq=row.seq,
            qty=number(row.qty),
            uom=row.uom or None,
            at=moment(row.at, row.at_span_s),
            equipment=row.equipment or None,
            kind=facts.ConsumptionKind(row.kind),
            source=row.source,
        )
        for row in rows.order_by("source", "fact_key", "id")
    )


def load_lot_events(*, position: int, plants: Sequence[str]) -> tuple[facts.LotEvent, ...]:
    """Return what happened to lots, by time and event."""
    rows = as_of(models.LotEvent, position=position, plants=plants, also=["source"])
    return tuple(
        facts.LotEvent(
            plant=row.site_id,
            event_id=row.fact_key,
            kind=facts.LotEventKind(row.kind),
            lot=LotKey(row.issuer, row.item, row.lot),
            other_lot=LotKey(row.other_issuer, row.other_item, row.other_lot)
            if row.other_lot
            else None,
            at=surely(row.at, row.at_span_s),
            qty=exact(row.qty),
            corrects=row.corrects or None,
            source=row.source,
        )
        for row in rows.order_by("at", "source", "fact_key", "id")
    )


def load_stock(*, position: int, plants: Sequence[str]) -> tuple[facts.Stock, ...]:
    """Return what lies where, by item, lot and place."""
    rows = as_of(models.Stock, position=position, plants=plants)
    return tuple(
        facts.Stock(
            plant=row.site_id,
            item=row.item,
            lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
            place=row.place,
            qty=number(row.qty),
            uom=row.uom or None,
            warehouse=row.warehouse or None,
            location=row.location or None,
            at=moment(row.at, row.at_span_s),
        )
        for row in rows.order_by(
            "site_id", "item", "issuer", "lot", "place", "warehouse", "location", "id"
        )
    )


def load_transfers(*, position: int, plants: Sequence[str]) -> tuple[facts.Transfer, ...]:
    """Return moves between plants, by lot."""
    rows = as_of(models.Transfer, position=position, plants=plants)
    return tuple(
        facts.Transfer(
            from_plant=row.site_id,
            to_plant=row.to_site_id,
            lot=LotKey(row.issuer, row.item, row.lot),
            qty=number(row.qty),
            sent=moment(row.sent_at, row.sent_span_s),
            received=moment(row.received_at_plant, row.received_span_s),
        )
        for row in rows.order_by("site_id", "issuer", "item", "lot", "fact_key", "id")
    )


def load_outside_moves(*, position: int, plants: Sequence[str]) -> tuple[facts.OutsideMove, ...]:
    """Return moves to and from subcontractors, by lot."""
    rows = as_of(models.OutsideMove, position=position, plants=plants)
    return tuple(
        facts.OutsideMove(
            plant=row.site_id,
            po=row.po,
            work_order=row.work_order or None,
            seq=row.seq,
            lot=LotKey(row.issuer, row.item, row.lot),
            qty=number(row.qty),
            direction=row.direction,
            at=moment(row.at, row.at_span_s),
            supplier=row.supplier or None,
            due=moment(row.due_at, row.due_span_s),
        )
        for row in rows.order_by("site_id", "issuer", "item", "lot", "fact_key", "id")
    )


def load_purchase_orders(
    *, position: int, plants: Sequence[str]
) -> tuple[facts.PurchaseOrder, ...]:
    """Return the purchase order lines, by key."""
    rows = as_of(models.PurchaseOrder, position=position, plants=plants)
    return tuple(
        facts.PurchaseOrder(
            plant=row.site_id,
            po=row.po,
            line=row.line,
            supplier=row.supplier or None,
            item=row.item,
            qty=number(row.qty),
            due=surely(row.due_at, row.due_span_s),
            confirmed=moment(row.confirmed_at, row.confirmed_span_s),
        )
        for row in rows.order_by("site_id", "po", "line", "id")
    )


def load_receipts(*, position: int, plants: Sequence[str]) -> tuple[facts.Receipt, ...]:
    """Return what suppliers delivered, by lot."""
    rows = as_of(models.Receipt, position=position, plants=plants)
    return tuple(
        facts.Receipt(
            plant=row.site_id,
            po=row.po or None,
            line=row.line or None,
            item=row.item,
            lot=LotKey(row.issuer, row.item, row.lot),
            received=number(row.received),
            accepted=exact(row.accepted),
            rejected=exact(row.rejected),
            received_at=moment(row.received_on, row.received_span_s),
            inspection_status=row.inspection_status or None,
        )
        for row in rows.order_by("site_id", "issuer", "item", "lot", "fact_key", "id")
    )


def load_inspections(*, position: int, plants: Sequence[str]) -> tuple[facts.Inspection, ...]:
    """Return what was inspected, by time."""
    rows = as_of(
        models.Inspection, position=position, plants=plants, also=["recorded__recorded_at"]
    )
    return tuple(
        facts.Inspection(
            plant=row.site_id,
            at=surely(row.at, row.at_span_s),
            lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
            work_order=row.work_order or None,
            seq=row.seq,
            equipment=row.equipment or None,
            tool=row.tool or None,
            cavity=row.cavity or None,
            characteristic=row.characteristic or None,
            value=exact(row.value),
            passed={"pass": True, "fail": False}.get(row.result),
            recorded_at=row.recorded__recorded_at,
        )
        for row in rows.order_by("at", "source", "fact_key", "id")
    )
