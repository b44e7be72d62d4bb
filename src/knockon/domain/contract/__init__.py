"""The contract at the edge: every table and column that a file may bring, and how cells are read.

``TABLES`` is the list of the exchange contract in its order.
"""

from collections.abc import Mapping
from types import MappingProxyType

from knockon.domain.contract.demand_tables import (
    ALLOCATIONS,
    CUSTOMERS,
    SALES_ORDERS,
    SHIP_CALENDARS,
    SHIPMENTS,
    SUPPLIERS,
)
from knockon.domain.contract.item_tables import APPROVALS, BOM, ITEMS, ROUTINGS, UNITS
from knockon.domain.contract.making_tables import (
    OPERATIONS,
    REQUIREMENTS,
    RESOURCE_USE,
    WORK_ORDERS,
    WORK_REPORTS,
)
from knockon.domain.contract.material_tables import (
    CONSUMPTION,
    INSPECTIONS,
    LOT_EVENTS,
    LOTS,
    OUTSIDE_MOVES,
    PURCHASE_ORDERS,
    RECEIPTS,
    SERIALS,
    STOCK,
    TRANSFERS,
)
from knockon.domain.contract.plant_tables import (
    CALENDARS,
    CAUSES,
    EQUIPMENT,
    LEVERS,
    PEOPLE,
    PLANTS,
    SETUPS,
    SHIFTS,
    SIGNALS,
    STOPS,
    TOOL_USES,
    TOOLS,
)
from knockon.domain.contract.specs import (
    ColumnSpec,
    ColumnType,
    DateOnly,
    Scope,
    TableKind,
    TableSpec,
)
from knockon.domain.errors import KnockonError

__all__ = [
    "TABLES",
    "ColumnSpec",
    "ColumnType",
    "DateOnly",
    "Scope",
    "TableKind",
    "TableSpec",
    "UnknownColumn",
    "UnknownTable",
    "column_of",
    "table_of",
]

TABLES: Mapping[str, TableSpec] = MappingProxyType(
    {
        spec.name: spec
        for spec in (
            PLANTS,
            EQUIPMENT,
            TOOLS,
            TOOL_USES,
            CALENDARS,
            CUSTOMERS,
            SHIP_CALENDARS,
            SUPPLIERS,
            PEOPLE,
            SHIFTS,
            ITEMS,
            UNITS,
            BOM,
            ROUTINGS,
            APPROVALS,
            SETUPS,
            LEVERS,
            SALES_ORDERS,
            WORK_ORDERS,
            REQUIREMENTS,
            OPERATIONS,
            ALLOCATIONS,
            LOTS,
            SERIALS,
            CONSUMPTION,
            LOT_EVENTS,
            RESOURCE_USE,
            STOCK,
            SHIPMENTS,
            TRANSFERS,
            OUTSIDE_MOVES,
            PURCHASE_ORDERS,
            RECEIPTS,
            INSPECTIONS,
            CAUSES,
            STOPS,
            SIGNALS,
            WORK_REPORTS,
        )
    }
)


class UnknownTable(KnockonError):
    """The contract has no table of that name."""

    code = "unknown_table"

    def __init__(self, *, table: str) -> None:
        super().__init__(table=table)


class UnknownColumn(KnockonError):
    """The table has no column of that name."""

    code = "unknown_column"

    def __init__(self, *, table: str, column: str) -> None:
        super().__init__(table=table, column=column)


def table_of(name: str) -> TableSpec:
    """Return the table of that name, or raise ``UnknownTable``."""
    if name not in TABLES:
        raise UnknownTable(table=name)
    return TABLES[name]


def column_of(table: str, column: str) -> ColumnSpec:
    """Return the column of that table, or raise ``UnknownTable`` or ``UnknownColumn``."""
    spec = table_of(table)
    if column not in spec.by_name:
        raise UnknownColumn(table=table, column=column)
    return spec.by_name[column]
