"""The import wizard's steps: drop files, see the mapping, mend it, mend cells, import."""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from procrastinate.contrib.django import app as jobs

from knockon.apps.journal.bus import recording
from knockon.apps.production.models import ImportDraft, SavedMapping
from knockon.apps.production.selectors import load_draft
from knockon.apps.production.services.importing import (
    ImportOptions,
    Incoming,
    convert_sheet,
    import_rows,
)
from knockon.apps.production.services.reports import ImportReport
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.mapping import MappingSet, TableMapping
from knockon.domain.mapping_json import dump_mapping, load_mapping
from knockon.ports.connector import Connector, RawSheet, SheetRecognition

_MAX_SHOWN = 500
_CHUNK = 1 << 20


class UploadTooLarge(KnockonError):
    """A dropped file is larger than one upload may be."""

    code = "upload_too_large"


class DraftBusy(KnockonError):
    """The draft is being read or imported at this moment."""

    code = "draft_busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A dropped file: the name it bears, which is never used as a path, and its content."""

    name: str
    content: BinaryIO
    size: int


def start_draft(
    uploads: Sequence[Upload], *, plant: str, viewer: Viewer, now: datetime, max_bytes: int
) -> ImportDraft:
    """Keep dropped files under names of ours and have them read in the background.

    Raises
    ------
    NotAllowed, UploadTooLarge
        The viewer may not import there, or a file is too large.
    """
    viewer.require(Right.IMPORT, plant=plant or None)
    for upload in uploads:
        if upload.size > max_bytes:
            raise UploadTooLarge(file=upload.name, size=upload.size, limit=max_bytes)
    files = [_keep(upload) for upload in uploads]
    with recording(
        actor=viewer.actor, action="files_dropped", now=now, plant=plant, subject="import"
    ) as entry:
        draft = ImportDraft.objects.create(
            owner=viewer.actor, plant=plant, created_at=now, changed_at=now, files=files
        )
        entry.data.update(draft=draft.pk, files=[each["name"] for each in files])
        jobs.configure_task("read_draft", queue="imports").defer(draft_id=draft.pk)
    return draft


def read_draft(draft_id: int, *, connector: Connector, now: datetime) -> None:
    """Read a draft's files and propose mappings; runs in the background.

    Idempotent: reading again proposes again.
    """
    draft = ImportDraft.objects.get(pk=draft_id)
    try:
        sheets = _sheets(draft, connector=connector)
        proposal = connector.recognise(sheets, year=now.year)
    except KnockonError as error:
        _fail(draft, error, now=now)
        return
    draft.sheets = [_shown(each) for each in proposal.sheets]
    mapping = MappingSet(name=f"draft {draft.pk}", mappings=proposal.mappings)
    draft.mapping = json.loads(dump_mapping(mapping))
    _preview(draft, sheets, connector=connector, now=now)
    draft.state = ImportDraft.State.READY
    _save(draft, now=now)


def change_mapping(
    draft_id: int, *, mapping: str, connector: Connector, viewer: Viewer, now: datetime
) -> ImportDraft:
    """Replace a draft's mapping (JSON text) and say what importing would now do.

    Raises
    ------
    DraftUnknown, DraftBusy, MappingRefused
        It is not the viewer's, is being worked on, or the mapping cannot be.
    """
    draft = _mine(draft_id, viewer=viewer)
    draft.mapping = json.loads(dump_mapping(load_mapping(mapping)))
    _preview(draft, _sheets(draft, connector=connector), connector=connector, now=now)
    _save(draft, now=now)
    return draft


def fix_cell(
    draft_id: int,
    *,
    cell: Mapping[str, Any],
    connector: Connector,
    viewer: Viewer,
    now: datetime,
) -> ImportDraft:
    """Correct one cell of a dropped file; the file itself stays as it came.

    ``cell`` holds ``file``, ``sheet``, ``row``, ``column`` (the printed header) and ``value``.

    Raises
    ------
    DraftUnknown, DraftBusy
        It is not the viewer's, or is being worked on.
    """
    draft = _mine(draft_id, viewer=viewer)
    place = ("file", "sheet", "row", "column")
    kept = [fix for fix in draft.fixes if any(fix[name] != cell[name] for name in place)]
    draft.fixes = [*kept, {**{name: cell[name] for name in place}, "value": cell["value"]}]
    _preview(draft, _sheets(draft, connector=connector), connector=connector, now=now)
    _save(draft, now=now)
    return draft


def begin_import(draft_id: int, *, viewer: Viewer, now: datetime) -> ImportDraft:
    """Have a draft imported in the background.

    Raises
    ------
    DraftUnknown, DraftBusy, NotAllowed
        It is not the viewer's, is being worked on, or the viewer may not import.
    """
    draft = _mine(draft_id, viewer=viewer)
    viewer.require(Right.IMPORT, plant=draft.plant or None)
    with recording(
        actor=viewer.actor, action="import_begun", now=now, plant=draft.plant, subject="import"
    ) as entry:
        draft.state = ImportDraft.State.IMPORTING
        draft.progress = 0
        draft.changed_at = now
        draft.save(update_fields=["state", "progress", "changed_at"])
        entry.data["draft"] = draft.pk
        jobs.configure_task("import_draft", queue="imports").defer(draft_id=draft.pk)
    return draft


def import_draft(
    draft_id: int, *, connector: Connector, viewer: Viewer, now: datetime
) -> ImportReport | None:
    """Import a draft; runs in the background as its owner.

    Idempotent by the draft's state and by the facts' own keys.
    """
    draft = ImportDraft.objects.get(pk=draft_id)
    if draft.state != ImportDraft.State.IMPORTING:
        return None
    try:
        sheets = _sheets(draft, connector=connector)
        report = _import(draft, sheets, connector=connector, viewer=viewer, now=now)
    except KnockonError as error:
        _fail(draft, error, now=now)
        return None
    draft.state = ImportDraft.State.DONE
    draft.run_id = report.run_id
    draft.preview = _said(report)
    draft.progress = 100
    _save(draft, now=now)
    return report


def save_mapping(name: str, *, draft_id: int, viewer: Viewer, now: datetime) -> SavedMapping:
    """Keep a draft's mapping under a name for the next time.

    Raises
    ------
    DraftUnknown, NotAllowed
        It is not the viewer's, or the viewer may not import.
    """
    draft = load_draft(draft_id, viewer=viewer)
    viewer.require(Right.IMPORT, plant=draft.plant or None)
    with recording(
        actor=viewer.actor, action="mapping_saved", now=now, plant=draft.plant, subject="import"
    ) as entry:
        saved, _ = SavedMapping.objects.update_or_create(
            plant=draft.plant,
            name=name,
            defaults={"mapping": {**draft.mapping, "name": name}, "recorded_id": entry.position},
        )
        entry.data.update(name=name, mapping=draft.mapping)
    return saved


def mapping_of(draft: ImportDraft) -> MappingSet:
    """Return a draft's mapping as a value."""
    return load_mapping(json.dumps(draft.mapping))


def _mine(draft_id: int, *, viewer: Viewer) -> ImportDraft:
    draft = load_draft(draft_id, viewer=viewer)
    if draft.state in {ImportDraft.State.READING, ImportDraft.State.IMPORTING}:
        raise DraftBusy(draft=draft_id)
    return draft


def _keep(upload: Upload) -> dict[str, Any]:
    folder = Path(settings.MEDIA_ROOT) / "imports"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = Path(upload.name).suffix.lower()
    stored = secrets.token_hex(16) + (suffix if suffix[1:].isalnum() else "")
    digest = hashlib.sha256()
    with (folder / stored).open("xb") as file:
        while chunk := upload.content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return {
        "name": Path(upload.name).name[:255],
        "stored": stored,
        "size": upload.size,
        "sha256": digest.hexdigest(),
    }


def _sheets(draft: ImportDraft, *, connector: Connector) -> list[RawSheet]:
    """Read the draft's files in a guarded process, under their given names, with fixes applied."""
    found: list[RawSheet] = []
    for number, each in enumerate(draft.files):
        draft.doing = each["name"]
        draft.progress = 90 * number // max(1, len(draft.files))
        draft.save(update_fields=["doing", "progress"])
        path = Path(settings.MEDIA_ROOT) / "imports" / each["stored"]
        for sheet in connector.read_sheets_guarded(path):
            is_text = sheet.name in {path.name, path.stem}
            name = Path(each["name"]).stem if is_text else sheet.name
            found.append(_fixed(replace(sheet, file=each["name"], name=name), draft.fixes))
    return found


def _fixed(sheet: RawSheet, fixes: Iterable[Mapping[str, Any]]) -> RawSheet:
    mine = [fix for fix in fixes if (fix["file"], fix["sheet"]) == (sheet.file, sheet.name)]
    if not mine:
        return sheet
    rows = [list(row) for row in sheet.rows]
    places = {number: place for place, number in enumerate(sheet.numbers)}
    for fix in mine:
        row, column = places.get(fix["row"]), _column(rows, fix["column"])
        if row is None or column is None:
            continue
        rows[row] += [""] * (column + 1 - len(rows[row]))
        rows[row][column] = fix["value"]
    return replace(sheet, rows=rows)


def _column(rows: Sequence[Sequence[Any]], header: str) -> int | None:
    """Return the place of the first cell that prints this header."""
    for row in rows:
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell.strip() == header.strip():
                return place
    return None


def _incoming(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, report: ImportReport
) -> list[Incoming]:
    by_sheet: dict[str, list[TableMapping]] = {}
    for mapping in mapping_of(draft).mappings:
        by_sheet.setdefault(mapping.sheet or "", []).append(mapping)
    found: list[Incoming] = []
    for sheet in sheets:
        mappings = by_sheet.get(sheet.name, []) or by_sheet.get("", [])
        found += convert_sheet(
            sheet, mappings, connector=connector, options=_options(draft), report=report
        )
    return found


def _preview(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, now: datetime
) -> None:
    """Note what importing would do; a refusal of the whole is part of the preview."""
    report = ImportReport()
    try:
        incoming = _incoming(draft, sheets, connector=connector, report=report)
        viewer = Viewer(actor=draft.owner, is_system=True)
        options = replace(_options(draft), dry_run=True)
        import_rows(incoming, options=options, viewer=viewer, now=now, report=report)
        draft.error = {}
    except KnockonError as error:
        draft.error = {"code": error.code, "data": _plain(error.data)}
    draft.preview = _said(report)


def _import(
    draft: ImportDraft,
    sheets: Sequence[RawSheet],
    *,
    connector: Connector,
    viewer: Viewer,
    now: datetime,
) -> ImportReport:
    report = ImportReport()
    incoming = _incoming(draft, sheets, connector=connector, report=report)
    draft.doing, draft.progress = "", 95
    draft.save(update_fields=["doing", "progress"])
    return import_rows(incoming, options=_options(draft), viewer=viewer, now=now, report=report)


def _options(draft: ImportDraft) -> ImportOptions:
    return ImportOptions(plant=draft.plant or None, zone=settings.TIME_ZONE)


def _said(report: ImportReport) -> dict[str, Any]:
    return {
        "tables": report.tables,
        "refused_count": len(report.refused),
        "refused": [_plain(asdict(each)) for each in report.refused[:_MAX_SHOWN]],
        "notes": [_plain(asdict(each)) for each in report.notes[:_MAX_SHOWN]],
        "unread": report.unread,
    }


def _shown(sheet: SheetRecognition) -> dict[str, Any]:
    shown: dict[str, Any] = _plain(asdict(replace(sheet, mappings=())))
    shown["tables_chosen"] = [mapping.table for mapping in sheet.mappings]
    return shown


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


def _fail(draft: ImportDraft, error: KnockonError, *, now: datetime) -> None:
    draft.state = ImportDraft.State.FAILED
    draft.error = {"code": error.code, "data": _plain(error.data)}
    _save(draft, now=now)


def _save(draft: ImportDraft, *, now: datetime) -> None:
    draft.changed_at = now
    draft.doing = ""
    draft.save()
