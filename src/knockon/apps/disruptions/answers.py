"""Questions to the engine that write nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from knockon.apps.accounts.selectors import load_sites
from knockon.apps.disruptions.models import Impact
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_impact,
    load_scope_version,
    load_value,
)
from knockon.apps.production.selectors import resolve_lot
from knockon.apps.production.snapshot import facts_position, latest_snapshot, load_plant_facts
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Disruption
from knockon.domain.facts import LotKey, OrderLineKey, PlantFacts, SnapshotId
from knockon.domain.impact import Gap, LotImpact, PathStep
from knockon.domain.impact import Impact as ImpactValue
from knockon.domain.impact_document import render
from knockon.domain.links import LinkClass
from knockon.domain.reasoning import Reasoning
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.impact import assess as ask_engine
from knockon.engine.impact import why as ask_why
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import trace_backward, trace_forward

_OF_CUSTOMERS = ("customer", "customer_order", "customer_item", "ship_to")
_OF_MONEY = ("value_at_risk", "currency")


_Basis = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...]]
"""What a loaded picture stands on: plants, the last position that changed facts, schedules."""


@lru_cache(maxsize=4)
def _loaded(basis: _Basis) -> PlantFacts:
    plants, position, schedules = basis
    return load_plant_facts(plants, snapshot=SnapshotId(position=position, schedules=schedules))


@lru_cache(maxsize=2)
def _graph(basis: _Basis) -> LotGraph:
    return build_lot_graph(_loaded(basis))


def _basis(plants: Sequence[str], snapshot: SnapshotId) -> _Basis:
    return tuple(plants), facts_position(snapshot.position), snapshot.schedules


def _picture(plants: Sequence[str], snapshot: SnapshotId) -> PlantFacts:
    """Return the facts of a snapshot; those of neighbouring snapshots are loaded once."""
    return replace(_loaded(_basis(plants, snapshot)), snapshot=snapshot)


def warm(plants: Sequence[str]) -> None:
    """Load the facts of these plants as they are now, before somebody asks."""
    _loaded(_basis(plants, latest_snapshot(plants)))


def _snapshot_of(stored: Impact) -> SnapshotId:
    return SnapshotId(
        position=stored.position,
        schedules=tuple((plant, number) for plant, number in stored.schedules),
    )


def compute(
    disruption: Disruption, *, plants: Sequence[str], snapshot: SnapshotId, now: datetime
) -> ImpactValue:
    """Return whom the disruption hits on the facts of a snapshot."""
    return ask_engine(_picture(plants, snapshot), disruption, now=now)


def recompute(stored: Impact, *, viewer: Viewer) -> dict[str, Any]:
    """Return the document of a stored answer, computed again from its snapshot."""
    row = load_disruption(stored.disruption_id, viewer=viewer)
    scope = load_scope_version(row.pk, position=stored.scope.recorded_id)
    snapshot = _snapshot_of(stored)
    value = compute(
        load_value(row, scope=scope), plants=(row.site_id,), snapshot=snapshot, now=stored.as_of
    )
    return render(value, elapsed_ms=0)


def why(disruption_id: int, order_line: OrderLineKey, *, viewer: Viewer) -> Reasoning:
    """Return why the case's newest answer hits an order line, or what was checked and frees it.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, not for this viewer, or the viewer may not see orders.
    ImpactMissing
        It is still being computed.
    UnknownOrderLine
        Neither the answer nor the facts it stands on know the line.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_ORDERS, plant=row.site_id)
    viewer.require(Right.VIEW_ORDERS, plant=order_line.plant)
    stored = load_impact(row.pk)
    snapshot = _snapshot_of(stored)
    scope = load_scope_version(row.pk, position=stored.scope.recorded_id)
    plants = (row.site_id,)
    value = compute(
        load_value(row, scope=scope), plants=plants, snapshot=snapshot, now=stored.as_of
    )
    return ask_why(_picture(plants, snapshot), value, order_line)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedLot:
    """A lot that a trace reached, and the steps that lead from the traced lot to it."""

    lot: LotImpact
    path: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LotGenealogy:
    """Where a lot's material went, or what it came from; nearest first."""

    lots: tuple[TracedLot, ...]
    gaps: tuple[Gap, ...]
    is_whole: bool
    """Whether every lot that was reached is listed."""


def trace_lot(lot: LotKey, *, is_forward: bool, viewer: Viewer, limit: int = 400) -> LotGenealogy:
    """Return where a lot's material went, or what it came from, in the plants the viewer may see.

    Raises
    ------
    UnknownLot
        No fact of these plants names the lot.
    """
    sites = load_sites(viewer=viewer, right=Right.VIEW_LOTS)
    plants = tuple(site.code for site in sites)
    graph = _graph(_basis(plants, latest_snapshot(plants)))
    seeds = Seeds(lots=(SeedLot(key=lot, link_class=LinkClass.CONFIRMED),))
    found = trace_forward(graph, seeds) if is_forward else trace_backward(graph, lot)
    others = [each for each in found.lots if each.key != lot]
    others.sort(key=lambda each: (each.hops, each.key))
    return LotGenealogy(
        lots=tuple(TracedLot(lot=each, path=found.path_to(each.key)) for each in others[:limit]),
        gaps=tuple(found.gaps),
        is_whole=len(others) <= limit,
    )


def impact_document(disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    """Return the newest impact document, with what the viewer may not know taken out.

    Raises
    ------
    DisruptionUnknown
        It is not there, or not for this viewer.
    ImpactMissing
        It is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    document: dict[str, Any] = load_impact(row.pk).document
    return redact(document, viewer=viewer, plant=row.site_id)


def redact(document: Mapping[str, Any], *, viewer: Viewer, plant: str) -> dict[str, Any]:
    """Return the document without customers and money for those who may not see orders."""
    kept = dict(document)
    if viewer.may(Right.VIEW_ORDERS, plant=plant):
        return kept
    kept["customers"] = []
    hidden = _OF_CUSTOMERS + _OF_MONEY
    for part in ("orders", "shipments"):
        kept[part] = [
            {name: None if name in hidden else value for name, value in row.items()}
            for row in kept[part]
        ]
    for row in kept["orders"]:
        row["path"] = [step for step in row["path"] if step["type"] != "customer"]
    return kept


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without the time its computing took."""
    content = {name: value for name, value in document.items() if name != "elapsed_ms"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def current_picture(plants: Sequence[str]) -> PlantFacts:
    """Return the facts of these plants as known now."""
    chosen = tuple(sorted(plants))
    return _picture(chosen, latest_snapshot(chosen))


__all__ = [
    "LotKey",
    "OrderLineKey",
    "compute",
    "content_hash",
    "current_picture",
    "impact_document",
    "recompute",
    "redact",
    "resolve_lot",
]
