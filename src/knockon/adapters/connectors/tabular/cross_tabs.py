"""Read a planner's cross-tab: machines down, days or turns across, work in the cells."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from knockon.adapters.connectors.tabular.footers import FOOTER_WORDS, footer_word
from knockon.adapters.connectors.tabular.layout import Layout, layout_for
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded, is_blank
from knockon.domain.contract.dates import DateForm, read_date
from knockon.domain.mapping import CrossTab, CrossTabAxis, CrossTabCell, FieldMapping, TableMapping
from knockon.ports.connector import RawSheet

_SHORT_DAY = re.compile(r"(\d{1,2})\s*[/月.-]\s*(\d{1,2})\s*日?\s*(?:\(.{1,4}\)|[一二三四五六日])?")
_TURN = re.compile(
    r"(?:第|順位|顺位|順序|顺序|序|Seq\.?|No\.?|#)?\s*(\d{1,3})\s*(?:順位|顺位|順序|序|張|单|單|th|st|nd|rd)?",
    re.IGNORECASE,
)
_PIECES = re.compile(r"[\n;,、]|\s+/\s+|\s{2,}")
_NAME = re.compile(r"[^\s(*x\u00d7]+|[^\s(*]+")
_IDLE = {
    "-",
    "--",
    "休",
    "休息",
    "停機",
    "停机",
    "保養",
    "保养",
    "PM",
    "OFF",
    "X",
    "x",
    "空",
    "待料",
}

UNFOLDED = ("work_order", "seq", "equipment", "planned_start", "planned_finish", "item")


@dataclass(slots=True)
class _Stay:
    """A work order's stay on one machine."""

    equipment: str
    first: str
    last: str
    number: int
    item: str


def axis_columns(layout: Layout, tab: CrossTab) -> dict[int, str]:
    """Return column → ISO day or turn number of every header that belongs to the axis."""
    if tab.axis is CrossTabAxis.SEQUENCE:
        turns = {place: turn_of(header) for place, header in layout.columns()}
        return {place: f"{turn:04d}" for place, turn in turns.items() if turn is not None}
    days: dict[int, str] = {}
    year, month = tab.year, 0
    for place, header in layout.columns():
        day = _full_day(header, tab)
        if day is None:
            short = short_day(header)
            if short is None or year is None:
                continue
            # A month that falls back is the turn of the year.
            year += 1 if short[0] < month - 6 else 0
            month = short[0]
            day = _safe_date(year, *short)
        if day is not None:
            days[place] = day.isoformat()
    return days


def short_day(header: str) -> tuple[int, int] | None:
    """Return (month, day) of a header such as ``3/5`` or ``3月5日(四)``."""
    match = _SHORT_DAY.fullmatch(folded(header))
    if match is None:
        return None
    month, day = int(match[1]), int(match[2])
    return (month, day) if 1 <= month <= 12 and 1 <= day <= 31 else None


def turn_of(header: str) -> int | None:
    """Return the number of a header such as ``1``, ``第1順位`` or ``Seq 1``."""
    match = _TURN.fullmatch(folded(header))
    return int(match[1]) if match else None


def unfolded(sheet: RawSheet, mapping: TableMapping) -> tuple[RawSheet, TableMapping]:
    """Return the cross-tab as a list of operations, and the mapping that reads that list.

    Each work order gets one operation per machine, numbered by the day or turn in which it first
    appears there; consecutive days on one machine are one operation from the first to the last.
    Row numbers are those of the machine's row.
    """
    assert mapping.cross_tab is not None
    layout = layout_for(sheet, mapping)
    axis = axis_columns(layout, mapping.cross_tab)
    equipment = next(each for each in mapping.fields if each.field == "equipment")
    place = layout.column(equipment.sources[0]) or 0
    stays = _stays(sheet, layout, axis=axis, place=place, tab=mapping.cross_tab)
    rows: list[Sequence[Cell]] = [UNFOLDED]
    numbers = [sheet.numbers[layout.rows[0]]]
    dated = mapping.cross_tab.axis is CrossTabAxis.DAY
    for work_order, visits in stays.items():
        for seq, stay in enumerate(sorted(visits, key=_order(dated=dated)), start=1):
            days = (stay.first, stay.last) if dated else ("", "")
            rows.append((work_order, str(seq), stay.equipment, *days, stay.item))
            numbers.append(stay.number)
    return (
        replace(sheet, rows=rows, numbers=numbers, merges=()),
        _list_mapping(mapping, dated=dated),
    )


def _stays(
    sheet: RawSheet, layout: Layout, *, axis: dict[int, str], place: int, tab: CrossTab
) -> dict[str, list[_Stay]]:
    found: dict[str, list[_Stay]] = {}
    equipment = ""
    for index in range(layout.rows[-1] + 1, len(sheet.rows)):
        row = sheet.rows[index]
        if footer_word(row, FOOTER_WORDS):
            continue
        equipment = (
            cell_text(row[place]) if place < len(row) and not is_blank(row[place]) else equipment
        )
        for column, label in axis.items():
            for name in _names(row[column] if column < len(row) else None):
                key = name if tab.cell is CrossTabCell.WORK_ORDER else f"{name}@{equipment}"
                item = "" if tab.cell is CrossTabCell.WORK_ORDER else name
                _visit(found.setdefault(key, []), equipment, label, sheet.numbers[index], item)
    return found


def _visit(visits: list[_Stay], equipment: str, label: str, number: int, item: str) -> None:
    for stay in visits:
        if stay.equipment == equipment:
            stay.first, stay.last = min(stay.first, label), max(stay.last, label)
            return
    visits.append(_Stay(equipment=equipment, first=label, last=label, number=number, item=item))


def _names(cell: Cell) -> list[str]:
    """Return what a cell names: several by line or comma, each without its quantity."""
    text = folded(cell_text(cell))
    names = [_NAME.match(piece.strip()) for piece in _PIECES.split(text)]
    return [match[0] for match in names if match and match[0] not in _IDLE]


def _order(*, dated: bool) -> Callable[[_Stay], tuple[int, str]]:
    return lambda stay: (0 if dated else int(stay.first), stay.first)


def _list_mapping(mapping: TableMapping, *, dated: bool) -> TableMapping:
    fields = [
        FieldMapping(field="work_order", sources=("work_order",)),
        FieldMapping(field="seq", sources=("seq",)),
        FieldMapping(field="equipment", sources=("equipment",)),
    ]
    if dated:
        fields += [
            FieldMapping(field=name, sources=(name,), form=DateForm.ISO)
            for name in ("planned_start", "planned_finish")
        ]
    fields.append(FieldMapping(field="own:item", sources=("item",)))
    return replace(
        mapping, fields=tuple(fields), header_rows=(1,), filters=(), cross_tab=None, ignored=()
    )


def _full_day(header: str, tab: CrossTab) -> date | None:
    forms = (
        [DateForm(tab.form)]
        if tab.form
        else [DateForm.ISO, DateForm.YEAR_FIRST, DateForm.ROC, DateForm.CHINESE]
    )
    for form in forms:
        try:
            day = read_date(header, form=form)
        except CellRefused:
            continue
        if day is not None:
            return day
    return None


def _safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return datetime(year, month, day).date()  # noqa: DTZ001 - a day has no zone
    except ValueError:
        return None
