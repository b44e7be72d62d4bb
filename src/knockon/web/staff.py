"""What every view of the staff's face starts from: who asks, where, and when it is."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from knockon.apps.accounts.models import Site, User
from knockon.apps.accounts.selectors import load_sites, viewer_of
from knockon.domain.access import NotAllowed, Right, Viewer
from knockon.domain.errors import KnockonError

_UNKNOWN = frozenset(
    {
        "attachment_unknown",
        "customer_unknown",
        "disruption_unknown",
        "draft_unknown",
        "impact_version_unknown",
        "import_unknown",
        "lot_unknown",
        "order_line_unknown",
    }
)
"""Codes of what is not there, or not for this viewer: the two look the same from outside."""


class StaffRequest(HttpRequest):
    """A request with the viewer, the time and the plants that go with it."""

    viewer: Viewer
    now: datetime
    sites: tuple[Site, ...]
    chosen_site: Site | None


_View = Callable[..., HttpResponseBase]


def staff_page(right: Right) -> Callable[[_View], _View]:
    """Return a decorator: the view runs only for holders of the right, in their plant's zone.

    What is unknown becomes 404, what is not allowed 403; views handle every other failure.
    """

    def decorate(view: _View) -> _View:
        @wraps(view)
        def answer(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            asked = prepared(request)
            try:
                asked.viewer.require(right)
                return view(asked, **kwargs)
            except NotAllowed as error:
                raise PermissionDenied from error
            except KnockonError as error:
                if error.code in _UNKNOWN:
                    raise Http404 from error
                raise
            finally:
                # The thread serves other people's requests next.
                timezone.deactivate()

        return answer

    return decorate


def prepared(request: HttpRequest) -> StaffRequest:
    """Return the request with viewer, time and plants; the data base is asked once a request."""
    asked = cast(StaffRequest, request)
    if not hasattr(asked, "viewer"):
        asked.viewer = viewer_of(cast(User, request.user))
        asked.now = timezone.now()
        asked.sites = tuple(load_sites(viewer=asked.viewer))
        use_site(asked, request.GET.get("plant", ""))
    return asked


def use_site(request: StaffRequest, code: str) -> None:
    """Show times in the zone of this plant; an unknown one leaves the viewer's first."""
    chosen = [site for site in request.sites if site.code == code]
    request.chosen_site = next(iter(chosen or request.sites), None)
    if request.chosen_site is not None:
        timezone.activate(ZoneInfo(request.chosen_site.timezone))
