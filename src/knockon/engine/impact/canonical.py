"""Put facts into one order, so that an answer does not depend on the order of rows."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from knockon.domain.facts import (
    Allocation,
    BomLine,
    PlantFacts,
    PurchaseOrder,
    Requirement,
    ResourceUse,
    RoutingStep,
    Stock,
    Transfer,
)

_Row = TypeVar("_Row")


def in_order(facts: PlantFacts) -> PlantFacts:
    """Return the facts that pegging and schedule read, each table in key order.

    Rows that are equal in their key stand in the order of their quantity, so that only equal rows
    are left to chance.
    """
    return replace(
        facts,
        allocations=_sorted(facts.allocations, _allocation),
        bom=_sorted(facts.bom, _bom_line),
        operations=_sorted(facts.operations, lambda row: row.key),
        order_lines=_sorted(facts.order_lines, lambda row: row.key),
        purchase_orders=_sorted(facts.purchase_orders, _purchase),
        requirements=_sorted(facts.requirements, _requirement),
        resource_uses=_sorted(facts.resource_uses, _use),
        routings=_sorted(facts.routings, _step),
        stock=_sorted(facts.stock, _stock),
        transfers=_sorted(facts.transfers, _transfer),
        work_orders=_sorted(facts.work_orders, lambda row: row.key),
    )


def _sorted(rows: tuple[_Row, ...], key: Callable[[_Row], Any]) -> tuple[_Row, ...]:
    return tuple(sorted(rows, key=key))


def _allocation(row: Allocation) -> tuple[object, ...]:
    return row.order_line or (), row.work_order or "", row.lot or (), row.item or "", row.qty


def _bom_line(row: BomLine) -> tuple[object, ...]:
    return row.plant or "", row.parent_item, row.seq or 0, row.component_item, row.qty_per


def _purchase(row: PurchaseOrder) -> tuple[object, ...]:
    return row.plant, row.po, row.line, row.due, row.qty


def _requirement(row: Requirement) -> tuple[object, ...]:
    return row.work_order, row.seq or 0, row.component, row.supplied_by or "", row.required_qty


def _use(row: ResourceUse) -> tuple[object, ...]:
    return row.plant, row.resource, row.work_order or "", row.start


def _step(row: RoutingStep) -> tuple[object, ...]:
    return row.plant or "", row.item, row.seq, row.operation, row.equipment or ""


def _stock(row: Stock) -> tuple[object, ...]:
    place = (row.place, row.warehouse or "", row.location or "")
    return row.plant, row.item, row.lot or (), place, row.qty


def _transfer(row: Transfer) -> tuple[object, ...]:
    return row.from_plant, row.to_plant, row.lot, row.qty
