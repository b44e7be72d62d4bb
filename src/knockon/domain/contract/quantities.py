"""Read cells that are numbers, as lists and ledgers print them."""

import math
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded, number_text


class NumberForm(StrEnum):
    """Which sign parts the fraction."""

    POINT = "point"
    """``1,200.50``"""
    COMMA = "comma"
    """``1.200,50``"""


MAX_DIGITS = 18
"""Digits before the decimal point; also keeps ``1e999`` from becoming a memory bomb."""
MAX_SCALE = 12
MAX_WHOLE = 2**31 - 1

_PLAIN = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_NUMBER = re.compile(
    r"(?=\.?\d)(?:\d{1,3}(?:(?P<group>[,' \u00a0])\d{3})(?:(?P=group)\d{3})*|\d+)?(?:\.\d*)?(?:[eE][+-]?\d{1,3})?",
    re.ASCII,
)
_CURRENCY = re.compile(
    r"^(?:NT\$|US\$|RMB|TWD|CNY|USD|EUR|NTD|[$¥€£])\s*|\s*(?:元|TWD|CNY|USD|EUR)$"
)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
_MINUS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-"})  # noqa: RUF001 - the signs themselves
_SECONDS = {"s": Decimal(1), "min": Decimal(60), "h": Decimal(3600), "day": Decimal(86400)}


def read_decimal(cell: Cell, *, form: NumberForm = NumberForm.POINT) -> Decimal | None:
    """Return the number, or None for an empty cell.

    Takes ``1,200.00``, ``100-``, ``(100)``, ``NT$ 5``, ``5%`` (0.05), full-width digits.

    Raises
    ------
    CellRefused
        ``not_a_number``, ``number_not_finite``, ``number_too_long``.
    """
    if isinstance(cell, str) and form is NumberForm.POINT and _PLAIN.fullmatch(cell):
        return Decimal(cell)
    if isinstance(cell, bool | datetime | date | time | timedelta):
        raise CellRefused(why="not_a_number", value=cell_text(cell))
    if isinstance(cell, float | int):
        return _stored(cell)
    text = folded(cell_text(cell)).translate(_MINUS)
    if not text:
        return None
    return _printed(text, form=form)


def is_percent(cell: Cell) -> bool:
    """Return whether the cell itself says percent, so that it is a ratio already."""
    return isinstance(cell, str) and folded(cell).endswith("%")


def read_integer(cell: Cell, *, form: NumberForm = NumberForm.POINT) -> int | None:
    """Return the whole number (``0010`` is 10), or None for an empty cell."""
    value = read_decimal(cell, form=form)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise CellRefused(why="not_whole", value=cell_text(cell))
    if abs(value) > MAX_WHOLE:
        raise CellRefused(why="number_too_long", value=cell_text(cell))
    return int(value)


def read_duration(cell: Cell, *, unit: str, form: NumberForm = NumberForm.POINT) -> Decimal | None:
    """Return a length of time in ``unit`` (``s``, ``min``, ``h``, ``day``).

    A plain number already is in that unit; ``1:30:00`` and a workbook's time are converted.
    """
    seconds = _clock_seconds(cell)
    if seconds is None:
        return read_decimal(cell, form=form)
    return (seconds / _SECONDS[unit]).quantize(Decimal(1).scaleb(-6)).normalize() + 0


def _stored(cell: float) -> Decimal:
    if not math.isfinite(cell):
        raise CellRefused(why="number_not_finite", value=repr(cell))
    return _bounded(Decimal(number_text(float(cell))), str(cell))


def _printed(text: str, *, form: NumberForm) -> Decimal:
    if text.lstrip("+-").casefold() in {"nan", "inf", "infinity", "snan"}:
        raise CellRefused(why="number_not_finite", value=text)
    body, negative = _unsigned(_CURRENCY.sub("", text))
    percent = body.endswith("%")
    body = body.removesuffix("%").strip()
    if form is NumberForm.COMMA:
        body = body.translate(_SWAPPED)
    if not body or not any(map(str.isdigit, body)) or _NUMBER.fullmatch(body) is None:
        raise CellRefused(why="not_a_number", value=text)
    if len(body) > MAX_DIGITS + MAX_SCALE + 12:
        raise CellRefused(why="number_too_long", value=text[:80])
    value = Decimal(re.sub(r"[,' \u00a0]", "", body))
    if percent:
        value = value.scaleb(-2)
    return _bounded(-value if negative else value, text)


_SWAPPED = str.maketrans({",": ".", ".": ","})


def _unsigned(text: str) -> tuple[str, bool]:
    """Return the text without its sign, and whether the sign was minus."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text.endswith("-"):
        return text[:-1].strip(), True
    if text.endswith("+"):
        return text[:-1].strip(), False
    if text.startswith("-"):
        return _CURRENCY.sub("", text[1:].strip()), True
    return text.removeprefix("+").strip(), False


def _bounded(value: Decimal, text: str) -> Decimal:
    """Return the value unless it is larger or finer than any quantity on earth."""
    if value and value.adjusted() >= MAX_DIGITS:
        raise CellRefused(why="number_too_long", value=text[:80])
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -MAX_SCALE:
        value = round(value, MAX_SCALE)
    if isinstance(exponent, int) and exponent > 0:
        value = value.quantize(Decimal(1))
    return value


def _clock_seconds(cell: Cell) -> Decimal | None:
    if isinstance(cell, timedelta):
        return Decimal(str(cell.total_seconds()))
    if isinstance(cell, time):
        return Decimal(cell.hour * 3600 + cell.minute * 60 + cell.second)
    if not isinstance(cell, str):
        return None
    match = _CLOCK.fullmatch(folded(cell))
    if match is None:
        return None
    hours, minutes, seconds = match.groups(default="0")
    return Decimal(int(hours) * 3600 + int(minutes) * 60 + int(seconds))
