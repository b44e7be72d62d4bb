"""Story C: an appliance plant; incoming inspection rejects a supplier's bearings."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from knockon.demo.simulation.appliance_cast import CUSTOMERS, MANAGERS, STAFF, SUPPLIERS
from knockon.demo.simulation.appliance_items import MADE, PRODUCTS, RAW, Made
from knockon.demo.simulation.blueprint import (
    DAY,
    Blueprint,
    StoryTrouble,
    add_area,
    add_group,
    add_tools,
    open_hours,
)
from knockon.demo.simulation.builder import RawHabits
from knockon.demo.simulation.cast import CAUSES, customers, people_rows, shift_rows
from knockon.demo.simulation.hours import Week, turned, weekly
from knockon.demo.simulation.ledger import LotCard
from knockon.demo.simulation.outcome import Trouble
from knockon.demo.simulation.shop import (
    Component,
    Item,
    Purchase,
    Shop,
    Step,
    Tool,
    instant,
)
from knockon.demo.simulation.story_records import stop_history, stop_rows
from knockon.demo.simulation.truth import SignalRecord
from knockon.demo.simulation.writing import clock, text
from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts.keys import LotKey

ZONE = ZoneInfo("Asia/Taipei")
PLANT = "KH3"
BEARING = "B-608ZZ"
_HOUR = 3600

_GROUPS = (
    # Group, area, name of a machine, kind, how many, cost per hour.
    ("WND", "MOT", "繞線機", "winding", 4, 380),
    ("RTR", "MOT", "轉子線", "assembly", 2, 420),
    ("MTR", "MOT", "馬達組立線", "assembly", 3, 460),
    ("INJ", "PLS", "射出機", "injection", 5, 620),
    ("SUB", "FIN", "風扇頭組立線", "assembly", 2, 440),
    ("FAL", "FIN", "總組立線", "assembly", 4, 680),
    ("FTS", "FIN", "測試包裝線", "tester", 3, 520),
)


def appliance(rng: Random, *, now: int, size: float, turn: int) -> Blueprint:
    """Return the appliance plant before it is played."""
    shop = Shop(plant=PLANT, name="和風家電 高雄廠", zone=ZONE, now=now, currency="TWD")
    groups = _machines(shop, size=size, turn=turn)
    _items(shop, groups, size=size)
    shop.customers = customers(CUSTOMERS, managers=MANAGERS, turn=turn)
    shop.trucks = dict.fromkeys(turned(range(1, 7), turn), 17 * 60)
    open_hours(shop)
    repairs = stop_history(rng, groups["INJ"] + groups["WND"])
    return Blueprint(
        shop=shop,
        products=PRODUCTS,
        groups=groups,
        busy=0.72,
        prefixes={
            "order": "A220-",
            "work_order": "A510-",
            "shipment": "A230-",
            "forecast": "AFC-",
            "raw": "IQ",
            "packaging": "KQ",
            "semi": "S",
            "finished": "A",
        },
        habits={code: RawHabits(serves=(5, 15), hours_early=(24, 120)) for code in shop.items}
        | {
            BEARING: RawHabits(
                serves=(3, 6),
                hours_early=(30, 80),
                spare=Decimal(rng.choice((0, 0, 600, 900))),
                always_reserved=True,
            )
        },
        choose=_rejected_bearings,
        measured=(
            ("winding_resistance_ohm", "WIND", Decimal(42), Decimal(3)),
            ("runout_mm", "ROTOR", Decimal("0.03"), Decimal("0.03")),
            ("no_load_current_ma", "MOTOR", Decimal(180), Decimal(30)),
            ("noise_db", "TEST", Decimal(46), Decimal(4)),
        ),
        extra={
            "suppliers": SUPPLIERS,
            "people": people_rows(STAFF, domain="appliance.example"),
            "shifts": shift_rows(STAFF, turn=turn),
            "causes": CAUSES,
            "stops": stop_rows(shop, rng, repairs=repairs, causes=("M01", "M02", "M03")),
            "levers": [
                {"kind": "overtime", "equipment": "FIN", "cost_per_hour": "900", "limit": "3"},
                {"kind": "expedite", "supplier": "U303", "fixed_cost": "12000"},
            ],
            "approvals": [
                {"item": BEARING, "supplier": "U304", "customer": "NORTH", "state": "forbidden"},
                {"item": BEARING, "supplier": "U304", "customer": "DAYU", "state": "approved"},
            ],
        },
    )


def _machines(shop: Shop, *, size: float, turn: int) -> dict[str, tuple[str, ...]]:
    days = turned(range(1, 7), turn)
    today = instant(shop.now).astimezone(ZONE).date()
    off = (today - timedelta(days=20), today + timedelta(days=15))
    long_day = weekly(days, (480, 1320))
    around = weekly(days, (480, 1200), (1200, 480))
    add_area(shop, PLANT, name=shop.name, level="site", parent="", week=Week())
    for code, name, shifts in (
        ("MOT", "馬達課", around),
        ("PLS", "塑膠課", around),
        ("FIN", "總組課", long_day),
    ):
        week = Week(shifts=shifts, days_off=off)
        add_area(shop, code, name=name, level="area", parent=PLANT, week=week)
    return {
        group: add_group(
            shop,
            group,
            count=max(1, round(count * size)),
            parent=area,
            names=name,
            kind=kind,
            cost=cost,
            cycle_s=Decimal(30) if group in ("INJ", "WND") else None,
        )
        for group, area, name, kind, count, cost in _GROUPS
    }


def _items(shop: Shop, groups: dict[str, tuple[str, ...]], *, size: float) -> None:
    for code, name, spec, uom, supplier, kind in RAW:
        shop.items[code] = Item(
            code=code, name=name, spec=spec, kind=kind, uom=uom, supplier=supplier, lead_days=14
        )
    for number, made in enumerate(MADE):
        finished = made.kind == "finished"
        shop.items[made.code] = Item(
            code=made.code,
            name=made.name,
            spec=made.spec,
            kind=made.kind,
            policy=made.policy,
            price=Decimal(made.price),
            post_lead_s=2 * _HOUR if finished else 0,
            lead_days=10,
            steps=tuple(_steps(shop, made, groups, number, size=size)),
            parts=tuple(
                Component(item=part, per=Decimal(per)) for part, per in made.made_of.items()
            ),
        )


def _steps(
    shop: Shop, made: Made, groups: dict[str, tuple[str, ...]], number: int, *, size: float
) -> list[Step]:
    steps = []
    copies: tuple[str, ...] = ()
    if made.tool:
        shots = 80_000 + 9_100 * number
        mould = Tool(code=made.tool, name=f"{made.name}模", cavities=2, shots=shots)
        copies = add_tools(shop, mould, size=size)
    for place, (operation, group, unit_s) in enumerate(made.steps, start=1):
        codes = groups[group]
        start = number % len(codes)
        steps.append(
            Step(
                seq=place * 10,
                operation=operation,
                machine=codes[start],
                alternates=codes[start + 1 :] + codes[:start],
                tool=made.tool,
                more_tools=copies,
                setup_s=1200,
                unit_s=Decimal(unit_s),
                restart_s=600,
            )
        )
    return steps


def _rejected_bearings(blueprint: Blueprint, rng: Random) -> StoryTrouble:
    """Reject a whole lot of bearings that came in and is reserved, with some on order."""
    shop = blueprint.shop
    promised = _untouched(shop)
    spare = [key for key in _bearings(shop) if key not in promised]
    # Now and then it is the lot in reserve that is bad, and nobody needs it yet.
    lot = rng.choice(spare if spare and rng.random() < 0.3 else promised[:3])
    card = shop.ledger.lots[lot]
    card.lot_status = "pending"
    half = (card.born / 2).quantize(Decimal(1))
    # The rest of an order elsewhere comes some hours after the first of them is needed.
    wait_s = rng.choice((5, 9, 14)) * _HOUR
    shop.purchases.append(
        Purchase(
            po=f"PO{shop.now // DAY % 100_000}R01",
            line="1",
            supplier="U304",
            item=BEARING,
            qty=half,
            due=max(shop.now + 8 * _HOUR, _first_need(shop, lot)) + wait_s,
        )
    )
    at = instant(shop.now)
    disruption = Disruption(
        id="story-appliance",
        kind=DisruptionKind.MATERIAL,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=at,
        scope=Scope(plant=shop.plant, supplier_lot=card.supplier_lot),
    )
    return StoryTrouble(
        disruption=disruption,
        trouble=Trouble(suspects=(lot,)),
        repair_s=None,
        trigger=_rejection(shop, lot, card),
    )


def _untouched(shop: Shop) -> list[LotKey]:
    """Return the bearing lots on hand of which nothing was issued, first to be used first."""
    needed = _needed(shop)
    return sorted((key for key in _bearings(shop) if key in needed), key=lambda key: needed[key])


def _first_need(shop: Shop, lot: LotKey) -> int:
    return _needed(shop).get(lot, shop.now)


def _needed(shop: Shop) -> dict[LotKey, int]:
    """Return when each reserved lot of bearings is first to be used."""
    needed: dict[LotKey, int] = {}
    for wo in shop.work_orders.values():
        for need in wo.needs if not wo.begun else ():
            for key, _ in need.lots:
                if key.item == BEARING:
                    first = wo.jobs[0].planned_start
                    needed[key] = min(first, needed.get(key, first))
    return needed


def _bearings(shop: Shop) -> list[LotKey]:
    issued = {move.source for move in shop.ledger.moves}
    return [key for key in shop.ledger.lots if key.item == BEARING and key not in issued]


def _rejection(shop: Shop, lot: LotKey, card: LotCard) -> tuple[SignalRecord, ...]:
    now = clock(shop.now, shop.zone)
    po, line = card.po or ("", "")
    return (
        SignalRecord(
            at=instant(shop.now),
            table="inspections",
            row={
                "at": now,
                "item": lot.item,
                "lot": lot.lot,
                "characteristic": "radial_clearance_um",
                "value": "31",
                "upper_spec": "20",
                "result": "fail",
                "sample": "50",
                "inspector": "H011",
            },
        ),
        SignalRecord(
            at=instant(shop.now),
            table="receipts",
            row={
                "po": po,
                "line": line,
                "item": lot.item,
                "lot": lot.lot,
                "received": text(card.born),
                "accepted": "0",
                "rejected": text(card.born),
                "received_at": clock(card.made, shop.zone),
                "inspection_status": "rejected",
            },
        ),
    )
