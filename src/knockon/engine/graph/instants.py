"""Times as the arrays hold them: microseconds since 1970 in intervals closed at both ends."""

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from knockon.domain.times import Moment
from knockon.engine.graph.states import FOREVER

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
SECOND_US: Final = 1_000_000
DATE_ONLY_US: Final = 2 * 3600 * SECOND_US
"""A wider interval comes from a date without a time; a repeated clock hour spans one or two."""


class Span(NamedTuple):
    """An interval of microseconds, closed at both ends.

    ``is_date_only`` says that the source gave a day instead of a time.
    """

    earliest: int
    latest: int
    is_date_only: bool = False

    def meets(self, other: "Span") -> bool:
        """Return whether both can have been at one instant."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    def within(self, other: "Span") -> bool:
        """Return whether this one lies in the other for certain."""
        return other.earliest <= self.earliest and self.latest <= other.latest


ANY_TIME: Final = Span(-FOREVER, FOREVER)


def span_of(earliest: int, latest: int) -> Span:
    """Return the interval, cut at the ends of time."""
    return Span(max(earliest, -FOREVER), min(latest, FOREVER))


def microseconds(at: datetime) -> int:
    """Return the instant as microseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND


def instant(at_us: int) -> datetime | None:
    """Return the instant as a time in UTC; None when it is beyond all records."""
    if not -FOREVER < at_us < FOREVER:
        return None
    return _EPOCH + at_us * _MICROSECOND


def span(moment: Moment | None, *, doubt_us: int = 0) -> Span:
    """Return the moment widened by the clock's doubt; any time at all when it is None."""
    if moment is None:
        return ANY_TIME
    earliest = microseconds(moment.earliest)
    latest = earliest if moment.is_exact else microseconds(moment.latest)
    if latest < earliest:
        # An interval that ends before it starts says nothing but that it was near both.
        earliest, latest = latest, earliest
    return Span(earliest - doubt_us, latest + doubt_us, latest - earliest > DATE_ONLY_US)


def moment_of(interval: Span) -> Moment | None:
    """Return the interval as a moment; None when either end is unknown."""
    earliest, latest = instant(interval.earliest), instant(interval.latest)
    if earliest is None or latest is None:
        return None
    return Moment(earliest, latest)
