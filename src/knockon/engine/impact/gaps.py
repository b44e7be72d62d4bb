"""List what is missing or doubtful in the records that an answer stands on."""

from decimal import Decimal

import numpy as np

from knockon.domain.facts import WorkOrderKey
from knockon.domain.impact import Gap
from knockon.engine.impact.case import Case
from knockon.engine.impact.orders import below_materiality
from knockon.engine.schedule._kernels import AGES


def list_gaps(case: Case) -> tuple[Gap, ...]:
    """Return the gaps of an answer, by code and place."""
    gaps = set(case.trace.gaps) if case.trace is not None else set()
    if case.trace is not None:
        gaps |= set(case.trace.seeds.gaps)
    gaps |= {
        Gap(code="no_schedule", where=_text(key), qty=case.records.work_orders[key].qty)
        for key in case.unscheduled
        if key in case.possible.came_from or _is_late(case, key)
    }
    gaps |= {
        Gap(
            code="date_only",
            where=_text(case.shop.jobs[place].work_order),
            qty=case.records.work_orders[case.shop.jobs[place].work_order].qty,
        )
        for place, job in enumerate(case.shop.jobs)
        if job.date_only and case.first_run(place) is not None
    }
    gaps |= _schedule_gaps(case)
    negligible = below_materiality(case)
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


def _is_late(case: Case, key: WorkOrderKey) -> bool:
    places = case.shop.of_work_order.get(key, ())
    return any(case.first_run(place) is not None for place in places)


def _text(key: tuple[str, str]) -> str:
    return "/".join(key)
