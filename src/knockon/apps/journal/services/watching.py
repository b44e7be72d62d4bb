"""The watch over everything that should have been done by now."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Entry
from knockon.apps.journal.selectors import Backlog
from knockon.domain.access import SYSTEM

__all__ = ["OverdueChange", "note_overdue", "overdue_parts"]

# Beyond these nobody can call it "within a second" any more; each is far above a busy moment.
_LIMITS = {
    "signals": timedelta(seconds=60),
    "handlers": timedelta(seconds=60),
    "timers": timedelta(seconds=60),
    "messages": timedelta(minutes=5),
}
_SUBJECT = "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueChange:
    """What is overdue now, and whether that was noted before."""

    overdue: tuple[str, ...]
    is_changed: bool


def overdue_parts(backlog: Backlog) -> tuple[str, ...]:
    """Return the names of the parts whose oldest piece of work is too old."""
    ages = asdict(backlog)
    late = [
        name
        for name, limit in _LIMITS.items()
        if (ages[f"{name}_age_s"] or 0) > limit.total_seconds()
    ]
    return (*late, "dead_letters") if backlog.dead_letters else tuple(late)


def note_overdue(backlog: Backlog, *, now: datetime) -> OverdueChange:
    """Record when something becomes overdue or is so no longer.

    Idempotent by what the last such entry says.
    """
    overdue = overdue_parts(backlog)
    last = Entry.objects.filter(subject=_SUBJECT).order_by("-position").first()
    known = tuple(last.data.get("overdue", ())) if last else ()
    if overdue == known:
        return OverdueChange(overdue=overdue, is_changed=False)
    with recording(actor=SYSTEM.actor, action="watch_noted", now=now, subject=_SUBJECT) as entry:
        entry.data.update(overdue=list(overdue), **asdict(backlog))
    return OverdueChange(overdue=overdue, is_changed=True)
