"""Which inspections speak of a machine, tool or cavity, when they speak of, and which are void."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import Inspection, LotKey, Operation, WorkOrderKey
from knockon.domain.suspect_window import WindowSubject
from knockon.engine.graph.instants import Span, microseconds, span_of
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """An inspection that speaks of the subject.

    Parameters
    ----------
    speaks_of
        When the inspected piece was made: at the inspection in line, no later than its lot was made
        for a check in the laboratory.
    begun
        From when on its lot was in the making, microseconds; what was bad may be as old.
    machine
        Where the piece was made.
    is_calibration
        Whether a gauge was inspected itself.
    """

    row: Inspection
    passed: bool
    speaks_of: Span
    begun: int
    machine: str | None
    is_calibration: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What inspections say of one subject.

    Parameters
    ----------
    bad
        The failed checks of this trouble, by time: those after the last good one.
    good
        Passed checks of what failed, on other lots, by time.
    own
        Passed samples of the lots that failed.
    first_bad, last_bad
        When the first and the last bad piece were made at the latest; None without a failed check.
    bad_since
        From when on the first bad lot was in the making; without a failed check when the trouble
        was known, microseconds.
    """

    bad: tuple[Check, ...]
    good: tuple[Check, ...]
    own: tuple[Check, ...]
    first_bad: int | None
    last_bad: int | None
    bad_since: int


def known_at(disruption: Disruption) -> int:
    """Return when the trouble was known at the latest, microseconds."""
    return microseconds(disruption.scope.end or disruption.opened_at)


def runs_on(register: Register, *, plant: str, subject: WindowSubject) -> list[Operation]:
    """Return the operations that ran on the subject, by start."""
    rows = [
        row
        for row in register.facts.operations
        if row.key.plant == plant
        and row.actual_start is not None
        and (row.tool == subject.tool if subject.tool else row.equipment in subject.equipment)
    ]
    return sorted(rows, key=lambda row: (_started(register, row), row.key))


def gather_checks(
    register: Register, disruption: Disruption, *, subject: WindowSubject, runs: list[Operation]
) -> Checks:
    """Return the checks of a subject that bear on a disruption.

    Notes
    -----
    A check of another characteristic than the failed ones says nothing, and neither does one by a
    gauge that was found wrong at its next calibration. A failure before the last good check is
    another trouble.
    """
    found = sorted(
        _checks(register, disruption, subject=subject, runs=runs),
        key=lambda check: (check.speaks_of, check.passed, check.row.characteristic or ""),
    )
    named = frozenset(disruption.scope.lots)
    known = max(known_at(disruption), microseconds(disruption.opened_at))
    failed = [check for check in found if not check.passed and check.speaks_of.earliest <= known]
    bad = [check for check in failed if check.row.lot in named]
    if not named:
        bad = _trailing(failed, [check for check in found if check.passed])
    lots = _making(register, named, runs=runs, plant=disruption.scope.plant)
    culprits = {culprit for check in bad for culprit in _subjects_of(check.row)} | named
    passed = [check for check in found if check.passed and _same_matter(check, bad)]
    own = [check for check in passed if not culprits.isdisjoint(_subjects_of(check.row))]
    good = [check for check in passed if culprits.isdisjoint(_subjects_of(check.row))]
    return Checks(
        bad=tuple(bad),
        good=tuple(good),
        own=tuple(own),
        first_bad=min((check.speaks_of.latest for check in bad), default=None),
        last_bad=max([*(check.speaks_of.latest for check in bad), *lots.values()], default=None),
        bad_since=min([*(check.begun for check in bad), *lots], default=known_at(disruption)),
    )


def _making(
    register: Register, lots: frozenset[LotKey], *, runs: list[Operation], plant: str
) -> dict[int, int]:
    """Return when the making of each named lot began on the subject, and when it was over."""
    own_runs = first_runs(runs, plant=plant)
    found: dict[int, int] = {}
    for lot in sorted(lots):
        made = register.made(lot)
        begun = _begun(register, lot, register.made_by.get(lot), own_runs)
        if made is not None:
            begun = min(begun, made.earliest)
            found[begun] = max(found.get(begun, begun), made.latest)
        elif begun < FOREVER:
            found[begun] = max(found.get(begun, begun), begun)
    return found


def first_runs(runs: list[Operation], *, plant: str) -> dict[WorkOrderKey, Operation]:
    """Return the first run of each work order."""
    return {WorkOrderKey(plant, row.key.work_order): row for row in reversed(runs)}


def _trailing(failed: list[Check], passed: list[Check]) -> list[Check]:
    """Return the failures after which nothing was good again before the next one."""
    kept: list[Check] = []
    for check in reversed(failed):
        if kept and any(
            _matches(good, kept[-1])
            and check.speaks_of.latest < good.speaks_of.earliest
            and good.speaks_of.latest < kept[-1].begun
            for good in passed
        ):
            break
        kept.append(check)
    return kept[::-1]


def _same_matter(check: Check, bad: list[Check]) -> bool:
    return not bad or any(_matches(check, other) for other in bad)


def _matches(check: Check, other: Check) -> bool:
    names = {check.row.characteristic, other.row.characteristic}
    return None in names or len(names) == 1


def _subjects_of(row: Inspection) -> set[LotKey | WorkOrderKey]:
    found: set[LotKey | WorkOrderKey] = set()
    if row.lot is not None:
        found.add(row.lot)
    if row.work_order:
        found.add(WorkOrderKey(row.plant, row.work_order))
    return found


def _checks(
    register: Register, disruption: Disruption, *, subject: WindowSubject, runs: list[Operation]
) -> Iterator[Check]:
    plant = disruption.scope.plant
    own_runs = first_runs(runs, plant=plant)
    named = frozenset(disruption.scope.lots)
    gauges = _gauges(register)
    makers = _makers(register, plant=plant)
    void = _void_spells(register, plant=plant, gauges=gauges)
    for row in register.facts.inspections:
        if row.plant != plant or row.passed is None:
            continue
        work_order = _work_order_of(register, row)
        run = own_runs.get(work_order) if work_order is not None else None
        is_own_failure = not row.passed and row.lot in named
        where = _machines(register, row, work_order=work_order, makers=makers)
        if not is_own_failure and not _fits(row, subject, where=where, run=run):
            continue
        when = register.span(row.at, plant=plant)
        if row.passed and row.tool != subject.tool and _is_void(when, void.get(row.tool or "", ())):
            continue
        speaks_of = _speaks_of(register, row, when=when, run=run)
        yield Check(
            row=row,
            passed=row.passed,
            speaks_of=speaks_of,
            begun=min(_begun(register, row.lot, work_order, own_runs), speaks_of.earliest),
            machine=min(where & {*subject.equipment}, default=row.equipment),
            is_calibration=row.tool in gauges and is_calibration(row),
        )


def _speaks_of(register: Register, row: Inspection, *, when: Span, run: Operation | None) -> Span:
    """Return when the inspected piece was on the subject, at the latest.

    No later than the inspection, than its lot was made, and than its lot left the subject for the
    next operation.
    """
    spans = [when]
    made = None if row.lot is None else register.made(row.lot)
    if made is not None:
        spans.append(made)
    if run is not None and run.actual_finish is not None:
        spans.append(register.span(run.actual_finish, plant=run.key.plant))
    return Span(
        min(span.earliest for span in spans),
        min(span.latest for span in spans),
        when.is_date_only,
    )


def _fits(
    row: Inspection, subject: WindowSubject, *, where: frozenset[str], run: Operation | None
) -> bool:
    """Return whether a row is of the subject; one that names no tool is of its work order's."""
    if subject.cavity is not None and row.cavity not in (None, subject.cavity):
        return False
    if subject.tool:
        return row.tool == subject.tool or (row.tool is None and run is not None)
    return not where.isdisjoint(subject.equipment)


def _machines(
    register: Register,
    row: Inspection,
    *,
    work_order: WorkOrderKey | None,
    makers: frozenset[str],
) -> frozenset[str]:
    """Return where an inspected piece was made.

    The row's machine, unless nothing is ever made there: then it is a test station, and the piece
    is of the machines that its lot went over.
    """
    if row.equipment in makers:
        return frozenset({row.equipment or ""})
    lot = register.lots.get(row.lot) if row.lot is not None else None
    passed_over = {
        run.equipment
        for run in (register.operations.get(work_order, ()) if work_order is not None else ())
        if run.equipment and run.actual_start is not None
    }
    if lot is not None and lot.equipment:
        passed_over.add(lot.equipment)
    return frozenset(passed_over or ({row.equipment} if row.equipment else ()))


def _makers(register: Register, *, plant: str) -> frozenset[str]:
    """Return the machines on which anything is made, as far as recorded."""
    facts = register.facts
    found = {row.equipment for row in facts.operations if row.key.plant == plant}
    found |= {row.equipment for row in facts.lots}
    found |= {row.equipment for row in facts.consumption if row.plant == plant}
    return frozenset(name for name in found if name)


def _work_order_of(register: Register, row: Inspection) -> WorkOrderKey | None:
    if row.work_order:
        return WorkOrderKey(row.plant, row.work_order)
    return register.made_by.get(row.lot) if row.lot is not None else None


def _begun(
    register: Register,
    lot: LotKey | None,
    work_order: WorkOrderKey | None,
    own_runs: Mapping[WorkOrderKey, Operation],
) -> int:
    """Return when the making of a lot began on the subject, as far as known; else FOREVER."""
    run = own_runs.get(work_order) if work_order is not None else None
    if run is not None:
        return _started(register, run)
    uses = register.uses_into.get(lot, ()) if lot is not None else ()
    times = [register.span(use.at, plant=use.plant).earliest for use in uses if use.at is not None]
    return min(times, default=FOREVER)


def _started(register: Register, run: Operation) -> int:
    return register.span(run.actual_start, plant=run.key.plant).earliest


def _gauges(register: Register) -> frozenset[str]:
    facts = register.facts
    described = {row.key.tool for row in facts.tools if row.kind == "gauge"}
    return frozenset(
        described | {row.resource for row in facts.resource_uses if row.kind == "gauge"}
    )


def _void_spells(
    register: Register, *, plant: str, gauges: frozenset[str]
) -> dict[str, tuple[Span, ...]]:
    """Return for each gauge when its readings were worth nothing.

    From its last good calibration until the one that it failed.
    """
    last_good: dict[str, int] = {}
    spells: dict[str, tuple[Span, ...]] = {}
    for row in register.facts.inspections:
        gauge = row.tool or ""
        if gauge not in gauges or row.plant != plant or not is_calibration(row):
            continue
        at = register.span(row.at, plant=plant)
        if row.passed:
            last_good[gauge] = at.latest
        elif row.passed is not None:
            spell = span_of(last_good.get(gauge, -FOREVER) + 1, at.latest)
            spells[gauge] = (*spells.get(gauge, ()), spell)
    return spells


def is_calibration(row: Inspection) -> bool:
    """Return whether the row inspects a gauge itself: it names a tool and nothing made."""
    return row.tool is not None and row.lot is None and row.work_order is None


def _is_void(when: Span, spells: tuple[Span, ...]) -> bool:
    return any(when.meets(spell) for spell in spells)
