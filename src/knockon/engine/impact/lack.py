"""What a lack of supply does upwards: who is pegged again, and what cannot be made any more."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.pegging import Peg, Pegging, peg_again
from knockon.engine.impact.records import ZERO, Records
from knockon.engine.impact.supply import SupplyKind

DUST = Decimal("1e-9")
"""Shares of shares leave rounding errors; what is smaller than this is no quantity."""

_PASSES_PER_POOL = 8
"""A plant whose items consume each other in a circle settles or is cut off after so many passes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lack:
    """The pegging before and after some supply went away.

    Parameters
    ----------
    cuts
        Supply (index) to the quantity that it no longer gives, knock-on cuts included.
    lost
        Demand (index) to the quantity of its supply that went away.
    short
        Demand (index) to the quantity that nothing replaces.
    starved_by
        Work order to the demand (index) whose lack limits what it can make.
    """

    before: Pegging
    after: Pegging
    cuts: Mapping[int, Decimal]
    lost: Mapping[int, Decimal]
    short: Mapping[int, Decimal]
    starved_by: Mapping[WorkOrderKey, int]


def no_lack(pegging: Pegging) -> Lack:
    """Return the lack of nothing."""
    return Lack(before=pegging, after=pegging, cuts={}, lost={}, short={}, starved_by={})


def spread_lack(records: Records, pegging: Pegging, *, cuts: Mapping[int, Decimal]) -> Lack:
    """Peg again what the cuts covered, and cut what starving work orders can no longer make.

    Notes
    -----
    A work order makes the share that its scarcest component allows; pieces that have it already
    are made. Its own loss is a cut of the
    next level; the whole is repeated until nothing changes, O(levels x pegs).
    """
    if not cuts:
        return no_lack(pegging)
    total: dict[int, Decimal] = dict(cuts)
    outputs = {
        supply.work_order: place
        for place, supply in enumerate(pegging.supplies)
        if supply.kind is SupplyKind.WORK_ORDER and supply.work_order is not None
    }
    passes = _PASSES_PER_POOL * (1 + len(outputs))
    while True:
        passes -= 1
        after = peg_again(records, pegging, cuts=total)
        lost, short = _losses(pegging, after)
        grown = dict(cuts)
        starved_by: dict[WorkOrderKey, int] = {}
        for demand, (work_order, share) in _starving(pegging, short).items():
            supply = outputs.get(work_order)
            if supply is None:
                continue
            unmade = pegging.supplies[supply].qty * share
            if unmade > grown.get(supply, ZERO) + DUST:
                grown[supply] = unmade
                starved_by[work_order] = demand
        if _settled(grown, total) or passes == 0:
            return Lack(
                before=pegging,
                after=after,
                cuts=total,
                lost=lost,
                short=short,
                starved_by=starved_by,
            )
        total = grown


def _settled(new: Mapping[int, Decimal], old: Mapping[int, Decimal]) -> bool:
    return new.keys() == old.keys() and all(abs(new[key] - old[key]) <= DUST for key in new)


def only(pegging: Pegging, *, level: LinkClass) -> Pegging:
    """Return the pegging by links no more doubtful than a class."""
    pegs = tuple(row for row in pegging.pegs if row.link_class <= level)
    if len(pegs) == len(pegging.pegs):
        return pegging
    by_supply: dict[int, list[Peg]] = defaultdict(list)
    by_demand: dict[int, list[Peg]] = defaultdict(list)
    for row in pegs:
        by_supply[row.supply].append(row)
        by_demand[row.demand].append(row)
    return Pegging(
        supplies=pegging.supplies,
        demands=pegging.demands,
        pegs=pegs,
        by_supply={key: tuple(rows) for key, rows in by_supply.items()},
        by_demand={key: tuple(rows) for key, rows in by_demand.items()},
        settled=pegging.settled,
        shelves=pegging.shelves,
        absent=pegging.absent,
    )


def _losses(before: Pegging, after: Pegging) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return per demand what it lost, and what of that nothing replaced."""
    kept: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in after.pegs:
        kept[row.supply, row.demand] += row.qty
    lost: dict[int, Decimal] = {}
    short: dict[int, Decimal] = {}
    for demand, rows in before.by_demand.items():
        had: dict[int, Decimal] = defaultdict(Decimal)
        for row in rows:
            had[row.supply] += row.qty
        gone = sum((max(ZERO, qty - kept[supply, demand]) for supply, qty in had.items()), ZERO)
        if gone > DUST:
            lost[demand] = gone
            missing = before.covered(demand) - after.covered(demand)
            if missing > DUST:
                short[demand] = missing
    return lost, short


def _starving(
    pegging: Pegging, short: Mapping[int, Decimal]
) -> dict[int, tuple[WorkOrderKey, Decimal]]:
    """Return the work orders that a lack limits, with the share that they cannot make."""
    starving: dict[int, tuple[WorkOrderKey, Decimal]] = {}
    for place in sorted(short):
        demand = pegging.demands[place]
        if demand.work_order is not None and demand.qty > 0:
            share = short[place] / demand.qty * demand.feeds
            starving[place] = (demand.work_order, share)
    return starving
