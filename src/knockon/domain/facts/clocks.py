"""How far the clocks that stamp records may be off."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceClock:
    """The clock of one machine behind one source, as its heartbeats showed it.

    Parameters
    ----------
    equipment
        The machine whose clock it is; None is the source's own.
    offset_s
        How much later than stamped its heartbeats came in, in the middle of all; whole seconds.
    doubt_s
        Every time it stamps may be wrong by so much either way.
    until
        When it was found to be less wrong; what it stamped before stays as doubtful as it was.
        None is still so.
    samples
        Heartbeats that this stands on.
    """

    plant: str
    source: str
    equipment: str | None
    offset_s: int
    doubt_s: int
    samples: int
    until: datetime | None = None
