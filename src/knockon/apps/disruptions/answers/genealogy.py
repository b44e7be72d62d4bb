"""Where a lot's material went, and what it came from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knockon.apps.accounts.selectors import load_sites
from knockon.apps.disruptions.answers.pictures import graph_to_trace
from knockon.apps.journal.selectors import latest_position
from knockon.apps.production.snapshot import latest_snapshot
from knockon.apps.production.snapshot.neighbours import connected_plants
from knockon.apps.production.snapshot.sightings import lots_seen_in
from knockon.domain.access import Right, Viewer
from knockon.domain.facts import LotKey, SnapshotId
from knockon.domain.impact import Gap, LotImpact, PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import UnknownLot
from knockon.engine.graph.naming import lot_text
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward


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
    """Whether every lot that was reached and may be seen is listed."""
    snapshot: SnapshotId
    elsewhere: int = 0
    """How many more lots were reached in sites that the viewer may not see."""


def trace_lot(
    lot: LotKey,
    *,
    is_forward: bool,
    viewer: Viewer,
    limit: int = 400,
    snapshot: SnapshotId | None = None,
) -> LotGenealogy:
    """Return where a lot's material went, or what it came from.

    Material is followed through every plant that the viewer's plants exchange it with. Of lots that
    only other plants know the number is told, nothing else.

    Parameters
    ----------
    snapshot
        What was known then is told; None is what is known now.

    Raises
    ------
    UnknownLot
        No fact of these plants names the lot.
    """
    sites = load_sites(viewer=viewer, right=Right.VIEW_LOTS)
    own = tuple(site.code for site in sites)
    position = latest_position() if snapshot is None else snapshot.position
    reached = {other for code in own for other in connected_plants(code, position=position)}
    plants = tuple(sorted(reached))
    snapshot = snapshot or latest_snapshot(plants)
    graph = graph_to_trace(plants, snapshot)
    seeds = Seeds(lots=(SeedLot(key=lot, link_class=LinkClass.CONFIRMED),))
    found = trace_forward(graph, seeds) if is_forward else trace_backward(graph, lot)
    others = [each for each in found.lots if each.key != lot]
    others.sort(key=lambda each: (each.hops, each.key))
    seen = _seen(others, lot=lot, plants=plants, own=own)
    shown = [each for each in others if seen is None or each.key in seen]
    return LotGenealogy(
        lots=tuple(
            TracedLot(lot=each, path=_told(found.path_to(each.key), seen=seen))
            for each in shown[:limit]
        ),
        gaps=tuple(found.gaps) if seen is None else _told_gaps(found, seen=seen),
        is_whole=len(shown) <= limit,
        snapshot=snapshot,
        elsewhere=len(others) - len(shown),
    )


def _seen(
    others: Sequence[LotImpact], *, lot: LotKey, plants: Sequence[str], own: Sequence[str]
) -> frozenset[LotKey] | None:
    """Return the lots that the viewer's plants know; None when these are all plants there are.

    Raises
    ------
    UnknownLot
        The traced lot itself is not one of them.
    """
    if set(own) == set(plants):
        return None
    seen = lots_seen_in(own, [lot, *(each.key for each in others)])
    if lot not in seen:
        raise UnknownLot(lot=lot_text(lot))
    return seen


def _told(path: Sequence[PathStep], *, seen: frozenset[LotKey] | None) -> tuple[PathStep, ...]:
    """Return the path; what is of another site has no name."""
    if seen is None:
        return tuple(path)
    known = {lot_text(key) for key in seen}
    return tuple(
        step if step.type is StepType.LOT and step.key in known else replace(step, key="")
        for step in path
    )


def _told_gaps(found: LotTrace, *, seen: frozenset[LotKey]) -> tuple[Gap, ...]:
    known = {lot_text(key) for key in seen}
    return tuple(gap for gap in found.gaps if gap.where in known)
