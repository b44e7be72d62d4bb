"""Waiting for a time: rows, so that what waits survives restarts."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Timer
from knockon.domain.access import SYSTEM
from knockon.domain.events import TimerFired

__all__ = ["cancel_timer", "fire_due_timers", "set_timer"]


def set_timer(
    name: str,
    *,
    subject: str,
    due_at: datetime,
    plant: str = "",
    payload: Mapping[str, object] | None = None,
) -> Timer:
    """Wait until a time; a timer of the same name and subject that still waits is moved.

    Call it inside the transaction that makes the waiting necessary.
    """
    with transaction.atomic():
        timer, _is_new = Timer.objects.update_or_create(
            name=name,
            subject=subject,
            fired_at=None,
            cancelled_at=None,
            defaults={"due_at": due_at, "payload": {**(payload or {}), "plant": plant}},
        )
        jobs.configure_task("fire_timers", queue="timers", schedule_at=due_at).defer()
    return timer


def cancel_timer(name: str, *, subject: str, now: datetime) -> bool:
    """Stop waiting; return whether anything waited."""
    waiting = Timer.objects.filter(name=name, subject=subject, fired_at=None, cancelled_at=None)
    return bool(waiting.update(cancelled_at=now))


def fire_due_timers(*, now: datetime, limit: int = 100) -> int:
    """Publish ``TimerFired`` for each timer whose time has come; return how many.

    Each fires in its own transaction and once, however many processes try.
    """
    fired = 0
    while fired < limit and _fire_one(now=now):
        fired += 1
    return fired


def _fire_one(*, now: datetime) -> bool:
    with transaction.atomic():
        timer = (
            Timer.objects.select_for_update(skip_locked=True)
            .filter(due_at__lte=now, fired_at=None, cancelled_at=None)
            .order_by("due_at", "id")
            .first()
        )
        if timer is None:
            return False
        timer.fired_at = now
        timer.save(update_fields=["fired_at"])
        with recording(
            actor=SYSTEM.actor,
            action="timer_fired",
            now=now,
            plant=str(timer.payload.get("plant", "")),
            subject=timer.subject,
        ) as entry:
            entry.data.update(timer=timer.pk, name=timer.name)
            entry.publish(TimerFired(timer_id=timer.pk, name=timer.name, subject=timer.subject))
    return True
