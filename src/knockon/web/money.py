"""The money fragment of a case: each figure opens to its formula."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.apps.disruptions.answers.money import CaseMoney, case_money
from knockon.apps.disruptions.reason_texts.money import figure_text, formula_text, known_text
from knockon.apps.disruptions.selectors import ImpactMissing
from knockon.domain.access import Right
from knockon.domain.money import Figure
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.wording import NOTHING, number_text, quantity_text

_MOST_PARTS = 50
"""Parts of a sum that are written out, the largest first; what is left is counted."""


@require_safe
@staff_page(Right.VIEW_ORDERS)
def disruption_money(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show what the case puts at risk: a fragment of its page, or a page of its own."""
    version = request.GET.get("version", "")
    found: CaseMoney | None = None
    try:
        found = case_money(
            pk, viewer=request.viewer, impact_id=int(version) if version.isdecimal() else None
        )
        use_site(request, found.row.site_id)
    except ImpactMissing:
        pass
    context = {"pk": pk, "version": version, "money": money_rows(found) if found else None}
    if request.headers.get("HX-Request"):
        return render(request, "disruptions/_case_money_open.html", context)
    return render(request, "disruptions/case_money_show.html", context)


def money_rows(found: CaseMoney) -> list[dict[str, Any]]:
    """Return the amounts of each plant as the template writes them."""
    return [
        {
            "plant": entry.plant,
            "figures": [
                _row(figure)
                for figure in (entry.value, entry.penalties, entry.goods)
                if figure.parts
            ],
        }
        for entry in found.plants
    ]


def _row(figure: Figure) -> dict[str, Any]:
    shown = _largest(figure.parts)
    return {
        "name": figure_text(figure),
        "amount": _amount(figure),
        "unknown": known_text(figure),
        "formula": formula_text(figure),
        "parts": [_row(part) for part in shown],
        "more": len(figure.parts) - len(shown),
    }


def _largest(parts: Sequence[Figure]) -> Sequence[Figure]:
    """Return the parts that are written out: the unknown ones, then the largest."""
    if len(parts) <= _MOST_PARTS:
        return parts
    ordered = sorted(parts, key=lambda part: (part.value is not None, -(part.value or 0)))
    return ordered[:_MOST_PARTS]


def _amount(figure: Figure) -> str:
    if figure.value is None:
        return NOTHING
    if figure.currency:
        return quantity_text(figure.value, figure.currency)
    if figure.params.get("uom"):
        return quantity_text(figure.value, figure.params["uom"])
    return number_text(figure.value)
