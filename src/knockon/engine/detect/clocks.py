"""From heartbeats to how far a source's clock may be off.

A heartbeat says at once what its clock shows, so the time between its stamp and its receipt is the
clock's error and a little delivery. Only deliveries in step with ours say so: a gateway that was
offline hands over a backlog, whose stamps run faster than any clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from statistics import median
from typing import Final, NamedTuple

LEAST_BEATS: Final = 5
"""Fewer say nothing; the plant's own default holds."""
IN_STEP_S: Final = 5.0
"""Delivery takes up to so long without anybody's clock being wrong."""
_STEPS_S: Final = (10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
"""Doubts are rounded up to these, so that jitter does not change an answer."""
_DRIFT: Final = 0.1
"""What a clock's error may change by in the time between two heartbeats, as a part of it."""
_JITTER_S: Final = 1.0


class Heartbeat(NamedTuple):
    """One sign of life: what its clock showed and when it came in, UTC seconds."""

    at: float
    received: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockError:
    """How much later than stamped heartbeats come in, and how far the clock may be off."""

    offset_s: int
    doubt_s: int
    samples: int


def measure_clock(beats: Sequence[Heartbeat]) -> ClockError | None:
    """Return how far a clock may be off; None when too few heartbeats tell.

    Parameters
    ----------
    beats
        In any order; of several that came in together only the newest counts.

    Notes
    -----
    The doubt is the median offset and the widest distance from it, rounded up. It covers the
    error itself: times are never shifted, since nobody knows since when the clock is wrong.
    """
    offsets = _offsets_in_step(beats)
    if len(offsets) < LEAST_BEATS:
        return None
    middle = median(offsets)
    spread = max(abs(offset - middle) for offset in offsets)
    return ClockError(
        offset_s=round(middle),
        doubt_s=_rounded_up(abs(middle) + spread),
        samples=len(offsets),
    )


def _offsets_in_step(beats: Sequence[Heartbeat]) -> list[float]:
    """Return the offsets of deliveries whose stamps ran as fast as our clock since the last."""
    newest: dict[float, float] = {}
    for beat in beats:
        newest[beat.received] = max(beat.at, newest.get(beat.received, beat.at))
    kept = []
    for (before, stamped_before), (received, stamped) in pairwise(sorted(newest.items())):
        change = (received - stamped) - (before - stamped_before)
        if abs(change) <= _JITTER_S + _DRIFT * (received - before):
            kept.append(received - stamped)
    return kept


def _rounded_up(doubt_s: float) -> int:
    if doubt_s <= IN_STEP_S:
        return 0
    whole_hours = ceil(doubt_s / _STEPS_S[-1]) * _STEPS_S[-1]
    return next((step for step in _STEPS_S if doubt_s <= step), whole_hours)
