"""The repair-time curve of a case as parts of its page that the slider and news redraw."""

from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from knockon.apps.disruptions.selectors import ImpactMissing
from knockon.domain.access import Right
from knockon.web.cases import load_case
from knockon.web.curve import curve_context, orders_at_context
from knockon.web.staff import StaffRequest, staff_page, use_site

_MOST_DIGITS = 9


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_curve(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show how the orders depend on the repair time; ``?repair_s=`` chooses one."""
    case = load_case(pk, viewer=request.viewer, now=request.now)
    use_site(request, case.row.site_id)
    context = curve_context(case, repair_s=asked_repair(request))
    return render(request, "disruptions/_case_curve.html", context)


@require_safe
@staff_page(Right.VIEW_BOARD)
def disruption_curve_at(request: StaffRequest, *, pk: int) -> HttpResponse:
    """Show the orders at the repair time that the slider names."""
    repair_s = asked_repair(request)
    if repair_s is None:
        raise BadRequest
    try:
        context = orders_at_context(pk, repair_s=repair_s, viewer=request.viewer)
    except ImpactMissing as error:
        raise Http404 from error
    use_site(request, context["case"].site_id)
    response = render(request, "disruptions/_case_curve_answer.html", context)
    address = reverse("disruption", kwargs={"pk": pk})
    response["HX-Replace-Url"] = f"{address}?{urlencode({'repair_s': repair_s})}"
    return response


def asked_repair(request: StaffRequest) -> int | None:
    """Return the repair time that the address names, the last one if it names several."""
    given = request.GET.get("repair_s", "")
    if given and (not given.isdecimal() or len(given) > _MOST_DIGITS):
        raise BadRequest
    return int(given) if given else None
