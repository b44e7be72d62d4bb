"""A case whose repairs take longer than expected."""

from dataclasses import replace

from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Outage, Run
from knockon.engine.schedule.projection import ABSENT, play


def with_longer_repairs(case: Case, *, factor: int) -> Case:
    """Return the case with every repair so many times as long, its plan played again."""
    outages = tuple(
        replace(outage, end=outage.start + factor * (outage.end - outage.start))
        for outage in case.outages
    )
    runs = tuple(_played(case, run, outages=outages) for run in case.runs)
    return replace(case, outages=outages, runs=runs)


def _played(case: Case, run: Run, *, outages: tuple[Outage, ...]) -> Run:
    shop, nodes = case.shop, run.new.nodes
    network = run.new.network
    ready, slow_until = network.ready.copy(), network.slow_until.copy()
    for place, restart_s, _ in run.holds:
        job = shop.jobs[place]
        node = int(nodes.of_job[place])
        if node == ABSENT:
            continue
        calendar = shop.calendars.of(job.machine)
        for outage in outages:
            if outage.touches(job):
                again = shop.calendars.add(outage.end, work=restart_s, calendar=calendar)
                ready[node] = max(int(ready[node]), again)
    for place, job in enumerate(shop.jobs):
        node = int(nodes.of_job[place])
        if node != ABSENT and network.rate[node] < 1:
            ends = [outage.end for outage in outages if outage.touches(job)]
            slow_until[node] = max([int(slow_until[node]), *ends])
    longer = replace(network, ready=ready, slow_until=slow_until)
    new = play(longer, nodes=nodes, wait_of=run.new.wait_of)
    return Run(run.level, run.old, new, run.waits, run.starved, run.holds)
