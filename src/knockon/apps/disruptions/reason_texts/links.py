"""Words for the steps of an explanation path and for the links between them."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from knockon.domain.impact import StepType

_STEPS: Mapping[StepType, object] = {
    StepType.CAUSE: pgettext_lazy("step", "Cause"),
    StepType.EQUIPMENT: pgettext_lazy("step", "Machine"),
    StepType.TOOL: pgettext_lazy("step", "Tool"),
    StepType.LOT: pgettext_lazy("step", "Lot"),
    StepType.OPERATION: pgettext_lazy("step", "Operation"),
    StepType.WORK_ORDER: pgettext_lazy("step", "Work order"),
    StepType.ITEM: pgettext_lazy("step", "Item"),
    StepType.PURCHASE_ORDER: pgettext_lazy("step", "Purchase order"),
    StepType.SHIPMENT: pgettext_lazy("step", "Shipment"),
    StepType.ORDER: pgettext_lazy("step", "Order"),
    StepType.CUSTOMER: pgettext_lazy("step", "Customer"),
}
_LINKS: Mapping[str, object] = {
    # From the disruption to what it makes suspect or stops.
    "named": _("named in the report"),
    "supplier_lot": _("has the supplier's lot number"),
    "complained_order": _("went to the order that was complained about"),
    "former_number": _("had another number before"),
    "made_in_window": _("made in the suspect window"),
    "suspect_window": _("ran in the suspect window"),
    "in_progress": _("is being made of it"),
    "operation": _("worked on there"),
    "tool": _("touched by this tool"),
    "vessel": _("was in this vessel"),
    "oven": _("was in this oven"),
    "gauge": _("was measured with this gauge"),
    "person": _("was handled by this person"),
    "stopped": _("does not run"),
    "planned_on": _("is planned there"),
    "routed_over": _("its routing goes there"),
    "changed": _("was changed by the customer"),
    # From material to material.
    "consumed": _("recorded as consumed"),
    "backflushed": _("consumed by standard quantity, the lot is a guess"),
    "neighbour": _("lay where another lot was booked"),
    "issued": _("issued to the work order"),
    "output": _("came out of the work order"),
    "missing_consumption": _("was there, and no consumption is recorded"),
    "relabelled": _("got a new number"),
    "split": _("was split off"),
    "merged": _("was merged in"),
    "parent": _("is named as its mother lot"),
    "unknown_predecessor": _("may have come from it, nothing is recorded"),
    "same_number": _("same number, issuer not recorded"),
    "shipped": _("was shipped"),
    "unrecorded_lot": _("may have been shipped, the lot is not recorded"),
    "unpacked": _("was unpacked"),
    "substituted": _("recorded as consumed in place of another material"),
    "transferred": _("is kept by the other plant under this name"),
    "subcontracted": _("went to a subcontractor"),
    # From work to work.
    "next_on_machine": _("waits behind it on the same machine"),
    "next_with_tool": _("waits for the same tool"),
    "next_in_work_order": _("is the next operation"),
    "parent_work_order": _("waits for its sub-assembly"),
    "component": _("waits for its component"),
    "run_group": _("runs together with it"),
    "makes": _("makes it"),
    "stock": _("taken from stock"),
    # From supply to demand.
    "allocation": _("was allocated to it"),
    "reservation": _("was reserved for it"),
    "order_on_work_order": _("its work order names the order"),
    "supplied_by": _("is named as its supply"),
    "same_order": _("is made for the same order"),
    "free_stock": _("serves it from free stock, by rule"),
    "open_work_order": _("serves it from an open work order, by rule"),
    "purchase_order": _("serves it from a purchase order"),
    "transfer": _("serves it from another plant"),
    "safety_stock": _("serves it from safety stock, by rule"),
    "stand_in": _("serves it as a substitute, by rule"),
    "lost_supply": _("loses this supply"),
    "customer_of_order": _("is its customer"),
}


def step_text(step_type: str) -> str:
    """Return what a step of a path is."""
    return str(_STEPS[StepType(step_type)])


def link_text(via: str) -> str:
    """Return how a step is linked with the one before it."""
    return str(_LINKS.get(via, via.replace("_", " ")))
