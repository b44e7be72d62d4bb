"""Importing files and tables: good rows commit together, bad ones are named."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from knockon.apps.journal.bus import Recording, recording
from knockon.apps.production.models import Delivery, ImportRun, RefusedRow
from knockon.apps.production.models.bindings import STORED_TABLES, binding_of, plan_binding
from knockon.apps.production.services.lot_names import LotNames, own_name
from knockon.apps.production.services.reports import (
    ImportReport,
    Refusal,
    file_refusal,
    list_refusal,
    row_refusal,
    rule_refusal,
    value_refusal,
)
from knockon.apps.production.services.rows import to_fields
from knockon.apps.production.services.scheduling import store_plan
from knockon.apps.production.services.sites import Plants, ensure_sites, expected_plants, zone_of
from knockon.apps.production.services.storing import NewRow, Stored, store_rows
from knockon.domain.access import Right, Viewer
from knockon.domain.contract.instants import ReadInstant
from knockon.domain.errors import KnockonError
from knockon.domain.events import FactsImported
from knockon.domain.mapping import MappingSet, TableMapping
from knockon.domain.mapping_choices import missing_columns
from knockon.domain.reasons import Reason
from knockon.ports.connector import (
    Connector,
    ConvertedRow,
    ConvertedTable,
    RawSheet,
)
from knockon.ports.file_errors import FileRefused

_CLOSING_LIMIT = 0.20


class NothingToImport(KnockonError):
    """No file of a kind that can be read was found at the given places."""

    code = "nothing_to_import"


class SnapshotRefused(KnockonError):
    """Taking the file as the whole list would close too much of what is known."""

    code = "snapshot_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    """How a run shall treat what it reads.

    Parameters
    ----------
    plant
        Code of the plant of rows that name none; None is the only plant.
    source
        Name under which facts are told apart; the same row of the same source counts once.
    snapshot
        Tables of which the files hold the whole list, so that absent rows are closed.
    zone
        Clock of a plant that the import creates.
    """

    plant: str | None = None
    source: str = "import"
    dry_run: bool = False
    all_or_nothing: bool = False
    snapshot: frozenset[str] = frozenset()
    zone: str = "Asia/Taipei"
    mapping: MappingSet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """Rows of one table from one file, converted."""

    table: str
    rows: Sequence[ConvertedRow]
    file: str = ""
    sheet: str = ""
    plant: str | None = None


Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it, and of how much."""


def import_paths(
    paths: Sequence[Path],
    *,
    connector: Connector,
    options: ImportOptions,
    viewer: Viewer,
    now: datetime,
    progress: Progress | None = None,
) -> ImportReport:
    """Read files or folders, map them, and merge their rows in one transaction.

    Publishes ``FactsImported`` for each plant touched.

    Raises
    ------
    NotAllowed
        The viewer may not import into a plant that the rows name.
    NothingToImport
        There is no readable file.
    SnapshotRefused
        A whole list would close over 20 % of what is known.
    """
    files = _files(paths, connector=connector)
    if not files:
        raise NothingToImport(paths=", ".join(str(path) for path in paths))
    report = ImportReport()
    incoming: list[Incoming] = []
    for number, path in enumerate(files):
        if progress:
            progress(path.name, number, len(files))
        try:
            incoming += _read_file(
                path, connector=connector, options=options, report=report, now=now
            )
        except FileRefused as error:
            report.refused.append(file_refusal(path, error))
    return import_rows(
        incoming, options=options, viewer=viewer, now=now, report=report, progress=progress
    )


def import_rows(
    incoming: Sequence[Incoming],
    *,
    options: ImportOptions,
    viewer: Viewer,
    now: datetime,
    report: ImportReport | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Merge converted rows of any tables in one transaction; see ``import_paths``.

    Rows are made ready before the journal's lock is taken, so that reports and signals wait for
    the merging only.
    """
    report = report or ImportReport()
    files = sorted({part.file for part in incoming if part.file})
    described = [row.values for part in incoming if part.table == "plants" for row in part.rows]
    plants = expected_plants(described, default=options.plant)
    prepared = _prepared(incoming, plants=plants, viewer=viewer, report=report)
    with recording(actor=viewer.actor, action="imported", now=now) as entry:
        ensure_sites(described, default=options.plant, zone=options.zone, viewer=viewer)
        touched = _store_all(
            prepared, options=options, entry=entry, report=report, progress=progress
        )
        if options.dry_run or (options.all_or_nothing and report.refused):
            entry.discard()
            return report
        report.is_applied = True
        report.position = entry.position
        entry.plant = plants.default or ""
        entry.subject = "import"
        entry.data.update(files=files, tables=report.tables)
        report.run_id = _note_run(
            entry=entry, files=files, options=options, viewer=viewer, report=report
        )
        for plant, tables in sorted(touched.items()):
            entry.publish(
                FactsImported(plant=plant, position=entry.position, tables=tuple(sorted(tables)))
            )
    return report


def _files(paths: Sequence[Path], *, connector: Connector) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(each for each in path.iterdir() if each.is_file())
        else:
            files.append(path)
    return [path for path in files if path.suffix.lower() in connector.suffixes]


def _read_file(
    path: Path,
    *,
    connector: Connector,
    options: ImportOptions,
    report: ImportReport,
    now: datetime,
) -> list[Incoming]:
    sheets = connector.read_sheets_guarded(path)
    found: list[Incoming] = []
    for sheet in sheets:
        mappings: Sequence[TableMapping]
        if options.mapping is not None:
            mappings = mappings_for(sheet, options.mapping.mappings, connector=connector)
        else:
            proposal = connector.recognise([sheet], year=now.year).sheets[0]
            mappings = proposal.mappings
            report.notes += proposal.notes
        found += convert_sheet(sheet, mappings, connector=connector, options=options, report=report)
    return found


def mappings_for(
    sheet: RawSheet, mappings: Sequence[TableMapping], *, connector: Connector
) -> Sequence[TableMapping]:
    """Return which mappings of a saved set read this sheet.

    A set of one mapping is meant for the file, so that what the file lacks is named.
    """
    return connector.suited(sheet, mappings) or (mappings if len(mappings) == 1 else ())


def convert_sheet(
    sheet: RawSheet,
    mappings: Sequence[TableMapping],
    *,
    connector: Connector,
    options: ImportOptions,
    report: ImportReport,
) -> list[Incoming]:
    """Return what each mapping makes of a sheet, and report what was refused on the way."""
    if not mappings and any(sheet.rows):
        report.unread.append(f"{sheet.file}: {sheet.name}")
    found = []
    for mapping in mappings:
        converted = convert_list(
            sheet, mapping, connector=connector, options=options, report=report
        )
        if converted is not None:
            found.append(taken(converted, mapping=mapping, report=report))
    return found


def convert_list(
    sheet: RawSheet,
    mapping: TableMapping,
    *,
    connector: Connector,
    options: ImportOptions,
    report: ImportReport,
) -> ConvertedTable | None:
    """Return what one mapping makes of a sheet, or None and a refusal of the whole list."""
    refusal = _list_refusal(sheet, mapping)
    if refusal is not None:
        report.refused.append(refusal)
        return None
    return connector.convert(
        sheet, mapping, zone=zone_of(mapping.plant or options.plant, otherwise=options.zone)
    )


def _list_refusal(sheet: RawSheet, mapping: TableMapping) -> Refusal | None:
    """Return why no row of the list could be taken, whatever its cells hold."""
    if mapping.table not in {*STORED_TABLES, "plants"}:
        reason = Reason(code="table_not_stored", params={"table": mapping.table})
        return list_refusal(sheet, table=mapping.table, reason=reason)
    absent = missing_columns(mapping)
    if not absent:
        return None
    reason = Reason(code="columns_needed", params={"columns": ", ".join(absent)})
    return list_refusal(sheet, table=mapping.table, reason=reason, fields=absent)


def taken(table: ConvertedTable, *, mapping: TableMapping, report: ImportReport) -> Incoming:
    """Return converted rows as incoming ones, and report what the conversion said."""
    report.notes += table.notes
    report.refused += [row_refusal(each, table=table.table) for each in table.refused]
    report.notes += [
        Reason(
            code="control_total_differs",
            params={
                "file": table.file,
                "row": total.row,
                "column": total.column,
                "printed": str(total.printed),
                "summed": str(total.summed),
            },
        )
        for total in table.control_totals
        if not total.agrees
    ]
    return Incoming(
        table=table.table,
        rows=table.rows,
        file=table.file,
        sheet=table.sheet,
        plant=mapping.plant,
    )


def _prepared(
    incoming: Sequence[Incoming], *, plants: Plants, viewer: Viewer, report: ImportReport
) -> dict[str, list[NewRow]]:
    """Return the rows of each table with their plants and lots named; the rest is refused."""
    names = LotNames.current()
    names.add(
        own_name(row.values, plant=part.plant or plants.default or "")
        for part in incoming
        if part.table == "lots"
        for row in part.rows
    )
    prepared: dict[str, list[NewRow]] = {}
    for part in incoming:
        if part.table not in STORED_TABLES:
            continue
        rows = prepared.setdefault(part.table, [])
        for row in part.rows:
            new = _new_row(row, part=part, plants=plants, names=names, report=report)
            if new is not None:
                viewer.require(Right.IMPORT, plant=new.plant)
                rows.append(new)
    return prepared


def _store_all(
    prepared: Mapping[str, list[NewRow]],
    *,
    options: ImportOptions,
    entry: Recording,
    report: ImportReport,
    progress: Progress | None,
) -> dict[str, set[str]]:
    """Store table after table in the contract's order; return what each plant got."""
    touched: dict[str, set[str]] = {}
    for number, table in enumerate(STORED_TABLES):
        if table not in prepared:
            continue
        if progress:
            progress(table, number, len(STORED_TABLES))
        rows = prepared[table]
        stored = _store_table(table, rows, options=options, entry=entry)
        report.tables[table] = stored.counts
        report.refused += [rule_refusal(row, rule, table=table) for row, rule in stored.refused]
        for plant in sorted({row.plant for row in rows}):
            _note_delivery(plant, table, options=options, entry=entry)
            if stored.is_change:
                touched.setdefault(plant, set()).add(table)
    return touched


def _store_table(
    table: str, rows: list[NewRow], *, options: ImportOptions, entry: Recording
) -> Stored:
    binding = binding_of(table)
    is_snapshot = table in options.snapshot
    stored = store_rows(
        rows, binding=binding, source=options.source, entry=entry, is_snapshot=is_snapshot
    )
    if table == "operations":
        plan = store_plan(rows, source=options.source, entry=entry, is_snapshot=is_snapshot)
        stored.added = max(stored.added, plan.added)
        stored.changed = max(stored.changed, plan.changed)
        stored.unchanged = min(stored.unchanged, plan.unchanged)
        stored.refused += plan.refused
    if is_snapshot:
        held = stored.unchanged + stored.changed + stored.closed
        if held and stored.closed / held > _CLOSING_LIMIT:
            raise SnapshotRefused(table=table, closing=stored.closed, known=held)
    return stored


def _new_row(
    row: ConvertedRow, *, part: Incoming, plants: Plants, names: LotNames, report: ImportReport
) -> NewRow | None:
    """Return the row with its plant and its lots named, or None and a refusal."""
    binding = binding_of(part.table)
    values = dict(row.values)
    try:
        named = values.get("from_plant") or values.get("plant") or part.plant
        plant = plants.of(None if named is None else str(named))
        if part.table == "lots":
            values["issuer"], values["item"], values["lot"] = own_name(values, plant=plant)
        else:
            values = names.complete_values(values, table=part.table)
    except KnockonError as error:
        report.refused.append(
            value_refusal(row, error, file=part.file, sheet=part.sheet, table=part.table)
        )
        return None
    offsets = [
        value.offset_min
        for value in values.values()
        if isinstance(value, ReadInstant) and value.offset_min is not None
    ]
    fields = to_fields(values, binding=binding)
    return NewRow(
        number=row.row,
        plant=plant,
        fields=fields,
        plan=to_fields(values, binding=plan_binding()) if part.table == "operations" else {},
        own=dict(row.own),
        event_id=str(values.get("event_id") or ""),
        corrects=str(values.get("corrects") or ""),
        offset_min=offsets[0] if offsets else None,
        file=part.file,
        sheet=part.sheet,
    )


def _note_run(
    *,
    entry: Recording,
    files: list[str],
    options: ImportOptions,
    viewer: Viewer,
    report: ImportReport,
) -> int:
    run = ImportRun.objects.create(
        plant=entry.plant,
        source=options.source,
        actor=viewer.actor,
        state=ImportRun.State.DONE,
        started_at=entry.now,
        finished_at=entry.now,
        files=files,
        counts=report.tables,
        notes=[{"code": note.code, "params": dict(note.params)} for note in report.notes],
        progress=100,
        position=entry.position,
    )
    RefusedRow.objects.bulk_create(
        RefusedRow(
            run=run,
            file=each.file[:255],
            table=each.table,
            row=each.row,
            column=each.column[:120],
            value=each.value[:500],
            code=each.reason.code,
            params=dict(each.reason.params),
        )
        for each in report.refused
    )
    return run.pk


def _note_delivery(plant: str, table: str, *, options: ImportOptions, entry: Recording) -> None:
    Delivery.objects.create(
        plant=plant,
        source=options.source,
        table=table,
        recorded_id=entry.position,
        at=entry.now,
    )
