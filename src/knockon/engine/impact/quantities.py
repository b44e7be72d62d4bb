"""How much of an order line is suspect, short, late or in time; no piece counts twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from knockon.domain.facts import OrderLine
from knockon.domain.impact import Effect
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.changed import changes
from knockon.engine.impact.delay import Run, last_finish
from knockon.engine.impact.evidence import Evidence
from knockon.engine.impact.lateness import TimeFinding
from knockon.engine.impact.line_pieces import Stretch, line_stretches, suspect_pieces
from knockon.engine.impact.pieces import NONE, Pieces, span
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.impact.suspects import held_supply
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import Projection

_GRAIN = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuantities:
    """What of an order line is at risk, what is short of it, what leaves in time; None: unknown."""

    at_risk: Decimal | None
    short: Decimal | None
    on_time: Decimal | None


class Quantities:
    """Counts the pieces of the order lines of one case."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._suspect = _suspect(case)
        self._changes = changes(case.records, case.disruptions)

    def of(
        self,
        line: OrderLine,
        evidence: Sequence[Evidence],
        *,
        link_class: LinkClass,
        time: TimeFinding | None,
    ) -> LineQuantities:
        """Return the quantities of a line that is hit.

        Parameters
        ----------
        link_class
            Class of the row; what leaves in time is counted by links of that class or better.
        time
            The finding whose times the row shows.
        """
        short = plain_sum(row.qty for row in evidence if row.effect is Effect.SHORT)
        open_qty = self._case.records.open_qty(line) + self._more(line)
        if line.key in self._changes:
            # That the customer changes it is certain; what serves it need not be.
            link_class = LinkClass.POSSIBLE
        on_time = self._on_time(line, time.level if time else link_class, time)
        if on_time is not None and line.ship_complete and on_time < open_qty:
            on_time = ZERO
        if on_time is not None and short is not None:
            on_time = max(ZERO, min(on_time, open_qty - short))
        return LineQuantities(
            at_risk=self._at_risk(line, evidence, time),
            short=short,
            on_time=None if on_time is None else plain(on_time),
        )

    def _at_risk(
        self, line: OrderLine, evidence: Sequence[Evidence], time: TimeFinding | None
    ) -> Decimal | None:
        """Return the quantity that is suspect, short or late; None when nothing says how much."""
        effects = {row.effect for row in evidence if row.effect is not None}
        if effects <= {Effect.MOVED}:
            return plain_sum(row.qty for row in evidence if row.effect is None) or ZERO
        sent = plain_sum(row.qty for row in evidence if row.effect is Effect.SUSPECT_SHIPPED)
        spare = plain_sum(row.qty for row in evidence if row.effect is Effect.SUSPECT_ON_HAND)
        short = plain_sum(row.qty for row in evidence if row.effect is Effect.SHORT)
        open_qty = self._case.records.open_qty(line) + self._more(line)
        waiting = self._waiting(line, effects, time)
        if waiting is None and Effect.LATE in effects:
            waiting = open_qty
        if sent is None and short is None and spare is None and not waiting:
            return None if waiting is None or Effect.SUSPECT_ON_HAND in effects else ZERO
        counted = max((waiting or ZERO) + (spare or ZERO), short or ZERO)
        return plain(min(line.qty + self._more(line), (sent or ZERO) + min(open_qty, counted)))

    def _more(self, line: OrderLine) -> Decimal:
        """Return what the customer wants on top of what is recorded."""
        change = self._changes.get(line.key)
        return max(ZERO, change[1]) if change is not None else ZERO

    def _waiting(
        self, line: OrderLine, effects: set[Effect], time: TimeFinding | None
    ) -> Decimal | None:
        """Return how many open pieces are suspect, short or late; None when nothing serves them."""
        demand = self._case.demand_of(line.key)
        if demand is None:
            return None
        stretches = self._stretches(demand, LinkClass.POSSIBLE)
        if not any(row.before is not None or row.after is not None for row in stretches):
            return None
        trip = _Trip(self._case, line, self._run(LinkClass.POSSIBLE, time))
        hit = (
            row.qty
            for row in stretches
            if row.is_suspect or row.is_short or (Effect.LATE in effects and trip.is_made_late(row))
        )
        return _decimal(sum(hit, Fraction(0)))

    def _on_time(
        self, line: OrderLine, level: LinkClass, time: TimeFinding | None
    ) -> Decimal | None:
        demand = self._case.demand_of(line.key)
        if demand is None:
            return None
        stretches = self._stretches(demand, level)
        if not any(row.before is not None or row.after is not None for row in stretches):
            return None
        trip = _Trip(self._case, line, self._run(level, time))
        return _decimal(sum((row.qty for row in stretches if trip.is_in_time(row)), Fraction(0)))

    def _stretches(self, demand: int, level: LinkClass) -> tuple[Stretch, ...]:
        suspect = self._suspect.get(demand, NONE)
        return line_stretches(self._case.lacks[level], demand, suspect=suspect)

    def _run(self, level: LinkClass, time: TimeFinding | None) -> Run:
        if time is not None:
            return time.run
        known = (run for run in self._case.runs if run.level <= level)
        return max(known, key=lambda run: run.level)


class _Trip(NamedTuple):
    """When the pieces of a line leave, with and without the disruption."""

    case: Case
    line: OrderLine
    run: Run

    def is_in_time(self, row: Stretch) -> bool:
        """Return whether pieces leave by the line's last truck in time."""
        return row.after is not None and self._leave(
            row.after, self.run.new
        ) <= self.case.shipping.limit(self.line)

    def is_made_late(self, row: Stretch) -> bool:
        """Return whether pieces miss that truck and would have left earlier."""
        if row.after is None or (self._is_unknown(row.after) and row.after == row.before):
            return row.after is not None
        new = self._leave(row.after, self.run.new)
        if new <= self.case.shipping.limit(self.line):
            return False
        return row.before is None or self._leave(row.before, self.run.old) < new

    def _leave(self, supply: int, projection: Projection) -> int:
        ready, made = self._ready(supply, projection)
        if ready >= AGES:
            return AGES
        return self.case.shipping.leaves(self.line, finish=ready, made=made)

    def _ready(self, supply: int, projection: Projection) -> tuple[int, bool]:
        """Return when a supply is there, and whether it is made; what is in the house is there."""
        row = self.case.pegging.supplies[supply]
        if row.kind is SupplyKind.WORK_ORDER and row.work_order is not None:
            end = last_finish(self.case.shop, projection, row.work_order)
            return (self.case.at, False) if end is None else (end[0], True)
        if row.kind is SupplyKind.STOCK or row.arrives is None:
            return self.case.at, False
        return row.arrives, False

    def _is_unknown(self, supply: int) -> bool:
        """Return whether nobody knows when a supply is made."""
        row = self.case.pegging.supplies[supply]
        return row.kind is SupplyKind.WORK_ORDER and row.work_order in self.case.unscheduled


def _suspect(case: Case) -> dict[int, Pieces]:
    """Return the pieces of each demand that suspect supply goes into; what is in process first."""
    if case.trace is None:
        return {}
    held = held_supply(case.records, case.pegging, case.trace, level=LinkClass.POSSIBLE)
    direct = {place: span(ZERO, qty) for place, qty in held.items()}
    return suspect_pieces(case.pegging, direct=direct)


def plain_sum(quantities: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of what is known; None when nothing is."""
    known = [qty for qty in quantities if qty is not None]
    return plain(sum(known, ZERO)) if known else None


def plain(qty: Decimal) -> Decimal:
    """Return a quantity without rounding dust and idle zeros."""
    rounded = qty.quantize(_GRAIN)
    whole = rounded.to_integral_value()
    return whole if whole == rounded else rounded.normalize()


def _decimal(qty: Fraction) -> Decimal:
    return Decimal(qty.numerator) / Decimal(qty.denominator)
