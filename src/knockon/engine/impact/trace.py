"""Follow suspect material through the plant, forward to customers or back to its origin."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import LotKey, WorkOrderKey
from knockon.domain.impact import Gap, LotImpact, PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.domain.times import Moment
from knockon.engine.graph.collector import Entity, EntityKind, LinkKind, lot_entity
from knockon.engine.graph.instants import Span, instant, span
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.naming import work_order_text
from knockon.engine.graph.states import FOREVER, NO_LINK
from knockon.engine.impact.hits import Hit, Hits, gather_hits
from knockon.engine.impact.paths import find_way
from knockon.engine.impact.reach import Reach, SeedNode
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.steps import path_steps
from knockon.engine.impact.walk import walk

_SINCE_EVER = Span(-FOREVER, -FOREVER)
_FRACTION_PLACES = 6
_FEW = 64
"""Fewer hits than one in so many are sorted; more are told by flags over all."""
_ALL = Decimal(1)
_CLASSES = tuple(LinkClass)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintedWorkOrder:
    """A work order that holds, or may hold, suspect material not yet in a recorded lot."""

    key: WorkOrderKey
    link_class: LinkClass
    tainted: Moment | None
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLot:
    """A suspect lot in a shipment.

    Parameters
    ----------
    qty
        What of it was in the row; None is unknown.
    recorded
        Whether somebody recorded it; else it is one of those that were there to be shipped.
    """

    key: LotKey
    link_class: LinkClass
    qty: Decimal | None
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaintedShipment:
    """A shipment row that carried, or may have carried, a suspect lot.

    Parameters
    ----------
    row
        Index into ``facts.shipments``.
    lots
        The suspect lots in it; several for a package or an unrecorded lot.
    """

    row: int
    link_class: LinkClass
    lots: tuple[CarriedLot, ...]


def trace_forward(graph: LotGraph, seeds: Seeds) -> "LotTrace":
    """Find everything that holds material from the seeds.

    Parameters
    ----------
    graph
        Genealogy; a link passes the taint on unless it was certainly over before the taint began.
    seeds
        Suspect lots with class and time.

    Raises
    ------
    UnknownLot
        A seed is not in the graph.

    Notes
    -----
    One sweep in topological order, O(links of the cone); see ``_kernels.sweep``.
    """
    nodes = []
    for seed in seeds.lots:
        since = _SINCE_EVER if seed.tainted is None else span(seed.tainted)
        anew = graph.anew.get(seed.key)
        for entity in graph.entities_of(seed.key):
            if anew is not None and graph.entities[entity].part >= anew.before:
                continue
            first = graph.states.first_node_of(entity)
            nodes.append(SeedNode(node=first, link_class=seed.link_class, tainted=since))
    return LotTrace(graph, seeds, walk(graph.states, nodes, forward=True), forward=True)


def trace_backward(graph: LotGraph, lot: LotKey) -> "LotTrace":
    """Find every lot whose material went into this one; paths lead from this lot to them.

    Raises
    ------
    UnknownLot
        The lot is not in the graph.
    """
    seeds = Seeds(lots=(SeedLot(key=lot, link_class=LinkClass.CONFIRMED),))
    last = graph.states.nodes - 1
    nodes = [
        SeedNode(
            node=last - int(graph.nodes_of(entity)[-1]),
            link_class=LinkClass.CONFIRMED,
            tainted=_SINCE_EVER,
        )
        for entity in graph.entities_of(lot)
    ]
    return LotTrace(graph, seeds, walk(graph.states, nodes, forward=False), forward=False)


class LotTrace:
    """Every lot, work order and shipment that suspect material reached, or came from.

    Parameters
    ----------
    graph, seeds
        What was traced.
    reach
        The walk's arrays.
    forward
        Along time; else the lots are those that the seeds came from, and no quantity is at risk.
    """

    def __init__(self, graph: LotGraph, seeds: Seeds, reach: Reach, *, forward: bool) -> None:
        self.graph = graph
        self.seeds = seeds
        self.reach = reach
        self.forward = forward

    @cached_property
    def lot_numbers(self) -> NDArray[np.int64]:
        """The lots reached as entities, ascending: indices into ``graph.lots``, then later lots."""
        graph = self.graph
        entities = self._entity(self.reach.nodes)
        if len(entities) < len(graph.entities) // _FEW:
            entities = np.unique(entities)
        else:
            flags = np.zeros(len(graph.entities), dtype=np.bool_)
            flags[entities] = True
            entities = np.flatnonzero(flags)
        refilled = [
            graph.number[lot_entity(key)]
            for key, places in graph.parts.items()
            if np.isin(places, entities).any()
        ]
        later = graph.later_lots
        is_lot = entities < len(graph.lots)
        if later:
            is_lot |= (entities >= later.start) & (entities < later.stop)
        own = entities[is_lot]
        return np.union1d(own, np.array(refilled, dtype=np.int64)) if refilled else own

    @cached_property
    def lots(self) -> tuple[LotImpact, ...]:
        """The lots reached, in key order."""
        return tuple(self._by_key.values())

    def lot(self, key: LotKey) -> LotImpact | None:
        """Return what is known of one lot; None when it was not reached."""
        return self._by_key.get(key)

    @cached_property
    def work_orders(self) -> Mapping[WorkOrderKey, TaintedWorkOrder]:
        """Work orders with suspect material that is in no recorded lot yet, in key order."""
        found: dict[WorkOrderKey, TaintedWorkOrder] = {}
        for hit in self._hits.beyond(len(self.graph.lots)):
            key = self.graph.entities[hit.entity].key
            if isinstance(key, WorkOrderKey) and key in self.graph.open_work_orders:
                _keep_best(found, _tainted(key, hit))
        for lot, maker in self.graph.in_making.items():
            begun = self._hits.of(self.graph.number[lot_entity(lot)])
            if begun is not None:
                _keep_best(found, _tainted(maker, begun))
        for seed in self.seeds.work_orders:
            own = TaintedWorkOrder(
                key=seed.key, link_class=seed.link_class, tainted=seed.tainted, hops=0
            )
            _keep_best(found, own)
        return dict(sorted(found.items()))

    @cached_property
    def shipments(self) -> tuple[TaintedShipment, ...]:
        """The shipment rows reached, in row order; returns are never among them."""
        found = []
        for hit in self._hits.beyond(len(self.graph.lots)):
            row = self.graph.entities[hit.entity].key
            if isinstance(row, int):
                found.append(
                    TaintedShipment(row=row, link_class=hit.link_class, lots=self._carried(hit))
                )
        return tuple(sorted(found, key=lambda shipment: shipment.row))

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """Doubts in the records that the reached links stand on, with the quantity they hide."""
        links, passing = self._links(self.reach.nodes)
        rows = self.reach.along.rows(links[passing])
        groups = np.unique(self.graph.gap_of[rows[rows != NO_LINK]])
        hidden = [gap for group in groups if group >= 0 for gap in self.graph.gaps[group]]
        for number in self.lot_numbers:
            key = self._lot_of(int(number))
            if self.forward:
                hidden.extend(self.graph.dead_ends.get(key, ()))
            elif key in self.graph.origins:
                hidden.append(self.graph.origins[key])
        return (*self.seeds.gaps, *_added_up(hidden))

    def _rank(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the nodes' order by what they stand for: lots by key, whenever they came."""
        return self.graph.ranks(self._entity(nodes.astype(np.int32)))

    def _lot_of(self, entity: int) -> LotKey:
        graph = self.graph
        if entity < len(graph.lots):
            return graph.lots[entity]
        return graph.lot_laid_on(entity)

    def path_to(self, key: LotKey) -> tuple[PathStep, ...]:
        """Return the steps from the cause to the lot; empty when it was not reached."""
        hits = [self._hits.of(place) for place in self.graph.entities_of(key)]
        found = [hit for hit in hits if hit is not None]
        if not found:
            return ()
        return self._path(min(found, key=lambda hit: (hit.link_class, hit.hops)))

    def path_to_work_order(self, key: WorkOrderKey) -> tuple[PathStep, ...]:
        """Return the steps from the cause to the work order; empty when it was not reached."""
        known = self.work_orders.get(key)
        if known is None:
            return ()
        step = PathStep(
            type=StepType.WORK_ORDER,
            key=work_order_text(key),
            via="in_progress",
            at=known.tainted.earliest if known.tainted else None,
            qty=None,
            link_class=known.link_class,
        )
        for seed in self.seeds.work_orders:
            if seed.key == key and seed.link_class == known.link_class:
                return (*seed.cause, step)
        ways = []
        own = self._hit_of(Entity(EntityKind.WORK_ORDER, key))
        if own is not None:
            ways.append((own.link_class, own.hops, self._path(own)))
        for lot, work_order in self.graph.in_making.items():
            hit = self._hit_of(lot_entity(lot)) if work_order == key else None
            if hit is not None:
                ways.append((hit.link_class, hit.hops, (*self._path(hit), step)))
        return min(ways, key=lambda way: way[:2])[2]

    def path_to_shipment(self, row: int) -> tuple[PathStep, ...]:
        """Return the steps from the cause to the shipment row; empty when it was not reached."""
        hit = self._hit_of(Entity(EntityKind.SHIPMENT, row))
        return () if hit is None else self._path(hit)

    def _hit_of(self, entity: Entity) -> Hit | None:
        place = self.graph.number.get(entity)
        return None if place is None else self._hits.of(place)

    @cached_property
    def _hits(self) -> Hits:
        return gather_hits(self.reach, self._entity(self.reach.nodes))

    @cached_property
    def _by_key(self) -> dict[LotKey, LotImpact]:
        left = self._left_before() if self.forward else {}
        hits, graph, count = self._hits, self.graph, len(self.graph.lots)
        best: dict[LotKey, LotImpact] = {}
        columns = (hits.entity, hits.link_class, hits.hops, hits.share)
        for entity, link_class, hops, share in zip(
            *(column.tolist() for column in columns), strict=True
        ):
            key = graph.lots[entity] if entity < count else graph.entities[entity].key
            if not isinstance(key, LotKey):
                continue
            info = graph.info[entity] if entity < count else graph.info_of(key)
            known = self.forward and share == share
            impact = LotImpact(
                key=key,
                link_class=_CLASSES[link_class],
                qty=info.qty,
                uom=info.uom,
                qty_at_risk=self._at_risk(info.qty, left.get(key)),
                fraction=_decimal_share(share) if known else None,
                place=info.place,
                hops=hops,
            )
            other = best.get(key)
            if other is None or (link_class, hops) < (other.link_class, other.hops):
                best[key] = impact
        named = {seed.key for seed in self.seeds.lots}
        for key, anew in graph.anew.items() if self.forward else ():
            # What of it is there now may not be suspect any more, unless all of it always is.
            always = key in named and anew.before > anew.last
            now = Entity(EntityKind.LOT, key, anew.last)
            if key in best and not always and self._hit_of(now) is None:
                best[key] = replace(best[key], link_class=LinkClass.CLEARED, qty_at_risk=Decimal(0))
        # Only fillings after a cleaning stand out of the lots' order.
        in_order = not graph.parts and not graph.later_lots
        return best if in_order else dict(sorted(best.items()))

    def _at_risk(self, qty: Decimal | None, gone: Decimal | None) -> Decimal | None:
        """Return what of a lot may be suspect: all that had not left before."""
        if not self.forward or qty is None or gone is None:
            return qty if self.forward else None
        return max(qty - gone, Decimal(0))

    def _left_before(self) -> dict[LotKey, Decimal]:
        """Return how much of each reached lot left it before it can have been suspect."""
        graph = self.graph
        entities = np.unique(self._entity(self.reach.nodes))
        nodes = graph.states.nodes_of_all(entities)
        links, passing = self._links(nodes)
        early = links[~passing]
        gone: dict[LotKey, Decimal] = defaultdict(Decimal)
        for number in self.reach.along.rows(early):
            taken = None if number == NO_LINK else graph.records.taken(int(number))
            if taken is not None and taken[1] is not None:
                gone[taken[0]] += taken[1]
        return gone

    def _links(self, nodes: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the links that leave the nodes, and which of them let the taint through."""
        links, sources = self.reach.along.links_of(nodes)
        return links, self.reach.passing(links, sources)

    def _entity(self, nodes: NDArray[np.int32]) -> NDArray[np.int64]:
        places = nodes if self.forward else self.graph.states.nodes - 1 - nodes
        return self.graph.states.entities_of(places)

    def _carried(self, hit: Hit) -> tuple[CarriedLot, ...]:
        """Return the suspect lots that lead straight into a shipment, each with its class."""
        against = self.reach.against
        last = self.graph.states.nodes - 1
        mirrored = last - hit.node
        found: dict[LotKey, CarriedLot] = {}
        links, _ = against.links_of(np.array([mirrored]))
        sources = last - against.target(links)
        entities = self.graph.states.entities_of(sources).tolist()
        columns = (links.tolist(), sources.tolist(), entities, against.rows(links).tolist())
        for link, source, entity, row in zip(*columns, strict=True):
            key = self.graph.entities[entity].key
            link_class = self.reach.class_over(source, mirrored_link=link)
            if not isinstance(key, LotKey) or link_class is None:
                continue
            lot = CarriedLot(
                key=key,
                link_class=link_class,
                qty=self.graph.records.carried(row),
                recorded=self.graph.kinds[row] != LinkKind.UNRECORDED_LOT,
            )
            known = found.get(key)
            if known is None or lot.link_class < known.link_class:
                found[key] = lot
        return tuple(found[key] for key in sorted(found))

    def _path(self, hit: Hit) -> tuple[PathStep, ...]:
        rank = self._rank if self.graph.later_lots else None
        way = find_way(self.reach, hit.node, rank=rank)
        return () if way is None else path_steps(self.graph, self.seeds, way, forward=self.forward)


def _tainted(key: WorkOrderKey, hit: Hit) -> TaintedWorkOrder:
    begun = instant(hit.begun)
    return TaintedWorkOrder(
        key=key,
        link_class=hit.link_class,
        tainted=Moment.exactly(begun) if begun else None,
        hops=hit.hops,
    )


def _decimal_share(share: float) -> Decimal:
    return _ALL if share >= 1.0 else Decimal(repr(round(share, _FRACTION_PLACES)))


def _keep_best(found: dict[WorkOrderKey, TaintedWorkOrder], candidate: TaintedWorkOrder) -> None:
    known = found.get(candidate.key, candidate)
    found[candidate.key] = min(known, candidate, key=lambda one: (one.link_class, one.hops))


def _added_up(gaps: list[Gap]) -> tuple[Gap, ...]:
    """Return one gap per code and place, with the sum of what they hide; unknown stays unknown."""
    hidden: dict[tuple[str, str], Decimal | None] = {}
    for gap in gaps:
        key = (gap.code, gap.where)
        before = hidden.get(key, Decimal(0))
        hidden[key] = None if before is None or gap.qty is None else before + gap.qty
    return tuple(
        Gap(code=code, where=where, qty=qty) for (code, where), qty in sorted(hidden.items())
    )
