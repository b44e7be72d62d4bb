"""Read cells that are days and times of day, in the form that their column declares."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from knockon.domain.contract.cells import Cell, CellRefused, cell_text, folded


class DateForm(StrEnum):
    """How a column writes its dates; confirmed once per column, never guessed per cell."""

    ISO = "iso"
    """``2026-03-05``, ``2026-03-05T14:30:00+08:00``"""
    COMPACT = "compact"
    """``20260305``, ``20260305143000``"""
    YEAR_FIRST = "year_first"
    """``2026/3/5 下午 02:30``, ``2026.03.05``"""
    DAY_FIRST = "day_first"
    """``05.03.2026``"""
    MONTH_FIRST = "month_first"
    """``03/05/2026``"""
    EXCEL = "excel"
    """``46086.604``: days since 1899-12-30"""
    ROC = "roc"
    """``115/03/05``, ``1150305``, ``民國115年3月5日``: 民國年, year 1 is 1912"""
    CHINESE = "chinese"
    """``2026年3月5日 14时30分``"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalTime:
    """A date with perhaps a time of day and perhaps an offset, as the file states it."""

    day: date
    clock: time | None = None
    offset_min: int | None = None


ROC_YEAR_ZERO = 1911
_EXCEL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a workbook's days have no zone
_EXCEL_FIRST, _EXCEL_LAST = 61, 2_958_465
_MS_PER_DAY = 86_400_000

# What systems print when there is no date: zeros, the end of time, bare separators.
_NONE = re.compile(
    r"(?:0{1,8}|0{1,4}[-/.]0{1,2}[-/.]0{1,4}|9999[-/.]?12[-/.]?31|9{8}|[-/. ]+|n/?a|null|none|無|无"
    r"|9999年12月31日)(?:[ T]0{1,2}:0{2}(?::0{2})?(?:\.0+)?)?",
    re.IGNORECASE | re.ASCII,
)
_TIME = re.compile(
    r"(?P<before>上午|下午|凌晨|早上|中午|晚上|[AaPp]\.?[Mm]\.?)?\s*"
    r"(?P<hour>\d{1,2})(?::|[时時點点])(?P<minute>\d{1,2})?(?:(?::|分)(?P<second>\d{1,2})?(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"[分秒]?\s*(?P<after>[AaPp]\.?[Mm]\.?)?",
    re.ASCII,
)
_SHORT_TIME = re.compile(r"(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?", re.ASCII)
_OFFSET = re.compile(
    r"\s*(?P<zulu>[Zz])|\s*(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})?", re.ASCII
)
_WEEKDAY = re.compile(
    r"\s*\(?(?:星期|週|周|禮拜)?[一二三四五六日天]\)?\s*$|\s*\([A-Za-z]{3,9}\.?\)\s*$"
)

_DAY_PATTERNS = {
    DateForm.ISO: r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})[T ]?",
    DateForm.COMPACT: r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})[T ]?",
    DateForm.YEAR_FIRST: r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    DateForm.DAY_FIRST: r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})",
    DateForm.MONTH_FIRST: r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4})",
    DateForm.ROC: (
        r"(?:中華)?(?:民國|民国)?\s*(?P<year>\d{2,3})"
        r"(?:\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?|(?P<month_>\d{2})(?P<day_>\d{2}))"
    ),
    DateForm.CHINESE: r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号號]?",
}
_DAYS = {form: re.compile(pattern, re.ASCII) for form, pattern in _DAY_PATTERNS.items()}
_AFTERNOON = {"下午", "晚上", "pm"}
_MORNING = {"上午", "凌晨", "早上", "am"}


def read_local(cell: Cell, *, form: DateForm) -> LocalTime | None:
    """Return the day and time that the cell states, or None where it states none.

    A workbook's date cell is taken as it is, whatever the form.

    Raises
    ------
    CellRefused
        ``wrong_date_form``: another form than the column's; ``no_such_date``: 31 February.
    """
    if isinstance(cell, datetime):
        return None if cell.year in (1899, 9999) else _from_datetime(cell)
    if isinstance(cell, date):
        return None if cell.year == 9999 else LocalTime(day=cell)
    text = folded(cell_text(cell))
    if not text or _NONE.fullmatch(text):
        return None
    if form is DateForm.EXCEL:
        return _from_serial(text)
    return _from_text(text, form=form)


def read_date(cell: Cell, *, form: DateForm) -> date | None:
    """Return the day of the cell; a time beside it is dropped."""
    local = read_local(cell, form=form)
    return None if local is None else local.day


def read_time(cell: Cell) -> time | None:
    """Return the time of day (``14:30``, ``1430``, ``下午 02:30``, ``2:30 PM``; ``24:00`` is 0:00)."""
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    if isinstance(cell, timedelta):
        return (_EXCEL_EPOCH + cell).time()
    if isinstance(cell, float) and 0 <= cell <= 1:
        return (_EXCEL_EPOCH + timedelta(milliseconds=round(cell * _MS_PER_DAY))).time()
    text = folded(cell_text(cell))
    if not text:
        return None
    return _clock(text, shown=text)[0]


def roc_text(day: date) -> str:
    """Return the day as 民國年 prints it: ``115/03/05``."""
    return f"{day.year - ROC_YEAR_ZERO:03d}/{day.month:02d}/{day.day:02d}"


def _from_text(text: str, *, form: DateForm) -> LocalTime:
    match = _DAYS[form].match(text)
    if match is None:
        raise CellRefused(why="wrong_date_form", value=text, form=form.value)
    parts = match.groupdict()
    year = int(parts["year"]) + (ROC_YEAR_ZERO if form is DateForm.ROC else 0)
    month, day_of_month = (int(parts[n] or parts[f"{n}_"]) for n in ("month", "day"))
    try:
        day = date(year, month, day_of_month)
    except ValueError as error:
        raise CellRefused(why="no_such_date", value=text) from error
    rest = _WEEKDAY.sub("", text[match.end() :]).strip()
    if not rest:
        return LocalTime(day=day)
    rest, offset = _split_offset(rest, shown=text)
    clock, next_day = _clock(rest, shown=text, form=form.value)
    return LocalTime(day=day + timedelta(days=next_day), clock=clock, offset_min=offset)


def _from_serial(text: str) -> LocalTime:
    try:
        serial = Decimal(text)
    except ArithmeticError as error:
        raise CellRefused(why="wrong_date_form", value=text, form=DateForm.EXCEL.value) from error
    if not _EXCEL_FIRST <= serial <= _EXCEL_LAST:
        raise CellRefused(why="no_such_date", value=text)
    at = _EXCEL_EPOCH + timedelta(milliseconds=round(serial * _MS_PER_DAY))
    if serial == int(serial):
        return LocalTime(day=at.date())
    return LocalTime(day=at.date(), clock=at.time())


def _from_datetime(at: datetime) -> LocalTime:
    offset = at.utcoffset()
    minutes = None if offset is None else int(offset.total_seconds() // 60)
    return LocalTime(day=at.date(), clock=at.time(), offset_min=minutes)


def _split_offset(rest: str, *, shown: str) -> tuple[str, int | None]:
    place = max(rest.rfind("+"), rest.rfind("-"), rest.upper().rfind("Z"))
    if place < 0:
        return rest, None
    match = _OFFSET.fullmatch(rest[place:])
    if match is None:
        raise CellRefused(why="no_such_time", value=shown)
    if match["zulu"]:
        return rest[:place].strip(), 0
    hours, minutes = int(match["hours"]), int(match["minutes"] or 0)
    if hours > 14 or minutes > 59:
        raise CellRefused(why="no_such_time", value=shown)
    return rest[:place].strip(), (hours * 60 + minutes) * (-1 if match["sign"] == "-" else 1)


def _clock(text: str, *, shown: str, form: str | None = None) -> tuple[time, int]:
    """Return the time of day, and 1 when ``24:00`` means the next day's midnight."""
    match = _TIME.fullmatch(text) or _SHORT_TIME.fullmatch(text)
    if match is None:
        raise CellRefused(
            why="no_such_time" if form is None else "wrong_date_form", value=shown, form=form
        )
    parts = match.groupdict()
    half = (parts.get("before") or parts.get("after") or "").casefold().replace(".", "")
    hour, minute = int(parts["hour"]), int(parts["minute"] or 0)
    second = int(parts["second"] or 0)
    micros = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    if half in _AFTERNOON and hour < 12:
        hour += 12
    elif half in _MORNING and hour == 12:
        hour = 0
    if (hour, minute, second) == (24, 0, 0):
        return time(0), 1
    try:
        return time(hour, minute, second, micros), 0
    except ValueError as error:
        raise CellRefused(why="no_such_time", value=shown) from error
