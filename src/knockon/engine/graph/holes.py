"""Links that must have been but that nobody recorded: everything that can have been is POSSIBLE.

They keep a trace safe when records have holes, and name each hole with the quantity it hides.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import Consumption, LotKey, WorkOrder, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import (
    Entity,
    EntityKind,
    Link,
    LinkKind,
    Unrecorded,
    lot_entity,
)
from knockon.engine.graph.consumption import output_links, work_order_period
from knockon.engine.graph.instants import Span, span_of
from knockon.engine.graph.naming import lot_text, work_order_text
from knockon.engine.graph.needs import Need, NeedTable
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_BOUGHT = frozenset({"raw", "packaging", "tool"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hole:
    """A need of a work order that its records do not meet."""

    need: Need
    lots: tuple[LotKey, ...]
    hidden: Decimal | None


def missing_consumption_links(register: Register, presence: Presence) -> Iterator[Link]:
    """Yield links from every lot that a work order can have used without a record."""
    table = NeedTable(register)
    if table.is_empty:
        return
    for key, work_order in sorted(register.work_orders.items()):
        needs = table.needs(work_order)
        outputs = [lot for lot in register.outputs.get(key, ()) if lot.item == work_order.item]
        if not needs or not outputs:
            continue
        rows = _by_output(register.uses_of.get(key, ()))
        for need in needs:
            hole = _hole(register, need, outputs=outputs, rows=rows)
            if hole is not None:
                yield from _hole_links(register, presence, work_order, hole)


def has_hole(register: Register, work_orders: Iterable[WorkOrderKey]) -> bool:
    """Return whether one of the work orders, of which all is known, lacks a record."""
    table = NeedTable(register)
    for key in () if table.is_empty else work_orders:
        work_order = register.work_orders.get(key)
        needs = table.needs(work_order) if work_order is not None else ()
        outputs = [
            lot
            for lot in register.outputs.get(key, ())
            if work_order is not None and lot.item == work_order.item
        ]
        rows = _by_output(register.uses_of.get(key, ()))
        if outputs and any(_hole(register, need, outputs=outputs, rows=rows) for need in needs):
            return True
    return False


def orphan_gaps(register: Register, presence: Presence) -> dict[LotKey, Gap]:
    """Return the lots that came from nowhere: neither received nor made of anything recorded."""
    fed = {*register.uses_into, *register.events_into}
    gaps = {}
    for key in register.keys:
        lot = register.lots.get(key)
        if key in fed or key in presence.origins or (lot is not None and lot.parent_lot):
            continue
        item = register.items.get(key.item)
        bought = item is not None and item.kind in _BOUGHT
        if bought or (lot is not None and (lot.supplier or lot.supplier_lot)):
            continue
        gaps[key] = Gap(
            code="unknown_predecessor", where=lot_text(key), qty=lot.qty if lot else None
        )
    return gaps


def orphan_links(
    register: Register, presence: Presence, orphans: Mapping[LotKey, Gap]
) -> Iterator[Link]:
    """Yield links to lots from nowhere, from lots of the item that lack as much."""
    for key, gap in sorted(orphans.items()):
        made = register.made(key)
        if key in register.made_by or made is None:
            continue
        for other in presence.during(key.item, made, plant=register.plant_of(key)):
            if other != key and presence.has_residual(other) and other not in orphans:
                yield Link(
                    source=lot_entity(other),
                    target=lot_entity(key),
                    when=made,
                    link_class=LinkClass.POSSIBLE,
                    kind=LinkKind.UNKNOWN_PREDECESSOR,
                    gaps=(gap,),
                )


def _by_output(
    rows: tuple[Consumption, ...],
) -> dict[LotKey | None, list[Consumption]]:
    groups: dict[LotKey | None, list[Consumption]] = defaultdict(list)
    for row in rows:
        groups[row.output].append(row)
    return groups


def _hole(
    register: Register,
    need: Need,
    *,
    outputs: list[LotKey],
    rows: Mapping[LotKey | None, list[Consumption]],
) -> _Hole | None:
    """Return which lots' records lack some of the component; None when they are complete."""
    described = register.items.get(need.items[0])
    if described is not None and not described.lot_controlled:
        return None
    shared = _used(register, need, rows.get(None, []))
    needed = [_needed(register, need, lot) for lot in outputs]
    if shared is None or shared > 0:
        used = [_used(register, need, rows.get(lot, [])) for lot in outputs]
        total = _sum([shared, *used])
        goal = _sum(needed)
        short = total is not None and goal is not None and total < goal
        hidden = goal - total if short and goal is not None and total is not None else None
        return _Hole(need=need, lots=tuple(outputs), hidden=hidden) if short else None
    lacking: list[LotKey] = []
    hidden_parts: list[Decimal | None] = []
    for lot, goal in zip(outputs, needed, strict=True):
        own = _used(register, need, rows.get(lot, []))
        if own is None or (own > 0 and (goal is None or own >= goal)):
            continue
        lacking.append(lot)
        hidden_parts.append(None if goal is None else goal - own)
    if not lacking:
        return None
    return _Hole(need=need, lots=tuple(lacking), hidden=_sum(hidden_parts))


def _used(register: Register, need: Need, rows: list[Consumption]) -> Decimal | None:
    """Return how much of the component the rows hold, in its unit; None when units are unknown."""
    total = Decimal(0)
    for row in rows:
        if row.input.item not in need.items:
            continue
        amount = register.units.convert(
            row.qty, item=row.input.item, uom=row.uom, to=need.uom, lot=row.input.lot
        )
        if amount is None:
            return None
        total += amount
    return total


def _needed(register: Register, need: Need, lot: LotKey) -> Decimal | None:
    described = register.lots.get(lot)
    if need.per_unit is None or described is None or described.qty is None:
        return None
    made = register.units.convert(
        described.qty, item=lot.item, uom=described.uom, to=None, lot=lot.lot
    )
    return None if made is None else made * need.per_unit


def _sum(parts: list[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if len(known) == len(parts) else None


def _hole_links(
    register: Register, presence: Presence, work_order: WorkOrder, hole: _Hole
) -> Iterator[Link]:
    key = work_order.key
    item = hole.need.items[0]
    node = Entity(EntityKind.UNRECORDED, Unrecorded(key, item))
    gap = Gap(code="missing_consumption", where=f"{work_order_text(key)}/{item}", qty=hole.hidden)
    period = _period(register, key, hole.lots)
    candidates = {
        lot
        for member in hole.need.items
        for lot in presence.during(member, period, plant=key.plant)
    }
    candidates -= set(hole.lots)
    ahead = _booked_later(register, presence, key, hole, there=candidates, period=period)
    early = Gap(code="used_before_receipt", where=gap.where, qty=hole.hidden)
    for lot in sorted(candidates | ahead):
        yield Link(
            source=lot_entity(lot),
            target=node,
            when=period,
            link_class=LinkClass.POSSIBLE,
            kind=LinkKind.MISSING_CONSUMPTION,
            spread=True,
            gaps=(gap, early) if lot in ahead else (gap,),
        )
    if candidates or ahead:
        yield from output_links(
            register, node=node, outputs=hole.lots, link_class=LinkClass.POSSIBLE
        )


def _booked_later(
    register: Register,
    presence: Presence,
    key: WorkOrderKey,
    hole: _Hole,
    *,
    there: Set[LotKey],
    period: Span,
) -> set[LotKey]:
    """Return lots that were booked in after they were used, if what was there cannot be all of it.

    Stock goes below zero when material is taken before its receipt is posted: then the next lots to
    come in are as good candidates as those that were there.
    """
    if hole.hidden is None:
        return set()
    left = hole.hidden
    for lot in there:
        qty = _in_need(register, hole.need, lot)
        if qty is None:
            return set()
        left -= qty
    found: set[LotKey] = set()
    for member in hole.need.items:
        for lot in presence.after(member, period, plant=key.plant):
            if left <= 0 or lot in hole.lots:
                break
            found.add(lot)
            left -= _in_need(register, hole.need, lot) or left
    return found


def _in_need(register: Register, need: Need, lot: LotKey) -> Decimal | None:
    """Return the quantity of a lot in the unit of a need; None when it cannot be told."""
    known = register.lots.get(lot)
    if known is None or known.qty is None:
        return None
    return register.units.convert(
        known.qty, item=lot.item, uom=register.uom(lot), to=need.uom, lot=lot.lot
    )


def _period(register: Register, key: WorkOrderKey, lots: tuple[LotKey, ...]) -> Span:
    """Return when the lots can have been made: the work order's time, to the last of them."""
    period = work_order_period(register, key)
    made = [when.latest for when in map(register.made, lots) if when is not None]
    end = max(made) if len(made) == len(lots) else period.latest
    return span_of(min(period.earliest, end), min(end, FOREVER))
