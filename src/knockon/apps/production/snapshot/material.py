"""Lots, genealogy, stock and movements."""

from typing import Any, Final

from knockon.apps.plant.snapshot import exact, moment, number, surely
from knockon.apps.production import models
from knockon.apps.production.snapshot.tables import FactTable
from knockon.domain import facts
from knockon.domain.facts import LotKey


def _lot(row: Any) -> facts.Lot:
    return facts.Lot(
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


LOTS: Final = FactTable(
    model=models.Lot,
    order=("issuer", "item", "lot"),
    build=_lot,
)
"""By key."""


def _consumption(row: Any) -> facts.Consumption:
    return facts.Consumption(
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


CONSUMPTION: Final = FactTable(
    model=models.Consumption,
    order=("source", "fact_key"),
    build=_consumption,
    also=("source",),
)
"""What went into what, by event."""


def _lot_event(row: Any) -> facts.LotEvent:
    return facts.LotEvent(
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


LOT_EVENTS: Final = FactTable(
    model=models.LotEvent,
    order=("at", "source", "fact_key"),
    build=_lot_event,
    also=("source",),
)
"""What happened to lots, by time and event."""


def _stock(row: Any) -> facts.Stock:
    return facts.Stock(
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


STOCK: Final = FactTable(
    model=models.Stock,
    order=("site_id", "item", "issuer", "lot", "place", "warehouse", "location"),
    build=_stock,
)
"""What lies where, by item, lot and place."""


def _transfer(row: Any) -> facts.Transfer:
    return facts.Transfer(
        from_plant=row.site_id,
        to_plant=row.to_site_id,
        lot=LotKey(row.issuer, row.item, row.lot),
        qty=number(row.qty),
        sent=moment(row.sent_at, row.sent_span_s),
        received=moment(row.received_at_plant, row.received_span_s),
    )


TRANSFERS: Final = FactTable(
    model=models.Transfer,
    order=("site_id", "issuer", "item", "lot", "fact_key"),
    build=_transfer,
)
"""Moves between plants, by lot."""


def _outside_move(row: Any) -> facts.OutsideMove:
    return facts.OutsideMove(
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


OUTSIDE_MOVES: Final = FactTable(
    model=models.OutsideMove,
    order=("site_id", "issuer", "item", "lot", "fact_key"),
    build=_outside_move,
)
"""Moves to and from subcontractors, by lot."""


def _purchase_order(row: Any) -> facts.PurchaseOrder:
    return facts.PurchaseOrder(
        plant=row.site_id,
        po=row.po,
        line=row.line,
        supplier=row.supplier or None,
        item=row.item,
        qty=number(row.qty),
        due=surely(row.due_at, row.due_span_s),
        confirmed=moment(row.confirmed_at, row.confirmed_span_s),
    )


PURCHASE_ORDERS: Final = FactTable(
    model=models.PurchaseOrder,
    order=("site_id", "po", "line"),
    build=_purchase_order,
)
"""Purchase order lines, by key."""


def _receipt(row: Any) -> facts.Receipt:
    return facts.Receipt(
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


RECEIPTS: Final = FactTable(
    model=models.Receipt,
    order=("site_id", "issuer", "item", "lot", "fact_key"),
    build=_receipt,
)
"""What suppliers delivered, by lot."""


def _inspection(row: Any) -> facts.Inspection:
    return facts.Inspection(
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
        sample=row.sample or None,
    )


INSPECTIONS: Final = FactTable(
    model=models.Inspection,
    order=("at", "source", "fact_key"),
    build=_inspection,
    also=("recorded__recorded_at", "source"),
)
"""What was inspected, by time."""
