"""Making segments of what the data base knows now."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from knockon.apps.accounts.models import Site
from knockon.apps.journal.selectors import chain_at
from knockon.apps.production.segments.container import SegmentDamaged
from knockon.apps.production.segments.store import SegmentRefused, SegmentStore, Watermark
from knockon.apps.production.snapshot import facts_position, latest_snapshot, load_picture
from knockon.apps.production.snapshot.pausing import collection_paused
from knockon.domain.facts import PlantFacts, SnapshotId
from knockon.engine.graph.lots import build_lot_graph
from knockon.engine.graph.segment import segment_arrays

_EVERY_S: Final = 60.0
_SHARE: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class SealReport:
    """What was sealed, and what it cost."""

    plants: tuple[str, ...]
    position: int
    lots: int
    links: int
    bytes: int
    seconds: float
    file: str


def plants_to_seal() -> tuple[tuple[str, ...], ...]:
    """Return the choices of plants that people ask about: each alone, and all together."""
    codes = tuple(Site.objects.order_by("code").values_list("code", flat=True))
    alone = tuple((code,) for code in codes)
    return (*alone, codes) if len(codes) > 1 else alone


def watermark_of(plants: Sequence[str], snapshot: SnapshotId) -> Watermark:
    """Return what names the facts of some plants at a snapshot."""
    position = facts_position(snapshot.position)
    return Watermark(
        position=position,
        chain=chain_at(position),
        schedules=snapshot.schedules,
        doubts=clock_doubts(plants),
    )


def clock_doubts(plants: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """Return how far the clocks of the plants may be off now, seconds."""
    rows = Site.objects.filter(code__in=plants).order_by("code")
    return tuple(rows.values_list("code", "clock_doubt_s"))


def is_up_to_date(plants: Sequence[str], *, store: SegmentStore, is_checked: bool = True) -> bool:
    """Return whether the live segment is whole and knows everything that is known now."""
    try:
        live = store.open(plants, chain_at=chain_at, is_checked=is_checked)
    except (SegmentDamaged, SegmentRefused):
        return False
    return live is not None and live.watermark == watermark_of(plants, latest_snapshot(plants))


def refused_segments(store: SegmentStore) -> tuple[SegmentDamaged | SegmentRefused, ...]:
    """Return why live segments are not used; what is damaged inside shows when they are opened."""
    found: list[SegmentDamaged | SegmentRefused] = []
    for plants in plants_to_seal():
        try:
            store.open(plants, chain_at=chain_at, is_checked=False)
        except (SegmentDamaged, SegmentRefused) as refusal:
            found.append(refusal)
    return tuple(found)


def is_due(plants: Sequence[str], *, store: SegmentStore, now: datetime) -> bool:
    """Return whether it pays to seal again: facts came, and the last sealing is long enough ago.

    Sealing takes a twentieth of one processor at most, however often facts come.
    """
    if is_up_to_date(plants, store=store, is_checked=False):
        return False
    last = store.last_sealed(plants)
    return last is None or (now - last[0]).total_seconds() >= max(_EVERY_S, last[1] * _SHARE)


def seal(plants: Sequence[str], *, store: SegmentStore) -> SealReport:
    """Build the genealogy of some plants from the data base and make it their live segment.

    Raises
    ------
    SealingBusy
        Another process is sealing the same plants.
    """
    started = time.perf_counter()
    codes = tuple(sorted(plants))
    watermark = watermark_of(codes, latest_snapshot(codes))
    with collection_paused():
        graph = build_lot_graph(_facts(codes, watermark))
        arrays = segment_arrays(graph)
    took_s = time.perf_counter() - started
    name, size = store.seal(codes, arrays, watermark=watermark, took_s=took_s)
    return SealReport(
        plants=codes,
        position=watermark.position,
        lots=len(graph.lots),
        links=len(graph.kinds),
        bytes=size,
        seconds=time.perf_counter() - started,
        file=name,
    )


def _facts(plants: Sequence[str], watermark: Watermark) -> PlantFacts:
    snapshot = SnapshotId(position=watermark.position, schedules=watermark.schedules)
    return load_picture(plants, snapshot=snapshot).facts
