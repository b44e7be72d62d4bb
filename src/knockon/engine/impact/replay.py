"""Play several stops again with other ends: which order lines are late then.

The network is arranged once; only the ends of the stops change. So every order of repair, and
every draw of the repair times, costs one sweep for each run of the case.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knockon.domain.facts import OrderLineKey, WorkOrderKey
from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Outage, Run
from knockon.engine.impact.lateness import line_views
from knockon.engine.impact.line_table import (
    NO_JOB,
    LineTable,
    Timetable,
    build_line_table,
    build_timetable,
)
from knockon.engine.schedule._kernels import sweep
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.projection import ABSENT
from knockon.engine.schedule.right_shift import Arranged, Network, arrange
from knockon.engine.schedule.shop import Shop

Int64s = NDArray[np.int64]
Bools = NDArray[np.bool_]

NEVER = AGES
"""End of a stop that nobody repairs."""


class _Waiting(NamedTuple):
    """The operations of a network that one stop holds or slows down.

    Parameters
    ----------
    held, restart_s, calendar
        Operations that begin again after the repair, each with its restart and calendar.
    slowed
        Operations that pause or work slower until the repair is over.
    """

    held: Int64s
    restart_s: Int64s
    calendar: Int64s
    slowed: Int64s


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Replay:
    """A case with stops, ready to be played with other ends.

    Parameters
    ----------
    lines
        The order lines that may be late, by place in the answers of ``late``.
    """

    outages: tuple[Outage, ...]
    lines: tuple[OrderLineKey, ...]
    table: LineTable
    timetable: Timetable
    players: tuple["_Player", ...]

    def late(self, ends: Sequence[int]) -> Bools:
        """Return which lines miss their truck when the stops end at these instants.

        Parameters
        ----------
        ends
            UTC seconds, one for each stop, none before the ends that the case was made with;
            ``NEVER`` for a stop without end.

        Notes
        -----
        O(jobs + waits) for each run of the case, and O(lines that may be late).
        """
        return _late_lines(
            self.table, self.timetable, [player.finishes(ends) for player in self.players]
        )


def build_replay(case: Case) -> Replay:
    """Return a case made ready; its own ends are the earliest that can be played.

    Lines of which no plan tells when they finish are left out: no repair saves them for sure.
    """
    players = tuple(_build_player(case.shop, run, len(case.outages)) for run in case.runs)
    never = [NEVER] * len(case.outages)
    worst = [player.finishes(never) for player in players]
    late: set[WorkOrderKey] = set()
    for run, finish in zip(case.runs, worst, strict=True):
        moved = np.flatnonzero((finish != ABSENT) & (finish > run.old.finish))
        late.update(case.shop.jobs[job].work_order for job in moved)
    table, trucks = build_line_table(case, list(line_views(case, late=late)))
    known = [finish[(finish != ABSENT) & (finish < AGES)] for finish in worst]
    ends = [int(np.max(part, initial=case.at)) for part in (*known, table.limit)]
    starts = [int(np.min(part, initial=case.at)) for part in (table.limit, table.before)]
    reach = max([*ends, case.shop.calendars.horizon[1]]) + int(np.max(table.post_s, initial=0))
    return Replay(
        outages=case.outages,
        lines=table.lines,
        table=table,
        timetable=build_timetable(trucks, start=min(starts), end=reach),
        players=players,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Player:
    """One run of the plan, arranged for the sweep."""

    shop: Shop
    network: Network
    plan: Arranged
    of_job: Int64s
    waiting: tuple[_Waiting, ...]

    def finishes(self, ends: Sequence[int]) -> Int64s:
        """Return when every job finishes, by place; ``ABSENT`` for one left out."""
        network, order = self.network, self.plan.order
        ready, slow_until = network.ready.copy(), network.slow_until.copy()
        for waiting, end in zip(self.waiting, ends, strict=True):
            again = self._again(waiting, end)
            np.maximum.at(ready, waiting.held, again)
            np.maximum.at(slow_until, waiting.slowed, end)
        count = len(ready)
        start, finish, binding = (np.zeros(count, dtype=np.int64) for _ in range(3))
        sweep(
            self.plan.first,
            self.plan.source,
            self.plan.lag,
            ready[order],
            network.work[order],
            network.calendar[order],
            network.rate[order],
            network.calendars.first,
            network.calendars.starts,
            network.calendars.ends,
            network.slow_from[order],
            slow_until[order],
            start,
            finish,
            binding,
        )
        found = np.full(len(self.of_job), ABSENT, dtype=np.int64)
        present = self.of_job != ABSENT
        found[present] = finish[self.plan.rank][self.of_job[present]]
        return found

    def _again(self, waiting: _Waiting, end: int) -> Int64s:
        """Return when each held operation may begin again; few restarts and calendars differ."""
        known: dict[tuple[int, int], int] = {}
        again = np.empty(len(waiting.held), dtype=np.int64)
        pairs = zip(waiting.restart_s.tolist(), waiting.calendar.tolist(), strict=True)
        for place, (restart_s, calendar) in enumerate(pairs):
            if (restart_s, calendar) not in known:
                known[restart_s, calendar] = self.shop.calendars.add(
                    end, work=restart_s, calendar=calendar
                )
            again[place] = known[restart_s, calendar]
        return again


def _build_player(shop: Shop, run: Run, outages: int) -> _Player:
    network, of_job = run.new.network, run.new.nodes.of_job
    return _Player(
        shop=shop,
        network=network,
        plan=arrange(network),
        of_job=of_job,
        waiting=tuple(_waiting(shop, run, number) for number in range(outages)),
    )


def _waiting(shop: Shop, run: Run, outage: int) -> _Waiting:
    of_job = run.new.nodes.of_job
    holds = [hold for hold in run.holds if hold.outage == outage and of_job[hold.job] != ABSENT]
    slowed = {
        int(of_job[row.job])
        for row in run.slowdowns
        if row.outage == outage and of_job[row.job] != ABSENT
    }
    calendars = [shop.calendars.of(shop.jobs[hold.job].machine) for hold in holds]
    return _Waiting(
        held=np.array([of_job[hold.job] for hold in holds], dtype=np.int64),
        restart_s=np.array([hold.restart_s for hold in holds], dtype=np.int64),
        calendar=np.array(calendars, dtype=np.int64),
        slowed=np.array(sorted(slowed), dtype=np.int64),
    )


def _late_lines(table: LineTable, timetable: Timetable, finishes: Sequence[Int64s]) -> Bools:
    """Return which lines miss their truck, by the rules of ``lateness``."""
    if not table.lines:
        return np.zeros(0, dtype=np.bool_)
    finish = table.fixed.copy()
    run = table.run[table.view_of]
    for number, known in enumerate(finishes):
        rows = np.flatnonzero((run == number) & (table.job != NO_JOB))
        finish[rows] = known[table.job[rows]]
    # Of two sources at one instant what must be made counts.
    latest = np.maximum.reduceat(2 * finish + table.made, table.sources_of[:-1])
    ready, made = latest >> 1, (latest & 1) == 1
    line = table.line_of
    post = np.where(made, table.post_s[line], 0)
    fleet = table.trucks[line]
    never = ready >= AGES
    ship = timetable.after(np.where(never, 0, ready) + post, fleet=fleet)
    old_ship = timetable.after(table.before + post, fleet=fleet)
    is_later = (ready - table.before >= table.enough[line]) & table.counts
    is_late = is_later & (never | ((ship != old_ship) & (ship > table.limit[line])))
    late: Bools = np.logical_or.reduceat(is_late, table.views_of[:-1])
    return late
