"""Hand lists from the reading process to ours as JSON: no code can travel in it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import msgspec

from knockon.domain.contract.cells import Cell
from knockon.domain.reasons import Reason
from knockon.ports.connector import RawSheet


def encode_sheets(sheets: Sequence[RawSheet]) -> bytes:
    """Return the lists as JSON bytes."""
    return msgspec.json.encode(
        [
            {
                "file": sheet.file,
                "name": sheet.name,
                "rows": [[_tagged(cell) for cell in row] for row in sheet.rows],
                "numbers": list(sheet.numbers),
                "merges": sheet.merges,
                "encoding": sheet.encoding,
                "delimiter": sheet.delimiter,
                "sha256": sheet.sha256,
                "notes": [{"code": note.code, "params": dict(note.params)} for note in sheet.notes],
            }
            for sheet in sheets
        ]
    )


def decode_sheets(data: bytes) -> tuple[RawSheet, ...]:
    """Return the lists that ``encode_sheets`` wrote."""
    documents: list[dict[str, Any]] = msgspec.json.decode(data)
    return tuple(
        RawSheet(
            file=document["file"],
            name=document["name"],
            rows=[
                row
                if not any(type(cell) is list for cell in row)
                else [_untagged(cell) if type(cell) is list else cell for cell in row]
                for row in document["rows"]
            ],
            numbers=document["numbers"],
            merges=tuple(tuple(area) for area in document["merges"]),
            encoding=document["encoding"],
            delimiter=document["delimiter"],
            sha256=document["sha256"],
            notes=tuple(Reason(**note) for note in document["notes"]),
        )
        for document in documents
    )


def _tagged(cell: Cell) -> object:
    if cell is None or isinstance(cell, str | int | float):
        return cell
    if isinstance(cell, timedelta):
        return ["timedelta", cell.total_seconds()]
    return [type(cell).__name__, cell.isoformat()]


def _untagged(cell: list[Any]) -> Cell:
    kind, value = cell
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "time":
        return time.fromisoformat(value)
    return timedelta(seconds=value)
