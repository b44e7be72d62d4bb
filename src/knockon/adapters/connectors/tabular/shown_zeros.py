"""Give numbers their leading zeros back where a workbook only shows them: 123 shown as 00123."""

import re
import zipfile
from io import BytesIO

import openpyxl

from knockon.domain.contract.cells import Cell, number_text
from knockon.ports.file_errors import FormatUnknown

_STYLES = "xl/styles.xml"
_ZEROS_IN_STYLES = re.compile(rb'formatCode="0{2,20}"')
_ZEROS = re.compile(r"0{2,20}")


def with_shown_zeros(data: bytes, sheets: dict[str, list[list[Cell]]]) -> None:
    """Replace, in place, the numbers of cells whose format prints leading zeros by that text.

    The archive was checked before; it is read a second time only when it has such a format.

    Raises
    ------
    FormatUnknown
        The workbook has such a format but its styles cannot be read.
    """
    if not _has_such_format(data):
        return
    try:
        _restore(data, sheets)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        # Taking 123 for 00123 would be worse than not taking the workbook.
        raise FormatUnknown(found="workbook", cause=str(error)) from error


def _restore(data: bytes, sheets: dict[str, list[list[Cell]]]) -> None:
    workbook = openpyxl.load_workbook(BytesIO(data), read_only=True, data_only=True)
    for name, rows in sheets.items():
        for number, cells in enumerate(workbook[name].iter_rows()):
            if number >= len(rows):
                break
            for column, cell in enumerate(cells[: len(rows[number])]):
                value = rows[number][column]
                shown = str(getattr(cell, "number_format", ""))
                if isinstance(value, float) and value >= 0 and _ZEROS.fullmatch(shown):
                    rows[number][column] = number_text(value).zfill(len(shown))
    workbook.close()


def _has_such_format(data: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        if _STYLES not in archive.namelist():
            return False
        return _ZEROS_IN_STYLES.search(archive.read(_STYLES)) is not None
