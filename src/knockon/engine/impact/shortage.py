"""What supply a disruption takes away by itself, and when it comes instead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import PlantFacts
from knockon.engine.impact.pegging import Pegging
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import Supply, SupplyKind
from knockon.engine.schedule.shop import to_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDeliveries:
    """Purchases that come later than expected.

    Parameters
    ----------
    supplies
        All supplies, the late deliveries at the end.
    gone
        Supplies (index) that do not come when expected.
    late
        Supplies (index) that come instead.
    """

    supplies: tuple[Supply, ...]
    gone: tuple[int, ...] = ()
    late: tuple[int, ...] = ()


def late_deliveries(
    facts: PlantFacts, disruption: Disruption, *, supplies: Sequence[Supply]
) -> LateDeliveries:
    """Return the purchases that a disruption delays until its end, or takes away without one."""
    named = _named_purchases(facts, disruption)
    until = disruption.scope.end
    gone: list[int] = []
    instead: list[Supply] = []
    for place, supply in enumerate(supplies):
        if supply.purchase_order is None or (supply.plant, *supply.purchase_order) not in named:
            continue
        if until is None:
            gone.append(place)
        elif supply.arrives is None or supply.arrives < to_seconds(until):
            gone.append(place)
            instead.append(replace(supply, arrives=to_seconds(until)))
    return LateDeliveries(
        supplies=(*supplies, *instead),
        gone=tuple(gone),
        late=tuple(range(len(supplies), len(supplies) + len(instead))),
    )


def missing_stock(disruption: Disruption, pegging: Pegging) -> Mapping[int, Decimal]:
    """Return the stock (index) that a shortage of an item's quantity takes away.

    What serves nobody goes first, then what serves the demand that is last in the queue.
    """
    scope = disruption.scope
    if disruption.kind is not DisruptionKind.MATERIAL or scope.item is None or scope.qty is None:
        return {}
    left = scope.qty
    cuts: dict[int, Decimal] = {}
    stock = [
        place
        for place, supply in enumerate(pegging.supplies)
        if supply.kind is SupplyKind.STOCK
        and supply.plant == scope.plant
        and supply.item == scope.item
    ]
    for place in stock:
        taken = min(left, max(ZERO, pegging.free(place)))
        cuts[place] = taken
        left -= taken
    pegs = [row for place in stock for row in pegging.by_supply.get(place, ())]
    for row in sorted(pegs, key=lambda row: pegging.demands[row.demand].place, reverse=True):
        taken = min(left, row.qty)
        cuts[row.supply] += taken
        left -= taken
    return {place: qty for place, qty in cuts.items() if qty > 0}


def _named_purchases(facts: PlantFacts, disruption: Disruption) -> set[tuple[str, str, str]]:
    scope = disruption.scope
    by_supplier = disruption.kind is DisruptionKind.SUPPLIER and scope.supplier is not None
    by_number = disruption.kind is DisruptionKind.MATERIAL and scope.purchase_order is not None
    return {
        (row.plant, row.po, row.line)
        for row in facts.purchase_orders
        if row.plant == scope.plant
        and (
            (by_supplier and row.supplier == scope.supplier)
            or (by_number and row.po == scope.purchase_order)
        )
    }
