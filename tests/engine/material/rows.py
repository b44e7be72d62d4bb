"""A simulated plant's records as the facts the engine is given."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.facts import (
    BomLine,
    Consumption,
    ConsumptionKind,
    Item,
    Lot,
    LotEvent,
    LotEventKind,
    LotKey,
    Operation,
    OperationKey,
    OrderLineKey,
    Plant,
    PlantFacts,
    Receipt,
    Requirement,
    Shipment,
    ShipmentKind,
    SnapshotId,
    Stock,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.times import Moment

Cells = Mapping[str, str]


class Records:
    """Reads the tables of one plant."""

    def __init__(self, case: SimulatedCase) -> None:
        self.plant = case.plant
        self._zone = ZoneInfo(case.timezone)
        # A column that nobody filled is left out of a table.
        self._tables = {
            name: [defaultdict(str, row) for row in rows] for name, rows in case.tables.items()
        }
        self._lots = {
            (row["item"], row["lot"]): LotKey(
                row.get("issuer", "") or case.plant, row["item"], row["lot"]
            )
            for row in case.tables["lots"]
        }

    def facts(self) -> PlantFacts:
        return PlantFacts(
            snapshot=SnapshotId(position=1),
            plants=(Plant(plant=self.plant, timezone=self._zone.key),),
            items=tuple(
                Item(item=row["item"], kind=row["kind"], uom=row["uom"])
                for row in self._of("items")
            ),
            bom=tuple(self._bom_line(row) for row in self._of("bom")),
            work_orders=tuple(self._work_order(row) for row in self._of("work_orders")),
            requirements=tuple(self._requirement(row) for row in self._of("requirements")),
            operations=tuple(self._operation(row) for row in self._of("operations")),
            lots=tuple(self._lot_row(row) for row in self._of("lots")),
            consumption=tuple(self._use(row) for row in self._of("consumption")),
            lot_events=tuple(self._event(row) for row in self._of("lot_events")),
            stock=tuple(self._stock(row) for row in self._of("stock")),
            shipments=tuple(self._shipment(row) for row in self._of("shipments")),
            receipts=tuple(self._receipt(row) for row in self._of("receipts")),
        )

    def _of(self, table: str) -> Sequence[Cells]:
        return self._tables.get(table, [])

    def _moment(self, text: str | None) -> Moment | None:
        if not text:
            return None
        at = datetime.fromisoformat(text)
        if len(text) > len("2026-03-01"):
            return Moment.exactly(at)
        start = at.replace(tzinfo=self._zone)
        return Moment(start, start + timedelta(days=1))

    def _lot(self, item: str, number: str) -> LotKey | None:
        return self._lots.get((item, number)) if number else None

    def _bom_line(self, row: Cells) -> BomLine:
        return BomLine(
            plant=self.plant,
            parent_item=row["parent_item"],
            component_item=row["component_item"],
            qty_per=Decimal(row["qty_per"]),
            base_qty=Decimal(row["base_qty"] or "1"),
        )

    def _work_order(self, row: Cells) -> WorkOrder:
        return WorkOrder(
            key=WorkOrderKey(self.plant, row["work_order"]),
            item=row["item"],
            qty=Decimal(row["qty"]),
            kind=row["type"],
            status=row["status"],
            planned_start=self._moment(row["planned_start"]),
            finished_qty=Decimal(row["finished_qty"] or "0"),
        )

    def _requirement(self, row: Cells) -> Requirement:
        return Requirement(
            work_order=WorkOrderKey(self.plant, row["work_order"]),
            component=row["component"],
            required_qty=Decimal(row["required_qty"]),
            issued_qty=Decimal(row["issued_qty"] or "0"),
            uom=row["uom"] or None,
            supplied_by=row["supplied_by"] or None,
        )

    def _operation(self, row: Cells) -> Operation:
        return Operation(
            key=OperationKey(self.plant, row["work_order"], int(row["seq"])),
            equipment=row["equipment"],
            tool=row["tool"] or None,
            planned_start=self._moment(row["planned_start"]),
            planned_finish=self._moment(row["planned_finish"]),
            status=row["status"],
            actual_start=self._moment(row["actual_start"]),
            actual_finish=self._moment(row["actual_finish"]),
        )

    def _lot_row(self, row: Cells) -> Lot:
        key = self._lot(row["item"], row["lot"])
        assert key is not None
        return Lot(
            key=key,
            qty=Decimal(row["qty"]),
            uom=row["uom"] or None,
            supplier=row["supplier"] or None,
            supplier_lot=row["supplier_lot"] or None,
            parent_lot=row["parent_lot"] or None,
            made=self._moment(row["made_at"]),
            plant=self.plant,
            work_order=row["work_order"] or None,
            equipment=row["equipment"] or None,
        )

    def _use(self, row: Cells) -> Consumption:
        source = self._lot(row["input_item"], row["input_lot"])
        assert source is not None
        return Consumption(
            plant=self.plant,
            event_id=row["event_id"],
            input=source,
            output=self._lot(row["output_item"], row["output_lot"]),
            work_order=row["work_order"] or None,
            seq=int(row["seq"]) if row["seq"] else None,
            qty=Decimal(row["qty"]),
            uom=row["uom"] or None,
            at=self._moment(row["at"]),
            equipment=row["equipment"] or None,
            kind=ConsumptionKind(row["kind"]),
        )

    def _event(self, row: Cells) -> LotEvent:
        source = self._lot(row["item"], row["lot"])
        moment = self._moment(row["at"])
        assert source is not None
        assert moment is not None
        return LotEvent(
            plant=self.plant,
            event_id=row["event_id"],
            kind=LotEventKind(row["kind"]),
            lot=source,
            other_lot=self._lot(row["item"], row["other_lot"]),
            at=moment,
            qty=Decimal(row["qty"]) if row["qty"] else None,
        )

    def _stock(self, row: Cells) -> Stock:
        return Stock(
            plant=self.plant,
            item=row["item"],
            lot=self._lot(row["item"], row["lot"]),
            place=row["place"],
            qty=Decimal(row["qty"]),
            uom=row["uom"] or None,
        )

    def _shipment(self, row: Cells) -> Shipment:
        moment = self._moment(row["shipped_at"])
        assert moment is not None
        return Shipment(
            plant=self.plant,
            shipment=row["shipment"],
            line_no=row["line_no"],
            order_line=OrderLineKey(self.plant, row["order"], row["line"]),
            customer=row["customer"],
            item=row["item"],
            lot=self._lot(row["item"], row["lot"]),
            qty=Decimal(row["qty"]),
            shipped=moment,
            kind=ShipmentKind(row["kind"]),
        )

    def _receipt(self, row: Cells) -> Receipt:
        key = self._lot(row["item"], row["lot"])
        assert key is not None
        return Receipt(
            plant=self.plant,
            po=row["po"] or None,
            line=row["line"] or None,
            item=row["item"],
            lot=key,
            received=Decimal(row["received"]),
            accepted=Decimal(row["accepted"]) if row["accepted"] else None,
            rejected=None,
            received_at=self._moment(row["received_at"]),
        )
