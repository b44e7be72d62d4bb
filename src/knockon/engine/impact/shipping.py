"""When goods leave: the first truck after they are ready, and the last one that is in time."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.domain.facts import DueKind, OrderLine, ShipCalendar
from knockon.domain.times import Moment
from knockon.engine.impact.records import Records
from knockon.engine.schedule.shop import to_instant, to_seconds

_DAYS_AHEAD = 15
"""A weekly calendar has a truck within a week; twice that is safe on clock changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trucks:
    """When trucks leave to one customer from one plant; no cut-offs means at any time."""

    zone: ZoneInfo
    cutoffs: Mapping[int, tuple[time, ...]]
    transit_s: int = 0

    def after(self, ready: int) -> int:
        """Return the first cut-off at or after an instant (UTC seconds)."""
        if not self.cutoffs:
            return ready
        first = to_instant(ready).astimezone(self.zone).date()
        for day in (first + timedelta(days=ahead) for ahead in range(_DAYS_AHEAD)):
            for at in self._of_day(day):
                if at >= ready:
                    return at
        return ready

    def departures(self, start: int, end: int) -> list[int]:
        """Return the cut-offs of all local days from one instant to another, ascending."""
        if not self.cutoffs:
            return []
        first = to_instant(start).astimezone(self.zone).date()
        last = to_instant(end).astimezone(self.zone).date()
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        return sorted(at for day in days for at in self._of_day(day))

    def last_of(self, day: date) -> int | None:
        """Return the last cut-off of a local day."""
        return max(self._of_day(day), default=None)

    def _of_day(self, day: date) -> list[int]:
        return [
            int(datetime.combine(day, at, tzinfo=self.zone).timestamp())
            for at in self.cutoffs.get(day.isoweekday(), ())
        ]


class Shipping:
    """The shipping calendars, by customer and plant."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._rows: dict[tuple[str | None, str], list[ShipCalendar]] = defaultdict(list)
        for row in records.facts.ship_calendars:
            self._rows[row.customer, row.plant].append(row)
        self._known: dict[tuple[str, str], Trucks] = {}

    def trucks(self, line: OrderLine) -> Trucks:
        """Return the customer's own trucks, else the plant's default ones."""
        key = (line.customer, line.key.plant)
        if key not in self._known:
            rows = self._rows.get(key) or self._rows.get((None, line.key.plant), [])
            cutoffs: dict[int, list[time]] = defaultdict(list)
            for row in rows:
                cutoffs[row.weekday].append(row.cutoff)
            self._known[key] = Trucks(
                zone=self._records.zone(line.key.plant),
                cutoffs={day: tuple(sorted(at)) for day, at in cutoffs.items()},
                transit_s=int(max((row.transit_days for row in rows), default=Decimal(0)) * 86_400),
            )
        return self._known[key]

    def leaves(self, line: OrderLine, *, finish: int, made: bool) -> int:
        """Return when goods that finish at an instant leave; made ones need their post-lead."""
        post = self._records.item(line.item).post_lead_s if made else 0
        return self.trucks(line).after(finish + post)

    def limit(self, line: OrderLine) -> int:
        """Return the last instant at which goods may leave to be as promised, else as due."""
        moment = line.promised or line.due
        trucks = self.trucks(line)
        arrive = line.due_kind is DueKind.ARRIVE
        if moment.is_exact:
            return to_seconds(moment.latest) - (trucks.transit_s if arrive else 0)
        return self._limit_of_day(moment, trucks, arrive=arrive)

    def instant_of(self, line: OrderLine, moment: Moment) -> int:
        """Return a due or promised time as an instant; a date is that day's cut-off."""
        if moment.is_exact:
            return to_seconds(moment.latest)
        return self._limit_of_day(moment, self.trucks(line), arrive=False)

    def _limit_of_day(self, moment: Moment, trucks: Trucks, *, arrive: bool) -> int:
        """Return the cut-off of a date-only due: that day's, or the last that arrives by then."""
        end = moment.latest.astimezone(trucks.zone)
        # A day given as [midnight, next midnight) ends the day before.
        day = (end - timedelta(microseconds=1)).date()
        if arrive:
            day -= timedelta(days=-(-trucks.transit_s // 86_400))
        cutoff = trucks.last_of(day)
        if cutoff is not None:
            return cutoff
        closing = datetime.combine(day + timedelta(days=1), time(), tzinfo=trucks.zone)
        return int(closing.astimezone(UTC).timestamp())
