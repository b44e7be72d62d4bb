"""Propose a suspect window: from the last good evidence to the first after the trouble."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from knockon.domain.disruptions import Disruption, DisruptionKind, Scope
from knockon.domain.facts import Operation
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import (
    EvidenceKind,
    WindowEdge,
    WindowProposal,
    WindowSubject,
)
from knockon.engine.graph.instants import instant, microseconds
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER
from knockon.engine.impact.suspect_window_checks import (
    Check,
    Checks,
    gather_checks,
    is_calibration,
    known_at,
    runs_on,
)
from knockon.engine.impact.suspect_window_edges import (
    edge,
    first_record,
    rests,
    shift_start,
    tool_changes,
)

_WITH_WINDOW = frozenset({DisruptionKind.QUALITY, DisruptionKind.METHOD, DisruptionKind.COMPLAINT})
_START_LADDER = (
    frozenset({EvidenceKind.PASSED_CHECK}),
    frozenset({EvidenceKind.TOOL_CHANGE}),
    frozenset({EvidenceKind.CALIBRATION}),
    frozenset({EvidenceKind.MAINTENANCE, EvidenceKind.STOP}),
    frozenset({EvidenceKind.LOT_START, EvidenceKind.SHIFT_START}),
    frozenset({EvidenceKind.HISTORY}),
)
"""What a window is proposed to begin with, the first of these kinds that the records know.

Of lot and shift the earlier one counts; of the others the last before the first bad lot.
"""
_GUESSES = frozenset({EvidenceKind.LOT_START, EvidenceKind.SHIFT_START})
_PASSES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What the edges of one subject's window are read from."""

    register: Register
    disruption: Disruption
    subject: WindowSubject
    placed: WindowSubject
    runs: list[Operation]
    checks: Checks

    @property
    def plant(self) -> str:
        return self.disruption.scope.plant


def machines_below(register: Register, scope: Scope) -> frozenset[str]:
    """Return the named machines and all that stand below a named area."""
    machines = set(scope.equipment)
    frontier = list(scope.equipment)
    for node in frontier:
        for row in register.facts.equipment:
            own = row.key.plant == scope.plant and row.parent == node
            if own and row.key.equipment not in machines:
                machines.add(row.key.equipment)
                frontier.append(row.key.equipment)
    return frozenset(machines)


def subject_in_force(register: Register, disruption: Disruption) -> WindowSubject | None:
    """Return whose work a disruption makes suspect by a window; None when only lots are named."""
    scope = disruption.scope
    if disruption.kind not in _WITH_WINDOW or not (scope.equipment or scope.tool):
        return None
    return WindowSubject(
        equipment=tuple(sorted(machines_below(register, scope))),
        tool=scope.tool,
        cavity=scope.cavity,
    )


def subjects(register: Register, disruption: Disruption) -> tuple[WindowSubject, ...]:
    """Return whose work may be suspect, likeliest first: as named, else as the failed checks say.

    Of named lots these are the machines where they failed, if they were made there, else where
    they were made, and the tool that ran there. Received lots have none.
    """
    own = subject_in_force(register, disruption)
    if own is not None:
        return (own,)
    scope = disruption.scope
    if disruption.kind not in _WITH_WINDOW or not scope.lots:
        return ()
    named = frozenset(scope.lots)
    failed = [
        row
        for row in register.facts.inspections
        if row.lot in named and row.passed is False and row.plant == scope.plant
    ]
    made_by = {register.made_by[lot] for lot in named if lot in register.made_by}
    ran = [row for key in sorted(made_by) for row in register.operations.get(key, ())]
    where = {row.equipment for row in failed if row.equipment}
    described = [register.lots[lot].equipment for lot in named if lot in register.lots]
    makers = {name for name in described if name}
    worked = makers | {row.equipment for row in ran if row.equipment}
    # A station that only tests made nothing.
    machines = (where & worked) or makers or worked or where
    tools = {row.tool for row in failed if row.tool}
    tools = tools or {row.tool for row in ran if row.tool and row.equipment in machines}
    cavities = {row.cavity for row in failed if row.tool}
    cavity = cavities.pop() if len(cavities) == 1 else None
    found = [WindowSubject(equipment=tuple(sorted(machines)))] if machines else []
    if len(tools) == 1:
        found.append(WindowSubject(tool=tools.pop(), cavity=cavity))
    return tuple(found)


def propose_window(
    register: Register, disruption: Disruption, *, subject: WindowSubject
) -> WindowProposal:
    """Return the window that the records speak for, with all other edges they know.

    Notes
    -----
    The window begins with the last passed check of what failed, made on another lot: a passed
    sample of a bad lot does not clear it. Without one it begins with what usually begins such
    trouble, else with the lot or the shift, else with the first record. It ends with the first
    passed check after the last bad piece, else it is open. O(facts of the plant).
    """
    runs = runs_on(register, plant=disruption.scope.plant, subject=subject)
    checks = gather_checks(register, disruption, subject=subject, runs=runs)
    scene = _Scene(
        register=register,
        disruption=disruption,
        subject=subject,
        placed=_placed(register, subject, runs=runs, before=checks.bad_since),
        runs=runs,
        checks=checks,
    )
    starts = _in_order(_starts(scene), open_first=True)
    ends = _in_order(_ends(scene), open_first=False)
    return WindowProposal(
        subject=subject,
        start=_proposed_start(starts, since=checks.bad_since),
        end=_proposed_end(ends),
        starts=starts,
        ends=ends,
        first_bad=None if checks.first_bad is None else instant(checks.first_bad),
    )


def is_guess(start: WindowEdge) -> bool:
    """Return whether a start is taken by habit, for want of any evidence."""
    return start.kind in _GUESSES


def _placed(
    register: Register, subject: WindowSubject, *, runs: Sequence[Operation], before: int
) -> WindowSubject:
    """Return the subject with the machine that a tool was on when the trouble began."""
    if subject.equipment:
        return subject
    begun = [
        run
        for run in runs
        if run.equipment is not None
        and register.span(run.actual_start, plant=run.key.plant).earliest <= before
    ]
    last = begun[-1].equipment if begun else None
    return replace(subject, equipment=(last,) if last else ())


def _starts(scene: _Scene) -> Iterator[WindowEdge]:
    checks, register = scene.checks, scene.register
    since = checks.bad_since
    until = checks.last_bad if checks.last_bad is not None else since
    yield from _passes(scene)
    for check in checks.own[-1:]:
        if check.speaks_of.earliest <= until:
            yield _pass_edge(
                check, kind=EvidenceKind.OWN_PASSED_CHECK, link_class=LinkClass.POSSIBLE
            )
    changes = tool_changes(register, scene.runs)
    yield from _last_before(changes, since)
    yield from _last_before(_calibrations(scene), since)
    known = instant(until)
    if known is not None:
        over = rests(register, plant=scene.plant, subject=scene.placed, until=known, ends=True)
        for kind in (EvidenceKind.MAINTENANCE, EvidenceKind.STOP):
            yield from _last_before([each for each in over if each.kind is kind], since)
    begun = _lot_start(scene)
    if begun is not None:
        yield begun
    before = instant(since)
    if before is not None:
        shift = shift_start(register, plant=scene.plant, subject=scene.placed, before=before)
        if shift is not None:
            yield shift
    yield first_record(register, plant=scene.plant, subject=scene.subject, runs=scene.runs)


def _passes(scene: _Scene) -> Iterator[WindowEdge]:
    """Yield the last good checks before the first bad lot; of several machines the oldest last one.

    Each machine must have been good: the window of all begins with the one that was good longest
    ago, and with nothing where one was never checked.
    """
    since = scene.checks.bad_since
    before = [check for check in scene.checks.good if check.speaks_of.latest < since]
    machines = {run.equipment for run in scene.runs} & {*scene.subject.equipment}
    machines |= {check.machine for check in before}
    if not scene.subject.tool and len(machines) > 1:
        last = [
            max(
                (check for check in before if check.machine == machine),
                key=lambda check: check.speaks_of,
                default=None,
            )
            for machine in machines
        ]
        known = [check for check in last if check is not None]
        before = [min(known, key=lambda check: check.speaks_of)] if len(known) == len(last) else []
    moments: set[int] = set()
    for check in reversed(before):
        if check.speaks_of.earliest not in moments and len(moments) < _PASSES_SHOWN:
            moments.add(check.speaks_of.earliest)
            yield _pass_edge(check, kind=EvidenceKind.PASSED_CHECK, link_class=_proof(scene, check))


def _proof(scene: _Scene, check: Check) -> LinkClass:
    """Return how well a passed check shows that all was well: the same matter, and its time."""
    same = {other.row.characteristic for other in scene.checks.bad}
    named = check.row.characteristic is not None and check.row.characteristic in same
    return LinkClass.CONFIRMED if named and not check.speaks_of.is_date_only else LinkClass.PROBABLE


def _pass_edge(check: Check, *, kind: EvidenceKind, link_class: LinkClass) -> WindowEdge:
    return edge(
        EvidenceKind.CALIBRATION if check.is_calibration and check.passed else kind,
        check.speaks_of.earliest,
        link_class=link_class,
        ref=_name(check),
        what=check.row.characteristic or "",
    )


def _name(check: Check) -> str:
    if check.row.lot is not None:
        return lot_text(check.row.lot)
    return check.row.work_order or check.row.tool or check.row.equipment or ""


def _calibrations(scene: _Scene) -> list[WindowEdge]:
    """Return the good calibrations of the gauges that measured the bad lots, by time."""
    facts = scene.register.facts
    lots = {check.row.lot for check in scene.checks.bad} | set(scene.disruption.scope.lots)
    orders = {check.row.work_order for check in scene.checks.bad if check.row.work_order}
    gauges = {
        use.resource
        for use in facts.resource_uses
        if use.plant == scene.plant
        and use.kind == "gauge"
        and (use.lot in lots - {None} or use.work_order in orders)
    }
    found = [
        edge(
            EvidenceKind.CALIBRATION,
            scene.register.span(row.at, plant=scene.plant).earliest,
            link_class=LinkClass.PROBABLE,
            ref=row.tool or "",
            what=row.characteristic or "",
        )
        for row in facts.inspections
        if row.plant == scene.plant and row.passed and row.tool in gauges and is_calibration(row)
    ]
    return sorted(found, key=_by_time)


def _lot_start(scene: _Scene) -> WindowEdge | None:
    """Return when the first bad lot went into the making, or what ran when trouble was known."""
    checks = scene.checks
    if checks.bad:
        first = min(checks.bad, key=lambda check: (check.begun, check.speaks_of))
        if first.begun < FOREVER and first.begun < first.speaks_of.latest:
            return edge(
                EvidenceKind.LOT_START,
                first.begun,
                link_class=LinkClass.POSSIBLE,
                ref=_name(first),
            )
        return None
    running = [
        run
        for run in scene.runs
        if scene.register.span(run.actual_start, plant=scene.plant).earliest <= checks.bad_since
    ]
    if not running:
        return None
    last = running[-1]
    return edge(
        EvidenceKind.LOT_START,
        scene.register.span(last.actual_start, plant=scene.plant).earliest,
        link_class=LinkClass.POSSIBLE,
        ref=last.key.work_order,
    )


def _ends(scene: _Scene) -> Iterator[WindowEdge]:
    checks, register = scene.checks, scene.register
    last = checks.last_bad
    after = known_at(scene.disruption) if last is None else last
    if last is not None and checks.bad:
        worst = max(checks.bad, key=lambda check: check.speaks_of)
        yield replace(
            _pass_edge(worst, kind=EvidenceKind.FAILED_CHECK, link_class=LinkClass.POSSIBLE),
            at=instant(last),
        )
    good = [check for check in checks.good if check.speaks_of.earliest > after]
    for check in good[:_PASSES_SHOWN]:
        yield _pass_edge(check, kind=EvidenceKind.PASSED_CHECK, link_class=_proof(scene, check))
    yield from _first_after(tool_changes(register, scene.runs), after)
    yield from _first_after(_calibrations(scene), after)
    known = scene.disruption.opened_at
    begun = rests(register, plant=scene.plant, subject=scene.placed, until=known, ends=False)
    for kind in (EvidenceKind.MAINTENANCE, EvidenceKind.STOP):
        yield from _first_after([each for each in begun if each.kind is kind], after)
    if microseconds(known) >= after:
        yield WindowEdge(kind=EvidenceKind.REPORTED, at=known, link_class=LinkClass.POSSIBLE)
    yield WindowEdge(kind=EvidenceKind.OPEN_END, at=None, link_class=LinkClass.CONFIRMED)


def _last_before(edges: Sequence[WindowEdge], limit: int) -> list[WindowEdge]:
    return [each for each in edges if each.at is not None and microseconds(each.at) <= limit][-1:]


def _first_after(edges: Sequence[WindowEdge], limit: int) -> list[WindowEdge]:
    return [each for each in edges if each.at is not None and microseconds(each.at) >= limit][:1]


def _in_order(edges: Iterator[WindowEdge], *, open_first: bool) -> tuple[WindowEdge, ...]:
    """Return the edges by time; of those at one instant the best proven one."""
    best: dict[object, WindowEdge] = {}
    for each in edges:
        known = best.get(each.at)
        if known is None or each.link_class < known.link_class:
            best[each.at] = each
    timed = sorted((each for each in best.values() if each.at is not None), key=_by_time)
    unbounded = [each for each in best.values() if each.at is None]
    return (*unbounded, *timed) if open_first else (*timed, *unbounded)


def _by_time(found: WindowEdge) -> tuple[int, str, str]:
    at = FOREVER if found.at is None else microseconds(found.at)
    return (at, found.kind.value, found.ref)


def _proposed_start(starts: Sequence[WindowEdge], *, since: int) -> WindowEdge:
    for rung in _START_LADDER:
        fitting = [
            each
            for each in starts
            if each.kind in rung and (each.at is None or microseconds(each.at) <= since)
        ]
        if fitting:
            return fitting[0] if rung == _GUESSES else fitting[-1]
    return starts[0]


def _proposed_end(ends: Sequence[WindowEdge]) -> WindowEdge:
    proven = [
        each for each in ends if each.kind in (EvidenceKind.PASSED_CHECK, EvidenceKind.CALIBRATION)
    ]
    return proven[0] if proven else ends[-1]
