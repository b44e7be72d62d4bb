"""Fix which first: the order of repairs that saves most order lines.

Repairs compete for crews. An order of repair gives every stop its end, and one sweep tells which
order lines are late with those ends. With few repairs every order is looked at; with many the next
one is always that which saves most per hour of repair then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import OrderLineKey
from knockon.domain.joint import Fix, FixPlan
from knockon.engine.impact.chances import RepairLaw
from knockon.engine.impact.montecarlo import draw_repairs
from knockon.engine.impact.replay import NEVER, Replay
from knockon.engine.schedule.shop import to_instant, to_seconds

MOST_ENUMERATED = 6
"""Repairs of which every order is looked at: 720 orders, one sweep each."""

_MOST_SAMPLED = 6
"""Plans, the best first, whose repairs are drawn at random; all others save less on paper."""

_HOUR_S = 3600
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairable:
    """A stop that a crew can end.

    Parameters
    ----------
    stop
        Its place in the replay's outages.
    repair_s
        What is left of the repair, seconds.
    law
        How long the whole repair may take, from the beginning of the stop.
    """

    disruption: str
    stop: int
    repair_s: int
    law: RepairLaw


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crews:
    """How many crews repair, from when on, and what an order line counts for.

    Parameters
    ----------
    now
        The crews' first free instant.
    weights
        Order lines that count when they are saved.
    ends
        Ends (UTC seconds) of the stops that no crew can end, by their place in the replay's
        outages.
    """

    count: int
    now: datetime
    weights: Mapping[OrderLineKey, Decimal]
    ends: Mapping[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """Orders of repair, the one that saves most first."""

    plans: tuple[FixPlan, ...]
    looked_at: int
    is_exact: bool
    samples: int = 0


def rank_repairs(
    replay: Replay,
    repairs: Sequence[Repairable],
    crews: Crews,
    *,
    most: int,
    rng: np.random.Generator | None = None,
    samples: int = 0,
) -> Ranking:
    """Return the orders of repair that save most, by weight, then by count, then by key.

    Parameters
    ----------
    most
        Plans that are returned.
    rng, samples
        Draws of the repair times for the best plans; every plan sees the same draws, so that they
        differ by their order alone.

    Notes
    -----
    n! sweeps for n up to six, n² beyond; and samples x plans sweeps for the draws.
    """
    if len(repairs) < 2:
        return Ranking(plans=(), looked_at=0, is_exact=True)
    bench = _Bench(replay, crews)
    is_exact = len(repairs) <= MOST_ENUMERATED
    orders = list(permutations(repairs)) if is_exact else [tuple(_greedy(bench, repairs))]
    ranked = sorted(orders, key=lambda order: _rank(bench, order))
    plans = [bench.plan(order) for order in ranked[: max(most, 1)]]
    if rng is not None and samples:
        drawn = _drawn(repairs, rng, samples=samples)
        plans = [
            replace(plan, expected_saved=bench.expected(order, drawn))
            if place < _MOST_SAMPLED
            else plan
            for place, (plan, order) in enumerate(zip(plans, ranked, strict=False))
        ]
    return Ranking(
        plans=tuple(plans),
        looked_at=len(orders),
        is_exact=is_exact,
        samples=samples if rng is not None else 0,
    )


Draws = Sequence[Mapping[str, int]]
"""Repair times, seconds, by disruption; one mapping for each draw."""


class _Bench:
    """Tells what an order of repair saves; equal ends are played once."""

    def __init__(self, replay: Replay, crews: Crews) -> None:
        self._replay = replay
        self.crews = crews
        self._start = to_seconds(crews.now)
        self._weight = [crews.weights.get(line, Decimal(0)) for line in replay.lines]
        self._counts = np.array([line in crews.weights for line in replay.lines], dtype=np.bool_)
        self._known: dict[tuple[int, ...], NDArray[np.bool_]] = {}
        self._worst = self._late({})

    def plan(self, order: Sequence[Repairable]) -> FixPlan:
        """Return an order of repair with what each repair adds."""
        times = self._times(order, _estimates(order))
        fixes: list[Fix] = []
        before = self._worst
        done: dict[int, int] = {}
        for fix, (begins, ends) in zip(order, times, strict=True):
            done[fix.stop] = ends
            late = self._late(done)
            saves, weight = self._sum(before & ~late)
            fixes.append(
                Fix(
                    disruption=fix.disruption,
                    repair_s=fix.repair_s,
                    begins=to_instant(begins),
                    ends=to_instant(ends),
                    saves=saves,
                    saves_weight=weight,
                    per_hour=_per_hour(saves, fix.repair_s),
                )
            )
            before = late
        saved, weight = self._sum(self._worst & ~before)
        return FixPlan(
            fixes=tuple(fixes),
            saved=saved,
            saved_weight=weight,
            late=self._sum(before)[0],
            per_hour=_per_hour(saved, sum(fix.repair_s for fix in order)),
        )

    def saved(self, order: Sequence[Repairable]) -> tuple[int, Decimal]:
        """Return how many lines an order of repair saves, and their weight."""
        times = self._times(order, _estimates(order))
        ends = {fix.stop: end for fix, (_, end) in zip(order, times, strict=True)}
        return self._sum(self._worst & ~self._late(ends))

    def expected(self, order: Sequence[Repairable], draws: Draws) -> Decimal:
        """Return the mean number of lines saved over drawn repair times."""
        total = 0
        for draw in draws:
            times = self._times(order, draw)
            ends = {fix.stop: end for fix, (_, end) in zip(order, times, strict=True)}
            total += self._sum(self._worst & ~self._late(ends, keep=False))[0]
        return (Decimal(total) / len(draws)).quantize(_HUNDREDTH)

    def _times(
        self, order: Sequence[Repairable], lengths: Mapping[str, int]
    ) -> list[tuple[int, int]]:
        """Return when each repair begins and ends: the next crew that is free takes the next one."""
        free = [self._start] * max(1, self.crews.count)
        times: list[tuple[int, int]] = []
        for fix in order:
            crew = free.index(min(free))
            begins = free[crew]
            free[crew] = begins + lengths[fix.disruption]
            times.append((begins, free[crew]))
        return times

    def _late(self, ends: Mapping[int, int], *, keep: bool = True) -> NDArray[np.bool_]:
        known = {**self.crews.ends, **ends}
        key = tuple(known.get(stop, NEVER) for stop in range(len(self._replay.outages)))
        if key in self._known:
            return self._known[key]
        late: NDArray[np.bool_] = self._replay.late(key) & self._counts
        if keep:
            self._known[key] = late
        return late

    def _sum(self, lines: NDArray[np.bool_]) -> tuple[int, Decimal]:
        places = np.flatnonzero(lines)
        return len(places), sum((self._weight[place] for place in places), Decimal(0))


def _rank(bench: _Bench, order: Sequence[Repairable]) -> tuple[Decimal, int, tuple[str, ...]]:
    saved, weight = bench.saved(order)
    return -weight, -saved, tuple(fix.disruption for fix in order)


def _greedy(bench: _Bench, repairs: Sequence[Repairable]) -> Iterator[Repairable]:
    """Yield the repair that saves most weight per hour, given those before it and none after."""
    done: list[Repairable] = []
    left = sorted(repairs, key=lambda fix: fix.disruption)
    while left:
        saved = bench.saved(done)[1]
        best = max(left, key=lambda fix: _rate(bench.saved([*done, fix])[1] - saved, fix))
        done.append(best)
        left.remove(best)
        yield best


def _rate(weight: Decimal, fix: Repairable) -> tuple[Decimal, int]:
    return weight / max(1, fix.repair_s), -fix.repair_s


def _drawn(repairs: Sequence[Repairable], rng: np.random.Generator, *, samples: int) -> Draws:
    """Return how long each repair still takes; one row of draws serves every plan."""
    laws = [fix.law for fix in repairs]
    return [
        {
            fix.disruption: max(0, repair_s - fix.law.elapsed_s)
            for fix, repair_s in zip(repairs, row, strict=True)
        }
        for row in draw_repairs(laws, rng=rng, samples=samples).tolist()
    ]


def _estimates(order: Sequence[Repairable]) -> dict[str, int]:
    return {fix.disruption: fix.repair_s for fix in order}


def _per_hour(saved: int, repair_s: int) -> Decimal | None:
    if repair_s <= 0:
        return None
    return (Decimal(saved) * _HOUR_S / repair_s).quantize(_HUNDREDTH)
