"""Which facts still stand: reversed, corrected and repeated records, and returns, netted out."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple, TypeVar

from knockon.domain.facts import (
    Consumption,
    ConsumptionKind,
    LotEvent,
    LotEventKind,
    LotKey,
    PlantFacts,
)
from knockon.domain.impact import Gap
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.units import UnitTable

Row = TypeVar("Row", Consumption, LotEvent)

_ON_EVENTS = (LotEventKind.REVERSE, LotEventKind.CORRECT)


class EventKey(NamedTuple):
    """A record by the number its source gave it; tables number apart."""

    table: str
    plant: str
    event_id: str


class Doubt(NamedTuple):
    """Something odd about a record of what was taken from a lot."""

    lot: LotKey
    gap: Gap


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingFacts:
    """Consumption and lot events as they count after netting; reversals are gone with their pair.

    Parameters
    ----------
    consumption
        Positive quantities only, returns taken off.
    lot_events
        Without reversals; a correction has taken the corrected event's place.
    doubts
        What is odd about records of a lot: repeated, in conflict, perhaps repeated.
    """

    consumption: tuple[Consumption, ...]
    lot_events: tuple[LotEvent, ...]
    doubts: tuple[Doubt, ...]

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Return the doubts without their lots."""
        return tuple(doubt.gap for doubt in self.doubts)


def net_out(facts: PlantFacts, *, units: UnitTable) -> StandingFacts:
    """Return the facts that still stand, whatever order their corrections came in.

    Notes
    -----
    A correction that names another event takes its place with the fields it gives, at the time of
    the original: its own time is when it was corrected. One that names none says that the lot's
    number was wrong, like a relabel.
    """
    doubts: list[Doubt] = []
    is_named = any(row.kind in _ON_EVENTS and row.corrects for row in facts.lot_events)
    if is_named or not (_all_apart(facts.consumption) and _all_apart(facts.lot_events)):
        consumption, lot_events = _stand(facts, doubts)
    else:
        consumption, lot_events = facts.consumption, facts.lot_events
    doubts.extend(_twins(consumption))
    return StandingFacts(
        consumption=_without_returns(consumption, units=units, doubts=doubts),
        lot_events=tuple(row for row in lot_events if not _only_changes(row)),
        doubts=tuple(doubts),
    )


def _all_apart(rows: Sequence[Consumption] | Sequence[LotEvent]) -> bool:
    """Return whether every row has a number of its own, so that none came twice."""
    numbers = {(row.plant, row.event_id) for row in rows if row.event_id}
    return len(numbers) == len(rows)


def _stand(
    facts: PlantFacts, doubts: list[Doubt]
) -> tuple[tuple[Consumption, ...], tuple[LotEvent, ...]]:
    """Return the records that nobody takes back, with what corrections changed in them."""
    uses = _once([(_use_key(row), row, row.input) for row in facts.consumption], doubts)
    events = _once([(_event_key(row), row, row.lot) for row in facts.lot_events], doubts)
    changes = _changes(uses, events)
    standing = _standing([key for key, _ in uses] + [key for key, _ in events], changes)
    return (
        tuple(
            _corrected_use(row, _last_correction(key, changes, standing))
            for key, row in uses
            if standing[key]
        ),
        tuple(
            _corrected_event(row, _last_correction(key, changes, standing))
            for key, row in events
            if standing[key] and not _only_changes(row)
        ),
    )


def _use_key(row: Consumption) -> EventKey:
    return EventKey("consumption", row.plant, row.event_id)


def _event_key(row: LotEvent) -> EventKey:
    return EventKey("lot_events", row.plant, row.event_id)


def _only_changes(row: LotEvent) -> bool:
    return row.kind is LotEventKind.REVERSE or (
        row.kind is LotEventKind.CORRECT and row.corrects is not None
    )


def _once(
    rows: Sequence[tuple[EventKey, Row, LotKey]], doubts: list[Doubt]
) -> list[tuple[EventKey, Row]]:
    """Drop a record that came twice under one number; keep both when they differ, and say so."""
    seen: dict[EventKey, Row] = {}
    kept: list[tuple[EventKey, Row]] = []
    for key, row, lot in rows:
        if not key.event_id:
            kept.append((EventKey(key.table, key.plant, f"\0{len(kept)}"), row))
        elif key not in seen:
            seen[key] = row
            kept.append((key, row))
        elif seen[key] != row:
            gap = Gap(code="event_id_conflict", where=key.event_id, qty=row.qty)
            doubts.append(Doubt(lot, gap))
            kept.append((EventKey(key.table, key.plant, f"{key.event_id}\0{len(kept)}"), row))
        else:
            doubts.append(Doubt(lot, Gap(code="duplicate_event", where=key.event_id, qty=row.qty)))
    return kept


def _twins(rows: Sequence[Consumption]) -> Iterator[Doubt]:
    """Yield records that say the same at the same instant under different numbers.

    A system that exports its documents anew numbers them anew. Both count until somebody reverses
    one: material that really was taken twice must not vanish. Equal rows of one file are told
    apart by the number behind ``#``; they are what the source meant.
    """
    pairs: set[tuple[LotKey, LotKey | None]] = set()
    again: set[tuple[LotKey, LotKey | None]] = set()
    for row in rows:
        pair = row.input, row.output
        (again if pair in pairs else pairs).add(pair)
    near: dict[tuple[LotKey, LotKey | None, Decimal], list[Consumption]] = defaultdict(list)
    for row in rows if again else ():
        if (row.input, row.output) in again:
            near[row.input, row.output, row.qty].append(row)
    for group in near.values():
        firsts: dict[Consumption, str] = {}
        for row in sorted(group, key=lambda row: row.event_id) if len(group) > 1 else ():
            if row.at is None or not row.at.is_exact or not row.event_id:
                continue
            first = firsts.setdefault(replace(row, event_id=""), row.event_id)
            if first.partition("#")[0] != row.event_id.partition("#")[0]:
                gap = Gap(code="suspected_duplicate", where=f"{first}, {row.event_id}", qty=row.qty)
                yield Doubt(row.input, gap)


def _changes(
    uses: Sequence[tuple[EventKey, Consumption]], events: Sequence[tuple[EventKey, LotEvent]]
) -> dict[EventKey, list[tuple[EventKey, LotEvent]]]:
    """Return who reverses or corrects whom."""
    inputs = {key: row.input for key, row in uses}
    lots = {key: row.lot for key, row in events}
    changes: dict[EventKey, list[tuple[EventKey, LotEvent]]] = defaultdict(list)
    for key, row in events:
        if row.kind not in _ON_EVENTS or row.corrects is None:
            continue
        use = EventKey("consumption", row.plant, row.corrects)
        event = EventKey("lot_events", row.plant, row.corrects)
        named = {use: inputs.get(use), event: lots.get(event)}
        hits = [place for place, lot in named.items() if lot is not None and place != key]
        # Two tables may use one number: the lot decides, else the lot event.
        hits.sort(key=lambda place: (named[place] != row.lot, place.table != "lot_events"))
        if hits:
            changes[hits[0]].append((key, row))
    return changes


def _standing(
    keys: Sequence[EventKey], changes: dict[EventKey, list[tuple[EventKey, LotEvent]]]
) -> dict[EventKey, bool]:
    """Return which records stand: those that no standing reversal takes back."""
    standing = {key: True for key in keys if key not in changes}
    pending = list(changes)
    while pending:
        known = [key for key in pending if all(by in standing for by, _ in changes[key])]
        if not known:
            # Reversals that reverse each other say nothing; what they touch stands.
            standing.update(dict.fromkeys(pending, True))
            break
        for key in known:
            standing[key] = not any(
                standing[by] for by, row in changes[key] if row.kind is LotEventKind.REVERSE
            )
        pending = [key for key in pending if key not in standing]
    return standing


def _last_correction(
    key: EventKey,
    changes: dict[EventKey, list[tuple[EventKey, LotEvent]]],
    standing: dict[EventKey, bool],
) -> LotEvent | None:
    """Return the newest standing correction of a record, corrections of it included."""
    newest: LotEvent | None = None
    seen = {key}
    while True:
        live = [
            (row.at.latest, by, row)
            for by, row in changes.get(key, ())
            if row.kind is LotEventKind.CORRECT and standing[by] and by not in seen
        ]
        if not live:
            return newest
        _, key, newest = max(live, key=lambda entry: entry[:2])
        seen.add(key)


def _corrected_use(row: Consumption, correction: LotEvent | None) -> Consumption:
    if correction is None:
        return row
    return replace(
        row,
        input=correction.lot,
        output=correction.other_lot or row.output,
        qty=row.qty if correction.qty is None else correction.qty,
    )


def _corrected_event(row: LotEvent, correction: LotEvent | None) -> LotEvent:
    if correction is None:
        return row
    return replace(
        row,
        lot=correction.lot,
        other_lot=correction.other_lot or row.other_lot,
        qty=row.qty if correction.qty is None else correction.qty,
    )


def _is_return(row: Consumption) -> bool:
    return row.qty < 0 or row.kind is ConsumptionKind.RETURN


def _without_returns(
    rows: Sequence[Consumption], *, units: UnitTable, doubts: list[Doubt]
) -> tuple[Consumption, ...]:
    """Take returns off the consumption they return, the newest of the same output first."""
    returned = {(row.plant, row.input, row.work_order) for row in rows if _is_return(row)}
    kept = [row for row in rows if row.qty != 0]
    if not returned:
        return tuple(kept)
    groups: dict[tuple[str, LotKey, str | None], list[Consumption]] = {
        place: [] for place in sorted(returned, key=str)
    }
    rest: list[Consumption] = []
    for row in kept:
        groups.get((row.plant, row.input, row.work_order), rest).append(row)
    for group in groups.values():
        returns = [row for row in group if _is_return(row)]
        taken = [row for row in group if not _is_return(row)]
        rest.extend(_net_group(taken, returns, units=units, doubts=doubts))
    return tuple(rest)


def _net_group(
    taken: list[Consumption],
    returns: list[Consumption],
    *,
    units: UnitTable,
    doubts: list[Doubt],
) -> list[Consumption]:
    rows = sorted(taken, key=_newest_first)
    for back in returns:
        amounts = [
            units.convert(row.qty, item=row.input.item, uom=row.uom, to=back.uom, lot=row.input.lot)
            for row in rows
        ]
        if any(amount is None for amount in amounts):
            gap = Gap(code="unit_unknown", where=lot_text(back.input), qty=abs(back.qty))
            doubts.append(Doubt(back.input, gap))
            continue
        known = [amount for amount in amounts if amount is not None]
        rows = _take_off(rows, known, back=back)
    return rows


def _take_off(
    rows: list[Consumption], amounts: list[Decimal], *, back: Consumption
) -> list[Consumption]:
    """Return the rows less one return; ``amounts`` are their quantities in the return's unit."""
    left = abs(back.qty)
    named = any(row.output == back.output for row in rows)
    outputs = {row.output for row in rows}
    if back.output is None and len(outputs) > 1 and left < sum(amounts):
        # Nobody knows which output got less: all of them still hold some.
        return rows
    kept: list[Consumption] = []
    for row, amount in zip(rows, amounts, strict=True):
        matches = row.output == back.output if named else back.output is None or row.output is None
        taken = min(left, amount) if matches else Decimal(0)
        left -= taken
        if taken < amount:
            kept.append(replace(row, qty=row.qty * (amount - taken) / amount) if taken else row)
    return kept


def _newest_first(row: Consumption) -> tuple[bool, float, str]:
    if row.at is None:
        return (True, 0.0, row.event_id)
    return (False, -row.at.latest.timestamp(), row.event_id)
