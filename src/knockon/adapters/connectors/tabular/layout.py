"""Find the header of a list and name its columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from knockon.adapters.connectors.tabular.lexicon import plain
from knockon.domain.contract.cells import Cell, cell_text, folded
from knockon.domain.mapping import TableMapping
from knockon.ports.connector import RawSheet
from knockon.ports.file_errors import DuplicateHeaders, HeaderNotFound

SEARCHED_ROWS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the header stands and how the columns are called.

    Parameters
    ----------
    rows
        0-based rows of the header.
    headers
        Header of each column as printed; the parts of a two-row header joined by a blank.
    """

    rows: tuple[int, ...]
    headers: tuple[str, ...]

    def column(self, header: str) -> int | None:
        """Return the column of that header, compared without width, case, blanks and script."""
        wanted = plain(header)
        for place, text in enumerate(self.headers):
            if text and plain(text) == wanted:
                return place
        return None

    def columns(self) -> Iterator[tuple[int, str]]:
        """Yield the columns that have a header."""
        return ((place, text) for place, text in enumerate(self.headers) if text)


def layout_at(sheet: RawSheet, rows: tuple[int, ...]) -> Layout:
    """Return the layout whose header stands in those 0-based rows.

    Raises
    ------
    DuplicateHeaders
        Two columns that differ have one name.
    """
    if len(rows) == 1:
        texts = [_one_line(cell) for cell in sheet.rows[rows[0]]]
    else:
        texts = _two_rows(sheet, rows[0], rows[1])
    return Layout(rows=rows, headers=_unique(sheet, texts, body=rows[-1] + 1))


def layout_for(sheet: RawSheet, mapping: TableMapping) -> Layout:
    """Return where the mapping's headers stand in this file.

    Raises
    ------
    HeaderNotFound
        No row among the first ones has every header that the mapping names.
    """
    wanted = {plain(text) for text in mapped_headers(mapping)}
    height = len(mapping.header_rows)
    declared = _declared_rows(sheet, mapping)
    best_missing: set[str] | None = None
    for first in (declared, *range(min(SEARCHED_ROWS, len(sheet.rows)))):
        rows = tuple(range(first, first + height))
        if first < 0 or rows[-1] >= len(sheet.rows):
            continue
        texts = _header_texts(sheet, rows)
        missing = wanted - {plain(text) for text in texts if text}
        if not missing:
            return layout_at(sheet, rows)
        if best_missing is None or len(missing) < len(best_missing):
            best_missing = missing
    names = [text for text in mapped_headers(mapping) if plain(text) in (best_missing or wanted)]
    raise HeaderNotFound(file=sheet.file, sheet=sheet.name, missing=", ".join(names[:20]))


def mapped_headers(mapping: TableMapping) -> tuple[str, ...]:
    """Return every header that the mapping needs, in its order, once."""
    named: dict[str, None] = {}
    for each in mapping.fields:
        named.update(dict.fromkeys(each.sources))
        if each.derive is not None:
            named.update(dict.fromkeys((*each.derive.within, *each.derive.of)))
    named.update(dict.fromkeys(row_filter.source for row_filter in mapping.filters))
    return tuple(named)


def repeats_header(row: Sequence[Cell], header: Sequence[str]) -> bool:
    """Return whether a row prints a header row again, as every page of a printed list does."""
    hits = 0
    for place, text in enumerate(header):
        if not text:
            continue
        if place >= len(row) or _one_line(row[place]) != text:
            return False
        hits += 1
    return hits >= 2


def header_lines(sheet: RawSheet, layout: Layout) -> tuple[tuple[str, ...], ...]:
    """Return the header's rows as single texts, to find them again further down."""
    return tuple(tuple(_one_line(cell) for cell in sheet.rows[row]) for row in layout.rows)


def _declared_rows(sheet: RawSheet, mapping: TableMapping) -> int:
    """Return the 0-based row of the mapping's first header row, or -1."""
    number = mapping.header_rows[0]
    for place in range(min(SEARCHED_ROWS, len(sheet.numbers))):
        if sheet.numbers[place] == number:
            return place
    return -1


def _header_texts(sheet: RawSheet, rows: tuple[int, ...]) -> list[str]:
    if len(rows) == 1:
        return [_one_line(cell) for cell in sheet.rows[rows[0]]]
    return _two_rows(sheet, rows[0], rows[1])


def _two_rows(sheet: RawSheet, upper: int, lower: int) -> list[str]:
    """Join a header of two rows; an upper text covers the columns that it is merged over."""
    width = max(len(sheet.rows[upper]), len(sheet.rows[lower]))
    tops = [_text_at(sheet.rows[upper], place) for place in range(width)]
    subs = [_text_at(sheet.rows[lower], place) for place in range(width)]
    tops = _spread_merged(sheet, upper, tops) if sheet.merges else _spread_printed(tops, subs)
    return [f"{top} {sub}".strip() for top, sub in zip(tops, subs, strict=True)]


def _spread_merged(sheet: RawSheet, upper: int, tops: list[str]) -> list[str]:
    spread = list(tops)
    for first_row, first, last_row, last in sheet.merges:
        if first_row <= upper <= last_row and first < len(tops):
            text = _text_at(sheet.rows[first_row], first)
            for place in range(first, min(last, len(tops) - 1) + 1):
                spread[place] = text
    return spread


def _spread_printed(tops: list[str], subs: list[str]) -> list[str]:
    """Let a group's title cover the empty cells right of it, where each has its own second row."""
    spread: list[str] = []
    group = ""
    for top, sub in zip(tops, subs, strict=True):
        if top:
            group = top if sub else ""
        spread.append(top or (group if sub else ""))
    return spread


def _unique(sheet: RawSheet, texts: list[str], *, body: int) -> tuple[str, ...]:
    """Return the headers; of two equal columns the later one loses its name."""
    first_places: dict[str, int] = {}
    named = list(texts)
    clashes: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        if not text:
            continue
        first = first_places.setdefault(plain(text) or text, place)
        if first == place:
            continue
        if _same_column(sheet, first, place, body=body):
            named[place] = ""
        else:
            clashes.setdefault(texts[first], [first + 1]).append(place + 1)
    if clashes:
        raise DuplicateHeaders(
            file=sheet.file,
            sheet=sheet.name,
            headers=", ".join(clashes),
            columns=", ".join(str(place) for places in clashes.values() for place in places),
        )
    return tuple(named)


def _same_column(sheet: RawSheet, first: int, second: int, *, body: int) -> bool:
    return all(_text_at(row, first) == _text_at(row, second) for row in list(sheet.rows)[body:])


def _text_at(row: Sequence[Cell], place: int) -> str:
    return _one_line(row[place]) if place < len(row) else ""


def _one_line(cell: Cell) -> str:
    return " ".join(folded(cell_text(cell)).split())
