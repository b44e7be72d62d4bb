"""Which order lines finish later, and which of them miss their truck."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from knockon.domain.facts import OrderLine, OrderLineKey, WorkOrderKey
from knockon.domain.impact import Effect
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import LEVELS, Case
from knockon.engine.impact.delay import Run, last_finish
from knockon.engine.impact.pegging import Peg, Pegging
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import SupplyKind
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import Projection


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an order line waits for: a work order's end, or a delivery; instants in UTC seconds."""

    finish: int
    job: int | None = None
    work_order: WorkOrderKey | None = None
    supply: int | None = None
    via: str = ""
    link_class: LinkClass = LinkClass.CONFIRMED

    @property
    def is_made(self) -> bool:
        """Whether the plant makes it, so that post-processing follows."""
        return self.work_order is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeFinding:
    """A line that finishes later by links of one level.

    Parameters
    ----------
    old_finish, new_finish, old_ship, new_ship
        UTC seconds; None where nobody knows.
    source
        What the line then waits for.
    """

    level: LinkClass
    run: Run
    effect: Effect
    old_finish: int | None
    new_finish: int | None
    old_ship: int | None
    new_ship: int | None
    limit: int
    source: Source

    @property
    def late_s(self) -> int | None:
        """Return by how much the truck is later than promised; None when it is not, or unknown."""
        if self.effect is not Effect.LATE or self.new_ship is None:
            return None
        return self.new_ship - self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTimes:
    """The findings of one line, narrowest level first, and delays too small to count."""

    findings: tuple[TimeFinding, ...] = ()
    negligible: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LineViews:
    """An order line as each level of links and each run of the plan shows it.

    Parameters
    ----------
    levels
        The levels that may tell of the line, and under each one view for every run of the case.
    """

    key: OrderLineKey
    levels: tuple[tuple[LinkClass, tuple["View", ...]], ...]


def time_findings(case: Case) -> dict[OrderLineKey, LineTimes]:
    """Return the lines that finish later, by plan and pegging, best proven first."""
    late = {case.shop.jobs[job].work_order for run in case.runs for job in run.delayed()}
    found: dict[OrderLineKey, LineTimes] = {}
    for line in line_views(case, late=late):
        times = [_level_times(case, line.key, level, views) for level, views in line.levels]
        findings = tuple(finding for row in times for finding in row.findings)
        negligible = any(row.negligible for row in times)
        if findings or negligible:
            found[line.key] = LineTimes(findings=findings, negligible=negligible)
    return found


def line_views(case: Case, *, late: Collection[WorkOrderKey]) -> Iterator[LineViews]:
    """Yield the lines that late work orders serve or that lost supply; no other can be later."""
    makers = _makers(case)
    touched = _touched(case, makers, late)
    for key, demand in case.open_lines():
        if key in touched:
            yield LineViews(
                key=key,
                levels=tuple(
                    (
                        level,
                        tuple(
                            View(case, demand, makers.get(key, {}), level, run) for run in case.runs
                        ),
                    )
                    for level in LEVELS
                    if not _rests_on_guesses(case, demand, level)
                ),
            )


def _level_times(
    case: Case, key: OrderLineKey, level: LinkClass, views: Sequence["View"]
) -> LineTimes:
    """Return what links of one level show of a line, run by run."""
    enough = case.materiality_s(key.plant)
    delays = [view.delay() for view in views]
    # What wider runs do not show, other work may have held up anyway.
    sure = all(delay >= enough for delay in delays)
    shown = shown_class(level, sure=sure)
    return LineTimes(
        findings=tuple(
            view.finding(case.records.lines[key], shown)
            for view, delay in zip(views, delays, strict=True)
            if delay >= enough and view.counts()
        ),
        negligible=any(0 < delay < enough for delay in delays),
    )


def shown_class(level: LinkClass, *, sure: bool) -> LinkClass:
    """Return the class of what links of one level show, in every run or only in some."""
    return level if sure else max(level, LinkClass.PROBABLE)


def _touched(
    case: Case,
    makers: Mapping[OrderLineKey, Mapping[WorkOrderKey, tuple[str, LinkClass]]],
    late: Collection[WorkOrderKey],
) -> set[OrderLineKey]:
    touched = {key for key, known in makers.items() if any(maker in late for maker in known)}
    done: list[Pegging] = []
    for lack in case.lacks.values():
        for pegging in (lack.before, lack.after):
            # The levels often share one pegging.
            if not any(pegging is other for other in done):
                done.append(pegging)
                touched.update(_served_late(pegging, late))
        for demand in lack.lost:
            line = lack.before.demands[demand].line
            if line is not None:
                touched.add(line)
    return touched


def _served_late(pegging: Pegging, late: Collection[WorkOrderKey]) -> Iterator[OrderLineKey]:
    """Yield the lines that a pegging serves from late work orders."""
    for work_order in late:
        for supply in pegging.outputs.get(work_order, ()):
            for row in pegging.by_supply.get(supply, ()):
                line = pegging.demands[row.demand].line
                if line is not None:
                    yield line


def on_time_qty(case: Case, demand: int, *, level: LinkClass, run: Run) -> Decimal | None:
    """Return the quantity that can leave in time; None when nothing is known to serve the line."""
    wanted = case.pegging.demands[demand]
    if wanted.line is None:
        return None
    line = case.records.lines[wanted.line]
    limit = case.shipping.limit(line)
    rows = case.lacks[level].after.by_demand.get(demand, ())
    if not rows and not case.lacks[level].before.by_demand.get(demand):
        return None
    total = ZERO
    for row in rows:
        source = _source_of(case, row, run.new)
        finish, made = (source.finish, source.is_made) if source else (case.at, False)
        if finish < AGES and case.shipping.leaves(line, finish=finish, made=made) <= limit:
            total += row.qty
    return total


class View(NamedTuple):
    """One line as links of one level and one run of the plan show it."""

    case: Case
    demand: int
    makers: Mapping[WorkOrderKey, tuple[str, LinkClass]]
    level: LinkClass
    run: Run

    def counts(self) -> bool:
        """Return whether the run knows enough, and no more than the links of the level."""
        return self.run.level <= self.level and not self._is_blind()

    def _is_blind(self) -> bool:
        """Return whether the line waits for work of which this run knows no time at all."""
        if self.run.level is LinkClass.POSSIBLE:
            return False
        supplies = self.case.pegging.supplies
        lack = self.case.lacks[self.level]
        pegged = {
            supplies[row.supply].work_order for row in lack.before.by_demand.get(self.demand, ())
        }
        return not self.case.unscheduled.isdisjoint(pegged.union(self.makers))

    def delay(self) -> int:
        """Return by how many seconds the line finishes later; what was in the house was ready."""
        before, after = self.latest(old=True), self.latest(old=False)
        if after is None:
            return 0
        return after.finish - (before.finish if before is not None else self.case.at)

    def latest(self, *, old: bool) -> Source | None:
        """Return what the line waits for longest; of two at one instant, what must be made."""
        return max(
            self.sources(old=old),
            key=lambda source: (source.finish, source.is_made),
            default=None,
        )

    def sources(self, *, old: bool) -> Iterator[Source]:
        """Yield everything the line waits for."""
        lack = self.case.lacks[self.level]
        projection = self.run.old if old else self.run.new
        for maker, (via, link_class) in self.makers.items():
            if link_class <= self.level:
                end = last_finish(self.case.shop, projection, maker)
                if end is not None:
                    yield Source(
                        finish=end[0], job=end[1], work_order=maker, via=via, link_class=link_class
                    )
        for row in (lack.before if old else lack.after).by_demand.get(self.demand, ()):
            source = _source_of(self.case, row, projection)
            if source is not None:
                yield source

    def finding(self, line: OrderLine, level: LinkClass) -> TimeFinding:
        """Return what a later finish means for the line's truck."""
        before, after = self.latest(old=True), self.latest(old=False)
        assert after is not None
        shipping = self.case.shipping
        limit = shipping.limit(line)
        started = before.finish if before is not None else self.case.at
        old_ship = shipping.leaves(line, finish=started, made=after.is_made)
        new_finish: int | None = None
        new_ship: int | None = None
        effect = Effect.LATE
        if after.finish < AGES:
            new_finish = after.finish
            new_ship = shipping.leaves(line, finish=after.finish, made=after.is_made)
            if new_ship == old_ship or new_ship <= limit:
                effect = Effect.MOVED
        if after.job is not None and self.case.shop.jobs[after.job].estimated:
            # An estimate tells that the line may be hit, not when it finishes.
            return TimeFinding(
                level=level,
                run=self.run,
                effect=effect,
                old_finish=None,
                new_finish=None,
                old_ship=None,
                new_ship=None,
                limit=limit,
                source=after,
            )
        return TimeFinding(
            level=level,
            run=self.run,
            effect=effect,
            old_finish=before.finish if before is not None else None,
            new_finish=new_finish,
            old_ship=old_ship,
            new_ship=new_ship,
            limit=limit,
            source=after,
        )


def _makers(case: Case) -> dict[OrderLineKey, dict[WorkOrderKey, tuple[str, LinkClass]]]:
    """Return the work orders that serve each line by record, whatever the quantity."""
    makers: dict[OrderLineKey, dict[WorkOrderKey, tuple[str, LinkClass]]] = {}
    for maker, rungs in case.ladder.recorded.items():
        for rung in rungs:
            if isinstance(rung.goal, OrderLineKey):
                known = makers.setdefault(rung.goal, {})
                known.setdefault(maker, (rung.via, rung.link_class))
    return makers


def _source_of(case: Case, row: Peg, projection: Projection) -> Source | None:
    """Return what a peg waits for; None when it is in the house."""
    supply = case.pegging.supplies[row.supply]
    if supply.kind is SupplyKind.STOCK:
        return None
    if supply.kind is not SupplyKind.WORK_ORDER or supply.work_order is None:
        if supply.arrives is None:
            return None
        return Source(
            finish=supply.arrives, supply=row.supply, via=row.rule, link_class=row.link_class
        )
    end = last_finish(case.shop, projection, supply.work_order)
    if end is None:
        return None
    return Source(
        finish=end[0],
        job=end[1],
        work_order=supply.work_order,
        supply=row.supply,
        via=row.rule,
        link_class=row.link_class,
    )


def _rests_on_guesses(case: Case, demand: int, level: LinkClass) -> bool:
    """Return whether recorded supply is only a part: what else serves the line may be later."""
    if level is not LinkClass.CONFIRMED or demand in case.pegging.settled:
        return False
    return case.pegging.covered(demand) > case.pegging.recorded(demand)
