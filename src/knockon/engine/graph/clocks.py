"""Which clock stamped a moment, and how far it may be off."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from knockon.domain.facts import PlantFacts, SourceClock
from knockon.domain.times import Moment
from knockon.engine.graph.instants import SECOND_US

_Stamped = tuple[Moment | None, str, str, str | None]
"""A moment, its plant, the source that delivered it and the machine it was stamped at."""


class Clocks:
    """The doubt of every moment of the facts.

    It is the largest of the plant's default and what the heartbeats of the record's source and of
    its machine showed: a measure never makes times more certain than the plant says they are.
    """

    __slots__ = ("_doubtful", "by_plant")

    def __init__(self, facts: PlantFacts) -> None:
        self.by_plant: Mapping[str, int] = {
            row.plant: row.clock_doubt_s * SECOND_US for row in facts.plants
        }
        """The plants' defaults, microseconds."""
        # By identity: the facts live as long as whoever asks, and so do their moments.
        self._doubtful: dict[int, int] = {}
        measured = _measured(facts)
        for moment, plant, source, equipment in _stamped(facts) if measured else ():
            if moment is None:
                continue
            clocks = (
                *measured.get((plant, "source", source), ()),
                *measured.get((plant, "equipment", equipment or ""), ()),
            )
            doubt_s = max((_doubt_s(clock, moment.earliest) for clock in clocks), default=0)
            if doubt_s * SECOND_US > self._doubtful.get(id(moment), 0):
                self._doubtful[id(moment)] = doubt_s * SECOND_US

    @property
    def are_doubtful(self) -> bool:
        """Whether any of them may be off at all."""
        return bool(self._doubtful) or any(self.by_plant.values())

    def doubt_us(self, moment: Moment | None, *, plant: str) -> int:
        """Return how far a moment of the facts may be off either way, microseconds."""
        default = self.by_plant.get(plant, 0)
        return max(default, self._doubtful.get(id(moment), 0)) if self._doubtful else default


def _measured(facts: PlantFacts) -> dict[tuple[str, str, str], list[SourceClock]]:
    """Return the clocks that are off, by plant and name of source or machine."""
    clocks: dict[tuple[str, str, str], list[SourceClock]] = defaultdict(list)
    for row in facts.clocks:
        for kind, name in (("source", row.source), ("equipment", row.equipment)):
            if name and row.doubt_s:
                clocks[row.plant, kind, name].append(row)
    return clocks


def _doubt_s(clock: SourceClock, at: datetime) -> int:
    """Return how far the clock was off when it showed this instant."""
    over = clock.until is not None and clock.until + timedelta(seconds=clock.doubt_s) < at
    return 0 if over else clock.doubt_s


def _stamped(facts: PlantFacts) -> Iterator[_Stamped]:
    for use in facts.consumption:
        yield use.at, use.plant, use.source, use.equipment
    for event in facts.lot_events:
        yield event.at, event.plant, event.source, None
    for row in facts.shipments:
        yield row.shipped, row.plant, row.source, None
    for lot in facts.lots:
        yield lot.made, lot.plant or lot.key.issuer, "", lot.equipment
    for check in facts.inspections:
        yield check.at, check.plant, "", check.equipment
    for stay in facts.resource_uses:
        yield stay.start, stay.plant, "", stay.resource
        yield stay.end, stay.plant, "", stay.resource
    for run in facts.operations:
        yield run.actual_start, run.key.plant, "", run.equipment
        yield run.actual_finish, run.key.plant, "", run.equipment
