"""Read lists that are text: comma, tab, semicolon, or the bars of a printed list."""

import csv
import hashlib
import io
import re
from collections import Counter
from pathlib import Path

from knockon.adapters.connectors.tabular.encodings import decode
from knockon.domain.contract.cells import Cell
from knockon.ports.connector import RawSheet, ReadLimits
from knockon.ports.file_errors import CellTooLong, FileCutShort, FileTooLarge, FormatUnknown

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE_LINES = 60
_RULER = re.compile(r"[\s|+\-=_─━│┼├┤┌┐└┘┬┴]{3,}")
_AS_TEXT = re.compile(r'="(.*)"')
_MARKUP = re.compile(r"\s*<(?:!doctype\s+html|html|table|\?xml|\?mso)", re.IGNORECASE)


def read_delimited(
    path: Path,
    data: bytes,
    *,
    limits: ReadLimits,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> RawSheet:
    """Return the one list that a text file holds.

    Raises
    ------
    EncodingBroken, CellTooLong, FileCutShort, FileTooLarge, FormatUnknown
        The file cannot be taken as it is; each names the place.
    """
    decoded = decode(data, encoding=encoding)
    text = decoded.text
    if _MARKUP.match(text[:200]):
        raise FormatUnknown(found="markup")
    used = delimiter or sniff_delimiter(text)
    if used == "|":
        rows, numbers = _printed_rows(text, limits=limits)
    else:
        rows, numbers = _parsed_rows(text, delimiter=used, limits=limits)
    _check_end(text, rows, numbers)
    return RawSheet(
        file=path.name,
        name=path.stem,
        rows=rows,
        numbers=numbers,
        encoding=decoded.encoding,
        delimiter=used,
        sha256=hashlib.sha256(data).hexdigest(),
        notes=decoded.notes,
    )


def sniff_delimiter(text: str) -> str:
    """Return the delimiter by which most lines have the same, largest number of cells."""
    lines = [line for line in text[:200_000].splitlines() if line.strip()]
    lines = [line for line in lines if not _RULER.fullmatch(line)][:_SAMPLE_LINES]
    return max(_DELIMITERS, key=lambda sign: _regularity(lines, sign))


def _regularity(lines: list[str], delimiter: str) -> tuple[float, int]:
    if delimiter == "|":
        widths = Counter(line.count("|") for line in lines if line.lstrip().startswith("|"))
    else:
        try:
            parsed = list(csv.reader(lines, delimiter=delimiter))
        except csv.Error:
            return (0.0, 0)
        widths = Counter(len(row) for row in parsed)
    widths.pop(1, None)
    widths.pop(0, None)
    if not widths:
        return (0.0, 0)
    width, count = widths.most_common(1)[0]
    return (count * (1 + width / 1000), width)


def _parsed_rows(
    text: str, *, delimiter: str, limits: ReadLimits
) -> tuple[list[list[Cell]], list[int]]:
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if max(map(len, row), default=0) > limits.cell_chars:
                raise _too_long(row, line=line, limits=limits)
            rows.append([_AS_TEXT.sub(r"\1", cell) if cell[:2] == '="' else cell for cell in row])
            numbers.append(line)
            line = reader.line_num + 1
            _check_size(rows, limits=limits)
    except csv.Error as error:
        if "field larger" in str(error):
            raise CellTooLong(
                row=line, column=0, length=csv.field_size_limit(), limit=limits.cell_chars
            ) from error
        raise FileCutShort(row=line, why=_quote_trouble(error)) from error
    return rows, numbers


def _printed_rows(text: str, *, limits: ReadLimits) -> tuple[list[list[Cell]], list[int]]:
    """Read a list printed with bars; its rulers, and the bars at its edges, are dropped."""
    rows: list[list[Cell]] = []
    numbers: list[int] = []
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if not stripped or _RULER.fullmatch(stripped):
            continue
        if stripped.startswith("|"):
            cells = [
                cell.strip() for cell in stripped.removeprefix("|").removesuffix("|").split("|")
            ]
        else:
            cells = [stripped]
        if max(map(len, cells)) > limits.cell_chars:
            raise _too_long(cells, line=number, limits=limits)
        rows.append(list(cells))
        numbers.append(number)
        _check_size(rows, limits=limits)
    return rows, numbers


def _check_size(rows: list[list[Cell]], *, limits: ReadLimits) -> None:
    if len(rows) > limits.rows:
        raise FileTooLarge(what="rows", found=len(rows), limit=limits.rows)
    if len(rows[-1]) > limits.columns:
        raise FileTooLarge(what="columns", found=len(rows[-1]), limit=limits.columns)


def _too_long(row: list[str], *, line: int, limits: ReadLimits) -> CellTooLong:
    column = max(range(len(row)), key=lambda place: len(row[place]))
    return CellTooLong(
        row=line, column=column + 1, length=len(row[column]), limit=limits.cell_chars
    )


def _check_end(text: str, rows: list[list[Cell]], numbers: list[int]) -> None:
    """Refuse a text that stops inside its last row: fewer cells than all others, and no line end."""
    if len(rows) < 3 or text.endswith(("\n", "\r", "\x1a")):
        return
    usual, count = Counter(map(len, rows[:-1])).most_common(1)[0]
    if count * 2 > len(rows) and 1 < len(rows[-1]) < usual:
        raise FileCutShort(row=numbers[-1], why="last_row_is_short")


def _quote_trouble(error: csv.Error) -> str:
    return "open_quote" if "unexpected end" in str(error) else "stray_quote"
