"""When each lot was there to be taken, for links that nobody recorded."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import ConsumptionKind, LotEventKind, LotKey, ShipmentKind
from knockon.engine.graph.instants import Span
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_MOVES_OUT: Final = frozenset({LotEventKind.SPLIT, LotEventKind.MERGE, LotEventKind.RELABEL})
_NOTHING: Final = Decimal(0)
_TOLERANCE: Final = Decimal("0.005")
"""Of the lot's quantity: weighing and rounding, not material that went elsewhere."""


class Presence:
    """The lots of every item with the time they were there; worked out for the items asked for.

    A lot arrives when it was received or made, and leaves with its last recorded use, if its whole
    quantity is accounted for; else the rest of it may be anywhere. Bookings of a backflush are
    guesses by standard quantity: what they used up is there until the lot after it is used up too.
    """

    def __init__(self, register: Register) -> None:
        self._register = register
        self._arrivals: dict[LotKey, int] = {}
        self._stays: dict[str, _Stays] = {}
        self.origins = frozenset(row.lot for row in register.facts.receipts)
        """Lots that were received from outside."""
        for row in register.facts.receipts:
            when = register.span(row.received_at, plant=row.plant)
            if when.earliest > -FOREVER:
                known = self._arrivals.get(row.lot, FOREVER)
                self._arrivals[row.lot] = min(known, when.earliest)

    def during(self, item: str, period: Span, *, plant: str) -> Iterator[LotKey]:
        """Yield the item's lots that can have been in the plant at some time of the period."""
        if item not in self._stays:
            self._stays[item] = self._stays_of(item)
        stays = self._stays[item]
        there = (stays.arrives <= period.latest) & (stays.leaves >= period.earliest)
        for place in np.flatnonzero(there):
            key = stays.lots[place]
            plants = self._plants.get(key)
            if not plants or plant in plants:
                yield key

    def after(self, item: str, period: Span, *, plant: str) -> Iterator[LotKey]:
        """Yield the item's lots that are booked in after the period, the earliest first."""
        if item not in self._stays:
            self._stays[item] = self._stays_of(item)
        stays = self._stays[item]
        for place in np.argsort(stays.arrives, kind="stable"):
            key = stays.lots[place]
            plants = self._plants.get(key)
            if stays.arrives[place] > period.latest and (not plants or plant in plants):
                yield key

    @property
    def asked(self) -> Set[str]:
        """The items that somebody asked for: what comes in of them later may change the answer."""
        return self._stays.keys()

    def has_residual(self, key: LotKey) -> bool:
        """Return whether some of the lot is known to be unaccounted for."""
        return bool(self._residual(key))

    def _stays_of(self, item: str) -> "_Stays":
        lots = self._by_item.get(item, ())
        arrives = np.array([self._arrival(key) for key in lots], dtype=np.int64)
        leaves = np.array([self._departure(key) for key in lots], dtype=np.int64)
        order = np.argsort(arrives, kind="stable")
        for place, following in pairwise(order):
            if lots[place] in self._outflow.guessed:
                leaves[place] = max(leaves[place], leaves[following])
        return _Stays(lots=lots, arrives=arrives, leaves=leaves)

    def _arrival(self, key: LotKey) -> int:
        made = self._register.made(key)
        own = -FOREVER if made is None else made.earliest
        known = [at for at in (own, self._arrivals.get(key, -FOREVER)) if at > -FOREVER]
        return min(known, default=-FOREVER)

    def _departure(self, key: LotKey) -> int:
        left = self._residual(key)
        if self._on_hand.get(key, _NOTHING) > 0 or (left is not None and left > 0):
            return FOREVER
        if left is None and key.item not in self._counted:
            return FOREVER
        return self._outflow.last.get(key, FOREVER)

    def _residual(self, key: LotKey) -> Decimal | None:
        """Return what the records do not account for; None when the lot's quantity is unknown."""
        register = self._register
        lot = register.lots.get(key)
        if lot is None or lot.qty is None:
            return None
        came = lot.qty
        if key in register.uses_into or key in register.made_by:
            # What was merged into it later is there besides what was made.
            came += sum(
                event.qty or _NOTHING
                for event in register.events_into.get(key, ())
                if event.kind is LotEventKind.MERGE
            )
        gone = (self._outflow.taken.get(key), self._on_hand.get(key), self._scrapped.get(key))
        left = came - sum((part for part in gone if part is not None), _NOTHING)
        return left if left > abs(came) * _TOLERANCE else _NOTHING

    @cached_property
    def _by_item(self) -> dict[str, tuple[LotKey, ...]]:
        members: dict[str, list[LotKey]] = defaultdict(list)
        for key in self._register.keys:
            members[key.item].append(key)
        return {item: tuple(keys) for item, keys in members.items()}

    @cached_property
    def _plants(self) -> dict[LotKey, set[str]]:
        """Where each lot was ever seen."""
        facts = self._register.facts
        plants: dict[LotKey, set[str]] = defaultdict(set)
        for key in self._register.keys:
            home = self._register.plant_of(key)
            if home:
                plants[key].add(home)
        for transfer in facts.transfers:
            plants[transfer.lot].update((transfer.from_plant, transfer.to_plant))
        for use in self._register.standing.consumption:
            plants[use.input].add(use.plant)
        for table in (facts.receipts, facts.outside_moves, facts.stock, facts.shipments):
            for row in table:
                if row.lot is not None:
                    plants[row.lot].add(row.plant)
        return plants

    @cached_property
    def _counted(self) -> frozenset[str]:
        """Items of which stock is booked by lot."""
        return frozenset(row.item for row in self._register.facts.stock if row.lot is not None)

    @cached_property
    def _on_hand(self) -> dict[LotKey, Decimal]:
        return _on_hand(self._register)

    @cached_property
    def _scrapped(self) -> dict[LotKey, Decimal]:
        return _scrapped(self._register)

    @cached_property
    def _outflow(self) -> "_Outflow":
        return _outflow(self._register)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stays:
    """One item's lots with earliest arrival and latest departure, microseconds."""

    lots: tuple[LotKey, ...]
    arrives: NDArray[np.int64]
    leaves: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outflow:
    """When each lot was last taken from, how much in all, and whose takings are guesses."""

    last: Mapping[LotKey, int]
    taken: Mapping[LotKey, Decimal | None]
    guessed: frozenset[LotKey]


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


def _outflow(register: Register) -> _Outflow:
    last: dict[LotKey, int] = {}
    taken: dict[LotKey, Decimal | None] = {}
    for key, when, qty in _takings(register):
        last[key] = max(last.get(key, -FOREVER), when.latest)
        before = taken.get(key, _NOTHING)
        taken[key] = None if qty is None or before is None else before + qty
    guessed = frozenset(
        use.input for use in register.standing.consumption if use.kind is ConsumptionKind.BACKFLUSH
    )
    return _Outflow(last=last, taken=taken, guessed=guessed)


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
