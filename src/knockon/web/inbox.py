"""One's own messages."""

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from knockon.apps.response.selectors import load_inbox
from knockon.apps.response.services.reading import mark_read
from knockon.domain.access import Right
from knockon.web.lists import page_of
from knockon.web.staff import StaffRequest, staff_page
from knockon.web.told import message_rows


@require_safe
@staff_page(Right.VIEW_BOARD)
def inbox(request: StaffRequest) -> HttpResponse:
    """Show the viewer's messages, newest first."""
    return render(request, "messages/message_list.html", _context(request))


@require_safe
@staff_page(Right.VIEW_BOARD)
def inbox_live(request: StaffRequest) -> HttpResponse:
    """Show the list alone."""
    return render(request, "messages/_message_rows.html", _context(request))


@require_POST
@staff_page(Right.VIEW_BOARD)
def inbox_read(request: StaffRequest) -> HttpResponse:
    """Mark one message as read and go to its case, or mark all."""
    given = request.POST.get("message", "")
    if given and not given.isdecimal():
        raise BadRequest
    mark_read(int(given) if given else None, viewer=request.viewer, now=request.now)
    case = request.POST.get("case", "")
    if case.isdecimal():
        return redirect("disruption", pk=int(case))
    return redirect("messages")


def _context(request: StaffRequest) -> dict[str, object]:
    shown = page_of(load_inbox(viewer=request.viewer), number=request.GET.get("page", "1"))
    rows = message_rows(shown["rows"])
    query = request.GET.urlencode()
    return {
        **shown,
        "rows": rows,
        "has_unread": any(row["read_at"] is None for row in rows),
        "query": f"?{query}" if query else "",
    }
