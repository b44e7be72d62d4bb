"""Natural keys. All but lots are unique within one plant."""

from typing import NamedTuple


class LotKey(NamedTuple):
    """A lot: who numbered it (plant or supplier code, '' unknown), what it is, its number."""

    issuer: str
    item: str
    lot: str


class OrderLineKey(NamedTuple):
    """One line of a customer order; a schedule line has a line such as ``10/2``."""

    plant: str
    order: str
    line: str


class WorkOrderKey(NamedTuple):
    """A work order."""

    plant: str
    work_order: str


class OperationKey(NamedTuple):
    """An operation of a work order; ``seq`` orders the operations of one work order."""

    plant: str
    work_order: str
    seq: int


class EquipmentKey(NamedTuple):
    """A machine, line or area."""

    plant: str
    equipment: str


class ToolKey(NamedTuple):
    """A mould, die, fixture or gauge."""

    plant: str
    tool: str
