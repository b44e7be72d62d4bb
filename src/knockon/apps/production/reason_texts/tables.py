"""What people call the tables of the contract."""

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

TABLE_TEXTS: Mapping[str, object] = {
    "plants": pgettext_lazy("table", "Plants"),
    "equipment": pgettext_lazy("table", "Machines"),
    "tools": pgettext_lazy("table", "Moulds and tools"),
    "tool_uses": pgettext_lazy("table", "Which tool makes what"),
    "calendars": pgettext_lazy("table", "Working calendars"),
    "customers": pgettext_lazy("table", "Customers"),
    "ship_calendars": pgettext_lazy("table", "Shipping calendar"),
    "suppliers": pgettext_lazy("table", "Suppliers"),
    "people": pgettext_lazy("table", "People"),
    "shifts": pgettext_lazy("table", "Shifts"),
    "items": pgettext_lazy("table", "Items"),
    "units": pgettext_lazy("table", "Unit factors"),
    "bom": pgettext_lazy("table", "Bill of materials"),
    "routings": pgettext_lazy("table", "Routings"),
    "approvals": pgettext_lazy("table", "Approved alternates"),
    "setups": pgettext_lazy("table", "Changeover times"),
    "levers": pgettext_lazy("table", "Levers"),
    "sales_orders": pgettext_lazy("table", "Sales orders"),
    "work_orders": pgettext_lazy("table", "Work orders"),
    "requirements": pgettext_lazy("table", "Material requirements"),
    "operations": pgettext_lazy("table", "Operations"),
    "schedule": pgettext_lazy("table", "Plan"),
    "allocations": pgettext_lazy("table", "Allocations"),
    "lots": pgettext_lazy("table", "Lots"),
    "serials": pgettext_lazy("table", "Serial numbers"),
    "consumption": pgettext_lazy("table", "Material consumption"),
    "lot_events": pgettext_lazy("table", "Lot events"),
    "resource_use": pgettext_lazy("table", "Resource use"),
    "stock": pgettext_lazy("table", "Stock"),
    "shipments": pgettext_lazy("table", "Shipments"),
    "transfers": pgettext_lazy("table", "Transfers between plants"),
    "outside_moves": pgettext_lazy("table", "Outside processing moves"),
    "clocks": pgettext_lazy("table", "Clocks of the machines"),
    "purchase_orders": pgettext_lazy("table", "Purchase orders"),
    "receipts": pgettext_lazy("table", "Incoming goods"),
    "inspections": pgettext_lazy("table", "Inspections"),
    "causes": pgettext_lazy("table", "Causes"),
    "stops": pgettext_lazy("table", "Machine stops"),
    "signals": pgettext_lazy("table", "Signals"),
    "work_reports": pgettext_lazy("table", "Work reports"),
}
"""Names of the contract's tables, and of the plan that ``operations`` brings."""
