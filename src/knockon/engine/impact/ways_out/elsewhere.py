"""What others can give: outsourced work, stock of the plant or of another one."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from statistics import median_low
from typing import Final

from knockon.domain.facts import Lever
from knockon.domain.links import LinkClass
from knockon.engine.impact.lack import Lack
from knockon.engine.impact.pegging import Pegging
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.impact.ways_out.offers import Offer, price
from knockon.engine.impact.ways_out.promises import Promise
from knockon.engine.impact.ways_out.scene import Scene, Work
from knockon.engine.schedule.dispatch_floor import QUEUES
from knockon.engine.schedule.projection import WaitKind
from knockon.engine.schedule.shop import to_seconds

OUTSOURCE: Final = "outsource"
STOCK: Final = "stock"

_HOUR_S: Final = 3600
_TAKES_COMPONENTS: Final = frozenset({WaitKind.PARENT, WaitKind.COMPONENT})


def outsource_offers(
    scene: Scene, *, promise: Promise, way: Sequence[int], levers: Sequence[Lever]
) -> Iterator[Offer]:
    """Yield the suppliers that could do one of the steps that hold a line up."""
    for step in reversed(way):
        works = scene.works(step)
        plant = works[0].job.key.plant
        named = {
            work.routing.outsourced_supplier
            for work in works
            if work.routing is not None and work.routing.outsourced_supplier
        }
        offered = {lever.supplier: lever for lever in levers if lever.plant == plant}
        for supplier in sorted({name for name in (*named, *offered) if name}):
            offer = Offer(kind=OUTSOURCE, target=supplier)
            job = works[0].job
            offer.say(
                "way_outsources_operation",
                work_order=job.key.work_order,
                seq=job.key.seq,
                supplier=supplier,
            )
            _outsource(
                scene,
                promise=promise,
                step=step,
                works=works,
                lever=offered.get(supplier),
                by_routing=supplier in named,
                offer=offer,
            )
            yield offer


def stock_offers(scene: Scene, *, promise: Promise, way: Sequence[int]) -> Iterator[Offer]:
    """Yield the stock that could take the place of the line's goods, or of a component."""
    case = scene.case
    line = promise.line
    missing = case.records.open_qty(line)
    for plant, free in _free_stock(scene, item=line.item):
        offer = _from_stock(scene, item=line.item, plant=plant, free=free, needed=missing)
        _arrive(scene, offer=offer, plant=plant, home=line.key.plant, by=promise.ready_by)
        yield offer
    for step in way:
        works = scene.works(step)
        if len(works) != 1 or not _feeds_others(scene, step=step):
            continue
        work = works[0]
        for plant, free in _free_stock(scene, item=work.order.item):
            needed = max(ZERO, work.order.qty - work.order.finished_qty - work.order.scrap_qty)
            offer = _from_stock(scene, item=work.order.item, plant=plant, free=free, needed=needed)
            opening = scene.opening(step, promise, has_inputs=True)
            if opening.is_enough:
                home = work.job.key.plant
                _arrive(scene, offer=offer, plant=plant, home=home, by=opening.finish_by)
            else:
                offer.refuse("way_not_enough")
            yield offer


def _outsource(
    scene: Scene,
    *,
    promise: Promise,
    step: int,
    works: Sequence[Work],
    lever: Lever | None,
    by_routing: bool,
    offer: Offer,
) -> None:
    job = works[0].job
    verdict = scene.approvals.verdict(
        plant=job.key.plant,
        items=[work.order.item for work in works],
        customers=scene.takers(works) or [promise.line.customer],
        supplier=offer.target,
        by_routing=by_routing,
    )
    offer.judge(verdict)
    if any(work.job.running for work in works):
        offer.refuse("way_runs_already", work_order=job.key.work_order)
    if job.tool and not by_routing:
        # Whom the routing names has tools of its own.
        offer.judge(scene.room.verdict(job.key.plant, job.tool))
    qty = sum((work.order.qty for work in works), ZERO)
    if lever is not None and lever.limit is not None and qty > lever.limit:
        offer.refuse("way_over_limit", qty=str(qty), limit_qty=str(lever.limit))
    if lever is None or lever.lead_time_h is None:
        offer.refuse("way_lead_time_unknown", target=offer.target)
    if lever is not None and (lever.fixed_cost is not None or lever.cost_per_hour is not None):
        hourly = price((lever.cost_per_hour or ZERO, max(work.job.work for work in works)))
        offer.cost = (lever.fixed_cost or ZERO) + (hourly or ZERO)
    if not offer.is_open or lever is None or lever.lead_time_h is None:
        return
    lead_s = int(lever.lead_time_h * _HOUR_S)
    offer.say("way_lead_time", minutes=lead_s // 60)
    opening = scene.opening(step, promise)
    begin = opening.finish_by - lead_s
    inputs = scene.inputs_ready(step, opening.finish, kinds=QUEUES)
    if not opening.is_enough or begin < max(inputs, scene.plan_start(step)):
        offer.refuse("way_not_enough")
        return
    offer.close_at(min(begin, int(scene.floor.start[step])), now=scene.now)


def _feeds_others(scene: Scene, *, step: int) -> bool:
    floor = scene.floor
    return any(floor.kind[wait] in _TAKES_COMPONENTS for wait in floor.waits_for(step))


def _free_stock(scene: Scene, *, item: str) -> list[tuple[str, Decimal]]:
    """Return the free stock of an item by plant, where there is any."""
    by_item = scene.kept("free_stock", partial(_all_free_stock, scene))
    return sorted(by_item.get(item, {}).items())


def _all_free_stock(scene: Scene) -> dict[str, dict[str, Decimal]]:
    lack: Lack = scene.case.lacks[LinkClass.POSSIBLE]
    pegging: Pegging = lack.after
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for place, supply in enumerate(pegging.supplies):
        if supply.kind is SupplyKind.STOCK:
            free = pegging.free(place) - lack.cuts.get(place, ZERO)
            if free > 0:
                plants = found[supply.item]
                plants[supply.plant] = plants.get(supply.plant, ZERO) + free
    return found


def _from_stock(scene: Scene, *, item: str, plant: str, free: Decimal, needed: Decimal) -> Offer:
    offer = Offer(kind=STOCK, target=plant)
    offer.say("way_stock", item=item, plant=plant, qty=str(free), needed=str(needed))
    if free < needed:
        offer.refuse("way_stock_too_little", item=item)
    safety = scene.case.records.item(item).safety_stock
    if safety > 0 and offer.is_open and free - needed < safety:
        offer.say("way_uses_safety_stock", item=item, qty=str(min(needed, safety - free + needed)))
    return offer


def _arrive(scene: Scene, *, offer: Offer, plant: str, home: str, by: int) -> None:
    """Work back from when the stock must be here."""
    lead_s = 0
    if plant != home:
        known = [
            to_seconds(row.received.latest) - to_seconds(row.sent.earliest)
            for row in scene.case.records.facts.transfers
            if row.from_plant == plant and row.to_plant == home and row.received and row.sent
        ]
        if not known:
            offer.refuse("way_transfer_unknown", plant=plant)
            return
        lead_s = max(0, median_low(known))
        offer.say("way_lead_time", minutes=lead_s // 60)
    offer.close_at(by - lead_s, now=scene.now)
