"""Read canonical tables as the engine's facts, without a data base: for tests only.

Rows are dictionaries of the exchange contract's columns, text as a file holds it.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.domain import facts
from knockon.domain.facts import (
    EquipmentKey,
    LotKey,
    OperationKey,
    OrderLineKey,
    PlantFacts,
    SnapshotId,
    ToolKey,
    WorkOrderKey,
)
from knockon.domain.times import Moment

Row = Mapping[str, str]
Tables = Mapping[str, Iterable[Row]]

_DONE = frozenset({"done", "closed"})


def facts_from_tables(tables: Tables, *, plant: str, timezone: str) -> PlantFacts:
    """Return the facts that a folder of canonical tables holds."""
    return _Reader(tables, plant=plant, timezone=timezone).read()


class _Reader:
    def __init__(self, tables: Tables, *, plant: str, timezone: str) -> None:
        self.tables = tables
        self.plant = plant
        self.timezone = timezone
        self.zone = ZoneInfo(timezone)
        self.issuers: dict[tuple[str, str], str] = {
            (row["item"], row["lot"]): row.get("issuer") or plant for row in tables.get("lots", ())
        }

    def read(self) -> PlantFacts:
        return PlantFacts(
            snapshot=SnapshotId(position=1, schedules=((self.plant, 1),)),
            plants=(self._plant(),),
            equipment=self._rows("equipment", self._equipment),
            tools=self._rows("tools", self._tool),
            tool_uses=self._rows("tool_uses", self._tool_use),
            calendars=self._rows("calendars", self._calendar),
            customers=self._rows("customers", self._customer),
            ship_calendars=self._rows("ship_calendars", self._ship_calendar),
            items=self._rows("items", self._item),
            units=self._rows("units", self._unit),
            bom=self._rows("bom", self._bom),
            routings=self._rows("routings", self._routing),
            approvals=self._rows("approvals", self._approval),
            setups=self._rows("setups", self._setup),
            levers=self._rows("levers", self._lever),
            order_lines=self._rows("sales_orders", self._order_line),
            work_orders=self._rows("work_orders", self._work_order),
            requirements=self._rows("requirements", self._requirement),
            operations=self._rows("operations", self._operation),
            allocations=self._rows("allocations", self._allocation),
            lots=self._rows("lots", self._lot),
            consumption=self._rows("consumption", self._consumption),
            lot_events=self._rows("lot_events", self._lot_event),
            stock=self._rows("stock", self._stock),
            shipments=self._rows("shipments", self._shipment),
            purchase_orders=self._rows("purchase_orders", self._purchase),
            receipts=self._rows("receipts", self._receipt),
            stops=self._rows("stops", self._stop),
        )

    def _rows(self, table: str, read: Callable[[Row], object]) -> tuple:
        return tuple(read(row) for row in self.tables.get(table, ()))

    def _plant(self) -> facts.Plant:
        return facts.Plant(plant=self.plant, timezone=self.timezone, currency="TWD")

    def _equipment(self, row: Row) -> facts.Equipment:
        return facts.Equipment(
            key=EquipmentKey(self.plant, row["equipment"]),
            parent=row.get("parent") or None,
            level=row.get("level") or "work_unit",
            kind=row.get("kind", ""),
            cost_per_hour=_number(row.get("cost_per_hour")),
        )

    def _tool(self, row: Row) -> facts.Tool:
        return facts.Tool(
            key=ToolKey(self.plant, row["tool"]),
            kind=row.get("kind") or "mould",
            equipment=row.get("equipment") or None,
            status=row.get("status", ""),
            location=row.get("location") or None,
        )

    def _tool_use(self, row: Row) -> facts.ToolUse:
        return facts.ToolUse(
            plant=self.plant,
            item=row["item"],
            operation=row.get("operation") or None,
            tool=row["tool"],
            equipment=row.get("equipment") or None,
            change_s=_seconds(row.get("change_min")),
            approved=row.get("approved", "Y") == "Y",
        )

    def _calendar(self, row: Row) -> facts.CalendarRule:
        return facts.CalendarRule(
            equipment=EquipmentKey(self.plant, row["equipment"]),
            weekday=int(row["weekday"]) if row.get("weekday") else None,
            day=date.fromisoformat(row["date"]) if row.get("date") else None,
            start=time.fromisoformat(row["start"]),
            end=time.fromisoformat(row["end"]),
            kind=facts.CalendarKind(row.get("kind") or "work"),
        )

    def _customer(self, row: Row) -> facts.Customer:
        return facts.Customer(
            customer=row["customer"], name=row.get("name", ""), tier=row.get("tier") or None
        )

    def _ship_calendar(self, row: Row) -> facts.ShipCalendar:
        return facts.ShipCalendar(
            customer=row.get("customer") or None,
            plant=row.get("plant") or self.plant,
            weekday=int(row["weekday"]),
            cutoff=time.fromisoformat(row["cutoff"]),
            transit_days=_number(row.get("transit_days")) or Decimal(0),
        )

    def _item(self, row: Row) -> facts.Item:
        return facts.Item(
            item=row["item"],
            kind=row.get("kind") or "finished",
            uom=row.get("uom", ""),
            policy=facts.ItemPolicy(row.get("policy") or "order"),
            safety_stock=_number(row.get("safety_stock")) or Decimal(0),
            post_lead_s=_seconds(row.get("post_lead_min")) or 0,
        )

    def _unit(self, row: Row) -> facts.UnitFactor:
        return facts.UnitFactor(
            item=row["item"],
            from_uom=row["from"],
            to_uom=row["to"],
            factor=Decimal(row["factor"]),
            lot=row.get("lot") or None,
        )

    def _bom(self, row: Row) -> facts.BomLine:
        return facts.BomLine(
            plant=None,
            parent_item=row["parent_item"],
            component_item=row["component_item"],
            qty_per=Decimal(row["qty_per"]),
            base_qty=_number(row.get("base_qty")) or Decimal(1),
            uom=row.get("uom") or None,
        )

    def _routing(self, row: Row) -> facts.RoutingStep:
        return facts.RoutingStep(
            plant=None,
            item=row["item"],
            seq=int(row["seq"]),
            operation=row["operation"],
            equipment=row.get("equipment") or None,
            alternates=tuple(name for name in row.get("alternates", "").split(";") if name),
            setup_s=_seconds(row.get("setup_min")) or 0,
            run_s_per_unit=_exact_seconds(row.get("run_min_per_unit")),
            restart=facts.RestartRule(row.get("restart") or "resume"),
            restart_s=_seconds(row.get("restart_min")) or 0,
        )

    def _approval(self, row: Row) -> facts.Approval:
        return facts.Approval(
            plant=self.plant,
            item=row["item"],
            state=facts.ApprovalState(row["state"]),
            equipment=row.get("equipment") or None,
            supplier=row.get("supplier") or None,
            customer=row.get("customer") or None,
            until=date.fromisoformat(row["until"]) if row.get("until") else None,
        )

    def _setup(self, row: Row) -> facts.Setup:
        return facts.Setup(
            plant=self.plant,
            from_group=row["from_group"],
            to_group=row["to_group"],
            change_s=_seconds(row["minutes"]) or 0,
            equipment=row.get("equipment") or None,
        )

    def _lever(self, row: Row) -> facts.Lever:
        return facts.Lever(
            plant=self.plant,
            kind=row["kind"],
            equipment=row.get("equipment") or None,
            supplier=row.get("supplier") or None,
            cost_per_hour=_number(row.get("cost_per_hour")),
            fixed_cost=_number(row.get("fixed_cost")),
            lead_time_h=_number(row.get("lead_time_h")),
            limit=_number(row.get("limit")),
        )

    def _order_line(self, row: Row) -> facts.OrderLine:
        due = self._moment(row["due_at"])
        assert due is not None
        return facts.OrderLine(
            key=OrderLineKey(self.plant, row["order"], row["line"]),
            customer=row["customer"],
            item=row["item"],
            qty=Decimal(row["qty"]),
            due=due,
            promised=self._moment(row.get("promised_at")),
            kind=facts.OrderKind(row.get("kind") or "order"),
            customer_order=row.get("customer_order") or None,
            shipped_qty=_number(row.get("shipped_qty")) or Decimal(0),
            unit_price=_number(row.get("unit_price")),
            status=row.get("status") or "open",
        )

    def _work_order(self, row: Row) -> facts.WorkOrder:
        return facts.WorkOrder(
            key=WorkOrderKey(self.plant, row["work_order"]),
            item=row["item"],
            qty=Decimal(row["qty"]),
            kind=row.get("type") or "in_house",
            status=row.get("status") or "open",
            due=self._moment(row.get("due_at")),
            planned_start=self._moment(row.get("planned_start")),
            finished_qty=_number(row.get("finished_qty")) or Decimal(0),
            scrap_qty=_number(row.get("scrap_qty")) or Decimal(0),
            order_line=(
                OrderLineKey(self.plant, row["order"], row["line"]) if row.get("order") else None
            ),
            parent_work_order=row.get("parent_work_order") or None,
        )

    def _requirement(self, row: Row) -> facts.Requirement:
        return facts.Requirement(
            work_order=WorkOrderKey(self.plant, row["work_order"]),
            component=row["component"],
            required_qty=Decimal(row["required_qty"]),
            issued_qty=_number(row.get("issued_qty")) or Decimal(0),
            uom=row.get("uom") or None,
            seq=int(row["seq"]) if row.get("seq") else None,
            supplied_by=row.get("supplied_by") or None,
        )

    def _operation(self, row: Row) -> facts.Operation:
        return facts.Operation(
            key=OperationKey(self.plant, row["work_order"], int(row["seq"])),
            operation=row.get("operation") or None,
            equipment=row.get("equipment") or None,
            tool=row.get("tool") or None,
            run_group=row.get("run_group") or None,
            planned_start=self._moment(row.get("planned_start")),
            planned_finish=self._moment(row.get("planned_finish")),
            status=row.get("status") or "planned",
            actual_start=self._moment(row.get("actual_start")),
            actual_finish=self._moment(row.get("actual_finish")),
            qty_good=_number(row.get("qty_good")) or Decimal(0),
            qty_scrap=_number(row.get("qty_scrap")) or Decimal(0),
            setup_s=_seconds(row.get("setup_min")),
            run_s_per_unit=_exact_seconds(row.get("run_min_per_unit")),
        )

    def _allocation(self, row: Row) -> facts.Allocation:
        return facts.Allocation(
            order_line=(
                OrderLineKey(self.plant, row["order"], row["line"]) if row.get("order") else None
            ),
            work_order=row.get("work_order") or None,
            lot=self._key(row["item"], row.get("lot", "")),
            item=row.get("item") or None,
            qty=Decimal(row["qty"]),
            plant=self.plant,
        )

    def _lot(self, row: Row) -> facts.Lot:
        return facts.Lot(
            key=LotKey(row.get("issuer") or self.plant, row["item"], row["lot"]),
            qty=_number(row.get("qty")),
            uom=row.get("uom") or None,
            status=row.get("status") or None,
            supplier=row.get("supplier") or None,
            supplier_lot=row.get("supplier_lot") or None,
            parent_lot=row.get("parent_lot") or None,
            made=self._moment(row.get("made_at")),
            plant=self.plant,
            work_order=row.get("work_order") or None,
            equipment=row.get("equipment") or None,
            cavity=row.get("cavity") or None,
        )

    def _consumption(self, row: Row) -> facts.Consumption:
        source = self._key(row["input_item"], row["input_lot"])
        assert source is not None
        return facts.Consumption(
            plant=self.plant,
            event_id=row["event_id"],
            input=source,
            output=self._key(row.get("output_item", ""), row.get("output_lot", "")),
            work_order=row.get("work_order") or None,
            seq=int(row["seq"]) if row.get("seq") else None,
            qty=Decimal(row["qty"]),
            uom=row.get("uom") or None,
            at=self._moment(row.get("at")),
            equipment=row.get("equipment") or None,
            kind=facts.ConsumptionKind(row.get("kind") or "recorded"),
        )

    def _lot_event(self, row: Row) -> facts.LotEvent:
        lot = self._key(row.get("item", ""), row["lot"])
        at = self._moment(row["at"])
        assert lot is not None
        assert at is not None
        return facts.LotEvent(
            plant=self.plant,
            event_id=row["event_id"],
            kind=facts.LotEventKind(row["kind"]),
            lot=lot,
            other_lot=self._key(row.get("item", ""), row.get("other_lot", "")),
            at=at,
            qty=_number(row.get("qty")),
        )

    def _stock(self, row: Row) -> facts.Stock:
        return facts.Stock(
            plant=self.plant,
            item=row["item"],
            lot=self._key(row["item"], row.get("lot", "")),
            place=row.get("place") or "finished",
            qty=Decimal(row["qty"]),
            uom=row.get("uom") or None,
            at=self._moment(row.get("at")),
        )

    def _shipment(self, row: Row) -> facts.Shipment:
        shipped = self._moment(row["shipped_at"])
        assert shipped is not None
        return facts.Shipment(
            plant=self.plant,
            shipment=row["shipment"],
            line_no=row.get("line_no", ""),
            order_line=(
                OrderLineKey(self.plant, row["order"], row["line"]) if row.get("order") else None
            ),
            customer=row.get("customer") or None,
            item=row.get("item") or None,
            lot=self._key(row.get("item", ""), row.get("lot", "")),
            qty=Decimal(row["qty"]),
            shipped=shipped,
            kind=facts.ShipmentKind(row.get("kind") or "ship"),
        )

    def _purchase(self, row: Row) -> facts.PurchaseOrder:
        due = self._moment(row["due_at"])
        assert due is not None
        return facts.PurchaseOrder(
            plant=self.plant,
            po=row["po"],
            line=row["line"],
            supplier=row.get("supplier") or None,
            item=row["item"],
            qty=Decimal(row["qty"]),
            due=due,
            confirmed=self._moment(row.get("confirmed_at")),
        )

    def _receipt(self, row: Row) -> facts.Receipt:
        lot = self._key(row["item"], row["lot"])
        assert lot is not None
        return facts.Receipt(
            plant=self.plant,
            po=row.get("po") or None,
            line=row.get("line") or None,
            item=row["item"],
            lot=lot,
            received=Decimal(row["received"]),
            accepted=_number(row.get("accepted")),
            rejected=_number(row.get("rejected")),
            received_at=self._moment(row.get("received_at")),
        )

    def _stop(self, row: Row) -> facts.Stop:
        return facts.Stop(
            equipment=EquipmentKey(self.plant, row["equipment"]),
            start=datetime.fromisoformat(row["start"]).astimezone(UTC),
            end=datetime.fromisoformat(row["end"]).astimezone(UTC) if row.get("end") else None,
        )

    def _key(self, item: str, lot: str) -> LotKey | None:
        return LotKey(self.issuers.get((item, lot), self.plant), item, lot) if lot else None

    def _moment(self, text: str | None) -> Moment | None:
        if not text:
            return None
        if len(text) > len("2026-03-05"):
            return Moment.exactly(datetime.fromisoformat(text).astimezone(UTC))
        start = datetime.combine(date.fromisoformat(text), time(), tzinfo=self.zone)
        end = start + timedelta(days=1) - timedelta(seconds=1)
        return Moment(start.astimezone(UTC), end.astimezone(UTC))


def _number(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _seconds(minutes: str | None) -> int | None:
    return int((Decimal(minutes) * 60).to_integral_value()) if minutes else None


def _exact_seconds(minutes: str | None) -> Decimal | None:
    return Decimal(minutes) * 60 if minutes else None
