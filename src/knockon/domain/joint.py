"""Several disruptions at once: whom they hit together, which to mend first; as frozen values.

Instants are aware UTC, durations whole seconds; None is unknown.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from knockon.domain.facts.keys import OrderLineKey
from knockon.domain.facts.picture import SnapshotId
from knockon.domain.impact import Effect
from knockon.domain.links import LinkClass


class Blame(StrEnum):
    """How several disruptions share a hit order line."""

    ONE = "one"
    """One of them hits it by itself, the others do not."""
    EACH = "each"
    """Two or more hit it, each by itself."""
    TOGETHER = "together"
    """None hits it by itself; together they do."""


class Weighing(StrEnum):
    """What a saved order line counts for when repairs are ranked."""

    VALUE = "value"
    """Its open value times the weight of its customer's tier."""
    TIER = "tier"
    """The weight of its customer's tier, because some price is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointOrder:
    """An order line that several disruptions hit together.

    Parameters
    ----------
    effects, link_class, late_s, new_ship, qty_at_risk, value_at_risk, currency
        As in the impact of all disruptions at once.
    alone
        The disruptions that hit it by themselves, in the order of the answer.
    frees
        The disruptions without which the others would not hit it.
    """

    key: OrderLineKey
    customer: str
    customer_order: str | None
    tier: str | None
    item: str
    effects: tuple[Effect, ...]
    link_class: LinkClass
    late_s: int | None
    new_ship: datetime | None
    qty_at_risk: Decimal | None
    value_at_risk: Decimal | None
    currency: str | None
    alone: tuple[str, ...]
    frees: tuple[str, ...]

    @property
    def blame(self) -> Blame:
        """Return how the disruptions share it."""
        if not self.alone:
            return Blame.TOGETHER
        return Blame.ONE if len(self.alone) == 1 else Blame.EACH


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """One repair of a plan.

    Parameters
    ----------
    repair_s
        How long it still takes once somebody is at it.
    begins, ends
        When the crew comes to it, and when it is done.
    saves
        Order lines that are in time because of it, given the repairs before it and none after.
    saves_weight
        The same, weighed.
    per_hour
        Order lines saved per hour of this repair; None for a repair that takes no time.
    """

    disruption: str
    repair_s: int
    begins: datetime
    ends: datetime
    saves: int
    saves_weight: Decimal
    per_hour: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FixPlan:
    """An order in which the crews repair what is down.

    Parameters
    ----------
    saved
        Order lines that would be late if nothing were repaired and are in time by this plan.
    saved_weight
        The same, weighed.
    late
        Order lines that are late all the same.
    per_hour
        Saved order lines per hour of repair; None when the repairs take no time.
    expected_saved
        Mean of ``saved`` over repair times drawn from their laws; None when none were drawn.
    """

    fixes: tuple[Fix, ...]
    saved: int
    saved_weight: Decimal
    late: int
    per_hour: Decimal | None
    expected_saved: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JointImpact:
    """What several disruptions do together, and which repair saves most.

    Parameters
    ----------
    disruptions
        Their numbers, in the order of their opening.
    orders
        The lines that are hit, most urgent first; lines that only move are left out.
    crews
        How many repairs go on at the same time.
    plans
        The orders of repair, the one that saves most first; empty when fewer than two machines,
        tools or areas are down.
    plans_looked_at
        How many orders of repair were compared.
    is_exact
        Every order of repair was compared; else each next repair is the one that saves most per
        hour then.
    samples
        How many draws of all repair times ``expected_saved`` is a mean of.
    """

    as_of: datetime
    snapshot: SnapshotId
    disruptions: tuple[str, ...]
    orders: tuple[JointOrder, ...]
    crews: int
    weighing: Weighing
    plans: tuple[FixPlan, ...] = ()
    plans_looked_at: int = 0
    is_exact: bool = True
    samples: int = 0
