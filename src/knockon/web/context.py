"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from knockon.apps.accounts.reason_texts import role_text
from knockon.apps.response.selectors import count_unread
from knockon.domain.access import Right, Viewer
from knockon.web.staff import StaffRequest, prepared


def shell(request: HttpRequest) -> dict[str, object]:
    """Return navigation, viewer and plant for a signed-in person, and little for anybody else."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": []}
    asked = prepared(request)
    site = asked.chosen_site
    return {
        "nav": _navigation(asked),
        "viewer": {
            "name": asked.viewer.name,
            "key": asked.viewer.actor,
            "role": _roles(asked.viewer),
        },
        "plant": {"name": site.name or site.code, "zone": site.timezone} if site else {},
        "live_url": "/live",
    }


def _navigation(request: StaffRequest) -> list[dict[str, Any]]:
    viewer = request.viewer
    unread = count_unread(viewer=viewer)
    entries = [
        (Right.VIEW_BOARD, reverse("board"), _("Board"), "layout-dashboard"),
        (Right.REPORT, reverse("report"), _("Report"), "hand-stop"),
        (Right.VIEW_ORDERS, reverse("orders"), _("Orders"), "clipboard-list"),
        (Right.VIEW_LOTS, reverse("lots"), _("Lots"), "packages"),
        (Right.VIEW_BOARD, reverse("messages"), _messages_label(unread), "bell"),
        # Further pages of the same frame: their addresses are those of the contract.
        (Right.IMPORT, "/data/", _("Data"), "file-spreadsheet"),
        (Right.IMPORT, "/sources/", _("Sources"), "database"),
    ]
    return [
        {"url": url, "label": label, "icon": icon, "active": _is_here(request.path, url)}
        for right, url, label, icon in entries
        if viewer.may(right)
    ]


def _is_here(path: str, url: str) -> bool:
    if url == "/":
        return path == "/" or path.startswith("/disruptions/")
    return path.startswith(url)


def _messages_label(unread: int) -> str:
    if not unread:
        return _("Messages")
    return ngettext("Messages (%(count)s)", "Messages (%(count)s)", unread) % {"count": unread}


def _roles(viewer: Viewer) -> str:
    held = sorted({grant.role for grant in viewer.grants if grant.role})
    # A list in words differs by language only in its comma.
    return _(", ").join(role_text(role) for role in held)
