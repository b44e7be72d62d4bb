"""Work out the ways out of every late line of a case, and by when one must be chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Final

from knockon.domain.facts import Lever, OrderLineKey
from knockon.domain.impact import Effect, OrderImpact, WayOut
from knockon.engine.impact.case import Case
from knockon.engine.impact.lateness import LineTimes, TimeFinding, time_findings
from knockon.engine.impact.ways_out import alternates, elsewhere, freight, overtime
from knockon.engine.impact.ways_out.longer import with_longer_repairs
from knockon.engine.impact.ways_out.offers import Offer, best_of
from knockon.engine.impact.ways_out.promises import Promise
from knockon.engine.impact.ways_out.scene import Scene, Scenes

LONGER: Final = 2
"""A line that is in time is at risk when a repair this many times as long makes it late: between
the 80th percentile of the machine's own repairs and the 95th there is about that factor."""

MOST_LINES: Final = 60
"""Lines for which ways out are worked out unasked, most urgent first. Nobody decides more than that
at once; of any other line they can be asked."""

_MOST_STEPS: Final = 12
"""Steps that hold a line up, counted from the line, for which ways out are looked for."""


class Advisor:
    """Answers for one case which ways out a line has.

    Each way out is taken by itself, on the plan as it runs after the disruption: it moves one step
    or adds one thing, no other line leaves later for it, and nothing is changed before it is
    decided.
    """

    def __init__(
        self, case: Case, times: Mapping[OrderLineKey, LineTimes], *, scenes: Scenes
    ) -> None:
        self._case = case
        self._times = times
        self._scenes = scenes

    def ways_out(self, key: OrderLineKey) -> tuple[WayOut, ...]:
        """Return the ways out of a line that is late, or would be if the repair took longer.

        Open ones come first, as they are advised; what is not possible follows with its reason.
        """
        found = self._late(key)
        if found is None:
            return ()
        case, finding = found
        scene = self._scenes.of(case, finding.run)
        promise = scene.promise(finding, key)
        return tuple(offer.way_out() for offer in best_of(_offers(scene, promise)))

    def _late(self, key: OrderLineKey) -> tuple[Case, TimeFinding] | None:
        """Return the finding by which a line is late, and the case in which it is."""
        finding = _late_finding(self._times.get(key))
        if finding is not None:
            return self._case, finding
        longer, times = self._longer
        finding = _late_finding(times.get(key))
        return None if finding is None else (longer, finding)

    @cached_property
    def _longer(self) -> tuple[Case, Mapping[OrderLineKey, LineTimes]]:
        """The case with repairs that take longer, and what that does to the lines."""
        case = self._case
        if not case.outages:
            return case, {}
        longer = with_longer_repairs(case, factor=LONGER)
        return longer, time_findings(longer)


def add_ways_out(
    case: Case,
    times: Mapping[OrderLineKey, LineTimes],
    orders: Sequence[OrderImpact],
    *,
    scenes: Scenes,
) -> tuple[OrderImpact, ...]:
    """Return the rows, of the most urgent lines with their ways out and the last moment for one."""
    advisor = Advisor(case, times, scenes=scenes)
    rows: list[OrderImpact] = []
    asked = 0
    for row in orders:
        asks = asked < MOST_LINES and row.key in times and _may_be_late(case, row)
        ways = advisor.ways_out(row.key) if asks else ()
        asked += asks
        rows.append(replace(row, ways_out=ways, decide_by=decide_by(ways)) if ways else row)
    return tuple(rows)


def ways_out_of(case: Case, line: OrderLineKey) -> tuple[WayOut, ...]:
    """Return the ways out of one line of a case; of several lines ask one ``Advisor``."""
    return Advisor(case, time_findings(case), scenes=Scenes(case)).ways_out(line)


def decide_by(ways: Sequence[WayOut]) -> datetime | None:
    """Return the last moment at which one of the ways is still open."""
    return max((way.latest_at for way in ways if way.latest_at is not None), default=None)


def _may_be_late(case: Case, row: OrderImpact) -> bool:
    """Return whether a line is late, or may be with a repair that is not too long to fear."""
    if Effect.LATE in row.effects:
        return True
    within = row.safe_until_repair_s
    return case.repair_s is not None and within is not None and within < LONGER * case.repair_s


def _late_finding(times: LineTimes | None) -> TimeFinding | None:
    """Return the best proven finding by which a line is late; None when it is not, or no one knows."""
    late = [row for row in times.findings if row.effect is Effect.LATE] if times else []
    known = [row for row in late if row.new_finish is not None]
    return min(known, key=lambda row: (row.level, -(row.new_finish or 0)), default=None)


def _offers(scene: Scene, promise: Promise) -> Iterator[Offer]:
    way = scene.way_back(promise)
    near = _as_far_as_the_stop(scene, way)
    levers = _levers(scene, promise)
    yield from alternates.alternate_offers(scene, promise=promise, way=near)
    yield from overtime.overtime_offers(
        scene, promise=promise, way=way, levers=levers.get(overtime.KIND, ())
    )
    yield from elsewhere.outsource_offers(
        scene, promise=promise, way=near, levers=levers.get(elsewhere.OUTSOURCE, ())
    )
    yield from elsewhere.stock_offers(scene, promise=promise, way=near)
    yield from freight.freight_offers(
        scene, promise=promise, way=way, levers=levers.get(freight.KIND, ())
    )


def _as_far_as_the_stop(scene: Scene, way: Sequence[int]) -> Sequence[int]:
    """Return the steps from the line back to the first that the stop itself holds.

    Whatever is done to a step before that one, this one still waits for the repair.
    """
    for place, step in enumerate(way):
        if scene.is_down(step):
            return way[: place + 1][-_MOST_STEPS:]
    return way[:_MOST_STEPS]


def _levers(scene: Scene, promise: Promise) -> Mapping[str, list[Lever]]:
    found: dict[str, list[Lever]] = {}
    for lever in scene.case.records.facts.levers:
        if lever.plant == promise.line.key.plant:
            found.setdefault(lever.kind, []).append(lever)
    for levers in found.values():
        levers.sort(key=_lever_place)
    return found


def _lever_place(row: Lever) -> tuple[object, ...]:
    figures = (row.cost_per_hour, row.fixed_cost, row.lead_time_h, row.limit)
    return (
        row.equipment or "",
        row.supplier or "",
        *((figure is None, figure or Decimal(0)) for figure in figures),
    )
