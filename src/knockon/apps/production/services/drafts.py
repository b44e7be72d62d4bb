"""A draft of an import from its files to its end: drop, read, import, discard."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from knockon.apps.journal.bus import recording
from knockon.apps.production.models import ImportDraft, SavedMapping
from knockon.apps.production.selectors import load_draft, load_saved_mapping
from knockon.apps.production.services.draft_files import (
    Upload,
    check_uploads,
    drop_files,
    keep_uploads,
    load_sheets,
)
from knockon.apps.production.services.importing import import_rows, mappings_for
from knockon.apps.production.services.previews import (
    import_options,
    mapping_of,
    meant_for,
    plain,
    preview,
    read_lists,
    set_mappings,
    summary,
)
from knockon.apps.production.services.reports import ImportReport
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.mapping import TableMapping
from knockon.ports.connector import Connector, RawSheet, SheetRecognition
from knockon.ports.file_errors import FileRefused

_AT_ONCE_BYTES = 1_500_000
"""Up to this size a changed draft is looked through while the person waits; beyond, by a job."""


class DraftBusy(KnockonError):
    """The draft is being read or imported at this moment."""

    code = "draft_busy"


class DraftDone(KnockonError):
    """The draft was imported: nothing of it can be changed any more."""

    code = "draft_done"


class MappingUnnamed(KnockonError):
    """A mapping is to be kept without a name."""

    code = "mapping_unnamed"


def start_draft(
    uploads: Sequence[Upload],
    *,
    plant: str,
    connector: Connector,
    viewer: Viewer,
    now: datetime,
    max_bytes: int,
    mapping_id: int | None = None,
) -> ImportDraft:
    """Keep dropped files under names of ours and have them read in the background.

    With ``mapping_id`` they are read by that saved mapping where it suits them.

    Raises
    ------
    NotAllowed, MappingUnknown, NothingDropped, FileKindUnknown, UploadTooLarge
        The viewer may not import there, the mapping is not there, or the files are not welcome.
    """
    viewer.require(Right.IMPORT, plant=plant or None)
    saved = load_saved_mapping(mapping_id, viewer=viewer).mapping if mapping_id else {}
    readable = check_uploads(uploads, max_bytes=max_bytes, suffixes=connector.suffixes)
    files = keep_uploads(readable)
    with recording(
        actor=viewer.actor, action="files_dropped", now=now, plant=plant, subject="import"
    ) as entry:
        draft = ImportDraft.objects.create(
            owner=viewer.actor,
            plant=plant,
            created_at=now,
            changed_at=now,
            files=files,
            mapping=saved,
        )
        entry.data.update(draft=draft.pk, files=[each["name"] for each in files])
        _defer_reading(draft)
    return draft


def read_draft(draft_id: int, *, connector: Connector, now: datetime) -> None:
    """Read a draft's files, propose mappings and say what importing would do; a background job.

    Idempotent: a draft that is not waiting to be read is left alone.
    """
    draft = ImportDraft.objects.get(pk=draft_id)
    if draft.state != ImportDraft.State.READING:
        return
    sheets = load_sheets(draft, connector=connector)
    if not draft.sheets:
        _recognise(draft, sheets, connector=connector, now=now)
    if not sheets:
        draft.state = ImportDraft.State.FAILED
        _save(draft, now=now)
        return
    preview(draft, sheets, connector=connector, now=now)
    draft.state = ImportDraft.State.READY
    _save(draft, now=now)


def give_up(draft_id: int, *, code: str, now: datetime) -> None:
    """Tell the owner that a job on the draft broke, so that nobody waits for it for ever."""
    draft = ImportDraft.objects.filter(pk=draft_id).first()
    if draft is not None and draft.state in {
        ImportDraft.State.READING,
        ImportDraft.State.IMPORTING,
    }:
        draft.state = ImportDraft.State.FAILED
        draft.error = {"code": code, "data": {}}
        _save(draft, now=now)


@transaction.atomic
def begin_import(draft_id: int, *, viewer: Viewer, now: datetime) -> ImportDraft:
    """Have a draft imported in the background.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone, NotAllowed
        It is not the viewer's, is being worked on or imported, or the viewer may not import.
    """
    draft = workable_draft(draft_id, viewer=viewer)
    viewer.require(Right.IMPORT, plant=draft.plant or None)
    with recording(
        actor=viewer.actor, action="import_begun", now=now, plant=draft.plant, subject="import"
    ) as entry:
        draft.state = ImportDraft.State.IMPORTING
        draft.progress = 0
        _save(draft, now=now)
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
    sheets = load_sheets(draft, connector=connector)
    report = ImportReport()
    read = read_lists(draft, sheets, connector=connector, report=report)
    ImportDraft.objects.filter(pk=draft.pk).update(doing="", progress=95)
    try:
        import_rows(
            read.incoming, options=import_options(draft), viewer=viewer, now=now, report=report
        )
    except KnockonError as error:
        draft.state = ImportDraft.State.FAILED
        draft.error = {"code": error.code, "data": plain(error.data)}
        _save(draft, now=now)
        return None
    draft.state = ImportDraft.State.DONE
    draft.run_id = report.run_id
    draft.preview = summary(report, draft=draft, sheets=sheets, lists=read.lists)
    draft.progress = 100
    _save(draft, now=now)
    drop_files(draft.files, only_read=True)
    return report


def discard_draft(draft_id: int, *, viewer: Viewer) -> None:
    """Forget a draft and its files; what was imported from it stays.

    Raises
    ------
    DraftUnknown, DraftBusy
        It is not the viewer's, or is being worked on.
    """
    draft = load_draft(draft_id, viewer=viewer)
    if draft.state == ImportDraft.State.IMPORTING:
        raise DraftBusy(draft=draft_id)
    drop_files(draft.files)
    draft.delete()


def save_mapping(name: str, *, draft_id: int, viewer: Viewer, now: datetime) -> SavedMapping:
    """Keep a draft's mapping under a name for the next time.

    Raises
    ------
    DraftUnknown, NotAllowed, MappingUnnamed
        It is not the viewer's, the viewer may not import, or there is no name.
    """
    draft = load_draft(draft_id, viewer=viewer)
    viewer.require(Right.IMPORT, plant=draft.plant or None)
    if not name.strip():
        raise MappingUnnamed
    name = name.strip()[:80]
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


def workable_draft(draft_id: int, *, viewer: Viewer) -> ImportDraft:
    """Return a draft of the viewer's own that nothing is at work on, held until the commit.

    Raises
    ------
    DraftUnknown, DraftBusy, DraftDone
        It is not the viewer's, is being worked on, or is imported.
    """
    draft = load_draft(draft_id, viewer=viewer, is_locked=True)
    if draft.state in {ImportDraft.State.READING, ImportDraft.State.IMPORTING}:
        raise DraftBusy(draft=draft_id)
    if draft.state == ImportDraft.State.DONE:
        raise DraftDone(draft=draft_id)
    return draft


def look_again(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, now: datetime
) -> ImportDraft:
    """Keep a changed draft and say what importing it would do now: at once, or by a job.

    Runs within the transaction of the change.
    """
    if sum(each["size"] for each in draft.files) <= _AT_ONCE_BYTES:
        preview(draft, sheets, connector=connector, now=now)
        draft.state = ImportDraft.State.READY
        _save(draft, now=now)
        return draft
    draft.state = ImportDraft.State.READING
    draft.progress = 0
    _save(draft, now=now)
    _defer_reading(draft)
    return draft


def _recognise(
    draft: ImportDraft, sheets: Sequence[RawSheet], *, connector: Connector, now: datetime
) -> None:
    wanted = mapping_of(draft).mappings
    mappings: list[TableMapping] = []
    shown: list[dict[str, Any]] = []
    for sheet in sheets:
        try:
            (found,) = connector.recognise([sheet], year=now.year).sheets
        except FileRefused as error:
            refused = {"code": error.code, "data": plain({**error.data, "file": sheet.file})}
            shown.append({"file": sheet.file, "sheet": sheet.name, "columns": [], "error": refused})
            continue
        shown.append(_shown(found))
        suiting = mappings_for(sheet, wanted, connector=connector) if wanted else ()
        mappings += [meant_for(sheet, each) for each in suiting or found.mappings]
    draft.sheets = shown
    set_mappings(draft, mappings)


def _shown(sheet: SheetRecognition) -> dict[str, Any]:
    shown: dict[str, Any] = plain(asdict(replace(sheet, mappings=())))
    return shown


def _defer_reading(draft: ImportDraft) -> None:
    jobs.configure_task("read_draft", queue="imports").defer(draft_id=draft.pk)


def _save(draft: ImportDraft, *, now: datetime) -> None:
    draft.changed_at = now
    draft.doing = ""
    draft.save()
