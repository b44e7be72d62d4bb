"""Apply a mapping to a list: good rows as contract values, bad ones with the cell to blame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from knockon.adapters.connectors.tabular.cross_tabs import unfolded
from knockon.adapters.connectors.tabular.footers import (
    FOOTER_WORDS,
    ControlSums,
    footer_word,
    is_furniture,
)
from knockon.adapters.connectors.tabular.layout import (
    Layout,
    header_lines,
    layout_for,
    repeats_header,
)
from knockon.adapters.connectors.tabular.readers import RowReader, row_reader
from knockon.adapters.connectors.tabular.row_filters import FillDown, row_test
from knockon.domain.contract import ColumnSpec, ColumnType, TableSpec, table_of
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, is_blank
from knockon.domain.contract.quantities import NumberForm
from knockon.domain.mapping import (
    OWN,
    Derivation,
    DerivationKind,
    FieldMapping,
    MadeFrom,
    TableMapping,
)
from knockon.domain.mapping_json import check_mapping
from knockon.domain.reasons import Reason
from knockon.ports.connector import (
    ConvertedRow,
    ConvertedTable,
    Progress,
    RawSheet,
    RowRefusal,
    Value,
)

_PROGRESS_EVERY = 2000
_OWN_SPEC = ColumnSpec(name="", type=ColumnType.TEXT)


def convert(
    sheet: RawSheet,
    mapping: TableMapping,
    *,
    zone: ZoneInfo,
    progress: Progress | None = None,
) -> ConvertedTable:
    """Return the rows of the mapping's table that the sheet holds.

    Parameters
    ----------
    zone
        The plant's zone, for times without offset.
    progress
        Told (rows done, rows in all) every few thousand rows and at the end.

    Raises
    ------
    MappingRefused
        The mapping asks for what the contract does not have.
    HeaderNotFound, DuplicateHeaders
        The sheet does not have the mapping's headers.

    Notes
    -----
    O(cells); 100,000 rows of a dozen columns take a few seconds.
    """
    check_mapping(mapping)
    if mapping.cross_tab is not None:
        sheet, mapping = unfolded(sheet, mapping)
    layout = layout_for(sheet, mapping)
    work = _Conversion(sheet, mapping, layout=layout, zone=zone)
    body = range(layout.rows[-1] + 1, len(sheet.rows))
    for done, place in enumerate(body):
        if progress is not None and done % _PROGRESS_EVERY == 0:
            progress(done, len(body))
        work.take(sheet.rows[place], number=sheet.numbers[place])
    if progress is not None:
        progress(len(body), len(body))
    return work.result()


def tested(mapping: TableMapping, *, sheet: RawSheet, converted: ConvertedTable) -> TableMapping:
    """Return the mapping with the file that it was made from and what it gave there."""
    return replace(
        mapping,
        made_from=MadeFrom(
            file=sheet.file,
            sha256=sheet.sha256,
            rows=converted.read,
            converted=len(converted.rows),
            refused=len({refusal.row for refusal in converted.refused}),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    name: str
    header: str
    read: RowReader
    places: tuple[int, ...]
    required: bool
    derive: Derivation | None


class _Conversion:
    """One run over one sheet."""

    def __init__(
        self, sheet: RawSheet, mapping: TableMapping, *, layout: Layout, zone: ZoneInfo
    ) -> None:
        self._sheet = sheet
        self._mapping = mapping
        self._spec = table_of(mapping.table)
        self._layout = layout
        self._fields = [_field(each, self._spec, layout, zone) for each in mapping.fields]
        self._own = _own_columns(mapping, layout, self._fields)
        self._passes = row_test(mapping.filters, layout=layout)
        self._fill = FillDown(mapping, layout=layout)
        self._counts = {
            each.name: _counter(each.derive, layout) for each in self._fields if each.derive
        }
        self._header_lines = header_lines(sheet, layout)
        self._title_lines = {_line(row) for row in list(sheet.rows)[: layout.rows[0]] if _line(row)}
        self._title_starts = {
            cell_text(row[0]) for row in list(sheet.rows)[: layout.rows[0]] if row
        }
        self._sums = ControlSums(_summed_columns(self._fields, mapping, self._spec))
        self._words = mapping.footer_words or FOOTER_WORDS
        self._keys: dict[tuple[Value, ...], ConvertedRow] = {}
        self._rows: list[ConvertedRow] = []
        self._refused: list[RowRefusal] = []
        self._read = self._filtered = self._merged = 0

    def take(self, row: Sequence[Cell], *, number: int) -> None:
        """Take one row of the body in."""
        if all(is_blank(cell) for cell in row) or self._is_repeated(row):
            return
        word = footer_word(row, self._words)
        if word is not None and self._lacks_key(row):
            self._sums.check(row, number=number, word=word)
            return
        if is_furniture(row) and self._lacks_key(row):
            return
        self._read += 1
        self._sums.add(row)
        cells = self._fill.filled(row)
        if not self._passes(cells):
            self._filtered += 1
            return
        self._read_row(cells, number=number)

    def result(self) -> ConvertedTable:
        """Return what was gathered."""
        return ConvertedTable(
            file=self._sheet.file,
            sheet=self._sheet.name,
            table=self._mapping.table,
            fields=tuple(each.name for each in self._fields if not each.name.startswith(OWN)),
            rows=tuple(self._rows),
            refused=tuple(self._refused),
            read=self._read,
            filtered=self._filtered,
            merged=self._merged,
            control_totals=self._sums.totals,
            notes=self._notes(),
        )

    def _read_row(self, cells: Sequence[Cell], *, number: int) -> None:
        faults = len(self._refused)
        values: dict[str, Value] = {}
        own: dict[str, str] = {}
        for each in self._fields:
            value = self._value(each, cells, number=number)
            if not each.name.startswith(OWN):
                values[each.name] = value
            elif value is not None:
                own[each.name.removeprefix(OWN)] = str(value)
        if self._mapping.plant is not None and values.get("plant") is None:
            values["plant"] = self._mapping.plant
        if len(self._refused) == faults:
            self._check_row(values, cells, number=number)
        if len(self._refused) > faults:
            return
        for place, header in self._own:
            text = cell_text(cells[place]) if place < len(cells) else ""
            if text:
                own[header] = text
        self._keep(ConvertedRow(row=number, values=values, own=own))

    def _check_row(self, values: dict[str, Value], cells: Sequence[Cell], *, number: int) -> None:
        """Refuse a row that names none of what it must, or whose cells have slipped."""
        for group in self._spec.either:
            if all(values.get(name) is None for name in group):
                self._refuse(number, field="", why="needs_one_of", params={"of": ", ".join(group)})
        beyond = [cell for cell in cells[len(self._layout.headers) :] if not is_blank(cell)]
        if beyond:
            self._refuse(number, field="", value=cell_text(beyond[0]), why="too_many_cells")

    def _value(self, each: _Field, cells: Sequence[Cell], *, number: int) -> Value:
        if each.derive is not None:
            count = self._counts[each.name](cells)
            return str(count) if self._spec.by_name[each.name].type is ColumnType.KEY else count
        try:
            value = each.read(cells)
        except CellRefused as refusal:
            self._refuse(
                number,
                field=each.name,
                header=each.header,
                value=refusal.value,
                why=refusal.why,
                params=refusal.params,
            )
            return None
        if value is None and each.required:
            self._refuse(number, field=each.name, header=each.header, why="blank_required")
        return value

    def _keep(self, row: ConvertedRow) -> None:
        if not self._mapping.one_row_per_key:
            self._rows.append(row)
            return
        key = tuple(row.values.get(name) for name in ("plant", *self._spec.key))
        first = self._keys.get(key)
        if first is None:
            self._keys[key] = row
            self._rows.append(row)
            return
        for each in self._fields:
            value = row.values.get(each.name)
            if value is not None and first.values.get(each.name) != value:
                self._refuse(
                    row.row,
                    field=each.name,
                    header=each.header,
                    value=str(value),
                    why="differs_from_row",
                    params={"row": first.row},
                )
                return
        self._merged += 1

    def _refuse(
        self,
        number: int,
        *,
        field: str,
        why: str,
        header: str = "",
        value: str = "",
        params: dict[str, str | int | None] | None = None,
    ) -> None:
        self._refused.append(
            RowRefusal(
                file=self._sheet.file,
                sheet=self._sheet.name,
                row=number,
                column=header,
                field=field,
                value=value[:200],
                reason=Reason(code=why, params=params or {}),
            )
        )

    def _is_repeated(self, row: Sequence[Cell]) -> bool:
        if any(repeats_header(row, line) for line in self._header_lines):
            return True
        if not self._title_lines or cell_text(row[0]) not in self._title_starts:
            return False
        return _line(row) in self._title_lines

    def _lacks_key(self, row: Sequence[Cell]) -> bool:
        """Return whether a required column is empty, or holds the footer's own word."""
        for each in self._fields:
            if not each.required or not each.places:
                continue
            place = each.places[-1]
            cell = row[place] if place < len(row) else None
            if is_blank(cell) or footer_word([cell], self._words) or is_furniture([cell]):
                return True
        return False

    def _notes(self) -> tuple[Reason, ...]:
        own = [header for _, header in self._own]
        if not own:
            return self._sheet.notes
        named = Reason(
            code="columns_kept_as_own_fields",
            params={"count": len(own), "columns": ", ".join(own[:50])},
        )
        return (*self._sheet.notes, named)


def _field(each: FieldMapping, spec: TableSpec, layout: Layout, zone: ZoneInfo) -> _Field:
    column = spec.by_name.get(each.field, _OWN_SPEC)
    read, places = (
        row_reader(each, spec=column, layout=layout, zone=zone)
        if each.derive is None
        else (_nothing, ())
    )
    return _Field(
        name=each.field,
        header=" + ".join(each.sources),
        read=read,
        places=places,
        required=column.required,
        derive=each.derive,
    )


def _nothing(_row: Sequence[Cell]) -> Value:
    return None


def _own_columns(
    mapping: TableMapping, layout: Layout, fields: Sequence[_Field]
) -> tuple[tuple[int, str], ...]:
    if not mapping.keep_own:
        return ()
    taken = {place for each in fields for place in each.places}
    passed_over = {layout.column(header) for header in mapping.ignored}
    passed_over |= {layout.column(each.source) for each in mapping.filters}
    return tuple(
        (place, header)
        for place, header in layout.columns()
        if place not in taken and place not in passed_over
    )


def _summed_columns(
    fields: Sequence[_Field], mapping: TableMapping, spec: TableSpec
) -> list[tuple[int, str, NumberForm]]:
    """Return the columns whose printed totals mean something: quantities, not rates."""
    forms = {each.field: each.form for each in mapping.fields}
    return [
        (each.places[0], each.header, NumberForm(forms[each.name] or NumberForm.POINT))
        for each in fields
        if len(each.places) == 1
        and (column := spec.by_name.get(each.name)) is not None
        and column.type is ColumnType.DECIMAL
        and column.unit is None
    ]


def _counter(derive: Derivation, layout: Layout) -> Callable[[Sequence[Cell]], int]:
    """Return what numbers the rows, or the texts within them, in file order."""
    within = [layout.column(header) for header in derive.within]
    of = [layout.column(header) for header in derive.of]
    known: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def count(row: Sequence[Cell]) -> int:
        group = known.setdefault(_texts(row, within), {})
        sought = (
            _texts(row, of)
            if derive.kind is DerivationKind.FIRST_APPEARANCE
            else (str(len(group)),)
        )
        place = group.setdefault(sought, len(group))
        return derive.start + derive.step * place

    return count


def _texts(row: Sequence[Cell], places: Sequence[int | None]) -> tuple[str, ...]:
    return tuple(
        cell_text(row[place]) if place is not None and place < len(row) else "" for place in places
    )


def _line(row: Sequence[Cell]) -> str:
    return " ".join(text for cell in row if (text := cell_text(cell)))
