"""Consumption and shipments recorded without any doubt, which is most of them, as columns."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import (
    Consumption,
    ConsumptionKind,
    LotKey,
    Shipment,
    ShipmentKind,
)
from knockon.domain.times import Moment
from knockon.engine.graph.collector import Batch, EntityKind, LinkKind
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

Int64s = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainLinks:
    """The links that need no thought, and what is left over.

    Parameters
    ----------
    apart
        Lots whose consumption has to be looked at row by row.
    shipments_apart
        Rows of shipments that have to be looked at one by one.
    """

    batches: tuple[Batch, ...]
    apart: Set[LotKey]
    shipments_apart: tuple[int, ...]


def plain_links(register: Register, *, cleaned: Set[LotKey]) -> PlainLinks:
    """Return what was recorded lot by lot, at an instant, before the lot made of it was used.

    Parameters
    ----------
    cleaned
        Lots of vessels that were cleaned between fillings.

    Notes
    -----
    A lot with one row that is not plain is left over with all its rows, because they are judged
    together. O(rows), in few passes: this is where graph building spends its time.
    """
    odd = register.packages.keys | cleaned
    stand_ins = register.stand_ins
    uses = [
        row
        for row in register.standing.consumption
        if row.output is not None
        and row.kind is ConsumptionKind.RECORDED
        and row.at is not None
        and row.at.earliest == row.at.latest
        and row.input not in odd
        and row.output not in odd
        and not (stand_ins and (row.output.item, row.input.item) in stand_ins)
    ]
    shipped = [
        number
        for number, row in enumerate(register.facts.shipments)
        if row.kind is not ShipmentKind.RETURN
        and row.lot is not None
        and row.package is None
        and row.shipped.earliest == row.shipped.latest
        and row.lot not in odd
    ]
    rows = [register.facts.shipments[number] for number in shipped]
    consumed, apart = _consumed(register, uses)
    chosen = set(shipped)
    return PlainLinks(
        batches=(consumed, _shipped(register, rows, numbers=shipped)),
        apart=apart,
        shipments_apart=tuple(
            number for number in range(len(register.facts.shipments)) if number not in chosen
        ),
    )


def _consumed(register: Register, uses: Sequence[Consumption]) -> tuple[Batch, set[LotKey]]:
    """Return the links of the uses, without those into lots that are left over."""
    number = register.number
    source = np.array([number[row.input] for row in uses], dtype=np.int64)
    target = np.array([number[row.output] for row in uses if row.output], dtype=np.int64)
    earliest, latest = _instants(register, [row.at for row in uses], uses)
    counts = np.bincount(target, minlength=len(number))
    first = _first_taken(register, source=source, latest=latest, uses=uses)
    # Recorded only after the lot was taken from: that contradicts itself.
    late = np.unique(target[earliest > first[target]])
    apart = {
        key
        for key, members in register.uses_into.items()
        if key not in number or len(members) != counts[number[key]]
    }
    apart.update(register.keys[place] for place in late.tolist())
    kept = np.ones(len(number), dtype=np.bool_)
    kept[[number[key] for key in apart if key in number]] = False
    chosen = np.flatnonzero(kept[target] & (source != target))
    rows = [uses[place] for place in chosen.tolist()]
    unit_of = register.units.unit_of
    batch = Batch(
        rows=rows,
        source=source[chosen],
        target=target[chosen],
        earliest=earliest[chosen],
        latest=latest[chosen],
        uoms=[row.uom or unit_of(row.input.item) for row in rows],
        kind=LinkKind.CONSUMED,
        target_kind=EntityKind.LOT,
        hop=True,
    )
    return batch, apart


def _first_taken(
    register: Register, *, source: Int64s, latest: Int64s, uses: Sequence[Consumption]
) -> Int64s:
    """Return by when each lot was taken from for the first time; the end of time if never."""
    number = register.number
    first = np.full(len(number), FOREVER, dtype=np.int64)
    np.minimum.at(first, source, latest)
    seen = {id(row) for row in uses}
    for row in register.standing.consumption:
        if id(row) not in seen and row.input in number:
            place = number[row.input]
            first[place] = min(first[place], register.span(row.at, plant=row.plant).latest)
    for sent in register.facts.shipments:
        if sent.lot is not None and sent.lot in number:
            place = number[sent.lot]
            first[place] = min(first[place], register.span(sent.shipped, plant=sent.plant).latest)
    for event in register.standing.lot_events:
        if event.other_lot is not None and event.lot in number:
            place = number[event.lot]
            first[place] = min(first[place], register.span(event.at, plant=event.plant).latest)
    return first


def _shipped(register: Register, rows: Sequence[Shipment], *, numbers: Sequence[int]) -> Batch:
    earliest, latest = _instants(register, [row.shipped for row in rows], rows)
    return Batch(
        rows=rows,
        source=np.array([register.number[row.lot] for row in rows if row.lot], dtype=np.int64),
        target=np.array(numbers, dtype=np.int64),
        earliest=earliest,
        latest=latest,
        uoms=[register.uom(row.lot) for row in rows if row.lot],
        kind=LinkKind.SHIPPED,
        target_kind=EntityKind.SHIPMENT,
        hop=False,
    )


def _instants(
    register: Register,
    moments: Sequence[Moment | None],
    rows: Sequence[Consumption] | Sequence[Shipment],
) -> tuple[Int64s, Int64s]:
    """Return the bounds of exact moments, widened by the doubt of the clocks that stamped them."""
    exact = np.array(
        [(moment.earliest - _EPOCH) // _MICROSECOND for moment in moments if moment is not None],
        dtype=np.int64,
    )
    clocks = register.clocks
    doubt_us: Int64s | int = 0
    if clocks.are_doubtful:
        doubt_us = np.array(
            [
                clocks.doubt_us(moment, plant=plant)
                for moment, plant in zip(moments, (row.plant for row in rows), strict=True)
            ],
            dtype=np.int64,
        )
    return exact - doubt_us, exact + doubt_us
