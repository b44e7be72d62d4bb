"""Builders of goods, trucks and purchases for tests of order lines."""

from datetime import time
from decimal import Decimal

from knockon.domain.disruptions import DisruptionKind
from knockon.domain.facts import (
    Allocation,
    Item,
    OrderLineKey,
    PlantFacts,
    PurchaseOrder,
    ShipCalendar,
    Shipment,
    Stock,
)
from tests.engine.delay.plants import (
    PLANT,
    lot,
    make,
    moment,
    need,
    op,
    order,
    plant,
    trouble,
)


def truck(
    hour: int, *, customer: str | None = None, transit: str = "0"
) -> tuple[ShipCalendar, ...]:
    return tuple(
        ShipCalendar(
            customer=customer,
            plant=PLANT,
            weekday=weekday,
            cutoff=time(hour),
            transit_days=Decimal(transit),
        )
        for weekday in range(1, 8)
    )


def one_order(**tables: object) -> PlantFacts:
    """Return a plant whose only work order finishes at hour 10 and serves SO."""
    given = {
        "order_lines": (order("SO", due=17, unit_price=Decimal("2.5")),),
        "work_orders": (make("A", order="SO"),),
        "operations": (op("A", 10, "M1", 8, 10),),
        **tables,
    }
    return plant(**given)


def stock(item: str, qty: int, number: str, place: str = "finished") -> Stock:
    return Stock(plant=PLANT, item=item, lot=lot(item, number), place=place, qty=Decimal(qty))


def allocated(number: str, lot_number: str, qty: int = 10) -> Allocation:
    return Allocation(
        order_line=OrderLineKey(PLANT, number, "1"),
        work_order=None,
        lot=lot("F", lot_number),
        item="F",
        qty=Decimal(qty),
    )


def shipped(number: str, lot_number: str, qty: int, **fields: object) -> Shipment:
    return Shipment(
        plant=PLANT,
        shipment=str(fields.pop("shipment", "DN1")),
        line_no="1",
        order_line=OrderLineKey(PLANT, number, "1"),
        customer="K1",
        item="F",
        lot=lot("F", lot_number),
        qty=Decimal(qty),
        shipped=moment(-5),
        **fields,
    )


def bad_lot(number: str, item: str = "F") -> object:
    return trouble(DisruptionKind.QUALITY, lots=(lot(item, number),))


def purchase(number: str, qty: int, *, due: float, item: str = "R") -> PurchaseOrder:
    return PurchaseOrder(
        plant=PLANT,
        po=number,
        line="1",
        supplier="S1",
        item=item,
        qty=Decimal(qty),
        due=moment(due),
    )


def bought_part(**tables: object) -> PlantFacts:
    """Return a plant whose work order A waits for 20 R that come at hour 2."""
    return plant(
        items=(Item(item="F"), Item(item="R", kind="raw")),
        order_lines=(order("SO", due=20),),
        work_orders=(make("A", order="SO"),),
        requirements=(need("A", "R", 20),),
        operations=(op("A", 10, "M1", 3, 5),),
        purchase_orders=(purchase("PO1", 20, due=2),),
        **tables,
    )
