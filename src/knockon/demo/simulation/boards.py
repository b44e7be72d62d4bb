"""Story B: a plant making 100,000 boards a month; bad solder joints are found in a batch."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from knockon.demo.simulation.blueprint import (
    DAY,
    Blueprint,
    StoryTrouble,
    add_area,
    add_group,
    add_tools,
    open_hours,
)
from knockon.demo.simulation.boards_cast import CUSTOMERS, MANAGERS, STAFF, SUPPLIERS
from knockon.demo.simulation.boards_items import BOARDS, PANELS, PRODUCTS, RAW
from knockon.demo.simulation.builder import RawHabits
from knockon.demo.simulation.cast import CAUSES, customers, people_rows, shift_rows
from knockon.demo.simulation.hours import Week, turned, weekly
from knockon.demo.simulation.outcome import Trouble
from knockon.demo.simulation.shop import Component, Item, Shop, Step, Tool, instant
from knockon.demo.simulation.story_records import stop_history, stop_rows
from knockon.demo.simulation.truth import SignalRecord
from knockon.demo.simulation.writing import Row, clock
from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)

ZONE = ZoneInfo("Asia/Taipei")
PLANT = "TY2"
TRIAL = "PNL-T01"
_HOUR = 3600


def boards(rng: Random, *, now: int, size: float, turn: int) -> Blueprint:
    """Return the board plant before it is played."""
    shop = Shop(plant=PLANT, name="北辰電子 桃園二廠", zone=ZONE, now=now, currency="TWD")
    groups = _machines(shop, size=size, turn=turn)
    _items(shop, groups, size=size)
    shop.customers = customers(CUSTOMERS, managers=MANAGERS, turn=turn)
    shop.trucks = dict.fromkeys(turned(range(1, 7), turn), 17 * 60 + 30)
    open_hours(shop)
    repairs = stop_history(rng, groups["SMT"])
    return Blueprint(
        shop=shop,
        products=PRODUCTS,
        groups=groups,
        busy=0.72,
        prefixes={
            "order": "SO",
            "work_order": "MO",
            "shipment": "DN",
            "forecast": "FC",
            "raw": "RL",
            "packaging": "PK",
            "semi": "P",
            "finished": "B",
        },
        habits={code: RawHabits(serves=(4, 12), hours_early=(24, 96)) for code in shop.items}
        | {"SP-SAC305": RawHabits(serves=(2, 5), hours_early=(24, 72))},
        choose=_bad_batch,
        measured=(
            ("spi_height_um", "SMT", Decimal(130), Decimal(25)),
            ("spi_area_pct", "SMT", Decimal(100), Decimal(20)),
            ("aoi_defects_ppm", "SMT", Decimal(60), Decimal(60)),
            ("xray_void_pct", "SMT", Decimal(10), Decimal(10)),
            ("reflow_peak_degc", "SMT", Decimal(245), Decimal(5)),
            ("ict_resistance_ohm", "TEST", Decimal(100), Decimal(5)),
            ("supply_current_ma", "TEST", Decimal("24.0"), Decimal("3.0")),
        ),
        extra={
            "suppliers": SUPPLIERS,
            "people": people_rows(STAFF, domain="boards.example"),
            "shifts": shift_rows(STAFF, turn=turn),
            "causes": CAUSES,
            "stops": stop_rows(shop, rng, repairs=repairs, causes=("M01", "M03", "M04")),
            "setups": _setups(groups["SMT"]),
            "levers": [
                {"kind": "overtime", "equipment": "TST", "cost_per_hour": "560", "limit": "4"},
                {"kind": "expedite", "fixed_cost": "9000", "lead_time_h": "24"},
            ],
            "approvals": _approvals(),
        },
    )


def _machines(shop: Shop, *, size: float, turn: int) -> dict[str, tuple[str, ...]]:
    days = turned(range(1, 7), turn)
    today = instant(shop.now).astimezone(ZONE).date()
    off = (today - timedelta(days=24), today + timedelta(days=13))
    around = weekly(days, (480, 1200), (1200, 480))
    long_day = weekly(days, (480, 1320))
    add_area(shop, PLANT, name=shop.name, level="site", parent="", week=Week())
    for code, name, shifts in (
        ("SMD", "貼片課", around),
        ("TST", "測試課", long_day),
        ("BOX", "組裝課", long_day),
    ):
        week = Week(shifts=shifts, days_off=off)
        add_area(shop, code, name=name, level="area", parent=PLANT, week=week)
    return {
        "SMT": add_group(
            shop,
            "SMT",
            count=max(1, round(2 * size)),
            parent="SMD",
            names="貼片線",
            kind="smt_line",
            cost=2600,
            cycle_s=Decimal(90),
        ),
        "FCT": add_group(
            shop,
            "FCT",
            count=max(2, round(4 * size)),
            parent="TST",
            names="功能測試站",
            kind="tester",
            cost=700,
        ),
        "BXL": add_group(
            shop,
            "BXL",
            count=max(1, round(2 * size)),
            parent="BOX",
            names="組裝線",
            kind="assembly",
            cost=520,
        ),
    }


def _items(shop: Shop, groups: dict[str, tuple[str, ...]], *, size: float) -> None:
    for code, name, spec, uom, supplier, kind in RAW:
        shop.items[code] = Item(
            code=code, name=name, spec=spec, kind=kind, uom=uom, supplier=supplier, lead_days=21
        )
    for number, panel in enumerate(PANELS):
        stencil = f"ST-{panel.code[-4:]}"
        line, *others = _from(groups["SMT"], number)
        tool = Tool(code=stencil, name=f"鋼板 {panel.code[-4:]}", kind="fixture")
        step = Step(
            seq=10,
            operation="SMT",
            machine=line,
            alternates=tuple(others),
            tool=stencil,
            more_tools=add_tools(shop, tool, size=size),
            setup_s=2400,
            unit_s=Decimal(panel.line_s),
            restart_s=1800,
        )
        shop.items[panel.code] = _item(
            panel.code, panel.name, f"panel of {panel.holds}", (step,), panel.parts, kind="semi"
        )
    shop.items[TRIAL].policy = "stock"
    tester, *others = _from(groups["FCT"], 4)
    shop.items["BRD-1105"] = _item(
        "BRD-1105",
        "顯示板",
        "display board",
        (_test("TEST", tester, others, "30"),),
        {"PNL-1105": "0.125"},
        kind="semi",
    )
    for number, board in enumerate(BOARDS):
        module = board.policy == "order"
        station, *others = _from(groups["BXL" if module else "FCT"], number)
        step = _test("BOX" if module else "TEST", station, others, board.test_s)
        shop.items[board.code] = _item(
            board.code, board.name, board.spec, (step,), board.made_of, kind="finished"
        )
        shop.items[board.code].policy = board.policy
        shop.items[board.code].price = Decimal(board.price)
        shop.items[board.code].post_lead_s = 2 * _HOUR


def _from(codes: tuple[str, ...], number: int) -> tuple[str, ...]:
    """Return the codes beginning with one of them in turn."""
    start = number % len(codes)
    return codes[start:] + codes[:start]


def _test(operation: str, station: str, others: list[str], unit_s: str) -> Step:
    return Step(
        seq=10,
        operation=operation,
        machine=station,
        alternates=tuple(others),
        setup_s=600,
        unit_s=Decimal(unit_s),
        restart_s=600,
    )


def _item(
    code: str, name: str, spec: str, steps: tuple[Step, ...], parts: dict[str, str], *, kind: str
) -> Item:
    return Item(
        code=code,
        name=name,
        spec=spec,
        kind=kind,
        steps=steps,
        parts=tuple(Component(item=part, per=Decimal(per)) for part, per in parts.items()),
        lead_days=7,
    )


def _setups(lines: tuple[str, ...]) -> list[Row]:
    return [
        {"equipment": line, "from_group": before, "to_group": after, "minutes": minutes}
        for line in lines
        for before, after, minutes in (("leaded", "lead_free", "90"), ("a", "b", "25"))
    ]


def _approvals() -> list[Row]:
    return [
        {"item": "BRD-1102-C", "equipment": "SMT01", "customer": "AUTEL", "state": "approved"},
        {"item": "BRD-1102-C", "equipment": "SMT02", "customer": "AUTEL", "state": "notify_first"},
        {"item": "MOD-3300", "supplier": "V209", "customer": "SENSA", "state": "forbidden"},
    ]


def _bad_batch(blueprint: Blueprint, rng: Random) -> StoryTrouble:
    """Find bad solder joints in a panel lot of the last days."""
    shop = blueprint.shop
    recent = sorted(
        key
        for key, card in shop.ledger.lots.items()
        if key.item.startswith("PNL")
        and card.made is not None
        and shop.now - 5 * DAY < card.made < shop.now - 12 * _HOUR
    )
    trial = [key for key in recent if key.item == TRIAL]
    # Now and then it is only a trial build, which nobody ordered.
    lot = rng.choice(trial if trial and rng.random() < 0.2 else recent)
    at = instant(shop.now)
    disruption = Disruption(
        id="story-boards",
        kind=DisruptionKind.QUALITY,
        severity=Severity.S1,
        state=DisruptionState.OPEN,
        opened_at=at,
        scope=Scope(plant=shop.plant, lots=(lot,)),
    )
    card = shop.ledger.lots[lot]
    trigger = tuple(
        SignalRecord(
            at=at,
            table="inspections",
            row={
                "at": clock(shop.now, shop.zone),
                "item": lot.item,
                "lot": lot.lot,
                "work_order": card.wo,
                "seq": "10",
                "equipment": card.machine,
                "characteristic": name,
                "value": value,
                "upper_spec": limit,
                "result": "fail",
                "sample": "20",
                "inspector": "E011",
            },
        )
        for name, value, limit in (
            ("xray_void_pct", "31.5", "20"),
            ("solder_joint_defects_ppm", "41000", "500"),
        )
    )
    return StoryTrouble(
        disruption=disruption, trouble=Trouble(suspects=(lot,)), repair_s=None, trigger=trigger
    )
