"""What the engine is given: one frozen picture of the plants, at one snapshot.

Field names are those of the exchange contract. Keys are text exactly as the source gave it
(after NFKC and trimming), so a fact may name a thing nobody described: the engine lists that as a
gap and never drops the fact. Quantities are ``Decimal`` in the row's own unit, times are UTC.
"""

from knockon.domain.facts.demand import (
    Allocation,
    Customer,
    DueKind,
    OrderKind,
    OrderLine,
    ShipCalendar,
    Shipment,
    ShipmentKind,
)
from knockon.domain.facts.keys import (
    EquipmentKey,
    LotKey,
    OperationKey,
    OrderLineKey,
    ToolKey,
    WorkOrderKey,
)
from knockon.domain.facts.making import (
    Operation,
    Requirement,
    ResourceUse,
    Stop,
    WorkOrder,
)
from knockon.domain.facts.material import (
    Consumption,
    ConsumptionKind,
    Inspection,
    Lot,
    LotEvent,
    LotEventKind,
    OutsideMove,
    PurchaseOrder,
    Receipt,
    Stock,
    Transfer,
)
from knockon.domain.facts.picture import PlantFacts, SnapshotId, SourceAge
from knockon.domain.facts.plant import (
    BomLine,
    CalendarKind,
    CalendarRule,
    Equipment,
    Item,
    ItemPolicy,
    Plant,
    RestartRule,
    RoutingStep,
    Tool,
    ToolUse,
    UnitFactor,
)

__all__ = [
    "Allocation",
    "BomLine",
    "CalendarKind",
    "CalendarRule",
    "Consumption",
    "ConsumptionKind",
    "Customer",
    "DueKind",
    "Equipment",
    "EquipmentKey",
    "Inspection",
    "Item",
    "ItemPolicy",
    "Lot",
    "LotEvent",
    "LotEventKind",
    "LotKey",
    "Operation",
    "OperationKey",
    "OrderKind",
    "OrderLine",
    "OrderLineKey",
    "OutsideMove",
    "Plant",
    "PlantFacts",
    "PurchaseOrder",
    "Receipt",
    "Requirement",
    "ResourceUse",
    "RestartRule",
    "RoutingStep",
    "ShipCalendar",
    "Shipment",
    "ShipmentKind",
    "SnapshotId",
    "SourceAge",
    "Stock",
    "Stop",
    "Tool",
    "ToolKey",
    "ToolUse",
    "Transfer",
    "UnitFactor",
    "WorkOrder",
    "WorkOrderKey",
]
