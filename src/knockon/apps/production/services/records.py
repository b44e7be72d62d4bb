"""Records of another program: rows of one table as objects with the contract's column names."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from knockon.apps.production.services.importing import (
    ImportOptions,
    import_rows,
    taken,
)
from knockon.apps.production.services.reports import ImportReport
from knockon.apps.production.services.sites import zone_of
from knockon.domain.access import Viewer
from knockon.domain.contract import TABLES
from knockon.domain.mapping import FieldMapping, TableMapping
from knockon.ports.connector import Connector, ConvertedTable, RawSheet
from knockon.ports.registry import load_connector


def import_records(
    table: str,
    records: Sequence[Mapping[str, Any]],
    *,
    options: ImportOptions,
    viewer: Viewer,
    now: datetime,
    connector: Connector | None = None,
) -> ImportReport:
    """Merge records of one table as an import of a canonical file would.

    Unknown names become own fields. Row numbers in the report count from 1.

    Raises
    ------
    NotAllowed
        The viewer may not import into a plant that the rows name.
    """
    reader = connector or load_connector("tabular")
    sheet, mapping = as_sheet(table, records, plant=options.plant)
    report = ImportReport()
    zone = zone_of(options.plant, otherwise=options.zone)
    converted = _counted_from_one(reader.convert(sheet, mapping, zone=zone))
    part = taken(converted, mapping=mapping, report=report)
    return import_rows([part], options=options, viewer=viewer, now=now, report=report)


def as_sheet(
    table: str, records: Sequence[Mapping[str, Any]], *, plant: str | None
) -> tuple[RawSheet, TableMapping]:
    """Return the records as a list with a header, and the mapping that reads it as is."""
    headers = list(dict.fromkeys(name for record in records for name in record))
    rows = [headers, *([_cell(record.get(name)) for name in headers] for record in records)]
    sheet = RawSheet(file=table, name=table, rows=rows, numbers=range(1, len(rows) + 1))
    known = {column.name for column in TABLES[table].fields}
    fields = tuple(FieldMapping(field=name, sources=(name,)) for name in headers if name in known)
    mapping = TableMapping(table=table, fields=fields, header_rows=(1,), plant=plant)
    return sheet, mapping


def _counted_from_one(table: ConvertedTable) -> ConvertedTable:
    """Return the rows numbered as records: a list's first row is its header."""
    return replace(
        table,
        rows=tuple(replace(row, row=row.row - 1) for row in table.rows),
        refused=tuple(replace(each, row=each.row - 1) for each in table.refused),
    )


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return ";".join(str(each) for each in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
