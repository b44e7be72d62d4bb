"""Moving a simulated plant in time, so that its trouble happens while somebody looks on.

A story belongs to a time of day: a night breakdown is another one at noon, with other people and
other trucks. So the plant is moved by whole hours and its clock with it: at the plant it is night,
wherever on earth the sun then stands.
"""

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from knockon.demo.simulation.story import STORIES, story
from knockon.demo.simulation.truth import GroundTruth, SignalRecord, SimulatedCase
from knockon.domain.contract import TABLES, ColumnType

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
# Zones of whole hours reach from here to fourteen hours ahead of UTC.
_WESTERNMOST = -12
_DATE_LENGTH = len("2026-03-05")

_T = TypeVar("_T")


def latest_time(name: str, *, until: datetime) -> datetime:
    """Return the latest instant at which the story's trouble can happen: its minute of an hour."""
    past = (until - STORIES[name].now) % _HOUR
    return until - past


def story_at(name: str, *, trouble_at: datetime) -> SimulatedCase:
    """Return a story whose trouble begins at an instant that ``latest_time`` gave."""
    case = story(name, now=trouble_at)
    ahead = (trouble_at - case.now) // _HOUR
    offset = _utc_offset_h(case) - ahead
    if offset < _WESTERNMOST:
        case = story(name, now=trouble_at + _DAY)
        ahead, offset = ahead - 24, offset + 24
    return moved(case, hours=ahead, timezone=f"Etc/GMT{-offset:+d}")


def moved(case: SimulatedCase, *, hours: int, timezone: str) -> SimulatedCase:
    """Return the case with every instant moved and the plant's clock set to another zone."""
    by = timedelta(hours=hours)
    tables = {name: _rows(name, rows, by=by) for name, rows in case.tables.items()}
    tables["plants"] = [row | {"timezone": timezone} for row in tables["plants"]]
    scope = _moved_value(case.disruption.scope, by=by)
    return replace(
        case,
        timezone=timezone,
        now=case.now + by,
        tables=tables,
        disruption=replace(case.disruption, opened_at=case.disruption.opened_at + by, scope=scope),
        truth=_truth(case.truth, by=by),
        trigger=tuple(_record(record, by=by) for record in case.trigger),
    )


def _utc_offset_h(case: SimulatedCase) -> int:
    offset = case.now.astimezone(ZoneInfo(case.timezone)).utcoffset() or timedelta(0)
    return offset // _HOUR


def _rows(table: str, rows: list[dict[str, str]], *, by: timedelta) -> list[dict[str, str]]:
    return [_row(table, row, by=by) for row in rows]


def _row(table: str, row: dict[str, str], *, by: timedelta) -> dict[str, str]:
    instants = [
        column.name
        for column in TABLES[table].columns
        if column.type is ColumnType.INSTANT and len(row.get(column.name, "")) > _DATE_LENGTH
    ]
    # A date without time is a day at the plant, and days there do not move.
    return row | {name: _later(row[name], by=by) for name in instants}


def _later(text: str, *, by: timedelta) -> str:
    return (datetime.fromisoformat(text) + by).isoformat()


def _record(record: SignalRecord, *, by: timedelta) -> SignalRecord:
    row = _row(record.table, dict(record.row), by=by)
    return replace(record, at=record.at + by, row=row)


def _truth(truth: GroundTruth, *, by: timedelta) -> GroundTruth:
    return replace(
        truth,
        lines=tuple(_moved_value(line, by=by) for line in truth.lines),
        operations=tuple(_moved_value(operation, by=by) for operation in truth.operations),
    )


def _moved_value(value: _T, *, by: timedelta) -> _T:
    found: Any = value
    times = {
        field.name: at + by
        for field in fields(found)
        if isinstance(at := getattr(found, field.name), datetime)
    }
    moved_value: _T = replace(found, **times)
    return moved_value
