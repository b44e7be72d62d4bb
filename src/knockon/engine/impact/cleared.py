"""List what evidence freed: what would be hit without it and is not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import LotKey
from knockon.domain.impact import Cleared, Impact, PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.domain.reasons import Reason
from knockon.engine.graph.instants import instant
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.vessels import cleanings
from knockon.engine.impact.clearing import clearances
from knockon.engine.impact.trace import LotTrace


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What freed one lot and whatever came out of it later."""

    reason: Reason
    at: datetime | None


def is_freed_in_part(trace: LotTrace) -> bool:
    """Return whether something that was reached began anew, so that evidence may have freed it."""
    return any(trace.lot(key) is not None for key in trace.graph.anew)


def list_cleared(
    register: Register,
    disruptions: Sequence[Disruption],
    *,
    answer: Impact,
    without: Impact,
    trace: LotTrace,
) -> tuple[Cleared, ...]:
    """Return the lots, then the order lines, that are hit only when no evidence counts.

    Parameters
    ----------
    answer
        With evidence.
    without
        The same question, every piece of evidence left out.
    trace
        How suspect material spread without it.
    """
    evidence = dict(_evidence(register, disruptions, trace))
    if not evidence:
        return ()
    found: list[Cleared] = []
    hit = {row.key for row in answer.lots}
    for lot in without.lots:
        if lot.key not in hit:
            why = _why(evidence, trace.path_to(lot.key))
            row = replace(lot, link_class=LinkClass.CLEARED, qty_at_risk=None)
            found.append(Cleared(row=row, reason=why.reason, at=why.at))
    lines = {order.key for order in answer.orders}
    for order in without.orders:
        if order.key not in lines:
            why = _why(evidence, order.path)
            line = replace(order, link_class=LinkClass.CLEARED)
            found.append(Cleared(row=line, reason=why.reason, at=why.at))
    return tuple(found)


def _evidence(
    register: Register, disruptions: Sequence[Disruption], trace: LotTrace
) -> Iterator[tuple[str, _Evidence]]:
    """Yield what may have freed each reached lot, by its name in paths."""
    hit: set[LotKey] = {row.key for row in trace.lots}
    for lot, times in cleanings(register).items():
        if lot in hit:
            name = lot_text(lot)
            reason = Reason(code="vessel_cleaned", params={"lot": name})
            yield name, _Evidence(reason=reason, at=instant(times[-1].latest))
    for lot, clearance in clearances(register, disruptions, hit=hit).items():
        at = instant(clearance.when.latest)
        yield lot_text(lot), _Evidence(reason=clearance.reason, at=at)


def _why(evidence: Mapping[str, _Evidence], path: Sequence[PathStep]) -> _Evidence:
    """Return the evidence nearest to the end of a path; any, where the path shows none."""
    lots = [step.key for step in reversed(path) if step.type is StepType.LOT]
    found = (evidence[name] for name in lots if name in evidence)
    return next(found, None) or next(iter(evidence.values()))
