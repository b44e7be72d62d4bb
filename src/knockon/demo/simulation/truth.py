"""What really happens to whom: the ground truth of a simulated case, and what each word means.

The truth is read off the physical plant, never off the product's engine. The plant is played twice
from the instant ``now`` (T) with the same seed, once undisturbed and once with the disruption, and
the two are compared. The definitions an answer is held to:

Time
    A machine, a tool and a work order each do their operations in planned order. A running
    operation keeps the working time it has left (standard time less the working time since its
    actual start); one that has not begun starts no earlier than T, than its planned start, than
    the operation before it on the machine, on the tool and in the work order, and (the operation
    that needs them) than the last operation of the work orders that make its components. Members
    of a run group start together. Work passes only in the machine's working hours. Nothing moves
    earlier.
Stop
    A machine or tool that is down from T makes no good part before T + R plus the operation's
    ``restart_min``, counted in the machine's working hours. Work in progress then needs what was
    left (``resume``) or its whole time again (``restart``, ``lost``). A machine at rate f works at
    f times its speed from T to T + R and at full speed after; it is not restarted.
Late and moved
    A line's finish is the latest finish of the unfinished work orders that serve it. It is hit
    when that is at least 60 s later than undisturbed. It is ready ``post_lead_min`` after, and
    leaves at the customer's first cut-off at or after that. ``LATE``: it leaves on a later truck,
    and later than promised (else due). Else ``MOVED``: the truck is the same, or a later one is
    still in time.
Suspect
    Material mixes within a lot. A suspect lot is bad all its life; what is taken from a hit lot,
    or put together with it, is hit from that instant on, and what left before is not.
    ``SUSPECT_SHIPPED``: a hit lot was ever shipped to the line. ``SUSPECT_ON_HAND``: hit material
    is in the house and is promised to the line, is reserved for a work order that serves it, or is
    (being) made by a work order that serves it and is promised to no one else. A work order serves
    the lines it is promised to or names, and those of every work order it supplies.
Short
    Hit lots are held. A work order whose work in progress is held makes nothing; one whose
    component is held or not made takes free stock of the component, then open purchase orders
    (it then waits for them), in order of planned start, and makes what the rest allows. A line
    that loses supply takes free stock above safety stock, free output of work orders, safety
    stock, in order of due time, tier, key. ``SHORT``: what is still missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from knockon.domain.disruptions import Disruption
from knockon.domain.facts.keys import LotKey, OperationKey, OrderLineKey
from knockon.domain.impact import Effect

Tables = dict[str, list[dict[str, str]]]
"""Records as a folder of CSV files would hold them: table name to rows of canonical columns."""


class ShipmentKey(NamedTuple):
    """One line of a shipment."""

    plant: str
    shipment: str
    line_no: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineTruth:
    """What really happens to one order line that is hit.

    Finishes and ships are None where no unfinished work order serves the line; quantities are in
    the line's unit, but for suspect material that is still a component, which counts nothing.
    """

    key: OrderLineKey
    customer: str
    effects: frozenset[Effect]
    old_finish: datetime | None
    new_finish: datetime | None
    old_ship: datetime | None
    new_ship: datetime | None
    qty_shipped_suspect: Decimal
    qty_short: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class DelayedOperation:
    """An operation that really finishes at least 60 s later than undisturbed."""

    key: OperationKey
    old_finish: datetime
    new_finish: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundTruth:
    """Everything that is really hit, each in key order; what is absent is not hit."""

    lines: tuple[LineTruth, ...]
    operations: tuple[DelayedOperation, ...]
    lots: frozenset[LotKey]
    shipments: frozenset[ShipmentKey]
    customers: frozenset[str]
    repair_s: int | None

    @property
    def effects(self) -> dict[OrderLineKey, frozenset[Effect]]:
        """Return each hit line's effects."""
        return {line.key: line.effects for line in self.lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalRecord:
    """One row that a running plant sends: a machine's signal or another table's new row."""

    at: datetime
    table: str
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCase:
    """A plant's records up to ``now``, what goes wrong then, and what that really does.

    ``trigger`` holds the rows by which the plant itself would tell of the disruption.
    """

    name: str
    seed: int
    plant: str
    timezone: str
    now: datetime
    tables: Tables
    disruption: Disruption
    truth: GroundTruth
    trigger: tuple[SignalRecord, ...] = ()
