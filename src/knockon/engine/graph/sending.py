"""Links from lots to the shipments that carried them."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from knockon.domain.facts import LotKey, Shipment, ShipmentKind
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Entity, EntityKind, Link, LinkKind, lot_entity
from knockon.engine.graph.instants import Span
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.register import Register


def shipment_links(
    register: Register, presence: Presence, *, numbers: Iterable[int]
) -> Iterator[Link]:
    """Yield what the outgoing shipment rows carried, by lot, by package, else by what was there.

    A return brings the lot back to where its other records already have it: it makes no link.
    """
    for number in numbers:
        row = register.facts.shipments[number]
        if row.kind is ShipmentKind.RETURN:
            continue
        when = register.span(row.shipped, plant=row.plant)
        node = Entity(EntityKind.SHIPMENT, number)
        packed = list(_packed(register, row, node=node, when=when))
        yield from packed
        if row.lot is not None and register.is_lot(row.lot):
            yield _link(register, row, row.lot, node=node, when=when)
        elif not packed:
            yield from _guesses(register, presence, row, node=node, when=when)


def _link(register: Register, row: Shipment, lot: LotKey, *, node: Entity, when: Span) -> Link:
    gap = Gap(code="date_only", where=row.shipment, qty=row.qty)
    return Link(
        source=lot_entity(lot),
        target=node,
        when=when,
        link_class=LinkClass.CONFIRMED,
        kind=LinkKind.SHIPPED,
        hop=False,
        qty=row.qty,
        uom=register.uom(lot),
        row=row,
        gaps=(gap,) if when.is_date_only else (),
    )


def _packed(register: Register, row: Shipment, *, node: Entity, when: Span) -> Iterator[Link]:
    """Yield the lots that were in the row's package when it left."""
    numbers = {row.package} if row.package else set()
    if row.lot is not None and row.lot in register.packages.keys:
        numbers.add(row.lot.lot)
    for number in sorted(numbers):
        for content, inside in register.packages.holding(number, when):
            if content.lot == row.lot:
                continue
            link = _link(register, row, content.lot, node=node, when=when)
            yield replace(link, link_class=max(link.link_class, inside), qty=content.qty)


def _guesses(
    register: Register, presence: Presence, row: Shipment, *, node: Entity, when: Span
) -> Iterator[Link]:
    """Yield the lots of the row's item that were there, those made for its order as PROBABLE."""
    if not row.item:
        return
    gap = Gap(code="shipment_without_lot", where=row.shipment, qty=row.qty)
    for lot in presence.during(row.item, when, plant=row.plant):
        maker = register.made_by.get(lot)
        work_order = register.work_orders.get(maker) if maker else None
        for_order = (
            row.order_line is not None
            and work_order is not None
            and work_order.order_line == row.order_line
        )
        link = _link(register, row, lot, node=node, when=when)
        yield replace(
            link,
            link_class=LinkClass.PROBABLE if for_order else LinkClass.POSSIBLE,
            kind=LinkKind.UNRECORDED_LOT,
            qty=None,
            gaps=(*link.gaps, gap),
        )
