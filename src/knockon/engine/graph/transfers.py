"""Moves between two plants, of which each plant may keep its own record, or none."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from knockon.domain.facts import LotKey, Transfer
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Link, LinkKind, lot_entity
from knockon.engine.graph.instants import span_of
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

Route = tuple[str, str, str, str]
"""From plant, to plant, item and number of the lot: what both records have in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One move as both plants tell it.

    Parameters
    ----------
    row
        The record, with the other plant's end of it where that is a record of its own.
    arrival
        The receiving plant's own record; None where there is one record, or none of arrival.
    is_unsent
        Nobody recorded that it was sent.
    """

    row: Transfer
    arrival: Transfer | None = None
    is_unsent: bool = False


def moves(rows: Iterable[Transfer]) -> Iterator[Move]:
    """Yield the moves; records of one route's two ends are paired in order of time."""
    sent: dict[Route, list[Transfer]] = defaultdict(list)
    received: dict[Route, list[Transfer]] = defaultdict(list)
    for row in rows:
        if (row.sent is None) == (row.received is None):
            yield Move(row=row)
        elif row.sent is not None:
            sent[_route(row)].append(row)
        else:
            received[_route(row)].append(row)
    for route in sorted({*sent, *received}):
        departures = sorted(sent[route], key=lambda row: (row.sent, row.qty))
        arrivals = sorted(received[route], key=lambda row: (row.received, row.qty))
        for departure, arrival in zip(departures, arrivals, strict=False):
            yield Move(row=replace(departure, received=arrival.received), arrival=arrival)
        for departure in departures[len(arrivals) :]:
            yield Move(row=departure)
        for arrival in arrivals[len(departures) :]:
            yield Move(row=arrival, is_unsent=True)


def transfer_links(register: Register) -> Iterator[Link]:
    """Yield links to the name under which the receiving plant keeps a lot that it was sent.

    A lot of that number which the plant made itself, or bought, is another lot.
    """
    for move in moves(register.facts.transfers):
        row = move.row
        sent = register.span(row.sent, plant=row.from_plant)
        received = register.span(row.received, plant=row.to_plant)
        start = sent.earliest if row.sent else -FOREVER
        end = received.latest if row.received else FOREVER
        for key in sorted(names_there(register, move)):
            yield Link(
                source=lot_entity(row.lot),
                target=lot_entity(key),
                when=span_of(start, max(start, end)),
                link_class=LinkClass.CONFIRMED,
                kind=LinkKind.TRANSFERRED,
                spread=True,
                qty=row.qty,
                uom=register.uom(row.lot),
            )


def names_there(register: Register, move: Move) -> set[LotKey]:
    """Return other names under which the receiving plant keeps the lot."""
    row = move.row
    names = set() if move.arrival is None else {move.arrival.lot}
    for key in register.keys_by_number.get(row.lot.lot, ()):
        if key.item != row.lot.item or key.issuer != row.to_plant:
            continue
        lot = register.lots.get(key)
        bought = lot is not None and lot.supplier not in (None, row.from_plant)
        if not bought and key not in register.made_by and key not in register.uses_into:
            names.add(key)
    return names - {row.lot}


def transfer_doubts(rows: Iterable[Transfer]) -> Iterator[tuple[LotKey, Gap]]:
    """Yield moves whose two records differ in quantity, and arrivals that nobody sent."""
    for move in moves(rows):
        row, arrival = move.row, move.arrival
        if move.is_unsent:
            gap = Gap(code="transfer_not_sent", where=lot_text(row.lot), qty=row.qty)
            yield row.lot, gap
        elif arrival is not None and arrival.qty != row.qty:
            hidden = abs(arrival.qty - row.qty)
            gap = Gap(code="transfer_mismatch", where=lot_text(arrival.lot), qty=hidden)
            # Told once, whichever of its names is asked for.
            yield row.lot, gap


def _route(row: Transfer) -> Route:
    return (row.from_plant, row.to_plant, row.lot.item, row.lot.lot)
