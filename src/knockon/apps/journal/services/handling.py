"""Making each handler's effect on each event happen exactly once.

A run is planned with its event, claimed for a while, and its effect commits together with the
note that it is done. Whoever dies in between loses the claim, not the work; whoever fails five
times is put aside where people see it, and its neighbours go on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from procrastinate.contrib.django import app as jobs

from knockon.apps.journal.models import Event as EventRow
from knockon.apps.journal.models import HandlerRun
from knockon.domain.events import Event, event_from

__all__ = ["Claim", "carry_out", "claim_run", "note_failure", "plan_runs", "revive_run"]

MOST_ATTEMPTS = 5
# Longer than any handler needs; a worker that stalls beyond it finds that its claim is void.
_LEASE = timedelta(minutes=5)
_WAITS = (timedelta(seconds=1), timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2))
_LONGEST_ERROR = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to carry out a run; ``attempt`` makes an older claim void."""

    run_id: int
    handler: str
    attempt: int


def plan_runs(
    position: int, *, handlers: Mapping[str, Sequence[str]], now: datetime
) -> tuple[int, ...]:
    """Plan a run for each event of an entry and each handler of its name.

    Idempotent by (event, handler). Returns the runs that are not done, in the order of the events
    and, for each event, of its handlers.
    """
    events = list(EventRow.objects.filter(entry_id=position).order_by("number"))
    wanted = [(event, name) for event in events for name in handlers.get(event.name, ())]
    if not wanted:
        return ()
    HandlerRun.objects.bulk_create(
        (HandlerRun(event=event, handler=name, due_at=now) for event, name in wanted),
        ignore_conflicts=True,
    )
    waiting = {
        (event_id, name): run_id
        for run_id, event_id, name in HandlerRun.objects.filter(
            event__in=events, state=HandlerRun.State.WAITING
        ).values_list("pk", "event_id", "handler")
    }
    order = ((event.pk, name) for event, name in wanted)
    return tuple(waiting[key] for key in order if key in waiting)


def claim_run(run_id: int, *, now: datetime) -> Claim | None:
    """Take a waiting run for a while; None when it is done, put aside, or somebody has it.

    The attempt is counted before it is made, so that what kills the whole process is counted too.
    """
    with transaction.atomic():
        run = (
            HandlerRun.objects.select_for_update(skip_locked=True)
            .filter(pk=run_id, state=HandlerRun.State.WAITING, due_at__lte=now)
            .first()
        )
        if run is None:
            return None
        if run.attempts >= MOST_ATTEMPTS:
            run.state = HandlerRun.State.DEAD
            run.error = run.error or "The process ended while carrying this out."
            run.save(update_fields=["state", "error"])
            return None
        run.attempts += 1
        run.due_at = now + _LEASE
        run.save(update_fields=["attempts", "due_at"])
    return Claim(run_id=run_id, handler=run.handler, attempt=run.attempts)


def carry_out(claim: Claim, *, handler: Callable[[Event], None], now: datetime) -> bool:
    """Run the handler and note that it is done, in one transaction; False if the claim is void.

    Whatever the handler raises is raised, and nothing of it is kept.
    """
    with transaction.atomic():
        run = (
            HandlerRun.objects.select_for_update(of=("self",))
            .select_related("event")
            .filter(pk=claim.run_id, state=HandlerRun.State.WAITING, attempts=claim.attempt)
            .first()
        )
        if run is None:
            return False
        handler(event_from(run.event.name, run.event.payload))
        run.state = HandlerRun.State.DONE
        run.done_at = now
        run.error = ""
        run.save(update_fields=["state", "done_at", "error"])
    return True


def note_failure(claim: Claim, *, error: str, now: datetime) -> datetime | None:
    """Note why an attempt failed and plan the next; None when there is none.

    The next attempt is a job of its own, so that nothing waits behind it.
    """
    with transaction.atomic():
        run = (
            HandlerRun.objects.select_for_update()
            .filter(pk=claim.run_id, state=HandlerRun.State.WAITING, attempts=claim.attempt)
            .first()
        )
        if run is None:
            return None
        run.error = error.replace("\x00", "")[:_LONGEST_ERROR]
        if run.attempts >= MOST_ATTEMPTS:
            run.state = HandlerRun.State.DEAD
        else:
            run.due_at = now + _WAITS[min(run.attempts, len(_WAITS)) - 1]
            jobs.configure_task("retry_run", queue="retries", schedule_at=run.due_at).defer(
                run_id=run.pk
            )
        run.save(update_fields=["error", "state", "due_at"])
    return None if run.state == HandlerRun.State.DEAD else run.due_at


def revive_run(run_id: int, *, now: datetime) -> bool:
    """Give a run that was put aside new attempts; return whether it was put aside."""
    with transaction.atomic():
        found = HandlerRun.objects.filter(pk=run_id, state=HandlerRun.State.DEAD).update(
            state=HandlerRun.State.WAITING, attempts=0, due_at=now
        )
        if found:
            jobs.configure_task("retry_run", queue="retries").defer(run_id=run_id)
    return bool(found)
