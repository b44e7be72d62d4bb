"""What the cells of a column say about it, whatever its header is called."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from knockon.adapters.connectors.tabular.footers import FOOTER_WORDS, footer_word, is_furniture
from knockon.adapters.connectors.tabular.layout import Layout, header_lines, repeats_header
from knockon.domain.contract import ColumnSpec, ColumnType
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded, is_blank
from knockon.domain.contract.dates import DateForm, read_local, read_time
from knockon.domain.contract.quantities import NumberForm, read_decimal
from knockon.ports.connector import RawSheet

SAMPLE_ROWS = 400
_EARLIEST, _LATEST = 1990, 2100
_SMALL_COUNT = re.compile(r"0{0,5}\d{1,4}(?:/\d{1,3})?", re.ASCII)
_COMPOSED = re.compile(r"[^\s-]+-\w*\d{4,}-\d{1,4}", re.ASCII)
_NOTHING = re.compile(r"[-/.: 0]*|9999[-/]?12[-/]?31.*")

# Tried in this order; the first that reads every cell wins.
_FORM_ORDER = (
    DateForm.ISO,
    DateForm.COMPACT,
    DateForm.CHINESE,
    DateForm.YEAR_FIRST,
    DateForm.ROC,
    DateForm.DAY_FIRST,
    DateForm.MONTH_FIRST,
    DateForm.EXCEL,
)
_SERIAL_FIRST, _SERIAL_LAST = 32_874, 73_050
"""Workbook serials of 1990 and 2100: other whole numbers are quantities."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One column's cells in short.

    Parameters
    ----------
    filled
        Cells of the sample that show something.
    numeric
        Share of them that are numbers in ``number_form``.
    date_form
        Form in which all of them are dates, or None.
    ambiguous_date
        Day and month could change places.
    has_times
        Some cell has a time of day other than midnight.
    clock
        Share that are times of day.
    largest
        Largest number.
    composed
        All are keys of three parts, as ``2201-115001-0010``.
    no_dates
        All that is printed stands for no date: ``00000000``, ``9999/12/31``.
    small_counts
        All are short whole numbers, as line numbers are.
    negative
        Share of the numbers that are negative.
    """

    header: str
    column: int
    filled: int
    sampled: int
    numeric: float
    number_form: NumberForm
    date_form: DateForm | None
    ambiguous_date: bool
    has_times: bool
    clock: float
    largest: float
    composed: bool
    no_dates: bool
    small_counts: bool
    negative: float
    values: tuple[str, ...]
    """Distinct texts, in the order of their first appearance."""


def body_sample(sheet: RawSheet, layout: Layout) -> list[Sequence[Cell]]:
    """Return the first rows under the header that carry facts."""
    lines = header_lines(sheet, layout)
    rows: list[Sequence[Cell]] = []
    for place in range(layout.rows[-1] + 1, len(sheet.rows)):
        row = sheet.rows[place]
        if all(is_blank(cell) for cell in row) or is_furniture(row):
            continue
        if footer_word(row, FOOTER_WORDS) or any(repeats_header(row, line) for line in lines):
            continue
        rows.append(row)
        if len(rows) == SAMPLE_ROWS:
            break
    return rows


def profiles(layout: Layout, rows: Sequence[Sequence[Cell]]) -> tuple[Profile, ...]:
    """Return a profile of every column that has a header."""
    return tuple(
        _profile(header, place, [row[place] if place < len(row) else None for row in rows])
        for place, header in layout.columns()
    )


_MOST = 0.8
"""A column is of a kind when so many of its cells are: single bad cells are refused later."""
_NUMBERS = (ColumnType.DECIMAL, ColumnType.MONEY, ColumnType.INTEGER)
_DAYS = (ColumnType.INSTANT, ColumnType.DATE)


def fits(profile: Profile, spec: ColumnSpec) -> float:
    """Return how well the cells suit the type of a contract column, 0 to 1."""
    if profile.filled == 0:
        return 0.9
    if spec.type in _DAYS:
        return 1.0 if profile.date_form is not None or profile.no_dates else 0.05
    if spec.type is ColumnType.TIME:
        return 1.0 if profile.clock > _MOST else 0.1
    if spec.type in _NUMBERS:
        return 1.0 if profile.numeric >= _MOST else profile.numeric * 0.4
    return _fits_words(profile, spec)


def _fits_words(profile: Profile, spec: ColumnSpec) -> float:
    if spec.name in ("name", "spec") and profile.numeric > _MOST:
        return 0.4
    if spec.name in ("line", "line_no"):
        return 1.0 if profile.small_counts else 0.4
    # A number that only counts 10, 20, 30 is a line, not the thing that the line is about.
    if spec.name == "item" and profile.small_counts:
        return 0.6
    # A key or a text may be all digits; a printed day it is not.
    return 0.25 if _is_dates(profile) else 1.0


def _is_dates(profile: Profile) -> bool:
    return profile.date_form not in (None, DateForm.EXCEL, DateForm.COMPACT, DateForm.ROC)


def _profile(header: str, place: int, cells: Sequence[Cell]) -> Profile:
    filled = [cell for cell in cells if not is_blank(cell)]
    texts = list(dict.fromkeys(folded(cell_text(cell)) for cell in filled))
    form, share = _number_form(filled)
    dated = [cell for cell in filled if not _NOTHING.fullmatch(folded(cell_text(cell)))]
    date_form, ambiguous, has_times = _date_form(dated)
    negative = sum(1 for cell in filled if _is_negative(cell, form))
    return Profile(
        header=header,
        column=place,
        filled=len(filled),
        sampled=len(cells),
        numeric=share,
        number_form=form,
        date_form=date_form,
        ambiguous_date=ambiguous,
        has_times=has_times,
        clock=_clock_share(filled),
        largest=_largest(filled, form),
        composed=bool(texts) and all(_COMPOSED.fullmatch(text) for text in texts),
        no_dates=bool(filled) and not dated,
        small_counts=bool(texts) and all(_SMALL_COUNT.fullmatch(text) for text in texts),
        negative=negative / len(filled) if filled else 0.0,
        values=tuple(texts),
    )


def _number_form(cells: Sequence[Cell]) -> tuple[NumberForm, float]:
    shares = {form: _share(cells, form) for form in NumberForm}
    best = max(NumberForm, key=lambda form: (shares[form], form is NumberForm.POINT))
    return best, shares[best]


def _share(cells: Sequence[Cell], form: NumberForm) -> float:
    if not cells:
        return 0.0
    good = sum(1 for cell in cells if _is_number(cell, form))
    return good / len(cells)


def _is_number(cell: Cell, form: NumberForm) -> bool:
    if isinstance(cell, time | timedelta):
        return True
    try:
        return read_decimal(cell, form=form) is not None
    except CellRefused:
        return False


def _is_negative(cell: Cell, form: NumberForm) -> bool:
    if isinstance(cell, time | timedelta) or not _is_number(cell, form):
        return False
    value = read_decimal(cell, form=form)
    return value is not None and value < 0


def _largest(cells: Sequence[Cell], form: NumberForm) -> float:
    numbers = [
        abs(float(value))
        for cell in cells
        if not isinstance(cell, time | timedelta) and _is_number(cell, form)
        if (value := read_decimal(cell, form=form)) is not None
    ]
    return max(numbers, default=0.0)


def _date_form(dated: Sequence[Cell]) -> tuple[DateForm | None, bool, bool]:
    """Return the form that reads the most cells, whether it is a guess, and any time of day."""
    if not dated:
        return None, False, False
    shares = {form: _read_share(dated, form) for form in _FORM_ORDER}
    # Of equal shares the first form wins.
    form = max(_FORM_ORDER, key=lambda each: shares[each])
    if shares[form] < _MOST:
        return None, False, False
    guess = form is DateForm.DAY_FIRST and shares[form] == shares[DateForm.MONTH_FIRST]
    return form, guess, any(_has_time(cell, form) for cell in dated)


def _read_share(cells: Sequence[Cell], form: DateForm) -> float:
    return sum(1 for cell in cells if _is_day(cell, form)) / len(cells)


def _is_day(cell: Cell, form: DateForm) -> bool:
    if form is DateForm.EXCEL and _is_no_serial(cell):
        return False
    try:
        local = read_local(cell, form=form)
    except CellRefused:
        return False
    return local is not None and _EARLIEST <= local.day.year <= _LATEST


def _is_no_serial(cell: Cell) -> bool:
    if isinstance(cell, date | datetime):
        return False
    try:
        value = read_decimal(cell)
    except CellRefused:
        return True
    return value is None or not _SERIAL_FIRST <= value <= _SERIAL_LAST


def _has_time(cell: Cell, form: DateForm) -> bool:
    local = read_local(cell, form=form) if _is_day(cell, form) else None
    return local is not None and local.clock is not None and local.clock != time(0)


def _clock_share(cells: Sequence[Cell]) -> float:
    if not cells:
        return 0.0
    return sum(1 for cell in cells if _is_clock(cell)) / len(cells)


def _is_clock(cell: Cell) -> bool:
    if isinstance(cell, time | timedelta):
        return True
    try:
        return (
            isinstance(cell, str) and (":" in cell or "點" in cell) and read_time(cell) is not None
        )
    except CellRefused:
        return False
