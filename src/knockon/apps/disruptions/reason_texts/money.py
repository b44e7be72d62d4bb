"""Words for figures of money: what each is, and the formula it opens to."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.domain.money import Figure

_NAMES: Mapping[str, object] = {
    "value_at_risk": gettext_lazy("Value at risk"),
    "value_of_customer": gettext_lazy("Value at risk of customer %(customer)s"),
    "value_of_order": gettext_lazy("Value at risk of order line %(order)s"),
    "qty_at_risk": gettext_lazy("Quantity that is suspect, short or late"),
    "unit_price": gettext_lazy("Unit price"),
    "penalties": gettext_lazy("Penalties for lateness"),
    "penalties_of_customer": gettext_lazy("Penalties of customer %(customer)s"),
    "penalty_of_order": gettext_lazy("Penalty of order line %(order)s"),
    "penalty_per_day": gettext_lazy("Penalty per day"),
    "days_late": gettext_lazy("Days late, each begun day counted"),
    "suspect_goods": gettext_lazy("Cost of the suspect goods in our hands"),
    "cost_of_item": gettext_lazy("Cost of suspect item %(item)s"),
    "suspect_qty": gettext_lazy("Suspect quantity in our hands"),
    "standard_cost": gettext_lazy("Standard cost per unit"),
}
_FORMULAS: Mapping[str, object] = {
    "value_at_risk": gettext_lazy("Sum over the customers."),
    "value_of_customer": gettext_lazy("Sum over the customer's order lines."),
    "value_of_order": gettext_lazy("Quantity at risk times unit price."),
    "penalties": gettext_lazy("Sum over the customers with an agreed penalty."),
    "penalties_of_customer": gettext_lazy("Sum over the customer's late order lines."),
    "penalty_of_order": gettext_lazy("Penalty per day times days late."),
    "suspect_goods": gettext_lazy("Sum over the items."),
    "cost_of_item": gettext_lazy("Suspect quantity times standard cost."),
}


def figure_text(figure: Figure) -> str:
    """Return what a figure is."""
    return str(_NAMES[figure.code]) % figure.params


def formula_text(figure: Figure) -> str:
    """Return how a figure is worked out; empty for a record."""
    return str(_FORMULAS.get(figure.code, ""))


def known_text(figure: Figure) -> str:
    """Return what is unknown in a figure; empty when nothing is."""
    if figure.is_whole:
        return ""
    if figure.value is None:
        return _("unknown")
    return _("at least; a part is unknown")
