"""Piece by piece: what serves an order line before and after a disruption, and what is suspect."""

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from knockon.engine.impact.lack import Lack
from knockon.engine.impact.pegging import Pegging
from knockon.engine.impact.pieces import NONE, Pieces, span
from knockon.engine.impact.supply import SupplyKind

_MOST_VISITS = 8
"""Items that consume each other in a circle settle or are cut off after so many visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Pieces of an order line that have one and the same history.

    Parameters
    ----------
    before, after
        The supply (index) that serves them without and with the disruption; None for nothing.
    is_suspect
        What served them before is suspect, or is made of something suspect.
    """

    qty: Fraction
    before: int | None
    after: int | None
    is_suspect: bool

    @property
    def is_short(self) -> bool:
        """Whether they had supply and have none any more."""
        return self.before is not None and self.after is None


def suspect_pieces(pegging: Pegging, *, direct: Mapping[int, Pieces]) -> dict[int, Pieces]:
    """Return which pieces of each demand (index) suspect supply goes into.

    Parameters
    ----------
    direct
        Supply (index) to its pieces that are suspect themselves.

    Notes
    -----
    A work order takes its components piece by piece: the first tenth of a component goes into the
    first tenth of what it is for. So two components of one work order that come from one bad lot
    spoil the same pieces once. Supplies are visited as they grow; O(pegs above the suspect
    supply x stretches).
    """
    outputs = _outputs(pegging)
    demands: dict[int, Pieces] = {}
    supplies: dict[int, Pieces] = {place: found for place, found in direct.items() if found}
    queue = deque(sorted(supplies))
    visits: dict[int, int] = defaultdict(int)
    while queue:
        supply = queue.popleft()
        visits[supply] += 1
        if visits[supply] > _MOST_VISITS:
            continue
        for demand, found in _taken(pegging, supply, supplies[supply]):
            known = demands.get(demand, NONE)
            demands[demand] = known | found
            output = outputs.get(demand)
            if output is None or demands[demand] == known:
                continue
            had = supplies.get(output, NONE)
            supplies[output] = had | _made_of(pegging, demand, demands[demand], output)
            if supplies[output] != had:
                queue.append(output)
    return demands


def line_stretches(lack: Lack, demand: int, *, suspect: Pieces) -> tuple[Stretch, ...]:
    """Return the pieces of an order line's demand, each with what serves it before and after.

    Parameters
    ----------
    suspect
        The pieces that suspect supply goes into.

    Notes
    -----
    What a supply still gives stays with the good pieces that it served; what is new fills the
    pieces that lost their supply, good ones before suspect ones, then those that never had any.
    The stretches add up to the open quantity.
    """
    before, after = lack.before, lack.after
    left: dict[int, Fraction] = defaultdict(Fraction)
    for row in after.by_demand.get(demand, ()):
        left[row.supply] += Fraction(row.qty)
    parts = list(_served(before, demand, suspect))
    parts = _keep(parts, left, suspect=False)
    parts = _keep(parts, left, suspect=True)
    covered = sum((part.qty for part in parts), Fraction(0))
    bare = Fraction(before.demands[demand].qty) - covered
    parts.append(Stretch(qty=bare, before=None, after=None, is_suspect=False))
    return tuple(part for part in _fill(parts, left) if part.qty > 0)


def _outputs(pegging: Pegging) -> dict[int, int]:
    """Return for each component demand the supply (index) that its work order still makes."""
    open_work = {
        supply.work_order: place
        for place, supply in enumerate(pegging.supplies)
        if supply.kind is SupplyKind.WORK_ORDER
    }
    return {
        place: open_work[demand.work_order]
        for place, demand in enumerate(pegging.demands)
        if demand.work_order in open_work and demand.qty > 0
    }


def _taken(pegging: Pegging, supply: int, found: Pieces) -> Iterator[tuple[int, Pieces]]:
    """Yield the demands that take some of a supply's pieces, and which pieces those are there."""
    for row in pegging.by_supply.get(supply, ()):
        taken = found & span(row.supply_at, row.qty)
        if taken:
            yield row.demand, taken.moved(Fraction(row.demand_at) - Fraction(row.supply_at))


def _made_of(pegging: Pegging, demand: int, found: Pieces, output: int) -> Pieces:
    """Return the pieces of a work order's output that pieces of a component go into."""
    wanted = pegging.demands[demand]
    made = Fraction(pegging.supplies[output].qty)
    fed = made * Fraction(wanted.feeds)
    return found.scaled(fed / Fraction(wanted.qty)).moved(made - fed)


def _served(before: Pegging, demand: int, suspect: Pieces) -> Iterator[Stretch]:
    for row in before.by_demand.get(demand, ()):
        whole = span(row.demand_at, row.qty)
        bad = suspect & whole
        for part, is_suspect in ((whole - bad, False), (bad, True)):
            if part:
                yield Stretch(qty=part.qty, before=row.supply, after=None, is_suspect=is_suspect)


def _keep(parts: Sequence[Stretch], left: dict[int, Fraction], *, suspect: bool) -> list[Stretch]:
    """Let pieces keep what still comes from the supply that they had."""
    kept: list[Stretch] = []
    for part in parts:
        if part.is_suspect is not suspect or part.before is None:
            kept.append(part)
            continue
        taken = min(part.qty, left[part.before])
        left[part.before] -= taken
        kept.append(replace(part, qty=taken, after=part.before))
        kept.append(replace(part, qty=part.qty - taken))
    return kept


def _fill(parts: Sequence[Stretch], left: Mapping[int, Fraction]) -> Iterator[Stretch]:
    """Yield the pieces, those without supply filled with what is new, in its order."""
    new = deque((supply, qty) for supply, qty in left.items() if qty > 0)
    for part in sorted(parts, key=lambda part: (part.before is None, part.is_suspect)):
        open_qty = part.qty
        if part.after is not None:
            yield part
            continue
        while open_qty > 0 and new:
            supply, qty = new.popleft()
            taken = min(open_qty, qty)
            yield replace(part, qty=taken, after=supply)
            open_qty -= taken
            if qty > taken:
                new.appendleft((supply, qty - taken))
        yield replace(part, qty=open_qty)
