"""Suspect goods in the house: what a hold takes away, and whose goods they are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from knockon.domain.facts import Lot, LotKey, OrderLineKey, Stock, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.climb import Ladder, Reached, Rung
from knockon.engine.impact.pegging import Pegging, PegRule
from knockon.engine.impact.records import ZERO, Records
from knockon.engine.impact.supply import USABLE_PLACES, SupplyKind, maker_in_process
from knockon.engine.impact.trace import LotTrace

_MADE_BY = "made_by"
_EVERYTHING = Decimal("Infinity")

_BY_RECORD = frozenset({PegRule.ALLOCATION, _MADE_BY})
"""First steps from a lot that a record tells of; what rules give is counted by their pegs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectGoods:
    """Suspect goods in the house that are meant for an order line.

    Parameters
    ----------
    lot, work_order
        The lot, or the work order in whose process the material is.
    qty
        What of the lot is meant for the line by record although no peg gives it, in the line's
        item; None while it is still a component. What pegs give is counted piece by piece.
    """

    lot: LotKey | None
    work_order: WorkOrderKey | None
    qty: Decimal | None
    reached: Reached


def held_supply(
    records: Records, pegging: Pegging, trace: LotTrace, *, level: LinkClass
) -> dict[int, Decimal]:
    """Return the supply (index) that a hold of the suspect lots takes away, with its quantity."""
    hit = {row.key: row.link_class for row in trace.lots if row.link_class <= level}
    cuts: dict[int, Decimal] = {}
    outputs: dict[WorkOrderKey, int] = {}
    for place, supply in enumerate(pegging.supplies):
        if supply.kind is SupplyKind.WORK_ORDER and supply.work_order is not None:
            outputs[supply.work_order] = place
        elif supply.lot in hit:
            cuts[place] = supply.qty
    in_process: dict[WorkOrderKey, Decimal] = defaultdict(Decimal)
    for row, maker in _in_process(records):
        if row.lot in hit:
            qty = records.in_item_unit(row.qty, item=row.item, uom=row.uom)
            in_process[maker] += qty
    for key, tainted in trace.work_orders.items():
        if tainted.link_class <= level and key in outputs:
            in_process[key] = pegging.supplies[outputs[key]].qty
    for maker, qty in in_process.items():
        if maker in outputs:
            cuts[outputs[maker]] = min(qty, pegging.supplies[outputs[maker]].qty)
    return cuts


def suspect_goods(
    records: Records, ladder: Ladder, trace: LotTrace
) -> dict[OrderLineKey, list[SuspectGoods]]:
    """Return the open order lines that suspect goods in the house are meant for.

    A lot is meant for whom it is promised to or reserved for; what of it is promised to no one is
    meant for whom its maker serves; else rules and possibilities say.
    """
    found: dict[OrderLineKey, list[SuspectGoods]] = defaultdict(list)
    on_hand = _on_hand(records)
    claims = _Claims(records)
    for impact in trace.lots:
        if impact.link_class is LinkClass.CLEARED or on_hand.get(impact.key, ZERO) <= 0:
            continue
        rungs = list(claims.rungs(impact.key, qty=on_hand[impact.key]))
        rungs += ladder.from_lot(impact.key)
        reached_lines = ladder.climb(rungs)
        spare = _spare(
            records,
            ladder.pegging,
            impact.key,
            reached_lines,
            claims=claims,
            qty=on_hand[impact.key],
        )
        for line, reached in reached_lines.items():
            known = Reached(max(reached.link_class, impact.link_class), reached.rungs)
            found[line].append(
                SuspectGoods(lot=impact.key, work_order=None, qty=spare.get(line), reached=known)
            )
    for key, tainted in trace.work_orders.items():
        work_order = records.work_orders.get(key)
        if work_order is None or work_order.status == "done":
            continue
        for line, reached in ladder.climb(ladder.above(key)).items():
            known = Reached(max(reached.link_class, tainted.link_class), reached.rungs)
            found[line].append(SuspectGoods(lot=None, work_order=key, qty=None, reached=known))
    return found


def _spare(
    records: Records,
    pegging: Pegging,
    lot: LotKey,
    reached: Mapping[OrderLineKey, Reached],
    *,
    claims: "_Claims",
    qty: Decimal,
) -> dict[OrderLineKey, Decimal]:
    """Return what no peg gives of a lot to the lines that it is meant for, first come first served.

    A lot that is blocked already serves nobody by peg, and yet it was made for somebody.
    """
    given: dict[OrderLineKey | None, Decimal] = defaultdict(Decimal)
    for supply in pegging.shelves.of_lot.get(lot, ()):
        for row in pegging.by_supply.get(supply, ()):
            given[pegging.demands[row.demand].line] += row.qty
    left = max(ZERO, qty - sum(given.values(), ZERO))
    direct = [
        (pegging.demands[demand].place, line)
        for line, way in reached.items()
        if (demand := pegging.demand_of.get(line)) is not None
        and way.rungs[0].via in _BY_RECORD
        and (len(way.rungs) == 1 or records.lines[line].item == lot.item)
    ]
    shares: dict[OrderLineKey, Decimal] = {}
    for _, line in sorted(direct):
        wanted = (
            min(records.open_qty(records.lines[line]), claims.most(lot, reached[line]))
            - given[line]
        )
        shares[line] = max(ZERO, min(left, wanted))
        left -= shares[line]
    return shares


class _Claims:
    """What was promised of a lot by record, and who made it."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._of_lot: dict[LotKey, list[tuple[Rung, Decimal]]] = defaultdict(list)
        for row in records.allocations:
            if row.lot is None:
                continue
            if row.order_line is not None:
                rung = Rung(row.order_line, PegRule.ALLOCATION, LinkClass.CONFIRMED)
            elif row.work_order is not None and row.plant is not None:
                taker = WorkOrderKey(row.plant, row.work_order)
                rung = Rung(taker, PegRule.RESERVATION, LinkClass.CONFIRMED)
            else:
                continue
            self._of_lot[row.lot].append((rung, row.qty))

    def rungs(self, lot: LotKey, *, qty: Decimal) -> Iterator[Rung]:
        """Yield whom a lot with so much on hand is meant for."""
        left = qty
        for rung, claimed in self._of_lot.get(lot, ()):
            if self._is_open(rung):
                left -= claimed
                yield rung
        known = self._records.lots.get(lot)
        maker = work_order_of(self._records, known) if known else None
        if maker is not None and left > 0:
            yield Rung(maker, _MADE_BY, LinkClass.CONFIRMED)

    def most(self, lot: LotKey, way: Reached) -> Decimal:
        """Return the most of a lot that a way to a line claims; all of it for the line it is for."""
        first = way.rungs[0]
        if first.via != PegRule.ALLOCATION:
            return _EVERYTHING
        return sum(
            (qty for rung, qty in self._of_lot.get(lot, ()) if rung.goal == first.goal), ZERO
        )

    def _is_open(self, rung: Rung) -> bool:
        if isinstance(rung.goal, OrderLineKey):
            line = self._records.lines.get(rung.goal)
            return line is not None and self._records.open_qty(line) > 0
        taker = self._records.work_orders.get(rung.goal)
        return taker is not None and taker.status != "done"


def work_order_of(records: Records, lot: Lot) -> WorkOrderKey | None:
    """Return the work order that made a lot."""
    if not lot.work_order:
        return None
    for plant in (lot.plant, lot.key.issuer):
        if plant and WorkOrderKey(plant, lot.work_order) in records.work_orders:
            return WorkOrderKey(plant, lot.work_order)
    known = [key for key in records.work_orders if key.work_order == lot.work_order]
    return known[0] if len(known) == 1 else None


def _in_process(records: Records) -> Iterable[tuple[Stock, WorkOrderKey]]:
    for row in records.facts.stock:
        maker = maker_in_process(records, row)
        if maker is not None:
            yield row, maker


def _on_hand(records: Records) -> dict[LotKey, Decimal]:
    """Return the quantity of each lot that is in the house, in the item's own unit."""
    found: dict[LotKey, Decimal] = defaultdict(Decimal)
    for row in records.facts.stock:
        if row.lot is not None and row.place in USABLE_PLACES and row.qty > 0:
            found[row.lot] += records.in_item_unit(
                row.qty, item=row.item, uom=row.uom, lot=row.lot.lot
            )
    return found
