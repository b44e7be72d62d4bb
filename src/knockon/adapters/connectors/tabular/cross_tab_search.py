"""Tell a planner's cross-tab from a plain list."""

import re
from collections.abc import Sequence

from knockon.adapters.connectors.tabular.cross_tabs import axis_columns, short_day, turn_of
from knockon.adapters.connectors.tabular.header_search import is_text, title_texts
from knockon.adapters.connectors.tabular.layout import SEARCHED_ROWS, Layout, layout_at
from knockon.adapters.connectors.tabular.matching import header_scores
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded, is_blank
from knockon.domain.contract.dates import ROC_YEAR_ZERO, DateForm, read_date
from knockon.domain.mapping import CrossTab, CrossTabAxis, CrossTabCell, FieldMapping, TableMapping
from knockon.domain.reasons import Reason
from knockon.ports.connector import (
    ColumnGuess,
    FieldGuess,
    RawSheet,
    SheetRecognition,
    TableGuess,
)
from knockon.ports.file_errors import DuplicateHeaders

_LEAST_AXIS = 3
_FORMS = (DateForm.ISO, DateForm.YEAR_FIRST, DateForm.ROC, DateForm.CHINESE)
_WESTERN_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_REPUBLIC_YEAR = re.compile(r"(?<!\d)(1\d{2})\s*年")


def cross_tab_recognition(sheet: RawSheet, *, year: int | None) -> SheetRecognition | None:
    """Return the proposal for a sheet of machines by days or turns, or None for any other."""
    for place in range(min(SEARCHED_ROWS, len(sheet.rows))):
        tab = _axis_of(sheet.rows[place])
        if tab is None:
            continue
        try:
            layout = layout_at(sheet, (place,))
        except DuplicateHeaders:
            continue
        titles = title_texts(sheet, layout)
        tab = CrossTab(
            axis=tab.axis,
            cell=_cell_kind(titles),
            form=tab.form,
            year=_year(titles) or year if tab.form is None else None,
        )
        machine = _machine_column(layout, axis_columns(layout, tab))
        if machine is not None and _holds_names(sheet, layout, tab):
            return _proposal(sheet, layout, tab, machine=machine)
    return None


def _axis_of(row: Sequence[Cell]) -> CrossTab | None:
    headers = [folded(cell_text(cell)) for cell in row]
    for form in _FORMS:
        if sum(1 for text in headers if _is_day(text, form)) >= _LEAST_AXIS:
            return CrossTab(axis=CrossTabAxis.DAY, form=form.value)
    if sum(1 for text in headers if short_day(text)) >= _LEAST_AXIS:
        return CrossTab(axis=CrossTabAxis.DAY)
    turns = [turn for text in headers if (turn := turn_of(text)) is not None]
    if len(turns) >= _LEAST_AXIS and turns == list(range(1, len(turns) + 1)):
        return CrossTab(axis=CrossTabAxis.SEQUENCE)
    return None


def _is_day(text: str, form: DateForm) -> bool:
    try:
        return bool(text) and read_date(text, form=form) is not None
    except CellRefused:
        return False


def _machine_column(layout: Layout, axis: dict[int, str]) -> tuple[int, str] | None:
    """Return the column left of the axis that names machines."""
    first = min(axis, default=0)
    best: tuple[float, int, str] | None = None
    for place, header in layout.columns():
        if place >= first:
            break
        score = max(
            (score for (_, name), score in header_scores(header).items() if name == "equipment"),
            default=0.0,
        )
        if score and (best is None or score > best[0]):
            best = (score, place, header)
    return None if best is None else (best[1], best[2])


def _holds_names(sheet: RawSheet, layout: Layout, tab: CrossTab) -> bool:
    """Return whether the cells under the axis are names of work, not quantities."""
    axis = axis_columns(layout, tab)
    cells = [
        row[place]
        for row in list(sheet.rows)[layout.rows[-1] + 1 :]
        for place in axis
        if place < len(row) and not is_blank(row[place])
    ]
    names = sum(1 for cell in cells if is_text(cell) or "-" in cell_text(cell)[1:])
    return bool(cells) and names * 10 >= len(cells) * 7


def _cell_kind(titles: Sequence[str]) -> CrossTabCell:
    text = " ".join(titles).casefold()
    by_item = any(word in text for word in ("品號", "料號", "物料", "by item", "品项"))
    return CrossTabCell.ITEM if by_item else CrossTabCell.WORK_ORDER


def _year(titles: Sequence[str]) -> int | None:
    text = folded(" ".join(titles))
    western = _WESTERN_YEAR.search(text)
    if western:
        return int(western[1])
    republic = _REPUBLIC_YEAR.search(text)
    return int(republic[1]) + ROC_YEAR_ZERO if republic else None


def _proposal(
    sheet: RawSheet, layout: Layout, tab: CrossTab, *, machine: tuple[int, str]
) -> SheetRecognition:
    axis = axis_columns(layout, tab)
    mapping = TableMapping(
        table="operations",
        fields=(FieldMapping(field="equipment", sources=(machine[1],)),),
        header_rows=tuple(sheet.numbers[row] for row in layout.rows),
        sheet=sheet.name if sheet.encoding is None else None,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        cross_tab=tab,
    )
    notes = list(sheet.notes)
    if tab.axis is CrossTabAxis.DAY and tab.form is None and tab.year is None:
        notes.append(Reason(code="year_needed"))
    return SheetRecognition(
        file=sheet.file,
        sheet=sheet.name,
        header_rows=mapping.header_rows,
        columns=tuple(
            _column(sheet, layout, place, header, axis=axis, machine=machine[0])
            for place, header in layout.columns()
        ),
        mappings=(mapping,),
        tables=(TableGuess(table="operations", confidence=1.0),),
        notes=tuple(notes),
    )


def _column(
    sheet: RawSheet,
    layout: Layout,
    place: int,
    header: str,
    *,
    axis: dict[int, str],
    machine: int,
) -> ColumnGuess:
    body = list(sheet.rows)[layout.rows[-1] + 1 :]
    texts = dict.fromkeys(cell_text(row[place]) for row in body if place < len(row))
    role = "field" if place == machine else "axis" if place in axis else "own"
    chosen = (FieldGuess(table="operations", field="equipment", confidence=0.9),)
    return ColumnGuess(
        header=header,
        index=place,
        chosen=chosen if place == machine else (),
        alternatives=(),
        role=role,
        samples=tuple(text for text in texts if text)[:5],
    )
