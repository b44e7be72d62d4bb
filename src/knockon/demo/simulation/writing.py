"""Numbers, times and calendars as the text of a record."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.demo.simulation.hours import Week
from knockon.domain.contract import TABLES

Row = dict[str, str]
"""Column to text; a missing column is empty."""

_MINUTE = Decimal(60)


def text(number: Decimal | int) -> str:
    """Return the number as plain digits without idle zeros."""
    plain = format(Decimal(number), "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def minutes(seconds: Decimal | int) -> str:
    """Return seconds as minutes."""
    return text(Decimal(seconds) / _MINUTE)


def clock(at: int | None, zone: ZoneInfo) -> str:
    """Return the instant as ISO 8601 in the plant's zone, with its offset; nothing for None."""
    return "" if at is None else datetime.fromtimestamp(at, tz=zone).isoformat()


def hour_minute(after_midnight: int) -> str:
    """Return minutes after midnight as HH:MM; 24:00 is 00:00."""
    return f"{after_midnight // 60 % 24:02d}:{after_midnight % 60:02d}"


def calendar_rows(equipment: str, week: Week) -> list[Row]:
    """Return the calendar rows of one week and its days off."""
    rows = [
        {
            "equipment": equipment,
            "weekday": str(shift.weekday),
            "start": hour_minute(shift.start),
            "end": hour_minute(shift.end),
            "kind": "work",
        }
        for shift in week.shifts
    ]
    rows += [_day_off(equipment, day) for day in week.days_off]
    return rows


def _day_off(equipment: str, day: date) -> Row:
    return {
        "equipment": equipment,
        "date": day.isoformat(),
        "start": "00:00",
        "end": "00:00",
        "kind": "off",
    }


def squared(table: str, rows: Iterable[Row]) -> list[Row]:
    """Give every row the same columns: those of the contract that any row fills, in its order."""
    known = list(rows)
    filled = {name for row in known for name, value in row.items() if value}
    columns = [column.name for column in TABLES[table].fields if column.name in filled]
    return [{name: row.get(name, "") for name in columns} for row in known]
