"""What the data at hand can answer, question by question, and what to bring for the rest."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from knockon.apps.production.answers import doctor
from knockon.apps.production.reason_texts import lack_text, question_text
from knockon.domain.access import Right
from knockon.web.staff import StaffRequest, staff_page

_GRADES: dict[str, tuple[object, str, str]] = {
    "yes": (pgettext_lazy("answerable", "Yes"), "circle-check", "good"),
    "partly": (pgettext_lazy("answerable", "In part"), "circle-half", "warn"),
    "no": (pgettext_lazy("answerable", "No"), "circle-dashed", "quiet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answerable:
    """A question and whether it can be answered."""

    question: str
    grade: str
    words: str
    icon: str
    tone: str
    missing: tuple[str, ...]


@require_safe
@staff_page(Right.VIEW_BOARD)
def doctor_page(request: StaffRequest) -> HttpResponse:
    """Show, for each plant, which questions its data can answer."""
    return render(request, "data/doctor_show.html", _context(request))


def _context(request: StaffRequest) -> dict[str, Any]:
    by_plant: dict[str, list[Answerable]] = {}
    for verdict in doctor(viewer=request.viewer):
        words, icon, tone = _GRADES[verdict.grade]
        by_plant.setdefault(verdict.plant, []).append(
            Answerable(
                question=question_text(verdict.question),
                grade=verdict.grade,
                words=str(words),
                icon=icon,
                tone=tone,
                missing=tuple(dict.fromkeys(lack_text(each) for each in verdict.missing)),
            )
        )
    names = {site.code: site.name for site in request.sites}
    return {
        "plants": [
            {"code": code, "name": names.get(code, ""), "questions": questions}
            for code, questions in by_plant.items()
        ],
        "may_import": request.viewer.may(Right.IMPORT),
    }
