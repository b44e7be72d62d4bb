"""Choose what goes wrong in a small plant."""

from decimal import Decimal
from fractions import Fraction
from random import Random

from knockon.demo.simulation.clockwork import Outage
from knockon.demo.simulation.outcome import Trouble
from knockon.demo.simulation.shop import Shop, instant
from knockon.demo.simulation.small_master import BENCH, MACHINES
from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts.keys import LotKey

_HOUR = 3600

REPAIRS_S = (1800, 3 * _HOUR, 4 * _HOUR, 8 * _HOUR, 16 * _HOUR, 30 * _HOUR)

FOR_GOOD_S = 60 * 24 * _HOUR
"""A slow machine stays slow beyond the end of all planned work."""


def choose_trouble(shop: Shop, rng: Random, *, name: str) -> tuple[Disruption, Trouble]:
    """Return one disruption and the physical trouble behind it."""
    kind = rng.choices(("stop", "tool", "slow", "quality", "material"), (34, 13, 10, 28, 15))[0]
    if kind == "quality":
        return _quality(shop, rng, name=name)
    if kind == "material":
        return _material(shop, rng, name=name)
    return _down(shop, rng, name=name, kind=kind)


def _case(shop: Shop, *, name: str, kind: DisruptionKind, scope: Scope) -> Disruption:
    return Disruption(
        id=name,
        kind=kind,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=instant(shop.now),
        scope=scope,
    )


def _down(shop: Shop, rng: Random, *, name: str, kind: str) -> tuple[Disruption, Trouble]:
    repair_s = FOR_GOOD_S if kind == "slow" else rng.choice(REPAIRS_S)
    rate = rng.choice(("0.25", "0.5", "0.8", "0.875")) if kind == "slow" else "0"
    machine = "" if kind == "tool" else _machine(shop, rng)
    tool = _tool(shop, rng) if kind == "tool" else ""
    outage = Outage(
        machines=frozenset({machine} if machine else ()),
        tool=tool,
        start=shop.now,
        end=shop.now + repair_s,
        rate=Fraction(rate),
    )
    scope = Scope(
        plant=shop.plant,
        equipment=(machine,) if machine else (),
        tool=tool or None,
        start=instant(shop.now),
        repair_s=repair_s,
        rate=Decimal(rate),
    )
    what = DisruptionKind.TOOL if tool else DisruptionKind.EQUIPMENT
    return _case(shop, name=name, kind=what, scope=scope), Trouble(outage=outage)


def _machine(shop: Shop, rng: Random) -> str:
    # As often as it has work to do: idle machines hurt nobody.
    soon = shop.now + 20 * _HOUR
    busy = [job.machine for job in shop.jobs() if job.finish is None and job.planned_start < soon]
    if busy and rng.random() < 0.95:
        return rng.choice(busy)
    return rng.choice((*MACHINES, BENCH))


def _tool(shop: Shop, rng: Random) -> str:
    used = [job.tool for job in shop.jobs() if job.finish is None and job.tool]
    return rng.choice(used or sorted(shop.tools))


def _quality(shop: Shop, rng: Random, *, name: str) -> tuple[Disruption, Trouble]:
    made = sorted(key for key, card in shop.ledger.lots.items() if card.made is not None)
    bought = [key for key in made if key.item.startswith("R")]
    pool = bought if rng.random() < 0.6 else made
    lots = tuple(sorted(rng.sample(pool, k=min(len(pool), rng.choice((1, 1, 2, 3))))))
    scope = Scope(plant=shop.plant, lots=lots)
    case = _case(shop, name=name, kind=DisruptionKind.QUALITY, scope=scope)
    return case, Trouble(suspects=lots)


def _material(shop: Shop, rng: Random, *, name: str) -> tuple[Disruption, Trouble]:
    left = shop.ledger.balances()
    bought = sorted(key for key, card in shop.ledger.lots.items() if card.supplier_lot)
    on_hand = [key for key in bought if left[key] > 0]
    first = rng.choice(on_hand or bought)
    number = shop.ledger.lots[first].supplier_lot
    twins = [key for key in bought if key.item == first.item and key != first]
    if twins and rng.random() < 0.3:
        # The supplier sent the same lot twice.
        shop.ledger.lots[rng.choice(twins)].supplier_lot = number
    lots = tuple(key for key in bought if _sent_as(shop, key, number))
    scope = Scope(plant=shop.plant, supplier_lot=number)
    case = _case(shop, name=name, kind=DisruptionKind.MATERIAL, scope=scope)
    return case, Trouble(suspects=lots)


def _sent_as(shop: Shop, key: LotKey, number: str) -> bool:
    return shop.ledger.lots[key].supplier_lot == number
