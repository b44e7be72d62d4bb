"""Make the reader of one mapped column: row in, contract value out."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.adapters.connectors.tabular.layout import Layout
from knockon.domain.contract import ColumnSpec, ColumnType
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, is_blank
from knockon.domain.contract.dates import DateForm, read_date, read_time
from knockon.domain.contract.instants import read_instant
from knockon.domain.contract.keytext import (
    read_bool,
    read_enum,
    read_key,
    read_list,
    read_text,
    translated,
)
from knockon.domain.contract.quantities import (
    NumberForm,
    is_percent,
    read_decimal,
    read_duration,
    read_integer,
)
from knockon.domain.mapping import FieldMapping, KeyPart
from knockon.ports.connector import Value

CellReader = Callable[[Cell], Value]
RowReader = Callable[[Sequence[Cell]], Value]

_MEMORY = 50_000
_DURATIONS = {"s", "min", "h", "day"}


def row_reader(
    each: FieldMapping, *, spec: ColumnSpec, layout: Layout, zone: ZoneInfo
) -> tuple[RowReader, tuple[int, ...]]:
    """Return the reader of a mapped column and the columns of the file that it reads."""
    read = _remembering(_cell_reader(each, spec=spec, zone=zone))
    if each.constant is not None:
        constant = read(each.constant)
        return (lambda _row: constant), ()
    places = tuple(place for header in each.sources if (place := layout.column(header)) is not None)
    if len(places) == 1:
        place = places[0]
        return (lambda row: read(row[place]) if place < len(row) else None), places
    separator = each.separator
    return (lambda row: read(_joined(row, places, separator))), places


def _cell_reader(each: FieldMapping, *, spec: ColumnSpec, zone: ZoneInfo) -> CellReader:
    read = _typed_reader(each, spec=spec, zone=zone)
    if each.value_map:
        read = _translating(read, each.value_map)
    if each.part is not None:
        read = _taking_part(read, each.part)
    return read


_PLAIN_READERS: Mapping[ColumnType, CellReader] = {
    ColumnType.KEY: read_key,
    ColumnType.TEXT: read_text,
    ColumnType.LIST: read_list,
    ColumnType.BOOL: read_bool,
    ColumnType.TIME: read_time,
}


def _typed_reader(each: FieldMapping, *, spec: ColumnSpec, zone: ZoneInfo) -> CellReader:
    if spec.type in _PLAIN_READERS:
        return _PLAIN_READERS[spec.type]
    if spec.type is ColumnType.ENUM:
        return lambda cell: read_enum(cell, values=spec.values)
    if spec.type is ColumnType.DATE:
        day_form = DateForm(each.form or DateForm.ISO)
        return lambda cell: read_date(cell, form=day_form)
    if spec.type is ColumnType.INSTANT:
        return _instant_reader(each, spec=spec, zone=zone)
    return _number_reader(each, spec=spec)


def _instant_reader(each: FieldMapping, *, spec: ColumnSpec, zone: ZoneInfo) -> CellReader:
    form = DateForm(each.form or DateForm.ISO)
    return lambda cell: read_instant(
        cell,
        form=form,
        zone=zone,
        date_only=spec.date_only,
        midnight_is_day=each.midnight_is_day,
    )


def _number_reader(each: FieldMapping, *, spec: ColumnSpec) -> CellReader:
    form = NumberForm(each.form or NumberForm.POINT)
    if spec.type is ColumnType.INTEGER:
        return lambda cell: read_integer(cell, form=form)
    unit = spec.unit if spec.unit in _DURATIONS else None

    def plain_number(cell: Cell) -> Decimal | None:
        if unit is None:
            return read_decimal(cell, form=form)
        return read_duration(cell, unit=unit, form=form)

    factor = each.factor
    if factor is None:
        return plain_number

    def scaled(cell: Cell) -> Decimal | None:
        value = plain_number(cell)
        # ``5%`` and ``0:30`` say their own unit; the column's factor is for bare numbers.
        if value is None or is_percent(cell) or (isinstance(cell, str) and ":" in cell):
            return value
        return (value * factor).normalize() + 0

    return scaled


def _translating(read: CellReader, value_map: Mapping[str, str]) -> CellReader:
    known = dict(value_map)
    known |= {word.casefold(): known.get(word.casefold(), known[word]) for word in value_map}
    return lambda cell: read(translated(cell, known))


def _taking_part(read: CellReader, part: KeyPart) -> CellReader:
    def take(cell: Cell) -> Value:
        text = cell_text(cell)
        if not text:
            return None
        pieces = text.split(part.separator)[part.start : part.stop]
        if not pieces:
            raise CellRefused(why="too_few_parts", value=text)
        return read(part.separator.join(pieces))

    return take


def _joined(row: Sequence[Cell], places: Sequence[int], separator: str) -> str | None:
    """Return a composed key; a key whose last part is empty is no key."""
    cells = [row[place] if place < len(row) else None for place in places]
    if is_blank(cells[-1]):
        return None
    parts = [read_key(cell) for cell in cells]
    return separator.join(part for part in parts if part)


def _remembering(read: CellReader) -> CellReader:
    """Read a text once: lists repeat their keys, dates and codes over and over."""
    memory: dict[Cell, Value] = {}

    def remembered(cell: Cell) -> Value:
        # 1, 1.0 and True are one key of a dict but three cells, so only texts are kept.
        if type(cell) is not str:
            return read(cell)
        try:
            return memory[cell]
        except KeyError:
            value = read(cell)
            if len(memory) < _MEMORY:
                memory[cell] = value
            return value

    return remembered
