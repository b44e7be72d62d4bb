"""Play the plant with and without the disruption, and read off what really happened to whom."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from knockon.demo.simulation.clockwork import JobKey, Outage, Span, play
from knockon.demo.simulation.holds import Lack, LineKey, hold
from knockon.demo.simulation.ledger import Dispatch
from knockon.demo.simulation.shop import Shop, instant
from knockon.demo.simulation.truth import (
    DelayedOperation,
    GroundTruth,
    LineTruth,
    ShipmentKey,
)
from knockon.domain.facts.keys import LotKey, OperationKey, OrderLineKey
from knockon.domain.impact import Effect

MATERIALITY_S = 60
"""A smaller delay does not count; the exchange contract's default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong: something down, or bad lots, or both."""

    outage: Outage | None = None
    suspects: tuple[LotKey, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Material:
    hit: Mapping[LotKey, int | None]
    carried: list[Dispatch]
    lack: Lack
    on_hand: frozenset[LineKey] = field(default_factory=frozenset)


def outcome(shop: Shop, trouble: Trouble, *, repair_s: int | None = None) -> GroundTruth:
    """Return what the trouble really does to the plant."""
    old = play(shop, since=shop.now)
    material = _follow(shop, trouble)
    new = old
    if trouble.outage is not None or material.lack.material_at:
        new = play(
            shop, since=shop.now, outage=trouble.outage, material_at=material.lack.material_at
        )
    lines = _lines(shop, old=old, new=new, material=material)
    shipments = frozenset(
        ShipmentKey(shop.plant, sent.shipment, sent.line_no) for sent in material.carried
    )
    customers = {line.customer for line in lines} | {sent.customer for sent in material.carried}
    return GroundTruth(
        lines=lines,
        operations=_delayed(shop, old=old, new=new),
        lots=frozenset(material.hit),
        shipments=shipments,
        customers=frozenset(customers),
        repair_s=repair_s,
    )


def served_lines(shop: Shop) -> dict[str, frozenset[LineKey]]:
    """Return the lines that each work order serves, itself or through those it supplies."""
    direct: defaultdict[str, set[LineKey]] = defaultdict(set)
    supplies: defaultdict[str, set[str]] = defaultdict(set)
    for claim in shop.claims:
        if claim.wo:
            direct[claim.wo].add(claim.line)
    for wo in shop.work_orders.values():
        if wo.line is not None:
            direct[wo.code].add(wo.line)
        if wo.parent:
            supplies[wo.code].add(wo.parent)
        for need in wo.needs:
            if need.child:
                supplies[need.child].add(wo.code)
    return {
        code: frozenset(line for wo in _above(code, supplies) for line in direct[wo])
        for code in shop.work_orders
    }


def _above(code: str, supplies: Mapping[str, set[str]]) -> set[str]:
    reached, todo = {code}, [code]
    while todo:
        for above in supplies.get(todo.pop(), set()) - reached:
            reached.add(above)
            todo.append(above)
    return reached


def finishes(
    shop: Shop, spans: Mapping[JobKey, Span], *, instead: Mapping[LineKey, list[str]]
) -> dict[LineKey, int]:
    """Return when the last unfinished work order that serves each line finishes.

    Lines that only stock serves are absent. ``instead`` adds work orders to a line.
    """
    makers = [(claim.line, claim.wo) for claim in shop.claims if claim.wo]
    makers += [(line, code) for line, codes in instead.items() for code in codes]
    last: dict[LineKey, int] = {}
    for line, code in makers:
        job = shop.work_orders[code].jobs[-1].key
        if job in spans:
            last[line] = max(last.get(line, 0), spans[job].finish)
    return last


def _follow(shop: Shop, trouble: Trouble) -> _Material:
    if not trouble.suspects:
        return _Material(hit={}, carried=[], lack=Lack())
    hit, carried = shop.ledger.tainted(trouble.suspects)
    lack, before = hold(shop, hit), hold(shop, ())
    # What was missing anyway is not the trouble's doing.
    lack.short = {
        key: qty - before.short.get(key, Decimal(0))
        for key, qty in lack.short.items()
        if qty > before.short.get(key, Decimal(0))
    }
    return _Material(hit=hit, carried=carried, lack=lack, on_hand=_promised_bad(shop, hit))


def _promised_bad(shop: Shop, hit: Mapping[LotKey, int | None]) -> frozenset[LineKey]:
    """Return the open lines that hit material in the house is meant for."""
    left = shop.ledger.balances()
    served = served_lines(shop)
    spare = {key: qty for key, qty in left.items() if key in hit and qty > 0}
    found: set[LineKey] = set()
    for claim in shop.claims:
        if claim.lot in spare:
            found.add(claim.line)
            spare[claim.lot] -= claim.qty
    for wo in shop.work_orders.values():
        for need in wo.needs if not wo.begun else ():
            for key, qty in need.lots:
                if key in spare:
                    found |= served[wo.code]
                    spare[key] -= qty
    for key, qty in spare.items():
        maker = shop.ledger.lots[key].wo
        if maker and qty > 0:
            found |= served[maker]
    return frozenset(key for key in found if shop.lines[key].open)


def _lines(
    shop: Shop,
    *,
    old: Mapping[JobKey, Span],
    new: Mapping[JobKey, Span],
    material: _Material,
) -> tuple[LineTruth, ...]:
    shipped: defaultdict[LineKey, Decimal] = defaultdict(Decimal)
    for sent in material.carried:
        shipped[sent.line] += sent.qty
    old_finish = finishes(shop, old, instead={})
    new_finish = finishes(shop, new, instead=material.lack.instead)
    found = []
    for key in sorted(shop.lines):
        line = shop.lines[key]
        before, after = old_finish.get(key), new_finish.get(key)
        effects = set(_time_effects(shop, key, before, after))
        if key in shipped:
            effects.add(Effect.SUSPECT_SHIPPED)
        if key in material.on_hand:
            effects.add(Effect.SUSPECT_ON_HAND)
        if key in material.lack.short:
            effects.add(Effect.SHORT)
        if effects:
            found.append(
                LineTruth(
                    key=OrderLineKey(shop.plant, *key),
                    customer=line.customer,
                    effects=frozenset(effects),
                    old_finish=None if before is None else instant(before),
                    new_finish=None if after is None else instant(after),
                    old_ship=None if before is None else instant(_ship(shop, key, before)),
                    new_ship=None if after is None else instant(_ship(shop, key, after)),
                    qty_shipped_suspect=shipped.get(key, Decimal(0)),
                    qty_short=material.lack.short.get(key, Decimal(0)),
                )
            )
    return tuple(found)


def _ship(shop: Shop, key: LineKey, finish: int) -> int:
    line = shop.lines[key]
    return shop.truck_after(line.customer, ready=finish + shop.items[line.item].post_lead_s)


def _time_effects(
    shop: Shop, key: LineKey, before: int | None, after: int | None
) -> tuple[Effect, ...]:
    # A line that was served from stock and must now wait for a work order counts from now.
    start = before if before is not None else shop.now
    if after is None or after - start < MATERIALITY_S:
        return ()
    line = shop.lines[key]
    limit = line.promised if line.promised is not None else line.due
    ship = _ship(shop, key, after)
    if ship > _ship(shop, key, start) and ship > limit:
        return (Effect.LATE,)
    return (Effect.MOVED,)


def _delayed(
    shop: Shop, *, old: Mapping[JobKey, Span], new: Mapping[JobKey, Span]
) -> tuple[DelayedOperation, ...]:
    return tuple(
        DelayedOperation(
            key=OperationKey(shop.plant, *key),
            old_finish=instant(old[key].finish),
            new_finish=instant(new[key].finish),
        )
        for key in sorted(old)
        if new[key].finish - old[key].finish >= MATERIALITY_S
    )
