"""List what is missing or doubtful in the records that an answer stands on."""

from collections.abc import Container
from decimal import Decimal

import numpy as np

from knockon.domain.impact import Gap
from knockon.engine.impact.case import Case
from knockon.engine.schedule.limits import AGES


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
    gaps |= _schedule_gaps(case) | _unknown_names(case)
    if case.by_routing:
        lines = Decimal(len(case.by_routing))
        gaps.add(Gap(code="no_work_orders", where=case.disruption.scope.plant, qty=lines))
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


def _unknown_names(case: Case) -> set[Gap]:
    """Return what the disruption names and no record knows: nobody can tell whom it hits."""
    scope, facts = case.disruption.scope, case.records.facts
    machines = {key.equipment for key in case.records.equipment if key.plant == scope.plant}
    machines |= {row.equipment for row in facts.operations if row.equipment}
    machines |= {row.equipment for row in facts.routings if row.equipment}
    tools = {row.key.tool for row in facts.tools} | {row.tool for row in facts.operations}
    orders = {line.order for line in case.records.lines}
    purchases = {row.po for row in facts.purchase_orders} | {row.po for row in facts.receipts}
    suppliers = {row.supplier for row in facts.purchase_orders}
    suppliers |= {row.supplier for row in facts.lots}
    named: tuple[tuple[str, str | None, Container[str | None]], ...] = (
        *(("unknown_equipment", name, machines) for name in scope.equipment),
        ("unknown_tool", scope.tool, tools),
        ("unknown_order", scope.order, orders),
        ("unknown_purchase_order", scope.purchase_order, purchases),
        ("unknown_supplier", scope.supplier, suppliers),
    )
    return {
        Gap(code=code, where=name, qty=None)
        for code, name, known in named
        if name is not None and name not in known
    }


def _text(key: tuple[str, str]) -> str:
    return "/".join(key)
