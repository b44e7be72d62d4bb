"""Where the data come from: when each list and gateway last delivered, and what was refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from knockon.apps.journal.selectors import load_heard
from knockon.apps.production.models import ImportRun
from knockon.apps.production.reason_texts import table_text
from knockon.apps.production.selectors import (
    count_refused,
    load_import_runs,
    load_last_deliveries,
)
from knockon.apps.production.services.editing import BY_HAND
from knockon.domain.access import Right
from knockon.domain.contract import TABLES
from knockon.web.data_age import OLD_AFTER
from knockon.web.lists import page_of
from knockon.web.staff import StaffRequest, staff_page

_RUNS_SHOWN = 20
_HEARD_FOR = timedelta(days=7)
_SILENT_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """One table of one source: its last good delivery and what that refused."""

    plant: str
    source: str
    table: str
    at: datetime
    is_old: bool
    refused: int
    run: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """One import: what came in, and what did not."""

    pk: int
    at: datetime
    actor: str
    files: tuple[str, ...]
    added: int
    changed: int
    unchanged: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayRow:
    """A gateway and when it was last heard."""

    plant: str
    name: str
    at: datetime
    count: int
    is_silent: bool


@require_safe
@staff_page(Right.VIEW_BOARD)
def sources(request: StaffRequest) -> HttpResponse:
    """Show the sources of the viewer's plants; imports only to those who may import."""
    return render(request, "sources/source_list.html", _context(request))


def _context(request: StaffRequest) -> dict[str, Any]:
    viewer = request.viewer
    shown = page_of(
        load_import_runs(viewer=viewer), number=request.GET.get("page", "1"), size=_RUNS_SHOWN
    )
    runs: list[ImportRun] = shown["rows"]
    deliveries = list(load_last_deliveries(viewer=viewer))
    last_runs = {
        run.position: run
        for run in load_import_runs(viewer=viewer).filter(
            position__in={each.recorded_id for each in deliveries}
        )
    }
    refused = count_refused([*runs, *last_runs.values()])
    order = list(TABLES)
    rows = [
        DeliveryRow(
            plant=each.plant,
            source=_source_text(each.source),
            table=table_text(each.table),
            at=each.at,
            is_old=request.now - each.at > OLD_AFTER,
            refused=_refused(last_runs.get(each.recorded_id), each.table, refused=refused),
            run=run.pk if (run := last_runs.get(each.recorded_id)) else None,
        )
        for each in sorted(deliveries, key=lambda row: (row.plant, order.index(row.table)))
    ]
    gateways = load_heard(plants=viewer.plants(Right.VIEW_BOARD), since=request.now - _HEARD_FOR)
    return {
        **shown,
        "deliveries": rows,
        "runs": [_run(run, refused=refused) for run in runs],
        "gateways": [
            GatewayRow(
                plant=each.plant,
                name=each.source,
                at=each.last_at,
                count=each.count,
                is_silent=request.now - each.last_at > _SILENT_AFTER,
            )
            for each in gateways
        ],
        "plants": request.sites if len(request.sites) > 1 else (),
        "may_import": viewer.may(Right.IMPORT),
    }


def _refused(run: ImportRun | None, table: str, *, refused: Mapping[int, Mapping[str, int]]) -> int:
    return refused.get(run.pk, {}).get(table, 0) if run else 0


def _run(run: ImportRun, *, refused: Mapping[int, Mapping[str, int]]) -> RunRow:
    counts: list[Mapping[str, int]] = list(run.counts.values())
    return RunRow(
        pk=run.pk,
        at=run.finished_at or run.started_at,
        actor=run.actor,
        files=tuple(run.files),
        added=sum(each["added"] for each in counts),
        changed=sum(each["changed"] for each in counts),
        unchanged=sum(each["unchanged"] for each in counts),
        refused=sum(refused.get(run.pk, {}).values()),
    )


def _source_text(source: str) -> str:
    if source == BY_HAND:
        return _("By hand")
    return _("Imported lists") if source == "import" else source
