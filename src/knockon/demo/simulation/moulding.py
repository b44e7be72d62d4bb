"""Story A: an injection moulding plant; a machine stops in the middle of the night."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from knockon.demo.simulation.blueprint import (
    Blueprint,
    StoryTrouble,
    add_area,
    add_group,
    add_tools,
    open_hours,
)
from knockon.demo.simulation.builder import RawHabits
from knockon.demo.simulation.cast import CAUSES, customers, people_rows, shift_rows
from knockon.demo.simulation.clockwork import Outage
from knockon.demo.simulation.hours import Week, turned, weekly
from knockon.demo.simulation.moulding_cast import CUSTOMERS, MANAGERS, STAFF, SUPPLIERS
from knockon.demo.simulation.moulding_items import PARTS, PRODUCTS, RAW, SETS
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
from knockon.domain.facts.plant import RestartRule

ZONE = ZoneInfo("Asia/Taipei")
PLANT = "TC1"


_SPARES = {"MD-2101": "A-03", "MD-2305": "B-11", "MD-2714": "B-12"}
"""Moulds of which an older one still lies in the rack, and where."""

_OUTSIDE: list[Row] = [
    {"item": "P-2714V", "supplier": "S106", "customer": "HOMEL", "state": "notify_first"},
    {"item": "P-2714V", "supplier": "S106", "customer": "CARLO", "state": "approved"},
    {"item": "P-2306O", "supplier": "S106", "customer": "", "state": "forbidden"},
]
"""Whose parts the neighbour may mould."""


def moulding(rng: Random, *, now: int, size: float, turn: int) -> Blueprint:
    """Return the moulding plant before it is played."""
    shop = Shop(plant=PLANT, name="中部精密射出 台中廠", zone=ZONE, now=now, currency="TWD")
    groups = _machines(shop, size=size, turn=turn)
    _items(shop, groups, size=size)
    shop.customers = customers(CUSTOMERS, managers=MANAGERS, turn=turn)
    shop.trucks = dict.fromkeys(turned(range(1, 7), turn), 17 * 60)
    open_hours(shop)
    repairs = stop_history(rng, groups["IMM"])
    return Blueprint(
        shop=shop,
        products=PRODUCTS,
        groups=groups,
        busy=0.76,
        prefixes={
            "order": "2201-",
            "work_order": "5101-",
            "shipment": "2301-",
            "forecast": "FC-",
            "raw": "R",
            "packaging": "K",
            "semi": "J",
            "finished": "F",
        },
        habits={code: RawHabits(serves=(8, 24), hours_early=(24, 120)) for code in shop.items},
        choose=lambda blueprint, dice: _stop(blueprint, dice, repairs=repairs),
        measured=(
            ("wall_thickness_mm", "INJECT", Decimal("2.0"), Decimal("0.12")),
            ("shot_weight_g", "INJECT", Decimal("48.0"), Decimal("1.2")),
            ("gap_mm", "ASSEMBLE", Decimal("0.3"), Decimal("0.15")),
        ),
        extra={
            "suppliers": SUPPLIERS,
            "people": people_rows(STAFF, domain="moulding.example"),
            "shifts": shift_rows(STAFF, turn=turn),
            "causes": CAUSES,
            "stops": stop_rows(shop, rng, repairs=repairs, causes=("M01", "M02", "M04", "T01")),
            "setups": _setups(groups["IMM"]),
            "levers": _levers(),
            "approvals": [*_approvals(shop, rng), *_OUTSIDE],
            "tools": _spare_moulds(shop),
            "tool_uses": _spare_mould_uses(shop),
        },
    )


def _machines(shop: Shop, *, size: float, turn: int) -> dict[str, tuple[str, ...]]:
    days = turned(range(1, 7), turn)
    today = instant(shop.now).astimezone(ZONE).date()
    off = _days_off(today)
    around = weekly(days, (480, 1200), (1200, 480))
    day_only = weekly(days, (480, 1080))
    add_area(shop, PLANT, name=shop.name, level="site", parent="", week=Week())
    for code, name, shifts in (
        ("INJ", "射出課", around),
        ("ASSY", "組立課", day_only),
        ("PACK", "包裝課", day_only),
    ):
        week = Week(shifts=shifts, days_off=off)
        add_area(shop, code, name=name, level="area", parent=PLANT, week=week)
    many = max(4, round(12 * size))
    few = max(2, round(3 * size))
    return {
        "IMM": add_group(
            shop,
            "IMM",
            count=many,
            parent="INJ",
            names="射出機",
            kind="injection",
            cost=650,
            cycle_s=Decimal(30),
        ),
        "ASM": add_group(
            shop, "ASM", count=few, parent="ASSY", names="組立線", kind="assembly", cost=480
        ),
        "PKG": add_group(
            shop, "PKG", count=few, parent="PACK", names="包裝線", kind="packing", cost=320
        ),
    }


def _days_off(today: date) -> tuple[date, ...]:
    return today - timedelta(days=17), today + timedelta(days=11)


def _items(shop: Shop, groups: dict[str, tuple[str, ...]], *, size: float) -> None:
    presses, lines, packers = groups["IMM"], groups["ASM"], groups["PKG"]
    for code, name, spec, uom, supplier, kind in RAW:
        shop.items[code] = Item(
            code=code, name=name, spec=spec, kind=kind, uom=uom, supplier=supplier, lead_days=7
        )
    for number, part in enumerate(PARTS):
        press = presses[part.press % len(presses)]
        others = tuple(presses[(part.press + hop) % len(presses)] for hop in (3, 5, 8))
        mould = Tool(
            code=part.mould,
            name=f"{part.name}模",
            machine=press,
            cavities=part.cavities,
            shots=120_000 + 7_310 * number,
        )
        step = Step(
            seq=10,
            operation="INJECT",
            machine=press,
            tool=part.mould,
            more_tools=add_tools(shop, mould, size=size),
            alternates=others if part.movable else (),
            setup_s=2700,
            unit_s=Decimal(part.unit_s),
            restart=RestartRule.RESUME if number % 3 else RestartRule.RESTART,
            restart_s=1200,
        )
        shop.items[part.code] = Item(
            code=part.code,
            name=part.name,
            spec=part.spec,
            kind="semi",
            steps=(step,),
            parts=_components(part.made_of),
            cost=Decimal(part.cost),
        )
    for number, good in enumerate(SETS):
        steps = []
        if good.assemble_s:
            steps.append(
                Step(
                    seq=10,
                    operation="ASSEMBLE",
                    machine=lines[number % len(lines)],
                    alternates=(lines[(number + 1) % len(lines)],),
                    setup_s=900,
                    unit_s=Decimal(good.assemble_s),
                )
            )
        steps.append(
            Step(
                seq=20,
                operation="PACK",
                machine=packers[number % len(packers)],
                alternates=(packers[(number + 1) % len(packers)],),
                setup_s=600,
                unit_s=Decimal("1.5"),
            )
        )
        shop.items[good.code] = Item(
            code=good.code,
            name=good.name,
            spec=good.spec,
            kind=good.kind,
            policy=good.policy,
            steps=tuple(steps) if good.kind == "finished" else tuple(steps[:1]),
            parts=_components(good.made_of),
            post_lead_s=3600 if good.kind == "finished" else 0,
            cost=Decimal(good.cost),
            price=Decimal(good.price),
            lead_days=10,
        )


def _components(made_of: dict[str, str]) -> tuple[Component, ...]:
    return tuple(Component(item=code, per=Decimal(per)) for code, per in made_of.items())


def _setups(presses: tuple[str, ...]) -> list[Row]:
    return [
        {"equipment": press, "from_group": before, "to_group": after, "minutes": minutes}
        for press in presses
        for before, after, minutes in (("light", "dark", "20"), ("dark", "light", "60"))
    ]


def _spare_moulds(shop: Shop) -> list[Row]:
    return [
        {
            "tool": f"{code}S",
            "name": f"備用{shop.tools[code].name}",
            "kind": "mould",
            "status": "ok",
            "location": rack,
            "cavities": str(shop.tools[code].cavities),
            "cavities_open": str(shop.tools[code].cavities),
        }
        for code, rack in _SPARES.items()
        if code in shop.tools
    ]


def _spare_mould_uses(shop: Shop) -> list[Row]:
    return [
        {
            "item": item.code,
            "operation": step.operation,
            "tool": f"{step.tool}S",
            "equipment": press,
            "change_min": "55",
            "approved": "Y",
        }
        for item in shop.items.values()
        for step in item.steps
        if step.tool in _SPARES
        for press in (step.machine, *step.alternates)
    ]


def _levers() -> list[Row]:
    return [
        {"kind": "overtime", "equipment": "ASSY", "cost_per_hour": "620", "limit": "3"},
        {"kind": "overtime", "equipment": "PACK", "cost_per_hour": "420", "limit": "3"},
        {"kind": "outsource", "supplier": "S106", "fixed_cost": "18000", "lead_time_h": "48"},
        {"kind": "expedite", "fixed_cost": "6500", "lead_time_h": "24"},
    ]


def _approvals(shop: Shop, rng: Random) -> list[Row]:
    return [
        {
            "item": item.code,
            "equipment": other,
            "customer": rng.choice(sorted(shop.customers)),
            "state": rng.choice(("approved", "notify_first", "forbidden")),
        }
        for item in shop.items.values()
        for step in item.steps
        if step.operation == "INJECT"
        for other in step.alternates
    ]


def _stop(blueprint: Blueprint, rng: Random, *, repairs: dict[str, int]) -> StoryTrouble:
    """Stop one of the presses that are running."""
    shop = blueprint.shop
    running = sorted(
        {
            job.machine
            for job in shop.jobs()
            if job.start is not None and job.finish is None and job.machine in repairs
        }
    )
    press = rng.choice(running or sorted(repairs))
    repair_s = repairs[press]
    at = instant(shop.now)
    disruption = Disruption(
        id="story-moulding",
        kind=DisruptionKind.EQUIPMENT,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=at,
        scope=Scope(plant=shop.plant, equipment=(press,), start=at),
    )
    outage = Outage(machines=frozenset({press}), start=shop.now, end=shop.now + repair_s)
    row = {
        "source": "gateway-1",
        "event_id": f"{press}-{shop.now}-stop",
        "equipment": press,
        "at": clock(shop.now, shop.zone),
        "kind": "state",
        "code": "stop",
        "value": "M02",
    }
    alarm = row | {"event_id": f"{press}-{shop.now}-alarm", "kind": "alarm", "code": "E217"}
    trigger = tuple(SignalRecord(at=at, table="signals", row=each) for each in (row, alarm))
    return StoryTrouble(
        disruption=disruption,
        trouble=Trouble(outage=outage),
        repair_s=repair_s,
        trigger=trigger,
    )
