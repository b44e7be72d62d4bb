"""Tables of production."""

from knockon.apps.production.models.clocks import SourceClock
from knockon.apps.production.models.genealogy import (
    Consumption,
    Lot,
    LotEvent,
    ResourceUse,
    Serial,
)
from knockon.apps.production.models.imports import (
    Delivery,
    ImportDraft,
    ImportRun,
    RefusedRow,
    SavedMapping,
)
from knockon.apps.production.models.making import (
    Operation,
    Requirement,
    Stop,
    WorkOrder,
    WorkReport,
)
from knockon.apps.production.models.movement import (
    OutsideMove,
    PurchaseOrder,
    Receipt,
    Shipment,
    Stock,
    Transfer,
)
from knockon.apps.production.models.orders import Allocation, OrderLine
from knockon.apps.production.models.quality import Inspection
from knockon.apps.production.models.schedule import PlannedOperation, ScheduleVersion

__all__ = [
    "Allocation",
    "Consumption",
    "Delivery",
    "ImportDraft",
    "ImportRun",
    "Inspection",
    "Lot",
    "LotEvent",
    "Operation",
    "OrderLine",
    "OutsideMove",
    "PlannedOperation",
    "PurchaseOrder",
    "Receipt",
    "RefusedRow",
    "Requirement",
    "ResourceUse",
    "SavedMapping",
    "ScheduleVersion",
    "Serial",
    "Shipment",
    "SourceClock",
    "Stock",
    "Stop",
    "Transfer",
    "WorkOrder",
    "WorkReport",
]
