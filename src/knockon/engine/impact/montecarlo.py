"""How probable each order is late when several repairs are uncertain at once: by drawing them.

One uncertain repair needs no drawing: its thresholds are exact. Of several independent ones every
combination is another plan, so repair times are drawn and the plan is played with each draw. The
same draws serve whatever is compared: what differs is then the plans and not the luck (common
random numbers).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import OrderLineKey
from knockon.engine.impact.chances import RepairLaw
from knockon.engine.impact.replay import Replay

Int64s = NDArray[np.int64]

SAMPLES = 256


def draw_repairs(
    laws: Sequence[RepairLaw], *, rng: np.random.Generator, samples: int = SAMPLES
) -> Int64s:
    """Return drawn repair times in seconds from the start of each stop; int64, (samples, laws).

    Notes
    -----
    Each law's range is cut into as many equally probable parts as there are samples, and one time
    is drawn from each part, so that the share of every event of one repair alone is right to
    1 / samples.

    References
    ----------
    McKay, Beckman, Conover (1979), A Comparison of Three Methods for Selecting Values of Input
    Variables in the Analysis of Output from a Computer Code (Latin hypercube sampling).
    """
    drawn = np.empty((samples, len(laws)), dtype=np.int64)
    for column, law in enumerate(laws):
        shares = (rng.permutation(samples) + rng.random(samples)) / samples
        drawn[:, column] = [law.quantile(min(max(share, 1e-12), 1 - 1e-12)) for share in shares]
    return drawn


def late_shares(replay: Replay, repairs: Int64s) -> dict[OrderLineKey, float]:
    """Return in which share of the draws each order line is late.

    Parameters
    ----------
    repairs
        Seconds from the start of each of the replay's stops, one row for each draw.
    """
    starts = np.array([outage.start for outage in replay.outages], dtype=np.int64)
    count = np.zeros(len(replay.lines), dtype=np.int64)
    for ends in (starts + repairs).tolist():
        count += replay.late(ends)
    shares = (count / max(1, len(repairs))).tolist()
    return dict(zip(replay.lines, shares, strict=True))
