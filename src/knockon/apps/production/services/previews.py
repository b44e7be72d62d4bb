"""What importing a draft would do: counts by table, and each refused row with its cells."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.conf import settings

from knockon.apps.accounts.selectors import viewer_named
from knockon.apps.production.models import ImportDraft
from knockon.apps.production.services.draft_files import columns_of
from knockon.apps.production.services.importing import (
    ImportOptions,
    Incoming,
    convert_list,
    import_rows,
    taken,
)
from knockon.apps.production.services.reports import ImportReport, Refusal, list_refusal
from knockon.domain.contract import table_of
from knockon.domain.contract.cells import cell_text
from knockon.domain.errors import KnockonError
from knockon.domain.mapping import MadeFrom, MappingSet, TableMapping
from knockon.domain.mapping_json import dump_mapping, load_mapping
from knockon.domain.reasons import Reason
from knockon.ports.connector import Connector, ConvertedTable, RawSheet
from knockon.ports.file_errors import FileRefused

UNNAMED = "draft "
"""What the name of a mapping begins with that nobody has named."""
_MAX_SHOWN = 300
_MOST_NAMES = 3
_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A draft's lists, converted: what comes in and what was said on the way."""

    incoming: tuple[Incoming, ...]
    lists: tuple[dict[str, Any], ...]
    mappings: tuple[TableMapping, ...]


def mapping_of(draft: ImportDraft) -> MappingSet:
    """Return a draft's mapping as a value; it is empty where every list was left out."""
    if not draft.mapping:
        return MappingSet(name="", mappings=())
    return load_mapping(json.dumps(draft.mapping))


def set_mappings(draft: ImportDraft, mappings: Sequence[TableMapping]) -> None:
    """Give the draft these mappings."""
    name = draft.mapping.get("name", "") or f"{UNNAMED}{draft.pk}"
    whole = MappingSet(name=name, mappings=tuple(mappings))
    draft.mapping = json.loads(dump_mapping(whole)) if mappings else {}


def meant_for(sheet: RawSheet, mapping: TableMapping) -> TableMapping:
    """Return the mapping as one for this very list."""
    origin = MadeFrom(file=sheet.file, sha256=sheet.sha256, rows=0, converted=0, refused=0)
    return replace(mapping, sheet=sheet.name if sheet.encoding is None else None, made_from=origin)


def is_for(mapping: TableMapping, *, file: str, sheet: str) -> bool:
    """Return whether a draft's mapping reads this list."""
    made_from = mapping.made_from.file if mapping.made_from else ""
    return made_from == file and mapping.sheet in {None, sheet}


def preview(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, now: datetime
) -> None:
    """Note what importing would do; what would stop the whole is part of it."""
    report = ImportReport()
    draft.error = {}
    read = read_lists(draft, sheets, connector=connector, report=report)
    try:
        import_rows(
            read.incoming,
            options=replace(import_options(draft), dry_run=True),
            viewer=viewer_named(draft.owner),
            now=now,
            report=report,
        )
    except KnockonError as error:
        draft.error = {"code": error.code, "data": plain(error.data)}
    set_mappings(draft, read.mappings)
    draft.preview = summary(report, draft=draft, sheets=sheets, lists=read.lists)


def read_lists(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, report: ImportReport
) -> Read:
    """Convert the draft's lists; what was refused goes into the report."""
    incoming: list[Incoming] = []
    lists: list[dict[str, Any]] = []
    tested: list[TableMapping] = []
    options = import_options(draft)
    for sheet in sheets:
        mine = [
            each
            for each in mapping_of(draft).mappings
            if is_for(each, file=sheet.file, sheet=sheet.name)
        ]
        if not mine and any(sheet.rows):
            report.unread.append(f"{sheet.file}: {sheet.name}")
        for mapping in mine:
            table = _converted(sheet, mapping, connector=connector, options=options, report=report)
            if table is None:
                tested.append(mapping)
                continue
            tested.append(connector.tested(mapping, sheet=sheet, converted=table))
            incoming.append(taken(table, mapping=mapping, report=report))
            lists.append(_counts(table))
    return Read(incoming=tuple(incoming), lists=tuple(lists), mappings=tuple(tested))


def summary(
    report: ImportReport,
    *,
    draft: ImportDraft,
    sheets: Sequence[RawSheet],
    lists: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return the report as the draft keeps it: plain, and no longer than a page can show."""
    shown = _Shown(draft, sheets)
    return {
        "tables": report.tables,
        "lists": list(lists),
        "refused_rows": _refused_rows(report.refused),
        "refused_count": len(report.refused),
        "refused": [shown.refusal(each) for each in report.refused[:_MAX_SHOWN]],
        "notes": [plain(asdict(each)) for each in report.notes[:_MAX_SHOWN]],
        "unread": report.unread,
    }


def import_options(draft: ImportDraft) -> ImportOptions:
    """Return how a draft's rows are imported."""
    return ImportOptions(plant=draft.plant or None, zone=settings.TIME_ZONE)


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return json.loads(json.dumps(value, default=str))


def _converted(
    sheet: RawSheet,
    mapping: TableMapping,
    *,
    connector: Connector,
    options: ImportOptions,
    report: ImportReport,
) -> ConvertedTable | None:
    try:
        return convert_list(sheet, mapping, connector=connector, options=options, report=report)
    except FileRefused as error:
        reason = Reason(code=error.code, params=plain(error.data))
        report.refused.append(list_refusal(sheet, table=mapping.table, reason=reason))
        return None


def _counts(table: ConvertedTable) -> dict[str, Any]:
    return {
        "file": table.file,
        "sheet": table.sheet,
        "table": table.table,
        "read": table.read,
        "taken": len(table.rows),
        "filtered": table.filtered,
        "merged": table.merged,
        "totals": len(table.control_totals),
    }


def _refused_rows(refused: Sequence[Refusal]) -> dict[str, int]:
    """Return how many rows each table lost; a row with two bad cells is one row."""
    rows = {(each.table, each.file, each.sheet, each.row) for each in refused if each.row}
    counts: dict[str, int] = {}
    for table, *_ in rows:
        counts[table] = counts.get(table, 0) + 1
    return counts


class _Shown:
    """Refusals with the cells that a person may mend and those that name the row."""

    def __init__(self, draft: ImportDraft, sheets: Sequence[RawSheet]) -> None:
        self._mappings: dict[_Place, TableMapping] = {}
        self._rows: dict[tuple[str, str], dict[int, Sequence[Any]]] = {}
        self._columns: dict[tuple[str, str], dict[str, int]] = {}
        self._sheets = {(sheet.file, sheet.name): sheet for sheet in sheets}
        for place, sheet in self._sheets.items():
            self._columns[place] = columns_of(draft, sheet)
            for each in mapping_of(draft).mappings:
                if is_for(each, file=sheet.file, sheet=sheet.name):
                    self._mappings[*place, each.table] = each

    def refusal(self, refusal: Refusal) -> dict[str, Any]:
        """Return the refusal with its cells."""
        shown: dict[str, Any] = plain(asdict(refusal))
        mapping = self._mappings.get((refusal.file, refusal.sheet, refusal.table))
        shown["cells"], shown["names"] = [], []
        if refusal.row and mapping is not None and mapping.cross_tab is None:
            blamed = self._headers(mapping, refusal.fields)
            key = self._headers(mapping, table_of(refusal.table).key)
            shown["cells"] = self._cells(refusal, blamed)
            named = [header for header in key if header not in blamed]
            shown["names"] = self._cells(refusal, named[:_MOST_NAMES])
        return shown

    @staticmethod
    def _headers(mapping: TableMapping, fields: Sequence[str]) -> list[str]:
        sources = {each.field: each.sources for each in mapping.fields}
        return list(dict.fromkeys(header for name in fields for header in sources.get(name, ())))

    def _cells(self, refusal: Refusal, headers: Sequence[str]) -> list[dict[str, str]]:
        place = (refusal.file, refusal.sheet)
        row = self._row(place, refusal.row)
        columns = self._columns.get(place, {})
        found = []
        for header in headers:
            column = columns.get(header)
            if column is not None:
                value = cell_text(row[column]) if column < len(row) else ""
                found.append({"column": header, "value": value})
        return found

    def _row(self, place: tuple[str, str], number: int) -> Sequence[Any]:
        if place not in self._rows:
            sheet = self._sheets[place]
            self._rows[place] = dict(zip(sheet.numbers, sheet.rows, strict=False))
        return self._rows[place].get(number, ())
