"""Small generated plants for property tests: every shape that matters, a few dozen operations.

Each has four levels of bill of materials, a component made once for two parents (split), merges,
rework that returns to its own lot, machines and a tool that several products share, and make to
stock demand. With perfect records everything that happened is written down.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from random import Random

from knockon.demo.simulation.builder import Builder, RawHabits
from knockon.demo.simulation.chance import dice
from knockon.demo.simulation.clockwork import play
from knockon.demo.simulation.damage import damaged
from knockon.demo.simulation.outcome import Trouble, finishes, outcome
from knockon.demo.simulation.records import tables_of
from knockon.demo.simulation.shop import Line, Shop, instant
from knockon.demo.simulation.small_goods import add_rework, promise_and_ship
from knockon.demo.simulation.small_master import empty_shop
from knockon.demo.simulation.small_trouble import choose_trouble
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.disruptions import Disruption

_HOUR = 3600
_DAY = 24 * _HOUR
_MONDAY = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp())


@dataclass(slots=True)
class Codes:
    """Numbers documents and lots in the order in which they are written."""

    last: dict[str, int] = field(default_factory=dict)

    def next(self, prefix: str) -> str:
        """Return the next number with this prefix."""
        self.last[prefix] = self.last.get(prefix, 0) + 1
        return f"{prefix}{self.last[prefix]:03d}"


def small_plant(seed: int, *, holes: bool) -> SimulatedCase:
    """Generate a small plant, its records and what a disruption really does to it.

    Parameters
    ----------
    seed
        Names the plant; the same seed gives the same case.
    holes
        Whether some records are damaged afterwards. The truth stays that of the physical plant.
    """
    rng = dice("small", seed)
    shop, disruption, trouble = small_shop(rng, name=f"small-{seed}")
    case = SimulatedCase(
        name="small",
        seed=seed,
        plant=shop.plant,
        timezone=shop.zone.key,
        now=instant(shop.now),
        tables=tables_of(shop, extra=_extra(shop)),
        disruption=disruption,
        truth=outcome(shop, trouble, repair_s=disruption.scope.repair_s),
    )
    return damaged(case, shop, trouble, rng=rng) if holes else case


def small_shop(rng: Random, *, name: str) -> tuple[Shop, Disruption, Trouble]:
    """Build the physical plant as it stands when the trouble begins."""
    shop = empty_shop(rng, now=_MONDAY + rng.randrange(7 * _DAY))
    codes = Codes()
    builder = Builder(shop=shop, rng=rng, lot_number=lambda item, _: codes.next(f"{item.code}-"))
    base = shop.now - 4 * _DAY
    _open_work_orders(builder, codes, base=base)
    waits = {job.key: rng.randint(120, 5400) for job in shop.jobs() if rng.random() < 0.15}
    builder.play_past(since=base, idle_before=waits)
    _book(builder)
    add_rework(builder, codes.next)
    promise_and_ship(builder, codes.next)
    _set_due(shop, rng)
    disruption, trouble = choose_trouble(shop, rng, name=name)
    return shop, disruption, trouble


def _open_work_orders(builder: Builder, codes: Codes, *, base: int) -> None:
    rng = builder.rng
    items = ["F1", "F2", "F3", "F3", *rng.choices(("F1", "F2", "F3"), k=rng.randint(9, 14))]
    rng.shuffle(items)
    for item, after in zip(items, sorted(rng.randrange(4 * _DAY) for _ in items), strict=True):
        _open_family(builder, codes, item=item, release=base + after)


def _open_family(builder: Builder, codes: Codes, *, item: str, release: int) -> None:
    """Open a finished good's work order and those of its components, and plan them."""
    rng, shop = builder.rng, builder.shop
    qty = Decimal(rng.randrange(8, 48, 4))
    top = codes.next("W")
    tree: dict[str, str] = {}

    # Components first; one that two parents need is made once and names neither.
    first, second = codes.next("W"), codes.next("W")
    parents = {"S1": (first, 1), "S2": (first, 1), "S3": (second, 1), "S4": (second, 1)}
    if item == "F1":
        parents = {part: parents[part] for part in ("S1", "S2")}
    elif item == "F2":
        parents = {"S4": (second, 1), "S2": (second, 2), "S3": (second, 1)}
    else:
        parents["S2"] = ("", 3)
    for part, (parent, per) in parents.items():
        amount = per * qty
        wo = builder.order(codes.next("W"), item=part, qty=amount, parent=parent)
        tree[part] = wo.code
        if part == "S4" and "S1" in tree:
            # One family mould: the same shots make both parts.
            builder.place_together(shop.work_orders[tree["S1"]], wo, release=release)
        elif part != "S1" or "S4" not in parents:
            slack = rng.choice((0, 0, 0, 0, rng.randrange(_HOUR)))
            builder.place(wo, release=release, gaps=[slack])
    for module, code in (("A1", first), ("A2", second)):
        if any(part.item == module for part in shop.items[item].parts):
            wo = builder.order(code, item=module, qty=qty, children=tree, parent=top)
            builder.place(wo, release=release, gaps=[rng.choice((0, 0, rng.randrange(2 * _HOUR)))])
            tree[module] = code
    line = None
    if item != "F3":
        order = Line(
            order=codes.next("SO"),
            line="1",
            customer=rng.choice(sorted(shop.customers)),
            item=item,
            qty=qty,
            due=0,
        )
        shop.lines[order.key] = order
        line = order.key
    wo = builder.order(top, item=item, qty=qty, children=tree, line=line)
    builder.place(wo, release=release, gaps=[rng.choice((0, 0, 0, rng.randrange(2 * _HOUR)))])


def _book(builder: Builder) -> None:
    rng, shop = builder.rng, builder.shop
    habits = {
        item: RawHabits(
            serves=(2, rng.randint(4, 12)),
            spare=Decimal(5000) if rng.random() < 0.3 else Decimal(0),
        )
        for item in sorted(shop.items)
        if item.startswith("R")
    }
    finished = [wo.code for wo in shop.work_orders.values() if wo.item.startswith("F")]
    split = frozenset(code for code in finished if rng.random() < 0.2)
    builder.book_material(habits, split=split)


def _set_due(shop: Shop, rng: Random) -> None:
    """Promise every open line what the undisturbed plant can keep, and date what is closed."""
    last = finishes(shop, play(shop, since=shop.now), instead={})
    last_sent = {sent.line: sent.at for sent in shop.ledger.dispatches}
    latest = 0
    for line in shop.lines.values():
        finish = last.get(line.key)
        if not line.open:
            due = last_sent[line.key] + rng.randrange(2 * _DAY)
        elif finish is None:
            due = shop.now + rng.randint(4 * _HOUR, 3 * _DAY)
        else:
            ready = finish + shop.items[line.item].post_lead_s
            truck = shop.truck_after(line.customer, ready=ready)
            due = truck + rng.choice((0, 0, 1800, rng.randrange(2 * _DAY)))
        if line.item == "F3" and line.open:
            # Goods were promised in this order, so they are due in this order.
            due = latest = max(due, latest + 60)
        elif rng.random() < 0.4:
            line.promised = due
            due += rng.randint(-_DAY, _DAY)
        line.due = due


def _extra(shop: Shop) -> dict[str, list[dict[str, str]]]:
    return {
        "suppliers": [{"supplier": code, "name": f"Supplier {code}"} for code in ("V1", "V2")],
        "causes": [{"code": "M01", "kind": "machine", "name": "breakdown", "severity": "S2"}],
        "stops": [
            {
                "equipment": code,
                "start": instant(shop.now - days * _DAY).isoformat(),
                "end": instant(shop.now - days * _DAY + 2700).isoformat(),
                "cause": "M01",
            }
            for code in sorted(shop.machines)
            for days in (9, 17)
        ],
    }
