"""A case's suspect window: what is in force, what the records propose, what else it may be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from knockon.apps.disruptions.answers.impacts import (
    plants_asked,
    plants_of,
    snapshot_of,
)
from knockon.apps.disruptions.answers.pictures import lot_graph, picture
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_impact,
    load_scope_version,
    load_value,
)
from knockon.apps.journal.selectors import latest_position
from knockon.apps.production.snapshot import latest_snapshot
from knockon.apps.production.snapshot.sightings import lots_seen_in
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Scope
from knockon.domain.facts import LotKey, OrderLineKey, PlantFacts, SnapshotId
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import (
    HitLine,
    HitLot,
    WeighedWindows,
    WindowChoice,
    WindowCost,
    WindowSubject,
)
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
    stored = load_impact(row.pk)
    found = _weighed(stored.pk, max(0, place))
    plants = plants_of(stored)
    return replace(found, weighed=_within_sight(found.weighed, viewer=viewer, plants=plants))


def window_in_force(row: Disruption, scope: Scope) -> WindowInForce:
    """Return the window of a scope of a case on the facts as they are known now."""
    version = load_scope_version(row.pk)
    trouble = replace(load_value(row, scope=version), scope=scope)
    plants = plants_asked(trouble, plant=row.site_id, position=latest_position())
    register = _register(plants, latest_snapshot(plants))
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
    row, plants, snapshot = stored.disruption, plants_of(stored), snapshot_of(stored)
    trouble = load_value(row, scope=stored.scope)
    facts, graph = picture(plants, snapshot), lot_graph(plants, snapshot)
    known = subjects(_register_of(facts, graph), trouble)
    chosen = place if place < len(known) else 0
    return CaseWindows(
        subjects=known,
        place=chosen,
        weighed=weigh_windows(
            facts,
            trouble,
            now=stored.as_of,
            subject=known[chosen] if known else None,
            graph=graph,
        ),
    )


def _register(plants: tuple[str, ...], snapshot: SnapshotId) -> Register:
    return _register_of(picture(plants, snapshot), lot_graph(plants, snapshot))


def _register_of(facts: PlantFacts, graph: LotGraph) -> Register:
    return graph.register if graph.register is not None else build_register(facts)


def _within_sight(
    weighed: WeighedWindows, *, viewer: Viewer, plants: Sequence[str]
) -> WeighedWindows:
    """Return the windows without the names of what only other plants know than the viewer's.

    Customers are left out for those who may not see orders.
    """
    alone = weighed.named_only
    choices = [*weighed.starts, *weighed.ends, *([alone] if alone else [])]
    costs = [choice.cost for choice in choices]
    named = {lot.key for cost in costs for lot in (*cost.added_lots, *cost.freed_lots)}
    own = [code for code in plants if viewer.may(Right.VIEW_LOTS, plant=code)]
    seen = named if len(own) == len(plants) else lots_seen_in(own, named)

    def lots(rows: Sequence[HitLot]) -> tuple[HitLot, ...]:
        return tuple(row if row.key in seen else _NO_LOT for row in rows)

    def lines(rows: Sequence[HitLine]) -> tuple[HitLine, ...]:
        return tuple(_line_in_sight(row, viewer=viewer) for row in rows)

    def choice(each: WindowChoice) -> WindowChoice:
        cost = WindowCost(
            added_lots=lots(each.cost.added_lots),
            freed_lots=lots(each.cost.freed_lots),
            added_lines=lines(each.cost.added_lines),
            freed_lines=lines(each.cost.freed_lines),
        )
        return replace(each, cost=cost)

    return replace(
        weighed,
        starts=tuple(choice(each) for each in weighed.starts),
        ends=tuple(choice(each) for each in weighed.ends),
        named_only=None if alone is None else choice(alone),
    )


_NO_LOT = HitLot(key=LotKey("", "", ""), link_class=LinkClass.POSSIBLE, qty=None, uom=None)
"""A lot that only another site knows: it is counted, nothing else."""
_NO_LINE = HitLine(
    key=OrderLineKey("", "", ""),
    customer="",
    item="",
    link_class=LinkClass.POSSIBLE,
    qty=None,
    uom=None,
)


def _line_in_sight(line: HitLine, *, viewer: Viewer) -> HitLine:
    if viewer.may(Right.VIEW_ORDERS, plant=line.key.plant):
        return line
    if viewer.may(Right.VIEW_BOARD, plant=line.key.plant):
        return replace(line, customer="")
    return _NO_LINE
