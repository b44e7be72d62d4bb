"""Find the header among title lines when nobody has said where it is."""

from collections.abc import Sequence

from knockon.adapters.connectors.tabular.layout import SEARCHED_ROWS, Layout, layout_at
from knockon.adapters.connectors.tabular.lexicon import (
    header_stem,
    meanings,
    plain,
    stemmed_meanings,
    without_brackets,
)
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded
from knockon.domain.contract.quantities import read_decimal
from knockon.ports.connector import RawSheet
from knockon.ports.file_errors import DuplicateHeaders

_PAIR_GAIN = 1.15
"""A two-row header must explain so much more than its better row alone."""


def detect_layout(sheet: RawSheet) -> Layout | None:
    """Return where the header stands, or None when no row looks like one.

    Raises
    ------
    DuplicateHeaders
        The best header names two different columns alike.
    """
    rows = list(sheet.rows)[:SEARCHED_ROWS]
    best: tuple[float, tuple[int, ...]] = (0.0, ())
    for place in range(len(rows)):
        single = _score(rows[place])
        if single > best[0]:
            best = (single, (place,))
        paired = _pair_score(sheet, place)
        gain = 1.0 if _is_spanned(rows, place) else _PAIR_GAIN
        if paired > max(best[0], single) * gain:
            best = (paired, (place, place + 1))
    if not best[1]:
        best = (0.0, _widest_text_row(rows))
    return layout_at(sheet, best[1]) if best[1] else None


def title_texts(sheet: RawSheet, layout: Layout | None) -> list[str]:
    """Return what names the whole list: file, sheet, and the lines above the header."""
    above = list(sheet.rows)[: layout.rows[0]] if layout else []
    lines = [cell_text(cell) for row in above for cell in row if isinstance(cell, str)]
    stem = sheet.file.rsplit(".", 1)[0]
    return [stem, sheet.name, *(line for line in lines if line and len(line) <= 60)]


def known_header(text: str) -> bool:
    """Return whether the text is a header of the trade, bracketed remarks aside."""
    known = meanings()
    return (
        plain(text) in known
        or without_brackets(text) in known
        or header_stem(text) in stemmed_meanings()
    )


def is_text(cell: Cell) -> bool:
    """Return whether a cell holds words: neither empty nor a number nor a date."""
    if not isinstance(cell, str) or not cell.strip():
        return False
    try:
        return read_decimal(cell) is None
    except CellRefused:
        return not folded(cell)[:4].isdigit()


def _score(row: Sequence[Cell]) -> float:
    texts = [cell_text(cell) for cell in row if is_text(cell)]
    filled = sum(1 for cell in row if cell_text(cell))
    if len(texts) < 2:
        return 0.0
    known = sum(1 for text in set(texts) if known_header(text))
    if known < 2 or known * 5 < filled:
        return 0.0
    # Every filled cell of a header is a text; numbers and days belong to the body.
    return known * (len(texts) / filled) ** 2


def _pair_score(sheet: RawSheet, place: int) -> float:
    if place + 1 >= len(sheet.rows):
        return 0.0
    upper, lower = sheet.rows[place], sheet.rows[place + 1]
    if not any(is_text(cell) for cell in upper):
        return 0.0
    if not all(is_text(cell) for cell in lower if cell_text(cell)):
        return 0.0
    try:
        layout = layout_at(sheet, (place, place + 1))
    except DuplicateHeaders:
        return 0.0
    known = 0.0
    for column, header in layout.columns():
        below = cell_text(lower[column]) if column < len(lower) else ""
        if known_header(header):
            known += 1.0
        elif below and known_header(below):
            known += 0.9
    doubled = sum(1 for _, header in layout.columns() if " " in header)
    return known if doubled else 0.0


def _is_spanned(rows: Sequence[Sequence[Cell]], place: int) -> bool:
    """Return whether the lower row fills only the gaps of the upper: two parts of one header."""
    if place + 1 >= len(rows):
        return False
    upper, lower = ([cell_text(cell) for cell in rows[each]] for each in (place, place + 1))
    upper += [""] * (len(lower) - len(upper))
    under = [column for column, text in enumerate(lower) if text]
    gaps = [column for column in under if not upper[column]]
    groups = [column for column in under if upper[column]]
    return len(gaps) >= 1 and all(
        column + 1 < len(upper) and not upper[column + 1] and column + 1 in gaps
        for column in groups
    )


def _widest_text_row(rows: Sequence[Sequence[Cell]]) -> tuple[int, ...]:
    """Return the first row that is all words and as wide as the list, where no header is known."""
    width = max((sum(1 for cell in row if cell_text(cell)) for row in rows), default=0)
    for place, row in enumerate(rows):
        filled = [cell for cell in row if cell_text(cell)]
        if len(filled) >= max(2, width) and all(is_text(cell) for cell in filled):
            return (place,)
    return ()
