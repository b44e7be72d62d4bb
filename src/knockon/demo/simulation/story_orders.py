"""Fill a story's plant with work: orders come, work orders are planned, time passes."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from random import Random

from knockon.demo.simulation.blueprint import DAY, FUTURE_DAYS, HISTORY_DAYS, Blueprint, Product
from knockon.demo.simulation.builder import Builder
from knockon.demo.simulation.scheduling import Draft, twins
from knockon.demo.simulation.shop import Item, Line, Shop, WorkOrder, instant

RESERVED_AHEAD = 6 * DAY
"""Material is on hand and reserved this far ahead; purchase orders are open for the rest."""


@dataclass(slots=True, kw_only=True)
class Numbers:
    """Document and lot numbers as the plant writes them: prefix, day, running number."""

    shop: Shop
    prefixes: dict[str, str]
    last: dict[str, int] = field(default_factory=dict)

    def document(self, kind: str, at: int) -> str:
        """Return the next number of a kind of document on the day."""
        day = instant(at).astimezone(self.shop.zone).strftime("%y%m%d")
        return f"{self.prefixes[kind]}{day}{self._next(kind + day):03d}"

    def lot(self, item: Item, at: int) -> str:
        """Return the next lot number of the day."""
        return self.document(item.kind, at)

    def _next(self, key: str) -> int:
        self.last[key] = self.last.get(key, 0) + 1
        return self.last[key]


def fill(blueprint: Blueprint, rng: Random) -> tuple[Builder, Numbers]:
    """Plan nine weeks of work, let six of them pass, and book the material."""
    shop = blueprint.shop
    numbers = Numbers(shop=shop, prefixes=blueprint.prefixes)
    builder = Builder(shop=shop, rng=rng, lot_number=numbers.lot)
    base = shop.now - HISTORY_DAYS * DAY
    _plan(blueprint, builder, numbers, base=base)
    waits = {job.key: rng.randint(300, 3600) for job in shop.jobs() if rng.random() < 0.04}
    builder.play_past(since=base, idle_before=waits)
    builder.book_material(
        blueprint.habits,
        split=_in_two_lots(shop, rng),
        reserve_until=shop.now + RESERVED_AHEAD,
    )
    return builder, numbers


def _plan(blueprint: Blueprint, builder: Builder, numbers: Numbers, *, base: int) -> None:
    """Release families of work orders at the pace of the busiest group of machines."""
    shop, rng = blueprint.shop, builder.rng
    group_of = {code: group for group, codes in blueprint.groups.items() for code in codes}
    worked: defaultdict[str, int] = defaultdict(int)
    weights = [product.weight for product in blueprint.products]
    end = shop.now + FUTURE_DAYS * DAY
    release = base
    families: list[tuple[int, list[WorkOrder]]] = []
    while release < end:
        product = rng.choices(blueprint.products, weights)[0]
        family = open_family(builder, numbers, product, release=release)
        families.append((release, family))
        together = twins(shop, family)
        for wo in family:
            # What a family mould makes together takes its time once.
            share = 2 if wo.code in together else 1
            for job in wo.jobs:
                worked[group_of[job.machine]] += job.work_s // share
        release = max(
            shop.machines[codes[0]].hours.add(
                base, int(worked[group] / len(codes) / blueprint.busy)
            )
            for group, codes in blueprint.groups.items()
        )
    Draft(builder, families).plan()


def open_family(
    builder: Builder, numbers: Numbers, product: Product, *, release: int
) -> list[WorkOrder]:
    """Open a work order for the product and its siblings, and one for each component below."""
    rng, shop = builder.rng, builder.shop
    low, high, step = product.lots
    tops: dict[str, Decimal] = {}
    lines: dict[str, Line] = {}
    for code in (product.item, *product.siblings):
        item = shop.items[code]
        tops[code] = Decimal(rng.randrange(low, high + 1, step))
        if item.policy == "order":
            lines[code] = new_line(
                shop, numbers, rng, product, item=item, qty=tops[code], at=release - 5 * DAY
            )
    return open_tree(builder, numbers, tops=tops, lines=lines, release=release)


def new_line(
    shop: Shop,
    numbers: Numbers,
    rng: Random,
    product: Product,
    *,
    item: Item,
    qty: Decimal,
    at: int,
) -> Line:
    """Take a customer's order; its due time is set when the plan is known."""
    customer = rng.choice(product.takers)
    line = Line(
        order=numbers.document("order", at),
        line="10",
        customer=customer,
        item=item.code,
        qty=qty,
        due=0,
        price=item.price,
        penalty=(item.price * qty / 200).quantize(Decimal(1)) if rng.random() < 0.2 else Decimal(0),
        customer_order=f"{customer}-{rng.randrange(10_000, 99_999)}",
        customer_item=f"{customer}{item.code[-4:]}",
    )
    shop.lines[line.key] = line
    return line


def open_tree(
    builder: Builder,
    numbers: Numbers,
    *,
    tops: dict[str, Decimal],
    lines: dict[str, Line],
    release: int,
) -> list[WorkOrder]:
    """Open one work order for each made item below the tops, deepest first."""
    shop = builder.shop
    wanted, parents = _explode(shop, tops)
    codes = {made: numbers.document("work_order", release) for made in wanted}
    opened: dict[str, WorkOrder] = {}
    for made in reversed(list(wanted)):
        above = parents[made]
        line = lines.get(made)
        opened[made] = builder.order(
            codes[made],
            item=made,
            qty=wanted[made],
            children=codes,
            line=line.key if line is not None else None,
            # A component of two parents names neither.
            parent=codes[above[0]] if len(above) == 1 else "",
        )
    return list(opened.values())


def _explode(
    shop: Shop, tops: dict[str, Decimal]
) -> tuple[dict[str, Decimal], dict[str, list[str]]]:
    """Return how much of each made item is needed, parents before components, and by whom."""
    order: list[str] = []

    def visit(made: str) -> None:
        for part in shop.items[made].parts:
            if shop.items[part.item].steps:
                visit(part.item)
        if made not in order:
            order.append(made)

    for top in tops:
        visit(top)
    wanted = dict.fromkeys(reversed(order), Decimal(0)) | tops
    parents: defaultdict[str, list[str]] = defaultdict(list)
    for made in wanted:
        for part in shop.items[made].parts:
            if part.item in wanted:
                wanted[part.item] += part.per * wanted[made]
                parents[part.item].append(made)
    return wanted, parents


def _in_two_lots(shop: Shop, rng: Random) -> frozenset[str]:
    return frozenset(
        wo.code
        for wo in shop.work_orders.values()
        if shop.items[wo.item].kind == "finished" and wo.qty % 2 == 0 and rng.random() < 0.15
    )
