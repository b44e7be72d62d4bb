"""What a command prints: a table for people, or one JSON document for programs."""

import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TextIO

import msgspec

DONE, FAILED, PARTLY, USAGE = 0, 1, 2, 3
"""Exit codes of every command."""

_WIDEST_CELL = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under headings; numbers stand right."""

    headings: Sequence[str]
    rows: Sequence[Sequence[object]]
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a command found or did.

    Parameters
    ----------
    document
        The same for programs; anything that JSON can hold.
    parts
        Tables and sentences for people, in reading order.
    exit_code
        One of this module's.
    """

    document: object
    parts: Sequence[Table | str] = field(default_factory=tuple)
    exit_code: int = DONE


def write_outcome(outcome: Outcome, *, as_json: bool, stream: TextIO | None = None) -> None:
    """Print an outcome on standard output."""
    out = stream or sys.stdout
    if as_json:
        out.write(msgspec.json.encode(outcome.document).decode() + "\n")
        return
    for part in outcome.parts:
        out.write((part if isinstance(part, str) else table_text(part)) + "\n")


def table_text(table: Table) -> str:
    """Return a table with columns as wide as what they hold; wide characters count two."""
    cells = [[_cell(value) for value in row] for row in table.rows]
    widths = [
        max([_width(heading), *(_width(row[column]) for row in cells)])
        for column, heading in enumerate(table.headings)
    ]
    right = [
        bool(table.rows)
        and all(isinstance(row[column], int | None) for row in table.rows)
        and any(row[column] is not None for row in table.rows)
        for column in range(len(table.headings))
    ]
    lines = [table.title] if table.title else []
    lines.append(_line(table.headings, widths, right))
    lines.append("  ".join("─" * width for width in widths))
    lines += [_line(row, widths, right) for row in cells]
    return "\n".join(lines) + "\n"


def _line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    padded = [
        " " * (width - _width(cell)) + cell if is_right else cell + " " * (width - _width(cell))
        for cell, width, is_right in zip(cells, widths, right, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _cell(value: object) -> str:
    if value is None:
        return ""
    # A control character in a name must not steer the terminal.
    text = "".join(
        char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in str(value)
    )
    while _width(text) > _WIDEST_CELL:
        text = text[: max(1, len(text) - 2)] + "…" if not text.endswith("…") else text[:-2] + "…"
    return text


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )
