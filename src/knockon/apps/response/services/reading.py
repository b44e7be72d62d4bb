"""Marking messages as read."""

from datetime import datetime

from knockon.apps.response.selectors import load_inbox
from knockon.domain.access import Viewer


def mark_read(message_id: int | None, *, viewer: Viewer, now: datetime) -> int:
    """Mark one of the viewer's messages as read, or all of them; return how many were new."""
    rows = load_inbox(viewer=viewer).filter(read_at=None)
    if message_id is not None:
        rows = rows.filter(pk=message_id)
    return rows.update(read_at=now)
