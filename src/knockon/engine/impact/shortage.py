"""What supply a disruption takes away by itself, and when it comes instead."""

from collections import defaultdict
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
    facts: PlantFacts, disruptions: Sequence[Disruption], *, supplies: Sequence[Supply]
) -> LateDeliveries:
    """Return the purchases that disruptions delay until their end, or take away without one.

    What several delay comes when the last of them ends.
    """
    named = [(_named_purchases(facts, one), one.scope.end) for one in disruptions]
    gone: list[int] = []
    instead: list[Supply] = []
    for place, supply in enumerate(supplies):
        if supply.purchase_order is None:
            continue
        key = (supply.plant, *supply.purchase_order)
        ends = [end for purchases, end in named if key in purchases]
        until = max((to_seconds(end) for end in ends if end is not None), default=None)
        if None in ends:
            gone.append(place)
        elif until is not None and (supply.arrives is None or supply.arrives < until):
            gone.append(place)
            instead.append(replace(supply, arrives=until))
    return LateDeliveries(
        supplies=(*supplies, *instead),
        gone=tuple(gone),
        late=tuple(range(len(supplies), len(supplies) + len(instead))),
    )


def takes_away(facts: PlantFacts, disruption: Disruption, supply: Supply) -> bool:
    """Return whether a disruption delays or takes away a purchase, or takes from an item's stock."""
    scope = disruption.scope
    if supply.purchase_order is not None:
        named = (supply.plant, *supply.purchase_order)
        return named in _named_purchases(facts, disruption)
    return (
        disruption.kind is DisruptionKind.MATERIAL
        and scope.qty is not None
        and (scope.plant, scope.item) == (supply.plant, supply.item)
    )


def missing_stock(disruptions: Sequence[Disruption], pegging: Pegging) -> dict[int, Decimal]:
    """Return the stock (index) that shortages of items' quantities take away.

    What serves nobody goes first, then what serves the demand that is last in the queue.
    """
    missing: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for one in disruptions:
        scope = one.scope
        if one.kind is DisruptionKind.MATERIAL and scope.item is not None and scope.qty is not None:
            missing[scope.plant, scope.item] += scope.qty
    cuts: dict[int, Decimal] = {}
    for (plant, item), qty in missing.items():
        cuts.update(_missing_item(pegging, plant=plant, item=item, qty=qty))
    return cuts


def _missing_item(
    pegging: Pegging, *, plant: str, item: str, qty: Decimal
) -> Mapping[int, Decimal]:
    left = qty
    cuts: dict[int, Decimal] = {}
    stock = [
        place
        for place, supply in enumerate(pegging.supplies)
        if supply.kind is SupplyKind.STOCK and supply.plant == plant and supply.item == item
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
