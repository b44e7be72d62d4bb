"""The facts and graphs that answers stand on, kept and brought up to date."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from threading import Lock

from knockon.apps.production.snapshot import (
    Picture,
    facts_position,
    latest_snapshot,
    load_picture,
)
from knockon.apps.production.snapshot.pausing import collection_paused
from knockon.domain.disruptions import Disruption
from knockon.domain.facts import PlantFacts, SnapshotId
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.impact.investigate import may_taint

_MOST = 4

_Basis = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...]]
"""What a loaded picture stands on: plants, the last position that changed facts, schedules."""

_newest: OrderedDict[tuple[str, ...], Picture] = OrderedDict()
"""The newest picture of some plants, on which a newer one is built."""
_loading = Lock()
_building = Lock()


@lru_cache(maxsize=_MOST)
def _loaded(basis: _Basis) -> PlantFacts:
    plants, position, schedules = basis
    snapshot = SnapshotId(position=position, schedules=schedules)
    known = _newest.get(plants)
    if known is not None and not known.leads_to(snapshot, plants=plants):
        known = None
    with collection_paused():
        found = load_picture(plants, snapshot=snapshot, known=known)
    kept = _newest.get(plants)
    if kept is None or known is not None or kept.facts.snapshot.position <= position:
        _newest[plants] = found
        _newest.move_to_end(plants)
        if len(_newest) > _MOST:
            _newest.popitem(last=False)
    return found.facts


@lru_cache(maxsize=_MOST)
def _built(basis: _Basis) -> LotGraph:
    facts = _facts(basis)
    with collection_paused():
        return build_lot_graph(facts)


def _facts(basis: _Basis) -> PlantFacts:
    # What one thread loads the others wait for: they would only do the same.
    with _loading:
        return _loaded(basis)


def _basis(plants: Sequence[str], snapshot: SnapshotId) -> _Basis:
    return tuple(sorted(plants)), facts_position(snapshot.position), snapshot.schedules


def picture(plants: Sequence[str], snapshot: SnapshotId) -> PlantFacts:
    """Return the facts of a snapshot; those of neighbouring snapshots are loaded once."""
    return replace(_facts(_basis(plants, snapshot)), snapshot=snapshot)


def warm(plants: Sequence[str]) -> None:
    """Load the facts of these plants as they are now, before somebody asks."""
    _facts(_basis(plants, latest_snapshot(plants)))


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
    basis = _basis(plants, snapshot)
    with _building:
        return _built(basis)
