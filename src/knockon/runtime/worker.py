"""The process that carries out jobs: handlers, sending, timers, upkeep."""

import asyncio
import logging
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from procrastinate import App
from procrastinate.contrib.django import app as jobs
from procrastinate.contrib.django.django_connector import DjangoConnector

from knockon.domain.errors import KnockonError
from knockon.runtime import tasks
from knockon.runtime.lifeline import wait_for_end
from knockon.runtime.warming import warm_up

logger = logging.getLogger(__name__)

# Jobs that are there wake a worker by NOTIFY; only scheduled ones wait for a look at the table.
_LOOK_EVERY_S = 1.0
_LAST_JOBS_S = 20.0
# Work begins at once; only being called ready waits so long for the engine to be warm.
_WARM_WITHIN_S = 8.0


class WorkerStopped(KnockonError):
    """A lane of the worker ended by itself, mostly because the data base went away."""

    code = "worker_stopped"

    def __init__(self, *, lane: str) -> None:
        super().__init__(lane=lane)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Queues that share some threads; a slow lane never holds up another."""

    name: str
    queues: tuple[str, ...]
    concurrency: int


LANES = (
    Lane(name="events", queues=("events",), concurrency=2),
    Lane(name="sending", queues=("sending",), concurrency=4),
    Lane(name="soon", queues=("signals", "timers"), concurrency=2),
    Lane(name="imports", queues=("imports",), concurrency=2),
    Lane(name="sealing", queues=("sealing",), concurrency=1),
    Lane(name="later", queues=("retries", "upkeep"), concurrency=2),
)


def run_worker(*, lifeline: int | None = None, on_ready: Callable[[], None] | None = None) -> None:
    """Carry out jobs until told to stop; running jobs are finished first.

    Raises
    ------
    WorkerStopped
        Something ended that should not; start the process again.
    """
    asyncio.run(_run(lifeline=lifeline, on_ready=on_ready))


async def _run(*, lifeline: int | None, on_ready: Callable[[], None] | None) -> None:
    # Importing the jobs registered them; the web process knows them by name only.
    logger.debug("The worker knows the jobs of %s.", tasks.__name__)
    app = jobs.with_connector(cast("DjangoConnector", jobs.connector).get_worker_connector())
    async with app.open_async():
        lanes = {asyncio.create_task(_lane(app, lane), name=lane.name): lane.name for lane in LANES}
        warming = asyncio.create_task(asyncio.to_thread(warm_up))
        end = asyncio.create_task(wait_for_end(lifeline, signals=(signal.SIGINT, signal.SIGTERM)))
        await asyncio.wait(
            {warming, end, *lanes},
            timeout=_WARM_WITHIN_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if on_ready is not None:
            on_ready()
        logger.info("The worker listens on %s lanes of %s.", len(LANES), settings.BASE_URL)
        done, _ = await asyncio.wait({end, *lanes}, return_when=asyncio.FIRST_COMPLETED)
        end.cancel()
        await asyncio.wait({warming})
        for task in lanes:
            task.cancel()
        outcomes = await asyncio.gather(*lanes, return_exceptions=True)
    broken = [task for task in done if task in lanes]
    if broken:
        cause = next((item for item in outcomes if isinstance(item, Exception)), None)
        raise WorkerStopped(lane=lanes[broken[0]]) from cause


async def _lane(app: App, lane: Lane) -> None:
    await app.run_worker_async(
        queues=list(lane.queues),
        name=lane.name,
        concurrency=lane.concurrency,
        fetch_job_polling_interval=_LOOK_EVERY_S,
        shutdown_graceful_timeout=_LAST_JOBS_S,
        delete_jobs="successful",
        install_signal_handlers=False,
    )
