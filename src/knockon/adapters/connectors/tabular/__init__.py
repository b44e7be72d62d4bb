"""Lists as files: CSV and its kin, and workbooks, as ERPs and planners really print them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from knockon.adapters.connectors.tabular import (
    conversion,
    guarded,
    named,
    reading,
    recognition,
    suiting,
)
from knockon.domain.mapping import MappingSet, TableMapping
from knockon.ports.connector import (
    DEFAULT_LIMITS,
    NOTHING_CHOSEN,
    ConvertedTable,
    Progress,
    RawSheet,
    ReadLimits,
    Recognition,
)

__all__ = ["TabularConnector", "connector"]


class TabularConnector:
    """The connector for files of tables."""

    name = "tabular"
    suffixes = reading.SUFFIXES

    def read_sheets(
        self,
        path: Path,
        *,
        limits: ReadLimits = DEFAULT_LIMITS,
        encoding: str | None = None,
        delimiter: str | None = None,
    ) -> tuple[RawSheet, ...]:
        """Read a trusted file in this process."""
        return reading.read_sheets(path, limits=limits, encoding=encoding, delimiter=delimiter)

    def read_sheets_guarded(
        self,
        path: Path,
        *,
        limits: ReadLimits = DEFAULT_LIMITS,
        encoding: str | None = None,
        delimiter: str | None = None,
        kept: Path | None = None,
    ) -> tuple[RawSheet, ...]:
        """Read an untrusted file in a process of its own, bounded in memory and time."""
        return guarded.read_sheets_guarded(
            path, limits=limits, encoding=encoding, delimiter=delimiter, kept=kept
        )

    def recognise(self, sheets: Sequence[RawSheet], *, year: int | None = None) -> Recognition:
        """Propose mappings; ``year`` completes day headers that print none."""
        return recognition.recognise(sheets, year=year)

    def propose(
        self, sheet: RawSheet, *, table: str, chosen: Mapping[str, str] = NOTHING_CHOSEN
    ) -> TableMapping:
        """Propose how a sheet becomes rows of one table; ``chosen`` says header → column."""
        return recognition.propose(sheet, table=table, chosen=chosen)

    def suited(self, sheet: RawSheet, mappings: Sequence[TableMapping]) -> tuple[TableMapping, ...]:
        """Return those of the mappings that were made for such a list; empty when none fits."""
        return suiting.suited(sheet, mappings)

    def convert(
        self,
        sheet: RawSheet,
        mapping: TableMapping,
        *,
        zone: ZoneInfo,
        progress: Progress | None = None,
    ) -> ConvertedTable:
        """Apply a mapping."""
        return conversion.convert(sheet, mapping, zone=zone, progress=progress)

    def tested(
        self, mapping: TableMapping, *, sheet: RawSheet, converted: ConvertedTable
    ) -> TableMapping:
        """Return the mapping with the file that it was made from and what came out of it."""
        return conversion.tested(mapping, sheet=sheet, converted=converted)

    def named_mappings(self) -> Mapping[str, MappingSet]:
        """Return the mappings that the plug-in ships, by name."""
        return named.named_mappings()


connector = TabularConnector()
"""What the entry point names."""
