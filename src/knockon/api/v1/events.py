"""Events in commit order, for programs that follow along."""

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from knockon.api.v1.asking import asker
from knockon.apps.journal.selectors import load_events_after
from knockon.domain.access import Right

router = Router(tags=["events"])
_PAGE = 500


class EventOut(Schema):
    """One event; its cursor is where the next request goes on."""

    cursor: str
    name: str
    plant: str
    data: dict[str, Any]


@router.get("", response=list[EventOut])
def listing(request: HttpRequest, cursor: str = "0.0") -> list[dict[str, Any]]:
    """Return the events after a cursor, in the order in which they were committed."""
    viewer = asker(request)
    viewer.require(Right.VIEW_BOARD)
    position, number = _read(cursor)
    rows = load_events_after(position=position, number=number, limit=_PAGE)
    plants = viewer.plants(Right.VIEW_BOARD)
    return [
        {
            "cursor": f"{row.entry_id}.{row.number}",
            "name": row.name,
            "plant": row.plant,
            "data": row.payload,
        }
        for row in rows
        if plants is None or row.plant in plants
    ]


def _read(cursor: str) -> tuple[int, int]:
    position, _, number = cursor.partition(".")
    if not (position.isdigit() and (number or "0").isdigit()):
        return 0, 0
    return int(position), int(number or 0)
