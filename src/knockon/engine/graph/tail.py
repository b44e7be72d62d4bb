"""What came and went since a genealogy was sealed, and which facts have to be read with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from knockon.domain.facts import (
    Consumption,
    LotEvent,
    LotKey,
    PlantFacts,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.facts import Requirement as RequirementRow
from knockon.domain.facts.material import Lot

TABLES: Final = (
    "lots",
    "consumption",
    "lot_events",
    "shipments",
    "receipts",
    "stock",
    "transfers",
    "outside_moves",
    "inspections",
    "resource_uses",
    "work_orders",
    "requirements",
    "operations",
)
"""Tables of which single rows may come and go."""
WHOLE: Final = ("plants", "items", "units", "bom", "clocks")
"""Tables that every link may stand on: nothing may change in them."""

Row = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Rows that came and went between two positions, by table."""

    came: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    gone: Mapping[str, Sequence[Row]] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many rows came or went."""
        return sum(map(len, self.came.values())) + sum(map(len, self.gone.values()))

    def rows(self, table: str) -> Iterator[Row]:
        """Yield the rows of a table that came or went."""
        yield from self.came.get(table, ())
        yield from self.gone.get(table, ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What the changes name.

    Parameters
    ----------
    lots
        In any role.
    work_orders
        Whose lots or needs may be others now.
    mentioned
        Work orders of which only the progress is another.
    events
        Numbers of consumption and lot events, with their plants.
    """

    lots: frozenset[LotKey]
    work_orders: frozenset[WorkOrderKey]
    mentioned: frozenset[WorkOrderKey]
    events: frozenset[tuple[str, str]]


def touched_by(changes: Changes) -> Touched:
    """Return what the changes name."""
    lots: set[LotKey] = set()
    work_orders: set[WorkOrderKey] = set()
    events: set[tuple[str, str]] = set()
    for table in TABLES:
        for row in changes.rows(table):
            lots.update(named_lots(row))
            work_orders.update(_work_orders(row))
            if isinstance(row, Consumption | LotEvent):
                events.add((row.plant, row.event_id))
    mentioned = {
        WorkOrderKey(row.key.plant, row.key.work_order) for row in changes.rows("operations")
    }
    return Touched(
        lots=frozenset(lots),
        work_orders=frozenset(work_orders),
        mentioned=frozenset(mentioned),
        events=frozenset(events),
    )


def named_lots(row: Row) -> Iterator[LotKey]:
    """Yield the lots that a row of a table names."""
    names: tuple[LotKey | None, ...]
    match row:
        case Consumption():
            names = (row.input, row.output)
        case LotEvent():
            names = (row.lot, row.other_lot)
        case Lot():
            names = (row.key,)
        case _:
            names = (getattr(row, "lot", None),)
    yield from (name for name in names if name is not None)


def _work_orders(row: Row) -> Iterator[WorkOrderKey]:
    """Yield the work orders whose lots or needs a row says something of."""
    match row:
        case WorkOrder():
            yield row.key
        case RequirementRow():
            yield row.work_order
        case Lot():
            if row.work_order:
                yield WorkOrderKey(row.plant or row.key.issuer, row.work_order)
        case _:
            number = getattr(row, "work_order", None)
            if isinstance(number, str) and number:
                yield WorkOrderKey(row.plant, number)


def neighbourhood(facts: PlantFacts, touched: Touched) -> PlantFacts:
    """Return the facts that the links into touched lots stand on; master data stay whole.

    Parameters
    ----------
    facts
        All facts after the changes.

    Notes
    -----
    Of a touched work order everything is there; of its lots and of the touched lots, every row
    that names them; of consumption also what has the number of a touched record.
    """
    numbers = {key.work_order for key in touched.work_orders}
    lots = set(touched.lots)
    lots.update(row.key for row in facts.lots if row.work_order in numbers)
    lots.update(
        row.output
        for row in facts.consumption
        if row.output is not None and row.work_order in numbers
    )
    lots.update(row.lot for row in facts.outside_moves if row.work_order in numbers)
    consumption = tuple(
        row
        for row in facts.consumption
        if row.work_order in numbers
        or row.input in lots
        or row.output in lots
        or (row.plant, row.event_id) in touched.events
    )
    # The unit of what went into them.
    described = lots.union(row.input for row in consumption if row.output in lots)
    kept: dict[str, Any] = {
        table: tuple(row for row in getattr(facts, table) if not lots.isdisjoint(named_lots(row)))
        for table in TABLES
        if table not in ("work_orders", "requirements", "operations", "consumption", "lots")
    }
    kept["consumption"] = consumption
    kept["lots"] = tuple(row for row in facts.lots if row.key in described)
    makers = numbers.union(_numbers(kept["lots"]), _numbers(kept["consumption"]))
    kept["work_orders"] = tuple(row for row in facts.work_orders if row.key.work_order in makers)
    kept["requirements"] = tuple(
        row for row in facts.requirements if row.work_order.work_order in makers
    )
    kept["operations"] = tuple(row for row in facts.operations if row.key.work_order in makers)
    return replace(facts, **kept)


def _numbers(rows: Iterable[Row]) -> set[str]:
    return {row.work_order for row in rows if row.work_order}
