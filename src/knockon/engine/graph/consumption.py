"""Links that production made: one lot went into another, or into a work order."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from functools import cached_property

from knockon.domain.facts import Consumption, ConsumptionKind, LotKey, WorkOrderKey
from knockon.domain.impact import Gap
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import (
    Entity,
    EntityKind,
    Link,
    LinkKind,
    Unrecorded,
    lot_entity,
)
from knockon.engine.graph.instants import ANY_TIME, Span, span_of
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.presence import Presence
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER

_DONE = "done"
_REWORK = "rework"


@dataclass(frozen=True, kw_only=True)
class _Basis:
    """What the links are read from."""

    register: Register
    presence: Presence

    @cached_property
    def first_use(self) -> Mapping[LotKey, Span]:
        """When each lot was first taken from."""
        return first_uses(self.register)


def consumption_links(
    register: Register, presence: Presence, *, apart: Set[LotKey]
) -> Iterator[Link]:
    """Yield the links of all consumption that stands, but for what went into plain lots.

    Parameters
    ----------
    apart
        The lots whose consumption is not plain; see ``plain``.
    """
    basis = _Basis(register=register, presence=presence)
    for output in sorted(apart):
        late = _late_rows(basis, output)
        for row in register.uses_into[output]:
            yield from _links_into(basis, row, target=lot_entity(output), late=late)
    for key in sorted(with_open_lots(register)):
        yield from _work_order_links(basis, key)


def with_open_lots(register: Register) -> set[WorkOrderKey]:
    """Return the work orders with inputs of which nobody recorded into which lot they went."""
    found = {
        WorkOrderKey(row.plant, row.work_order)
        for row in register.standing.consumption
        if row.output is None and row.work_order
    }
    into, used = register.uses_into, register.uses_of
    found.update(
        key
        for key, outputs in register.outputs.items()
        if key in used and any(lot not in into for lot in outputs)
    )
    return found


def first_uses(register: Register) -> dict[LotKey, Span]:
    """Return when each lot was first taken from, as far as that is known."""
    first: dict[LotKey, Span] = {}

    def note(key: LotKey, when: Span) -> None:
        if when != ANY_TIME and (key not in first or when.latest < first[key].latest):
            first[key] = when

    for use in register.standing.consumption:
        note(use.input, register.span(use.at, plant=use.plant))
    for shipment in register.facts.shipments:
        if shipment.lot is not None:
            note(shipment.lot, register.span(shipment.shipped, plant=shipment.plant))
    for event in register.standing.lot_events:
        if event.other_lot is not None:
            note(event.lot, register.span(event.at, plant=event.plant))
    return first


def work_order_period(register: Register, key: WorkOrderKey) -> Span:
    """Return when the work order ran: from its first start to its last finish, else any time."""
    starts, ends = [], []
    running = False
    for operation in register.operations.get(key, ()):
        if operation.actual_start is not None:
            starts.append(register.span(operation.actual_start, plant=key.plant).earliest)
        if operation.actual_finish is not None:
            ends.append(register.span(operation.actual_finish, plant=key.plant).latest)
        else:
            running = True
    starts.extend(
        register.span(use.at, plant=key.plant).earliest
        for use in register.uses_of.get(key, ())
        if use.at is not None
    )
    work_order = register.work_orders.get(key)
    if not starts and work_order is not None and work_order.planned_start is not None:
        starts.append(register.span(work_order.planned_start, plant=key.plant).earliest)
    made = [register.made(lot) for lot in register.outputs.get(key, ())]
    ends.extend(when.latest for when in made if when is not None)
    if starts:
        # Work had begun when its first lot was made, whatever was booked later.
        starts.extend(when.earliest for when in made if when is not None)
    closed = work_order is not None and work_order.status == _DONE
    if (running and not closed) or None in made:
        ends = []
    start = min(starts, default=-FOREVER)
    return span_of(start, max(max(ends, default=FOREVER), start))


def _links_into(
    basis: _Basis, row: Consumption, *, target: Entity, late: frozenset[LotKey]
) -> Iterator[Link]:
    """Yield the links of one row into its lot, its work order or what stands for both."""
    register = basis.register
    when = _when(basis, row)
    gaps = _gaps(basis, row, when, target=target)
    if row.kind is ConsumptionKind.BACKFLUSH:
        yield from _backflush_links(basis, row, target=target, when=when, gaps=gaps)
        return
    link_class = LinkClass.CONFIRMED
    if row.input in late and row.output is not None:
        # Recorded after the lot was already used: the times contradict each other.
        when = span_of(min(when.earliest, basis.first_use[row.output].earliest), when.latest)
        link_class = LinkClass.POSSIBLE
        gaps = (*gaps, Gap(code="contradictory_time", where=_where(row), qty=row.qty))
    if register.is_lot(row.input):
        yield Link(
            source=lot_entity(row.input),
            target=target,
            when=when,
            link_class=link_class,
            kind=_kind(register, row, target=target),
            spread=row.at is None,
            qty=row.qty,
            uom=row.uom or register.units.unit_of(row.input.item),
            row=row,
            gaps=gaps,
        )
    if row.input in register.packages.keys:
        for content, inside in register.packages.holding(row.input.lot, when):
            yield Link(
                source=lot_entity(content.lot),
                target=target,
                when=when,
                link_class=inside,
                kind=LinkKind.UNPACKED,
                qty=content.qty,
                uom=register.uom(content.lot),
                row=row,
                gaps=gaps,
            )


def _kind(register: Register, row: Consumption, *, target: Entity) -> LinkKind:
    if target.kind is not EntityKind.LOT:
        return LinkKind.ISSUED
    stands_in = row.output is not None and (row.output.item, row.input.item) in register.stand_ins
    return LinkKind.SUBSTITUTED if stands_in else LinkKind.CONSUMED


def _when(basis: _Basis, row: Consumption) -> Span:
    """Return when it went in; without a time, no later than its lot was made or first used."""
    register = basis.register
    if row.at is not None:
        return register.span(row.at, plant=row.plant)
    period = ANY_TIME
    if row.work_order:
        period = work_order_period(register, WorkOrderKey(row.plant, row.work_order))
    ends = [period.latest]
    if row.output is not None:
        made = register.made(row.output)
        if made is not None:
            ends.append(made.latest)
    end = min(ends)
    return span_of(min(period.earliest, end), end)


def _gaps(basis: _Basis, row: Consumption, when: Span, *, target: Entity) -> tuple[Gap, ...]:
    """Return what is missing or doubtful in the row, with its quantity."""
    codes = []
    if row.at is None:
        codes.append("no_time")
    elif when.is_date_only:
        codes.append("date_only")
    if row.kind is ConsumptionKind.BACKFLUSH:
        codes.append("backflush")
    if row.output is None and isinstance(target.key, WorkOrderKey):
        outputs = basis.register.outputs.get(target.key, ())
        codes.extend(["work_order_only"] if outputs else [])
    return tuple(Gap(code=code, where=_where(row), qty=row.qty) for code in codes)


def _where(row: Consumption) -> str:
    return row.work_order or lot_text(row.output or row.input)


def _backflush_links(
    basis: _Basis, row: Consumption, *, target: Entity, when: Span, gaps: tuple[Gap, ...]
) -> Iterator[Link]:
    """Yield the lot the system guessed, and the lots it could as well have been."""
    register = basis.register
    start = when.earliest
    if row.work_order:
        period = work_order_period(register, WorkOrderKey(row.plant, row.work_order))
        # Booked at the end of the work for all of it: taken at any time since it began.
        start = min(start, max(period.earliest, -FOREVER))
    when = span_of(start, when.latest)
    named = Link(
        source=lot_entity(row.input),
        target=target,
        when=when,
        link_class=LinkClass.PROBABLE,
        kind=LinkKind.BACKFLUSHED,
        spread=True,
        qty=row.qty,
        uom=row.uom or register.units.unit_of(row.input.item),
        row=row,
        gaps=gaps,
    )
    yield named
    for neighbour in basis.presence.during(row.input.item, when, plant=row.plant):
        if neighbour != row.input:
            yield replace(
                named,
                source=lot_entity(neighbour),
                link_class=LinkClass.POSSIBLE,
                kind=LinkKind.NEIGHBOUR,
                qty=None,
            )


def _late_rows(basis: _Basis, output: LotKey) -> frozenset[LotKey]:
    """Return inputs of the lot's making that are recorded only after the lot was first used.

    A lot cannot have been used before its components went in. What came in later by rework or
    top-up is no contradiction, nor is a component that was there before with another row.
    """
    register = basis.register
    first = basis.first_use.get(output)
    if first is None:
        return frozenset()
    maker = register.made_by.get(output)
    work_order = register.work_orders.get(maker) if maker else None
    if work_order is not None and work_order.kind == _REWORK:
        return frozenset()
    into = register.uses_into
    rows: dict[str, list[Consumption]] = defaultdict(list)
    own = into.get(output, ())
    if all(register.span(row.at, plant=row.plant).earliest <= first.latest for row in own):
        return frozenset()
    for row in own:
        same = _work_order_of(row) == maker
        # A lot that came out of this one is rework coming back, whatever it is called.
        returns = any(use.input == output for use in into.get(row.input, ()))
        if same and not returns and row.at is not None:
            rows[row.input.item].append(row)
    late: set[LotKey] = set()
    for members in rows.values():
        when = [register.span(row.at, plant=row.plant) for row in members]
        begun = min(span.earliest for span in when)
        if begun > first.latest:
            late.update(
                row.input for row, span in zip(members, when, strict=True) if span.earliest == begun
            )
    if maker is None and output in basis.presence.origins:
        return frozenset()
    return frozenset(late)


def _work_order_of(row: Consumption) -> WorkOrderKey | None:
    return WorkOrderKey(row.plant, row.work_order) if row.work_order else None


def _work_order_links(basis: _Basis, key: WorkOrderKey) -> Iterator[Link]:
    """Yield links through a work order whose lots are not recorded with their inputs."""
    register = basis.register
    rows = register.uses_of[key]
    outputs = register.outputs.get(key, ())
    open_rows = [row for row in rows if row.output is None]
    if open_rows:
        node = Entity(EntityKind.WORK_ORDER, key)
        for row in _first_made(basis, open_rows, outputs=outputs):
            yield from _links_into(basis, row, target=node, late=frozenset())
        work_order = register.work_orders.get(key)
        only = len(outputs) == 1 and work_order is not None and work_order.status == _DONE
        yield from output_links(
            register,
            node=node,
            outputs=outputs,
            link_class=LinkClass.PROBABLE if only else LinkClass.POSSIBLE,
        )
    bare = [lot for lot in outputs if lot not in register.uses_into]
    named = [row for row in rows if row.output is not None]
    if bare and named:
        node = Entity(EntityKind.UNRECORDED, Unrecorded(key, ""))
        for row in named:
            if row.input not in bare:
                yield from _links_into(basis, row, target=node, late=frozenset())
        yield from output_links(
            register, node=node, outputs=tuple(bare), link_class=LinkClass.POSSIBLE
        )


def _first_made(
    basis: _Basis, rows: list[Consumption], *, outputs: tuple[LotKey, ...]
) -> Iterator[Consumption]:
    """Yield rows known by work order only; issues later than all output lose their time.

    What a work order's lots hold cannot have been issued after the first of them was made.
    """
    register = basis.register
    made = [when for when in map(register.made, outputs) if when is not None]
    first = min((when.latest for when in made), default=FOREVER)
    begun: dict[str, int] = {}
    for row in rows:
        earliest = register.span(row.at, plant=row.plant).earliest
        begun[row.input.item] = min(begun.get(row.input.item, FOREVER), earliest)
    for row in rows:
        contradicts = row.at is not None and begun[row.input.item] > first
        yield replace(row, at=None) if contradicts else row


def output_links(
    register: Register, *, node: Entity, outputs: tuple[LotKey, ...], link_class: LinkClass
) -> Iterator[Link]:
    """Yield links from a work order to each lot that it can have put material in."""
    for lot in outputs:
        made = register.made(lot)
        yield Link(
            source=node,
            target=lot_entity(lot),
            when=span_of(-FOREVER, made.latest if made else FOREVER),
            link_class=link_class,
            kind=LinkKind.OUTPUT,
            spread=True,
            hop=False,
        )
