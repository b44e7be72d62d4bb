"""Every table of the contract: rows in, rows out."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from knockon.api.v1.asking import asker
from knockon.apps.production.models.bindings import STORED_TABLES
from knockon.apps.production.selectors import load_table
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.apps.production.services.reports import ImportReport

router = Router(tags=["tables"])
_PAGE = 500


class RowsIn(Schema):
    """Rows as objects with the contract's column names; values as text or numbers."""

    rows: list[dict[str, Any]] = Field(max_length=10_000)
    plant: str | None = None
    source: str = Field("api", max_length=80)
    all_or_nothing: bool = False
    dry_run: bool = False


class RefusalOut(Schema):
    """A row that did not go in; ``row`` counts from 1."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any]


class ReportOut(Schema):
    """What became of the rows."""

    applied: bool
    added: int
    changed: int
    unchanged: int
    refused: list[RefusalOut]


class PageOut(Schema):
    """Rows in use, by their number in the data base; ``next`` is null on the last page."""

    rows: list[dict[str, Any]]
    next: int | None


def _register(table: str) -> None:
    path = "/" + table.replace("_", "-")

    @router.post(path, response=ReportOut, operation_id=f"post_{table}", summary=f"Add {table}")
    def post(request: HttpRequest, body: RowsIn) -> dict[str, Any]:
        """Merge rows as an import does: good ones go in, bad ones are named."""
        report = import_records(
            table,
            body.rows,
            options=ImportOptions(
                plant=body.plant,
                source=body.source,
                all_or_nothing=body.all_or_nothing,
                dry_run=body.dry_run,
            ),
            viewer=asker(request),
            now=datetime.now(UTC),
        )
        return _out(table, report)

    @router.get(path, response=PageOut, operation_id=f"get_{table}", summary=f"List {table}")
    def get(request: HttpRequest, after: int = 0) -> dict[str, Any]:
        """Return the rows in use that the viewer may see."""
        rows = load_table(
            table,
            after=after,
            limit=_PAGE,
            viewer=asker(request),
        )
        following = rows[-1]["id"] if len(rows) == _PAGE else None
        return {"rows": rows, "next": following}


def _out(table: str, report: ImportReport) -> dict[str, Any]:
    counts = report.tables.get(table, {})
    return {
        "applied": report.is_applied,
        "added": counts.get("added", 0),
        "changed": counts.get("changed", 0),
        "unchanged": counts.get("unchanged", 0),
        "refused": [
            {
                "row": each.row,
                "column": each.column,
                "value": each.value,
                "code": each.reason.code,
                "params": dict(each.reason.params),
            }
            for each in report.refused
        ],
    }


for _table in STORED_TABLES:
    _register(_table)
