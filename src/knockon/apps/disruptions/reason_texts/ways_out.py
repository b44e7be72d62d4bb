"""Words for the ways out of a late order, and for what was checked of each."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

_WAYS: Mapping[str, object] = {
    "alternate": gettext_lazy("Move to machine %(target)s"),
    "overtime": gettext_lazy("Overtime in %(target)s"),
    "outsource": gettext_lazy("Outsource to %(target)s"),
    "stock": gettext_lazy("Take stock of %(target)s"),
    "expedite": gettext_lazy("Express transport: %(target)s"),
}
WAY_KINDS = frozenset(_WAYS)
"""Kinds of ways out that have words."""

WAY_CHECKS: Mapping[str, object] = {
    "way_moves_operation": gettext_lazy(
        "Operation %(seq)s of work order %(work_order)s moves to machine %(machine)s."
    ),
    "way_outsources_operation": gettext_lazy(
        "Operation %(seq)s of work order %(work_order)s goes to supplier %(supplier)s."
    ),
    "way_by_routing": gettext_lazy("The routing of item %(item)s names %(target)s."),
    "way_approved": gettext_lazy("%(customer)s has approved %(target)s for item %(item)s."),
    "way_notify_first": gettext_lazy(
        "%(customer)s must be told before item %(item)s is made at %(target)s."
    ),
    "way_forbidden": gettext_lazy("%(customer)s forbids %(target)s for item %(item)s."),
    "way_not_approved": gettext_lazy(
        "Nobody has approved %(target)s for item %(item)s (%(customer)s)."
    ),
    "way_approval_expired": gettext_lazy(
        "The approval of %(customer)s for item %(item)s at %(target)s ended on %(until)s."
    ),
    "tool_can_move": gettext_lazy("Tool %(tool)s is free to move."),
    "tool_copy": gettext_lazy("Tool %(tool)s takes its place."),
    "tool_inside": gettext_lazy(
        "Tool %(tool)s is in machine %(machine)s, which stands still, and cannot be taken out."
    ),
    "tool_is_down": gettext_lazy("Tool %(tool)s itself is down."),
    "tool_out_of_use": gettext_lazy("Tool %(tool)s is out of use by its record."),
    "tool_not_approved": gettext_lazy("Tool %(tool)s is not approved on machine %(machine)s."),
    "way_takes": gettext_lazy(
        "Changing over takes %(change)s min, warming up and the first piece %(warm_up)s min."
    ),
    "way_machine_free": gettext_lazy("Machine %(machine)s is free."),
    "way_machine_free_from": gettext_lazy("Machine %(machine)s is free from %(at)s."),
    "way_machine_down": gettext_lazy("Machine %(machine)s stands still too."),
    "way_no_room": gettext_lazy(
        "Machine %(machine)s has no gap that is early and long enough without making other "
        "orders later."
    ),
    "way_people_away": gettext_lazy("The people it needs are away."),
    "way_runs_already": gettext_lazy("Work order %(work_order)s has begun there."),
    "way_not_enough": gettext_lazy("It would not be enough: the order would be late all the same."),
    "way_not_needed": gettext_lazy("It comes in time as it is."),
    "way_too_late": gettext_lazy("The last moment for it was %(at)s."),
    "way_overtime_from": gettext_lazy("People in %(target)s work on from %(at)s."),
    "way_overtime_hours": gettext_lazy("It takes %(minutes)s min of overtime."),
    "way_over_limit": gettext_lazy("%(qty)s pieces are more than the limit of %(limit_qty)s."),
    "way_lead_time": gettext_lazy("It is here %(minutes)s min after it is ordered."),
    "way_lead_time_unknown": gettext_lazy("It is not recorded how long %(target)s takes."),
    "way_stock": gettext_lazy(
        "Plant %(plant)s has %(qty)s of item %(item)s free; %(needed)s are needed."
    ),
    "way_stock_too_little": gettext_lazy("The free stock of item %(item)s is not enough."),
    "way_uses_safety_stock": gettext_lazy(
        "%(qty)s of it come out of the safety stock of item %(item)s."
    ),
    "way_transfer_unknown": gettext_lazy(
        "No transfer from plant %(plant)s is recorded, so nobody knows how long one takes."
    ),
    "way_express_takes": gettext_lazy(
        "Express takes %(minutes)s min, the usual transport %(usual)s min."
    ),
    "way_express_leaves": gettext_lazy("The goods can leave from %(at)s on."),
    "way_express_not_faster": gettext_lazy("Express is not faster than the usual transport."),
}
"""Sentences of what was checked, with named placeholders."""


def way_text(kind: str, *, target: str) -> str:
    """Return a way out in words."""
    words = _WAYS.get(kind)
    if words is None:
        return _("%(kind)s: %(target)s") % {"kind": kind, "target": target}
    return str(words) % {"target": target}
