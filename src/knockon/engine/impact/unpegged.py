"""List supply that is hit, or freed, and serves no order, and who is left open first."""

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal

from knockon.domain.facts import OrderLineKey
from knockon.domain.impact import UnpeggedImpact
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.changed import changes, freed_supply
from knockon.engine.impact.delay import last_finish
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.schedule.shop import to_instant


def list_unpegged(case: Case) -> tuple[UnpeggedImpact, ...]:
    """Return one row per plant and item of which hit supply serves nobody, in key order.

    Supply that a customer no longer takes is among them: the first order left open can use it.
    """
    surplus: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    cuts = case.lacks[LinkClass.POSSIBLE].cuts
    for place, supply in enumerate(case.pegging.supplies):
        if place in case.pegging.absent:
            continue
        free = case.pegging.free(place)
        hit = cuts.get(place, ZERO)
        if _is_late(case, place):
            hit = supply.qty
        if min(free, hit) > 0:
            surplus[supply.plant, supply.item] += min(free, hit)
    changed = changes(case.records, case.disruptions)
    for place, qty in freed_supply(case.pegging, changed).items():
        supply = case.pegging.supplies[place]
        surplus[supply.plant, supply.item] += qty
    return tuple(
        _row(case, plant=plant, item=item, qty=surplus[plant, item], changed=changed)
        for plant, item in sorted(surplus)
    )


def _is_late(case: Case, place: int) -> bool:
    supply = case.pegging.supplies[place]
    if supply.kind is not SupplyKind.WORK_ORDER or supply.work_order is None:
        return False
    ends = [last_finish(case.shop, run.new, supply.work_order) for run in case.runs]
    return any(end is not None and case.first_run(end[1]) is not None for end in ends)


def _row(
    case: Case, *, plant: str, item: str, qty: Decimal, changed: Collection[OrderLineKey]
) -> UnpeggedImpact:
    after = case.lacks[LinkClass.POSSIBLE].after
    open_demands = [
        demand
        for place, demand in enumerate(after.demands)
        if demand.line is not None
        and demand.line not in changed
        and (demand.plant, demand.item) == (plant, item)
        and after.covered(place) < demand.qty
    ]
    first = min(open_demands, key=lambda demand: demand.place, default=None)
    return UnpeggedImpact(
        plant=plant,
        item=item,
        qty_at_risk=qty,
        covered_until=to_instant(first.due) if first is not None else None,
        first_open_order=first.line if first is not None else None,
    )
