"""The last moment of each way out, against a simulator that tries every moment and every place.

The number of shops is 40; ``KNOCKON_SHOPS=2000`` asks for more.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from knockon.domain.facts import Lever
from knockon.domain.impact import Effect, OrderImpact, WayOut
from tests.engine.delay.plants import MONDAY, PLANT, answer, stopped
from tests.engine.ways_out.small_shop import (
    DOWN,
    Pulled,
    SmallShop,
    is_saved,
    moves,
    played,
    small_shop,
    with_levers,
)

SHOPS = int(os.environ.get("KNOCKON_SHOPS", "40"))


def late_rows(shop: SmallShop) -> Iterator[OrderImpact]:
    impact = answer(shop.facts(), stopped(DOWN, hours=shop.repair / 4))
    yield from (row for row in impact.orders if Effect.LATE in row.effects)


def moved(way: WayOut) -> tuple[str, int]:
    check = next(row for row in way.checks if row.code == "way_moves_operation")
    return str(check.params["work_order"]).removeprefix("W-"), int(str(check.params["seq"]))


def quarters(way: WayOut) -> int:
    assert way.latest_at is not None
    return int((way.latest_at - MONDAY) / timedelta(minutes=15))


def last_moment(shop: SmallShop, name: str, chore: tuple[str, int], other: str) -> int | None:
    """Return the last quarter at which some move saves the order; None when none does.

    Nobody moves work to the machine that stands still.
    """
    if other == DOWN:
        return None
    begins = played(shop)[chore][0]
    saving = (
        at
        for at in range(begins, -1, -1)
        if any(is_saved(shop, name, move) for move in moves(shop, chore, other, at))
    )
    return next(saving, None)


def test_an_alternate_is_open_until_the_last_moment_that_a_simulation_finds() -> None:
    wrong: list[object] = []
    opened = shut = 0
    for seed in range(SHOPS):
        shop = small_shop(seed)
        for row in late_rows(shop):
            for way in row.ways_out:
                if way.kind != "alternate":
                    continue
                expected = last_moment(shop, row.key.order, moved(way), way.target)
                answered = None if way.latest_at is None else quarters(way)
                opened += expected is not None
                shut += expected is None
                if answered != expected:
                    wrong.append((seed, row.key.order, moved(way), way.target, answered, expected))

    assert wrong == []
    assert opened > SHOPS / 8
    assert shut > SHOPS / 8


def test_outsourcing_is_open_until_the_last_moment_that_a_simulation_finds() -> None:
    wrong: list[object] = []
    opened = shut = 0
    for seed in range(SHOPS):
        plain = small_shop(seed)
        shop = with_supplier(plain, hours=4)
        for row in late_rows(shop):
            way = next(way for way in row.ways_out if way.kind == "outsource")
            chore = outsourced(way)
            begins = played(shop)[chore][0]
            given = (
                at
                for at in range(begins, -1, -1)
                if is_saved(shop, row.key.order, Pulled(chore=chore, ready=at, work=16))
            )
            expected = next(given, None)
            answered = None if way.latest_at is None else quarters(way)
            opened += expected is not None
            shut += expected is None
            if answered != expected:
                wrong.append((seed, row.key.order, chore, answered, expected))

    assert wrong == []
    assert opened > SHOPS / 8
    assert shut > 0


def test_overtime_is_open_until_the_last_shift_end_that_a_simulation_finds() -> None:
    wrong: list[object] = []
    opened = 0
    for seed in range(SHOPS * 2):
        plain = small_shop(seed, day=(24, 56))
        if not plain.hours:
            continue
        shop = with_levers(
            plain, Lever(plant=PLANT, kind="overtime", equipment="M3", limit=Decimal(3))
        )
        for row in late_rows(shop):
            for way in (way for way in row.ways_out if way.kind == "overtime"):
                expected = last_shift_end(shop, row.key.order)
                answered = None if way.latest_at is None else quarters(way)
                opened += expected is not None
                if answered != expected:
                    wrong.append((seed, row.key.order, answered, expected))

    assert wrong == []
    assert opened > SHOPS / 20


def last_shift_end(shop: SmallShop, name: str) -> int | None:
    ends = [end for _, end in shop.windows["M3"] if 0 <= end < shop.due[name]]
    saving = [
        since
        for since in ends
        if is_saved(shop, name, Pulled(windows={"M3": with_overtime(shop, since=since)}))
    ]
    return max(saving, default=None)


def with_overtime(shop: SmallShop, *, since: int) -> tuple[tuple[int, int], ...]:
    return tuple((begin, end + 12 if end >= since else end) for begin, end in shop.windows["M3"])


def outsourced(way: WayOut) -> tuple[str, int]:
    check = next(row for row in way.checks if row.code == "way_outsources_operation")
    return str(check.params["work_order"]).removeprefix("W-"), int(str(check.params["seq"]))


def with_supplier(shop: SmallShop, *, hours: int) -> SmallShop:
    lever = Lever(plant=PLANT, kind="outsource", supplier="S1", lead_time_h=Decimal(hours))
    return replace(shop, levers=(lever,), suppliers=("S1",))
