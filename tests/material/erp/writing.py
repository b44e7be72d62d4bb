"""Write fixture lists byte for byte the same on every run."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import openpyxl

_STAMP = (2026, 3, 6, 8, 0, 0)
_CHANGED = re.compile(rb"<dcterms:(created|modified)[^>]*>[^<]*</dcterms:\1>")


@dataclass(frozen=True)
class Fixture:
    """A list: its file name, its rows, and how they are written."""

    file: str
    rows: list[list[object]]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = "Sheet1"
    merges: tuple[str, ...] = ()
    printed: bool = False

    def write(self, folder: Path) -> None:
        """Write the file."""
        path = folder / self.file
        if path.suffix == ".xlsx":
            path.write_bytes(self._workbook())
        else:
            path.write_bytes(encoded(self._text(), self.encoding))

    def _text(self) -> str:
        if self.printed:
            return "\r\n".join(str(row[0]) for row in self.rows) + "\r\n"
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=self.delimiter, lineterminator="\r\n").writerows(self.rows)
        return stream.getvalue()

    def _workbook(self) -> bytes:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = self.sheet
        for row in self.rows:
            sheet.append([None if cell == "" else cell for cell in row])
        for area in self.merges:
            sheet.merge_cells(area)
        stream = io.BytesIO()
        workbook.save(stream)
        return _without_clock(stream.getvalue())


def roc(month: int, day: int, *, compact: bool = False) -> str:
    """Return a day of 115 (2026) as 民國年 prints it."""
    return f"115{month:02d}{day:02d}" if compact else f"115/{month:02d}/{day:02d}"


def barred(title: str, head: list[str], body: list[list[str]]) -> list[list[object]]:
    """Return the lines of a list printed with bars and dashes."""
    rows = [row + [""] * (len(head) - len(row)) for row in [head, *body]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(head))]
    ruler = "-" * (sum(widths) + len(widths) + 1)
    lines = [
        "|" + "|".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + "|"
        for row in rows
    ]
    return [[line] for line in [title, "", ruler, lines[0], ruler, *lines[1:], ruler]]


def encoded(text: str, encoding: str) -> bytes:
    """Encode; private-use characters become the user-defined codes of code page 950."""
    if encoding != "cp950":
        return text.encode(encoding)
    return b"".join(_cp950(character) for character in text)


def _cp950(character: str) -> bytes:
    place = ord(character) - 0xE000
    if not 0 <= place < 785:
        return character.encode("cp950")
    lead, trail = divmod(place, 157)
    return bytes([0xFA + lead, trail + 0x40 if trail < 63 else trail - 63 + 0xA1])


def _without_clock(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in sorted(source.namelist()):
            info = zipfile.ZipInfo(name, date_time=_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, _CHANGED.sub(b"", source.read(name)))
    return stream.getvalue()
