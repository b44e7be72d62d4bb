"""Sentences for what freed a row that was hit."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

_FREED: Mapping[str, object] = {
    "reworked_and_passed": _(
        "Lot %(lot)s was reworked by %(work_order)s and passed its inspection."
    ),
    "vessel_cleaned": _("%(lot)s was cleaned."),
    "scope_narrowed": _("What the case is about was narrowed."),
    "records_corrected": _("Records were added or corrected."),
}
FREED_CODES = frozenset(_FREED)
"""Codes that have a sentence."""


def freed_text(code: str, params: Mapping[str, str | int | None]) -> str:
    """Return in words what freed a row."""
    return str(_FREED[code]) % params
