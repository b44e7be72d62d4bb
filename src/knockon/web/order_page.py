"""One order line: how far it is, what serves it, what hits it, and why or why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import pgettext_lazy

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import kind_text
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    load_disruptions,
    load_scopes_of,
)
from knockon.apps.production.models import OrderLine, WorkOrder
from knockon.apps.production.selectors import (
    Progress,
    load_allocations_of,
    load_order_line,
    load_progress,
    load_shipments_of,
    load_work_serving,
)
from knockon.domain.access import Viewer
from knockon.domain.facts import LotKey
from knockon.web.order_list import Hit, line_rows
from knockon.web.subjects import lot_url, subject_line
from knockon.web.why import asked
from knockon.web.wording import quantity_text

_STATUSES = {
    "planned": pgettext_lazy("work", "Planned"),
    "open": pgettext_lazy("work", "Open"),
    "running": pgettext_lazy("work", "Running"),
    "paused": pgettext_lazy("work", "Paused"),
    "done": pgettext_lazy("work", "Done"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """A work order that serves the line, with its operations."""

    work_order: str
    item: str
    status: str
    qty: str
    finished: str
    share: int
    parent: str
    operations: tuple["OperationRow", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """One operation and how far it is."""

    seq: int
    operation: str
    equipment: str
    status: str
    is_running: bool
    is_done: bool
    good: str
    scrap: str
    start: datetime | None
    finish: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLink:
    """An open case, and whether it hits the line."""

    disruption_id: int
    severity: str
    kind: str
    subject: str
    hit: Hit | None
    is_asked: bool


def order_context(
    plant: str, rest: str, *, disruption_id: int | None, viewer: Viewer
) -> dict[str, Any]:
    """Return everything the page shows.

    Raises
    ------
    OrderLineUnknown
        There is none, or not for this viewer.
    """
    line = load_order_line(plant, rest, viewer=viewer)
    row = line_rows([line], viewer=viewer)[0]
    work = load_work_serving(line, viewer=viewer)
    progress = load_progress([each.work_order for each in work], plant=plant)
    allocations = list(load_allocations_of(line))
    return {
        "line": line,
        "row": row,
        "open_qty": quantity_text(_open(line), None),
        "work": [_work_row(each, progress[each.work_order]) for each in work],
        "lots": [
            {
                "name": each.lot,
                "item": each.item,
                "url": lot_url(LotKey(each.issuer, each.item, each.lot)),
                "qty": quantity_text(each.qty, None),
            }
            for each in allocations
            if each.lot
        ],
        "shipments": list(load_shipments_of(line)[:100]),
        "cases": _cases(plant, row.hits, asked_id=disruption_id, viewer=viewer),
        "asked": asked(line, disruption_id, viewer=viewer) if disruption_id else None,
    }


def _open(line: OrderLine) -> Decimal:
    return max(Decimal(str(line.qty)) - Decimal(str(line.shipped_qty)), Decimal(0))


def _work_row(row: WorkOrder, operations: Sequence[Progress]) -> WorkRow:
    qty, finished = Decimal(str(row.qty)), Decimal(str(row.finished_qty))
    share = int(min(finished / qty, Decimal(1)) * 100) if qty else 0
    return WorkRow(
        work_order=row.work_order,
        item=row.item,
        status=str(_STATUSES.get(row.status, row.status)),
        qty=quantity_text(row.qty, None),
        finished=quantity_text(row.finished_qty, None),
        share=share,
        parent=row.parent_work_order,
        operations=tuple(_operation_row(operation) for operation in operations),
    )


def _operation_row(row: Progress) -> OperationRow:
    return OperationRow(
        seq=row.seq,
        operation=row.operation,
        equipment=row.equipment,
        status=str(_STATUSES.get(row.status, row.status)),
        is_running=row.status == "running",
        is_done=row.status == "done",
        good=quantity_text(row.qty_good, None),
        scrap=quantity_text(row.qty_scrap, None) if row.qty_scrap else "",
        start=row.actual_start or row.planned_start,
        finish=row.actual_finish or row.planned_finish,
    )


def _cases(
    plant: str, hits: Sequence[Hit], *, asked_id: int | None, viewer: Viewer
) -> list[CaseLink]:
    """Return the plant's open cases, those that hit the line first."""
    cases: list[Disruption] = list(
        load_disruptions(viewer=viewer, states=OPEN_STATES).filter(site_id=plant)
    )
    scopes = load_scopes_of(case.pk for case in cases)
    by_case = {hit.disruption_id: hit for hit in hits}
    links = [
        CaseLink(
            disruption_id=case.pk,
            severity=case.severity,
            kind=kind_text(case.kind),
            subject=subject_line(scopes.get(case.pk, {}), name_of=_nameless),
            hit=by_case.get(case.pk),
            is_asked=case.pk == asked_id,
        )
        for case in cases
    ]
    return sorted(links, key=lambda link: link.hit is None)


def _nameless(code: str) -> str:
    del code
    return ""
