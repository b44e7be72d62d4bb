"""Reading production as it stands now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet

from knockon.apps.accounts.selectors import visible
from knockon.apps.production.models import (
    Allocation,
    Delivery,
    ImportDraft,
    ImportRun,
    Inspection,
    Lot,
    LotEvent,
    Operation,
    OrderLine,
    PlannedOperation,
    Receipt,
    RefusedRow,
    Requirement,
    SavedMapping,
    Shipment,
    Stock,
    WorkOrder,
)
from knockon.apps.production.models.bindings import binding_of
from knockon.domain.access import Right, Viewer
from knockon.domain.contract.keytext import look_alike_pattern
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey

_LotRow = TypeVar("_LotRow", Inspection, Receipt, Shipment, Stock)


class LotUnknown(KnockonError):
    """No lot of this number is known."""

    code = "lot_unknown"


class LotLooksLike(LotUnknown):
    """No lot of this number is known, but some look like it; ``near`` lists them for a person."""

    code = "lot_looks_like"


class LotAmbiguous(KnockonError):
    """Several lots bear this number; the data list them so that a person can choose."""

    code = "lot_ambiguous"


class OrderLineUnknown(KnockonError):
    """There is no such order line, or not for this viewer."""

    code = "order_line_unknown"


class ImportUnknown(KnockonError):
    """There is no such import run, or not for this viewer."""

    code = "import_unknown"


def resolve_lot(lot: LotKey, *, plant: str | None = None, viewer: Viewer | None = None) -> LotKey:
    """Return the one lot that a full or bare number means.

    A bare number that fits lots of several items or issuers is never guessed; lots of the plant
    are preferred only when a plant is given and exactly one of them fits. With a viewer, only lots
    of the viewer's plants are among those to choose from. A full name may be of a
    lot that only a receipt knows.

    Raises
    ------
    LotUnknown, LotLooksLike, LotAmbiguous
        None fits, none but some look like it, or several do.
    """
    rows = Lot.objects.filter(retired=None, lot=lot.lot)
    if lot.item:
        rows = rows.filter(item=lot.item)
    if lot.issuer:
        rows = rows.filter(issuer=lot.issuer)
    named = rows.order_by("issuer", "item").values_list("issuer", "item", "lot", "site_id")
    found: list[Any] = list(named)
    if viewer is not None and len(found) > 1:
        found = [row for row in found if viewer.may(Right.VIEW_LOTS, plant=row[3])]
    if plant is not None and len(found) > 1:
        found = [row for row in found if row[3] == plant] or found
    if not found and _is_received(lot):
        return lot
    if not found:
        name = "/".join(part for part in lot if part)
        near = _look_alikes(lot, viewer=viewer)
        raise LotLooksLike(lot=name, near=", ".join(near)) if near else LotUnknown(lot=name)
    if len(found) > 1:
        raise LotAmbiguous(lot=lot.lot, candidates=["/".join(row[:3]) for row in found[:20]])
    return LotKey(*found[0][:3])


def _is_received(lot: LotKey) -> bool:
    rows = Receipt.objects.filter(retired=None, issuer=lot.issuer, item=lot.item, lot=lot.lot)
    return bool(lot.item) and rows.exists()


def _look_alikes(lot: LotKey, *, viewer: Viewer | None) -> list[str]:
    """Return the first few lots whose number a person may have meant."""
    rows = Lot.objects.filter(retired=None, lot__iregex=look_alike_pattern(lot.lot))
    if viewer is not None:
        rows = visible(rows, viewer=viewer, right=Right.VIEW_LOTS)
    if lot.item:
        rows = rows.filter(item=lot.item)
    named = rows.order_by("lot", "issuer", "item").values_list("issuer", "item", "lot")
    return ["/".join(row) for row in named[:5]]


def load_order_line(plant: str, rest: str, *, viewer: Viewer) -> OrderLine:
    """Return the order line that ``order/line`` names; either may itself contain a slash.

    Raises
    ------
    OrderLineUnknown
        There is none, it is not for this viewer, or the name fits two.
    """
    parts = rest.split("/")
    ways = [
        Q(order="/".join(parts[:cut]), line="/".join(parts[cut:])) for cut in range(1, len(parts))
    ]
    named = reduce(or_, ways, Q(pk=None))
    found = list(load_order_lines(viewer=viewer).filter(named, site_id=plant)[:2])
    if len(found) != 1:
        raise OrderLineUnknown(order=rest)
    return found[0]


def load_lot(rest: str, *, viewer: Viewer) -> Lot:
    """Return the lot that ``issuer/item/lot`` names; each part may itself contain a slash.

    An issuer of ``-`` is one that nobody recorded.

    Raises
    ------
    LotUnknown
        There is none, it is not for this viewer, or the name fits two.
    """
    parts = rest.split("/")
    ways = [
        Q(
            issuer="" if parts[:one] == ["-"] else "/".join(parts[:one]),
            item="/".join(parts[one:two]),
            lot="/".join(parts[two:]),
        )
        for one in range(1, len(parts) - 1)
        for two in range(one + 1, len(parts))
    ]
    found = list(load_lots(viewer=viewer).filter(reduce(or_, ways, Q(pk=None)))[:2])
    if len(found) != 1:
        raise LotUnknown(lot=rest)
    return found[0]


def load_order_lines(*, viewer: Viewer) -> QuerySet[OrderLine]:
    """Return the order lines the viewer may see, by due time."""
    rows = visible(OrderLine.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_ORDERS)
    return rows.exclude(status="cancelled").order_by("due_at", "site_id", "order", "line")


def load_lots(*, viewer: Viewer) -> QuerySet[Lot]:
    """Return the lots the viewer may see, by number."""
    rows = visible(Lot.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_LOTS)
    return rows.order_by("lot", "item", "issuer")


def load_work_orders(*, viewer: Viewer) -> QuerySet[WorkOrder]:
    """Return the work orders the viewer may see, by number."""
    rows = visible(WorkOrder.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_BOARD)
    return rows.exclude(status="cancelled").order_by("site_id", "work_order")


def load_import_run(run_id: int, *, viewer: Viewer) -> ImportRun:
    """Return one import run.

    Raises
    ------
    ImportUnknown
        It is not there, or not for this viewer.
    """
    rows = visible(ImportRun.objects.all(), viewer=viewer, right=Right.IMPORT, plant_field="plant")
    row = rows.filter(pk=run_id).first()
    if row is None:
        raise ImportUnknown(run=run_id)
    return row


def load_import_runs(*, viewer: Viewer) -> QuerySet[ImportRun]:
    """Return the import runs, newest first."""
    rows = visible(ImportRun.objects.all(), viewer=viewer, right=Right.IMPORT, plant_field="plant")
    return rows.order_by("-id")


class DraftUnknown(KnockonError):
    """There is no such import draft, or it is somebody else's."""

    code = "draft_unknown"


def load_draft(draft_id: int, *, viewer: Viewer, is_locked: bool = False) -> ImportDraft:
    """Return a draft of the viewer's own; a locked one is held for the open transaction.

    Raises
    ------
    DraftUnknown
        It is not there, or not theirs.
    """
    rows = ImportDraft.objects.filter(pk=draft_id, owner=viewer.actor)
    row = (rows.select_for_update() if is_locked else rows).first()
    if row is None:
        raise DraftUnknown(draft=draft_id)
    return row


def load_drafts(*, viewer: Viewer) -> QuerySet[ImportDraft]:
    """Return the viewer's own drafts, newest first."""
    return ImportDraft.objects.filter(owner=viewer.actor).order_by("-id")


def load_last_deliveries(*, viewer: Viewer) -> QuerySet[Delivery]:
    """Return the newest good delivery of each plant, source and table that the viewer may see."""
    rows = visible(
        Delivery.objects.all(), viewer=viewer, right=Right.VIEW_BOARD, plant_field="plant"
    )
    return rows.order_by("plant", "source", "table", "-at").distinct("plant", "source", "table")


def count_refused(runs: Iterable[ImportRun]) -> dict[int, dict[str, int]]:
    """Return how many rows each of these runs refused, by run and table."""
    rows = RefusedRow.objects.filter(run__in=list(runs)).values("run_id", "table")
    found: dict[int, dict[str, int]] = {}
    for row in rows.annotate(count=Count("id")).order_by("run_id", "table"):
        found.setdefault(row["run_id"], {})[row["table"]] = row["count"]
    return found


def load_draft_owner(draft_id: int) -> str:
    """Return whose draft it is, for the job that works on it."""
    return ImportDraft.objects.values_list("owner", flat=True).get(pk=draft_id)


def load_saved_mappings(*, viewer: Viewer) -> QuerySet[SavedMapping]:
    """Return the mappings that were kept, by plant and name."""
    rows = visible(
        SavedMapping.objects.all(), viewer=viewer, right=Right.IMPORT, plant_field="plant"
    )
    return rows.order_by("plant", "name")


class MappingUnknown(KnockonError):
    """There is no such saved mapping, or not for this viewer."""

    code = "mapping_unknown"


def load_saved_mapping(mapping_id: int, *, viewer: Viewer) -> SavedMapping:
    """Return a mapping that was kept.

    Raises
    ------
    MappingUnknown
        It is not there, or not for this viewer.
    """
    row = load_saved_mappings(viewer=viewer).filter(pk=mapping_id).first()
    if row is None:
        raise MappingUnknown(mapping=mapping_id)
    return row


def load_refused_rows(run_id: int) -> QuerySet[RefusedRow]:
    """Return what was refused in a run, by file and row."""
    return RefusedRow.objects.filter(run_id=run_id).order_by("file", "row", "id")


_RIGHTS: dict[str, Right] = {
    "customers": Right.VIEW_ORDERS,
    "sales_orders": Right.VIEW_ORDERS,
    "shipments": Right.VIEW_ORDERS,
    "allocations": Right.VIEW_ORDERS,
    "ship_calendars": Right.VIEW_ORDERS,
    "purchase_orders": Right.VIEW_ORDERS,
    "suppliers": Right.VIEW_ORDERS,
    "levers": Right.VIEW_ORDERS,
    "approvals": Right.VIEW_ORDERS,
    "people": Right.ADMINISTER,
    "lots": Right.VIEW_LOTS,
    "serials": Right.VIEW_LOTS,
    "consumption": Right.VIEW_LOTS,
    "lot_events": Right.VIEW_LOTS,
    "receipts": Right.VIEW_LOTS,
    "inspections": Right.VIEW_LOTS,
}
_MONEY = frozenset({"unit_price", "penalty_per_day", "standard_cost", "price", "cost_per_hour"})


def load_table(table: str, *, after: int, limit: int, viewer: Viewer) -> list[dict[str, Any]]:
    """Return rows in use of a contract table, with the contract's column names, by row number.

    Money is left out for those who may not see orders.

    Raises
    ------
    TableNotStored
        The table comes in by another door.
    NotAllowed
        The viewer may not see such rows anywhere.
    """
    binding = binding_of(table)
    right = _RIGHTS.get(table, Right.VIEW_BOARD)
    viewer.require(right)
    rows: QuerySet[Any] = binding.model._default_manager.filter(retired=None, pk__gt=after)
    has_site = any(field.name == "site" for field in binding.model._meta.concrete_fields)
    if has_site:
        rows = visible(rows, viewer=viewer, right=right)
    hidden = frozenset() if viewer.may(Right.VIEW_ORDERS) else _MONEY
    columns = {column: name for column, name in binding.columns.items() if column not in hidden}
    found = []
    for row in rows.order_by("pk")[:limit]:
        values = {column: _json(getattr(row, name)) for column, name in columns.items()}
        place = {"plant": row.site_id} if has_site else {}
        found.append({"id": row.pk, **place, **values, "own": row.own})
    return found


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date | time) else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """An operation that a machine works on or shall work on next."""

    work_order: str
    seq: int
    operation: str
    item: str
    is_running: bool
    planned_start: datetime | None


def load_jobs_of(equipment: str, *, plant: str, viewer: Viewer, limit: int = 6) -> list[Job]:
    """Return what a machine most likely works on: running operations first, then by plan."""
    plans = visible(
        PlannedOperation.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_BOARD
    ).filter(site_id=plant, equipment=equipment)
    planned = {(plan.work_order, plan.seq): plan for plan in plans}
    keys = {work_order for work_order, _seq in planned}
    rows = Operation.objects.filter(site_id=plant, retired=None, work_order__in=keys)
    items = dict(
        load_work_orders(viewer=viewer)
        .filter(site_id=plant, work_order__in=keys)
        .exclude(status="done")
        .values_list("work_order", "item")
    )
    jobs = [
        Job(
            work_order=row.work_order,
            seq=row.seq,
            operation=row.operation,
            item=items[row.work_order],
            is_running=row.status in {"running", "paused"},
            planned_start=planned[(row.work_order, row.seq)].planned_start,
        )
        for row in rows
        if (row.work_order, row.seq) in planned and row.status != "done" and row.work_order in items
    ]
    jobs.sort(key=lambda job: (not job.is_running, str(job.planned_start), job.work_order, job.seq))
    return jobs[:limit]


def load_components_of(work_orders: Iterable[str], *, plant: str) -> list[str]:
    """Return the items that these work orders need, by number."""
    rows = Requirement.objects.filter(site_id=plant, retired=None, work_order__in=list(work_orders))
    return sorted(set(rows.values_list("component", flat=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far one operation of a work order is."""

    seq: int
    operation: str
    equipment: str
    status: str
    qty_good: Decimal
    qty_scrap: Decimal
    planned_start: datetime | None
    planned_finish: datetime | None
    actual_start: datetime | None
    actual_finish: datetime | None


def load_work_serving(line: OrderLine, *, viewer: Viewer) -> list[WorkOrder]:
    """Return the work orders that are recorded as made for an order line, mothers first.

    Those that are allocated to it or name it, and the work orders below them.
    """
    rows = load_work_orders(viewer=viewer).filter(site_id=line.site_id)
    allocated = load_allocations_of(line).exclude(work_order="").values("work_order")
    level = list(rows.filter(Q(work_order__in=allocated) | Q(order=line.order, line=line.line)))
    found: dict[str, WorkOrder] = {}
    while level:
        fresh = [row for row in level if row.work_order not in found]
        found.update({row.work_order: row for row in fresh})
        level = list(rows.filter(parent_work_order__in=[row.work_order for row in fresh]))
        if not fresh:
            break
    return list(found.values())


def load_allocations_of(line: OrderLine) -> QuerySet[Allocation]:
    """Return the supply that is promised to an order line."""
    rows = Allocation.objects.filter(retired=None, site_id=line.site_id)
    return rows.filter(order=line.order, line=line.line).order_by("work_order", "lot", "id")


def load_shipments_of(line: OrderLine) -> QuerySet[Shipment]:
    """Return what was sent for an order line and what came back, newest first."""
    rows = Shipment.objects.filter(retired=None, site_id=line.site_id)
    return rows.filter(order=line.order, line=line.line).order_by("-shipped_at", "id")


def load_progress(work_orders: Iterable[str], *, plant: str) -> dict[str, list[Progress]]:
    """Return how far the operations of these work orders are, in their order."""
    wanted = list(work_orders)
    plans = {
        (plan.work_order, plan.seq): plan
        for plan in PlannedOperation.objects.filter(
            site_id=plant, retired=None, work_order__in=wanted
        )
    }
    found: dict[str, list[Progress]] = {name: [] for name in wanted}
    rows = Operation.objects.filter(site_id=plant, retired=None, work_order__in=wanted)
    for row in rows.order_by("work_order", "seq"):
        plan = plans.get((row.work_order, row.seq))
        found[row.work_order].append(
            Progress(
                seq=row.seq,
                operation=row.operation,
                equipment=plan.equipment if plan else "",
                status=row.status,
                qty_good=row.qty_good,
                qty_scrap=row.qty_scrap,
                planned_start=plan.planned_start if plan else None,
                planned_finish=plan.planned_finish if plan else None,
                actual_start=row.actual_start,
                actual_finish=row.actual_finish,
            )
        )
    return found


def load_lot_events(lot: Lot) -> list[dict[str, Any]]:
    """Return what was recorded of a lot besides its making, oldest first."""
    named = Q(issuer=lot.issuer, item=lot.item, lot=lot.lot)
    other = Q(other_issuer=lot.issuer, other_item=lot.item, other_lot=lot.lot)
    rows = LotEvent.objects.filter(named | other, retired=None)
    return [
        {
            "at": row.at,
            "kind": row.kind,
            "lot": row.lot,
            "other_lot": row.other_lot,
            "qty": row.qty,
        }
        for row in rows.order_by("at", "id")
    ]


def load_lot_rows(model: type[_LotRow], lot: Lot, *, viewer: Viewer) -> QuerySet[_LotRow]:
    """Return the stock, shipments, inspections or receipts of a lot that the viewer may see."""
    rows = visible(
        model._default_manager.filter(retired=None), viewer=viewer, right=Right.VIEW_LOTS
    )
    return rows.filter(issuer=lot.issuer, item=lot.item, lot=lot.lot)


def load_deliveries(plants: Iterable[str]) -> QuerySet[Delivery]:
    """Return the newest good delivery of each table of these plants, by table."""
    rows = Delivery.objects.filter(plant__in=list(plants))
    return rows.order_by("table", "-at").distinct("table")
