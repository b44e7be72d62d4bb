"""What an import did, and what it did not take and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from knockon.apps.production.models.bindings import columns_of_rule
from knockon.apps.production.services.storing import NewRow
from knockon.domain.errors import KnockonError
from knockon.domain.reasons import Reason
from knockon.ports.connector import ConvertedRow, RawSheet, RowRefusal
from knockon.ports.file_errors import FileRefused


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row or file that was not taken, and why.

    Parameters
    ----------
    row
        Number in the file; 0 is the whole list or file.
    column
        The header to blame, as printed; empty where no single one is.
    fields
        The contract's columns to blame.
    """

    file: str
    table: str
    row: int
    column: str
    value: str
    reason: Reason
    sheet: str = ""
    fields: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """What a run did, or would do."""

    run_id: int | None = None
    position: int | None = None
    tables: dict[str, dict[str, int]] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Files in which no table was recognised."""
    is_applied: bool = False

    @property
    def rows(self) -> int:
        """Rows that are in, whether new or known."""
        return sum(
            counts["added"] + counts["changed"] + counts["unchanged"]
            for counts in self.tables.values()
        )


def file_refusal(path: Path, error: FileRefused) -> Refusal:
    """Return a whole file's refusal."""
    params = {name: _plain(value) for name, value in error.data.items()}
    return Refusal(
        file=path.name,
        table="",
        row=0,
        column="",
        value="",
        reason=Reason(code=error.code, params=params),
    )


def list_refusal(
    sheet: RawSheet, *, table: str, reason: Reason, fields: Sequence[str] = ()
) -> Refusal:
    """Return the refusal of a whole list."""
    return Refusal(
        file=sheet.file,
        sheet=sheet.name,
        table=table,
        row=0,
        column="",
        value="",
        reason=reason,
        fields=tuple(fields),
    )


def row_refusal(refusal: RowRefusal, *, table: str) -> Refusal:
    """Return the refusal of a row that could not be converted."""
    return Refusal(
        file=refusal.file,
        sheet=refusal.sheet,
        fields=(refusal.field,) if refusal.field else (),
        table=table,
        row=refusal.row,
        column=refusal.column or refusal.field,
        value=refusal.value,
        reason=refusal.reason,
    )


def value_refusal(
    row: ConvertedRow, error: KnockonError, *, file: str, sheet: str, table: str
) -> Refusal:
    """Return the refusal of a row whose plant or lot is not clear."""
    params = {name: _plain(value) for name, value in error.data.items()}
    column = "lot" if "lot" in error.data else "plant"
    return Refusal(
        file=file,
        sheet=sheet,
        table=table,
        row=row.row,
        column=column,
        fields=(column,),
        value=str(error.data.get("lot") or error.data.get("plant") or ""),
        reason=Reason(code=error.code, params=params),
    )


def rule_refusal(row: NewRow, rule: str, *, table: str) -> Refusal:
    """Return the refusal of a row that broke a rule of its table."""
    return Refusal(
        file=row.file,
        sheet=row.sheet,
        fields=columns_of_rule(table, rule),
        table=table,
        row=row.number,
        column="",
        value="",
        reason=Reason(code="rule_broken", params={"rule": rule}),
    )


def _plain(value: object) -> str | int | None:
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return value if value is None or isinstance(value, str | int) else str(value)
