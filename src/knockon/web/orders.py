"""Orders: the list with the risky ones first, and one order line."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.domain.access import Right
from knockon.web.order_list import OrderFilters, order_list_context
from knockon.web.order_page import order_context
from knockon.web.staff import StaffRequest, staff_page, use_site


@require_safe
@staff_page(Right.VIEW_ORDERS)
def orders(request: StaffRequest) -> HttpResponse:
    """Show the order lines that the address asks for."""
    context = order_list_context(
        viewer=request.viewer,
        sites=request.sites,
        filters=OrderFilters.of(request.GET.dict()),
        page=request.GET.get("page", "1"),
    )
    return render(request, "orders/order_list.html", context)


@require_safe
@staff_page(Right.VIEW_ORDERS)
def order(request: StaffRequest, *, plant: str, rest: str) -> HttpResponse:
    """Show one order line: progress, supply, what hits it; ``?disruption=`` asks why, or why not."""
    asked = request.GET.get("disruption", "")
    if asked and not asked.isdecimal():
        raise BadRequest
    use_site(request, plant)
    context = order_context(
        plant,
        rest,
        disruption_id=int(asked) if asked else None,
        viewer=request.viewer,
    )
    return render(request, "orders/order_show.html", context)
