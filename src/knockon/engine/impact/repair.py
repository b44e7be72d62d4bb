"""How long a repair takes: as given, else from the history of stops, else the plant's default."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import ceil

from knockon.domain.disruptions import Disruption, DisruptionState, RepairBasis
from knockon.domain.facts import EquipmentKey
from knockon.engine.impact.records import Records
from knockon.engine.schedule.shop import to_seconds

FEWEST_STOPS = 5
"""A percentile of fewer stops says little; the exchange contract's limit."""

REPAIR_PERCENTILE = 80

_UNDER_WAY = frozenset(
    {DisruptionState.OPEN, DisruptionState.ACKNOWLEDGED, DisruptionState.CONTAINED}
)


def repair_time(
    records: Records, disruption: Disruption, *, now: datetime
) -> tuple[int, RepairBasis]:
    """Return the repair time in seconds from the start of a stop, and where it comes from.

    A stop that already lasts longer than its estimate lasts at least until ``now``.
    """
    scope = disruption.scope
    start = scope.start or disruption.opened_at
    if scope.repair_s is not None:
        estimate, basis = scope.repair_s, RepairBasis.GIVEN
    elif scope.end is not None:
        return max(0, to_seconds(scope.end) - to_seconds(start)), RepairBasis.GIVEN
    else:
        estimate, basis = _from_history(records, disruption, now=now)
    if disruption.state in _UNDER_WAY:
        estimate = max(estimate, to_seconds(now) - to_seconds(start))
    return estimate, basis


def percentile(values: Sequence[int], *, share: int) -> int:
    """Return the smallest value that ``share`` percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)]


def _from_history(
    records: Records, disruption: Disruption, *, now: datetime
) -> tuple[int, RepairBasis]:
    plant = disruption.scope.plant
    own = {EquipmentKey(plant, name) for name in disruption.scope.equipment}
    lengths = _closed_stops(records, own, now=now)
    if len(lengths) >= FEWEST_STOPS:
        return percentile(lengths, share=REPAIR_PERCENTILE), RepairBasis.OWN_HISTORY_P80
    kinds = {
        records.equipment[key].kind
        for key in own
        if key in records.equipment and records.equipment[key].kind
    }
    peers = {key for key, node in records.equipment.items() if node.kind in kinds}
    lengths = _closed_stops(records, peers, now=now)
    if len(lengths) >= FEWEST_STOPS:
        return percentile(lengths, share=REPAIR_PERCENTILE), RepairBasis.CLASS_HISTORY_P80
    return records.plant(plant).default_repair_s, RepairBasis.PLANT_DEFAULT


def _closed_stops(
    records: Records, machines: Iterable[EquipmentKey], *, now: datetime
) -> list[int]:
    wanted = set(machines)
    return [
        to_seconds(stop.end) - to_seconds(stop.start)
        for stop in records.facts.stops
        if stop.equipment in wanted and stop.end is not None and stop.start < stop.end <= now
    ]
