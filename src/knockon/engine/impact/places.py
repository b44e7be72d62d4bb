"""Where the suspect quantity is now, with a balance that hides nothing."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import (
    LotEventKind,
    LotKey,
    PlantFacts,
    ShipmentKind,
    WorkOrderKey,
)
from knockon.domain.impact import PlaceBalance
from knockon.engine.graph.register import Register, build_register
from knockon.engine.graph.transfers import moves, names_there
from knockon.engine.impact.trace import LotTrace

_NOTHING = Decimal(0)
_HANDED_ON = frozenset(
    {LotEventKind.SPLIT, LotEventKind.MERGE, LotEventKind.RELABEL, LotEventKind.CORRECT}
)


@dataclass(slots=True, kw_only=True)
class _Account:
    """One lot's books, in its item's unit; what two sources book of one fact counts once."""

    made: Decimal = _NOTHING
    received: Decimal = _NOTHING
    raw: Decimal = _NOTHING
    wip: Decimal = _NOTHING
    finished: Decimal = _NOTHING
    transit: Decimal = _NOTHING
    subcontractor: Decimal = _NOTHING
    stock_at_customer: Decimal = _NOTHING
    shipped: Decimal = _NOTHING
    returned: Decimal = _NOTHING
    stock_in_scrap: Decimal = _NOTHING
    scrapped: Decimal = _NOTHING
    consumed: Decimal = _NOTHING
    issued: Decimal = _NOTHING
    sent_out: Decimal = _NOTHING
    under_way: Decimal = _NOTHING


def balance_places(facts: PlantFacts, trace: LotTrace) -> tuple[PlaceBalance, ...]:
    """Return one row per item of the suspect lots, largest unaccounted quantity first.

    Notes
    -----
    ``made + received = raw + wip + finished + transit + subcontractor + customer + scrap +
    consumed + unaccounted``, where ``customer`` is what is there now (shipped less ``returned``)
    and ``unaccounted`` is what is left, of either sign. Whole lots are balanced, whatever part of
    them is suspect. Material that a split, merge or new label moved between two suspect lots of
    one item was made once and is nowhere consumed.
    """
    register = trace.graph.register or build_register(facts)
    hit = frozenset(row.key for row in trace.lots)
    accounts: dict[LotKey, _Account] = {key: _Account() for key in sorted(hit)}
    _book_origin(register, accounts)
    _book_stock(register, accounts)
    _book_consumption(register, accounts)
    _book_shipments(register, accounts)
    _book_moves(register, accounts)
    _book_events(register, accounts)
    groups: dict[tuple[str, str | None], list[_Account]] = defaultdict(list)
    for key, account in accounts.items():
        groups[key.item, _unit(register, key)].append(account)
    rows = [_balance(item, uom, members) for (item, uom), members in groups.items()]
    return tuple(sorted(rows, key=lambda row: (-abs(row.unaccounted), row.item, row.uom or "")))


def _unit(register: Register, key: LotKey) -> str | None:
    return register.units.unit_of(key.item) or register.uom(key)


def _in_unit(register: Register, qty: Decimal, *, key: LotKey, uom: str | None) -> Decimal:
    """Return a quantity in the balance's unit; zero, and so unaccounted, when it cannot be told."""
    known = register.units.convert(
        qty, item=key.item, uom=uom or register.uom(key), to=_unit(register, key), lot=key.lot
    )
    return _NOTHING if known is None else known


def _book_origin(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    handed_on = {
        event.other_lot
        for event in register.standing.lot_events
        if event.kind in _HANDED_ON
        and event.other_lot is not None
        # A lot of its own making that others were merged into keeps what was made.
        and (event.kind is not LotEventKind.MERGE or not _has_making(register, event.other_lot))
    }
    for move in moves(register.facts.transfers):
        handed_on.update(names_there(register, move))
    for receipt in register.facts.receipts:
        if receipt.lot in accounts:
            accounts[receipt.lot].received += _in_unit(
                register, receipt.received, key=receipt.lot, uom=None
            )
    for key, account in accounts.items():
        lot = register.lots.get(key)
        if account.received or key in handed_on or lot is None or lot.qty is None:
            continue
        qty = _in_unit(register, lot.qty, key=key, uom=lot.uom)
        if lot.supplier or lot.supplier_lot:
            account.received += qty
        else:
            account.made += qty


def _has_making(register: Register, key: LotKey) -> bool:
    lot = register.lots.get(key)
    bought = lot is not None and (lot.supplier or lot.supplier_lot)
    return bool(key in register.uses_into or key in register.made_by or bought)


def _book_stock(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    for row in register.facts.stock:
        if row.lot is None or row.lot not in accounts:
            continue
        account = accounts[row.lot]
        qty = _in_unit(register, row.qty, key=row.lot, uom=row.uom)
        match row.place:
            case "raw":
                account.raw += qty
            case "wip":
                account.wip += qty
            case "finished":
                account.finished += qty
            case "transit":
                account.transit += qty
            case "subcontractor":
                account.subcontractor += qty
            case "customer":
                account.stock_at_customer += qty
            case "scrap":
                account.stock_in_scrap += qty


def _book_consumption(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    for use in register.standing.consumption:
        if use.input not in accounts:
            continue
        qty = _in_unit(register, use.qty, key=use.input, uom=use.uom)
        key = WorkOrderKey(use.plant, use.work_order) if use.work_order else None
        work_order = register.work_orders.get(key) if key else None
        open_still = work_order is not None and work_order.status != "done"
        # Issued to a work order that has given nothing out yet: it still lies there.
        if use.output is None and open_still and key and not register.outputs.get(key):
            accounts[use.input].issued += qty
        else:
            accounts[use.input].consumed += qty


def _book_shipments(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    for row in register.facts.shipments:
        when = register.span(row.shipped, plant=row.plant)
        returned = row.kind is ShipmentKind.RETURN
        parts: list[tuple[LotKey, Decimal | None]] = []
        if row.lot is not None and register.is_lot(row.lot):
            parts.append((row.lot, abs(row.qty)))
        else:
            number = row.package or (row.lot.lot if row.lot else "")
            inside = register.packages.holding(number, when)
            parts.extend((content.lot, content.qty) for content, _ in inside)
        for key, qty in parts:
            if key in accounts and qty is not None:
                known = _in_unit(register, qty, key=key, uom=None)
                if returned:
                    accounts[key].returned += known
                else:
                    accounts[key].shipped += known


def _book_moves(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    recorded = {(use.input, use.work_order) for use in register.standing.consumption}
    for move in register.facts.outside_moves:
        if move.lot in accounts and (move.lot, move.work_order) not in recorded:
            sign = 1 if move.direction == "out" else -1
            accounts[move.lot].sent_out += sign * _in_unit(
                register, move.qty, key=move.lot, uom=None
            )
    for lot, qty in _under_way(register):
        if lot in accounts:
            accounts[lot].under_way += qty


def _under_way(register: Register) -> Iterator[tuple[LotKey, Decimal]]:
    """Yield what was sent to another plant and is not received, whoever recorded which end."""
    for move in moves(register.facts.transfers):
        row, arrival = move.row, move.arrival
        if row.sent is None or move.is_unsent or (row.received is not None and arrival is None):
            continue
        sent = _in_unit(register, row.qty, key=row.lot, uom=None)
        came = _NOTHING
        if arrival is not None:
            came = _in_unit(register, arrival.qty, key=arrival.lot, uom=None)
        yield row.lot, max(sent - came, _NOTHING)


def _book_events(register: Register, accounts: Mapping[LotKey, _Account]) -> None:
    for event in register.standing.lot_events:
        if event.lot in accounts:
            account = accounts[event.lot]
            qty = _in_unit(register, event.qty or _NOTHING, key=event.lot, uom=None)
            if event.kind is LotEventKind.SCRAP:
                account.scrapped += qty
            elif event.kind is LotEventKind.UNSCRAP:
                account.scrapped -= qty
            elif event.kind in _HANDED_ON and event.other_lot is not None:
                within = event.other_lot in accounts and event.other_lot.item == event.lot.item
                account.consumed += _NOTHING if within else qty
        if event.kind in _HANDED_ON and event.other_lot is not None and event.other_lot in accounts:
            _book_arrival(register, event.lot, event.other_lot, event.qty, accounts)


def _book_arrival(
    register: Register,
    source: LotKey,
    target: LotKey,
    qty: Decimal | None,
    accounts: Mapping[LotKey, _Account],
) -> None:
    """Book what came from a lot that is not in the balance of the item as made."""
    if source in accounts and source.item == target.item:
        return
    lot = register.lots.get(target)
    came = qty if qty is not None else (lot.qty if lot else None)
    accounts[target].made += _in_unit(register, came or _NOTHING, key=target, uom=None)


def _balance(item: str, uom: str | None, accounts: list[_Account]) -> PlaceBalance:
    """Return the sum of the lots' books; a place that two sources tell of counts the larger."""
    wip = sum((max(one.wip, one.issued) for one in accounts), _NOTHING)
    transit = sum((max(one.transit, one.under_way) for one in accounts), _NOTHING)
    outside = sum((max(one.subcontractor, one.sent_out) for one in accounts), _NOTHING)
    scrap = sum((max(one.stock_in_scrap, one.scrapped) for one in accounts), _NOTHING)
    customer = sum(
        (max(one.stock_at_customer, one.shipped - one.returned) for one in accounts), _NOTHING
    )
    made = sum((one.made for one in accounts), _NOTHING)
    received = sum((one.received for one in accounts), _NOTHING)
    raw = sum((one.raw for one in accounts), _NOTHING)
    finished = sum((one.finished for one in accounts), _NOTHING)
    consumed = sum((one.consumed for one in accounts), _NOTHING)
    places = (raw, wip, finished, transit, outside, customer, scrap, consumed)
    return PlaceBalance(
        item=item,
        uom=uom,
        made=made,
        received=received,
        raw=raw,
        wip=wip,
        finished=finished,
        transit=transit,
        subcontractor=outside,
        customer=customer,
        returned=sum((one.returned for one in accounts), _NOTHING),
        scrap=scrap,
        consumed=consumed,
        unaccounted=made + received - sum(places, _NOTHING),
    )
