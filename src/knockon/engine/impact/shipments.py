"""Which customers were sent suspect lots, and what came back."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from knockon.domain.facts import (
    LotKey,
    OrderLine,
    OrderLineKey,
    PlantFacts,
    Shipment,
    ShipmentKind,
)
from knockon.domain.impact import ShipmentImpact
from knockon.domain.links import LinkClass
from knockon.engine.impact.trace import CarriedLot, LotTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class HitShipment:
    """A shipment row with one suspect lot in it.

    Parameters
    ----------
    row
        Index into ``facts.shipments``; ``trace.path_to_shipment(row)`` explains it.
    lot
        The suspect lot; for a row without recorded lot the best proven of those it can be.
    qty
        Quantity of this lot in the row, before returns; the whole row's where nobody recorded it.
    net_qty
        The same less what that customer returned of the lot, latest shipment first. Zero or not,
        the row stays: the customer had it.
    """

    row: int
    lot: LotKey
    customer: str | None
    order_line: OrderLineKey | None
    link_class: LinkClass
    qty: Decimal
    net_qty: Decimal
    impact: ShipmentImpact


def hit_shipments(facts: PlantFacts, trace: LotTrace) -> tuple[HitShipment, ...]:
    """Return every shipment that carried suspect lots, returned or not, oldest first."""
    lines = {line.key: line for line in facts.order_lines}
    hits = [
        _hit(facts.shipments[shipment.row], shipment.row, carried, lines=lines)
        for shipment in trace.shipments
        for carried in _told_apart(shipment.lots)
    ]
    hits.sort(key=_when)
    return _less_returns(facts, hits, lines=lines)


def _told_apart(lots: tuple[CarriedLot, ...]) -> tuple[CarriedLot, ...]:
    """Return the lots the row is known to hold; of mere candidates only the best proven."""
    known = tuple(one for one in lots if one.recorded)
    return known or tuple(sorted(lots, key=lambda one: (one.link_class, one.key))[:1])


def _hit(
    row: Shipment,
    number: int,
    carried: CarriedLot,
    *,
    lines: Mapping[OrderLineKey, OrderLine],
) -> HitShipment:
    line = lines.get(row.order_line) if row.order_line else None
    customer = row.customer or (line.customer if line else None)
    qty = row.qty if carried.qty is None else carried.qty
    return HitShipment(
        row=number,
        lot=carried.key,
        customer=customer,
        order_line=row.order_line,
        link_class=carried.link_class,
        qty=qty,
        net_qty=qty,
        impact=ShipmentImpact(
            plant=row.plant,
            shipment=row.shipment,
            customer=customer,
            ship_to=line.ship_to if line else None,
            customer_order=line.customer_order if line else None,
            customer_item=line.customer_item if line else None,
            lot=carried.key,
            qty=qty,
            shipped_at=row.shipped.earliest,
        ),
    )


def _when(hit: HitShipment) -> tuple[object, ...]:
    return (hit.impact.shipped_at, hit.impact.plant, hit.impact.shipment, hit.row, hit.lot)


def _less_returns(
    facts: PlantFacts, hits: list[HitShipment], *, lines: Mapping[OrderLineKey, OrderLine]
) -> tuple[HitShipment, ...]:
    """Take what each customer returned of a lot off what it got before, its own order first."""
    by_lot: dict[tuple[str | None, LotKey], list[int]] = defaultdict(list)
    for place, hit in enumerate(hits):
        by_lot[hit.customer, hit.lot].append(place)
    returns = [row for row in facts.shipments if row.kind is ShipmentKind.RETURN]
    for row in sorted(returns, key=lambda row: (row.shipped, row.shipment, row.line_no)):
        if row.lot is None:
            continue
        line = lines.get(row.order_line) if row.order_line else None
        customer = row.customer or (line.customer if line else None)
        left = abs(row.qty)
        places = [
            place
            for place in reversed(by_lot.get((customer, row.lot), []))
            if hits[place].impact.shipped_at <= row.shipped.latest
        ]
        own_order_first = sorted(places, key=lambda place: hits[place].order_line != row.order_line)
        for place in own_order_first:
            taken = min(left, hits[place].net_qty)
            hits[place] = replace(hits[place], net_qty=hits[place].net_qty - taken)
            left -= taken
    return tuple(hits)
