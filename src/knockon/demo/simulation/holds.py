"""What a hold takes away: who is left without supply when hit lots may not be used."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from knockon.demo.simulation.shop import Claim, Line, Need, Shop, WorkOrder
from knockon.domain.facts.keys import LotKey

LineKey = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Lack:
    """What a hold leaves behind.

    ``share`` is the part of its quantity that a work order can still make, ``material_at`` when
    the last replaced component comes, ``short`` what a line still misses, ``instead`` the work
    orders whose free output a line takes instead.
    """

    share: dict[str, Fraction] = field(default_factory=dict)
    material_at: dict[str, int] = field(default_factory=dict)
    short: dict[LineKey, Decimal] = field(default_factory=dict)
    instead: dict[LineKey, list[str]] = field(default_factory=dict)


def hold(shop: Shop, hit: Collection[LotKey]) -> Lack:
    """Hold the hit lots and give what they covered to whoever comes first.

    Work orders take replacement in order of planned start, lines in order of due time, tier, key.
    """
    left = shop.ledger.balances()
    free = _free_stock(shop, left=left, hit=hit)
    arriving = [
        _Arriving(item=bought.item, due=bought.due, rest=bought.qty)
        for bought in sorted(shop.purchases, key=lambda bought: (bought.due, bought.po))
    ]
    lack = Lack()
    for wo in _by_planned_start(shop):
        share = Fraction(1)
        if any(key in hit for key, _ in wo.lots):
            share = Fraction(0)
        for need in wo.needs if not wo.begun else ():
            missing = _lost(shop, need, hit=hit, lack=lack)
            if missing == 0:
                continue
            missing -= _take(free, need.item, missing)
            missing -= _await(arriving, wo.code, need=need, wanted=missing, lack=lack)
            share = min(share, Fraction(need.qty - missing) / Fraction(need.qty))
        lack.share[wo.code] = share
    _serve_lines(shop, hit=hit, free=free, lack=lack)
    return lack


@dataclass(slots=True, kw_only=True)
class _Arriving:
    item: str
    due: int
    rest: Decimal


def _await(
    arriving: list[_Arriving], code: str, *, need: Need, wanted: Decimal, lack: Lack
) -> Decimal:
    """Take from what will arrive, and note that the work order waits for it."""
    got = Decimal(0)
    for coming in arriving if wanted > 0 else ():
        taken = min(wanted - got, coming.rest) if coming.item == need.item else Decimal(0)
        if taken > 0:
            coming.rest -= taken
            got += taken
            lack.material_at[code] = max(lack.material_at.get(code, 0), coming.due)
    return got


def _by_planned_start(shop: Shop) -> list[WorkOrder]:
    unfinished = [wo for wo in shop.work_orders.values() if not wo.done]
    return sorted(unfinished, key=lambda wo: (wo.jobs[0].planned_start, wo.code))


def _free_stock(
    shop: Shop, *, left: dict[LotKey, Decimal], hit: Collection[LotKey]
) -> dict[str, Decimal]:
    promised: defaultdict[LotKey, Decimal] = defaultdict(Decimal)
    for claim in shop.claims:
        if claim.lot is not None:
            promised[claim.lot] += claim.qty
    for wo in shop.work_orders.values():
        for need in wo.needs if not wo.begun else ():
            for key, qty in need.lots:
                promised[key] += qty
    free: defaultdict[str, Decimal] = defaultdict(Decimal)
    for key, qty in left.items():
        if key not in hit and shop.ledger.lots[key].made is not None:
            free[key.item] += max(Decimal(0), qty - promised[key])
    return dict(free)


def _lost(shop: Shop, need: Need, *, hit: Collection[LotKey], lack: Lack) -> Decimal:
    lost = sum((qty for key, qty in need.lots if key in hit), Decimal(0))
    child = shop.work_orders.get(need.child)
    if child is not None and not child.done:
        unmade = 1 - lack.share.get(child.code, Fraction(1))
        lost += Decimal(unmade.numerator) * need.qty / Decimal(unmade.denominator)
    return lost


def _take(free: dict[str, Decimal], item: str, wanted: Decimal) -> Decimal:
    taken = min(wanted, free.get(item, Decimal(0)))
    free[item] = free.get(item, Decimal(0)) - taken
    return taken


def _serve_lines(
    shop: Shop, *, hit: Collection[LotKey], free: dict[str, Decimal], lack: Lack
) -> None:
    rank = {line.key: _rank(shop, line) for line in shop.lines.values()}
    claims = sorted(shop.claims, key=lambda claim: rank[claim.line])
    spare = {
        code: Decimal(share.numerator) * shop.work_orders[code].qty / Decimal(share.denominator)
        for code, share in lack.share.items()
    }
    missing: defaultdict[LineKey, Decimal] = defaultdict(Decimal)
    for claim in claims:
        missing[claim.line] += _unserved(claim, hit=hit, spare=spare)
    for key in sorted((key for key, qty in missing.items() if qty), key=lambda key: rank[key]):
        item = shop.items[shop.lines[key].item]
        rest = missing[key]
        rest -= _take_above(free, item.code, rest, keep=item.safety_stock)
        for wo in _by_planned_finish(shop, item.code):
            taken = min(rest, spare[wo.code])
            if taken > 0:
                spare[wo.code] -= taken
                rest -= taken
                lack.instead.setdefault(key, []).append(wo.code)
        rest -= _take(free, item.code, rest)
        if rest > 0:
            lack.short[key] = rest


def _rank(shop: Shop, line: Line) -> tuple[int, str, str, str]:
    return line.due, shop.customers[line.customer].tier, line.order, line.line


def _unserved(claim: Claim, *, hit: Collection[LotKey], spare: dict[str, Decimal]) -> Decimal:
    if claim.lot is not None:
        return claim.qty if claim.lot in hit else Decimal(0)
    if claim.wo not in spare:
        return Decimal(0)
    served = min(claim.qty, spare[claim.wo])
    spare[claim.wo] -= served
    return claim.qty - served


def _take_above(free: dict[str, Decimal], item: str, wanted: Decimal, *, keep: Decimal) -> Decimal:
    stock = free.get(item, Decimal(0))
    taken = min(wanted, max(Decimal(0), stock - keep))
    free[item] = stock - taken
    return taken


def _by_planned_finish(shop: Shop, item: str) -> list[WorkOrder]:
    makers = [wo for wo in shop.work_orders.values() if wo.item == item and not wo.done]
    return sorted(makers, key=lambda wo: (wo.jobs[-1].planned_finish, wo.code))
