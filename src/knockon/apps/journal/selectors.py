"""Reading the journal."""

from django.db.models import Max, QuerySet

from knockon.apps.journal.models import Entry, Event


def latest_position() -> int:
    """Return the highest committed position; 0 before anything was recorded."""
    return Entry.objects.aggregate(last=Max("position"))["last"] or 0


def load_events_after(*, position: int, number: int, limit: int) -> QuerySet[Event]:
    """Return the next events in commit order after a cursor."""
    after = Event.objects.filter(entry_id__gt=position) | Event.objects.filter(
        entry_id=position, number__gt=number
    )
    return after.order_by("entry_id", "number")[:limit]
