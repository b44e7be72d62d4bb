"""When a machine works, as arithmetic on working seconds. Instants are whole UTC epoch seconds."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from knockon.domain.errors import KnockonError


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One weekly period of work, in minutes after local midnight; ``end <= start`` ends next day.

    Parameters
    ----------
    weekday
        1 is Monday.
    """

    weekday: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A weekly pattern of shifts with whole days off; no shifts at all means always at work."""

    shifts: tuple[Shift, ...] = ()
    days_off: tuple[date, ...] = field(default=())

    def windows(self, *, first: date, days: int, zone: ZoneInfo) -> list[tuple[int, int]]:
        """Return the working windows of the days, joined where they touch."""
        off = [
            (epoch(day, 0, zone=zone), epoch(day + timedelta(days=1), 0, zone=zone))
            for day in sorted(self.days_off)
        ]
        found: list[tuple[int, int]] = []
        for day in (first + timedelta(days=n) for n in range(days)):
            for shift in self.shifts:
                if shift.weekday == day.isoweekday():
                    last = shift.end if shift.end > shift.start else shift.end + 1440
                    window = (epoch(day, shift.start, zone=zone), epoch(day, last, zone=zone))
                    found.extend(_cut(window, off))
        return _joined(sorted(found))


def weekly(days: Iterable[int], *spans: tuple[int, int]) -> tuple[Shift, ...]:
    """Return the same spans, in minutes after midnight, on each of the weekdays."""
    return tuple(Shift(weekday=day, start=start, end=end) for day in days for start, end in spans)


def turned(days: Iterable[int], by: int) -> tuple[int, ...]:
    """Return weekdays so many days later: a plant whose week begins on another day."""
    return tuple((day - 1 + by) % 7 + 1 for day in days)


def epoch(day: date, minutes: int, *, zone: ZoneInfo) -> int:
    """Return the instant so many minutes after the local midnight that begins the day."""
    local = datetime.combine(day, time(), tzinfo=zone) + timedelta(minutes=minutes)
    return int(local.timestamp())


def _cut(window: tuple[int, int], off: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    pieces = [window]
    for begin, end in off:
        pieces = [
            part
            for start, stop in pieces
            for part in ((start, min(stop, begin)), (max(start, end), stop))
            if part[0] < part[1]
        ]
    return pieces


def _joined(windows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in windows:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


class BeyondCalendar(KnockonError):
    """The plant's calendar ends before the work does."""

    code = "beyond_calendar"

    def __init__(self, *, start: int, work_s: int) -> None:
        super().__init__(start=start, work_s=work_s)


class Hours:
    """Working time of one machine; without windows it always works."""

    def __init__(self, windows: Sequence[tuple[int, int]] = ()) -> None:
        self._starts = [start for start, _ in windows]
        self._ends = [end for _, end in windows]
        lengths = [end - start for start, end in windows]
        # Working seconds up to the end of each window.
        self._sums = list(accumulate(lengths))

    @property
    def always(self) -> bool:
        """Whether the machine never rests."""
        return not self._starts

    def open_at(self, at: int) -> int:
        """Return the first instant of work at or after this one."""
        if self.always:
            return at
        index = bisect_right(self._ends, at)
        if index == len(self._starts):
            raise BeyondCalendar(start=at, work_s=0)
        return max(at, self._starts[index])

    def between(self, start: int, end: int) -> int:
        """Return the working seconds from start to end."""
        if self.always:
            return max(0, end - start)
        return max(0, self._worked(end) - self._worked(start))

    def add(self, start: int, work_s: int) -> int:
        """Return the instant by which so much work has passed since start."""
        if work_s == 0 or self.always:
            return start + work_s
        target = self._worked(start) + work_s
        index = bisect_left(self._sums, target)
        if index == len(self._sums):
            raise BeyondCalendar(start=start, work_s=work_s)
        return self._ends[index] - (self._sums[index] - target)

    def _worked(self, at: int) -> int:
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        return self._sums[index] - max(0, self._ends[index] - at)
