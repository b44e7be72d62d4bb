"""Work orders and operations with their plan and progress."""

from collections.abc import Mapping, Sequence
from typing import Any

from knockon.apps.plant.snapshot import as_of, moment, number, seconds, surely
from knockon.apps.production import models
from knockon.domain import facts
from knockon.domain.facts import (
    EquipmentKey,
    LotKey,
    OperationKey,
    OrderLineKey,
    WorkOrderKey,
)


def load_work_orders(*, position: int, plants: Sequence[str]) -> tuple[facts.WorkOrder, ...]:
    """Return the work orders that were not cancelled, by key."""
    rows = as_of(models.WorkOrder, position=position, plants=plants).exclude(status="cancelled")
    return tuple(
        facts.WorkOrder(
            key=WorkOrderKey(row.site_id, row.work_order),
            item=row.item,
            qty=number(row.qty),
            kind=row.kind,
            status=row.status,
            due=moment(row.due_at, row.due_span_s),
            planned_start=moment(row.planned_start, row.planned_start_span_s),
            planned_finish=moment(row.planned_finish, row.planned_finish_span_s),
            finished_qty=number(row.finished_qty),
            scrap_qty=number(row.scrap_qty),
            order_line=OrderLineKey(row.site_id, row.order, row.line) if row.order else None,
            parent_work_order=row.parent_work_order or None,
            supplier=row.supplier or None,
        )
        for row in rows.order_by("site_id", "work_order", "id")
    )


def load_requirements(*, position: int, plants: Sequence[str]) -> tuple[facts.Requirement, ...]:
    """Return what work orders need, by work order and component."""
    rows = as_of(models.Requirement, position=position, plants=plants)
    return tuple(
        facts.Requirement(
            work_order=WorkOrderKey(row.site_id, row.work_order),
            component=row.component,
            required_qty=number(row.required_qty),
            issued_qty=number(row.issued_qty),
            uom=row.uom or None,
            seq=row.seq,
            supplied_by=row.supplied_by or None,
        )
        for row in rows.order_by("site_id", "work_order", "component", "seq", "id")
    )


def load_operations(
    *, position: int, plants: Sequence[str], schedules: Mapping[str, int]
) -> tuple[facts.Operation, ...]:
    """Return the operations with the plan of each plant's schedule version, by key."""
    plan = _load_plan(plants=plants, schedules=schedules)
    rows = as_of(models.Operation, position=position, plants=plants)
    progress = {(row.site_id, row.work_order, row.seq): row for row in rows}
    found = []
    for key in sorted(plan.keys() | progress.keys()):
        planned, done = plan.get(key), progress.get(key)
        found.append(_operation(key, planned=planned, done=done))
    return tuple(found)


def _load_plan(
    *, plants: Sequence[str], schedules: Mapping[str, int]
) -> dict[tuple[str, str, int], models.PlannedOperation]:
    plan: dict[tuple[str, str, int], models.PlannedOperation] = {}
    versions = models.ScheduleVersion.objects.filter(site_id__in=plants)
    for version in versions.only("site_id", "number", "recorded_id"):
        if schedules.get(version.site_id) != version.number:
            continue
        rows = as_of(
            models.PlannedOperation, position=version.recorded_id, plants=[version.site_id]
        )
        plan.update({(row.site_id, row.work_order, row.seq): row for row in rows})
    return plan


def _operation(
    key: tuple[str, str, int],
    *,
    planned: models.PlannedOperation | None,
    done: models.Operation | None,
) -> facts.Operation:
    return facts.Operation(
        key=OperationKey(*key),
        operation=(done.operation or None) if done else None,
        equipment=(planned.equipment or None) if planned else None,
        tool=(planned.tool or None) if planned else None,
        run_group=(planned.run_group or None) if planned else None,
        crew=(planned.crew or None) if planned else None,
        planned_start=moment(planned.planned_start, planned.planned_start_span_s)
        if planned
        else None,
        planned_finish=moment(planned.planned_finish, planned.planned_finish_span_s)
        if planned
        else None,
        status=done.status if done else "planned",
        actual_start=moment(done.actual_start, done.actual_start_span_s) if done else None,
        actual_finish=moment(done.actual_finish, done.actual_finish_span_s) if done else None,
        **_progress(done),
    )


def _progress(done: models.Operation | None) -> dict[str, Any]:
    if done is None:
        return {}
    per_unit = done.run_min_per_unit
    return {
        "qty_good": number(done.qty_good),
        "qty_scrap": number(done.qty_scrap),
        "setup_s": seconds(done.setup_min),
        "run_s_per_unit": None if per_unit is None else number(per_unit * 60),
    }


def load_resource_uses(*, position: int, plants: Sequence[str]) -> tuple[facts.ResourceUse, ...]:
    """Return which resources touched what, by resource and time."""
    rows = as_of(models.ResourceUse, position=position, plants=plants)
    return tuple(
        facts.ResourceUse(
            plant=row.site_id,
            resource=row.resource,
            kind=row.kind,
            lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
            work_order=row.work_order or None,
            start=surely(row.start, row.start_span_s),
            end=moment(row.end, row.end_span_s),
        )
        for row in rows.order_by("site_id", "resource", "start", "fact_key", "id")
    )


def load_stops(*, position: int, plants: Sequence[str]) -> tuple[facts.Stop, ...]:
    """Return the stops, by machine and time."""
    rows = as_of(models.Stop, position=position, plants=plants)
    return tuple(
        facts.Stop(
            equipment=EquipmentKey(row.site_id, row.equipment),
            start=row.start,
            end=row.end,
            cause=row.cause or None,
        )
        for row in rows.order_by("site_id", "equipment", "start", "fact_key", "id")
    )
