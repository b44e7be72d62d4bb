"""Order lines as tables: what each of them waits for, so that many repair times are asked at once.

A line is seen by *views*, one for each level of links and each run of the plan; a view waits for
*sources*, of which the latest counts. A source is a job, whose finish is a response, or an instant
that no repair changes. The rules are those of ``lateness``, over arrays.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import OrderLineKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.lateness import LineViews, Source, View
from knockon.engine.impact.shipping import Trucks
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

NO_JOB = -1
_DAY_S = 86_400
_TRUCK_DAYS = 16


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineTable:
    """Lines, their views and their sources, each table grouped by the one before.

    Parameters
    ----------
    lines
        The order lines.
    views_of, sources_of
        Where each line's views, and each view's sources, begin; int64, one more than there are.
    limit, enough, post_s, trucks
        Per line: last departure in time (UTC seconds), delay from which on it counts as hit,
        post-processing of made goods, and whose trucks take it.
    level, run, before, counts, group
        Per view: class of its links, index of its run, finish without the disruption, whether it
        may tell of the line, and the number of its (line, level).
    job, fixed, made, estimated
        Per source: job (place) or ``NO_JOB``, its finish where no repair changes it, whether it
        is made here, and whether its plan is an estimate.
    """

    lines: tuple[OrderLineKey, ...]
    views_of: Int64s
    limit: Int64s
    enough: Int64s
    post_s: Int64s
    trucks: Int64s
    sources_of: Int64s
    level: Int64s
    run: Int64s
    before: Int64s
    counts: Bools
    group: Int64s
    job: Int64s
    fixed: Int64s
    made: Bools
    estimated: Bools

    @property
    def line_of(self) -> Int64s:
        """Return the line of each view."""
        return np.repeat(np.arange(len(self.lines)), np.diff(self.views_of))

    @property
    def view_of(self) -> Int64s:
        """Return the view of each source."""
        return np.repeat(np.arange(len(self.level)), np.diff(self.sources_of))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timetable:
    """Departures of several fleets of trucks, end to end; a fleet without any leaves at any time.

    Parameters
    ----------
    first
        Fleet ``f`` owns the departures ``first[f]`` to ``first[f + 1]``.
    leaves
        UTC seconds, ascending within a fleet.
    """

    first: Int64s
    leaves: Int64s

    def after(self, ready: Int64s, *, fleet: Int64s) -> Int64s:
        """Return the first departure at or after each instant; ``AGES`` when none is known."""
        return self._look(ready, fleet, upwards=True)

    def last_by(self, limit: Int64s, *, fleet: Int64s) -> Int64s:
        """Return the last departure by each instant; ``-AGES`` when none is known."""
        return self._look(limit, fleet, upwards=False)

    def between(self, fleet: int, *, start: int, end: int) -> Int64s:
        """Return a fleet's departures in ``[start, end)``."""
        own = self.leaves[self.first[fleet] : self.first[fleet + 1]]
        return own[np.searchsorted(own, start) : np.searchsorted(own, end)]

    def _look(self, at: Int64s, fleet: Int64s, *, upwards: bool) -> Int64s:
        found = at.copy()
        for number in np.unique(fleet):
            own = self.leaves[self.first[number] : self.first[number + 1]]
            if not len(own):
                continue
            rows = np.flatnonzero(fleet == number)
            if upwards:
                place = np.searchsorted(own, at[rows], side="left")
                found[rows] = np.where(place < len(own), own[np.minimum(place, len(own) - 1)], AGES)
            else:
                place = np.searchsorted(own, at[rows], side="right") - 1
                found[rows] = np.where(place >= 0, own[np.maximum(place, 0)], -AGES)
        return found


def build_line_table(case: Case, lines: Sequence[LineViews]) -> tuple[LineTable, list[Trucks]]:
    """Return the table of some lines, and the fleets that it names."""
    fleets: dict[object, int] = {}
    trucks: list[Trucks] = []
    builder = _Builder(case)
    for line in lines:
        order = case.records.lines[line.key]
        fleet = case.shipping.trucks(order)
        known = (fleet.zone.key, tuple(sorted(fleet.cutoffs.items())))
        if known not in fleets:
            fleets[known] = len(trucks)
            trucks.append(fleet)
        builder.add(
            line,
            limit=case.shipping.limit(order),
            post_s=case.records.item(order.item).post_lead_s,
            fleet=fleets[known],
        )
    return builder.table(), trucks


def build_timetable(trucks: Sequence[Trucks], *, start: int, end: int) -> Timetable:
    """Return when fleets leave, from some weeks before ``start`` to some weeks after ``end``."""
    spare = _TRUCK_DAYS * _DAY_S
    departures = [fleet.departures(start - spare, end + spare) for fleet in trucks]
    counts = [0, *(len(own) for own in departures)]
    return Timetable(
        first=np.cumsum(counts).astype(np.int64),
        leaves=np.array([at for own in departures for at in own], dtype=np.int64),
    )


def rows_of(first: Int64s, chosen: Int64s) -> tuple[Int64s, Int64s]:
    """Return the rows of chosen groups, end to end, and which choice each belongs to."""
    counts = first[chosen + 1] - first[chosen]
    owner = np.repeat(np.arange(len(chosen)), counts)
    begin = np.cumsum(counts) - counts
    return np.arange(len(owner)) - begin[owner] + first[chosen][owner], owner


class _Builder:
    """Collects the columns of a line table, line by line."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._lines: list[OrderLineKey] = []
        self._of_line: list[tuple[int, int, int, int]] = []
        self._views_of = [0]
        self._of_view: list[tuple[int, int, int, bool, int]] = []
        self._sources_of = [0]
        self._of_source: list[tuple[int, int, bool, bool]] = []
        self._groups = 0

    def add(self, line: LineViews, *, limit: int, post_s: int, fleet: int) -> None:
        self._lines.append(line.key)
        self._of_line.append((limit, self._case.materiality_s(line.key.plant), post_s, fleet))
        for level, views in line.levels:
            for run, view in enumerate(views):
                self._add_view(view, level, run)
            self._groups += 1
        self._views_of.append(len(self._of_view))

    def _add_view(self, view: View, level: LinkClass, run: int) -> None:
        latest = view.latest(old=True)
        before = self._case.at if latest is None else latest.finish
        self._of_view.append((int(level), run, before, view.counts(), self._groups))
        sources = list(self._sources(view))
        # A view that waits for nothing is never later.
        self._of_source.extend(sources or [(NO_JOB, before, False, False)])
        self._sources_of.append(len(self._of_source))

    def _sources(self, view: View) -> Iterator[tuple[int, int, bool, bool]]:
        jobs = self._case.shop.jobs
        for source in view.sources(old=False):
            estimated = source.job is not None and jobs[source.job].estimated
            yield self._job(view, source), source.finish, source.is_made, estimated

    @staticmethod
    def _job(view: View, source: Source) -> int:
        """Return the job whose finish a source is; a job that takes no part is as planned."""
        if source.job is None or view.run.new.finish[source.job] == ABSENT:
            return NO_JOB
        return source.job

    def table(self) -> LineTable:
        limit, enough, post_s, trucks = _columns(self._of_line, 4)
        level, run, before, counts, group = _columns(self._of_view, 5)
        job, fixed, made, estimated = _columns(self._of_source, 4)
        return LineTable(
            lines=tuple(self._lines),
            views_of=np.array(self._views_of, dtype=np.int64),
            limit=limit,
            enough=enough,
            post_s=post_s,
            trucks=trucks,
            sources_of=np.array(self._sources_of, dtype=np.int64),
            level=level,
            run=run,
            before=before,
            counts=counts.astype(np.bool_),
            group=group,
            job=job,
            fixed=fixed,
            made=made.astype(np.bool_),
            estimated=estimated.astype(np.bool_),
        )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> list[Int64s]:
    table = np.array(rows, dtype=np.int64).reshape(len(rows), width)
    return [table[:, column].copy() for column in range(width)]
