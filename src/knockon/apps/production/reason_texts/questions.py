"""The questions that the doctor answers."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

QUESTION_TEXTS: Mapping[str, object] = {
    "machine_to_orders": gettext_lazy("A machine stops: which orders are hit?"),
    "how_late": gettext_lazy("How late will each order be?"),
    "lot_to_customers": gettext_lazy("A lot is bad: which customers got it?"),
    "supplier_lot": gettext_lazy("A supplier's lot is bad: what was made from it?"),
    "where_is_material": gettext_lazy("Where is the suspect material now?"),
    "who_starves": gettext_lazy("Material is short: which work orders starve?"),
    "repair_time": gettext_lazy("How long do repairs of this machine take?"),
    "who_to_call": gettext_lazy("Whom must we call, and in which order?"),
    "money_at_risk": gettext_lazy("How much money is at stake?"),
}
"""Each question as a person asks it."""
