"""A customer who changes or cancels: which lines, by how much, what that frees or still needs."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal

from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import OrderLine, OrderLineKey
from knockon.engine.impact.pegging import Pegging
from knockon.engine.impact.records import ZERO, Records


def changes(
    records: Records, disruptions: Sequence[Disruption]
) -> dict[OrderLineKey, tuple[Disruption, Decimal]]:
    """Return the open lines that customers change, by whom and by how much.

    Notes
    -----
    Without a quantity nobody knows what the customer will take: all that is open may fall away.
    A quantity is what the customer wants in all of the one line that the order, or the order and
    the item, name; it says nothing of several lines.
    """
    found: dict[OrderLineKey, tuple[Disruption, Decimal]] = {}
    for one in disruptions:
        if one.kind is not DisruptionKind.CUSTOMER:
            continue
        lines = [line for line in _named(records, one) if records.open_qty(line) > 0]
        wanted = one.scope.qty if len(lines) == 1 and one.scope.order else None
        for line in lines:
            gone = -records.open_qty(line)
            by = gone if wanted is None else max(gone, wanted - line.qty)
            found.setdefault(line.key, (one, by))
    return found


def freed_supply(
    pegging: Pegging, changed: dict[OrderLineKey, tuple[Disruption, Decimal]]
) -> dict[int, Decimal]:
    """Return the supply (index) that falls away with its demand, the last pieces first."""
    freed: dict[int, Decimal] = defaultdict(Decimal)
    for line, (_, by) in changed.items():
        demand = pegging.demand_of.get(line)
        left = -by
        for row in reversed(pegging.by_demand.get(demand, ()) if demand is not None else ()):
            taken = min(max(ZERO, left), row.qty)
            freed[row.supply] += taken
            left -= taken
    return {supply: qty for supply, qty in freed.items() if qty > 0}


def missing_more(pegging: Pegging, line: OrderLineKey, *, more: Decimal) -> Decimal:
    """Return what nothing free covers of a quantity that a line wants on top."""
    demand = pegging.demand_of.get(line)
    if demand is None or more <= 0:
        return ZERO
    wanted = pegging.demands[demand]
    pool = pegging.shelves.pools.get((wanted.plant, wanted.item), ())
    free = sum((max(ZERO, pegging.free(supply)) for supply in pool), ZERO)
    return max(ZERO, more - free)


def _named(records: Records, disruption: Disruption) -> Iterator[OrderLine]:
    """Yield the lines that a customer's change names: of one order, else all of the customer's."""
    scope = disruption.scope
    for line in records.facts.order_lines:
        named = line.key.order == scope.order if scope.order else line.customer == scope.customer
        fits = scope.item in (None, line.item)
        if line.key.plant == scope.plant and named and fits:
            yield line
