"""Every job there is. The only place that registers jobs and follows the map.

No job here carries a Procrastinate lock: a lock makes each later job wait for an earlier one, even
for one that is scheduled for tomorrow or fails for ever. What must not happen twice is held by
rows. Kinds of jobs that could hold each other up have queues, and so workers, of their own.
"""

import logging
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from procrastinate import JobContext
from procrastinate.contrib.django import app as jobs

from knockon import wiring
from knockon.apps.accounts.selectors import viewer_named
from knockon.apps.journal.selectors import (
    load_due_runs,
    load_forgotten_positions,
    load_unhandled_signals,
)
from knockon.apps.journal.services.timers import fire_due_timers
from knockon.apps.journal.services.watching import note_overdue
from knockon.apps.production.selectors import load_draft_owner
from knockon.apps.production.services import drafts
from knockon.apps.production.services.clocks import measure_clocks
from knockon.apps.response.services.delivery import due_message_ids
from knockon.domain.events import SignalsReceived
from knockon.ports.registry import load_connector
from knockon.runtime.channels import load_channels
from knockon.runtime.handling import dispatch_entry, perform
from knockon.runtime.health import load_whole_backlog
from knockon.runtime.sealing import seal_what_is_due
from knockon.runtime.sending import Sender

logger = logging.getLogger(__name__)

# A dispatch that has not begun after this long was lost, or the workers were down.
_FORGOTTEN_AFTER = timedelta(seconds=20)
_UNSEEN_AFTER = timedelta(seconds=2)
_STALLED_AFTER_S = 30
_KEEP_FAILED_JOBS_H = 7 * 24


@jobs.task(name="dispatch", queue="events")
def dispatch(position: int) -> None:
    """Wake everybody who listens to the events of an entry."""
    dispatch_entry(position)


@jobs.task(name="retry_run", queue="retries")
def retry_run(run_id: int) -> None:
    """Try one handler's work again."""
    perform(run_id)


@jobs.task(name="send_message", queue="sending")
def send_message(message_id: int) -> None:
    """Send one message."""
    _sender().send(message_id)


@jobs.task(name="read_draft", queue="imports")
def read_draft(draft_id: int) -> None:
    """Read the files that somebody dropped, and say what importing them would do."""
    now = datetime.now(UTC)
    try:
        drafts.read_draft(draft_id, connector=load_connector("tabular"), now=now)
    except Exception:
        drafts.give_up(draft_id, code="import_broken", now=now)
        raise


@jobs.task(name="import_draft", queue="imports")
def import_draft(draft_id: int) -> None:
    """Import what somebody dropped, as that person."""
    now = datetime.now(UTC)
    try:
        viewer = viewer_named(load_draft_owner(draft_id))
        connector = load_connector("tabular")
        drafts.import_draft(draft_id, connector=connector, viewer=viewer, now=now)
    except Exception:
        drafts.give_up(draft_id, code="import_broken", now=now)
        raise


@jobs.task(name="fire_timers", queue="timers")
def fire_timers() -> None:
    """Fire the timers whose time has come."""
    fire_due_timers(now=datetime.now(UTC))


@jobs.periodic(cron="* * * * *")
@jobs.task(name="fire_timers_again", queue="timers", queueing_lock="fire_timers_again")
def fire_timers_again(timestamp: int) -> None:
    """Fire timers whose own job was lost."""
    del timestamp
    fire_due_timers(now=datetime.now(UTC))


@jobs.periodic(cron="* * * * * */3")
@jobs.task(name="see_signals", queue="signals", queueing_lock="see_signals")
def see_signals(timestamp: int) -> None:
    """Look at what counts, measures and beats: signals that nobody was woken for."""
    del timestamp
    now = datetime.now(UTC)
    up_to, count = load_unhandled_signals(now=now, older_than=_UNSEEN_AFTER)
    if not count:
        return
    event = SignalsReceived(up_to=up_to, count=count)
    for handler in wiring.handlers_of(SignalsReceived):
        try:
            handler(event, now=now)
        except Exception:
            # The next look comes in three seconds; the watch says how old the oldest signal is.
            logger.exception("%s failed on signals that wait.", wiring.handler_name(handler))


@jobs.periodic(cron="* * * * *")
@jobs.task(name="sweep", queue="upkeep", queueing_lock="sweep")
def sweep(timestamp: int) -> None:
    """Take up what was left lying: forgotten entries, runs and messages that are due."""
    del timestamp
    now = datetime.now(UTC)
    names = wiring.names_by_event()
    for position in load_forgotten_positions(names, now=now, older_than=_FORGOTTEN_AFTER):
        dispatch_entry(position)
    for run_id in load_due_runs(now=now - _FORGOTTEN_AFTER):
        perform(run_id)
    for message_id in due_message_ids(now=now - _FORGOTTEN_AFTER):
        jobs.configure_task("send_message", queue="sending").defer(message_id=message_id)


@jobs.periodic(cron="* * * * * */15")
@jobs.task(name="watch", queue="upkeep", queueing_lock="watch")
def watch(timestamp: int) -> None:
    """Note and say loudly when work waits longer than it may."""
    del timestamp
    now = datetime.now(UTC)
    change = note_overdue(load_whole_backlog(now=now), now=now)
    if change.is_changed and change.overdue:
        logger.error("Work is overdue: %s.", ", ".join(change.overdue))
    elif change.is_changed:
        logger.warning("Nothing is overdue any more.")


@jobs.periodic(cron="* * * * * */20")
@jobs.task(name="retry_stalled", queue="upkeep", queueing_lock="retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Queue again the jobs whose worker died with them in hand."""
    del timestamp
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=_STALLED_AFTER_S):
        if job.id != context.job.id:
            logger.warning("Job %s was left by a dead worker and is queued again.", job.id)
            await manager.retry_job(job)


@jobs.periodic(cron="*/5 * * * *")
@jobs.task(name="look_at_clocks", queue="upkeep", queueing_lock="look_at_clocks")
def look_at_clocks(timestamp: int) -> None:
    """Note which machines' clocks are off, so that answers doubt the times they stamp."""
    del timestamp
    changed = measure_clocks(now=datetime.now(UTC))
    if changed:
        logger.warning("%d clocks are off by more or less than before.", changed)


@jobs.periodic(cron="* * * * *")
@jobs.task(name="seal_graphs", queue="sealing", queueing_lock="seal_graphs")
def seal_graphs(timestamp: int) -> None:
    """Lay down the genealogies whose facts changed."""
    del timestamp
    seal_what_is_due(now=datetime.now(UTC))


@jobs.periodic(cron="17 3 * * *")
@jobs.task(
    name="remove_old_jobs", queue="upkeep", queueing_lock="remove_old_jobs", pass_context=True
)
async def remove_old_jobs(context: JobContext, timestamp: int) -> None:
    """Forget jobs that ended long ago."""
    del timestamp
    await context.app.job_manager.delete_old_jobs(
        nb_hours=_KEEP_FAILED_JOBS_H,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )


@lru_cache(maxsize=1)
def _sender() -> Sender:
    return Sender(channels=load_channels(settings.KNOCKON_CHANNELS), base_url=settings.BASE_URL)
