"""Weigh every other suspect window of a case: what it would add or free against the one in force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from knockon.domain.disruptions import Disruption, Scope
from knockon.domain.facts import LotKey, OrderLineKey, PlantFacts
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import (
    EvidenceKind,
    HitLine,
    HitLot,
    WeighedWindows,
    WindowChoice,
    WindowCost,
    WindowEdge,
    WindowProposal,
    WindowSubject,
)
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.graph.register import Register, build_register
from knockon.engine.impact.case import Case
from knockon.engine.impact.investigate import investigate, investigate_together
from knockon.engine.impact.lateness import time_findings
from knockon.engine.impact.orders import assess_orders
from knockon.engine.impact.seeds import seed_lots
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.suspect_window import (
    propose_window,
    subject_in_force,
    subjects,
)


def weigh_windows(
    facts: PlantFacts,
    disruption: Disruption,
    *,
    now: datetime,
    subject: WindowSubject | None = None,
    graph: LotGraph | None = None,
) -> WeighedWindows:
    """Return the window in force of a case and what each other window would cost.

    Parameters
    ----------
    facts
        The plants at one snapshot.
    disruption, now
        What broke with the window in force, and the instant of the answer that the choices are
        compared with.
    subject
        Whose work to look at, one of ``subjects``; None is the likeliest.
    graph
        The facts' genealogy, where it was built already.

    Notes
    -----
    Each choice is investigated as ``assess`` does it, and hits the same lots and lines; what is
    said of a line beyond that is left out. Choices that make the same material suspect share one
    investigation, and all share what does not depend on the window.
    """
    register = _register(facts, graph)
    in_force = subject_in_force(register, disruption)
    possible = subjects(register, disruption)
    chosen = in_force or subject or (possible[0] if possible else None)
    scale = _Scale(facts, disruption, now=now, register=register, graph=graph)
    if chosen is None:
        return _nothing(scale)
    proposal = propose_window(register, disruption, subject=chosen)
    if in_force is None:
        return _from_named_lots(disruption.scope, proposal, scale=scale)
    return _from_window(disruption.scope, proposal, scale=scale)


def scope_with(
    scope: Scope, *, subject: WindowSubject | None, start: datetime | None, end: datetime | None
) -> Scope:
    """Return a scope with another window; subject None leaves only what it names by itself."""
    if subject is None:
        return replace(scope, equipment=(), tool=None, cavity=None, start=None, end=None)
    if scope.equipment or scope.tool:
        return replace(scope, start=start, end=end)
    return replace(
        scope,
        equipment=subject.equipment,
        tool=subject.tool,
        cavity=subject.cavity,
        start=start,
        end=end,
    )


def is_narrower(
    *,
    start: datetime | None,
    end: datetime | None,
    than: tuple[datetime | None, datetime | None],
) -> bool:
    """Return whether a window leaves out an instant that another one covers; None is open."""
    old_start, old_end = than
    later = start is not None and (old_start is None or start > old_start)
    earlier = end is not None and (old_end is None or end < old_end)
    return later or earlier


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hits:
    """The lots and order lines that a window hits."""

    lots: Mapping[LotKey, HitLot]
    lines: Mapping[OrderLineKey, HitLine]

    def against(self, before: "_Hits") -> WindowCost:
        """Return what is hit here and was not before, and what was and is not."""
        return WindowCost(
            added_lots=tuple(self.lots[key] for key in sorted(self.lots.keys() - before.lots)),
            freed_lots=tuple(before.lots[key] for key in sorted(before.lots.keys() - self.lots)),
            added_lines=tuple(self.lines[key] for key in sorted(self.lines.keys() - before.lines)),
            freed_lines=tuple(
                before.lines[key] for key in sorted(before.lines.keys() - self.lines)
            ),
        )


class _Scale:
    """What other windows of one case hit, each investigated once.

    Parameters
    ----------
    disruption
        With the window in force.
    """

    def __init__(
        self,
        facts: PlantFacts,
        disruption: Disruption,
        *,
        now: datetime,
        register: Register,
        graph: LotGraph | None,
    ) -> None:
        self._facts = facts
        self._disruption = disruption
        self._register = register
        self._graph = graph if graph is not None else build_lot_graph(facts, register=register)
        self._case = investigate(facts, disruption, now=now, graph=self._graph)
        self.in_force = _hits(facts, self._case)
        self._known: dict[object, WindowCost] = {self._seeds(disruption): WindowCost()}

    def weigh(self, scope: Scope) -> WindowCost:
        """Return what a scope would add or free."""
        disruption = replace(self._disruption, scope=scope)
        seeds = self._seeds(disruption)
        if seeds not in self._known:
            case = investigate_together(
                self._facts,
                (disruption,),
                now=self._case.now,
                graph=self._graph,
                like=self._case,
            )
            self._known[seeds] = _hits(self._facts, case).against(self.in_force)
        return self._known[seeds]

    def _seeds(self, disruption: Disruption) -> object:
        """Return what a disruption makes suspect: equal ones hit the same."""
        found = seed_lots(self._facts, disruption, register=self._register)
        return (
            tuple((seed.key, seed.link_class, seed.tainted) for seed in found.lots),
            tuple((seed.key, seed.link_class, seed.tainted) for seed in found.work_orders),
        )


def _hits(facts: PlantFacts, case: Case) -> _Hits:
    """Return what a case hits; what evidence cleared is not hit."""
    trace = case.trace
    shipped = hit_shipments(facts, trace) if trace is not None else ()
    orders = assess_orders(case, shipped=shipped, times=time_findings(case))
    return _Hits(
        lots={
            row.key: HitLot(
                key=row.key, link_class=row.link_class, qty=row.qty_at_risk, uom=row.uom
            )
            for row in (trace.lots if trace is not None else ())
            if row.link_class is not LinkClass.CLEARED
        },
        lines={
            row.key: HitLine(
                key=row.key,
                customer=row.customer,
                item=row.item,
                link_class=row.link_class,
                qty=row.qty_at_risk,
                uom=row.uom,
            )
            for row in orders
            if row.link_class is not LinkClass.CLEARED
        },
    )


def _register(facts: PlantFacts, graph: LotGraph | None) -> Register:
    known = graph.register if graph is not None else None
    return known if known is not None else build_register(facts)


def _nothing(scale: _Scale) -> WeighedWindows:
    return WeighedWindows(
        proposal=None,
        subject=None,
        start=None,
        end=None,
        starts=(),
        ends=(),
        named_only=None,
        lots=len(scale.in_force.lots),
        lines=len(scale.in_force.lines),
    )


def _from_named_lots(scope: Scope, proposal: WindowProposal, *, scale: _Scale) -> WeighedWindows:
    """Weigh whole windows against nothing but the named lots: each ends as it is proposed."""
    end = proposal.end
    starts = tuple(
        WindowChoice(
            subject=proposal.subject,
            start=each.at,
            end=end.at,
            by_start=each,
            by_end=end,
            is_chosen=False,
            is_proposed=each == proposal.start,
            is_narrower=False,
            cost=scale.weigh(
                scope_with(scope, subject=proposal.subject, start=each.at, end=end.at)
            ),
        )
        for each in proposal.starts
        if each.at is not None and (end.at is None or each.at <= end.at)
    )
    return WeighedWindows(
        proposal=proposal,
        subject=None,
        start=None,
        end=None,
        starts=starts,
        ends=(),
        named_only=_named_only(is_chosen=True, cost=WindowCost()),
        lots=len(scale.in_force.lots),
        lines=len(scale.in_force.lines),
    )


def _from_window(scope: Scope, proposal: WindowProposal, *, scale: _Scale) -> WeighedWindows:
    """Weigh each known edge against the one in force, the other edge staying as it is."""
    start, end = start_in_force(scope, proposal), end_in_force(scope, proposal)
    window = (start.at, end.at)

    def choice(*, by_start: WindowEdge | None, by_end: WindowEdge | None) -> WindowChoice:
        begin = (by_start or start).at
        over = (by_end or end).at
        is_chosen = (begin, over) == window
        other = scope_with(scope, subject=proposal.subject, start=begin, end=over)
        return WindowChoice(
            subject=proposal.subject,
            start=begin,
            end=over,
            by_start=by_start,
            by_end=by_end,
            is_chosen=is_chosen,
            is_proposed=(by_start or by_end) in (proposal.start, proposal.end),
            is_narrower=is_narrower(start=begin, end=over, than=window),
            cost=WindowCost() if is_chosen else scale.weigh(other),
        )

    named_only = None
    if scope.lots:
        alone = scope_with(scope, subject=None, start=None, end=None)
        named_only = _named_only(is_chosen=False, cost=scale.weigh(alone))
    return WeighedWindows(
        proposal=proposal,
        subject=proposal.subject,
        start=start,
        end=end,
        starts=tuple(
            choice(by_start=each, by_end=None)
            for each in _with(start, proposal.starts)
            if each == start or (each.at is not None and (end.at is None or each.at <= end.at))
        ),
        ends=tuple(
            choice(by_start=None, by_end=each)
            for each in _with(end, proposal.ends)
            if each == end or each.at is None or start.at is None or each.at >= start.at
        ),
        named_only=named_only,
        lots=len(scale.in_force.lots),
        lines=len(scale.in_force.lines),
    )


def start_in_force(scope: Scope, proposal: WindowProposal) -> WindowEdge:
    """Return the start of a case's window: as given, else as proposed."""
    if scope.start is None:
        if proposal.start.kind is EvidenceKind.HISTORY:
            return replace(proposal.start, at=None)
        return proposal.start
    return _known_or_given(scope.start, proposal.starts)


def end_in_force(scope: Scope, proposal: WindowProposal) -> WindowEdge:
    """Return the end of a case's window: as given, else open."""
    if scope.end is None:
        return proposal.ends[-1]
    return _known_or_given(scope.end, proposal.ends)


def _known_or_given(at: datetime, edges: tuple[WindowEdge, ...]) -> WindowEdge:
    given = WindowEdge(kind=EvidenceKind.GIVEN, at=at, link_class=LinkClass.CONFIRMED)
    return next((each for each in edges if each.at == at), given)


def _with(own: WindowEdge, edges: tuple[WindowEdge, ...]) -> tuple[WindowEdge, ...]:
    """Return the edges with the one in force in its place in time."""
    if own in edges:
        return edges
    if own.kind is EvidenceKind.HISTORY:
        edges = tuple(each for each in edges if each.kind is not EvidenceKind.HISTORY)
    if own.at is None:
        return (own, *edges) if own.kind is EvidenceKind.HISTORY else (*edges, own)
    before = [each for each in edges if _at_or_before(each, own.at)]
    return (*before, own, *(each for each in edges if each not in before))


def _at_or_before(each: WindowEdge, at: datetime) -> bool:
    return each.at <= at if each.at is not None else each.kind is EvidenceKind.HISTORY


def _named_only(*, is_chosen: bool, cost: WindowCost) -> WindowChoice:
    return WindowChoice(
        subject=None,
        start=None,
        end=None,
        by_start=None,
        by_end=None,
        is_chosen=is_chosen,
        is_proposed=False,
        is_narrower=not is_chosen,
        cost=cost,
    )
