"""The seam to files and systems that bring tables: read, recognise, convert."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from knockon.domain.contract.cells import Cell
from knockon.domain.contract.instants import ReadInstant
from knockon.domain.mapping import MappingSet, TableMapping
from knockon.domain.reasons import Reason

Value = str | Decimal | int | bool | ReadInstant | date | time | tuple[str, ...] | None
"""A cell after conversion; None is an empty cell of a mapped column."""

Progress = Callable[[int, int], None]
"""Told (rows done, rows in all), now and then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadLimits:
    """What a file may cost us. The defaults fit the largest honest list we know."""

    file_bytes: int = 200_000_000
    unpacked_bytes: int = 600_000_000
    ratio: int = 100
    """An archive entry above a megabyte may not unpack to more than this many times itself."""
    entries: int = 5_000
    rows: int = 1_000_000
    columns: int = 2_000
    cells: int = 30_000_000
    cell_chars: int = 32_767
    memory_bytes: int = 3_000_000_000
    seconds: int = 120


DEFAULT_LIMITS = ReadLimits()
NOTHING_CHOSEN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """A list as the file holds it, nothing understood yet.

    Parameters
    ----------
    rows
        Cells, text or typed as the workbook stores them; rows may differ in length.
    numbers
        Row (or line) number of each row in the file, counted from 1, ascending.
    merges
        Merged areas as (first row, first column, last row, last column), 0-based in ``rows``.
    encoding, delimiter
        How a text file was read; None in workbooks.
    sha256
        Of the file's bytes.
    notes
        What the reader wants said: user-defined characters, a guessed encoding.
    """

    file: str
    name: str
    rows: Sequence[Sequence[Cell]]
    numbers: Sequence[int]
    merges: tuple[tuple[int, int, int, int], ...] = ()
    encoding: str | None = None
    delimiter: str | None = None
    sha256: str = ""
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldGuess:
    """A column of the contract that a header may mean, and how sure that is (0 to 1)."""

    table: str
    field: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnGuess:
    """What one column of a sheet was taken for.

    Parameters
    ----------
    header
        Text of the header, both rows of a two-row header joined by a blank.
    index
        0-based column.
    chosen
        One guess for each mapping of the sheet that uses the column; empty for an own field.
    alternatives
        Other guesses, best first.
    role
        ``field``, ``key_part``, ``filter``, ``axis``, ``own`` or ``empty``.
    samples
        A few distinct texts of the column.
    """

    header: str
    index: int
    chosen: tuple[FieldGuess, ...]
    alternatives: tuple[FieldGuess, ...]
    role: str
    samples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableGuess:
    """A table that a sheet may hold."""

    table: str
    confidence: float
    missing: tuple[str, ...] = ()
    """Required columns for which no column was found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRecognition:
    """What a sheet was taken for; ``mappings`` is empty when nothing fits."""

    file: str
    sheet: str
    header_rows: tuple[int, ...]
    columns: tuple[ColumnGuess, ...]
    mappings: tuple[TableMapping, ...]
    tables: tuple[TableGuess, ...]
    notes: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """The proposal for each sheet, in file order; nothing is applied before somebody agrees."""

    sheets: tuple[SheetRecognition, ...]

    @property
    def mappings(self) -> tuple[TableMapping, ...]:
        """Every proposed mapping of every sheet."""
        return tuple(mapping for sheet in self.sheets for mapping in sheet.mappings)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedRow:
    """A good row: contract values by column name, own fields as text by header."""

    row: int
    values: Mapping[str, Value]
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRefusal:
    """A row that is left out, with the cell that is to blame and why."""

    file: str
    sheet: str
    row: int
    column: str
    """Header as the file prints it; empty when no column is to blame."""
    field: str
    value: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlTotal:
    """A total that the list prints, against the sum of the rows it covers."""

    row: int
    column: str
    printed: Decimal
    summed: Decimal

    @property
    def agrees(self) -> bool:
        """Whether no row is missing or misread."""
        return self.printed == self.summed


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedTable:
    """What a sheet gave for one table.

    Parameters
    ----------
    rows, refused
        Good rows and refused ones, each in file order.
    fields
        Contract columns that the mapping fills: an absent one is left as it is, an empty cell of
        a present one clears.
    read
        Rows under the header that are neither empty, repeated headers nor footers.
    filtered
        Rows that the filters left out.
    merged
        Rows that repeat an earlier row's key, where the mapping takes one row per key.
    """

    file: str
    sheet: str
    table: str
    fields: tuple[str, ...]
    rows: tuple[ConvertedRow, ...]
    refused: tuple[RowRefusal, ...]
    read: int
    filtered: int = 0
    merged: int = 0
    control_totals: tuple[ControlTotal, ...] = ()
    notes: tuple[Reason, ...] = ()


@runtime_checkable
class Connector(Protocol):
    """A plug-in that brings tables. It raises ``FileRefused`` for a file it will not take."""

    @property
    def name(self) -> str:
        """Name of its entry point."""

    @property
    def suffixes(self) -> tuple[str, ...]:
        """File suffixes that it reads, lower case with the dot."""

    def read_sheets(
        self,
        path: Path,
        *,
        limits: ReadLimits = DEFAULT_LIMITS,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> tuple[RawSheet, ...]:
        """Read a trusted file in this process."""

    def read_sheets_guarded(
        self,
        path: Path,
        *,
        limits: ReadLimits = DEFAULT_LIMITS,
        encoding: str | None = None,
        delimiter: str | None = None,
        kept: Path | None = None,
    ) -> tuple[RawSheet, ...]:
        """Read an untrusted file in a process of its own, bounded in memory and time.

        What was read is kept in the file ``kept``; when that is there, nothing is read again.
        """

    def recognise(self, sheets: Sequence[RawSheet], *, year: int | None = None) -> Recognition:
        """Propose mappings; ``year`` completes day headers that print none."""

    def propose(
        self, sheet: RawSheet, *, table: str, chosen: Mapping[str, str] = NOTHING_CHOSEN
    ) -> TableMapping:
        """Propose how a sheet becomes rows of one table; ``chosen`` says header → column.

        A header chosen for ``""`` is no column of the table.
        """

    def suited(self, sheet: RawSheet, mappings: Sequence[TableMapping]) -> tuple[TableMapping, ...]:
        """Return those of the mappings that were made for such a list; empty when none fits."""

    def convert(
        self,
        sheet: RawSheet,
        mapping: TableMapping,
        *,
        zone: ZoneInfo,
        progress: Progress | None = None,
    ) -> ConvertedTable:
        """Apply a mapping."""

    def tested(
        self, mapping: TableMapping, *, sheet: RawSheet, converted: ConvertedTable
    ) -> TableMapping:
        """Return the mapping with the file that it was made from and what came out of it."""

    def named_mappings(self) -> Mapping[str, MappingSet]:
        """Return the mappings that the plug-in ships, by name."""
