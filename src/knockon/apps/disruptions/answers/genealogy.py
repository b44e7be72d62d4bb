"""Where a lot's material went, and what it came from."""

from dataclasses import dataclass

from knockon.apps.accounts.selectors import load_sites
from knockon.apps.disruptions.answers.pictures import graph_to_trace
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.facts import LotKey
from knockon.domain.impact import Gap, LotImpact, PathStep
from knockon.domain.links import LinkClass
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import trace_backward, trace_forward


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
    graph = graph_to_trace(plants, latest_snapshot(plants))
    seeds = Seeds(lots=(SeedLot(key=lot, link_class=LinkClass.CONFIRMED),))
    found = trace_forward(graph, seeds) if is_forward else trace_backward(graph, lot)
    others = [each for each in found.lots if each.key != lot]
    others.sort(key=lambda each: (each.hops, each.key))
    return LotGenealogy(
        lots=tuple(TracedLot(lot=each, path=found.path_to(each.key)) for each in others[:limit]),
        gaps=tuple(found.gaps),
        is_whole=len(others) <= limit,
    )
