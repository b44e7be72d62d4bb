"""Links from what happened to lots outside of production: splits, merges, new labels, parents."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from knockon.domain.facts import Lot, LotEventKind, LotKey, OutsideMove, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Entity, EntityKind, Link, LinkKind, lot_entity
from knockon.engine.graph.consumption import output_links
from knockon.engine.graph.instants import ANY_TIME, span_of
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER
from knockon.engine.graph.transfers import transfer_links

_KINDS = {
    LotEventKind.RELABEL: LinkKind.RELABELLED,
    LotEventKind.CORRECT: LinkKind.RELABELLED,
    LotEventKind.SPLIT: LinkKind.SPLIT,
    LotEventKind.MERGE: LinkKind.MERGED,
}


def event_links(register: Register) -> Iterator[Link]:
    """Yield the links of lot events, lots' own parents, subcontracting and doubtful issuers."""
    linked: set[tuple[LotKey, LotKey]] = set()
    for event in register.standing.lot_events:
        kind = _KINDS.get(event.kind)
        if kind is None or event.other_lot is None:
            continue
        linked.add((event.lot, event.other_lot))
        when = register.span(event.at, plant=event.plant)
        gap = Gap(code="date_only", where=lot_text(event.lot), qty=event.qty)
        yield Link(
            source=lot_entity(event.lot),
            target=lot_entity(event.other_lot),
            when=when,
            link_class=LinkClass.CONFIRMED,
            kind=kind,
            qty=event.qty,
            uom=register.uom(event.lot),
            row=event,
            gaps=(gap,) if when.is_date_only else (),
        )
    for lot in register.lots.values():
        parent = _parent(register, lot) if lot.parent_lot else None
        if parent is None or (parent, lot.key) in linked:
            continue
        if all(use.input != parent for use in register.uses_into.get(lot.key, ())):
            yield _parent_link(register, lot, parent=parent)
    yield from _outside_links(register)
    yield from transfer_links(register)
    yield from _same_number_links(register)


def _parent(register: Register, lot: Lot) -> LotKey | None:
    """Return the lot's parent: of the same issuer and item, else the only one of that number."""
    if not lot.parent_lot:
        return None
    own = LotKey(lot.key.issuer, lot.key.item, lot.parent_lot)
    if own in register.lots:
        return own
    named = [key for key in register.keys_by_number.get(lot.parent_lot, ()) if key != lot.key]
    return named[0] if len(named) == 1 else own


def _parent_link(register: Register, lot: Lot, *, parent: LotKey) -> Link:
    made = register.made(lot.key)
    gap = Gap(code="no_time", where=lot_text(lot.key), qty=lot.qty)
    return Link(
        source=lot_entity(parent),
        target=lot_entity(lot.key),
        when=made or ANY_TIME,
        link_class=LinkClass.CONFIRMED,
        kind=LinkKind.PARENT,
        spread=made is None,
        qty=lot.qty,
        uom=register.uom(lot.key),
        gaps=() if made else (gap,),
    )


def _outside_links(register: Register) -> Iterator[Link]:
    """Yield links through subcontracted work orders that no consumption records."""
    fed: set[WorkOrderKey] = set()
    for move in register.facts.outside_moves:
        key = _work_order(move)
        outputs = register.outputs.get(key, ()) if key else ()
        if key is None or move.direction != "out":
            continue
        if any(use.input == move.lot for use in register.uses_of.get(key, ())):
            continue
        # The lot that comes back is the one that went: it only was elsewhere.
        if move.lot in outputs or register.made_by.get(move.lot) == key:
            continue
        node = Entity(EntityKind.WORK_ORDER, key)
        yield Link(
            source=lot_entity(move.lot),
            target=node,
            when=register.span(move.at, plant=move.plant),
            link_class=LinkClass.CONFIRMED,
            kind=LinkKind.SUBCONTRACTED,
            spread=move.at is None,
            qty=move.qty,
            uom=register.uom(move.lot),
            row=move,
        )
        if key not in fed:
            fed.add(key)
            yield from output_links(
                register,
                node=node,
                outputs=outputs,
                link_class=LinkClass.PROBABLE if len(outputs) == 1 else LinkClass.POSSIBLE,
            )


def _work_order(move: OutsideMove) -> WorkOrderKey | None:
    return WorkOrderKey(move.plant, move.work_order) if move.work_order else None


def _same_number_links(register: Register) -> Iterator[Link]:
    """Yield links between a lot without issuer and those of its item and number that have one."""
    bare_ones = {(key.item, key.lot) for key in register.keys if not key.issuer}
    groups: dict[tuple[str, str], list[LotKey]] = defaultdict(list)
    for key in register.keys if bare_ones else ():
        if (key.item, key.lot) in bare_ones:
            groups[key.item, key.lot].append(key)
    for members in groups.values():
        bare = [key for key in members if not key.issuer]
        for nameless in bare:
            for other in members:
                if other == nameless:
                    continue
                gap = Gap(code="issuer_unknown", where=lot_text(nameless), qty=None)
                link = Link(
                    source=lot_entity(nameless),
                    target=lot_entity(other),
                    when=span_of(-FOREVER, FOREVER),
                    link_class=LinkClass.POSSIBLE,
                    kind=LinkKind.SAME_NUMBER,
                    hop=False,
                    gaps=(gap,),
                )
                yield link
                yield replace(link, source=link.target, target=link.source)
