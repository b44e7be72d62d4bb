"""Reading production as it stands now."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from knockon.apps.accounts.selectors import visible
from knockon.apps.production.models import (
    ImportDraft,
    ImportRun,
    Lot,
    OrderLine,
    RefusedRow,
    SavedMapping,
    WorkOrder,
)
from knockon.apps.production.models.bindings import binding_of
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey


class LotUnknown(KnockonError):
    """No lot of this number is known."""

    code = "lot_unknown"


class LotAmbiguous(KnockonError):
    """Several lots bear this number; the data list them so that a person can choose."""

    code = "lot_ambiguous"


class ImportUnknown(KnockonError):
    """There is no such import run, or not for this viewer."""

    code = "import_unknown"


def resolve_lot(lot: LotKey, *, plant: str | None = None) -> LotKey:
    """Return the one lot that a full or bare number means.

    A bare number that fits lots of several items or issuers is never guessed; lots of the plant
    are preferred only when a plant is given and exactly one of them fits.

    Raises
    ------
    LotUnknown, LotAmbiguous
        None fits, or several do.
    """
    rows = Lot.objects.filter(retired=None, lot=lot.lot)
    if lot.item:
        rows = rows.filter(item=lot.item)
    if lot.issuer:
        rows = rows.filter(issuer=lot.issuer)
    found = list(rows.order_by("issuer", "item").values_list("issuer", "item", "lot", "site_id"))
    if plant is not None and len(found) > 1:
        found = [row for row in found if row[3] == plant] or found
    if not found:
        raise LotUnknown(lot="/".join(part for part in lot if part))
    if len(found) > 1:
        raise LotAmbiguous(lot=lot.lot, candidates=["/".join(row[:3]) for row in found[:20]])
    return LotKey(*found[0][:3])


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


def load_draft(draft_id: int, *, viewer: Viewer) -> ImportDraft:
    """Return a draft of the viewer's own.

    Raises
    ------
    DraftUnknown
        It is not there, or not theirs.
    """
    row = ImportDraft.objects.filter(pk=draft_id, owner=viewer.actor).first()
    if row is None:
        raise DraftUnknown(draft=draft_id)
    return row


def load_drafts(*, viewer: Viewer) -> QuerySet[ImportDraft]:
    """Return the viewer's own drafts, newest first."""
    return ImportDraft.objects.filter(owner=viewer.actor).order_by("-id")


def load_saved_mappings(*, viewer: Viewer) -> QuerySet[SavedMapping]:
    """Return the mappings that were kept, by plant and name."""
    rows = visible(
        SavedMapping.objects.all(), viewer=viewer, right=Right.IMPORT, plant_field="plant"
    )
    return rows.order_by("plant", "name")


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
