"""List what is missing or doubtful in the records that an answer stands on."""

from decimal import Decimal

import numpy as np

from knockon.domain.impact import Gap
from knockon.engine.impact.case import Case
from knockon.engine.schedule._kernels import AGES


def list_gaps(case: Case, *, negligible: int) -> tuple[Gap, ...]:
    """Return the gaps of an answer, by code and place.

    Parameters
    ----------
    negligible
        How many lines are later by too little to count and by nothing else.
    """
    gaps = set(case.trace.gaps) if case.trace is not None else set()
    if case.trace is not None:
        gaps |= set(case.trace.seeds.gaps)
    late = case.late_jobs()
    late_work = {case.shop.jobs[place].work_order for place in late}
    gaps |= {
        Gap(code="no_schedule", where=_text(key), qty=case.records.work_orders[key].qty)
        for key in case.unscheduled
        if key in case.possible.came_from or key in late_work
    }
    gaps |= {
        Gap(
            code="date_only",
            where=_text(case.shop.jobs[place].work_order),
            qty=case.records.work_orders[case.shop.jobs[place].work_order].qty,
        )
        for place in late
        if case.shop.jobs[place].date_only
    }
    gaps |= _schedule_gaps(case)
    if negligible:
        plant = case.disruption.scope.plant
        gaps.add(Gap(code="below_materiality", where=plant, qty=Decimal(negligible)))
    return tuple(sorted(gaps, key=lambda gap: (gap.code, gap.where, gap.qty or Decimal(0))))


def _schedule_gaps(case: Case) -> set[Gap]:
    """Return where the plan contradicts itself, and where its calendars never let work end."""
    widest = case.runs[-1]
    circles = {
        Gap(
            code="plan_circle",
            where=_text(case.shop.jobs[widest.waits[place].target].work_order),
            qty=None,
        )
        for place in widest.new.dropped
    }
    endless = {
        Gap(code="no_working_time", where=case.shop.jobs[place].equipment or "", qty=None)
        for place in np.flatnonzero(widest.old.finish >= AGES)
    }
    return circles | endless


def _text(key: tuple[str, str]) -> str:
    return "/".join(key)
