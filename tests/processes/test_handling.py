"""Handlers: each effect once, and nobody waits for one that fails."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from django.db.models import F
from procrastinate.contrib.django import app as jobs

from knockon.apps.accounts.models import Site
from knockon.apps.journal.bus import recording
from knockon.apps.journal.models import Event, HandlerRun, Timer
from knockon.apps.journal.selectors import load_dead_runs, load_due_runs
from knockon.apps.journal.services.handling import carry_out, claim_run, plan_runs, revive_run
from knockon.apps.journal.services.timers import cancel_timer, fire_due_timers, set_timer
from knockon.domain.events import DisruptionOpened, DisruptionRevised
from knockon.runtime import tasks
from knockon.runtime.handling import dispatch_entry, perform
from knockon.runtime.worker import LANES
from tests.processes.serving import now


class Broken(Exception):
    """What a handler may raise."""


def opened(plant: str, *, number: int = 1) -> int:
    """Record an entry with two events and return its position."""
    with recording(actor="test", action="opened", now=now(), plant=plant) as entry:
        entry.publish(
            DisruptionOpened(disruption_id=number, plant=plant, kind="equipment", severity="S2"),
            DisruptionRevised(disruption_id=number, plant=plant),
        )
    return entry.position


def count_it(event: DisruptionOpened, *, now: datetime) -> None:
    """Add one to a number in the data base: an effect that shows when it happens twice."""
    Site.objects.filter(code=event.plant).update(materiality_s=F("materiality_s") + 1)


def fail_first(event: DisruptionOpened, *, now: datetime) -> None:
    """Fail for the disruption with the number 13, after having written."""
    count_it(event, now=now)
    if event.disruption_id == 13:
        raise Broken(event.disruption_id)


def effects(plant: str) -> int:
    return Site.objects.get(code=plant).materiality_s - 60


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_handlers(*handlers: Callable[..., None]) -> None:
        table = ((DisruptionOpened, handlers), (DisruptionRevised, ()))
        monkeypatch.setattr("knockon.wiring.HANDLERS", table)

    return set_handlers


def in_threads(count: int, work: Callable[[], object]) -> None:
    def call() -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        for done in [pool.submit(call) for _ in range(count)]:
            done.result()


def test_an_entry_dispatched_again_and_again_has_one_effect(
    plant: str, wire: Callable[..., None]
) -> None:
    wire(count_it)
    position = opened(plant)

    for _ in range(3):
        dispatch_entry(position)
    in_threads(4, lambda: dispatch_entry(position))

    assert effects(plant) == 1
    assert HandlerRun.objects.get(event__entry=position).state == "done"


def test_four_at_once_have_one_effect_each(plant: str, wire: Callable[..., None]) -> None:
    wire(count_it)
    positions = [opened(plant, number=number) for number in range(10)]

    def all_of_them() -> None:
        for position in positions:
            dispatch_entry(position)

    in_threads(4, all_of_them)

    done = HandlerRun.objects.filter(event__entry__in=positions)
    assert set(done.values_list("state", "attempts")) == {("done", 1)}
    assert done.count() == 10


def test_one_that_fails_leaves_no_trace_and_holds_up_nobody(
    plant: str, wire: Callable[..., None]
) -> None:
    wire(fail_first)
    positions = [opened(plant, number=number) for number in range(20)]

    for position in positions:
        dispatch_entry(position)

    assert effects(plant) == 19
    failed = HandlerRun.objects.get(event__entry__in=positions, state="waiting")
    assert "Broken: 13" in failed.error
    assert now() < failed.due_at < now() + timedelta(seconds=3)


def test_what_fails_five_times_is_put_aside_and_can_be_taken_up_again(
    plant: str, wire: Callable[..., None]
) -> None:
    wire(fail_first)
    position = opened(plant, number=13)
    dispatch_entry(position)
    run = HandlerRun.objects.get(event__entry=position)

    for _ in range(6):
        HandlerRun.objects.filter(pk=run.pk, state="waiting").update(due_at=now())
        perform(run.pk)

    run.refresh_from_db()
    assert (run.state, run.attempts) == ("dead", 5)
    assert run in load_dead_runs()

    wire(count_it)
    HandlerRun.objects.filter(pk=run.pk).update(handler="tests.count_it")
    assert revive_run(run.pk, now=now())
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("waiting", 0)


def test_a_crash_in_the_middle_counts_as_an_attempt(plant: str, wire: Callable[..., None]) -> None:
    wire(count_it)
    position = opened(plant)
    (run_id,) = plan_runs(position, handlers={"DisruptionOpened": ("x",)}, now=now())

    for _ in range(5):
        HandlerRun.objects.filter(pk=run_id).update(due_at=now())
        assert claim_run(run_id, now=now()) is not None
        # Here the process dies: nobody notes anything.
        assert claim_run(run_id, now=now()) is None

    HandlerRun.objects.filter(pk=run_id).update(due_at=now())
    assert claim_run(run_id, now=now()) is None
    assert HandlerRun.objects.get(pk=run_id).state == "dead"


def test_who_was_overtaken_while_stalled_changes_nothing(
    plant: str, wire: Callable[..., None]
) -> None:
    position = opened(plant)
    (run_id,) = plan_runs(position, handlers={"DisruptionOpened": ("x",)}, now=now())
    stalled = claim_run(run_id, now=now())
    HandlerRun.objects.filter(pk=run_id).update(due_at=now())
    fresh = claim_run(run_id, now=now())
    assert stalled is not None
    assert fresh is not None

    def effect(event: object) -> None:
        count_it(event, now=now())  # type: ignore[arg-type]

    assert not carry_out(stalled, handler=effect, now=now())
    assert carry_out(fresh, handler=effect, now=now())
    assert not carry_out(fresh, handler=effect, now=now())

    assert effects(plant) == 1


def test_a_failing_job_and_one_due_tomorrow_hold_up_none_of_a_hundred(
    plant: str, wire: Callable[..., None]
) -> None:
    wire(fail_first)
    opened(plant, number=13)
    jobs.configure_task("retry_run", queue="retries", schedule_at=now() + timedelta(days=1)).defer(
        run_id=0
    )
    positions = [opened(plant, number=100 + number) for number in range(100)]

    work_off_jobs()

    assert effects(plant) == 100
    done = HandlerRun.objects.filter(event__entry__in=positions, state="done")
    assert done.count() == 100


def test_a_job_whose_worker_died_is_done_by_another(plant: str, wire: Callable[..., None]) -> None:
    wire(count_it)
    position = opened(plant)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = NULL"
            " WHERE task_name = 'dispatch' AND (args->>'position')::bigint = %s",
            [position],
        )
    work_off_jobs()
    assert effects(plant) == 0

    tasks.retry_stalled.defer(timestamp=0)
    work_off_jobs()
    work_off_jobs()

    assert effects(plant) == 1


def test_an_entry_whose_job_was_lost_is_found(plant: str, wire: Callable[..., None]) -> None:
    wire(count_it)
    long_ago = now() - timedelta(minutes=5)
    with recording(actor="test", action="opened", now=long_ago, plant=plant) as entry:
        entry.publish(
            DisruptionOpened(disruption_id=1, plant=plant, kind="equipment", severity="S2")
        )
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")

    tasks.sweep(timestamp=0)

    assert effects(plant) == 1


def test_runs_that_wait_for_their_time_are_left_alone(
    plant: str, wire: Callable[..., None]
) -> None:
    wire(fail_first)
    dispatch_entry(opened(plant, number=13))
    run = HandlerRun.objects.get(event__plant=plant)
    HandlerRun.objects.filter(pk=run.pk).update(due_at=now() + timedelta(days=1))

    perform(run.pk)

    run.refresh_from_db()
    assert run.attempts == 1
    assert run.pk not in load_due_runs(now=now())


def test_a_timer_fires_once_however_many_try(plant: str) -> None:
    for number in range(10):
        due_at = now() - timedelta(seconds=1)
        set_timer("remind", subject=f"{plant}:{number}", due_at=due_at, plant=plant)
    set_timer("remind", subject=f"{plant}:later", due_at=now() + timedelta(days=1), plant=plant)
    set_timer("remind", subject=f"{plant}:never", due_at=now(), plant=plant)
    cancel_timer("remind", subject=f"{plant}:never", now=now())

    in_threads(4, lambda: fire_due_timers(now=now()))

    fired = Event.objects.filter(name="TimerFired", plant=plant)
    assert fired.count() == 10
    assert Timer.objects.get(subject=f"{plant}:later").fired_at is None


def test_setting_a_timer_again_moves_it(plant: str) -> None:
    set_timer("remind", subject=plant, due_at=now(), plant=plant)
    set_timer("remind", subject=plant, due_at=now() + timedelta(hours=1), plant=plant)

    assert fire_due_timers(now=now()) == 0
    assert Timer.objects.filter(subject=plant).count() == 1


def work_off_jobs() -> None:
    """Run a real worker over all lanes until nothing that is due is left."""

    def close_after(call_next: Callable[[], Any], *_: object) -> Any:
        try:
            return call_next()
        finally:
            connections.close_all()

    async def run() -> None:
        app = jobs.with_connector(jobs.connector.get_worker_connector())
        async with app.open_async():
            await app.run_worker_async(
                queues=[queue for lane in LANES for queue in lane.queues],
                concurrency=4,
                wait=False,
                install_signal_handlers=False,
                listen_notify=False,
                delete_jobs="successful",
                task_middleware=[close_after],
            )
        # The thread in which periodic jobs are deferred keeps a connection of its own.
        await sync_to_async(connections.close_all)()

    in_threads(1, lambda: asyncio.run(run()))
