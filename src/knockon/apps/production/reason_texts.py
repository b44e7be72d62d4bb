"""Sentences for what can go wrong with orders and lots, and for what the data lack."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.domain.reasons import Reason

ERROR_TEXTS: Mapping[str, object] = {
    "lot_unknown": gettext_lazy("Lot “%(lot)s” is not known here."),
    "lot_ambiguous": gettext_lazy(
        "Several lots have the number “%(lot)s”. Name the item or who issued it."
    ),
    "order_line_unknown": gettext_lazy("There is no such order line, or you may not see it."),
    "customer_unknown": gettext_lazy("There is no such customer, or you may not see it."),
}
"""Sentences of the errors that production raises, with named placeholders."""

_LACKS: Mapping[str, object] = {
    "table_missing": gettext_lazy("The list “%(table)s” is not there."),
    "column_missing": gettext_lazy("In the list “%(table)s” the column “%(column)s” is empty."),
    "column_thin": gettext_lazy(
        "In the list “%(table)s” only %(filled)s of %(rows)s rows fill the column “%(column)s”."
    ),
}
_TABLES: Mapping[str, object] = {
    "equipment": gettext_lazy("Machines"),
    "bom": gettext_lazy("Bill of materials"),
    "routings": gettext_lazy("Routings"),
    "customers": gettext_lazy("Customers"),
    "ship_calendars": gettext_lazy("Shipping calendar"),
    "calendars": gettext_lazy("Working calendars"),
    "items": gettext_lazy("Items"),
    "sales_orders": gettext_lazy("Sales orders"),
    "work_orders": gettext_lazy("Work orders"),
    "operations": gettext_lazy("Operations"),
    "schedule": gettext_lazy("Plan"),
    "allocations": gettext_lazy("Allocations"),
    "lots": gettext_lazy("Lots"),
    "consumption": gettext_lazy("Material consumption"),
    "stock": gettext_lazy("Stock"),
    "shipments": gettext_lazy("Shipments"),
    "requirements": gettext_lazy("Material requirements"),
    "purchase_orders": gettext_lazy("Purchase orders"),
    "receipts": gettext_lazy("Incoming goods"),
    "inspections": gettext_lazy("Inspections"),
    "stops": gettext_lazy("Machine stops"),
    "work_reports": gettext_lazy("Work reports"),
}


def table_text(table: str) -> str:
    """Return what people call a table of the contract."""
    return str(_TABLES.get(table, table))


def lack_text(reason: Reason) -> str:
    """Return what the data lack, in a sentence."""
    sentence = _LACKS.get(reason.code)
    if sentence is None:
        return _("The data are not complete (%(code)s).") % {"code": reason.code}
    return str(sentence) % {**reason.params, "table": table_text(str(reason.params["table"]))}
