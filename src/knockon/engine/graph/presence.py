"""When each lot was there to be taken, for links that nobody recorded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import LotEventKind, LotKey, ShipmentKind
from knockon.engine.graph.instants import ANY_TIME, Span
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_MOVES_OUT: Final = frozenset({LotEventKind.SPLIT, LotEventKind.MERGE, LotEventKind.RELABEL})
_TOLERANCE: Final = Decimal("0.005")
"""Of the lot's quantity: weighing and rounding, not material that went elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """The lots of every item with the time they were there, as arrays by item.

    Parameters
    ----------
    arrives, leaves
        Per lot of ``lots[item]``: earliest arrival, latest departure, microseconds. A lot whose
        quantity is not wholly accounted for has not left: the rest may be anywhere.
    residual
        Quantity that records do not account for; None when the lot's quantity is unknown.
    """

    lots: Mapping[str, tuple[LotKey, ...]]
    arrives: Mapping[str, NDArray[np.int64]]
    leaves: Mapping[str, NDArray[np.int64]]
    plants: Mapping[LotKey, frozenset[str]]
    residual: Mapping[LotKey, Decimal | None]
    origins: frozenset[LotKey]
    """Lots that were received from outside."""

    def during(self, item: str, period: Span, *, plant: str) -> Iterator[LotKey]:
        """Yield the item's lots that can have been in the plant at some time of the period."""
        members = self.lots.get(item, ())
        if not members:
            return
        there = (self.arrives[item] <= period.latest) & (self.leaves[item] >= period.earliest)
        for place in np.flatnonzero(there):
            key = members[place]
            plants = self.plants.get(key)
            if not plants or plant in plants:
                yield key

    def has_residual(self, key: LotKey) -> bool:
        """Return whether some of the lot is known to be unaccounted for."""
        return bool(self.residual.get(key))


def build_presence(register: Register) -> Presence:
    """Return when each lot was there, from receipts, making, use, shipping and stock."""
    facts = register.facts
    arrivals: dict[LotKey, int] = {}
    plants: dict[LotKey, set[str]] = defaultdict(set)
    for receipt in facts.receipts:
        _earlier(arrivals, receipt.lot, register.span(receipt.received_at, plant=receipt.plant))
        plants[receipt.lot].add(receipt.plant)
    for transfer in facts.transfers:
        plants[transfer.lot].update((transfer.from_plant, transfer.to_plant))
    for move in facts.outside_moves:
        plants[move.lot].add(move.plant)
    on_hand = _on_hand(register)
    counted = {row.item for row in facts.stock if row.lot is not None}
    for row in facts.stock:
        if row.lot is not None:
            plants[row.lot].add(row.plant)
    last, taken = _outflow(register)
    scrapped = _scrapped(register)
    members: dict[str, list[LotKey]] = defaultdict(list)
    for key in register.keys:
        members[key.item].append(key)
        home = register.plant_of(key)
        if home:
            plants[key].add(home)
        _earlier(arrivals, key, register.made(key) or ANY_TIME)
    residual = {
        key: _residual(
            register, key, gone=taken.get(key), rest=(on_hand.get(key), scrapped.get(key))
        )
        for key in register.keys
    }

    def leaves(key: LotKey) -> int:
        present = any(
            row > 0 for row in (on_hand.get(key, Decimal(0)), residual[key]) if row is not None
        )
        unknown = residual[key] is None and key.item not in counted
        return FOREVER if present or unknown else last.get(key, FOREVER)

    return Presence(
        lots={item: tuple(keys) for item, keys in members.items()},
        arrives={
            item: np.array([arrivals.get(key, -FOREVER) for key in keys], dtype=np.int64)
            for item, keys in members.items()
        },
        leaves={
            item: np.array([leaves(key) for key in keys], dtype=np.int64)
            for item, keys in members.items()
        },
        plants={key: frozenset(names) for key, names in plants.items()},
        residual=residual,
        origins=frozenset(row.lot for row in facts.receipts),
    )


def _on_hand(register: Register) -> dict[LotKey, Decimal]:
    """Return what is booked of each lot anywhere but at customers and in scrap."""
    on_hand: dict[LotKey, Decimal] = defaultdict(Decimal)
    for row in register.facts.stock:
        if row.lot is not None and row.place not in ("customer", "scrap"):
            qty = register.in_unit(row.qty, key=row.lot, uom=row.uom)
            # A quantity in a unit that nobody can convert is still there.
            on_hand[row.lot] += row.qty if qty is None else qty
    return on_hand


def _scrapped(register: Register) -> dict[LotKey, Decimal]:
    """Return what was scrapped of each lot, by its events or by what lies in scrap."""
    by_event: dict[LotKey, Decimal] = defaultdict(Decimal)
    for event in register.standing.lot_events:
        if event.kind is LotEventKind.SCRAP:
            by_event[event.lot] += event.qty or Decimal(0)
        elif event.kind is LotEventKind.UNSCRAP:
            by_event[event.lot] -= event.qty or Decimal(0)
    in_place: dict[LotKey, Decimal] = defaultdict(Decimal)
    for row in register.facts.stock:
        if row.lot is not None and row.place == "scrap":
            in_place[row.lot] += register.in_unit(row.qty, key=row.lot, uom=row.uom) or Decimal(0)
    return {
        key: max(by_event.get(key, Decimal(0)), in_place.get(key, Decimal(0)))
        for key in {*by_event, *in_place}
    }


def _earlier(arrivals: dict[LotKey, int], key: LotKey, when: Span) -> None:
    """Remember the earliest known arrival; an unknown one tells nothing."""
    if when.earliest > -FOREVER:
        arrivals[key] = min(arrivals.get(key, FOREVER), when.earliest)


def _outflow(register: Register) -> tuple[dict[LotKey, int], dict[LotKey, Decimal | None]]:
    """Return when each lot was last taken from, and how much in all, None when not known."""
    last: dict[LotKey, int] = {}
    taken: dict[LotKey, Decimal | None] = {}
    for key, when, qty in _takings(register):
        last[key] = max(last.get(key, -FOREVER), when.latest)
        before = taken.get(key, Decimal(0))
        taken[key] = None if qty is None or before is None else before + qty
    return last, taken


def _takings(register: Register) -> Iterator[tuple[LotKey, Span, Decimal | None]]:
    for use in register.standing.consumption:
        qty = register.in_unit(use.qty, key=use.input, uom=use.uom)
        yield use.input, register.span(use.at, plant=use.plant), qty
    for row in register.facts.shipments:
        if row.lot is not None:
            sign = -1 if row.kind is ShipmentKind.RETURN else 1
            yield row.lot, register.span(row.shipped, plant=row.plant), sign * abs(row.qty)
    for event in register.standing.lot_events:
        if event.kind in _MOVES_OUT:
            yield event.lot, register.span(event.at, plant=event.plant), event.qty


def _residual(
    register: Register,
    key: LotKey,
    *,
    gone: Decimal | None,
    rest: tuple[Decimal | None, Decimal | None],
) -> Decimal | None:
    """Return what the records do not account for; a quantity they do not tell is not accounted."""
    lot = register.lots.get(key)
    if lot is None or lot.qty is None:
        return None
    # What was merged into it later is there besides what was made.
    merged = sum(
        (
            event.qty
            for event in register.events_into.get(key, ())
            if event.kind is LotEventKind.MERGE and event.qty is not None
        ),
        Decimal(0),
    )
    came = lot.qty + (merged if key in register.uses_into or key in register.made_by else 0)
    left = came - sum((part for part in (gone, *rest) if part is not None), Decimal(0))
    return left if left > abs(lot.qty) * _TOLERANCE else Decimal(0)
