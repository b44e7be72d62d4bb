"""How a foreign list becomes a table of the contract: data that a person can read and correct.

A mapping names columns by the header text that the file prints, so that it fits next month's file
even when a column was inserted. It holds no code: value maps, filters and derivations are chosen
from what is listed here.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

MAPPING_VERSION = 1
OWN = "own:"
"""Prefix of a target that the contract does not know: the table's own field."""


class FilterOp(StrEnum):
    """What a row filter asks of a cell's text; rows that answer no are left out."""

    IN = "in"
    NOT_IN = "not_in"
    BLANK = "blank"
    NOT_BLANK = "not_blank"
    STARTS_WITH = "starts_with"
    ABOVE = "above"
    """The cell is a number above the one value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowFilter:
    """Keep the rows whose cell under ``source`` answers yes; values compare after NFKC."""

    source: str
    op: FilterOp
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPart:
    """Take some of the parts of a composed key: ``2201-115001-0010`` from ``start`` to ``stop``.

    Python's slice rules: ``start=-1`` is the last part, ``stop=-1`` all but the last.
    """

    separator: str = "-"
    start: int | None = None
    stop: int | None = None


class DerivationKind(StrEnum):
    """How a value that no column holds is made."""

    FIRST_APPEARANCE = "first_appearance"
    """Number of the distinct ``of`` by its first appearance within ``within``."""
    POSITION = "position"
    """Number of the row within ``within``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Derivation:
    """A whole number counted over the rows in file order.

    Parameters
    ----------
    of
        Headers whose texts together are counted; unused by ``position``.
    within
        Headers whose texts together begin a new count.
    start, step
        First number and distance: ``10, 10`` gives 10, 20, 30.
    """

    kind: DerivationKind
    within: tuple[str, ...] = ()
    of: tuple[str, ...] = ()
    start: int = 1
    step: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldMapping:
    """Where one column of the contract comes from.

    Parameters
    ----------
    field
        The contract's column, or ``own:<name>``.
    sources
        Header texts; several are joined by ``separator`` into one key.
    part
        Takes a piece of a composed key.
    form
        Date form of a date column or number form of a number column.
    value_map
        What the file writes, and what the contract says for it.
    factor
        Multiplies a number: 60 where the file counts hours and the contract minutes, -1 where a
        ledger counts issues below zero.
    fill_down
        An empty cell repeats the one above it.
    midnight_is_day
        0:00 stands for no time.
    constant
        The same value in every row, when no column holds it.
    derive
        Counted, when no column holds it.
    """

    field: str
    sources: tuple[str, ...] = ()
    separator: str = "-"
    part: KeyPart | None = None
    form: str | None = None
    value_map: Mapping[str, str] = dataclasses.field(default_factory=dict)
    factor: Decimal | None = None
    fill_down: bool = False
    midnight_is_day: bool | None = None
    constant: str | None = None
    derive: Derivation | None = None


class CrossTabAxis(StrEnum):
    """What the column headers of a cross-tab count."""

    DAY = "day"
    SEQUENCE = "sequence"


class CrossTabCell(StrEnum):
    """What the cells of a cross-tab name."""

    WORK_ORDER = "work_order"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTab:
    """A planner's sheet: a row per machine, a column per day or turn, work in the cells.

    Parameters
    ----------
    year
        Year of day headers that print none (``3/5``); a month that falls back begins the next.
    form
        Date form of day headers that print a year.

    Notes
    -----
    Every column whose header reads as a day (or as a whole number) belongs to the axis, so that
    next week's sheet needs no new mapping.
    """

    axis: CrossTabAxis
    cell: CrossTabCell = CrossTabCell.WORK_ORDER
    form: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFrom:
    """The file that the mapping was made from and tested with, and what came out of it."""

    file: str
    sha256: str
    rows: int
    converted: int
    refused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """How one sheet becomes rows of one table.

    Parameters
    ----------
    header_rows
        Row numbers of the header, counted from 1; when the file's texts do not stand there, the
        header is looked for by its texts.
    filters
        Rows must pass them all.
    one_row_per_key
        The sheet repeats this table's row on each line of another table: equal keys are one row.
    keep_own
        Columns that nobody maps become own fields.
    ignored
        Headers that are neither mapped nor kept.
    plant
        The plant of every row, when no column says it.
    """

    table: str
    fields: tuple[FieldMapping, ...]
    version: int = MAPPING_VERSION
    header_rows: tuple[int, ...] = (1,)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    filters: tuple[RowFilter, ...] = ()
    footer_words: tuple[str, ...] = ()
    one_row_per_key: bool = False
    keep_own: bool = True
    ignored: tuple[str, ...] = ()
    plant: str | None = None
    cross_tab: CrossTab | None = None
    made_from: MadeFrom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingSet:
    """A saved mapping: every table that one kind of file feeds, under one name."""

    name: str
    mappings: tuple[TableMapping, ...]
    version: int = MAPPING_VERSION

    def for_sheet(self, name: str) -> tuple[TableMapping, ...]:
        """Return the mappings that read the sheet of that name; those without a name read any."""
        return tuple(each for each in self.mappings if each.sheet in (None, name))
