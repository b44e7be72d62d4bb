"""Numbers in templates: thousands set apart, no padding zeros, the unit behind."""

from decimal import Decimal

from django import template

from knockon.web.wording import quantity_text

register = template.Library()


@register.filter
def quantity(value: Decimal | None, uom: str = "") -> str:
    """Return a quantity with its unit."""
    return quantity_text(value, uom)
