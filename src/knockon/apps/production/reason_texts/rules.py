"""What the rules of the data base mean to the person whose row broke one."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

RULE_TEXTS: Mapping[str, object] = {
    "allocation_names_supply": gettext_lazy(
        "An allocation must name the work order or lot that is promised."
    ),
    "allocation_qty": gettext_lazy("The promised quantity must be above zero."),
    "approval_state": gettext_lazy("This approval is none of the known ones."),
    "bom_base_qty_positive": gettext_lazy("The base quantity must be above zero."),
    "bom_effective_in_order": gettext_lazy("The validity ends before it begins."),
    "calendar_kind": gettext_lazy("This kind of time is none of the known ones."),
    "calendar_weekday_or_date": gettext_lazy("Give either a weekday (1 to 7) or a date."),
    "cause_severity": gettext_lazy("The severity must be S1, S2, S3 or S4."),
    "consumption_kind": gettext_lazy("This kind of consumption is none of the known ones."),
    "consumption_names_output": gettext_lazy("Name the lot that was made, or the work order."),
    "equipment_not_own_parent": gettext_lazy("A machine cannot belong to itself."),
    "inspection_result": gettext_lazy("The result must be pass or fail."),
    "lot_event_kind": gettext_lazy("This kind of lot event is none of the known ones."),
    "lot_qty": gettext_lazy("The quantity of a lot cannot be below zero."),
    "operation_status": gettext_lazy("This status of an operation is none of the known ones."),
    "order_line_due_kind": gettext_lazy("A due date is that of shipping or of arriving."),
    "order_line_kind": gettext_lazy("This kind of order is none of the known ones."),
    "order_line_qty": gettext_lazy("The ordered quantity cannot be below zero."),
    "order_line_status": gettext_lazy("This status of an order is none of the known ones."),
    "outside_move_direction": gettext_lazy("The direction must be out or in."),
    "planned_operation_in_order": gettext_lazy("The planned finish is before the planned start."),
    "purchase_order_qty": gettext_lazy("The purchased quantity cannot be below zero."),
    "receipt_qty": gettext_lazy("The received quantity cannot be below zero."),
    "requirement_qty": gettext_lazy("The required quantity cannot be below zero."),
    "resource_use_names_subject": gettext_lazy(
        "Name the lot or the work order that the resource touched."
    ),
    "routing_base_qty_positive": gettext_lazy("The base quantity must be above zero."),
    "routing_restart": gettext_lazy(
        "After a stop, work goes on, starts over or is lost: nothing else is known."
    ),
    "routing_yield": gettext_lazy("The yield must be above 0 and at most 1."),
    "setup_minutes": gettext_lazy("The changeover time cannot be below zero."),
    "shift_weekday_or_date": gettext_lazy("Give either a weekday (1 to 7) or a date."),
    "ship_calendar_values": gettext_lazy(
        "The weekday must be 1 to 7 and the days of transit not below zero."
    ),
    "shipment_kind": gettext_lazy("A shipment goes out or comes back: nothing else is known."),
    "shipment_qty": gettext_lazy("The shipped quantity cannot be below zero."),
    "stock_place": gettext_lazy("This place of stock is none of the known ones."),
    "stop_in_order": gettext_lazy("The stop ends before it begins."),
    "unit_factor_positive": gettext_lazy("The unit factor must be above zero."),
    "work_order_kind": gettext_lazy("This kind of work order is none of the known ones."),
    "work_order_not_own_parent": gettext_lazy("A work order cannot be its own parent."),
    "work_order_qty": gettext_lazy("The quantity of a work order cannot be below zero."),
    "work_order_status": gettext_lazy("This status of a work order is none of the known ones."),
    "work_report_in_order": gettext_lazy("The work ends before it begins."),
    "NotNullViolation": gettext_lazy("A value is missing that every row of this list must have."),
    "NumericValueOutOfRange": gettext_lazy("A number is too large to be kept."),
    "StringDataRightTruncation": gettext_lazy("A text is too long to be kept."),
    "UniqueViolation": gettext_lazy("Another row already has this key."),
    "ForeignKeyViolation": gettext_lazy("A plant is named that does not exist."),
    "CharacterNotInRepertoire": gettext_lazy("A text holds a sign that cannot be kept."),
}
"""Sentences of broken rules, by the rule's name or the data base's word for the value."""
