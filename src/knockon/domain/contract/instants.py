"""Read cells that are instants: what the file states, as an interval in UTC with its doubt."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from knockon.domain.contract.cells import Cell, CellRefused, cell_text
from knockon.domain.contract.dates import DateForm, LocalTime, read_local
from knockon.domain.contract.specs import DateOnly
from knockon.domain.times import Moment


class TimeDoubt(StrEnum):
    """Why an instant is an interval."""

    DATE_ONLY = "date_only"
    CLOCK_CHANGE = "clock_change"
    """The hour that a daylight-saving change skips or repeats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadInstant:
    """An instant of a file.

    Parameters
    ----------
    moment
        The UTC interval in which it lies.
    day
        The day it was given as, when it came without a time: a due day becomes that day's
        shipping cut-off where the calendar is known.
    offset_min
        The offset that the source stated, in minutes; None when it stated none.
    doubt
        Why the moment is not exact.
    """

    moment: Moment
    day: date | None = None
    offset_min: int | None = None
    doubt: TimeDoubt | None = None

    @property
    def is_date_only(self) -> bool:
        """Whether the file gave a day without a time."""
        return self.day is not None


def read_instant(
    cell: Cell,
    *,
    form: DateForm,
    zone: ZoneInfo,
    date_only: DateOnly = DateOnly.DAY,
    midnight_is_day: bool | None = None,
) -> ReadInstant | None:
    """Return the instant that the cell states, or None where it states none.

    Parameters
    ----------
    form
        The column's date form.
    zone
        The plant's zone, for times without offset.
    date_only
        What a day without a time means in this column.
    midnight_is_day
        Whether 0:00 stands for no time, as where a system prints ``2026/3/5 00:00:00`` for a day.
        None: only in a workbook's date cells, which cannot tell the two apart.
    """
    local = read_local(cell, form=form)
    if local is None:
        return None
    if midnight_is_day is None:
        midnight_is_day = isinstance(cell, date)
    if midnight_is_day and local.clock == time(0) and local.offset_min is None:
        local = LocalTime(day=local.day)
    elif midnight_is_day is False and isinstance(cell, date) and local.clock is None:
        local = LocalTime(day=local.day, clock=time(0))
    try:
        return _placed(local, zone=zone, date_only=date_only)
    except OverflowError as error:
        raise CellRefused(why="no_such_date", value=cell_text(cell)) from error


def day_moment(day: date, *, zone: ZoneInfo) -> Moment:
    """Return the day of that zone as a closed interval: 23 or 25 hours when the clock changes."""
    start = _first_instant(day, zone)
    return Moment(start, _first_instant(day + timedelta(days=1), zone) - _TICK)


def local_moment(at: datetime, *, zone: ZoneInfo) -> Moment:
    """Return a naive local time as UTC; both readings when the clock changes around it."""
    readings = sorted(at.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return Moment(readings[0], readings[1])


_TICK = timedelta(microseconds=1)


def _placed(local: LocalTime, *, zone: ZoneInfo, date_only: DateOnly) -> ReadInstant:
    if local.clock is None:
        return ReadInstant(
            moment=_whole_day(local.day, zone=zone, meaning=date_only),
            day=local.day,
            doubt=TimeDoubt.DATE_ONLY if date_only in _UNSURE else None,
        )
    at = datetime.combine(local.day, local.clock)
    if local.offset_min is not None:
        fixed = timezone(timedelta(minutes=local.offset_min))
        moment = Moment.exactly(at.replace(tzinfo=fixed).astimezone(UTC))
        return ReadInstant(moment=moment, offset_min=local.offset_min)
    moment = local_moment(at, zone=zone)
    return ReadInstant(moment=moment, doubt=None if moment.is_exact else TimeDoubt.CLOCK_CHANGE)


_UNSURE = (DateOnly.DAY, DateOnly.CUTOFF)


def _whole_day(day: date, *, zone: ZoneInfo, meaning: DateOnly) -> Moment:
    if meaning is DateOnly.DAY_START:
        return Moment.exactly(_first_instant(day, zone))
    if meaning is DateOnly.DAY_END:
        return Moment.exactly(_first_instant(day + timedelta(days=1), zone))
    return day_moment(day, zone=zone)


def _first_instant(day: date, zone: ZoneInfo) -> datetime:
    return local_moment(datetime.combine(day, time(0)), zone=zone).earliest
