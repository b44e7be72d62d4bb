"""Evidence that frees lots of what is wrong with them: rework, and the inspection passed after it.

Passing an inspection alone frees nothing: the defect may not be what was looked at, and a sample
tells of itself only. Nothing that was done before the disruption was known frees of it.
"""

from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import Inspection, LotKey, WorkOrderKey
from knockon.domain.reasons import Reason
from knockon.engine.graph.instants import Span, microseconds
from knockon.engine.graph.naming import lot_text, work_order_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_REWORK = "rework"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearance:
    """A lot was reworked and passed; what leaves it later than ``when`` is free."""

    lot: LotKey
    work_order: WorkOrderKey
    when: Span

    @property
    def reason(self) -> Reason:
        """Return the evidence in a form that words can be made of."""
        return Reason(
            code="reworked_and_passed",
            params={"lot": lot_text(self.lot), "work_order": work_order_text(self.work_order)},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Check:
    """An inspection of the whole lot."""

    when: Span
    characteristic: str | None
    passed: bool


def clearances(
    register: Register, disruptions: Sequence[Disruption], *, hit: Container[LotKey]
) -> dict[LotKey, Clearance]:
    """Return which of the hit lots were reworked and passed since the disruptions were known.

    Notes
    -----
    Everything that the lot failed before must have been passed after the rework; where it failed
    nothing, the whole lot must have. Passing again after another failure needs another rework, so
    a relapse makes the lot suspect again, with all that left it meanwhile. All orders in time must
    be certain.
    """
    known_since = max((microseconds(one.opened_at) for one in disruptions), default=FOREVER)
    found = {}
    for lot, checks in _checks(register, hit=hit).items():
        clearance = _clearance(register, lot, checks, known_since=known_since)
        if clearance is not None:
            found[lot] = clearance
    return found


def _checks(register: Register, *, hit: Container[LotKey]) -> dict[LotKey, list[_Check]]:
    checks: dict[LotKey, list[_Check]] = defaultdict(list)
    for row in register.facts.inspections:
        if row.lot is not None and row.lot in hit and row.passed is not None:
            if row.passed and row.sample:
                continue
            checks[row.lot].append(_check(register, row, passed=row.passed))
    return checks


def _check(register: Register, row: Inspection, *, passed: bool) -> _Check:
    when = register.span(row.at, plant=row.plant)
    return _Check(when=when, characteristic=row.characteristic, passed=passed)


def _clearance(
    register: Register, lot: LotKey, checks: Sequence[_Check], *, known_since: int
) -> Clearance | None:
    failed = [check for check in checks if not check.passed]
    since = max((known_since, *(check.when.latest for check in failed)))
    reworks = [(span, key) for span, key in _reworks(register, lot) if span.earliest > since]
    if not reworks:
        return None
    rework, work_order = min(reworks)
    wanted = {check.characteristic for check in failed} or {None}
    passed: list[Span] = []
    for characteristic in wanted:
        again = [
            check.when
            for check in checks
            if check.passed
            and check.characteristic in (None, characteristic)
            and check.when.earliest >= rework.latest
        ]
        if not again:
            return None
        passed.append(min(again))
    return Clearance(lot=lot, work_order=work_order, when=max(passed))


def _reworks(register: Register, lot: LotKey) -> Iterator[tuple[Span, WorkOrderKey]]:
    """Yield when the lot was worked over, in place or out of another lot."""
    for use in register.uses_into.get(lot, ()):
        key = WorkOrderKey(use.plant, use.work_order or "")
        if _is_rework(register, key) and use.at is not None:
            yield register.span(use.at, plant=use.plant), key
    maker = register.made_by.get(lot)
    made = register.made(lot)
    if maker is not None and made is not None and _is_rework(register, maker):
        yield made, maker


def _is_rework(register: Register, key: WorkOrderKey) -> bool:
    work_order = register.work_orders.get(key)
    return work_order is not None and work_order.kind == _REWORK


def spans_of(found: Mapping[LotKey, Clearance]) -> dict[LotKey, Span]:
    """Return from when on each lot is free."""
    return {lot: clearance.when for lot, clearance in found.items()}
