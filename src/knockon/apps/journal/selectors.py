"""Reading the journal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Max, Min, OuterRef, QuerySet

from knockon.apps.journal.models import Entry, Event, HandlerRun, Signal, Timer

# How far back the search for forgotten events goes, in entries.
_LOOK_BACK = 5_000
_HEARD_AMONG = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How old the oldest piece of unfinished work is, in seconds; None when nothing waits."""

    signals_age_s: int | None
    handlers_age_s: int | None
    timers_age_s: int | None
    messages_age_s: int | None = None
    dead_letters: int = 0


def latest_position() -> int:
    """Return the highest committed position; 0 before anything was recorded."""
    return Entry.objects.aggregate(last=Max("position"))["last"] or 0


def chain_at(position: int) -> str:
    """Return the chain value of an entry, which stands for everything recorded up to it.

    ``''`` before anything was recorded, and where the journal has no such entry.
    """
    found = Entry.objects.filter(position=position).values_list("chain", flat=True).first()
    return found or ""


def load_events_after(*, position: int, number: int, limit: int) -> QuerySet[Event]:
    """Return the next events in commit order after a cursor."""
    after = Event.objects.filter(entry_id__gt=position) | Event.objects.filter(
        entry_id=position, number__gt=number
    )
    return after.order_by("entry_id", "number")[:limit]


def load_backlog(*, now: datetime) -> Backlog:
    """Return what of the journal's work waits at this moment."""
    signals = Signal.objects.filter(handled_at=None).aggregate(first=Min("received_at"))
    runs = HandlerRun.objects.filter(state=HandlerRun.State.WAITING).aggregate(first=Min("due_at"))
    timers = Timer.objects.filter(fired_at=None, cancelled_at=None).aggregate(first=Min("due_at"))
    return Backlog(
        signals_age_s=age_s(signals["first"], now=now),
        handlers_age_s=age_s(runs["first"], now=now),
        timers_age_s=age_s(timers["first"], now=now),
        dead_letters=HandlerRun.objects.filter(state=HandlerRun.State.DEAD).count(),
    )


def age_s(since: datetime | None, *, now: datetime) -> int | None:
    """Return the age in whole seconds; None for nothing, 0 for what is not due yet."""
    return None if since is None else max(0, round((now - since).total_seconds()))


def load_due_runs(*, now: datetime, limit: int = 500) -> list[int]:
    """Return the waiting runs whose time has come, oldest first."""
    due = HandlerRun.objects.filter(state=HandlerRun.State.WAITING, due_at__lte=now)
    return list(due.order_by("due_at", "id").values_list("pk", flat=True)[:limit])


def load_forgotten_positions(
    names: Collection[str], *, now: datetime, older_than: timedelta
) -> list[int]:
    """Return recent entries with events of these names for which no run was ever planned."""
    events = Event.objects.filter(
        entry_id__gt=latest_position() - _LOOK_BACK,
        entry__recorded_at__lt=now - older_than,
        name__in=names,
    ).exclude(Exists(HandlerRun.objects.filter(event=OuterRef("pk"))))
    return sorted(set(events.values_list("entry_id", flat=True)))


def load_unhandled_signals(*, now: datetime, older_than: timedelta) -> tuple[int, int]:
    """Return the highest id and the number of signals that nobody has looked at yet."""
    waiting = Signal.objects.filter(handled_at=None, received_at__lt=now - older_than)
    found = waiting.aggregate(last=Max("id"))["last"]
    return (0, 0) if found is None else (found, waiting.count())


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A gateway that sent signals: when it was last heard, and how many came since a time."""

    plant: str
    source: str
    last_at: datetime
    count: int


def load_heard(*, plants: Collection[str] | None, since: datetime) -> list[Heard]:
    """Return the gateways of these plants (None: all) heard since then, by plant and name.

    Only the newest signals are looked at, so that the answer does not wait for a long history.
    """
    newest = Signal.objects.aggregate(last=Max("id"))["last"] or 0
    rows = Signal.objects.filter(id__gt=newest - _HEARD_AMONG, received_at__gte=since)
    if plants is not None:
        rows = rows.filter(plant__in=plants)
    found = rows.values("plant", "source").annotate(last=Max("received_at"), count=Count("id"))
    return [
        Heard(plant=row["plant"], source=row["source"], last_at=row["last"], count=row["count"])
        for row in found.order_by("plant", "source")
    ]


def load_dead_runs() -> QuerySet[HandlerRun]:
    """Return the runs that were put aside, newest first."""
    dead = HandlerRun.objects.filter(state=HandlerRun.State.DEAD).select_related("event__entry")
    return dead.order_by("-id")
