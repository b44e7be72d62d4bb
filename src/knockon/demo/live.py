"""Playing the digital factory: it sends what a real plant sends, by the same doors.

The plant's clock starts before its trouble and runs fast until it has caught up with ours: the
machines have a past, the trouble comes while somebody looks on, and from then on both clocks run
together. No signal is ever from the future.
"""

import heapq
import http.client
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from knockon.demo.loading import LoadedStory, case_of, import_records
from knockon.demo.simulation.live import signals, standing
from knockon.demo.simulation.truth import SignalRecord, SimulatedCase

logger = logging.getLogger(__name__)

_PATH = "/api/v1/signals"
# Time to sign in and look at a quiet board, before the first story and before each other.
_FIRST_QUIET = timedelta(seconds=30)
_NEXT_QUIET = timedelta(seconds=45)
_PIECE = timedelta(minutes=10)
_STALE_AFTER = timedelta(hours=2)
_LARGEST_BATCH = 500
_BREATH_S = 0.2
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """How a plant's rows leave it.

    Parameters
    ----------
    url
        Address of the instance.
    token_of
        Gives the key of a plant's gateway.
    folder
        Where lists are laid before they are imported.
    clock
        The present.
    """

    url: str
    token_of: Callable[[str], str]
    folder: Path
    clock: Callable[[], datetime]


def play(
    plans: Sequence[LoadedStory],
    *,
    player: Player,
    speed: float,
    is_over: Callable[[], bool],
) -> None:
    """Send what the stories' plants send, each at its time, until it is over.

    Parameters
    ----------
    plans
        The stories, loaded.
    player
        How rows leave.
    speed
        How much faster than ours the plants' clocks run until they have caught up.
    is_over
        Asked now and then.
    """
    started = player.clock()
    streams = [
        _timed(plan, started=started, speed=speed, quiet=_FIRST_QUIET + number * _NEXT_QUIET)
        for number, plan in enumerate(plans)
    ]
    due = heapq.merge(*streams, key=lambda row: row.at)
    batch: list[_Timed] = []
    for row in due:
        while not is_over() and (row.at > player.clock() or len(batch) >= _LARGEST_BATCH):
            _send(batch, player=player, is_over=is_over)
            batch = []
            pause = (row.at - player.clock()).total_seconds()
            time.sleep(min(max(pause, 0.0), _BREATH_S))
        if is_over():
            return
        batch.append(row)


@dataclass(frozen=True, slots=True)
class _Timed:
    """A row and when, by our clock, it leaves the plant."""

    at: datetime
    case: SimulatedCase
    record: SignalRecord


def _timed(
    plan: LoadedStory, *, started: datetime, speed: float, quiet: timedelta
) -> Iterator[_Timed]:
    case = case_of(plan)
    clock = _FastClock(
        begins=case.now - quiet * speed if _is_new(case, started) else started,
        started=started,
        speed=speed,
    )
    start = clock.begins
    for record in standing(case, at=start):
        yield _Timed(clock.ours(record.at), case, record)
    while True:
        end = start + _PIECE
        for record in signals(case, start=start, end=end):
            yield _Timed(clock.ours(record.at), case, record)
        start = end


def _is_new(case: SimulatedCase, started: datetime) -> bool:
    """Whether the trouble is so recent that it was not played before."""
    return started - case.now < _STALE_AFTER


@dataclass(frozen=True, slots=True, kw_only=True)
class _FastClock:
    """The plant's clock: it begins in the past and runs fast until it has caught up with ours."""

    begins: datetime
    started: datetime
    speed: float

    def ours(self, at: datetime) -> datetime:
        """Return when, by our clock, the plant's clock shows an instant."""
        return max(at, self.started + (at - self.begins) / self.speed)


def _send(batch: Sequence[_Timed], *, player: Player, is_over: Callable[[], bool]) -> None:
    for plant in dict.fromkeys(row.case.plant for row in batch):
        rows = [row for row in batch if row.case.plant == plant]
        messages = [dict(row.record.row) for row in rows if row.record.table == "signals"]
        while messages and not is_over() and not _post(messages, plant=plant, player=player):
            # A real gateway keeps what it could not deliver and tries again.
            time.sleep(_PATIENCE_S)
        _import_lists(rows, plant=plant, player=player)


def _import_lists(rows: Sequence[_Timed], *, plant: str, player: Player) -> None:
    lists: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row.record.table != "signals":
            lists.setdefault(row.record.table, []).append(dict(row.record.row))
    for table, records in lists.items():
        now = player.clock()
        folder = player.folder / plant / now.strftime("%Y%m%dT%H%M%S")
        import_records(table, records, plant=plant, folder=folder, now=now)


def _post(messages: list[dict[str, str]], *, plant: str, player: Player) -> bool:
    address = urlsplit(player.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
    try:
        connection.request(
            "POST",
            _PATH,
            body=json.dumps(messages),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {player.token_of(plant)}",
            },
        )
        answer = connection.getresponse()
        text = answer.read().decode()
    except OSError as error:
        logger.warning("The demo plant cannot reach %s: %s", player.url, error)
        return False
    finally:
        connection.close()
    if answer.status == 200 and not json.loads(text)["refused"]:
        return True
    logger.warning("The demo plant was answered %s: %s", answer.status, text[:500])
    # What is refused for its content would be refused again.
    return answer.status not in {401, 429, 500, 503}


def system_clock() -> datetime:
    """Return the present instant."""
    return datetime.fromtimestamp(time.time(), tz=UTC)
