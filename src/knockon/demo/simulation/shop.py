"""The things of the physical plant. Instants are whole UTC epoch seconds, quantities exact.

These are the simulation's own nouns, filled while a plant is built and played; they are written
out as records by ``records`` and never seen outside this package.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.demo.simulation.hours import Hours, Week, epoch
from knockon.demo.simulation.ledger import Ledger
from knockon.domain.facts.keys import LotKey
from knockon.domain.facts.plant import RestartRule


@dataclass(slots=True, kw_only=True)
class Machine:
    """A machine; its hours come from its own week, else from its parent's."""

    code: str
    name: str = ""
    parent: str = ""
    kind: str = ""
    level: str = "work_unit"
    week: Week | None = None
    hours: Hours = field(default_factory=Hours)
    cost_per_hour: Decimal = Decimal(0)
    cycle_s: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class Tool:
    """A mould, die or fixture."""

    code: str
    name: str = ""
    kind: str = "mould"
    machine: str = ""
    cavities: int | None = None
    shots: int | None = None


@dataclass(slots=True, kw_only=True)
class Step:
    """One operation of an item's routing; ``more_tools`` are copies of its tool."""

    seq: int
    operation: str
    machine: str
    tool: str = ""
    more_tools: tuple[str, ...] = ()
    alternates: tuple[str, ...] = ()
    setup_s: int = 0
    unit_s: Decimal = Decimal(0)
    restart: RestartRule = RestartRule.RESUME
    restart_s: int = 0


@dataclass(slots=True, kw_only=True)
class Component:
    """What one unit of an item is made of."""

    item: str
    per: Decimal


@dataclass(slots=True, kw_only=True)
class Item:
    """Anything with an item number."""

    code: str
    name: str = ""
    spec: str = ""
    kind: str = "finished"
    uom: str = "PCS"
    policy: str = "order"
    safety_stock: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)
    price: Decimal = Decimal(0)
    lead_days: int = 0
    post_lead_s: int = 0
    steps: tuple[Step, ...] = ()
    parts: tuple[Component, ...] = ()
    supplier: str = ""


@dataclass(slots=True, kw_only=True)
class Customer:
    """A customer and when its trucks leave: local weekday (1 is Monday) to minutes of the day."""

    code: str
    name: str = ""
    tier: str = "B"
    language: str = "zh-Hant"
    email: str = ""
    manager: str = ""
    trucks: dict[int, int] = field(default_factory=dict)
    transit_days: int = 0


@dataclass(slots=True, kw_only=True)
class Line:
    """One line of demand."""

    order: str
    line: str
    customer: str
    item: str
    qty: Decimal
    due: int
    promised: int | None = None
    kind: str = "order"
    shipped: Decimal = Decimal(0)
    open: bool = True
    price: Decimal = Decimal(0)
    penalty: Decimal = Decimal(0)
    customer_order: str = ""
    customer_item: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Return order and line."""
        return self.order, self.line


@dataclass(slots=True, kw_only=True)
class Need:
    """A component of a work order: lots reserved for it, or the work order that makes it."""

    item: str
    qty: Decimal
    lots: list[tuple[LotKey, Decimal]] = field(default_factory=list)
    child: str = ""


@dataclass(slots=True, kw_only=True)
class Job:
    """One operation of a work order; ``start`` and ``finish`` are what really happened so far."""

    wo: str
    seq: int
    step: Step
    machine: str
    tool: str
    work_s: int
    group: str = ""
    planned_start: int = 0
    planned_finish: int = 0
    start: int | None = None
    finish: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """Return work order and sequence."""
        return self.wo, self.seq


@dataclass(slots=True, kw_only=True)
class WorkOrder:
    """An order to make a quantity of an item."""

    code: str
    item: str
    qty: Decimal
    jobs: list[Job] = field(default_factory=list)
    needs: list[Need] = field(default_factory=list)
    line: tuple[str, str] | None = None
    parent: str = ""
    kind: str = "in_house"
    lots: list[tuple[LotKey, Decimal]] = field(default_factory=list)

    @property
    def begun(self) -> bool:
        """Whether its first operation has started, so its material is issued."""
        return self.jobs[0].start is not None

    @property
    def done(self) -> bool:
        """Whether its last operation is finished."""
        return self.jobs[-1].finish is not None


@dataclass(slots=True, kw_only=True)
class Claim:
    """Supply promised to an order line: a lot, or the output of a work order."""

    line: tuple[str, str]
    qty: Decimal
    lot: LotKey | None = None
    wo: str = ""


@dataclass(slots=True, kw_only=True)
class Purchase:
    """A purchase order line that is still to come."""

    po: str
    line: str
    supplier: str
    item: str
    qty: Decimal
    due: int


@dataclass(slots=True, kw_only=True)
class Shop:
    """The whole plant at the instant ``now``."""

    plant: str
    zone: ZoneInfo
    now: int
    name: str = ""
    currency: str = "TWD"
    machines: dict[str, Machine] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    items: dict[str, Item] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    trucks: dict[int, int] = field(default_factory=dict)
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    work_orders: dict[str, WorkOrder] = field(default_factory=dict)
    claims: list[Claim] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)

    def jobs(self) -> list[Job]:
        """Return every operation, by planned start."""
        jobs = [job for wo in self.work_orders.values() for job in wo.jobs]
        return sorted(jobs, key=lambda job: (job.planned_start, job.wo, job.seq))

    def truck_after(self, customer: str, *, ready: int) -> int:
        """Return when the customer's first truck leaves at or after the goods are ready."""
        trucks = self.customers[customer].trucks or self.trucks
        if not trucks:
            return ready
        today = datetime.fromtimestamp(ready, tz=self.zone).date()
        for day in (today + timedelta(days=n) for n in range(15)):
            minutes = trucks.get(day.isoweekday())
            if minutes is not None and epoch(day, minutes, zone=self.zone) >= ready:
                return epoch(day, minutes, zone=self.zone)
        raise AssertionError(customer)

    def lot(self, item: str, number: str) -> LotKey:
        """Return the key of a lot that this plant numbered."""
        return LotKey(self.plant, item, number)


def instant(at: int) -> datetime:
    """Return the epoch second as an aware UTC instant."""
    return datetime.fromtimestamp(at, tz=UTC)
