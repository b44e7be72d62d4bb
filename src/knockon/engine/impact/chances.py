"""How long a repair may take: a log-normal law, learnt from closed stops, and what follows from it.

Repair times spread over orders of magnitude and are skewed to the right; the log-normal law is the
usual model of maintainability (IEC 60706, MIL-HDBK-472). A machine has few stops of its own, so
its law leans on that of its class, and that of the class on the plant's default.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import ceil, erfc, exp, log, sqrt
from statistics import NormalDist, fmean

from knockon.domain.curve import EstimateBasis, RepairEstimate
from knockon.domain.disruptions import Disruption
from knockon.engine.impact.records import Records
from knockon.engine.impact.repair import FEWEST_STOPS, REPAIR_PERCENTILE, stop_history

_STANDARD = NormalDist()

DEFAULT_SIGMA = 1.0
"""Without any history: one repair in twenty takes five times as long as one in two."""

_PRIOR_STOPS = FEWEST_STOPS
"""What a law leans on weighs as much as so many stops of its own."""

_CHANCE = Decimal("0.0001")
_SIGMA = Decimal("0.001")


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairLaw:
    """A log-normal law of a repair time, given that the stop already lasts ``elapsed_s``.

    Parameters
    ----------
    mu, sigma
        Mean and standard deviation of the logarithm of the seconds, before anything was known of
        this stop; ``sigma`` is above 0.
    is_over
        The repair is done: it took ``elapsed_s`` and nothing is left to chance.
    """

    mu: float
    sigma: float
    elapsed_s: int = 0
    is_over: bool = False

    def longer_than(self, repair_s: int) -> float:
        """Return the probability that the repair takes longer, in [0, 1]."""
        if repair_s < self.elapsed_s:
            return 1.0
        if self.is_over:
            return 0.0
        alive = self._survival(self.elapsed_s)
        return min(1.0, self._survival(repair_s) / alive) if alive > 0 else 0.0

    def quantile(self, share: float) -> int:
        """Return the whole seconds, rounded up, that the repair does not exceed with a share.

        ``share`` is in (0, 1).
        """
        if self.is_over:
            return self.elapsed_s
        tail = (1 - share) * self._survival(self.elapsed_s)
        # Far in the tail nothing is left to tell apart: the repair may end at any moment.
        longest = exp(self.mu - self.sigma * _STANDARD.inv_cdf(tail)) if tail > 0 else 0.0
        return max(self.elapsed_s, ceil(longest))

    def _survival(self, repair_s: float) -> float:
        if repair_s <= 0:
            return 1.0
        return erfc((log(repair_s) - self.mu) / (self.sigma * sqrt(2))) / 2


def repair_law(
    records: Records, disruption: Disruption, *, now: datetime
) -> tuple[RepairLaw, EstimateBasis, int]:
    """Return the law of a stop's repair time, whose history it leans on most, and its own stops.

    Notes
    -----
    The conjugate update of a normal law with unknown mean and variance, on logarithms: the class
    updates the plant's default, the machine updates the class, each prior counting as five stops.

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, third edition, section 3.3.
    """
    history = stop_history(records, disruption, now=now)
    prior = _default_law(records.plant(disruption.scope.plant).default_repair_s)
    of_class = _update(prior, [*history.peers])
    mu, sigma = _update(of_class, history.own)
    if len(history.own) >= FEWEST_STOPS:
        basis = EstimateBasis.OWN_HISTORY
    elif len(history.own) + len(history.peers) >= FEWEST_STOPS:
        basis = EstimateBasis.CLASS_HISTORY
    else:
        basis = EstimateBasis.PLANT_DEFAULT
    law = RepairLaw(mu=mu, sigma=sigma, elapsed_s=history.elapsed_s, is_over=history.is_over)
    return law, basis, len(history.own)


def estimate_of(law: RepairLaw, *, basis: EstimateBasis, samples: int) -> RepairEstimate:
    """Return what is told of a law."""
    return RepairEstimate(
        basis=basis,
        samples=samples,
        median_s=ceil(exp(law.mu)),
        sigma=Decimal(law.sigma).quantize(_SIGMA),
        p50_s=law.quantile(0.50),
        p80_s=law.quantile(0.80),
        p95_s=law.quantile(0.95),
    )


def chance(probability: float) -> Decimal:
    """Return a probability as it is shown, to a hundredth of a percent."""
    return Decimal(probability).quantize(_CHANCE)


def _default_law(default_repair_s: int) -> tuple[float, float]:
    """Return the law whose 80th percentile is the plant's default."""
    upper = _STANDARD.inv_cdf(REPAIR_PERCENTILE / 100)
    return log(max(1, default_repair_s)) - DEFAULT_SIGMA * upper, DEFAULT_SIGMA


def _update(prior: tuple[float, float], lengths: Sequence[int]) -> tuple[float, float]:
    """Return mean and deviation of the logarithm after some stops (seconds, above 0)."""
    mu, sigma = prior
    if not lengths:
        return prior
    logs = [log(max(1, length)) for length in lengths]
    count, mean = len(logs), fmean(logs)
    own = sum((value - mean) ** 2 for value in logs)
    apart = _PRIOR_STOPS * count / (_PRIOR_STOPS + count) * (mean - mu) ** 2
    variance = (_PRIOR_STOPS * sigma**2 + own + apart) / (_PRIOR_STOPS + count)
    return (_PRIOR_STOPS * mu + count * mean) / (_PRIOR_STOPS + count), sqrt(variance)
