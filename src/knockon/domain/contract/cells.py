"""What a cell of a file holds before it is read as a contract value."""

import math
import unicodedata
from datetime import date, datetime, time, timedelta

from knockon.domain.errors import KnockonError

Cell = str | int | float | bool | datetime | date | time | timedelta | None
"""Text files give text only; workbooks give the stored value of the cell with its type."""

WHOLE_LIMIT = 10**15
"""Workbooks keep 15 significant digits; a longer number has already lost its end."""

INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
_TRIM = " \t\r\n\v\f\u00a0\u3000" + INVISIBLE


class CellRefused(KnockonError):
    """A cell cannot be read as its column's type.

    Parameters
    ----------
    why
        Stable reason code, such as ``not_a_number``.
    value
        The cell as the file shows it.
    """

    code = "cell_refused"

    def __init__(self, *, why: str, value: str, **params: str | int | None) -> None:
        super().__init__(why=why, value=value, **params)
        self.why = why
        self.value = value
        self.params = params


def cell_text(cell: Cell) -> str:
    """Return the cell as a person would read it, trimmed; an empty cell is ``''``.

    Whole numbers of a workbook print without fraction (``123.0`` is ``123``), dates in ISO 8601.
    """
    if isinstance(cell, str):
        return cell.strip(_TRIM)
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(cell)
    # A datetime prints with a blank between day and time, a day or a time in ISO 8601.
    return str(cell)


def number_text(value: float) -> str:
    """Return a workbook's number with its 15 significant digits and no exponent."""
    if not math.isfinite(value):
        return repr(value)
    if value == int(value) and abs(value) < WHOLE_LIMIT:
        return str(int(value))
    shown = f"{value:.15g}"
    if "e" not in shown:
        return shown
    return f"{value:.0f}" if abs(value) >= 1 else f"{value:.20f}".rstrip("0")


def is_blank(cell: Cell) -> bool:
    """Return whether the cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip(_TRIM))


def folded(text: str) -> str:
    """Return the text after NFKC and trimming: the form in which keys are matched."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFKC", text).strip(_TRIM)
