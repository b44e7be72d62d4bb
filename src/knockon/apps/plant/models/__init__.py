"""Tables of master data."""

from knockon.apps.plant.models.causes import Cause
from knockon.apps.plant.models.equipment import CalendarRule, Equipment, Lever, Setup, Tool, ToolUse
from knockon.apps.plant.models.items import Approval, BomLine, Item, RoutingStep, UnitFactor
from knockon.apps.plant.models.partners import Customer, ShipCalendar, Supplier
from knockon.apps.plant.models.rows import SiteFact, SiteVersioned, current

__all__ = [
    "Approval",
    "BomLine",
    "CalendarRule",
    "Cause",
    "Customer",
    "Equipment",
    "Item",
    "Lever",
    "RoutingStep",
    "Setup",
    "ShipCalendar",
    "SiteFact",
    "SiteVersioned",
    "Supplier",
    "Tool",
    "ToolUse",
    "UnitFactor",
    "current",
]
