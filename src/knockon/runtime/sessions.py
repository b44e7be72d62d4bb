"""What the live stream asks the data base: who a session is, and what happened since."""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from knockon.apps.accounts.models import User
from knockon.apps.accounts.selectors import viewer_of
from knockon.apps.journal.bus import live_note
from knockon.apps.journal.selectors import load_events_after
from knockon.domain.access import Right

_sessions = import_module(settings.SESSION_ENGINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What a session may hear: the plants it may look at, None for all."""

    actor: str
    plants: frozenset[str] | None


def seat_of(session_key: str) -> Seat | None:
    """Return what the session may hear; None when it is over or nobody is signed in."""
    request = HttpRequest()
    request.session = _sessions.SessionStore(session_key)
    user = get_user(request)
    if not isinstance(user, User) or not user.is_active:
        return None
    viewer = viewer_of(user)
    return Seat(actor=viewer.actor, plants=viewer.plants(Right.VIEW_BOARD))


def load_notes_after(after: tuple[int, int], *, limit: int) -> list[str]:
    """Return what pages were told of after a place in the journal, oldest first.

    Who was away for longer than the limit is told nothing: a page that comes back asks for
    everything it shows anyway.
    """
    position, number = after
    rows = list(
        load_events_after(position=position, number=number, limit=limit + 1).select_related("entry")
    )
    if len(rows) > limit:
        return []
    notes = (live_note(row, at=row.entry.recorded_at) for row in rows)
    return [note for note in notes if note is not None]
