from decimal import Decimal

from knockon.demo.simulation.clockwork import Outage
from knockon.demo.simulation.ledger import Dispatch, LotCard, Move
from knockon.demo.simulation.outcome import Trouble, outcome
from knockon.demo.simulation.shop import Claim, Item, Need, Purchase, Shop
from knockon.domain.facts.keys import LotKey, OrderLineKey
from knockon.domain.impact import Effect
from tests.demo.plants import HOUR, MINUTE, NOON, add_line, add_work_order, bare_shop


def one_hour_stop() -> Trouble:
    return Trouble(outage=Outage(machines=frozenset({"M1"}), start=NOON, end=NOON + HOUR))


def effects(shop: Shop, trouble: Trouble) -> dict[str, set[Effect]]:
    return {line.key.order: set(line.effects) for line in outcome(shop, trouble).lines}


def add_lot(shop: Shop, item: str, number: str, qty: int, *, wo: str = "") -> LotKey:
    key = shop.lot(item, number)
    shop.ledger.lots[key] = LotCard(key=key, born=Decimal(qty), made=NOON - 5 * HOUR, wo=wo)
    return key


def move(source: LotKey, target: LotKey, minute: int, kind: str = "consume") -> Move:
    return Move(at=NOON + minute * MINUTE, source=source, target=target, qty=Decimal(1), kind=kind)


def dispatch(key: LotKey, order: str, minute: int) -> Dispatch:
    return Dispatch(
        at=NOON + minute * MINUTE,
        shipment=f"D{minute}",
        line_no="1",
        line=(order, "1"),
        customer="K",
        lot=key,
        qty=Decimal(2),
    )


def test_missing_the_promised_truck_is_late_and_catching_it_is_moved() -> None:
    shop = bare_shop("M1")
    shop.customers["K"].trucks = dict.fromkeys(range(1, 8), 15 * 60)
    shop.items["F"].post_lead_s = 30 * 60
    add_work_order(shop, "W1", ("M1", 10, 60))
    add_work_order(shop, "W2", ("M1", 80, 60))
    add_line(shop, "CATCHES", wo="W1", due_min=180)
    add_line(shop, "MISSES", wo="W2", due_min=180)

    truth = outcome(shop, one_hour_stop())

    # W1 is ready at 14:30 instead of 13:40; W2 at 15:30 instead of 14:50.
    assert {line.key.order: line.effects for line in truth.lines} == {
        "CATCHES": {Effect.MOVED},
        "MISSES": {Effect.LATE},
    }
    assert truth.lines[1].new_ship is not None
    assert truth.lines[1].new_ship.isoformat() == "2026-03-05T15:00:00+00:00"


def test_a_later_truck_that_still_keeps_the_promise_is_moved() -> None:
    shop = bare_shop("M1")
    shop.customers["K"].trucks = dict.fromkeys(range(1, 8), 15 * 60)
    add_work_order(shop, "W1", ("M1", 100, 60))
    add_work_order(shop, "W2", ("M1", 30, 70))
    add_line(shop, "O", wo="W1", due_min=48 * 60)

    assert effects(shop, one_hour_stop()) == {"O": {Effect.MOVED}}


def test_a_delay_below_a_minute_hits_nobody() -> None:
    shop = bare_shop("M1")
    add_work_order(shop, "W1", ("M1", 10, 60))
    add_line(shop, "O", wo="W1", due_min=0)
    blip = Outage(machines=frozenset({"M1"}), start=NOON, end=NOON + 10 * MINUTE + 59)

    assert outcome(shop, Trouble(outage=blip)).lines == ()


def test_only_what_left_after_the_bad_material_came_is_suspect() -> None:
    shop = bare_shop("M1")
    add_work_order(shop, "W1", ("M1", 10, 60))
    add_line(shop, "BEFORE", wo="W1", due_min=600)
    add_line(shop, "AFTER", wo="W1", due_min=600)
    shop.claims = []
    good, bad = add_lot(shop, "F", "GOOD", 10), add_lot(shop, "F", "BAD", 1)
    shop.ledger.dispatches = [dispatch(good, "BEFORE", -90), dispatch(good, "AFTER", -30)]
    shop.ledger.moves = [move(bad, good, -60, kind="merge")]

    truth = outcome(shop, Trouble(suspects=(bad,)))

    assert truth.effects == {OrderLineKey("P1", "AFTER", "1"): {Effect.SUSPECT_SHIPPED}}
    assert truth.lots == {good, bad}
    assert {shipment.shipment for shipment in truth.shipments} == {"D-30"}


def test_a_held_component_leaves_its_line_short_unless_free_stock_covers() -> None:
    shop = bare_shop("M1")
    shop.items["R"] = Item(code="R", kind="raw")
    bad = add_lot(shop, "R", "BAD", 10)
    wo = add_work_order(shop, "W1", ("M1", 10, 60))
    wo.needs = [Need(item="R", qty=Decimal(10), lots=[(bad, Decimal(10))])]
    add_line(shop, "O", wo="W1", due_min=600)

    truth = outcome(shop, Trouble(suspects=(bad,)))
    add_lot(shop, "R", "FREE", 10)
    covered = effects(shop, Trouble(suspects=(bad,)))

    assert truth.lines[0].effects == {Effect.SUSPECT_ON_HAND, Effect.SHORT}
    assert truth.lines[0].qty_short == 10
    assert covered == {"O": {Effect.SUSPECT_ON_HAND}}


def test_a_replacement_that_is_still_to_come_makes_the_line_late_instead_of_short() -> None:
    shop = bare_shop("M1")
    shop.items["R"] = Item(code="R", kind="raw")
    bad = add_lot(shop, "R", "BAD", 10)
    wo = add_work_order(shop, "W1", ("M1", 10, 60))
    wo.needs = [Need(item="R", qty=Decimal(10), lots=[(bad, Decimal(10))])]
    add_line(shop, "O", wo="W1", due_min=120)
    shop.purchases = [
        Purchase(po="PO1", line="1", supplier="V", item="R", qty=Decimal(10), due=NOON + 3 * HOUR)
    ]

    truth = outcome(shop, Trouble(suspects=(bad,)))

    assert truth.lines[0].effects == {Effect.SUSPECT_ON_HAND, Effect.LATE}
    assert truth.lines[0].new_finish is not None
    assert truth.lines[0].new_finish.hour == 16


def test_a_held_child_leaves_the_line_of_its_parent_short() -> None:
    shop = bare_shop("M1", "M2")
    child = add_work_order(shop, "C", ("M1", -60, 90), item="S")
    add_work_order(shop, "P", ("M2", 60, 30), child="C")
    add_line(shop, "O", wo="P", due_min=600)
    bad = add_lot(shop, "R", "BAD", 10)
    work = add_lot(shop, "S", "WIP", 10, wo="C")
    shop.ledger.lots[work].made = None
    child.lots = [(work, Decimal(10))]
    shop.ledger.moves = [move(bad, work, -59)]

    assert effects(shop, Trouble(suspects=(bad,))) == {"O": {Effect.SUSPECT_ON_HAND, Effect.SHORT}}


def test_a_held_finished_lot_hits_the_line_it_is_promised_to() -> None:
    shop = bare_shop("M1")
    bad, free = add_lot(shop, "F", "BAD", 10), add_lot(shop, "F", "FREE", 4)
    line = add_line(shop, "O", wo="", due_min=600)
    shop.claims = [Claim(line=line.key, qty=Decimal(10), lot=bad)]

    truth = outcome(shop, Trouble(suspects=(bad,)))

    assert truth.lines[0].effects == {Effect.SUSPECT_ON_HAND, Effect.SHORT}
    assert truth.lines[0].qty_short == 6
    assert free not in truth.lots
