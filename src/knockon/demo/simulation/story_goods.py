"""What becomes of a story plant's finished goods: promised to customers, sent by their trucks."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from knockon.demo.simulation.blueprint import DAY, Blueprint, Product
from knockon.demo.simulation.builder import Builder
from knockon.demo.simulation.ledger import Dispatch
from knockon.demo.simulation.shop import Claim, Item, Line, Shop, WorkOrder
from knockon.demo.simulation.story_orders import Numbers, new_line
from knockon.domain.facts.keys import LotKey

_HOUR = 3600


@dataclass(slots=True)
class _Goods:
    """A finished lot from an instant on, or what a work order will make by then."""

    qty: Decimal
    since: int
    lot: LotKey | None = None
    wo: str = ""


@dataclass(slots=True, kw_only=True)
class _Trucks:
    """Delivery notes: what leaves for one customer on one truck is one shipment."""

    shop: Shop
    numbers: Numbers
    notes: dict[tuple[str, int], str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)

    def send(self, line: Line, lot: LotKey, qty: Decimal, *, at: int) -> None:
        """Load goods on the truck that leaves then."""
        key = (line.customer, at)
        if key not in self.notes:
            self.notes[key] = self.numbers.document("shipment", at)
        note = self.notes[key]
        self.lines[note] = self.lines.get(note, 0) + 1
        self.shop.ledger.dispatches.append(
            Dispatch(
                at=at,
                shipment=note,
                line_no=str(self.lines[note]),
                line=line.key,
                customer=line.customer,
                lot=lot,
                qty=qty,
            )
        )
        line.shipped += qty
        line.open = line.shipped < line.qty


def deliver(blueprint: Blueprint, builder: Builder, numbers: Numbers) -> None:
    """Promise everything that is or will be made, and send what was ready before ``now``."""
    shop = blueprint.shop
    trucks = _Trucks(shop=shop, numbers=numbers)
    goods = _finished_goods(shop)
    for product in blueprint.products:
        for item in (product.item, *product.siblings):
            if shop.items[item].policy == "order":
                for wo, supplies in goods[item]:
                    _deliver_order(builder, trucks, wo, supplies)
            else:
                supplies = [one for _, each in goods[item] for one in each]
                _deliver_stock(
                    builder, trucks, numbers, product, item=shop.items[item], supplies=supplies
                )


def _finished_goods(shop: Shop) -> defaultdict[str, list[tuple[WorkOrder, list[_Goods]]]]:
    """Return each item's goods in the order in which they are or will be finished."""
    found: defaultdict[str, list[tuple[WorkOrder, list[_Goods]]]] = defaultdict(list)
    for wo in sorted(shop.work_orders.values(), key=_finish):
        item = shop.items[wo.item]
        if item.kind == "finished":
            since = _finish(wo) + item.post_lead_s
            if wo.done:
                supplies = [_Goods(qty, since, lot=key) for key, qty in wo.lots]
            else:
                supplies = [_Goods(wo.qty, since, wo=wo.code)]
            found[wo.item].append((wo, supplies))
    return found


def _finish(wo: WorkOrder) -> int:
    last = wo.jobs[-1]
    return last.finish if last.finish is not None else last.planned_finish


def _deliver_order(
    builder: Builder, trucks: _Trucks, wo: WorkOrder, supplies: list[_Goods]
) -> None:
    shop, rng = builder.shop, builder.rng
    assert wo.line is not None
    line = shop.lines[wo.line]
    # The customer wants it some days after the plan has it ready; goods leave by the due time.
    ready = max(one.since for one in supplies)
    truck = shop.truck_after(line.customer, ready=ready)
    slack = rng.choice((0, 0, 0, 0, 0, rng.randrange(3 * DAY)))
    line.due = shop.truck_after(line.customer, ready=truck + slack)
    if rng.random() < 0.5:
        line.promised = line.due
        line.due -= rng.choice((0, 0, DAY))
    leaves = truck if rng.random() < 0.7 else line.promised or line.due
    for one in supplies:
        if one.lot is None:
            shop.claims.append(Claim(line=line.key, qty=one.qty, wo=one.wo))
        elif leaves >= ready and leaves <= shop.now:
            trucks.send(line, one.lot, one.qty, at=leaves)
        else:
            shop.claims.append(Claim(line=line.key, qty=one.qty, lot=one.lot))


def _deliver_stock(
    builder: Builder,
    trucks: _Trucks,
    numbers: Numbers,
    product: Product,
    *,
    item: Item,
    supplies: list[_Goods],
) -> None:
    """Let orders come that the item's goods cover, oldest goods and earliest order first."""
    shop, rng = builder.shop, builder.rng
    low, high, step = product.asks
    last = 0
    while supplies:
        total = sum((one.qty for one in supplies), Decimal(0))
        qty = min(total, Decimal(rng.randrange(low, high + 1, step)))
        if total - qty < low:
            qty = total
        parts = _taken(supplies, qty)
        ready = max(one.since for one in parts)
        wish = max(last, ready + rng.randrange(DAY))
        line = new_line(shop, numbers, rng, product, item=item, qty=qty, at=wish - 6 * DAY)
        line.due = shop.truck_after(line.customer, ready=wish)
        last = max(last, line.due - DAY)
        everything = all(one.lot is not None for one in parts)
        for one in parts:
            if everything and line.due <= shop.now and one.lot is not None:
                trucks.send(line, one.lot, one.qty, at=line.due)
            else:
                shop.claims.append(Claim(line=line.key, qty=one.qty, lot=one.lot, wo=one.wo))


def _taken(supplies: list[_Goods], qty: Decimal) -> list[_Goods]:
    """Take a quantity from the front of the supplies."""
    parts: list[_Goods] = []
    while qty > 0:
        first = supplies[0]
        part = min(qty, first.qty)
        parts.append(_Goods(part, first.since, lot=first.lot, wo=first.wo))
        qty -= part
        first.qty -= part
        if first.qty == 0:
            supplies.pop(0)
    return parts
