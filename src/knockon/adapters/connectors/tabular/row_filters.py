"""Which rows of a list count, and how empty cells repeat the row above."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from knockon.adapters.connectors.tabular.layout import Layout
from knockon.domain.contract import ColumnType, table_of
from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded, is_blank
from knockon.domain.contract.quantities import read_decimal
from knockon.domain.mapping import FieldMapping, FilterOp, RowFilter, TableMapping

RowTest = Callable[[Sequence[Cell]], bool]


def row_test(filters: Sequence[RowFilter], *, layout: Layout) -> RowTest:
    """Return the test that a row must pass to count."""
    tests = [_test(each, layout=layout) for each in filters]
    return lambda row: all(test(row) for test in tests)


def _test(each: RowFilter, *, layout: Layout) -> RowTest:
    place = layout.column(each.source)
    values = frozenset(folded(value) for value in each.values)
    asks: dict[FilterOp, Callable[[str], bool]] = {
        FilterOp.IN: lambda text: text in values,
        FilterOp.NOT_IN: lambda text: text not in values,
        FilterOp.BLANK: lambda text: not text,
        FilterOp.NOT_BLANK: bool,
        FilterOp.STARTS_WITH: lambda text: text.startswith(tuple(values)),
        FilterOp.ABOVE: lambda text: _above(text, each.values),
    }
    ask = asks[each.op]
    return lambda row: ask(_text(row, place))


def _text(row: Sequence[Cell], place: int | None) -> str:
    if place is None or place >= len(row):
        return ""
    return folded(cell_text(row[place]))


def _above(text: str, values: tuple[str, ...]) -> bool:
    try:
        number = read_decimal(text)
    except CellRefused:
        return False
    return number is not None and number > Decimal(values[0])


class FillDown:
    """Repeats cells of the row above where a list prints a head only once.

    Notes
    -----
    A row continues the head above it when every required key that fills down is empty; then all
    cells of the head repeat. A row with a key of its own begins a new head, whose empty cells
    stay empty.
    """

    def __init__(self, mapping: TableMapping, *, layout: Layout) -> None:
        spec = table_of(mapping.table)
        filled = [each for each in mapping.fields if each.fill_down]
        leaders = [
            each
            for each in filled
            if (column := spec.by_name.get(each.field)) is not None
            and column.required
            and column.type is ColumnType.KEY
        ]
        self._places = _places(filled, layout)
        self._leaders = _places(leaders, layout) or self._places
        self._head: dict[int, Cell] = {}

    def filled(self, row: Sequence[Cell]) -> Sequence[Cell]:
        """Return the row with its head, and remember the head for the rows to come."""
        if not self._places:
            return row
        cells = list(row) + [None] * (max(self._places) + 1 - len(row))
        if all(is_blank(cells[place]) for place in self._leaders):
            for place in self._places:
                if is_blank(cells[place]):
                    cells[place] = self._head.get(place)
        else:
            self._head = {place: cells[place] for place in self._places}
        return cells


def _places(fields: Sequence[FieldMapping], layout: Layout) -> tuple[int, ...]:
    headers = [header for each in fields for header in each.sources]
    return tuple(place for header in headers if (place := layout.column(header)) is not None)
