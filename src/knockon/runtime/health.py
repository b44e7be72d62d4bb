"""Whether everything that should have been done by now is done."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import DatabaseError, InterfaceError, connection

import knockon
from knockon.apps.disruptions.answers.pictures import segment_store
from knockon.apps.journal.selectors import Backlog, age_s, load_backlog
from knockon.apps.journal.services.watching import overdue_parts
from knockon.apps.production.segments.sealing import refused_segments
from knockon.apps.response.services.queueing import oldest_due_at

# A worker says every ten seconds that it lives.
_WORKER_SILENCE_S = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The state of an instance; ``status`` is ``ok``, ``late`` (work waits too long) or ``down``.

    ``refused_segments`` counts sealed genealogies that are not used; answers come without them,
    only later.
    """

    status: str
    version: str
    database: bool
    workers: int
    overdue: tuple[str, ...] = ()
    backlog: Backlog | None = None
    refused_segments: int = 0

    def document(self) -> dict[str, object]:
        """Return the answer of ``/health``: no names, no addresses, no texts."""
        return asdict(self)


def load_health(*, now: datetime) -> Health:
    """Look at the data base and at what waits in it."""
    try:
        backlog = load_whole_backlog(now=now)
        workers = _workers()
    except (DatabaseError, InterfaceError):
        return Health(status="down", version=knockon.__version__, database=False, workers=0)
    overdue = overdue_parts(backlog)
    if workers == 0:
        overdue = (*overdue, "workers")
    return Health(
        status="late" if overdue else "ok",
        version=knockon.__version__,
        database=True,
        workers=workers,
        overdue=overdue,
        backlog=backlog,
        refused_segments=len(refused_segments(segment_store())),
    )


def load_whole_backlog(*, now: datetime) -> Backlog:
    """Return what waits in the journal, and the messages that wait to be sent."""
    return replace(
        load_backlog(now=now),
        messages_age_s=age_s(oldest_due_at(now=now), now=now),
    )


def _workers() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [_WORKER_SILENCE_S],
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0
