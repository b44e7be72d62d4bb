"""Master data of a small generated plant: machines, tools, items, customers."""

from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

from knockon.demo.simulation.hours import Hours, Shift, Week
from knockon.demo.simulation.shop import (
    Component,
    Customer,
    Item,
    Machine,
    Shop,
    Step,
    Tool,
    instant,
)
from knockon.domain.facts.plant import RestartRule

ZONE = ZoneInfo("Asia/Taipei")

MACHINES = ("CUT1", "CUT2", "MIX1", "ASM1", "ASM2", "PACK1")
"""Where planned work runs; the rework bench stands beside them."""

BENCH = "RWK1"

_DAY = 86_400


def empty_shop(rng: Random, *, now: int) -> Shop:
    """Return a plant with its master data and nothing in it yet."""
    shop = Shop(plant="P1", zone=ZONE, now=now)
    _add_machines(shop, rng)
    for tool in ("T1", "T2"):
        shop.tools[tool] = Tool(code=tool, cavities=4)
    _add_items(shop, rng)
    for number in range(rng.randint(3, 5)):
        code = f"K{number + 1}"
        shop.customers[code] = Customer(
            code=code,
            tier=rng.choice("ABC"),
            language=rng.choice(("zh-Hant", "zh-Hans", "en")),
            trucks=_trucks(rng),
        )
    shop.trucks = dict.fromkeys(range(1, 8), 17 * 60)
    return shop


def _add_machines(shop: Shop, rng: Random) -> None:
    first = instant(shop.now - 12 * _DAY).astimezone(ZONE).date()
    for code in (*MACHINES, BENCH):
        week = None
        if code != BENCH and rng.random() < 0.35:
            start, end, days = rng.choice(((480, 0, 7), (480, 1200, 7), (480, 240, 6)))
            week = Week(
                shifts=tuple(Shift(weekday=n + 1, start=start, end=end) for n in range(days))
            )
        windows = week.windows(first=first, days=120, zone=ZONE) if week is not None else []
        shop.machines[code] = Machine(code=code, week=week, hours=Hours(windows), kind=code[:-1])


def _trucks(rng: Random) -> dict[int, int]:
    days = rng.choice((range(1, 8), range(1, 6), (1, 3, 5), ()))
    at = rng.choice((11 * 60 + 30, 16 * 60, 18 * 60 + 15))
    return dict.fromkeys(days, at)


def _add_items(shop: Shop, rng: Random) -> None:
    warm_up = {
        code: rng.choice((0, 600, 1200)) if machine.hours.always else 0
        for code, machine in shop.machines.items()
    }

    def step(seq: int, machine: str, *, tool: str = "", unit_s: tuple[int, int]) -> Step:
        return Step(
            seq=seq,
            operation=machine[:-1],
            machine=machine,
            tool=tool,
            setup_s=rng.randrange(0, 1800, 60),
            unit_s=Decimal(rng.randrange(*unit_s, 3)),
            restart=rng.choice(tuple(RestartRule)),
            restart_s=warm_up[machine],
        )

    def made(code: str, kind: str, steps: tuple[Step, ...], parts: dict[str, str]) -> None:
        shop.items[code] = Item(
            code=code,
            kind=kind,
            steps=steps,
            parts=tuple(Component(item=part, per=Decimal(per)) for part, per in parts.items()),
            policy="stock" if code == "F3" else "order",
            post_lead_s=rng.choice((0, 0, 1800, 7200)) if kind == "finished" else 0,
        )

    for number in range(1, 6):
        code = f"R{number}"
        shop.items[code] = Item(code=code, kind="raw", uom="KG", supplier=f"V{number % 2 + 1}")
    one, two = rng.choice((("T1", "T1"), ("T1", "T1"), ("T1", "T2")))
    shot = (step(10, "CUT1", tool=one, unit_s=(150, 480)),)
    made("S1", "semi", shot, {"R1": "0.5"})
    made("S4", "semi", shot, {"R1": "0.25"})
    made("S2", "semi", (step(10, "CUT2", tool=two, unit_s=(150, 480)),), {"R1": "1", "R2": "2"})
    made("S3", "semi", (step(10, "MIX1", unit_s=(150, 480)),), {"R2": "0.25", "R4": "1"})
    module = (step(10, "MIX1", unit_s=(60, 240)), step(20, "ASM1", unit_s=(150, 480)))
    made("A1", "semi", module[: rng.randint(1, 2)], {"S1": "1", "S2": "1"})
    made(
        "A2",
        "semi",
        (step(10, "ASM2", tool="T2", unit_s=(150, 480)),),
        {"S2": "2", "S3": "1", "S4": "1"},
    )
    finish = rng.choice(("ASM1", "ASM2"))
    packed = (step(10, finish, unit_s=(150, 480)), step(20, "PACK1", unit_s=(60, 180)))
    made("F1", "finished", packed, {"A1": "1", "R3": "1"})
    made("F2", "finished", (step(10, "PACK1", unit_s=(150, 480)),), {"A2": "1", "R3": "2"})
    made("F3", "finished", (step(10, "ASM1", unit_s=(150, 480)),), {"A1": "1", "A2": "1"})
