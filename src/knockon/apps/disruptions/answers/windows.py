"""A case's suspect window: what is in force, what the records propose, what else it may be."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from knockon.apps.disruptions.answers.impacts import compute
from knockon.apps.disruptions.answers.pictures import lot_graph, picture
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_impact,
    load_scope_version,
    load_value,
)
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Scope
from knockon.domain.facts import PlantFacts, SnapshotId
from knockon.domain.suspect_window import WeighedWindows, WindowCost, WindowSubject
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.register import Register, build_register
from knockon.engine.impact.alternatives import (
    end_in_force,
    start_in_force,
    weigh_windows,
)
from knockon.engine.impact.suspect_window import propose_window, subject_in_force, subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWindows:
    """The windows of a case against its newest answer.

    Parameters
    ----------
    subjects
        Whose work may be looked at, likeliest first; ``place`` is the one that was.
    """

    subjects: tuple[WindowSubject, ...]
    place: int
    weighed: WeighedWindows


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowInForce:
    """Whose work a scope makes suspect, and between which instants; None is open."""

    subject: WindowSubject | None
    start: datetime | None
    end: datetime | None


def case_windows(disruption_id: int, *, viewer: Viewer, place: int = 0) -> CaseWindows:
    """Return the window in force of a case with every other choice and what it would cost.

    Parameters
    ----------
    place
        Which of the subjects to look at; one that is not there is the first.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, not for this viewer, or the viewer may not see lots.
    ImpactMissing
        It is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_LOTS, plant=row.site_id)
    found = _weighed(load_impact(row.pk).pk, max(0, place))
    if viewer.may(Right.VIEW_ORDERS, plant=row.site_id):
        return found
    return replace(found, weighed=_without_customers(found.weighed))


def window_in_force(row: Disruption, scope: Scope) -> WindowInForce:
    """Return the window of a scope of a case on the facts as they are known now."""
    version = load_scope_version(row.pk)
    trouble = replace(load_value(row, scope=version), scope=scope)
    snapshot = latest_snapshot([row.site_id])
    register = _register((row.site_id,), snapshot)
    subject = subject_in_force(register, trouble)
    if subject is None:
        return WindowInForce(subject=None, start=scope.start, end=scope.end)
    proposal = propose_window(register, trouble, subject=subject)
    return WindowInForce(
        subject=subject,
        start=start_in_force(scope, proposal).at,
        end=end_in_force(scope, proposal).at,
    )


@lru_cache(maxsize=32)
def _weighed(impact_id: int, place: int) -> CaseWindows:
    """Return the windows against one stored answer, which never changes."""
    stored = Impact.objects.select_related("disruption", "scope").get(pk=impact_id)
    row, plants = stored.disruption, (stored.disruption.site_id,)
    snapshot = SnapshotId(
        position=stored.position,
        schedules=tuple((plant, number) for plant, number in stored.schedules),
    )
    trouble = load_value(row, scope=stored.scope)
    facts, graph = picture(plants, snapshot), lot_graph(plants, snapshot)
    impact = compute(trouble, plants=plants, snapshot=snapshot, now=stored.as_of)
    known = subjects(_register_of(facts, graph), trouble)
    chosen = place if place < len(known) else 0
    return CaseWindows(
        subjects=known,
        place=chosen,
        weighed=weigh_windows(facts, impact, subject=known[chosen] if known else None, graph=graph),
    )


def _register(plants: tuple[str, ...], snapshot: SnapshotId) -> Register:
    return _register_of(picture(plants, snapshot), lot_graph(plants, snapshot))


def _register_of(facts: PlantFacts, graph: LotGraph) -> Register:
    return graph.register if graph.register is not None else build_register(facts)


def _without_customers(weighed: WeighedWindows) -> WeighedWindows:
    """Return the windows without customers, for those who may not see orders."""

    def hidden(cost: WindowCost) -> WindowCost:
        return replace(
            cost,
            added_lines=tuple(replace(line, customer="") for line in cost.added_lines),
            freed_lines=tuple(replace(line, customer="") for line in cost.freed_lines),
        )

    alone = weighed.named_only
    return replace(
        weighed,
        starts=tuple(replace(each, cost=hidden(each.cost)) for each in weighed.starts),
        ends=tuple(replace(each, cost=hidden(each.cost)) for each in weighed.ends),
        named_only=None if alone is None else replace(alone, cost=hidden(alone.cost)),
    )
