"""A synthetic plant's genealogy in any size for benchmarks: the same graph from the same seed.

Raw lots become work in progress over eight levels, then finished lots, then shipment lines. Lots
wait in pools and are drawn roughly first in, first out; what a lot takes it takes from the pools'
lots by mass, so that a big raw lot reaches thousands of others and most reach few.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEVELS: Final = 11
"""0 raw receipt, 1 to 8 work in progress, 9 finished lot, 10 shipment line."""
SHIPMENT_LEVEL: Final = 10
LEVEL_WEIGHTS: Final = (0.05, 0.08, 0.08, 0.085, 0.09, 0.09, 0.095, 0.095, 0.10, 0.11, 0.125)
LOTS_A_DAY: Final = 20_000
FAMILIES: Final = 24
RAW_PARTS: Final = 200
BOM_PARTS: Final = 12
MACHINES_PER_STEP: Final = 4
CUSTOMERS: Final = 800
FAN_IN: Final = (0.42, 0.24, 0.13, 0.08, 0.05, 0.04, 0.02, 0.02)
"""Chance of 1, 2 … 8 inputs; a shipment line has at most three."""
YIELD: Final = 0.98
_FAMILY_ZIPF: Final = 0.7
_PART_ZIPF: Final = 0.8
_CUSTOMER_ZIPF: Final = 0.8
_POOL: Final = 256
_FIFO: Final = 0.35
_BULK: Final = 1.3
_RAW_CAP: Final = 3_000.0
_STEP_CAP: Final = 60.0
_LOT_QTY: Final = 10.0
_RAW_SCALE: Final = 3.0
"""Raw lots are this much bigger, so that five per cent of all lots feed the rest."""
_SHIPMENT_INPUTS: Final = 3
_CRUMB: Final = 1e-9
"""Less than this is rounding, not material."""
_OPEN_ORDERS: Final = 16
_NEW_ORDER: Final = 0.4
_SOURCES: Final = (0.80, 0.92, 0.97, 0.99)
"""Up to these chances: level before, raw, two levels before, same level; else another family."""
_MICROSECONDS_A_DAY: Final = 86_400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Genealogy:
    """A plant's lots in order of time, and what went into them.

    Parameters
    ----------
    level, family, machine, order
        Per lot; ``family`` is the part of a raw lot, ``order`` is -1 where it is no shipment.
    at_us
        When the lot was made, microseconds from the plant's first day.
    qty
        Per lot.
    source, target, taken
        Per link, shape ``(links,)``, ordered by target; all links into a lot are at its time.
    customer
        Per sales order.
    """

    level: NDArray[np.int8]
    family: NDArray[np.int16]
    machine: NDArray[np.int32]
    order: NDArray[np.int32]
    at_us: NDArray[np.int64]
    qty: NDArray[np.float64]
    source: NDArray[np.int32]
    target: NDArray[np.int32]
    taken: NDArray[np.float64]
    customer: NDArray[np.int16]


def grow_genealogy(links: int, *, seed: int = 1) -> Genealogy:
    """Return a plant's genealogy with the given number of links, give or take a lot's inputs.

    Notes
    -----
    One pass over the lots in order of time, O(links); about two links a lot.
    """
    rng = np.random.default_rng(seed)
    room = links + 16
    lots = links
    columns = (
        np.zeros(lots, np.int8),
        np.zeros(lots, np.int16),
        np.zeros(lots, np.int32),
        np.full(lots, -1, np.int32),
        np.zeros(lots, np.int64),
        np.zeros(lots, np.float64),
        np.zeros(room, np.int32),
        np.zeros(room, np.int32),
        np.zeros(room, np.float64),
        np.zeros(lots, np.int16),
    )
    parts = np.empty((FAMILIES, BOM_PARTS), np.int64)
    weights = _zipf(RAW_PARTS, _PART_ZIPF)
    for kin in range(FAMILIES):
        parts[kin] = rng.choice(RAW_PARTS, BOM_PARTS, replace=False, p=weights)
    made, linked, orders = _grow(
        rng,
        links,
        parts,
        np.cumsum(_zipf(FAMILIES, _FAMILY_ZIPF)),
        np.cumsum(_zipf(BOM_PARTS, _PART_ZIPF)),
        np.cumsum(_zipf(CUSTOMERS, _CUSTOMER_ZIPF)),
        np.cumsum(np.array(LEVEL_WEIGHTS)),
        np.cumsum(np.array(FAN_IN)),
        np.array(_SOURCES),
        *columns,
    )
    lengths = (made,) * 6 + (linked,) * 3 + (orders,)
    left: list[NDArray[Any]] = list(columns)
    del columns
    # One column at a time: the room that was not needed is given back before the next is copied.
    cut: list[NDArray[Any]] = []
    for length in lengths:
        column = left.pop(0)
        cut.append(column[:length].copy() if length < len(column) else column)
        del column
    level, family, machine, order, at_us, qty, source, target, taken, customer = cut
    return Genealogy(
        level=level,
        family=family,
        machine=machine,
        order=order,
        at_us=at_us,
        qty=qty,
        source=source,
        target=target,
        taken=taken,
        customer=customer,
    )


def _zipf(count: int, exponent: float) -> NDArray[np.float64]:
    weights = np.arange(1, count + 1, dtype=np.float64) ** -exponent
    return np.asarray(weights / weights.sum(), dtype=np.float64)


@njit(cache=True)
def _draw(rng, cumulated):  # type: ignore[no-untyped-def]
    """Return an index by its cumulated chances."""
    return min(np.searchsorted(cumulated, rng.random(), side="right"), len(cumulated) - 1)


@njit(cache=True)
def _bulk(rng, cap):  # type: ignore[no-untyped-def]
    """Return a Pareto factor of at least one."""
    return min((1.0 - rng.random()) ** (-1.0 / _BULK), cap)


@njit(cache=True)
def _source_pool(rng, family, level, parts, part_chances, chances):  # type: ignore[no-untyped-def]
    """Return the pool that an input is drawn from; parts first, then steps by family."""
    choice = np.searchsorted(chances, rng.random(), side="right")
    before = level - 1
    if choice == 1:
        before = 0
    elif choice == 2:
        before = max(level - 2, 0)
    elif choice == 3 and level < SHIPMENT_LEVEL:
        before = level
    elif choice == 4:
        family = int(rng.random() * FAMILIES)
    if before == 0:
        return parts[family, _draw(rng, part_chances)]
    return RAW_PARTS + family * SHIPMENT_LEVEL + before


@njit(cache=True)
def _place_in(rng, count):  # type: ignore[no-untyped-def]
    """Return a place in a pool, near its oldest lot."""
    place = 0
    while place < count - 1 and rng.random() > _FIFO:
        place += 1
    return place


@njit(cache=True)
def _take_from(pool, filled, number, place):  # type: ignore[no-untyped-def]
    """Take a lot out of its pool."""
    for following in range(place, filled[number] - 1):
        pool[number, following] = pool[number, following + 1]
    filled[number] -= 1


@njit(cache=True)
def _put_in(pool, filled, number, lot):  # type: ignore[no-untyped-def]
    """Put a lot into a pool; a full one lets its oldest lot go to where nobody takes it from."""
    if filled[number] == _POOL:
        _take_from(pool, filled, number, 0)
    pool[number, filled[number]] = lot
    filled[number] += 1


@njit(cache=True)
def _is_among(lot, lots, begin, end):  # type: ignore[no-untyped-def]
    """Return whether a lot was drawn already."""
    for place in range(begin, end):  # noqa: SIM110 -- compiled, without a generator
        if lots[place] == lot:
            return True
    return False


@njit(cache=True)
def _draw_inputs(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 -- a kernel's arrays
    rng,
    lot,
    kin,
    step,
    linked,
    parts,
    part_chances,
    fan_in,
    chances,
    pool,
    filled,
    left,
    qty,
    source,
    target,
    taken,
):
    """Draw a lot's inputs from the pools, and return how many links there are then."""
    inputs = 1 + _draw(rng, fan_in)
    if step == SHIPMENT_LEVEL:
        inputs = min(inputs, _SHIPMENT_INPUTS)
    share = _LOT_QTY * _bulk(rng, _STEP_CAP) / inputs
    first = linked
    for _ in range(inputs):
        number = _source_pool(rng, kin, step, parts, part_chances, chances)
        if filled[number] == 0:
            continue
        place = _place_in(rng, filled[number])
        drawn = pool[number, place]
        if _is_among(drawn, source, first, linked):
            continue
        take = min(share, left[drawn])
        left[drawn] -= take
        source[linked] = drawn
        target[linked] = lot
        taken[linked] = take
        qty[lot] += YIELD * take
        linked += 1
        if left[drawn] <= _CRUMB:
            _take_from(pool, filled, number, place)
    return linked


@njit(cache=True)
def _order_of(  # type: ignore[no-untyped-def]
    rng, kin, open_orders, orders, customer, customer_chances
):
    """Join one of the family's open orders or open another, and return it and their count."""
    seat = int(rng.random() * _OPEN_ORDERS)
    if open_orders[kin, seat] < 0 or rng.random() < _NEW_ORDER:
        open_orders[kin, seat] = orders
        customer[orders] = _draw(rng, customer_chances)
        orders += 1
    return open_orders[kin, seat], orders


@njit(cache=True)
def _grow(  # type: ignore[no-untyped-def]  # noqa: PLR0913, PLR0917 -- a kernel's arrays
    rng,
    wanted,
    parts,
    family_chances,
    part_chances,
    customer_chances,
    level_chances,
    fan_in,
    chances,
    level,
    family,
    machine,
    order,
    at_us,
    qty,
    source,
    target,
    taken,
    customer,
):
    """Make lots one after the other until there are links enough."""
    pool = np.zeros((RAW_PARTS + FAMILIES * SHIPMENT_LEVEL, _POOL), np.int64)
    filled = np.zeros(len(pool), np.int64)
    left = np.zeros(len(qty), np.float64)
    open_orders = np.full((FAMILIES, _OPEN_ORDERS), -1, np.int64)
    made = linked = orders = 0
    now = 0.0
    while linked < wanted and made < len(qty):
        now += -np.log(1.0 - rng.random()) / LOTS_A_DAY
        step = _draw(rng, level_chances)
        kin = _draw(rng, family_chances)
        number = RAW_PARTS + kin * SHIPMENT_LEVEL + step
        before = linked
        family[made] = kin
        if step == 0:
            number = parts[kin, _draw(rng, part_chances)]
            family[made] = number
            qty[made] = _LOT_QTY * _RAW_SCALE * _bulk(rng, _RAW_CAP)
        else:
            linked = _draw_inputs(
                rng,
                made,
                kin,
                step,
                linked,
                parts,
                part_chances,
                fan_in,
                chances,
                pool,
                filled,
                left,
                qty,
                source,
                target,
                taken,
            )
            if linked == before:
                continue
            seat = int(rng.random() * MACHINES_PER_STEP)
            machine[made] = (kin * LEVELS + step) * MACHINES_PER_STEP + seat
        level[made] = step
        at_us[made] = int(now * _MICROSECONDS_A_DAY)
        if step == SHIPMENT_LEVEL:
            order[made], orders = _order_of(
                rng, kin, open_orders, orders, customer, customer_chances
            )
        else:
            left[made] = qty[made]
            _put_in(pool, filled, number, made)
        made += 1
    return made, linked, orders
