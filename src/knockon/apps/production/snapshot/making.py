"""Work orders and operations with their plan and progress."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from knockon.apps.plant.snapshot import moment, number, seconds, surely
from knockon.apps.production import models
from knockon.apps.production.snapshot.tables import FactTable, LoadedTable
from knockon.domain import facts
from knockon.domain.facts import (
    EquipmentKey,
    LotKey,
    OperationKey,
    OrderLineKey,
    WorkOrderKey,
)

_Key = tuple[str, str, int]


def _work_order(row: Any) -> facts.WorkOrder:
    return facts.WorkOrder(
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


WORK_ORDERS: Final = FactTable(
    model=models.WorkOrder,
    order=("site_id", "work_order"),
    build=_work_order,
    without={"status": "cancelled"},
)
"""Work orders that were not cancelled, by key."""


def _requirement(row: Any) -> facts.Requirement:
    return facts.Requirement(
        work_order=WorkOrderKey(row.site_id, row.work_order),
        component=row.component,
        required_qty=number(row.required_qty),
        issued_qty=number(row.issued_qty),
        uom=row.uom or None,
        seq=row.seq,
        supplied_by=row.supplied_by or None,
    )


REQUIREMENTS: Final = FactTable(
    model=models.Requirement,
    order=("site_id", "work_order", "component", "seq"),
    build=_requirement,
)
"""What work orders need, by work order and component."""


def _unchanged(row: Any) -> Any:
    return row


_PROGRESS: Final = FactTable(
    model=models.Operation, order=("site_id", "work_order", "seq"), build=_unchanged
)
_PLAN: Final = FactTable(
    model=models.PlannedOperation, order=("site_id", "work_order", "seq"), build=_unchanged
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedOperations:
    """The operations with the plan of each plant's schedule version, by key."""

    progress: LoadedTable[Any]
    plans: Mapping[str, LoadedTable[Any]]
    made: Mapping[_Key, tuple[Any, Any, facts.Operation]]
    facts: tuple[facts.Operation, ...]


def load_operations(
    *,
    position: int,
    plants: Sequence[str],
    schedules: Mapping[str, int],
    known: LoadedOperations | None = None,
) -> LoadedOperations:
    """Return the operations with the plan of each plant's schedule version, by key.

    Parameters
    ----------
    known
        Those of an earlier position: only what changed since is read.
    """
    progress = _PROGRESS.load(
        position=position, plants=plants, known=known.progress if known else None
    )
    plans = _load_plans(plants=plants, schedules=schedules, known=known.plans if known else {})
    planned = {entry[0][:-1]: entry[1] for plan in plans.values() for entry in plan.entries}
    done = {entry[0][:-1]: entry[1] for entry in progress.entries}
    before = known.made if known else {}
    made = {}
    for key in sorted(planned.keys() | done.keys()):
        plan, report = planned.get(key), done.get(key)
        old = before.get(key)
        if old is None or old[0] is not plan or old[1] is not report:
            old = (plan, report, _operation(key, planned=plan, done=report))
        made[key] = old
    return LoadedOperations(
        progress=progress,
        plans=plans,
        made=made,
        facts=tuple(entry[2] for entry in made.values()),
    )


def _load_plans(
    *,
    plants: Sequence[str],
    schedules: Mapping[str, int],
    known: Mapping[str, LoadedTable[Any]],
) -> dict[str, LoadedTable[Any]]:
    """Return the plan of each plant as its schedule version recorded it."""
    plans = {}
    versions = models.ScheduleVersion.objects.filter(site_id__in=plants)
    for version in versions.only("site_id", "number", "recorded_id"):
        if schedules.get(version.site_id) != version.number:
            continue
        earlier = known.get(version.site_id)
        if earlier is not None and earlier.position > version.recorded_id:
            earlier = None
        plans[version.site_id] = _PLAN.load(
            position=version.recorded_id, plants=[version.site_id], known=earlier
        )
    return plans


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


def _reported(row: Any) -> facts.Operation:
    return _operation((row.site_id, row.work_order, row.seq), planned=None, done=row)


PROGRESS: Final = FactTable(
    model=models.Operation, order=("site_id", "work_order", "seq"), build=_reported
)
"""What was reported of operations, without their plan."""


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


def _resource_use(row: Any) -> facts.ResourceUse:
    return facts.ResourceUse(
        plant=row.site_id,
        resource=row.resource,
        kind=row.kind,
        lot=LotKey(row.issuer, row.item, row.lot) if row.lot else None,
        work_order=row.work_order or None,
        start=surely(row.start, row.start_span_s),
        end=moment(row.end, row.end_span_s),
    )


RESOURCE_USES: Final = FactTable(
    model=models.ResourceUse,
    order=("site_id", "resource", "start", "fact_key"),
    build=_resource_use,
)
"""Which resources touched what, by resource and time."""


def _stop(row: Any) -> facts.Stop:
    return facts.Stop(
        equipment=EquipmentKey(row.site_id, row.equipment),
        start=row.start,
        end=row.end,
        cause=row.cause or None,
    )


STOPS: Final = FactTable(
    model=models.Stop,
    order=("site_id", "equipment", "start", "fact_key"),
    build=_stop,
)
"""By machine and time."""
