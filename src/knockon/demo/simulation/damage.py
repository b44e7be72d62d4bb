"""Spoil some of a small plant's records as real records are spoilt; what happened stays true.

Nothing is spoilt beyond what a careful reader could still suspect: a work order loses its planned
times only where every line that is really hit can still be reached without them, and an
allocation is lost only where the pegging rule leads to the same supply.
"""

from copy import copy
from dataclasses import replace
from datetime import datetime
from random import Random

from knockon.demo.simulation.clockwork import play
from knockon.demo.simulation.holds import LineKey
from knockon.demo.simulation.outcome import (
    MATERIALITY_S,
    Trouble,
    finishes,
    served_lines,
)
from knockon.demo.simulation.shop import Need, Shop, WorkOrder
from knockon.demo.simulation.truth import SimulatedCase, Tables
from knockon.demo.simulation.writing import Row, squared

_TIMES = ("planned_start", "planned_finish")


def damaged(case: SimulatedCase, shop: Shop, trouble: Trouble, *, rng: Random) -> SimulatedCase:
    """Return the case with holes in its records and the same truth."""
    tables: Tables = {name: [dict(row) for row in rows] for name, rows in case.tables.items()}
    if rng.random() < 0.6:
        _forget_outputs(tables, rng)
    if rng.random() < 0.5:
        _forget_consumption(tables, rng)
    if rng.random() < 0.5:
        _backflush(tables, shop, rng)
    if rng.random() < 0.5:
        _forget_clock(tables, rng)
    if rng.random() < 0.6:
        _forget_allocations(tables, shop, rng)
    if rng.random() < 0.5:
        _forget_plan(tables, shop, trouble, rng)
    return replace(case, tables={name: squared(name, rows) for name, rows in tables.items()})


def _some(rows: list[Row], rng: Random, *, share: float) -> list[Row]:
    return [row for row in rows if rng.random() < share]


def _forget_outputs(tables: Tables, rng: Random) -> None:
    """Know some consumption by work order only."""
    for row in _some(tables.get("consumption", []), rng, share=0.2):
        row["output_lot"] = row["output_item"] = ""


def _forget_consumption(tables: Tables, rng: Random) -> None:
    """Lose some rows altogether; the requirement still says that the component went in."""
    rows = tables.get("consumption", [])
    lost = {row["event_id"] for row in rng.sample(rows, k=min(len(rows), rng.randint(1, 4)))}
    tables["consumption"] = [row for row in rows if row["event_id"] not in lost]


def _backflush(tables: Tables, shop: Shop, rng: Random) -> None:
    """Book the oldest lot on hand instead of the one that was really taken."""
    rows = [row for row in tables.get("consumption", []) if row["input_item"].startswith("R")]
    for row in _some(rows, rng, share=0.3):
        row["kind"] = "backflush"
        row["input_lot"] = _standard_lot(shop, row)


def _standard_lot(shop: Shop, row: Row) -> str:
    at = datetime.fromisoformat(row["at"]).timestamp()
    born = {
        key: card
        for key, card in shop.ledger.lots.items()
        if key.item == row["input_item"] and card.made is not None and card.made <= at
    }
    left = {key: card.born for key, card in born.items()}
    for move in shop.ledger.moves:
        if move.source in left and move.at < at:
            left[move.source] -= move.qty
    on_hand = [key for key in born if left[key] > 0]
    return min(on_hand, key=lambda key: (born[key].made, key)).lot


def _forget_clock(tables: Tables, rng: Random) -> None:
    """Keep only the date of some facts."""
    for table, column in (
        ("consumption", "at"),
        ("shipments", "shipped_at"),
        ("lots", "made_at"),
        ("lot_events", "at"),
    ):
        for row in _some(tables.get(table, []), rng, share=0.15):
            row[column] = row[column][:10]


def _forget_allocations(tables: Tables, shop: Shop, rng: Random) -> None:
    """Lose promises that the pegging rule finds again."""
    stock_lots = {claim.lot for claim in shop.claims if claim.lot and claim.lot.item == "F3"}
    left = shop.ledger.balances()
    lots_on_hand = {
        item: sum(1 for key, qty in left.items() if key.item == item and qty > 0)
        for item in shop.items
    }

    def found_again(row: Row) -> bool:
        if not row["order"]:
            # Reserved component: made by a named work order, or there is but one lot to take.
            bought = row["item"].startswith("R")
            return lots_on_hand[row["item"]] == 1 if bought else True
        if row["item"] == "F3":
            return len(stock_lots) <= 1 or not row["lot"]
        # The work order that made the lot names the order.
        return True

    rows = tables.get("allocations", [])
    tables["allocations"] = [row for row in rows if not (rng.random() < 0.5 and found_again(row))]


def _forget_plan(tables: Tables, shop: Shop, trouble: Trouble, rng: Random) -> None:
    """Take planned times, or their time of day, from a work order or two."""
    waiting = [wo for wo in shop.work_orders.values() if not wo.begun]
    spoilt = 0
    for wo in rng.sample(waiting, k=min(len(waiting), 6)):
        if spoilt < 2 and _still_found(shop, trouble, wo):
            keep = rng.choice((0, 0, 10))
            spoilt += 1
            for row in tables["operations"]:
                if row["work_order"] == wo.code:
                    row.update({name: row[name][:keep] for name in _TIMES})
            for row in tables["work_orders"]:
                if row["work_order"] == wo.code:
                    row["planned_start"] = row["planned_start"][:keep]


def _still_found(shop: Shop, trouble: Trouble, wo: WorkOrder) -> bool:
    """Whether all that is late is still found by one who does not know the work order's place."""
    outage = trouble.outage
    if outage is None:
        return True
    late = _late_lines(shop, trouble)
    found = _late_lines(_without(shop, wo), trouble)
    if any(outage.touches(job) for job in wo.jobs):
        found |= served_lines(shop)[wo.code]
    return late <= found


def _late_lines(shop: Shop, trouble: Trouble) -> set[LineKey]:
    old = play(shop, since=shop.now)
    new = play(shop, since=shop.now, outage=trouble.outage)
    before = finishes(shop, old, instead={})
    after = finishes(shop, new, instead={})
    return {key for key, at in before.items() if after[key] - at >= MATERIALITY_S}


def _without(shop: Shop, wo: WorkOrder) -> Shop:
    """Return the plant as it would be if nobody knew of the work order."""
    fewer = copy(shop)
    fewer.work_orders = {
        code: _not_waiting(other, wo.code)
        for code, other in shop.work_orders.items()
        if code != wo.code
    }
    fewer.claims = [claim for claim in shop.claims if claim.wo != wo.code]
    return fewer


def _not_waiting(other: WorkOrder, code: str) -> WorkOrder:
    if all(need.child != code for need in other.needs):
        return other
    needs = [
        Need(item=need.item, qty=need.qty) if need.child == code else need for need in other.needs
    ]
    return replace(other, needs=needs)
