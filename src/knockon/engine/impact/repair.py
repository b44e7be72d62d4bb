"""How long a repair takes: as given, else from the history of stops, else the plant's default."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class StopHistory:
    """What is known of how long stops last, and of how long this one does.

    Parameters
    ----------
    own, peers
        Lengths of the closed stops of what is down, and of the other machines of its class.
    elapsed_s
        How long this stop lasts already, or lasted.
    is_over
        Whether it is over.
    """

    own: tuple[int, ...]
    peers: tuple[int, ...]
    elapsed_s: int
    is_over: bool


def stop_history(records: Records, disruption: Disruption, *, now: datetime) -> StopHistory:
    """Return the closed stops that tell of a repair time, and the time that is gone already."""
    own, peers = _own_and_peers(records, disruption)
    scope = disruption.scope
    start = to_seconds(scope.start or disruption.opened_at)
    is_over = scope.end is not None and scope.end <= now
    until = to_seconds(scope.end) if scope.end is not None and is_over else to_seconds(now)
    under_way = disruption.state in _UNDER_WAY
    return StopHistory(
        own=tuple(_closed_stops(records, own, now=now)),
        peers=tuple(_closed_stops(records, peers - own, now=now)),
        elapsed_s=max(0, until - start) if under_way or is_over else 0,
        is_over=is_over,
    )


def _from_history(
    records: Records, disruption: Disruption, *, now: datetime
) -> tuple[int, RepairBasis]:
    own, peers = _own_and_peers(records, disruption)
    lengths = _closed_stops(records, own, now=now)
    if len(lengths) >= FEWEST_STOPS:
        return percentile(lengths, share=REPAIR_PERCENTILE), RepairBasis.OWN_HISTORY_P80
    lengths = _closed_stops(records, peers, now=now)
    if len(lengths) >= FEWEST_STOPS:
        return percentile(lengths, share=REPAIR_PERCENTILE), RepairBasis.CLASS_HISTORY_P80
    plant = disruption.scope.plant
    return records.plant(plant).default_repair_s, RepairBasis.PLANT_DEFAULT


def _own_and_peers(
    records: Records, disruption: Disruption
) -> tuple[set[EquipmentKey], set[EquipmentKey]]:
    """Return what is down by name, and all machines of its class."""
    plant = disruption.scope.plant
    own = {EquipmentKey(plant, name) for name in disruption.scope.equipment}
    kinds = {
        records.equipment[key].kind
        for key in own
        if key in records.equipment and records.equipment[key].kind
    }
    return own, {key for key, node in records.equipment.items() if node.kind in kinds}


def _closed_stops(
    records: Records, machines: Iterable[EquipmentKey], *, now: datetime
) -> list[int]:
    wanted = set(machines)
    return [
        to_seconds(stop.end) - to_seconds(stop.start)
        for stop in records.facts.stops
        if stop.equipment in wanted and stop.end is not None and stop.start < stop.end <= now
    ]
