"""Read workbooks: stored values with their types, merged areas, nothing run."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import python_calamine

from knockon.adapters.connectors.tabular.archives import check_archive
from knockon.adapters.connectors.tabular.shown_zeros import with_shown_zeros
from knockon.domain.contract.cells import Cell
from knockon.ports.connector import RawSheet, ReadLimits
from knockon.ports.file_errors import (
    ArchiveBroken,
    CellTooLong,
    FileTooLarge,
    FormatUnknown,
    WorkbookLocked,
)

ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def is_workbook(data: bytes) -> bool:
    """Return whether the bytes are a workbook, whatever the file is called."""
    return data.startswith((ZIP_MAGIC, OLE_MAGIC))


def read_workbook(path: Path, data: bytes, *, limits: ReadLimits) -> tuple[RawSheet, ...]:
    """Return every visible sheet that holds anything, in the workbook's order.

    Raises
    ------
    ArchiveBroken, ArchiveBomb, XmlWithDtd, WorkbookLocked, FormatUnknown, FileTooLarge,
    CellTooLong
        The workbook cannot be taken as it is.
    """
    if data.startswith(ZIP_MAGIC):
        check_archive(data, limits=limits)
    digest = hashlib.sha256(data).hexdigest()
    try:
        with python_calamine.load_workbook(BytesIO(data)) as workbook:
            shown = [
                sheet.name
                for sheet in workbook.sheets_metadata
                if sheet.visible == python_calamine.SheetVisibleEnum.Visible
                and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
            ]
            sheets = [
                _read_sheet(workbook.get_sheet_by_name(name), limits=limits) for name in shown
            ]
        if data.startswith(ZIP_MAGIC):
            with_shown_zeros(data, {sheet.name: sheet.rows for sheet in sheets})
    except python_calamine.PasswordError as error:
        raise WorkbookLocked(file=path.name) from error
    except (python_calamine.ZipError, python_calamine.XmlError) as error:
        raise ArchiveBroken(cause=str(error)) from error
    except python_calamine.CalamineError as error:
        raise FormatUnknown(found="workbook", cause=str(error)) from error
    return tuple(
        RawSheet(
            file=path.name,
            name=sheet.name,
            rows=sheet.rows,
            numbers=range(1, len(sheet.rows) + 1),
            merges=sheet.merges,
            sha256=digest,
        )
        for sheet in sheets
        if sheet.rows
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    name: str
    rows: list[list[Cell]]
    merges: tuple[tuple[int, int, int, int], ...]


def _read_sheet(sheet: python_calamine.CalamineSheet, *, limits: ReadLimits) -> _Sheet:
    # A sheet's start and end span the rectangle that reading it would build.
    end = sheet.end or (-1, -1)
    for what, found in (("rows", end[0] + 1), ("columns", end[1] + 1)):
        if found > getattr(limits, what):
            raise FileTooLarge(what=what, found=found, limit=getattr(limits, what))
    rows: list[list[Cell]] = [list(row) for row in sheet.to_python(skip_empty_area=False)]
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row, start=1):
            if isinstance(cell, str) and len(cell) > limits.cell_chars:
                raise CellTooLong(
                    row=number, column=column, length=len(cell), limit=limits.cell_chars
                )
    merges = tuple(
        (first[0], first[1], last[0], last[1]) for first, last in sheet.merged_cell_ranges or ()
    )
    return _Sheet(name=sheet.name, rows=rows, merges=merges)
