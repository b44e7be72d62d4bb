"""Numbers, spans and errors as people read them."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from knockon.apps.accounts.reason_texts import ERROR_TEXTS as ACCOUNT_ERRORS
from knockon.apps.disruptions.reason_texts import ERROR_TEXTS as DISRUPTION_ERRORS
from knockon.apps.production.reason_texts import ERROR_TEXTS as PRODUCTION_ERRORS
from knockon.domain.errors import KnockonError

_ERRORS: Mapping[str, object] = {**ACCOUNT_ERRORS, **PRODUCTION_ERRORS, **DISRUPTION_ERRORS}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
NOTHING = "\N{EN DASH}"
"""Stands where a value is unknown."""


def number_text(value: object) -> str:
    """Return a number with its thousands set apart and no padding zeros."""
    if value is None or value == "":
        return NOTHING
    number = Decimal(str(value))
    whole = number.to_integral_value()
    shown = whole if whole == number else number.normalize()
    # All our languages write 3,600.5; Django would leave Chinese numbers ungrouped.
    return f"{shown:,f}"


def quantity_text(value: object, uom: str | None) -> str:
    """Return a quantity with its unit."""
    number = number_text(value)
    if number == NOTHING or not uom:
        return number
    # Number and unit stand in this order in all our languages; the space must not break.
    return f"{number}\N{NO-BREAK SPACE}{uom}"


def span_text(seconds: float | None) -> str:
    """Return a length of time in at most two units."""
    if seconds is None:
        return NOTHING
    whole = abs(int(seconds))
    if whole < _MINUTE:
        return _("%(seconds)s s") % {"seconds": whole}
    if whole < _HOUR:
        return _("%(minutes)s min") % {"minutes": whole // _MINUTE}
    if whole < _DAY:
        spans = {"hours": whole // _HOUR, "minutes": whole % _HOUR // _MINUTE}
        sentence = _("%(hours)s h %(minutes)s min") if spans["minutes"] else _("%(hours)s h")
    else:
        spans = {"days": whole // _DAY, "hours": whole % _DAY // _HOUR}
        sentence = _("%(days)s d %(hours)s h") if spans["hours"] else _("%(days)s d")
    return sentence % spans


def instant(value: str | None) -> datetime | None:
    """Return the instant that an RFC 3339 text of a document names."""
    return datetime.fromisoformat(value) if value else None


def error_text(error: KnockonError) -> str:
    """Return what went wrong, in a sentence."""
    sentence = _ERRORS.get(error.code)
    if sentence is None:
        return _("This did not work (%(code)s).") % {"code": error.code}
    return str(sentence) % error.data
