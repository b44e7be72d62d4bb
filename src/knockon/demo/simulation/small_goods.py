"""What becomes of finished lots in a small plant: rework, topping up, splitting, shipping."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from knockon.demo.simulation.builder import Builder
from knockon.demo.simulation.ledger import Dispatch, LotCard, Move, Scrapped
from knockon.demo.simulation.shop import Claim, Job, Line, Need, Shop, Step, WorkOrder
from knockon.demo.simulation.small_master import BENCH
from knockon.domain.facts.keys import LotKey

Number = Callable[[str], str]
"""Gives the next document number with a prefix."""

_HOUR = 3600


@dataclass(slots=True)
class _Supply:
    """Goods that lines can be promised: a lot from an instant on, or a work order's output."""

    qty: Decimal
    lot: LotKey | None = None
    wo: str = ""
    since: int = 0


def add_rework(builder: Builder, number: Number) -> None:
    """Send a part of one or two finished lots over the rework bench and back to their lot."""
    shop, rng = builder.shop, builder.rng
    finished = [
        wo
        for wo in shop.work_orders.values()
        if wo.done and shop.items[wo.item].kind == "finished" and len(wo.lots) == 1
    ]
    glue = shop.items["R5"]
    wanted = rng.randint(1, 2)
    for wo in rng.sample(finished, k=len(finished)):
        finish = wo.jobs[-1].finish
        assert finish is not None
        part = (wo.qty / 4).quantize(Decimal(1))
        start = finish + shop.items[wo.item].post_lead_s + rng.randint(1800, 7200)
        unit_s = Decimal(rng.randrange(60, 600, 3))
        step = Step(seq=10, operation="REWORK", machine=BENCH, unit_s=unit_s)
        rework = WorkOrder(code=number("RW"), item=wo.item, qty=part, line=wo.line, kind="rework")
        job = Job(
            wo=rework.code,
            seq=10,
            step=step,
            machine=BENCH,
            tool="",
            work_s=int(step.unit_s * part),
        )
        if wanted == 0:
            break
        end = builder.place_job(job, ready=start)
        if end > shop.now and wo.line is None:
            # Make to stock is promised in order of due time; keep that simple.
            continue
        wanted -= 1
        rework.jobs = [job]
        bought = builder.receive(glue, part, finish - rng.randint(1, 30) * _HOUR)
        rework.needs = [
            Need(item=wo.item, qty=part, lots=[(wo.lots[0][0], part)]),
            Need(item=glue.code, qty=part, lots=[(bought, part)]),
        ]
        shop.work_orders[rework.code] = rework
        _do_rework(shop, rework, number=number)


def _do_rework(shop: Shop, rework: WorkOrder, *, number: Number) -> None:
    job = rework.jobs[0]
    if job.planned_start > shop.now:
        return
    job.start = job.planned_start
    job.finish = job.planned_finish if job.planned_finish <= shop.now else None
    origin = rework.needs[0].lots[0][0]
    key = shop.lot(rework.item, number(f"{rework.item}-W"))
    shop.ledger.lots[key] = LotCard(
        key=key, born=rework.qty, made=job.finish, wo=rework.code, machine=BENCH
    )
    rework.lots = [(key, rework.qty)]
    for need in rework.needs:
        for source, qty in need.lots:
            shop.ledger.moves.append(
                Move(
                    at=job.start,
                    source=source,
                    target=key,
                    qty=qty,
                    kind="consume",
                    wo=rework.code,
                    seq=job.seq,
                    machine=BENCH,
                )
            )
    if job.finish is not None:
        shop.ledger.moves.append(
            Move(at=job.finish, source=key, target=origin, qty=rework.qty, kind="merge")
        )


def promise_and_ship(builder: Builder, number: Number) -> None:
    """Promise all that is or will be made, and ship what customers took before ``now``."""
    shop, rng = builder.shop, builder.rng
    for wo in list(shop.work_orders.values()):
        if wo.line is not None and wo.kind != "rework":
            _serve_order(shop, rng, wo, number=number)
    _serve_stock_lines(shop, rng, number=number)
    _return_some(shop, rng, number=number)


def _serve_order(shop: Shop, rng: Random, wo: WorkOrder, *, number: Number) -> None:
    assert wo.line is not None
    line = shop.lines[wo.line]
    if not wo.done:
        shop.claims.append(Claim(line=line.key, qty=wo.qty, wo=wo.code))
        return
    left = shop.ledger.balances()
    share = rng.choice((Decimal(0), Decimal("0.5"), Decimal(1), Decimal(1)))
    for rework in shop.work_orders.values():
        if rework.kind == "rework" and rework.line == line.key and not rework.done:
            shop.claims.append(Claim(line=line.key, qty=rework.qty, wo=rework.code))
            # Goods wait for each other: the rest stays until the rework is over.
            share = Decimal(0)
    for key, _ in wo.lots:
        reserved = _reserved(shop, key)
        _ship_or_claim(shop, rng, line, key, left[key] - reserved, share=share, number=number)


def _reserved(shop: Shop, key: LotKey) -> Decimal:
    return sum(
        (
            qty
            for wo in shop.work_orders.values()
            if not wo.begun
            for need in wo.needs
            for lot, qty in need.lots
            if lot == key
        ),
        Decimal(0),
    )


def _ship_or_claim(
    shop: Shop,
    rng: Random,
    line: Line,
    key: LotKey,
    qty: Decimal,
    *,
    share: Decimal,
    number: Number,
) -> None:
    """Ship a share of a lot's quantity, a part of it before any rework came back; keep the rest."""
    made = shop.ledger.lots[key].made
    assert made is not None
    ready = made + shop.items[line.item].post_lead_s
    sent = (qty * share).quantize(Decimal(1))
    back = [move.at for move in shop.ledger.moves if move.target == key and move.kind == "merge"]
    early = Decimal(0)
    if back and sent and ready + 1700 <= shop.now:
        # At most what was not away for rework.
        early = min(sent, (qty / 2).quantize(Decimal(1)))
        _dispatch(shop, line, key, early, at=ready + rng.randint(300, 1700), number=number)
    latest = max([ready, *back])
    if sent > early and latest + 600 <= shop.now:
        at = rng.randint(latest + 60, min(shop.now, latest + 5 * _HOUR))
        _dispatch(shop, line, key, sent - early, at=at, number=number)
    else:
        sent = early
    if qty > sent:
        shop.claims.append(Claim(line=line.key, qty=qty - sent, lot=key))


def _dispatch(
    shop: Shop, line: Line, key: LotKey, qty: Decimal, *, at: int, number: Number
) -> None:
    shop.ledger.dispatches.append(
        Dispatch(
            at=at,
            shipment=number("DN"),
            line_no="1",
            line=line.key,
            customer=line.customer,
            lot=key,
            qty=qty,
        )
    )
    line.shipped += qty
    line.open = line.shipped < line.qty


def _serve_stock_lines(shop: Shop, rng: Random, *, number: Number) -> None:
    """Promise make-to-stock goods to lines in order of due time, oldest goods first."""
    supplies = _topped_up(shop, rng, _stock_supplies(shop), number=number)
    shipping = True
    while supplies:
        first = supplies[0]
        total = sum((supply.qty for supply in supplies), Decimal(0))
        wanted = min(total, Decimal(rng.randrange(4, 28, 2)))
        line = Line(
            order=number("SO"),
            line="1",
            customer=rng.choice(sorted(shop.customers)),
            item="F3",
            qty=wanted,
            due=0,
        )
        shop.lines[line.key] = line
        shipping = shipping and first.lot is not None and rng.random() < 0.65
        while wanted > 0:
            supply = supplies[0]
            taken = min(wanted, supply.qty)
            _give(shop, rng, line, supply, taken, shipping=shipping, number=number)
            supply.qty -= taken
            wanted -= taken
            if supply.qty == 0:
                supplies.pop(0)


def _stock_supplies(shop: Shop) -> list[_Supply]:
    makers = [wo for wo in shop.work_orders.values() if wo.item == "F3" and wo.kind != "rework"]
    supplies = []
    for wo in sorted(makers, key=lambda wo: wo.jobs[-1].planned_finish):
        if wo.done:
            finish = wo.jobs[-1].finish
            assert finish is not None
            since = finish + shop.items["F3"].post_lead_s
            for key, qty in wo.lots:
                back = [m.at for m in shop.ledger.moves if m.target == key and m.kind == "merge"]
                supplies.append(_Supply(qty, lot=key, since=max([since, *back])))
        else:
            supplies.append(_Supply(wo.qty, wo=wo.code))
    return supplies


def _topped_up(
    shop: Shop, rng: Random, supplies: list[_Supply], *, number: Number
) -> list[_Supply]:
    """Now and then pour the second lot into what is left of the first."""
    if len(supplies) < 2 or rng.random() < 0.4:
        return supplies
    first, second = supplies[:2]
    at = second.since + 900
    if first.lot is None or second.lot is None or at <= first.since + 1200 or at > shop.now:
        return supplies
    early = (first.qty / 2).quantize(Decimal(1))
    line = Line(
        order=number("SO"),
        line="1",
        customer=rng.choice(sorted(shop.customers)),
        item="F3",
        qty=early,
        due=0,
    )
    shop.lines[line.key] = line
    sent = rng.randint(first.since + 60, at - 60)
    _dispatch(shop, line, first.lot, early, at=sent, number=number)
    shop.ledger.moves.append(
        Move(at=at, source=second.lot, target=first.lot, qty=second.qty, kind="merge")
    )
    rest = _Supply(first.qty - early + second.qty, lot=first.lot, since=at)
    return [rest, *supplies[2:]]


def _give(
    shop: Shop,
    rng: Random,
    line: Line,
    supply: _Supply,
    qty: Decimal,
    *,
    shipping: bool,
    number: Number,
) -> None:
    if supply.lot is None:
        shop.claims.append(Claim(line=line.key, qty=qty, wo=supply.wo))
        return
    key, since = supply.lot, supply.since
    if rng.random() < 0.25 and since + 120 < shop.now:
        at = since + 60
        part = shop.lot(key.item, number(f"{key.item}-P"))
        shop.ledger.lots[part] = LotCard(key=part, born=Decimal(0), made=at, parent=key.lot)
        shop.ledger.moves.append(Move(at=at, source=key, target=part, qty=qty, kind="split"))
        key, since = part, at
    if shipping and since + 600 < shop.now:
        at = rng.randint(since + 60, min(shop.now, since + 8 * _HOUR))
        _dispatch(shop, line, key, qty, at=at, number=number)
    else:
        shop.claims.append(Claim(line=line.key, qty=qty, lot=key))


def _return_some(shop: Shop, rng: Random, *, number: Number) -> None:
    """Now and then a customer sends some goods back, which are then scrapped."""
    sent = [s for s in shop.ledger.dispatches if s.at + 2 * _HOUR < shop.now and s.qty > 4]
    if not sent or rng.random() < 0.8:
        return
    one = rng.choice(sent)
    at = rng.randint(one.at + _HOUR, shop.now - 60)
    qty = (one.qty / 4).quantize(Decimal(1))
    shop.ledger.dispatches.append(
        Dispatch(
            at=at,
            shipment=number("RN"),
            line_no="1",
            line=one.line,
            customer=one.customer,
            lot=one.lot,
            qty=qty,
            back=True,
        )
    )
    shop.ledger.scrapped.append(Scrapped(at=at + 30, lot=one.lot, qty=qty))
