"""What a story's plant is before it is played: its master data and how its orders come."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random

from knockon.demo.simulation.builder import RawHabits
from knockon.demo.simulation.hours import Hours, Week
from knockon.demo.simulation.outcome import Trouble
from knockon.demo.simulation.shop import Machine, Shop, Tool, instant
from knockon.demo.simulation.truth import SignalRecord
from knockon.demo.simulation.writing import Row
from knockon.domain.disruptions import Disruption

DAY = 86_400
HISTORY_DAYS = 42
FUTURE_DAYS = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something customers order.

    ``lots`` is the range of a work order's quantity with its step; ``takers`` the customers;
    ``asks`` the range of a make-to-stock order line's quantity with its step.
    """

    item: str
    weight: int
    lots: tuple[int, int, int]
    takers: tuple[str, ...]
    asks: tuple[int, int, int] = (0, 0, 0)
    siblings: tuple[str, ...] = ()
    """Other finished goods whose work orders are opened with it and share its components."""


@dataclass(slots=True, kw_only=True)
class Blueprint:
    """A plant ready to be played.

    ``busy`` is the share of its working time that the busiest group of machines works; ``choose``
    picks what goes wrong once the plant stands at its ``now``.
    """

    shop: Shop
    products: tuple[Product, ...]
    groups: dict[str, tuple[str, ...]]
    busy: float
    prefixes: dict[str, str]
    habits: dict[str, RawHabits]
    choose: Callable[["Blueprint", Random], "StoryTrouble"]
    measured: tuple[tuple[str, str, Decimal, Decimal], ...]
    """What inspections measure: characteristic, item kind, target, tolerance."""
    extra: dict[str, list[Row]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryTrouble:
    """What goes wrong in a story, and how the plant itself would tell of it."""

    disruption: Disruption
    trouble: Trouble
    repair_s: int | None
    trigger: tuple[SignalRecord, ...]


def add_group(
    shop: Shop,
    group: str,
    *,
    count: int,
    parent: str,
    names: str,
    kind: str,
    cost: int,
    cycle_s: Decimal | None = None,
) -> tuple[str, ...]:
    """Add machines of one kind, numbered from 1, and return their codes."""
    codes = tuple(f"{group}{number:02d}" for number in range(1, count + 1))
    for number, code in enumerate(codes, start=1):
        shop.machines[code] = Machine(
            code=code,
            name=f"{names} {number}",
            parent=parent,
            kind=kind,
            cost_per_hour=Decimal(cost),
            cycle_s=cycle_s,
        )
    return codes


def add_area(shop: Shop, code: str, *, name: str, level: str, parent: str, week: Week) -> None:
    """Add an area or work centre; the machines below it keep its hours."""
    shop.machines[code] = Machine(
        code=code, name=name, parent=parent, level=level, kind=level, week=week
    )


def add_tools(shop: Shop, tool: Tool, *, size: float) -> tuple[str, ...]:
    """Add a tool, in a larger plant with copies, and return the copies' codes."""
    shop.tools.setdefault(tool.code, tool)
    copies = tuple(f"{tool.code}-{number}" for number in range(2, round(size) + 1))
    for code in copies:
        shop.tools.setdefault(code, replace(tool, code=code))
    return copies


def open_hours(shop: Shop) -> None:
    """Give every machine the working hours of the nearest node above that has any."""
    first = instant(shop.now - (HISTORY_DAYS + 8) * DAY).astimezone(shop.zone).date()
    days = HISTORY_DAYS + 240
    known: dict[str, Hours] = {}
    for machine in shop.machines.values():
        node: Machine | None = machine
        while node is not None and (node.week is None or not node.week.shifts):
            node = shop.machines.get(node.parent)
        if node is None or node.week is None:
            continue
        if node.code not in known:
            windows = node.week.windows(first=first, days=days, zone=shop.zone)
            known[node.code] = Hours(windows)
        machine.hours = known[node.code]
