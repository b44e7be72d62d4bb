"""Lots: where material came from and where it went."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from knockon.apps.disruptions.answers import trace_lot
from knockon.domain.facts import LotKey

router = Router(tags=["lots"])


@router.get("/{issuer}/{item}/{lot}/trace")
def trace(
    request: HttpRequest,
    issuer: str,
    item: str,
    lot: str,
    direction: Literal["forward", "backward"] = "forward",
) -> dict[str, Any]:
    """Return every lot that holds material of this one, or of which it is made; ``-`` is any."""
    viewer = request.auth  # type: ignore[attr-defined]  # set by the authentication
    named = LotKey(*("" if part == "-" else part for part in (issuer, item, lot)))
    return trace_lot(named, direction=direction, viewer=viewer)
