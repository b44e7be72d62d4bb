"""Lots: where material came from and where it went."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router

from knockon.api.v1.asking import asker
from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.production.selectors import resolve_lot
from knockon.domain.access import Right
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import gap_row, lot_row, path_rows

router = Router(tags=["lots"])


@router.get("/{issuer}/{item}/{lot}/trace")
def trace(
    request: HttpRequest,
    issuer: str,
    item: str,
    lot: str,
    direction: Literal["forward", "backward"] = "forward",
    limit: int = 1000,
) -> dict[str, Any]:
    """Return every lot that holds material of this one, or of which it is made.

    ``-`` for issuer or item means that it is not known.
    """
    viewer = asker(request)
    viewer.require(Right.VIEW_LOTS)
    named = LotKey(*("" if part == "-" else part for part in (issuer, item, lot)))
    key = resolve_lot(named, viewer=viewer)
    found = trace_lot(
        key, is_forward=direction == "forward", viewer=viewer, limit=max(1, min(limit, 100_000))
    )
    return {
        "issuer": key.issuer,
        "item": key.item,
        "lot": key.lot,
        "direction": direction,
        "lots": [{**lot_row(each.lot), "path": path_rows(each.path)} for each in found.lots],
        "is_whole": found.is_whole,
        "elsewhere": found.elsewhere,
        "snapshot": str(found.snapshot),
        "gaps": [gap_row(gap) for gap in found.gaps],
    }
