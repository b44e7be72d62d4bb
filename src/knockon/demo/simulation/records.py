"""The records a plant keeps of itself: canonical tables written from the physical plant."""

from collections.abc import Mapping

from knockon.demo.simulation.records_making import (
    allocations_rows,
    operations_rows,
    purchase_orders_rows,
    requirements_rows,
    sales_orders_rows,
    work_orders_rows,
)
from knockon.demo.simulation.records_master import (
    bom_rows,
    calendars_rows,
    customers_rows,
    equipment_rows,
    items_rows,
    plants_rows,
    routings_rows,
    ship_calendars_rows,
    tool_uses_rows,
    tools_rows,
)
from knockon.demo.simulation.records_material import (
    consumption_rows,
    lot_events_rows,
    lots_rows,
    receipts_rows,
    shipments_rows,
    stock_rows,
)
from knockon.demo.simulation.shop import Shop
from knockon.demo.simulation.truth import Tables
from knockon.demo.simulation.writing import Row, squared


def tables_of(shop: Shop, *, extra: Mapping[str, list[Row]]) -> Tables:
    """Write the plant down; ``extra`` adds rows that no physics needs (people, causes, …)."""
    makers = {
        "plants": plants_rows,
        "equipment": equipment_rows,
        "tools": tools_rows,
        "tool_uses": tool_uses_rows,
        "calendars": calendars_rows,
        "customers": customers_rows,
        "ship_calendars": ship_calendars_rows,
        "items": items_rows,
        "bom": bom_rows,
        "routings": routings_rows,
        "sales_orders": sales_orders_rows,
        "work_orders": work_orders_rows,
        "requirements": requirements_rows,
        "operations": operations_rows,
        "allocations": allocations_rows,
        "lots": lots_rows,
        "consumption": consumption_rows,
        "lot_events": lot_events_rows,
        "stock": stock_rows,
        "shipments": shipments_rows,
        "purchase_orders": purchase_orders_rows,
        "receipts": receipts_rows,
    }
    tables: Tables = {}
    for name, maker in makers.items():
        rows = [*maker(shop), *extra.get(name, [])]
        if rows:
            tables[name] = squared(name, rows)
    for name in sorted(set(extra) - set(makers)):
        if extra[name]:
            tables[name] = squared(name, extra[name])
    return tables
