"""The facts and graphs that answers stand on, loaded once for neighbouring snapshots."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from knockon.apps.production.snapshot import facts_position, latest_snapshot, load_plant_facts
from knockon.domain.disruptions import Disruption
from knockon.domain.facts import PlantFacts, SnapshotId
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.impact.investigate import may_taint

_Basis = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...]]
"""What a loaded picture stands on: plants, the last position that changed facts, schedules."""


@lru_cache(maxsize=4)
def _loaded(basis: _Basis) -> PlantFacts:
    plants, position, schedules = basis
    return load_plant_facts(plants, snapshot=SnapshotId(position=position, schedules=schedules))


@lru_cache(maxsize=4)
def _built(basis: _Basis) -> LotGraph:
    return build_lot_graph(_loaded(basis))


def _basis(plants: Sequence[str], snapshot: SnapshotId) -> _Basis:
    return tuple(plants), facts_position(snapshot.position), snapshot.schedules


def picture(plants: Sequence[str], snapshot: SnapshotId) -> PlantFacts:
    """Return the facts of a snapshot; those of neighbouring snapshots are loaded once."""
    return replace(_loaded(_basis(plants, snapshot)), snapshot=snapshot)


def warm(plants: Sequence[str]) -> None:
    """Load the facts of these plants as they are now, before somebody asks."""
    _loaded(_basis(plants, latest_snapshot(plants)))


def current_picture(plants: Sequence[str]) -> PlantFacts:
    """Return the facts of these plants as known now."""
    chosen = tuple(sorted(plants))
    return picture(chosen, latest_snapshot(chosen))


def picture_and_graph(
    plants: Sequence[str], snapshot: SnapshotId, disruption: Disruption
) -> tuple[PlantFacts, LotGraph | None]:
    """Return the facts of a snapshot, and their genealogy where the disruption needs it."""
    graph = lot_graph(plants, snapshot) if may_taint(disruption) else None
    return picture(plants, snapshot), graph


def lot_graph(plants: Sequence[str], snapshot: SnapshotId) -> LotGraph:
    """Return the genealogy at a snapshot; that of neighbouring snapshots is built once."""
    return _built(_basis(plants, snapshot))
