"""One disruption: its page, its live parts, and what people do with it."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knockon.apps.disruptions.services.moving import MoveRefused, move, revise
from knockon.domain.access import Right
from knockon.domain.disruptions import DisruptionState
from knockon.domain.scope_values import ScopeInvalid
from knockon.web.case_orders import impact_context
from knockon.web.case_spread import ripple_context, spread_context
from knockon.web.cases import Case, load_case, now_context, record_context
from knockon.web.curve import curve_context, has_curve
from knockon.web.curve_pages import asked_repair
from knockon.web.folding import View
from knockon.web.moves import needs_reason
from knockon.web.staff import StaffRequest, staff_page, use_site
from knockon.web.why import completions, why_context
from knockon.web.wording import error_text

_NOTE_LENGTH = 2000


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the whole case; ``?version=`` shows it as it was known at an earlier answer."""
    case = _case(request, pk)
    context = {
        **now_context(case),
        **impact_context(case),
        **_curve(case, asked_repair(request)),
        **spread_context(case, view=View.of(request.GET)),
        **record_context(case),
    }
    wanted = request.GET.get("why", "")
    if context["may_see_orders"]:
        context |= why_context(pk, wanted, viewer=request.viewer)
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
def disruption_spread(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show how it spreads, alone: picture, material, customers, shipments, gaps."""
    context = spread_context(_case(request, pk), view=View.of(request.GET))
    return render(request, "disruptions/_case_spread.html", context)


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_ripple(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the ripple picture alone, with other boxes open or another path followed."""
    view = View.of(request.GET)
    response = render(
        request, "disruptions/_case_ripple.html", ripple_context(_case(request, pk), view=view)
    )
    response["HX-Replace-Url"] = _address(request, pk, view.query)
    return response


@require_safe
@staff_page(Right.VIEW_ORDERS)
def disruption_why(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show why the case hits the order that ``?why=`` names, or why not."""
    wanted = request.GET.get("why", "")
    context = why_context(pk, wanted, viewer=request.viewer)
    use_site(request, context["case"].site_id)
    response = render(request, "disruptions/_case_why.html", {**context, "may_see_orders": True})
    response["HX-Replace-Url"] = _address(request, pk, urlencode({"why": wanted}))
    return response


@require_safe
@staff_page(Right.VIEW_ORDERS)
def disruption_orders(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Offer the order lines that ``?why=`` may mean."""
    offered = completions(pk, request.GET.get("why", ""), viewer=request.viewer)
    return render(request, "disruptions/_case_why_offers.html", {"offered": offered})


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


def _curve(case: Case, repair_s: int | None) -> dict[str, Any]:
    """Return the curve where the address asks for a repair time; else it is fetched by the page.

    Made ready for the first time it takes longer than a page may.
    """
    if repair_s is None:
        return {"has_curve": has_curve(case), "curve_is_fetched": True}
    return curve_context(case, repair_s=repair_s)


def _address(request: StaffRequest, pk: int, query: str) -> str:
    """Return the address of the case's page that shows what a fragment shows."""
    version = request.GET.get("version", "")
    parts = [f"version={version}" if version.isdecimal() else "", query]
    shown = "&".join(part for part in parts if part)
    return reverse("disruption", kwargs={"pk": pk}) + (f"?{shown}" if shown else "")


def _state(value: str) -> DisruptionState:
    try:
        return DisruptionState(value)
    except ValueError as error:
        raise BadRequest from error
