"""The rest of a story plant's records: inspections, stops, forecasts, places in the warehouse."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random

from knockon.demo.simulation.blueprint import DAY, HISTORY_DAYS, Blueprint
from knockon.demo.simulation.shop import Shop, WorkOrder
from knockon.demo.simulation.story_orders import Numbers
from knockon.demo.simulation.writing import Row, clock, text

_MINUTE = 60


def stop_history(rng: Random, codes: tuple[str, ...]) -> dict[str, int]:
    """Return each machine's long repair in seconds: what two fifths of its stops take."""
    return {code: rng.choice((180, 240, 300)) * _MINUTE for code in codes}


def stop_rows(
    shop: Shop, rng: Random, *, repairs: dict[str, int], causes: tuple[str, ...]
) -> list[Row]:
    """Return the closed stops of six weeks: short ones, and two fifths that took the long repair."""
    rows = []
    for code, repair_s in repairs.items():
        count = rng.randint(9, 15)
        long = -(-count * 2 // 5)
        shorter = [rng.randint(6, repair_s // 90) * _MINUTE for _ in range(count - long)]
        lengths = [repair_s] * long + shorter
        rng.shuffle(lengths)
        days = sorted(rng.sample(range(1, HISTORY_DAYS), k=count), reverse=True)
        for length, day in zip(lengths, days, strict=True):
            start = shop.now - day * DAY + rng.randrange(12 * 60) * _MINUTE
            rows.append(
                {
                    "equipment": code,
                    "start": clock(start, shop.zone),
                    "end": clock(min(start + length, shop.now), shop.zone),
                    "cause": rng.choice(causes),
                }
            )
    return rows


def inspection_rows(blueprint: Blueprint, rng: Random) -> list[Row]:
    """Return first-piece and patrol readings of what was made, all within their limits."""
    shop = blueprint.shop
    rows = []
    for wo in shop.work_orders.values():
        if wo.begun and wo.lots:
            rows += list(_readings(blueprint, rng, wo))
    return sorted(rows, key=lambda row: (row["at"], row["work_order"], row["characteristic"]))


def _readings(blueprint: Blueprint, rng: Random, wo: WorkOrder) -> Iterator[Row]:
    shop = blueprint.shop
    kind = shop.items[wo.item].kind
    for job in wo.jobs:
        if job.start is None:
            continue
        end = job.finish if job.finish is not None else shop.now
        for name, what, target, tolerance in blueprint.measured:
            at = job.start + 15 * _MINUTE
            if what in (kind, job.step.operation) and at < end:
                off = Decimal(round(rng.gauss(0, 0.22) * 1000)) / 1000
                off = max(Decimal("-0.9"), min(Decimal("0.9"), off))
                yield {
                    "at": clock(at, shop.zone),
                    "item": wo.item,
                    "lot": wo.lots[0][0].lot,
                    "work_order": wo.code,
                    "seq": str(job.seq),
                    "equipment": job.machine,
                    "tool": job.tool,
                    "characteristic": name,
                    "value": text(target + off * tolerance),
                    "lower_spec": text(target - tolerance),
                    "upper_spec": text(target + tolerance),
                    "target": text(target),
                    "result": "pass",
                    "sample": "5",
                }


def forecast_rows(blueprint: Blueprint, numbers: Numbers, rng: Random) -> list[Row]:
    """Return what customers expect to want in the weeks after all that is planned."""
    shop = blueprint.shop
    stocked = [
        product for product in blueprint.products if shop.items[product.item].policy == "stock"
    ]
    rows = []
    for product in stocked:
        for customer in product.takers[:2]:
            for week in range(5, 9):
                at = shop.now + week * 7 * DAY
                rows.append(
                    {
                        "order": numbers.document("forecast", at),
                        "line": "10",
                        "customer": customer,
                        "item": product.item,
                        "qty": str(rng.randrange(2, 9) * product.asks[2]),
                        "due_at": clock(shop.truck_after(customer, ready=at), shop.zone),
                        "kind": "forecast",
                        "shipped_qty": "0",
                        "status": "open",
                    }
                )
    return rows


def put_away(shop: Shop, rng: Random) -> None:
    """Give every lot its place in the warehouse."""
    houses = {"raw": "WH-RM", "packaging": "WH-PK", "semi": "WH-WIP", "finished": "WH-FG"}
    for key, card in shop.ledger.lots.items():
        card.warehouse = houses[shop.items[key.item].kind]
        card.location = f"{rng.choice('ABCDEF')}{rng.randint(1, 12):02d}-{rng.randint(1, 4)}"
        if card.made is None:
            card.warehouse, card.location = "WH-WIP", card.machine


def tool_uses(shop: Shop) -> list[Row]:
    """Return which tool ran for which work order, and when."""
    return [
        {
            "resource": job.tool,
            "kind": "tool",
            "work_order": job.wo,
            "start": clock(job.start, shop.zone),
            "end": clock(job.finish, shop.zone),
        }
        for job in shop.jobs()
        if job.tool and job.start is not None
    ]
