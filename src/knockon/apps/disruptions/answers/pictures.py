"""The facts and graphs that answers stand on, kept and brought up to date."""

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from threading import Lock, RLock
from typing import Generic, TypeVar

from django.conf import settings

from knockon.apps.journal.selectors import chain_at
from knockon.apps.production.segments.container import SegmentDamaged
from knockon.apps.production.segments.sealing import clock_doubts
from knockon.apps.production.segments.store import SegmentRefused, SegmentStore, Watermark
from knockon.apps.production.segments.tails import brought_up_to_date
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
from knockon.engine.graph.segment import open_segment
from knockon.engine.impact.investigate import may_taint

logger = logging.getLogger(__name__)

_MOST = 4

_Basis = tuple[tuple[str, ...], int, tuple[tuple[str, int], ...], str]
"""What a picture stands on: plants, the last position that changed facts, schedules, and the
journal's chain value there, which no other data base has at that position."""
_Opened = tuple[str, Watermark, LotGraph]
Key = TypeVar("Key")
Value = TypeVar("Value")


class _Kept(Generic[Key, Value]):
    """The last few values that were asked for."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Key, value: Value) -> Value:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > _MOST:
                self._values.popitem(last=False)
        return value

    def drop(self, key: Key) -> None:
        with self._lock:
            self._values.pop(key, None)

    def all(self) -> list[Value]:
        with self._lock:
            return list(self._values.values())


class _Pictures:
    """What one process has loaded, built and opened.

    What one thread works out for some plants, others that want the same wait for. Who finds a
    sealed genealogy waits for nobody.
    """

    def __init__(self) -> None:
        self._locks: defaultdict[tuple[str, ...], RLock] = defaultdict(RLock)
        self._pictures: _Kept[_Basis, Picture] = _Kept()
        self._graphs: _Kept[_Basis, LotGraph] = _Kept()
        self._opened: _Kept[tuple[str, ...], _Opened] = _Kept()
        self._laid: _Kept[_Basis, LotGraph] = _Kept()
        self._refused: dict[tuple[str, ...], str] = {}

    def facts(self, basis: _Basis) -> PlantFacts:
        """Return the facts; only what changed since an earlier picture is read."""
        found = self._pictures.get(basis)
        if found is None:
            with self._locks[basis[0]]:
                found = self._pictures.get(basis) or self._pictures.keep(basis, self._load(basis))
        return found.facts

    def graph(self, basis: _Basis) -> LotGraph:
        """Return the genealogy of the facts, with their look-ups."""
        found = self._graphs.get(basis)
        if found is None:
            with self._locks[basis[0]]:
                found = self._graphs.get(basis) or self._graphs.keep(basis, self._build(basis))
        return found

    def traced(self, basis: _Basis, *, store: SegmentStore) -> LotGraph:
        """Return a genealogy to follow lots through: sealed where there is one, else built."""
        built = self._graphs.get(basis)
        return built or self._sealed(basis, store=store) or self.graph(basis)

    def _build(self, basis: _Basis) -> LotGraph:
        facts = self.facts(basis)
        with collection_paused():
            return build_lot_graph(facts)

    def _load(self, basis: _Basis) -> Picture:
        plants, position, schedules, _chain = basis
        snapshot = SnapshotId(position=position, schedules=schedules)
        known = None
        for picture in self._pictures.all():
            if picture.leads_to(snapshot, plants=plants) and (
                known is None or picture.facts.snapshot.position > known.facts.snapshot.position
            ):
                known = picture
        with collection_paused():
            return load_picture(plants, snapshot=snapshot, known=known)

    def _sealed(self, basis: _Basis, *, store: SegmentStore) -> LotGraph | None:
        """Return the sealed genealogy with what came since; None when it must be built."""
        plants, position, schedules, _chain = basis
        try:
            watermark, graph = self._open(plants, store=store)
        except _NoSegment:
            return None
        if watermark.doubts != clock_doubts(plants) or watermark.position > position:
            return None
        if (watermark.position, watermark.schedules) == (position, schedules):
            return graph
        laid = self._laid.get(basis)
        if laid is None:
            laid = brought_up_to_date(
                graph,
                plants=plants,
                watermark=watermark,
                snapshot=SnapshotId(position=position, schedules=schedules),
            )
        return None if laid is None else self._laid.keep(basis, laid)

    def _open(self, plants: tuple[str, ...], *, store: SegmentStore) -> tuple[Watermark, LotGraph]:
        try:
            name = store.live_name(plants)
            opened = self._opened.get(plants)
            fits = opened and opened[0] == name and chain_at(opened[1].position) == opened[1].chain
            if not opened or not fits:
                live = store.open(plants, chain_at=chain_at)
                if live is None:
                    raise _NoSegment
                opened = (live.name, live.watermark, open_segment(live.file.arrays))
        except (SegmentDamaged, SegmentRefused) as refusal:
            self._opened.drop(plants)
            if isinstance(refusal, SegmentDamaged):
                store.forget(plants, name=str(refusal.data["file"]))
            if self._refused.get(plants) != str(refusal):
                # The next sealing puts a good one in its place.
                logger.warning("A sealed genealogy is not used: %s.", refusal)
            self._refused[plants] = str(refusal)
            raise _NoSegment from refusal
        self._refused.pop(plants, None)
        self._opened.keep(plants, opened)
        return opened[1], opened[2]


class _NoSegment(Exception):
    """There is no segment that may be used."""


_pictures = _Pictures()


def segment_store() -> SegmentStore:
    """Return the sealed genealogies of this instance."""
    return SegmentStore(settings.GRAPH_ROOT)


def picture(plants: Sequence[str], snapshot: SnapshotId) -> PlantFacts:
    """Return the facts of a snapshot; those of neighbouring snapshots are loaded once."""
    return replace(_pictures.facts(_basis(plants, snapshot)), snapshot=snapshot)


def warm(plants: Sequence[str]) -> None:
    """Load the facts of these plants as they are now, before somebody asks."""
    _pictures.facts(_basis(plants, latest_snapshot(plants)))


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
    """Return the genealogy at a snapshot with its look-ups; it is built once."""
    return _pictures.graph(_basis(plants, snapshot))


def graph_to_trace(plants: Sequence[str], snapshot: SnapshotId) -> LotGraph:
    """Return a genealogy at a snapshot to follow lots through; a sealed one has no look-ups."""
    return _pictures.traced(_basis(plants, snapshot), store=segment_store())


def _basis(plants: Sequence[str], snapshot: SnapshotId) -> _Basis:
    position = facts_position(snapshot.position)
    return tuple(sorted(plants)), position, snapshot.schedules, chain_at(position)
