"""Sentences for what can go wrong with orders and lots."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

ERROR_TEXTS: Mapping[str, object] = {
    "lot_unknown": _("Lot “%(lot)s” is not known here."),
    "lot_ambiguous": _("Several lots have the number “%(lot)s”. Name the item or who issued it."),
    "order_line_unknown": _("There is no such order line, or you may not see it."),
    "customer_unknown": _("There is no such customer, or you may not see it."),
}
"""Sentences of the errors that production raises, with named placeholders."""
