"""Read cells that are names: keys, texts, lists, choices, yes and no."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from knockon.domain.contract.cells import WHOLE_LIMIT, Cell, CellRefused, cell_text, folded

MAX_KEY_LENGTH = 200
MAX_TEXT_LENGTH = 32_767

# A spreadsheet's shortened display: the digits that it hides are gone from a text file.
_SHORTENED = re.compile(r"\d\.\d+E\+\d{2,}", re.IGNORECASE)
_BLANKS = frozenset(" _-")
_LOOKS = {mark: kind for kind in ("[0O]", "[1IL]") for mark in kind[1:-1]}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LIST_SEPARATORS = re.compile("[;\uff1b\u3001\n]")
_YES = frozenset(
    (
        "y",
        "yes",
        "t",
        "true",
        "1",
        "x",
        "v",
        "ok",
        "√",
        "✓",
        "✔",
        "●",
        "○",
        "是",
        "有",
        "真",
        "對",
        "对",
        "啟用",
        "启用",
    )
)
_NO = frozenset(
    ("n", "no", "f", "false", "0", "否", "無", "无", "假", "-", "\u00d7", "✗", "停用", "禁用")
)


def read_key(cell: Cell) -> str | None:
    """Return the key, or None for an empty cell.

    NFKC and trimming only: ``O`` stays ``O``, ``00123`` stays ``00123``, case stays.

    Raises
    ------
    CellRefused
        ``key_lost_digits``: the file shows a number cut short, so the key cannot be known;
        ``control_character``; ``text_too_long``.
    """
    if isinstance(cell, float) and abs(cell) >= WHOLE_LIMIT:
        raise CellRefused(why="key_lost_digits", value=cell_text(cell))
    text = _whole_date(cell) or folded(cell_text(cell))
    if not text:
        return None
    if "+" in text and _SHORTENED.fullmatch(text):
        raise CellRefused(why="key_lost_digits", value=text)
    return _checked(text, longest=MAX_KEY_LENGTH)


def look_alike_pattern(key: str) -> str:
    """Return a regular expression, to be matched without case, of keys a person may mean instead.

    ``O`` and ``0``, ``I``, ``l`` and ``1`` are taken for each other, zeros in front, blanks and
    dashes are left out. It finds what to ask about; no two keys are ever the same by it.
    """
    marks = [mark for mark in folded(key) if mark not in _BLANKS]
    while len(marks) > 1 and marks[0] == "0":
        marks.pop(0)
    parts = [_LOOKS.get(mark.upper(), re.escape(mark)) for mark in marks]
    return "^[0 _-]*" + "[ _-]*".join(parts) + "[ _-]*$"


def read_text(cell: Cell) -> str | None:
    """Return the trimmed text, or None for an empty cell."""
    text = cell_text(cell)
    return _checked(text, longest=MAX_TEXT_LENGTH) if text else None


def read_list(cell: Cell) -> tuple[str, ...] | None:
    """Return the parts between semicolons, narrow or wide, enumeration commas or line ends."""
    text = read_text(cell)
    if text is None:
        return None
    return tuple(part for part in map(folded, _LIST_SEPARATORS.split(text)) if part)


def read_bool(cell: Cell) -> bool | None:
    """Return yes or no as the trade writes them (``Y``, ``是``, ``1``, ``V``, ``X``, …)."""
    if isinstance(cell, bool):
        return cell
    text = folded(cell_text(cell)).casefold()
    if not text:
        return None
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise CellRefused(why="not_yes_or_no", value=cell_text(cell))


def read_enum(cell: Cell, *, values: Sequence[str]) -> str | None:
    """Return the canonical value that the cell names, whatever its case."""
    text = folded(cell_text(cell))
    if not text:
        return None
    name = text.casefold().replace(" ", "_").replace("-", "_")
    if name in values:
        return name
    raise CellRefused(why="unknown_value", value=text, allowed=", ".join(values))


def translated(cell: Cell, value_map: Mapping[str, str]) -> Cell:
    """Return what the map says of the cell, or the cell itself.

    Notes
    -----
    The exact text comes first: ``Y`` and ``y`` differ in Digiwin's status codes. A cell of several
    words (SAP prints ``REL  PRC  MACM``) takes the first entry of the map that is one of them.
    """
    text = folded(cell_text(cell))
    for candidate in (text, text.casefold()):
        if candidate in value_map:
            return value_map[candidate]
    words = set(text.split())
    if len(words) > 1:
        return next((meaning for word, meaning in value_map.items() if word in words), cell)
    return cell


def _whole_date(cell: Cell) -> str | None:
    """Return a day that stands in a key column as the day alone, not as midnight."""
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return None


def _checked(text: str, *, longest: int) -> str:
    if len(text) > longest:
        raise CellRefused(why="text_too_long", value=text[:80], length=len(text), longest=longest)
    if _CONTROL.search(text):
        raise CellRefused(why="control_character", value=ascii(text[:80]))
    return text
