"""The repair law: against numerical integration, SciPy, and the conjugate update done by hand."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import exp, log, pi, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from knockon.domain.curve import EstimateBasis
from knockon.domain.disruptions import DisruptionState
from knockon.domain.facts import EquipmentKey, Plant, Stop
from knockon.engine.impact.chances import DEFAULT_SIGMA, RepairLaw, estimate_of, repair_law
from knockon.engine.impact.records import build_records
from tests.engine.delay.plants import PLANT, at, machine, plant, stopped

HOUR = 3600


def density(seconds: float, mu: float, sigma: float) -> float:
    return exp(-((log(seconds) - mu) ** 2) / (2 * sigma**2)) / (seconds * sigma * sqrt(2 * pi))


def integral(mu: float, sigma: float, low: float, *, steps: int = 20_000) -> float:
    """Return the probability above ``low``: Simpson's rule over the logarithm."""
    begin, end = log(low), max(log(low), mu) + 12 * sigma
    width = (end - begin) / steps
    weights = [1, *([4, 2] * (steps // 2 - 1)), 4, 1]
    points = (exp(begin + width * place) for place in range(steps + 1))
    return (
        sum(w * density(x, mu, sigma) * x for w, x in zip(weights, points, strict=True)) * width / 3
    )


def closed(hours: float, *, name: str = "M1", back: int = 1) -> Stop:
    start = at(0) - timedelta(days=back)
    return Stop(
        equipment=EquipmentKey(PLANT, name), start=start, end=start + timedelta(hours=hours)
    )


def law_of(*stops: Stop, elapsed: float = 0, **fields: object) -> tuple[RepairLaw, str, int]:
    facts = plant(
        plants=(Plant(plant=PLANT, timezone="UTC", default_repair_s=4 * HOUR),),
        equipment=(machine("M1", kind="press"), machine("M2", kind="press"), machine("M3")),
        stops=stops,
    )
    case = replace(stopped("M1"), **fields)
    law, basis, samples = repair_law(build_records(facts), case, now=at(elapsed))
    return law, basis.value, samples


@pytest.mark.parametrize("elapsed_s", [0, 1800, 4 * HOUR, 40 * HOUR])
def test_chance_of_a_longer_repair_is_the_integral_of_the_density(elapsed_s: int) -> None:
    law = RepairLaw(mu=log(2 * HOUR), sigma=0.9, elapsed_s=elapsed_s)
    alive = integral(law.mu, law.sigma, elapsed_s) if elapsed_s else 1.0

    for repair_s in (elapsed_s + 1, elapsed_s + HOUR, elapsed_s + 20 * HOUR):
        wanted = integral(law.mu, law.sigma, repair_s) / alive
        assert law.longer_than(repair_s) == pytest.approx(wanted, rel=1e-6)
    assert law.longer_than(elapsed_s - 1) == 1.0


@given(
    mu=st.floats(4, 12),
    sigma=st.floats(0.1, 2),
    elapsed_s=st.integers(0, 100_000),
    share=st.sampled_from([0.5, 0.8, 0.95]),
)
def test_percentile_is_the_first_second_by_which_the_share_is_done(
    mu: float, sigma: float, elapsed_s: int, share: float
) -> None:
    law = RepairLaw(mu=mu, sigma=sigma, elapsed_s=elapsed_s)

    found = law.quantile(share)

    assert law.longer_than(found) <= 1 - share + 1e-9
    assert found <= elapsed_s + 1 or law.longer_than(found - 1) >= 1 - share - 1e-9


def test_law_is_that_of_scipy() -> None:
    law = RepairLaw(mu=8.7, sigma=1.1, elapsed_s=5000)
    frozen = stats.lognorm(s=1.1, scale=exp(8.7))

    for repair_s in (5000, 5001, 9000, 70_000, 900_000):
        assert law.longer_than(repair_s) == pytest.approx(frozen.sf(repair_s) / frozen.sf(5000))
    for share in (0.5, 0.8, 0.95):
        wanted = frozen.isf((1 - share) * frozen.sf(5000))
        assert law.quantile(share) == pytest.approx(wanted, abs=1)


def test_without_history_the_plants_default_is_the_80th_percentile() -> None:
    law, basis, samples = law_of()

    assert (basis, samples) == (EstimateBasis.PLANT_DEFAULT, 0)
    assert law.sigma == DEFAULT_SIGMA
    assert law.quantile(0.80) == pytest.approx(4 * HOUR, abs=1)


def test_machine_leans_on_its_class_and_the_class_on_the_default() -> None:
    own = [0.5, 1.0, 2.0]
    peers = [3.0, 6.0]
    stops = [closed(hours, back=n + 1) for n, hours in enumerate(own)]
    stops += [closed(hours, name="M2", back=n + 1) for n, hours in enumerate(peers)]
    law, basis, samples = law_of(*stops, closed(99, name="M3"))

    def update(mu: float, sigma: float, hours: list[float]) -> tuple[float, float]:
        logs = [log(each * HOUR) for each in hours]
        mean = sum(logs) / len(logs)
        squares = sum((each - mean) ** 2 for each in logs)
        shift = 5 * len(logs) / (5 + len(logs)) * (mean - mu) ** 2
        variance = (5 * sigma**2 + squares + shift) / (5 + len(logs))
        return (5 * mu + sum(logs)) / (5 + len(logs)), sqrt(variance)

    default = (log(4 * HOUR) - 0.8416212335729143, 1.0)
    mu, sigma = update(*update(*default, peers), own)
    assert (law.mu, law.sigma) == pytest.approx((mu, sigma))
    assert (basis, samples) == (EstimateBasis.CLASS_HISTORY, 3)


def test_long_history_of_its_own_is_what_counts() -> None:
    stops = [closed(2.0, back=n + 1) for n in range(200)]
    law, basis, samples = law_of(*stops, closed(90, name="M2"))

    assert (basis, samples) == (EstimateBasis.OWN_HISTORY, 200)
    assert law.quantile(0.5) == pytest.approx(2 * HOUR, rel=0.05)
    assert law.sigma < 0.3


def test_stop_that_lasts_makes_percentiles_later() -> None:
    fresh, _, _ = law_of()
    lasting, _, _ = law_of(elapsed=6)

    assert lasting.elapsed_s == 6 * HOUR
    assert lasting.quantile(0.5) > max(6 * HOUR, fresh.quantile(0.5))


def test_repair_that_is_over_leaves_nothing_to_chance() -> None:
    scope = replace(stopped("M1").scope, end=at(3))
    law, _, _ = law_of(elapsed=5, scope=scope, state=DisruptionState.RESOLVED)

    assert law.is_over
    assert (law.longer_than(3 * HOUR - 1), law.longer_than(3 * HOUR)) == (1.0, 0.0)
    assert law.quantile(0.95) == 3 * HOUR


def test_estimate_shows_the_law() -> None:
    law = RepairLaw(mu=log(HOUR), sigma=0.5)
    shown = estimate_of(law, basis=EstimateBasis.OWN_HISTORY, samples=9)

    assert (shown.median_s, shown.sigma, shown.p50_s) == (HOUR, Decimal("0.500"), HOUR)
    assert shown.p50_s < shown.p80_s < shown.p95_s
