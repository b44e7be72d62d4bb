"""Look-ups over the facts that more than one part of graph building needs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal

from knockon.domain.facts import (
    Consumption,
    Item,
    Lot,
    LotEvent,
    LotKey,
    Operation,
    PlantFacts,
    WorkOrder,
    WorkOrderKey,
)
from knockon.domain.times import Moment
from knockon.engine.graph.clocks import Clocks
from knockon.engine.graph.corrections import StandingFacts, net_out
from knockon.engine.graph.instants import Span, span
from knockon.engine.graph.packages import Packages, build_packages
from knockon.engine.graph.units import UnitTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """The facts by key, as they stand after netting.

    Parameters
    ----------
    clocks
        How far each moment may be off.
    keys, number
        Every lot that any fact names, in key order; packages only when described as lots. And the
        place of each.
    made_by
        The work order of a lot.
    outputs
        The lots of a work order, in key order: described so, or named by its consumption.
    uses_of
        Consumption of a work order.
    uses_into, events_into
        Consumption that names the lot as output, and lot events that led into it.
    stand_ins
        Items, with the components that their bill of material lets stand in for others.
    spans
        Moments already turned into intervals, by identity; kept here so that none is used again
        for another moment.
    """

    facts: PlantFacts
    standing: StandingFacts
    units: UnitTable
    packages: Packages
    clocks: Clocks
    keys: tuple[LotKey, ...]
    number: Mapping[LotKey, int]
    keys_by_number: Mapping[str, tuple[LotKey, ...]]
    lots: Mapping[LotKey, Lot]
    items: Mapping[str, Item]
    work_orders: Mapping[WorkOrderKey, WorkOrder]
    operations: Mapping[WorkOrderKey, tuple[Operation, ...]]
    made_by: Mapping[LotKey, WorkOrderKey]
    outputs: Mapping[WorkOrderKey, tuple[LotKey, ...]]
    uses_of: Mapping[WorkOrderKey, tuple[Consumption, ...]]
    uses_into: Mapping[LotKey, tuple[Consumption, ...]]
    events_into: Mapping[LotKey, tuple[LotEvent, ...]]
    stand_ins: frozenset[tuple[str, str]]
    spans: dict[tuple[int, int], tuple[Moment | None, Span]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @property
    def known(self) -> Set[LotKey]:
        """Return every lot that any fact names."""
        return self.number.keys()

    def is_lot(self, key: LotKey) -> bool:
        """Return whether the key is a lot of its own, not only a package's number."""
        return key in self.lots or key not in self.packages.keys

    def span(self, moment: Moment | None, *, plant: str) -> Span:
        """Return the moment with the doubt of the clock that stamped it."""
        doubt_us = self.clocks.doubt_us(moment, plant=plant)
        key = (id(moment), doubt_us)
        known = self.spans.get(key)
        if known is None:
            known = self.spans[key] = (moment, span(moment, doubt_us=doubt_us))
        return known[1]

    def plant_of(self, key: LotKey) -> str:
        """Return where the lot was made or received, as far as it is described; else ``''``."""
        lot = self.lots.get(key)
        return (lot.plant if lot else None) or (
            key.issuer if key.issuer in self.clocks.by_plant else ""
        )

    def made(self, key: LotKey) -> Span | None:
        """Return when the lot was made or came in; None when nobody said."""
        lot = self.lots.get(key)
        if lot is None or lot.made is None:
            return None
        return self.span(lot.made, plant=self.plant_of(key))

    def in_unit(self, qty: Decimal | None, *, key: LotKey, uom: str | None) -> Decimal | None:
        """Return a quantity of a lot in the lot's own unit; None when it cannot be told."""
        if qty is None:
            return None
        return self.units.convert(qty, item=key.item, uom=uom, to=self.uom(key), lot=key.lot)

    def uom(self, key: LotKey) -> str | None:
        """Return the unit of a lot's quantity: its own, else its item's."""
        lot = self.lots.get(key)
        return (lot.uom if lot else None) or self.units.unit_of(key.item)


def build_register(facts: PlantFacts) -> Register:
    """Index the facts; O(facts)."""
    units = UnitTable(facts.items, facts.units)
    standing = net_out(facts, units=units)
    clocks = Clocks(facts)
    packages = build_packages(standing.lot_events, clocks=clocks)
    lots = {row.key: row for row in facts.lots}
    uses_of: dict[WorkOrderKey, list[Consumption]] = defaultdict(list)
    uses_into: dict[LotKey, list[Consumption]] = defaultdict(list)
    for row in standing.consumption:
        if row.output is not None:
            uses_into[row.output].append(row)
        if row.work_order:
            uses_of[WorkOrderKey(row.plant, row.work_order)].append(row)
    made_by = _makers(facts, uses_of)
    outputs: dict[WorkOrderKey, set[LotKey]] = defaultdict(set)
    for lot, work_order in made_by.items():
        outputs[work_order].add(lot)
    for work_order, rows in uses_of.items():
        outputs[work_order].update(row.output for row in rows if row.output is not None)
    for move in facts.outside_moves:
        if move.direction == "in" and move.work_order:
            outputs[WorkOrderKey(move.plant, move.work_order)].add(move.lot)
    named = _named_lots(facts, standing).union(lots)
    keys = tuple(sorted(named - (packages.keys - lots.keys())))
    return Register(
        facts=facts,
        standing=standing,
        units=units,
        packages=packages,
        clocks=clocks,
        keys=keys,
        number={key: place for place, key in enumerate(keys)},
        keys_by_number=_by_number(keys),
        lots=lots,
        items={row.item: row for row in facts.items},
        work_orders={row.key: row for row in facts.work_orders},
        operations=_operations(facts),
        made_by=made_by,
        outputs={key: tuple(sorted(members)) for key, members in outputs.items()},
        uses_of={key: tuple(rows) for key, rows in uses_of.items()},
        uses_into={key: tuple(rows) for key, rows in uses_into.items()},
        events_into=_events_into(standing),
        stand_ins=frozenset(
            (line.parent_item, line.component_item) for line in facts.bom if line.substitute_of
        ),
    )


def _events_into(standing: StandingFacts) -> dict[LotKey, tuple[LotEvent, ...]]:
    groups: dict[LotKey, list[LotEvent]] = defaultdict(list)
    for event in standing.lot_events:
        if event.other_lot is not None:
            groups[event.other_lot].append(event)
    return {key: tuple(rows) for key, rows in groups.items()}


def _by_number(keys: Iterable[LotKey]) -> dict[str, tuple[LotKey, ...]]:
    numbers: dict[str, list[LotKey]] = defaultdict(list)
    for key in keys:
        numbers[key.lot].append(key)
    return {number: tuple(members) for number, members in numbers.items()}


def _makers(
    facts: PlantFacts, uses_of: Mapping[WorkOrderKey, list[Consumption]]
) -> dict[LotKey, WorkOrderKey]:
    """Return the work order of each lot: its own record's, else the first that consumed for it."""
    plants = _plants_of_work_orders(facts)
    made_by = {
        row.key: WorkOrderKey(_plant_of(row, plants), row.work_order)
        for row in facts.lots
        if row.work_order
    }
    for key in sorted(uses_of):
        for row in uses_of[key]:
            if row.output is not None:
                made_by.setdefault(row.output, key)
    return made_by


def _plants_of_work_orders(facts: PlantFacts) -> dict[str, set[str]]:
    plants: dict[str, set[str]] = defaultdict(set)
    for row in facts.work_orders:
        plants[row.key.work_order].add(row.key.plant)
    return plants


def _plant_of(lot: Lot, plants: Mapping[str, set[str]]) -> str:
    """Return the plant of a lot's work order: the lot's, else its issuer, else the only one."""
    if lot.plant:
        return lot.plant
    candidates = plants.get(lot.work_order or "", set())
    if lot.key.issuer in candidates or len(candidates) != 1:
        return lot.key.issuer
    return next(iter(candidates))


def _operations(facts: PlantFacts) -> dict[WorkOrderKey, tuple[Operation, ...]]:
    operations: dict[WorkOrderKey, list[Operation]] = defaultdict(list)
    for row in sorted(facts.operations, key=lambda row: row.key):
        operations[WorkOrderKey(row.key.plant, row.key.work_order)].append(row)
    return {key: tuple(rows) for key, rows in operations.items()}


def _named_lots(facts: PlantFacts, standing: StandingFacts) -> set[LotKey]:
    named = {use.input for use in standing.consumption}
    named.update(use.output for use in standing.consumption if use.output is not None)
    for event in standing.lot_events:
        named.update(_event_lots(event))
    for table in (facts.stock, facts.shipments, facts.resource_uses, facts.inspections):
        named.update(row.lot for row in table if row.lot is not None)
    for moved in (facts.receipts, facts.transfers, facts.outside_moves):
        named.update(row.lot for row in moved)
    return named


def _event_lots(event: LotEvent) -> Iterable[LotKey]:
    yield event.lot
    if event.other_lot is not None:
        yield event.other_lot
