"""Everything that was worked out about one disruption before rows are written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from knockon.domain.disruptions import Disruption, RepairBasis
from knockon.domain.facts import OrderLineKey, WorkOrderKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.climb import Ladder
from knockon.engine.impact.delay import Outage, Run
from knockon.engine.impact.lack import Lack
from knockon.engine.impact.pegging import Pegging
from knockon.engine.impact.records import Records
from knockon.engine.impact.shipping import Shipping
from knockon.engine.impact.trace import LotTrace
from knockon.engine.impact.unscheduled import Possible
from knockon.engine.schedule.shop import Shop

LEVELS = (LinkClass.CONFIRMED, LinkClass.PROBABLE, LinkClass.POSSIBLE)
"""The answer is worked out three times: by recorded links, with derived ones, with possible ones.

A row's class is the first of them that proves it, so a row is as good as its best path and a path
as good as its weakest link.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One disruption, or several at once, with their projections, peggings and trace.

    Parameters
    ----------
    disruptions, repairs
        What broke, and how long each repair takes (seconds; None where nothing stands still).
    outages
        What is down, in the order of the disruptions.
    at
        The projection's instant, UTC seconds.
    pegging
        Who is served by what, before the disruption.
    lacks
        What the disruption takes away, by level.
    runs
        How much later jobs run: by recorded links and exact plans alone, then by ever more.
    by_routing
        Lines that only routing and bill of materials connect, with the item that needs what is
        down.
    trace
        Suspect lots; None when the disruption makes none.
    """

    records: Records
    disruptions: tuple[Disruption, ...]
    repairs: tuple[tuple[int | None, RepairBasis], ...]
    now: datetime
    at: int
    shop: Shop
    outages: tuple[Outage, ...]
    pegging: Pegging
    ladder: Ladder
    lacks: Mapping[LinkClass, Lack]
    runs: tuple[Run, ...]
    possible: Possible
    by_routing: Mapping[OrderLineKey, str]
    trace: LotTrace | None
    shipping: Shipping

    @property
    def disruption(self) -> Disruption:
        """Return the disruption, of several the first."""
        return self.disruptions[0]

    @property
    def repair_s(self) -> int | None:
        """Return the repair time of the (first) disruption; None where nothing stands still."""
        return self.repairs[0][0]

    @property
    def repair_basis(self) -> RepairBasis:
        """Return where that repair time comes from."""
        return self.repairs[0][1]

    @property
    def outage(self) -> Outage | None:
        """Return what is down, of several stops the first; None when nothing is."""
        return self.outages[0] if self.outages else None

    def demand_of(self, line: OrderLineKey) -> int | None:
        """Return the demand (index) of an open order line."""
        return self.pegging.demand_of.get(line)

    def open_lines(self) -> Iterator[tuple[OrderLineKey, int]]:
        """Yield each open order line and its demand (index)."""
        for place, demand in enumerate(self.pegging.demands):
            if demand.line is not None:
                yield demand.line, place

    @property
    def unscheduled(self) -> frozenset[WorkOrderKey]:
        """Return the open work orders without any planned time."""
        return frozenset(self.shop.unscheduled)

    def late_jobs(self) -> list[int]:
        """Return the jobs (places) that some run shows later by enough to count, ascending."""
        smallest = min((plant.materiality_s for plant in self.records.facts.plants), default=1)
        found = {job for run in self.runs for job in run.delayed(enough=max(1, smallest))}
        return sorted(job for job in found if self.first_run(job) is not None)

    def first_run(self, job: int) -> Run | None:
        """Return the best proven run in which a job is later by enough to count."""
        enough = self.materiality_s(self.shop.jobs[job].key.plant)
        return next((run for run in self.runs if run.delay(job) >= enough), None)

    def job_class(self, job: int) -> LinkClass:
        """Return how well it is proven that a job is later.

        What recorded links and exact plans prove is only PROBABLE where the runs that know of more
        work do not show it: that work may have held the job up anyway.
        """
        enough = self.materiality_s(self.shop.jobs[job].key.plant)
        hits = [run.delay(job) >= enough for run in self.runs]
        first = next((run.level for run, hit in zip(self.runs, hits, strict=True) if hit), None)
        if first is None:
            return LinkClass.POSSIBLE
        return first if all(hits) else max(first, LinkClass.PROBABLE)

    def materiality_s(self, plant: str) -> int:
        """Return the delay from which on something counts as hit."""
        return max(1, self.records.plant(plant).materiality_s)
