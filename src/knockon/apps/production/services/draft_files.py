"""The files of an import draft: kept under names of ours, read, and mended as people said."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from knockon.apps.production.models import ImportDraft
from knockon.domain.errors import KnockonError
from knockon.ports.connector import Connector, RawSheet
from knockon.ports.file_errors import FileRefused

_CHUNK = 1 << 20
_LONGEST_NAME = 200


class UploadTooLarge(KnockonError):
    """A dropped file is larger than one upload may be."""

    code = "upload_too_large"


class FileKindUnknown(KnockonError):
    """A dropped file is of no kind that can be read, as its name says."""

    code = "file_kind_unknown"


class NothingDropped(KnockonError):
    """No file was dropped."""

    code = "nothing_dropped"


class Content(Protocol):
    """Bytes that are read piece by piece."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A dropped file: the name it bears, which is never used as a path, and its content."""

    name: str
    content: Content
    size: int


def check_uploads(
    uploads: Sequence[Upload], *, max_bytes: int, suffixes: Sequence[str]
) -> list[Upload]:
    """Return the uploads that count; what a folder holds besides lists is passed over.

    Raises
    ------
    NothingDropped, FileKindUnknown, UploadTooLarge
        Nothing, nothing readable, or too much was dropped.
    """
    if not uploads:
        raise NothingDropped
    readable = [each for each in uploads if Path(each.name).suffix.lower() in suffixes]
    if not readable:
        raise FileKindUnknown(file=uploads[0].name)
    for upload in readable:
        if upload.size > max_bytes:
            raise UploadTooLarge(file=upload.name, size=upload.size, limit=max_bytes)
    return readable


def keep_uploads(uploads: Sequence[Upload]) -> list[dict[str, Any]]:
    """Write the uploads under random names and return what a draft notes of each."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    files: list[dict[str, Any]] = []
    for upload in uploads:
        names = {each["name"] for each in files}
        files.append(_keep(upload, name=_free_name(upload.name, names), folder=folder))
    return files


def drop_files(files: Iterable[Mapping[str, Any]], *, only_read: bool = False) -> None:
    """Delete the files of a draft, or only what was read from them."""
    for each in files:
        _read_copy(each).unlink(missing_ok=True)
        if not only_read:
            (_folder() / each["stored"]).unlink(missing_ok=True)


def load_sheets(draft: ImportDraft, *, connector: Connector) -> list[RawSheet]:
    """Return the draft's lists under their given names, with people's corrections.

    A file is read once, in a guarded process. Why one cannot be read is noted beside it.
    """
    found: list[RawSheet] = []
    for number, each in enumerate(draft.files):
        _note_progress(draft, each["name"], percent=90 * number // max(1, len(draft.files)))
        each.pop("error", None)
        path = _folder() / each["stored"]
        try:
            sheets = connector.read_sheets_guarded(path, kept=_read_copy(each))
        except FileRefused as error:
            each["error"] = {"code": error.code, "data": {**error.data, "file": each["name"]}}
            continue
        for sheet in sheets:
            is_text = sheet.name in {path.name, path.stem}
            name = Path(each["name"]).stem if is_text else sheet.name
            found.append(_mended(replace(sheet, file=each["name"], name=name), draft))
    return found


def _keep(upload: Upload, *, name: str, folder: Path) -> dict[str, Any]:
    suffix = Path(upload.name).suffix.lower()
    stored = secrets.token_hex(16) + (suffix if suffix[1:].isalnum() else "")
    digest = hashlib.sha256()
    with (folder / stored).open("xb") as file:
        while chunk := upload.content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    return {"name": name, "stored": stored, "size": upload.size, "sha256": digest.hexdigest()}


def _free_name(given: str, taken: set[str]) -> str:
    """Return a file's name, numbered where two files of a draft bear the same one."""
    path = Path(given.replace("\\", "/"))
    stem, suffix = path.stem[:_LONGEST_NAME], path.suffix[:20]
    name, number = f"{stem}{suffix}", 2
    while name in taken:
        name, number = f"{stem} ({number}){suffix}", number + 1
    return name


def _note_progress(draft: ImportDraft, doing: str, *, percent: int) -> None:
    ImportDraft.objects.filter(pk=draft.pk).update(doing=doing, progress=percent)


def _mended(sheet: RawSheet, draft: ImportDraft) -> RawSheet:
    fixes = [fix for fix in draft.fixes if (fix["file"], fix["sheet"]) == (sheet.file, sheet.name)]
    if not fixes:
        return sheet
    places = {number: place for place, number in enumerate(sheet.numbers)}
    columns = columns_of(draft, sheet)
    rows = list(sheet.rows)
    for fix in fixes:
        place, column = places.get(fix["row"]), columns.get(fix["column"])
        if place is None or column is None:
            continue
        cells = list(rows[place])
        cells += [""] * (column + 1 - len(cells))
        cells[column] = fix["value"]
        rows[place] = cells
    return replace(sheet, rows=rows)


def columns_of(draft: ImportDraft, sheet: RawSheet) -> dict[str, int]:
    """Return header → place of a list's columns."""
    for each in draft.sheets:
        if (each["file"], each["sheet"]) == (sheet.file, sheet.name):
            return {column["header"]: column["index"] for column in each["columns"]}
    return {}


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _read_copy(file: Mapping[str, Any]) -> Path:
    return _folder() / f"{file['stored']}.read"
