"""The board: what is wrong now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from knockon.domain.access import Right
from knockon.web.board_rows import Filters, board_context
from knockon.web.staff import StaffRequest, staff_page


@require_safe
@staff_page(Right.VIEW_BOARD)
def board(request: StaffRequest) -> HttpResponse:
    """Show the whole board; ``?wall=1`` is for a display on the wall."""
    return render(request, "board/board_show.html", _context(request))


@require_safe
@staff_page(Right.VIEW_BOARD)
def board_live(request: StaffRequest) -> HttpResponse:
    """Show the part of the board that changes."""
    return render(request, "board/_board_live.html", _context(request))


def _context(request: StaffRequest) -> dict[str, object]:
    context = board_context(
        viewer=request.viewer,
        sites=request.sites,
        filters=Filters.of(request.GET.dict()),
        now=request.now,
    )
    query = request.GET.urlencode()
    return {
        **context,
        "wall": request.GET.get("wall") == "1",
        "query": f"?{query}" if query else "",
    }
