"""List every broken trace link of the plants, whatever case may need it, by what it hides."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from knockon.domain.broken_links import BrokenLink, LinkRepair
from knockon.domain.facts import Consumption, LotKey, PlantFacts, Shipment, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.engine.graph.collector import Entity, Link, LinkKind, Unrecorded
from knockon.engine.graph.consumption import consumption_links
from knockon.engine.graph.events import event_links
from knockon.engine.graph.holes import missing_consumption_links, orphan_gaps, orphan_links
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.graph.plain import plain_links
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.register import Register, build_register
from knockon.engine.graph.sending import shipment_links

_OF_CONSUMPTION = frozenset(
    {"backflush", "work_order_only", "no_time", "date_only", "contradictory_time"}
)


@dataclass(slots=True)
class _Found:
    """What was gathered of one gap."""

    gap: Gap
    row: Consumption | Shipment | None
    node: Entity
    inputs: set[LotKey] = field(default_factory=set)


def list_broken_links(
    facts: PlantFacts, *, graph: LotGraph | None = None
) -> tuple[BrokenLink, ...]:
    """Return the broken links of the plants, those that hide most first, unknown amounts last.

    Parameters
    ----------
    graph
        The facts' genealogy, where it was built already.

    Notes
    -----
    Reads the same links as the genealogy is built from; linear in the facts but for sorting.
    """
    known = graph.register if graph is not None else None
    register = known if known is not None else build_register(facts)
    graph = graph if graph is not None else build_lot_graph(facts, register=register)
    presence = Presence(register)
    orphans = orphan_gaps(register, presence)
    # What was recorded without any doubt has no gaps and need not be looked at.
    plain = plain_links(register, cleaned=frozenset())
    links = [
        *consumption_links(register, presence, apart=plain.apart),
        *event_links(register),
        *missing_consumption_links(register, presence),
        *orphan_links(register, presence, orphans),
        *shipment_links(register, presence, numbers=plain.shipments_apart),
    ]
    found = list(_of_links(register, links, orphans=frozenset(orphans.values())))
    found += _of_origins(register, links, orphans)
    found += _of_lots(register, graph)
    return tuple(sorted(found, key=_weight))


def _weight(link: BrokenLink) -> tuple[object, ...]:
    amount = link.qty if link.qty is not None else Decimal(0)
    return (link.qty is None, -amount, link.code, link.where, link.source, link.event_id)


def _of_links(
    register: Register, links: Iterable[Link], *, orphans: frozenset[Gap]
) -> Iterator[BrokenLink]:
    """Yield the gaps of links, one for each fact and code with all the lots that may be meant."""
    gathered: dict[tuple[str, str, str, str], _Found] = {}
    for link in links:
        for gap in link.gaps:
            if gap in orphans:
                continue
            row = link.row if isinstance(link.row, Consumption | Shipment) else None
            key = (gap.code, gap.where, *_fact(row))
            known = gathered.setdefault(key, _Found(gap=gap, row=row, node=link.target))
            if isinstance(link.source.key, LotKey):
                known.inputs.add(link.source.key)
    for known in gathered.values():
        yield _described(register, known)


def _fact(row: Consumption | Shipment | None) -> tuple[str, str]:
    match row:
        case Consumption():
            return row.source, row.event_id
        case Shipment():
            return row.source, f"{row.shipment}/{row.line_no}"
        case _:
            return "", ""


def _described(register: Register, found: _Found) -> BrokenLink:
    gap, row = found.gap, found.row
    inputs = tuple(sorted(found.inputs))
    source, event_id = _fact(row)
    if isinstance(row, Consumption) and gap.code in _OF_CONSUMPTION:
        return BrokenLink(
            code=gap.code,
            where=gap.where,
            qty=gap.qty,
            uom=row.uom or register.units.unit_of(row.input.item),
            item=row.input.item,
            source=source,
            event_id=event_id,
            work_order=row.work_order or "",
            inputs=inputs,
            outputs=_outputs(register, row),
            repair=LinkRepair.NAME_CONSUMPTION,
        )
    if isinstance(row, Shipment):
        is_named = row.lot is not None
        return BrokenLink(
            code=gap.code,
            where=gap.where,
            qty=gap.qty,
            uom=register.units.unit_of(row.item) if row.item else None,
            item=row.item or "",
            source=source,
            event_id=event_id,
            inputs=inputs,
            repair=None if is_named else LinkRepair.NAME_SHIPMENT,
        )
    if isinstance(found.node.key, Unrecorded):
        return _missing(register, gap, found.node.key, inputs=inputs)
    return BrokenLink(code=gap.code, where=gap.where, qty=gap.qty, inputs=inputs)


def _missing(
    register: Register, gap: Gap, node: Unrecorded, *, inputs: tuple[LotKey, ...]
) -> BrokenLink:
    return BrokenLink(
        code=gap.code,
        where=gap.where,
        qty=gap.qty,
        uom=register.units.unit_of(node.item) if node.item else None,
        item=node.item,
        work_order=node.work_order.work_order,
        inputs=inputs,
        outputs=register.outputs.get(node.work_order, ()),
        repair=LinkRepair.ADD_CONSUMPTION,
    )


def _outputs(register: Register, row: Consumption) -> tuple[LotKey, ...]:
    if row.output is not None:
        return (row.output,)
    if not row.work_order:
        return ()
    return register.outputs.get(WorkOrderKey(row.plant, row.work_order), ())


def _of_origins(
    register: Register, links: Iterable[Link], orphans: dict[LotKey, Gap]
) -> list[BrokenLink]:
    """Return the lots from nowhere, with the lots that they may have come from.

    What a work order may have put into a lot is a gap of its own.
    """
    candidates: dict[LotKey, set[LotKey]] = defaultdict(set)
    fed: set[LotKey] = set()
    for link in links:
        if not isinstance(link.target.key, LotKey):
            continue
        if link.kind is not LinkKind.UNKNOWN_PREDECESSOR:
            fed.add(link.target.key)
        elif isinstance(link.source.key, LotKey):
            candidates[link.target.key].add(link.source.key)
    return [
        BrokenLink(
            code=gap.code,
            where=gap.where,
            qty=gap.qty,
            uom=register.uom(key),
            item=key.item,
            inputs=tuple(sorted(candidates.get(key, ()))),
            outputs=(key,),
            repair=LinkRepair.NAME_ORIGIN,
        )
        for key, gap in orphans.items()
        if key not in fed
    ]


def _of_lots(register: Register, graph: LotGraph) -> list[BrokenLink]:
    """Return what is odd about the records of single lots, once for each lot and doubt."""
    return [
        BrokenLink(
            code=gap.code,
            where=gap.where,
            qty=gap.qty,
            uom=register.uom(lot),
            item=lot.item,
            inputs=(lot,),
        )
        for lot, gaps in graph.dead_ends.items()
        for gap in gaps
    ]
