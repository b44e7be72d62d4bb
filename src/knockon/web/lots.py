"""Lots: the search, and one lot with everything it came from and went to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.domain.access import Right
from knockon.web.lot_page import lot_context, lot_list_context
from knockon.web.staff import StaffRequest, staff_page, use_site


@require_safe
@staff_page(Right.VIEW_LOTS)
def lots(request: StaffRequest) -> HttpResponse:
    """Show the lots that a search finds, by their own or their supplier's number."""
    context = lot_list_context(
        viewer=request.viewer,
        sites=request.sites,
        text=request.GET.get("q", "").strip()[:200],
        plant=request.GET.get("plant", ""),
        page=request.GET.get("page", "1"),
    )
    return render(request, "lots/lot_list.html", context)


@require_safe
@staff_page(Right.VIEW_LOTS)
def lot(request: StaffRequest, *, rest: str) -> HttpResponse:
    """Show one lot; ``?direction=backward`` shows what it came from."""
    direction = "backward" if request.GET.get("direction") == "backward" else "forward"
    context = lot_context(rest, is_forward=direction == "forward", viewer=request.viewer)
    use_site(request, context["lot"].site_id)
    return render(request, "lots/lot_show.html", {**context, "direction": direction})
