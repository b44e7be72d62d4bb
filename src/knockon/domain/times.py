"""Instants with doubt, and periods; always UTC."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """When something happened, as the interval it must lie in, closed at both ends.

    Parameters
    ----------
    earliest, latest
        Aware UTC instants, ``earliest <= latest``; equal when the time is exact. A date without
        a time spans that working day; a repeated daylight-saving hour spans both readings.
    """

    earliest: datetime
    latest: datetime

    @classmethod
    def exactly(cls, at: datetime) -> "Moment":
        """Return the moment without doubt."""
        return cls(at, at)

    @property
    def is_exact(self) -> bool:
        """Whether the source gave one instant."""
        return self.earliest == self.latest

    def widened(self, doubt: timedelta) -> "Moment":
        """Return the moment with the source's clock doubt added on both sides."""
        return Moment(self.earliest - doubt, self.latest + doubt)


@dataclass(frozen=True, slots=True, order=True)
class TimeWindow:
    """A half-open period ``[start, end)`` in UTC; ``end`` None means it is still open."""

    start: datetime
    end: datetime | None

    def contains(self, at: datetime) -> bool:
        """Return whether the instant lies in the period."""
        return self.start <= at and (self.end is None or at < self.end)
