"""A genealogy brought up to date by what came and went since, where that is sure to be right.

Most of what comes is recorded plainly: it makes links and changes none. Then the links into what it
touches are made anew from the few facts around them and put among the others. Where the changes
may alter anything else, nothing is laid on top and the genealogy has to be built from all facts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import (
    Consumption,
    ConsumptionKind,
    LotKey,
    PlantFacts,
    Shipment,
    WorkOrderKey,
)
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Batch, Link, LinkKind, lot_entity, tie
from knockon.engine.graph.consumption import consumption_links, with_open_lots
from knockon.engine.graph.holes import has_hole, orphan_gaps
from knockon.engine.graph.lots import (
    LotGraph,
    LotInfo,
    dead_ends,
    lot_infos,
    lots_in_making,
    open_work_orders,
)
from knockon.engine.graph.merged import (
    MergedEntities,
    MergedInfos,
    MergedLots,
    MergedNumbers,
    MergedRecords,
    NewShipments,
)
from knockon.engine.graph.plain import plain_links
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.records import FactRecords
from knockon.engine.graph.register import Register, build_register
from knockon.engine.graph.splitting import build_states
from knockon.engine.graph.states import CLASS_BITS, HOP_BIT, NO_LINK, LinkTable, StateGraph
from knockon.engine.graph.tail import Changes, Touched, touched_by
from knockon.engine.graph.upon import (
    LayeredEntities,
    LayeredInfos,
    LayeredNumbers,
    lay_upon,
)

Value = TypeVar("Value")

_NO_GAP = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fresh:
    """What is known anew.

    Parameters
    ----------
    dirty, work_orders
        Lots whose inputs are read anew, and work orders of which all is read anew.
    late
        Those of them that were used before everything had gone in.
    consumed, shipped
        The links into them, and into new rows of shipments.
    """

    register: Register
    dirty: frozenset[LotKey]
    late: frozenset[LotKey]
    work_orders: frozenset[WorkOrderKey]
    consumed: Batch
    shipped: Batch


def lay_on(graph: LotGraph, changes: Changes, *, around: PlantFacts) -> LotGraph | None:
    """Return the genealogy with the changes, or None when it must be built from all facts.

    Parameters
    ----------
    graph
        Before the changes.
    around
        The neighbourhood of what the changes touch, after them; master data, plants and clocks are
        the same as before.

    Notes
    -----
    Equal to a build from all facts in every lot, class, hop, path and gap; only the rows of
    shipments are numbered otherwise, new ones after all others. The facts around the changes are
    read in Python. Where links are only added and leave all states below as they are, they become
    a second layer: O(changes and their neighbours). Else the arrays are merged, O(links log links).
    """
    if len(changes) == 0:
        return graph
    touched = touched_by(changes)
    if not _is_plain(graph, changes, touched):
        return None
    fresh = _read_anew(changes, touched, around)
    if fresh is None or not _fits(graph, fresh):
        return None
    laid = _layered(graph, fresh)
    if laid is not None or not isinstance(graph.states, StateGraph):
        return laid
    table = _table_of(graph, graph.states)
    into_dirty = _into(graph, fresh.dirty)[table.target]
    if not _were_plain(graph, table, into_dirty):
        return None
    return _merged(graph, fresh, old=table, kept=np.flatnonzero(~into_dirty))


def _is_plain(graph: LotGraph, changes: Changes, touched: Touched) -> bool:
    """Return whether the changes are of the sorts that alter no link they do not name."""
    fragile = graph.fragile
    odd = ("lot_events", "transfers", "outside_moves")
    if any(list(changes.rows(table)) for table in odd) or changes.gone.get("shipments"):
        return False
    work_orders = touched.work_orders | touched.mentioned
    if not fragile.work_orders.isdisjoint(work_orders) or _touches(fragile.lots, touched.lots):
        return False
    if any(key.item in fragile.items or key.lot in fragile.numbers for key in touched.lots):
        return False
    if any(number in fragile.numbers for _, number in touched.events):
        return False
    return all(_is_plain_use(row) for row in changes.rows("consumption"))


def _touches(some: Set[LotKey], lots: Set[LotKey]) -> bool:
    return any(lot in some for lot in lots)


def _is_plain_use(row: object) -> bool:
    return (
        getattr(row, "output", None) is not None
        and getattr(row, "kind", None) is ConsumptionKind.RECORDED
    )


def _read_anew(changes: Changes, touched: Touched, around: PlantFacts) -> _Fresh | None:
    """Return the plain links into what is touched; None when some are not plain."""
    register = build_register(around)
    uses = register.standing.consumption
    whole = len(uses) == len(around.consumption) and all(row.qty > 0 for row in around.consumption)
    if not whole or register.standing.doubts or register.packages.keys:
        return None
    made = {lot for key in touched.work_orders for lot in register.outputs.get(key, ())}
    dirty = frozenset(touched.lots | made)
    plain = plain_links(register, cleaned=frozenset())
    came = _numbers_of(changes.came.get("shipments", ()), register.facts.shipments)
    if came is None or came.intersection(plain.shipments_apart):
        return None
    if not _are_whole(register, touched, dirty):
        return None
    rest = _sure_links(register, dirty & plain.apart)
    if rest is None:
        return None
    consumed, shipped = plain.batches
    consumed = _with_links(consumed, rest, register=register)
    into = np.array([register.keys[place] in dirty for place in consumed.target.tolist()], bool)
    new = np.array([number in came for number in shipped.target.tolist()], bool)
    return _Fresh(
        register=register,
        dirty=dirty,
        late=frozenset(dirty & plain.apart),
        work_orders=touched.work_orders,
        consumed=_chosen(consumed, into),
        shipped=_chosen(shipped, new),
    )


def _sure_links(register: Register, lots: Set[LotKey]) -> list[Link] | None:
    """Return the links into lots that were looked at row by row; None when one is in doubt."""
    found = [
        link
        for link in consumption_links(register, Presence(register), apart=lots)
        if link.target.key in lots and link.source != link.target
    ]
    sure = all(
        link.link_class is LinkClass.CONFIRMED
        and link.kind is LinkKind.CONSUMED
        and not (link.spread or link.when.is_date_only or link.gaps)
        for link in found
    )
    return found if sure else None


def _with_links(batch: Batch, links: Sequence[Link], *, register: Register) -> Batch:
    """Return the batch with further links between lots."""
    if not links:
        return batch

    def column(values: Iterable[int], own: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.concatenate([own, np.fromiter(values, dtype=np.int64)])

    number = register.number
    rows = [link.row for link in links if isinstance(link.row, Consumption)]
    return replace(
        batch,
        rows=[*(row for row in batch.rows if isinstance(row, Consumption)), *rows],
        source=column((number[row.input] for row in rows), batch.source),
        target=column((number[row.output] for row in rows if row.output), batch.target),
        earliest=column((link.when.earliest for link in links), batch.earliest),
        latest=column((link.when.latest for link in links), batch.latest),
        uoms=[*batch.uoms, *(link.uom for link in links)],
    )


def _are_whole(register: Register, touched: Touched, dirty: Set[LotKey]) -> bool:
    """Return whether nothing is missing in the records around the changes."""
    if not with_open_lots(register).isdisjoint(touched.work_orders):
        return False
    if has_hole(register, touched.work_orders):
        return False
    if not dirty.isdisjoint(orphan_gaps(register, Presence(register))):
        return False
    described = (register.lots.get(lot) for lot in dirty)
    return not any(lot is not None and lot.parent_lot for lot in described)


def _numbers_of(rows: Sequence[Shipment], among: Sequence[Shipment]) -> set[int] | None:
    """Return the places of the rows among others; the last of equal ones."""
    wanted = Counter(rows)
    found = set()
    for number in range(len(among) - 1, -1, -1):
        row = among[number]
        if wanted[row] > 0:
            wanted[row] -= 1
            found.add(number)
    return found if not +wanted else None


def _chosen(batch: Batch, which: NDArray[np.bool_]) -> Batch:
    places = np.array(
        sorted(
            np.flatnonzero(which).tolist(),
            key=lambda place: tie(batch.rows[place], batch.rows[place].qty),
        ),
        dtype=np.int64,
    )
    rows = [batch.rows[place] for place in places.tolist()]
    return replace(
        batch,
        rows=rows,
        source=batch.source[places],
        target=batch.target[places],
        earliest=batch.earliest[places],
        latest=batch.latest[places],
        uoms=[batch.uoms[place] for place in places.tolist()],
    )


def _fits(graph: LotGraph, fresh: _Fresh) -> bool:
    """Return whether no other lot than the dirty ones is another one now."""
    fragile, register = graph.fragile, fresh.register
    for key in fresh.dirty:
        if key in fragile.lots or key.item in fragile.items or key.lot in fragile.numbers:
            return False
        twin = LotKey("", key.item, key.lot)
        if not key.issuer or twin in register.number or lot_entity(twin) in graph.number:
            return False
        place = graph.number.get(lot_entity(key))
        # Nothing names it any more, or it is counted in another unit.
        if place is not None and (
            key not in register.number or graph.info[place].uom != register.uom(key)
        ):
            return False
    return True


def _layered(graph: LotGraph, fresh: _Fresh) -> LotGraph | None:
    """Return the genealogy with a layer of new links; None when more than that is new."""
    infos = _infos(fresh)
    places = {key: graph.number.get(lot_entity(key)) for key in fresh.dirty}
    known = {key: place for key, place in places.items() if place is not None}
    upper = lay_upon(
        graph,
        register=fresh.register,
        known=known,
        new=sorted(fresh.dirty - known.keys()),
        infos=infos,
        batches=(fresh.consumed, fresh.shipped),
    )
    if upper is None:
        return None
    first = len(graph.entities)
    by_place = {place: infos[key] for key, place in known.items()}
    by_place |= {first + rank: infos[key] for rank, key in enumerate(upper.lots)}
    return replace(
        graph,
        info=LayeredInfos(graph.info, by_place),
        entities=LayeredEntities(graph.entities, upper),
        states=upper.states,
        kinds=np.concatenate([graph.kinds, upper.kinds]),
        records=upper.records,
        gap_of=np.concatenate([graph.gap_of, np.full(len(upper.kinds), _NO_GAP, np.int32)]),
        number=LayeredNumbers(graph.number, upper),
        later_lots=range(first, first + len(upper.lots)),
        **_notes(graph, fresh),
    )


def _notes(graph: LotGraph, fresh: _Fresh) -> dict[str, Any]:
    """Return what is noted of few lots and work orders, by the field that holds it."""
    register = fresh.register
    return {
        "dead_ends": _of_dirty(graph.dead_ends, dead_ends(register), fresh.dirty),
        "in_making": _of_dirty(graph.in_making, lots_in_making(register), fresh.dirty),
        "open_work_orders": _open(graph, fresh),
        "fragile": replace(graph.fragile, lots=frozenset(graph.fragile.lots) | fresh.late),
        "left": None,
        "register": None,
    }


def _into(graph: LotGraph, lots: Iterable[LotKey]) -> NDArray[np.bool_]:
    """Return which entities are the lots."""
    chosen = np.zeros(len(graph.entities), dtype=np.bool_)
    places = (graph.number.get(lot_entity(key)) for key in lots)
    chosen[[place for place in places if place is not None]] = True
    return chosen


def _were_plain(graph: LotGraph, table: LinkTable, links: NDArray[np.bool_]) -> bool:
    """Return whether the links that shall be replaced were recorded plainly themselves."""
    return bool(
        np.all(graph.kinds[links] == LinkKind.CONSUMED)
        and np.all(table.meta[links] == LinkClass.CONFIRMED | HOP_BIT)
        and np.all(graph.gap_of[links] == _NO_GAP)
    )


def _merged(graph: LotGraph, fresh: _Fresh, *, old: LinkTable, kept: NDArray[np.int64]) -> LotGraph:
    """Return the genealogy with the links into dirty lots replaced and new shipments added."""
    register, batches = fresh.register, (fresh.consumed, fresh.shipped)
    known = {key: graph.number.get(lot_entity(key)) for key in fresh.dirty}
    lots = MergedLots(graph.lots, sorted(key for key, place in known.items() if place is None))
    others = NewShipments(graph.entities, fresh.shipped)
    number = MergedNumbers(graph.number, lots, others)

    named = {place for batch in batches for place in batch.source.tolist()}
    named.update(fresh.consumed.target.tolist())
    place_of = np.zeros(len(register.keys), dtype=np.int64)
    for place in named:
        place_of[place] = number[lot_entity(register.keys[place])]
    unit, uoms = graph.records.units()
    names: dict[str | None, int] = {uom: place for place, uom in enumerate(uoms)}
    new_units = [names.setdefault(uom, len(names)) for batch in batches for uom in batch.uoms]
    rows = [row for batch in batches for row in batch.rows]
    shipped = others.first + len(lots.new) + np.arange(len(fresh.shipped.rows))
    flags = [np.full(len(batch.rows), HOP_BIT if batch.hop else 0, np.uint8) for batch in batches]
    kinds = [np.full(len(batch.rows), batch.kind, np.uint8) for batch in batches]
    joined = {
        "source": np.concatenate(
            [lots.moved(old.source[kept]), *(place_of[batch.source] for batch in batches)]
        ),
        "target": np.concatenate(
            [lots.moved(old.target[kept]), place_of[fresh.consumed.target], shipped]
        ),
        "earliest": np.concatenate([old.earliest[kept], *(batch.earliest for batch in batches)]),
        "latest": np.concatenate([old.latest[kept], *(batch.latest for batch in batches)]),
        "meta": np.concatenate([old.meta[kept], *flags]),
        "qty": np.concatenate([old.qty[kept], np.array([float(row.qty) for row in rows])]),
        "unit": np.concatenate([unit[kept], np.array(new_units)]).astype(np.int32),
        "kind": np.concatenate([graph.kinds[kept], *kinds]),
        "gap": np.concatenate([graph.gap_of[kept], np.full(len(rows), -1, np.int32)]),
        "whence": np.concatenate([kept, -1 - np.arange(len(rows))]),
    }
    # Of equal links the kept ones are in order already, and so are the new ones.
    order = np.lexsort(
        (
            joined["kind"],
            joined["meta"] & CLASS_BITS,
            joined["latest"],
            joined["earliest"],
            joined["target"],
            joined["source"],
        )
    )
    columns = {name: column[order] for name, column in joined.items()}
    info = MergedInfos(graph.info, lots, _infos(fresh))
    return replace(
        graph,
        lots=lots,
        info=info,
        entities=MergedEntities(graph.entities, lots, others),
        parts={
            key: tuple(lots.moved(np.array(parts)).tolist()) for key, parts in graph.parts.items()
        },
        states=build_states(
            LinkTable(**{each.name: columns[each.name] for each in fields(LinkTable)}),
            contents=np.concatenate([info.quantities(), np.full(len(number) - len(lots), np.nan)]),
        ),
        kinds=columns["kind"],
        records=MergedRecords(
            graph.records,
            FactRecords(
                rows=rows,
                quantities=[row.qty for row in rows],
                unit=np.array(new_units, dtype=np.int32),
                uoms=tuple(names),
                register=register,
            ),
            columns=columns,
            others=others,
        ),
        gap_of=columns["gap"],
        number=number,
        **_notes(graph, fresh),
    )


def _table_of(graph: LotGraph, states: StateGraph) -> LinkTable:
    """Return the link table that the states were made of."""
    forward = states.forward
    numbers, leaves = forward.links_of(np.arange(states.nodes))
    rows = forward.rows(numbers)
    own = rows != NO_LINK
    numbers, leaves, rows = numbers[own], leaves[own], rows[own]
    place = np.empty(len(rows), dtype=np.int64)
    place[rows] = np.arange(len(rows))
    earliest, latest = forward.times(numbers)
    unit, _ = graph.records.units()
    return LinkTable(
        source=states.entities_of(leaves)[place],
        target=states.entities_of(forward.target(numbers))[place],
        earliest=earliest[place],
        latest=latest[place],
        meta=forward.meta(numbers).astype(np.uint8)[place],
        qty=graph.records.weights(),
        unit=np.asarray(unit, dtype=np.int32),
    )


def _infos(fresh: _Fresh) -> dict[LotKey, LotInfo]:
    """Return what the facts say of the dirty lots."""
    infos = lot_infos(fresh.register)
    return {key: infos[fresh.register.number[key]] for key in fresh.dirty}


def _of_dirty(
    old: Mapping[LotKey, Value], new: Mapping[LotKey, Value], dirty: Set[LotKey]
) -> dict[LotKey, Value]:
    """Return what is said of lots, of the dirty ones what is said anew; in key order."""
    kept = {lot: value for lot, value in old.items() if lot not in dirty}
    kept |= {lot: value for lot, value in new.items() if lot in dirty}
    return dict(sorted(kept.items(), key=lambda pair: pair[0]))


def _open(graph: LotGraph, fresh: _Fresh) -> frozenset[WorkOrderKey]:
    still = frozenset(graph.open_work_orders) - fresh.work_orders
    return still | (open_work_orders(fresh.register) & fresh.work_orders)
