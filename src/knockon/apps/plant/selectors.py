"""Reading master data as they stand now."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from knockon.apps.accounts.selectors import visible
from knockon.apps.plant.models import Cause, Customer, Equipment, Item, Tool
from knockon.domain.access import Right, Viewer


def load_cause(code: str, *, plant: str) -> Cause | None:
    """Return the cause of this code."""
    return Cause.objects.filter(site_id=plant, code=code, retired=None).first()


def load_causes(*, plant: str) -> QuerySet[Cause]:
    """Return the plant's causes, by code."""
    return Cause.objects.filter(site_id=plant, retired=None).order_by("code")


def load_equipment(*, viewer: Viewer) -> QuerySet[Equipment]:
    """Return the machines and areas the viewer may see, by plant and code."""
    rows = visible(Equipment.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_BOARD)
    return rows.order_by("site_id", "equipment")


def load_tools(*, viewer: Viewer) -> QuerySet[Tool]:
    """Return the tools the viewer may see, by plant and code."""
    rows = visible(Tool.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_BOARD)
    return rows.order_by("site_id", "tool")


def load_customers(codes: Sequence[str]) -> dict[str, Customer]:
    """Return the customers of these codes."""
    rows = Customer.objects.filter(customer__in=codes, retired=None)
    return {row.customer: row for row in rows}


def load_item_names(items: Sequence[str]) -> dict[str, str]:
    """Return the names of these items."""
    rows = Item.objects.filter(item__in=items, retired=None)
    return dict(rows.values_list("item", "name"))


def areas_above(equipment: str, *, plant: str) -> frozenset[str]:
    """Return the node itself and everything above it in the equipment tree."""
    rows = Equipment.objects.filter(site_id=plant, retired=None).filter(~Q(parent=""))
    parents = dict(rows.values_list("equipment", "parent"))
    found: set[str] = set()
    node = equipment
    while node and node not in found:
        found.add(node)
        node = parents.get(node, "")
    return frozenset(found)
