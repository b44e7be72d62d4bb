"""The repair time at which each order line turns late: exact, for all lines at once.

Finishes are responses to the one repair time (``schedule.response``). A line is late from the
first second on at which the latest thing it waits for misses its last truck in time, so its
threshold is read off the response of that job; nothing is sampled and nothing is projected again.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Outage, Run
from knockon.engine.impact.lateness import line_views
from knockon.engine.impact.line_table import (
    NO_JOB,
    LineTable,
    Timetable,
    build_line_table,
    build_timetable,
    rows_of,
)
from knockon.engine.schedule.calendars import Calendars, build_calendars
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT
from knockon.engine.schedule.response import MOST_PIECES, Repair, Responses, respond_to

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

_DAY_S = 86_400
_REACH_DAYS = (0, 400, 2000)
"""Days beyond the longest repair that calendars must reach; none is those of the case itself."""
_FEW_PIECES = 2_000_000
_SHORTER = 4
"""A horizon whose responses would take more pieces is made so many times shorter."""
_LATEST = 1 << 59
"""Stands before all finishes when they are sorted latest first; unknown ones come first."""


class Told(NamedTuple):
    """What is said of lines at repair times, one row for each question.

    Parameters
    ----------
    hit, late
        Whether the line moves by enough to count, and whether it misses its truck.
    link
        Class of the best proof; of a line that is not hit, without meaning, as is the rest.
    finish, ship, old_finish, old_ship
        UTC seconds; ``AGES`` where nobody knows.
    """

    hit: Bools
    late: Bools
    link: Int64s
    finish: Int64s
    ship: Int64s
    old_finish: Int64s
    old_ship: Int64s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineResponses:
    """Order lines as functions of the repair time of one stop.

    Parameters
    ----------
    begin, horizon_s
        When the repair begins (UTC seconds), and the longest one looked at.
    responses
        Of the jobs, one for each run of the case.
    table, timetable
        The lines that some repair time moves, and when their trucks leave.
    """

    begin: int
    horizon_s: int
    responses: tuple[Responses, ...]
    nodes: tuple[Int64s, ...]
    table: LineTable
    timetable: Timetable

    def job_finishes(self, run: int, *, repair_s: int) -> Int64s:
        """Return when all jobs of a run finish, by place; ``ABSENT`` for one left out."""
        nodes = self.nodes[run]
        present = np.flatnonzero(nodes != ABSENT)
        found = np.full(len(nodes), ABSENT, dtype=np.int64)
        found[present] = self.responses[run].finishes(nodes[present], repair_s=repair_s)
        return found

    def late_after(self) -> Int64s:
        """Return the longest repair with which each line is not late; -1 when there is none.

        A line that no repair looked at makes late has ``horizon_s``.
        """
        table = self.table
        line = table.line_of
        ready = table.before + table.post_s[line]
        fleet = table.trucks[line]
        # It is late when it leaves neither in time nor with the truck that it took anyway.
        last = np.maximum(table.limit[line], self.timetable.after(ready, fleet=fleet))
        last = self.timetable.last_by(last, fleet=fleet)
        within = np.maximum(last - table.post_s[line], table.before + table.enough[line] - 1)
        return self._longest(within)

    def hit_after(self) -> Int64s:
        """Return the longest repair with which each line does not move enough to count."""
        table = self.table
        return self._longest(table.before + table.enough[table.line_of] - 1)

    def _longest(self, within: Int64s) -> Int64s:
        """Return per line the longest repair with which no view finishes after its limit."""
        table = self.table
        longest = np.full(len(table.lines), self.horizon_s, dtype=np.int64)
        view = table.view_of
        asked = np.flatnonzero((table.job != NO_JOB) & table.counts[view])
        run = table.run[view[asked]]
        for number, responses in enumerate(self.responses):
            rows = asked[run == number]
            found = responses.longest_within(
                self.nodes[number][table.job[rows]], limit=within[view[rows]]
            )
            np.minimum.at(longest, table.line_of[view[rows]], found)
        return longest

    def tell(self, lines: Int64s, *, repair_s: Int64s | int) -> Told:
        """Return what is said of lines, each at its repair time in ``[0, horizon_s]``."""
        table = self.table
        delay = np.broadcast_to(np.asarray(repair_s, dtype=np.int64), lines.shape)
        views, asked = rows_of(table.views_of, lines)
        finish, made, estimated = self._latest(views, delay[asked])
        line = lines[asked]
        later = finish - table.before[views] >= table.enough[line]
        shown = np.where(
            self._in_every_run(views, asked, later),
            table.level[views],
            np.maximum(table.level[views], int(LinkClass.PROBABLE)),
        )
        post = np.where(made, table.post_s[line], 0)
        fleet = table.trucks[line]
        never = finish >= AGES
        ship = self.timetable.after(np.where(never, 0, finish) + post, fleet=fleet)
        old_ship = self.timetable.after(table.before[views] + post, fleet=fleet)
        late = never | ((ship != old_ship) & (ship > table.limit[line]))
        unknown = never | estimated
        hits = np.flatnonzero(later & table.counts[views])
        order = np.where(unknown, -_LATEST, -finish)[hits]
        best = hits[np.lexsort((order, shown[hits], ~late[hits], asked[hits]))]
        owner, place = np.unique(asked[best], return_index=True)
        first = best[place]
        told = _nothing_told(len(lines))
        told.hit[owner] = True
        told.late[owner] = late[first]
        np.minimum.at(told.link, asked[hits], shown[hits])
        for column, known in (
            (told.finish, finish),
            (told.ship, ship),
            (told.old_finish, table.before[views]),
            (told.old_ship, old_ship),
        ):
            column[owner] = np.where(unknown[first], AGES, known[first])
        return told

    def _latest(self, views: Int64s, delay: Int64s) -> tuple[Int64s, Bools, Bools]:
        """Return when the latest source of each view is there, and what it is."""
        table = self.table
        sources, owner = rows_of(table.sources_of, views)
        finish = table.fixed[sources].copy()
        job = table.job[sources]
        run = table.run[views[owner]]
        for number, responses in enumerate(self.responses):
            rows = np.flatnonzero((run == number) & (job != NO_JOB))
            finish[rows] = responses.finishes(
                self.nodes[number][job[rows]], repair_s=delay[owner[rows]]
            )
        # Of two sources at one instant what must be made counts, and of those what is planned.
        key = 4 * finish + 2 * table.made[sources] + ~table.estimated[sources]
        counts = table.sources_of[views + 1] - table.sources_of[views]
        begin = np.cumsum(counts) - counts
        latest = np.maximum.reduceat(key, begin) if len(key) else key
        return latest >> 2, (latest & 2) > 0, (latest & 1) == 0

    def _in_every_run(self, views: Int64s, asked: Int64s, later: Bools) -> Bools:
        """Return for each view whether all runs show its line later by links of its level."""
        groups = 1 + int(np.max(self.table.group, initial=0))
        group = asked * groups + self.table.group[views]
        _, inverse = np.unique(group, return_inverse=True)
        every = np.ones(len(views), dtype=np.bool_)
        np.logical_and.at(every, inverse, later)
        return every[inverse]


def _nothing_told(lines: int) -> Told:
    """Return what is said of so many lines before anything is known."""
    unknown = np.full((4, lines), AGES, dtype=np.int64)
    return Told(
        hit=np.zeros(lines, dtype=np.bool_),
        late=np.zeros(lines, dtype=np.bool_),
        link=np.full(lines, int(LinkClass.POSSIBLE), dtype=np.int64),
        finish=unknown[0],
        ship=unknown[1],
        old_finish=unknown[2],
        old_ship=unknown[3],
    )


def respond_lines(case: Case, *, horizon_s: int) -> LineResponses | None:
    """Return the lines of a case as functions of its repair time.

    None for a case in which no repair time matters, or more than one does. A plan of many calendars
    and no slack is looked at less far, but as far as the repair of the case at least; None when
    even that is beyond all measure.

    Notes
    -----
    One sweep of responses for each run of the case; O(jobs + waits x pieces) + O(lines hit).
    """
    if len(case.outages) != 1 or not case.runs:
        return None
    outage = case.outages[0]
    least_s = outage.end - outage.start
    responses = None
    while responses is None:
        is_least = horizon_s <= least_s
        most = MOST_PIECES if is_least else _FEW_PIECES
        responses = _respond(case, outage, horizon_s=horizon_s, most_pieces=most)
        if responses is None and is_least:
            return None
        if responses is None:
            horizon_s = max(least_s, horizon_s // _SHORTER)
    horizon_s = responses[0].horizon_s
    nodes = tuple(run.new.nodes.of_job for run in case.runs)
    late: set[WorkOrderKey] = set()
    latest = outage.start + horizon_s
    for run, found, of_job in zip(case.runs, responses, nodes, strict=True):
        present = np.flatnonzero(of_job != ABSENT)
        top = found.top[of_job[present]]
        moved = present[top > run.old.finish[present]]
        late.update(case.shop.jobs[job].work_order for job in moved)
        latest = max(latest, int(np.max(top[top < AGES], initial=latest)))
    lines = list(line_views(case, late=late))
    table, trucks = build_line_table(case, lines)
    longest_post = int(np.max(table.post_s, initial=0))
    latest = max(latest + longest_post, int(np.max(table.limit, initial=latest)))
    earliest = min(int(np.min(part, initial=case.at)) for part in (table.limit, table.before))
    return LineResponses(
        begin=outage.start,
        horizon_s=horizon_s,
        responses=responses,
        nodes=nodes,
        table=table,
        timetable=build_timetable(trucks, start=earliest, end=latest),
    )


def _respond(
    case: Case, outage: Outage, *, horizon_s: int, most_pieces: int
) -> tuple[Responses, ...] | None:
    """Return the responses of all runs, on calendars that reach far enough."""
    found: list[Responses] = []
    for days in _REACH_DAYS:
        calendars = case.shop.calendars if not days else _reaching(case, outage, horizon_s, days)
        found = []
        for run in case.runs:
            repair = _repair_of(case, run, outage, calendars, horizon_s=horizon_s)
            # What is down had to be ready before as it would have without the stop.
            network = replace(run.new.network, ready=run.old.network.ready, calendars=calendars)
            one = respond_to(network, repair, most_pieces=most_pieces)
            if one is None:
                return None
            found.append(one)
        if not any(_ran_out(run, one) for run, one in zip(case.runs, found, strict=True)):
            break
    return tuple(found)


def _repair_of(
    case: Case, run: Run, outage: Outage, calendars: Calendars, *, horizon_s: int
) -> Repair:
    """Return who waits for the repair in a run."""
    nodes = run.new.nodes.of_job
    holds = [hold for hold in run.holds if nodes[hold.job] != ABSENT]
    of_machine = [calendars.of(case.shop.jobs[hold.job].machine) for hold in holds]
    return Repair(
        begin=outage.start,
        horizon_s=horizon_s,
        operation=np.array([nodes[hold.job] for hold in holds], dtype=np.int64),
        restart_s=np.array([hold.restart_s for hold in holds], dtype=np.int64),
        calendar=np.array(of_machine, dtype=np.int64),
    )


def _ran_out(run: Run, responses: Responses) -> bool:
    """Return whether some job never finishes only because calendars end."""
    known = run.old.finish[run.new.nodes.of_job != ABSENT] < AGES
    nodes = run.new.nodes.of_job[run.new.nodes.of_job != ABSENT]
    return bool(np.any(responses.top[nodes[known]] >= AGES))


def _reaching(case: Case, outage: Outage, horizon_s: int, days: int) -> Calendars:
    facts = case.records.facts
    start, end = case.shop.calendars.horizon
    return build_calendars(
        facts.calendars,
        equipment=facts.equipment,
        plants=facts.plants,
        start=start,
        end=max(end, outage.start + horizon_s) + days * _DAY_S,
    )
