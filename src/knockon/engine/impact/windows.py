"""What a machine, tool, oven, gauge, person or item made or touched in a suspect window.

Windows are closed at both ends, and every recorded time is widened by its clock's doubt, so a lot
on the boundary is in.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from knockon.domain.disruptions import Disruption, Scope
from knockon.domain.facts import Lot, LotKey, Operation, ResourceUse, WorkOrderKey
from knockon.domain.impact import Gap, PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import EvidenceKind, WindowSubject
from knockon.domain.times import Moment
from knockon.engine.graph.instants import (
    ANY_TIME,
    SECOND_US,
    Span,
    microseconds,
    moment_of,
    span_of,
)
from knockon.engine.graph.naming import work_order_text
from knockon.engine.graph.register import Register
from knockon.engine.graph.states import FOREVER
from knockon.engine.impact.suspect_window import is_guess, machines_below, propose_window


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """A lot or work order that lies in the window.

    Parameters
    ----------
    tainted
        When it became suspect; None is since it exists.
    steps
        What led from the disruption to it.
    """

    key: LotKey | WorkOrderKey
    link_class: LinkClass
    tainted: Moment | None
    via: str
    steps: tuple[PathStep, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """One window over one plant's resources.

    ``weakest`` bounds every class from below: a window whose start was guessed proves less.
    ``residences`` are the shortest and longest times that material is inside a machine through
    which it flows, microseconds.
    """

    register: Register
    scope: Scope
    machines: frozenset[str]
    names: frozenset[str]
    window: Span
    weakest: LinkClass
    residences: Mapping[str, tuple[int, int]]

    def residence(self, lot: LotKey, *, run: Operation | None) -> tuple[int, int]:
        """Return how long before it came off its machine a lot's material went in, microseconds.

        Shortest and longest; zero where material does not flow through.
        """
        known = self.register.lots.get(lot)
        machine = (known.equipment if known else None) or (run.equipment if run else None)
        return self.residences.get(machine or "", (0, 0))

    def judge(self, period: Span) -> LinkClass | None:
        """Return how surely something done in a period was done in the window; None if not."""
        if not period.meets(self.window):
            return None
        return self.weakest if period.within(self.window) else LinkClass.POSSIBLE

    def judge_instant(self, when: Span) -> LinkClass | None:
        """Return how surely an event lies in the window; one known by its day is PROBABLE."""
        link_class = self.judge(when)
        if link_class is None or when.within(self.window):
            return link_class
        return max(LinkClass.PROBABLE, self.weakest) if when.is_date_only else link_class

    def judge_stay(self, begun: Span, over: Span) -> LinkClass | None:
        """Return how surely a stay overlaps the window: any overlap is enough."""
        if begun.earliest > self.window.latest or over.latest < self.window.earliest:
            return None
        sure = begun.latest <= self.window.latest and over.earliest >= self.window.earliest
        return self.weakest if sure else LinkClass.POSSIBLE


def suspicions_in_window(
    register: Register, disruption: Disruption
) -> tuple[list[Suspicion], list[Gap]]:
    """Return what the scope's resources touched in its window, and what is doubtful about that.

    Without a start the window goes back to the evidence that is proposed: the last passed check,
    tool change, calibration or repair (PROBABLE), else the lot or the shift, else the whole
    history (POSSIBLE). A window that ends before it starts is taken as any time.
    """
    scope = disruption.scope
    machines = machines_below(register, scope)
    people = [*machines, *scope.people, *([scope.tool] if scope.tool else [])]
    by_item = scope.item is not None and not scope.lots and not scope.supplier_lot
    timed = scope.start is not None or scope.end is not None
    if not people and not (by_item and timed):
        return [], []
    window, weakest, gaps = _window(register, disruption, machines)
    search = _Search(
        register=register,
        scope=scope,
        machines=machines,
        names=frozenset(people),
        window=window,
        weakest=weakest,
        residences={
            row.key.equipment: (row.residence_s[0] * SECOND_US, row.residence_s[1] * SECOND_US)
            for row in register.facts.equipment
            if row.residence_s and row.key.plant == scope.plant
        },
    )
    found: list[Suspicion] = []
    if people:
        found.extend(one for one in _named_anyway(scope) if one.key in register.known)
        direct = list(_made_there(search))
        found.extend(direct)
        judged = {one.key for one in direct} | _judged_elsewhere(search)
        for operation in _operations(search):
            found.extend(_touched_by_operation(search, operation, judged=judged))
        found.extend(_touched_by_resource(search))
    else:
        found.extend(_made_of_item(search))
    return [one for one in found if _right_cavity(register, scope, one)], gaps


def _named_anyway(scope: Scope) -> Iterator[Suspicion]:
    """Yield the lots named beside a window: they are bad whenever the window begins."""
    for key in scope.lots:
        yield Suspicion(
            key=key, link_class=LinkClass.CONFIRMED, tainted=None, via="named", steps=()
        )


def _window(
    register: Register, disruption: Disruption, machines: frozenset[str]
) -> tuple[Span, LinkClass, list[Gap]]:
    scope = disruption.scope
    where = scope.tool or ",".join(sorted(machines)) or scope.item or ""
    end = FOREVER if scope.end is None else microseconds(scope.end)
    if scope.start is not None:
        start = microseconds(scope.start)
        if start <= end:
            return Span(start, end), LinkClass.CONFIRMED, []
        return ANY_TIME, LinkClass.POSSIBLE, [Gap(code="invalid_interval", where=where, qty=None)]
    gap = Gap(code="window_start_unknown", where=where, qty=None)
    subject = WindowSubject(equipment=tuple(sorted(machines)), tool=scope.tool, cavity=scope.cavity)
    if not (machines or scope.tool):
        return Span(-FOREVER, end), LinkClass.POSSIBLE, [gap]
    begin = propose_window(register, disruption, subject=subject).start
    if begin.at is None or begin.kind is EvidenceKind.HISTORY or microseconds(begin.at) > end:
        return Span(-FOREVER, end), LinkClass.POSSIBLE, [gap]
    proof = LinkClass.POSSIBLE if is_guess(begin) else LinkClass.PROBABLE
    return Span(microseconds(begin.at), end), proof, [gap]


def _made_there(search: _Search) -> Iterator[Suspicion]:
    """Yield lots whose own row or consumption says that they were made on the machine."""
    register = search.register
    for lot in register.lots.values():
        if lot.equipment in search.machines and _of_plant(search, lot):
            run = _run_of(search, lot.key)
            link_class = _judge_making(search, lot.key, run=run)
            if link_class is not None:
                yield _suspicion(search, lot.key, link_class, machine=lot.equipment)
    for use in register.standing.consumption:
        if use.plant != search.scope.plant or use.equipment not in search.machines:
            continue
        when = register.span(use.at, plant=use.plant)
        link_class = search.judge_instant(when)
        if link_class is None:
            continue
        if use.output is not None:
            made = register.made(use.output)
            # Material that went in while it was made; later it is rework or top-up.
            later = made is not None and made.latest < when.earliest
            yield _suspicion(
                search,
                use.output,
                link_class,
                machine=use.equipment,
                tainted=moment_of(when) if later else None,
            )
        elif use.work_order:
            key = WorkOrderKey(use.plant, use.work_order)
            yield from _work_order_lots(search, key, when, machine=use.equipment, certain=False)


def _run_of(search: _Search, lot: LotKey) -> Operation | None:
    """Return the operation on the scope's machines that made a lot; None when it is not known."""
    register = search.register
    key = register.made_by.get(lot)
    rows = register.operations.get(key, ()) if key is not None else ()
    own = [row for row in rows if row.equipment in search.machines and row.actual_start is not None]
    return own[-1] if own else None


def _judge_making(search: _Search, lot: LotKey, *, run: Operation | None) -> LinkClass | None:
    """Return how surely some of a lot came off a machine in the window.

    A lot that was finished later holds what was made in the window if it was in the making then:
    since its work began, or since the lot before it was finished. A lot without a time of making
    is still in work. Where material flows through a machine, what counts is when it went in: at the
    ends of the window that is doubtful by the spread of the time inside.
    """
    register = search.register
    made = register.made(lot)
    shortest, longest = search.residence(lot, run=run)
    if made is not None and longest:
        made = span_of(made.earliest - longest, made.latest - shortest)
    begun = None if run is None else register.span(run.actual_start, plant=run.key.plant)
    if made is None:
        since = -FOREVER if begun is None else begun.earliest
        return search.judge_instant(span_of(since, FOREVER))
    link_class = search.judge_instant(made)
    if link_class is not None or run is None or begun is None:
        return link_class
    if made.latest < search.window.earliest:
        return None
    key = WorkOrderKey(run.key.plant, run.key.work_order)
    former = [
        when.earliest
        for other in register.outputs.get(key, ())
        if other != lot and _same_cavity(register, lot, other)
        for when in [register.made(other)]
        if when is not None and when.latest < made.earliest
    ]
    if max([begun.earliest, *former]) - longest > search.window.latest:
        return None
    alone = len(register.outputs.get(key, ())) == 1 and not longest
    sure = alone and begun.latest <= search.window.latest
    return search.weakest if sure else LinkClass.POSSIBLE


def _same_cavity(register: Register, lot: LotKey, other: LotKey) -> bool:
    cavities = {
        known.cavity
        for known in (register.lots.get(lot), register.lots.get(other))
        if known is not None
    }
    return len(cavities) == 1


def _of_plant(search: _Search, lot: Lot) -> bool:
    return search.register.plant_of(lot.key) in ("", search.scope.plant)


def _judged_elsewhere(search: _Search) -> set[LotKey | WorkOrderKey]:
    """Return lots whose own records say when they were on the machine: no need to guess."""
    register = search.register
    judged: set[LotKey | WorkOrderKey] = {
        lot.key
        for lot in register.lots.values()
        if lot.equipment in search.machines and lot.made is not None
    }
    judged.update(
        use.output
        for use in register.standing.consumption
        if use.output is not None and use.equipment in search.machines and use.at is not None
    )
    return judged


def _operations(search: _Search) -> Iterator[Operation]:
    for row in search.register.facts.operations:
        if row.key.plant != search.scope.plant or row.status == "planned":
            continue
        tool_fits = search.scope.tool is None or row.tool == search.scope.tool
        machine_fits = not search.machines or row.equipment in search.machines
        if tool_fits and machine_fits and (search.scope.tool or search.machines):
            yield row


def _touched_by_operation(
    search: _Search, operation: Operation, *, judged: set[LotKey | WorkOrderKey]
) -> Iterator[Suspicion]:
    """Yield the lots that went through an operation which ran in the window."""
    register = search.register
    key = WorkOrderKey(operation.key.plant, operation.key.work_order)
    ran = _ran(register, operation)
    if search.judge(ran) is None:
        return
    last = max(row.key.seq for row in register.operations[key])
    machine = operation.equipment or operation.tool or ""
    for lot in register.outputs.get(key, ()):
        if lot in judged:
            continue
        made = register.made(lot)
        if made is not None and operation.key.seq == last:
            # The lot came off this very operation.
            link_class = _judge_making(search, lot, run=operation)
        elif made is not None and made.latest < max(ran.earliest, search.window.earliest):
            link_class = None
        else:
            link_class = search.judge(ran)
        if link_class is not None:
            yield _suspicion(search, lot, link_class, machine=machine, work_order=key)
    yield from _in_progress(search, key, machine=machine)


def _ran(register: Register, operation: Operation) -> Span:
    """Return when the operation ran: as recorded, else as planned, open while it is not done."""
    plant = operation.key.plant
    begun = operation.actual_start or operation.planned_start
    over = operation.actual_finish
    if over is None and operation.status == "done":
        over = operation.planned_finish
    start = register.span(begun, plant=plant).earliest
    end = FOREVER if over is None else register.span(over, plant=plant).latest
    return span_of(start, max(start, end))


def _in_progress(search: _Search, key: WorkOrderKey, *, machine: str) -> Iterator[Suspicion]:
    """Yield the work order itself while it has not given out all that went into it."""
    register = search.register
    work_order = register.work_orders.get(key)
    if work_order is None or work_order.status == "done":
        return
    if work_order.finished_qty + work_order.scrap_qty >= work_order.qty > 0:
        return
    sure = not register.outputs.get(key)
    yield Suspicion(
        key=key,
        link_class=max(search.weakest, LinkClass.CONFIRMED if sure else LinkClass.POSSIBLE),
        tainted=None,
        via="in_progress",
        steps=_steps(search, machine, None, search.weakest),
    )


def _touched_by_resource(search: _Search) -> Iterator[Suspicion]:
    """Yield what a tool, vessel, oven, gauge or person touched."""
    register = search.register
    for row in register.facts.resource_uses:
        if row.plant != search.scope.plant or row.resource not in search.names:
            continue
        begun, over = _stay(register, row)
        link_class = search.judge_stay(begun, over)
        if link_class is None:
            continue
        if row.lot is not None:
            start = max(begun.earliest, search.window.earliest)
            touched = moment_of(Span(start, max(start, min(begun.latest, search.window.latest))))
            yield _suspicion(
                search, row.lot, link_class, machine=row.resource, tainted=touched, via=row.kind
            )
        elif row.work_order:
            key = WorkOrderKey(row.plant, row.work_order)
            yield from _work_order_lots(
                search,
                key,
                span_of(begun.earliest, over.latest),
                machine=row.resource,
                certain=link_class != LinkClass.POSSIBLE,
            )


def _stay(register: Register, row: ResourceUse) -> tuple[Span, Span]:
    """Return begin and end of a use; one that ends before it begins was at any time."""
    begun = register.span(row.start, plant=row.plant)
    if row.end is None:
        return begun, Span(FOREVER, FOREVER)
    over = register.span(row.end, plant=row.plant)
    return (ANY_TIME, ANY_TIME) if over.latest < begun.earliest else (begun, over)


def _work_order_lots(
    search: _Search, key: WorkOrderKey, when: Span, *, machine: str, certain: bool
) -> Iterator[Suspicion]:
    """Yield a work order's lots that were not finished before, and the work order if unfinished."""
    register = search.register
    begun = max(when.earliest, search.window.earliest)
    link_class = search.judge(when) if certain else LinkClass.POSSIBLE
    for lot in register.outputs.get(key, ()):
        made = register.made(lot)
        if link_class is not None and (made is None or made.latest >= begun):
            yield _suspicion(search, lot, link_class, machine=machine, work_order=key)
    yield from _in_progress(search, key, machine=machine)


def _made_of_item(search: _Search) -> Iterator[Suspicion]:
    """Yield the item's lots made in the window, whatever made them."""
    for lot in search.register.lots.values():
        if lot.key.item == search.scope.item and _of_plant(search, lot):
            link_class = search.judge_instant(search.register.made(lot.key) or ANY_TIME)
            if link_class is not None:
                yield _suspicion(search, lot.key, link_class, machine="")


def _right_cavity(register: Register, scope: Scope, one: Suspicion) -> bool:
    """Return whether a lot can be of the scope's cavity; one without cavity can."""
    lot = register.lots.get(one.key) if isinstance(one.key, LotKey) else None
    return scope.cavity is None or lot is None or lot.cavity in (None, scope.cavity)


def _suspicion(
    search: _Search,
    lot: LotKey,
    link_class: LinkClass,
    *,
    machine: str | None,
    tainted: Moment | None = None,
    work_order: WorkOrderKey | None = None,
    via: str = "made_in_window",
) -> Suspicion:
    known = search.register.lots.get(lot)
    unsure = search.scope.cavity is not None and (known is None or known.cavity is None)
    link_class = max(link_class, LinkClass.POSSIBLE) if unsure else link_class
    return Suspicion(
        key=lot,
        link_class=link_class,
        tainted=tainted,
        via=via,
        steps=_steps(search, machine or "", work_order, link_class),
    )


def _steps(
    search: _Search, machine: str, work_order: WorkOrderKey | None, link_class: LinkClass
) -> tuple[PathStep, ...]:
    step = PathStep(
        type=StepType.EQUIPMENT,
        key=machine,
        via="suspect_window",
        at=search.scope.start,
        qty=None,
        link_class=search.weakest,
    )
    if not machine:
        return ()
    if machine == search.scope.tool:
        step = replace(step, type=StepType.TOOL)
    if work_order is None:
        return (step,)
    through = replace(
        step,
        type=StepType.WORK_ORDER,
        key=work_order_text(work_order),
        via="operation",
        at=None,
        link_class=link_class,
    )
    return (step, through)
