"""Faster transport: express to the customer, and express from the supplier."""

from collections.abc import Iterator, Sequence
from typing import Final

from knockon.domain.facts import Lever, PurchaseOrder
from knockon.engine.impact.ways_out.offers import Offer, instant_text
from knockon.engine.impact.ways_out.promises import Promise
from knockon.engine.impact.ways_out.scene import Scene

KIND: Final = "expedite"

_HOUR_S: Final = 3600


def freight_offers(
    scene: Scene, *, promise: Promise, way: Sequence[int], levers: Sequence[Lever]
) -> Iterator[Offer]:
    """Yield the express levers that are for a line or for what it waits for."""
    for lever in levers:
        if lever.supplier is None:
            yield _to_customer(scene, promise=promise, lever=lever)
        elif any(row.supplier == lever.supplier for row in _awaited(scene, way=way)):
            yield _from_supplier(scene, promise=promise, way=way, lever=lever)


def _to_customer(scene: Scene, *, promise: Promise, lever: Lever) -> Offer:
    """Let the goods leave when they are ready, and be there as early as the promised truck."""
    line = promise.line
    offer = Offer(kind=KIND, target=line.customer, cost=lever.fixed_cost)
    transit_s = scene.case.shipping.trucks(line).transit_s
    if lever.lead_time_h is None:
        offer.refuse("way_lead_time_unknown", target=offer.target)
        return offer
    lead_s = int(lever.lead_time_h * _HOUR_S)
    offer.say("way_express_takes", minutes=lead_s // 60, usual=transit_s // 60)
    arrives_by = promise.leaves_by + transit_s
    ready = promise.ready_by + promise.lateness(scene.floor.finish)
    if lead_s >= transit_s:
        offer.refuse("way_express_not_faster")
    elif ready + lead_s > arrives_by:
        offer.refuse("way_not_enough")
    else:
        offer.say("way_express_leaves", at=instant_text(max(ready, scene.now)))
        offer.close_at(arrives_by - lead_s, now=scene.now)
    return offer


def _awaited(scene: Scene, *, way: Sequence[int]) -> list[PurchaseOrder]:
    """Return the purchases whose arrival the first of the steps that hold a line up waits for."""
    case = scene.case
    rows: list[PurchaseOrder] = []
    for place in scene.floor.jobs_of[way[-1]] if way else ():
        demand = scene.run.starved.get(place)
        if demand is None:
            continue
        for lack in case.lacks.values():
            for row in lack.after.by_demand.get(demand, ()):
                named = case.pegging.supplies[row.supply].purchase_order
                rows += [
                    order
                    for order in case.records.facts.purchase_orders
                    if named == (order.po, order.line)
                ]
    return rows


def _from_supplier(scene: Scene, *, promise: Promise, way: Sequence[int], lever: Lever) -> Offer:
    """Let the material that is awaited come faster."""
    offer = Offer(kind=KIND, target=lever.supplier or "", cost=lever.fixed_cost)
    if lever.lead_time_h is None:
        offer.refuse("way_lead_time_unknown", target=offer.target)
        return offer
    lead_s = int(lever.lead_time_h * _HOUR_S)
    offer.say("way_lead_time", minutes=lead_s // 60)
    step = way[-1]
    begin = scene.begin_by(step, promise)
    if begin is None:
        offer.refuse("way_not_enough")
    elif begin - lead_s >= int(scene.floor.ready[step]):
        # It comes in time without anything being done.
        offer.refuse("way_not_needed")
    else:
        offer.close_at(begin - lead_s, now=scene.now)
    return offer
