"""A repair-time curve: which orders turn late as one repair takes longer, as frozen values.

Instants are aware UTC, durations whole seconds from the start of the stop; None is unknown.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.disruptions import Disruption, RepairBasis
from knockon.domain.facts.keys import OrderLineKey
from knockon.domain.facts.picture import SnapshotId
from knockon.domain.impact import WayOut
from knockon.domain.links import LinkClass


class EstimateBasis(StrEnum):
    """Whose closed stops a repair estimate leans on most."""

    OWN_HISTORY = "own_history"
    CLASS_HISTORY = "class_history"
    PLANT_DEFAULT = "plant_default"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairEstimate:
    """How long the repair may take: a log-normal law, and its percentiles as they stand now.

    Parameters
    ----------
    samples
        Closed stops of what is down itself.
    median_s, sigma
        Of the law, before anybody knew how long this stop already lasts; ``sigma`` is the standard
        deviation of the logarithm.
    p50_s, p80_s, p95_s
        Given that the stop already lasts as long as it does.
    """

    basis: EstimateBasis
    samples: int
    median_s: int
    sigma: Decimal
    p50_s: int
    p80_s: int
    p95_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveStep:
    """How many order lines are late, and how many only move, from a repair time on."""

    repair_s: int
    late: int
    moved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """When an order line finishes and ships, from a repair time on; ``late_s`` is 0 when in time.

    ``new_finish`` is the finish at exactly ``repair_s``; ``new_ship`` and ``late_s`` hold until the
    next point. A customer who is served at any time has no steps: there points mark the
    beginning of the curve, the first late second and its end.
    """

    repair_s: int
    new_finish: datetime | None
    new_ship: datetime | None
    late_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCurve:
    """One order line over the repair time.

    Parameters
    ----------
    old_ship
        When it leaves without the disruption.
    safe_until_repair_s
        The largest repair time with which it is not late; 0 when it is late however short the
        repair, None when no repair up to the curve's horizon makes it late.
    p_late
        Probability that the repair takes longer than that, in [0, 1].
    p50_finish, p80_finish, p95_finish
        The finish at the estimate's percentiles.
    points
        Ascending by repair time, the first at 0.
    """

    key: OrderLineKey
    customer: str
    customer_order: str | None
    tier: str | None
    item: str
    link_class: LinkClass
    due_at: datetime | None
    promised_at: datetime | None
    old_ship: datetime | None
    safe_until_repair_s: int | None
    p_late: Decimal | None
    p50_finish: datetime | None
    p80_finish: datetime | None
    p95_finish: datetime | None
    decide_by: datetime | None = None
    ways_out: tuple[WayOut, ...] = ()
    points: tuple[CurvePoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveRow:
    """One order line as a given repair time hits it, in the terms of the impact."""

    key: OrderLineKey
    is_late: bool
    link_class: LinkClass
    new_finish: datetime | None
    new_ship: datetime | None
    late_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairCurve:
    """Which orders turn late at which repair time, for one disruption at one snapshot.

    Parameters
    ----------
    stopped_at
        When the stop began; None for a disruption that stops no work. Repair times count from here.
    repair_s, repair_basis
        The repair time that the impact stands on.
    horizon_s
        The largest repair time looked at; 0 when the repair time cannot matter.
    estimate
        None when the repair time cannot matter.
    steps
        Ascending by repair time, one wherever a count changes.
    orders
        The lines that some repair time up to the horizon moves, the first to turn late first.
    """

    disruption: Disruption
    as_of: datetime
    snapshot: SnapshotId
    stopped_at: datetime | None
    repair_s: int | None
    repair_basis: RepairBasis
    horizon_s: int = 0
    estimate: RepairEstimate | None = None
    steps: tuple[CurveStep, ...] = ()
    orders: tuple[OrderCurve, ...] = ()
