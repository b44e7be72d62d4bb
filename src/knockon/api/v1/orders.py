"""Orders: why one is hit, or why it is not."""

from typing import Any

from django.http import HttpRequest
from ninja import Router

from knockon.apps.disruptions.answers import why

router = Router(tags=["orders"])


@router.get("/{order}/lines/{line}/why")
def reason(
    request: HttpRequest, order: str, line: str, disruption: int, plant: str = ""
) -> dict[str, Any]:
    """Say why a disruption hits an order line, or what was checked to say that it does not."""
    viewer = request.auth  # type: ignore[attr-defined]  # set by the authentication
    return why(disruption, order=order, line=line, plant=plant, viewer=viewer)
