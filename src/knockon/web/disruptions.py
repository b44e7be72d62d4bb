"""One disruption: its page, its live parts, and what people do with it."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knockon.apps.disruptions.services.moving import MoveRefused, move, revise
from knockon.domain.access import Right
from knockon.domain.disruptions import DisruptionState
from knockon.domain.scope_values import ScopeInvalid
from knockon.web.cases import (
    Case,
    impact_context,
    load_case,
    now_context,
    record_context,
)
from knockon.web.moves import needs_reason
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.wording import error_text

_NOTE_LENGTH = 2000


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the whole case; ``?version=`` shows it as it was known at an earlier answer."""
    case = _case(request, pk)
    context = {**now_context(case), **impact_context(case), **record_context(case)}
    return render(request, "disruptions/disruption_show.html", context)


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_now(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the first screen alone."""
    return render(request, "disruptions/_case_now.html", now_context(_case(request, pk)))


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_impact(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show whom it hits, alone."""
    return render(request, "disruptions/_case_impact.html", impact_context(_case(request, pk)))


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_record(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show clocks, buttons, messages and timeline, alone."""
    return render(request, "disruptions/_case_record.html", record_context(_case(request, pk)))


@require_POST
@staff_page(Right.VIEW_BOARD)
def disruption_move(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Put the case into the state that the form names."""
    state = _state(request.POST.get("state", ""))
    note = request.POST.get("note", "").strip()[:_NOTE_LENGTH]
    if needs_reason(state) and not note:
        messages.error(request, _("Say why, in a few words."))
        return redirect("disruption", pk=pk)
    try:
        move(pk, state=state, viewer=request.viewer, now=request.now, note=note)
    except MoveRefused as error:
        messages.error(request, error_text(error))
    return redirect("disruption", pk=pk)


@require_POST
@staff_page(Right.VIEW_BOARD)
def disruption_estimate(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Set the repair estimate, or take it back when nobody can tell."""
    given = request.POST.get("repair_s", "")
    if given and not given.isdecimal():
        raise BadRequest
    seconds = int(given) if given else None
    try:
        revise(pk, changes={"repair_s": seconds}, viewer=request.viewer, now=request.now)
    except ScopeInvalid as error:
        messages.error(request, error_text(error))
    return redirect("disruption", pk=pk)


def _case(request: StaffRequest, pk: int) -> Case:
    version = request.GET.get("version", "")
    case = load_case(
        pk,
        viewer=request.viewer,
        now=request.now,
        impact_id=int(version) if version.isdecimal() else None,
    )
    use_site(request, case.row.site_id)
    return case


def _state(value: str) -> DisruptionState:
    try:
        return DisruptionState(value)
    except ValueError as error:
        raise BadRequest from error
