"""One PostgreSQL cluster per home: made, started, shared, revived and stopped.

Life of the server
------------------
Every process that uses a home holds a share in a lock file. The first one starts the server,
later ones join it, and the last one to leave stops it. A process that dies by ``kill -9`` cannot
stop anything: its share falls back to the kernel, the server stays up, and the next process
adopts it and stops it when it leaves. No process ever trusts ``postmaster.pid`` by itself.
"""

import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from knockon.domain.errors import KnockonError
from knockon.domain.reasons import Reason
from knockon.runtime.embedded import locks, places, postmaster
from knockon.runtime.embedded.accounts import run_as
from knockon.runtime.embedded.binaries import Binaries, find_binaries, reachable_binaries
from knockon.runtime.embedded.checks import check_database
from knockon.runtime.embedded.creation import DATABASE, check_version, create_data, create_database
from knockon.runtime.embedded.places import Place
from knockon.runtime.embedded.server_settings import (
    APP_ROLE,
    PORT,
    SUPERUSER,
    write_settings,
)

Progress = Callable[[Reason], None]

_LOCK_TIMEOUT_S = 300.0
# Recovery after a crash replays at most `max_wal_size`; a slow disk may need minutes for it.
_START_TIMEOUT_S = 600.0
# A server that calls itself ready answers at once, or will not let us in at all.
_READY_TIMEOUT_S = 30.0
_START_NOTE_S = 5
_STOP_TIMEOUT_S = 60.0
_ANSWER_TIMEOUT_S = 5
_TAIL_BYTES = 4_000


class StartFailed(KnockonError):
    """The server did not come up."""

    code = "database_start_failed"

    def __init__(self, *, path: Path, log: Path, output: str) -> None:
        super().__init__(path=str(path), log=str(log), output=output)


class StopFailed(KnockonError):
    """The server did not go down."""

    code = "database_stop_failed"

    def __init__(self, *, path: Path, pid: int) -> None:
        super().__init__(path=str(path), pid=pid)


class ClusterState(StrEnum):
    """What the cluster is doing at this moment."""

    ABSENT = "absent"
    STOPPED = "stopped"
    RUNNING = "running"
    UNRESPONSIVE = "unresponsive"


def silent(_note: Reason) -> None:
    """Tell nobody."""


class Cluster:
    """The PostgreSQL of one home.

    Parameters
    ----------
    home
        Folder of the instance; the data go to ``<home>/data/pg`` unless nobody can serve them
        there, and then ``<home>/data/pg.location`` says where they are.
    bin_dir
        Programs of a system PostgreSQL; None means those that came with Knockon.
    account
        Account that serves when we are root; None means the first of the usual ones.
    progress
        Hears what takes time, as codes.
    """

    def __init__(
        self,
        home: Path,
        *,
        bin_dir: Path | None = None,
        account: str | None = None,
        progress: Progress = silent,
    ) -> None:
        self.home = home.absolute()
        self._bin_dir = bin_dir
        self._account = account
        self._progress = progress
        self._place: Place | None = None
        self._binaries: Binaries | None = None
        self._share: int | None = None
        self._refusal = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def place(self) -> Place:
        """The folders of the cluster; looking makes them."""
        if self._place is None:
            self._place = places.locate(self.home, preferred_account=self._account)
        return self._place

    @property
    def binaries(self) -> Binaries:
        """The programs of the cluster, ``pg_dump`` and ``pg_restore`` among them."""
        if self._binaries is None:
            self._binaries = reachable_binaries(
                find_binaries(self._bin_dir),
                account=self.place.account,
                shared_root=places.SHARED_ROOT,
            )
        return self._binaries

    def dsn(self, *, database: str = DATABASE, role: str = APP_ROLE) -> str:
        """Return the address of a data base in the cluster, as a URL."""
        socket_dir, port = self.place.socket_dir, PORT
        noted = postmaster.read_pid_file(self.place.data)
        if noted is not None and noted.socket_dir and noted.port:
            # A server that runs says itself where; it may be older than our settings.
            socket_dir, port = noted.socket_dir, noted.port
        return f"postgresql://{role}@/{database}?host={quote(str(socket_dir))}&port={port}"

    def status(self) -> ClusterState:
        """Return what the cluster is doing, asking the server itself."""
        if not (self.place.data / "PG_VERSION").exists():
            return ClusterState.ABSENT
        if self._answers():
            return ClusterState.RUNNING
        alive = postmaster.live_postmaster(self.place.data)
        return ClusterState.UNRESPONSIVE if alive else ClusterState.STOPPED

    def start(self) -> str:
        """Make the cluster if it is new, start it unless it runs, and return its address.

        Calling it again is cheap, and revives a server that was killed meanwhile.

        Raises
        ------
        KnockonError
            One of the typed errors of this package; nothing keeps running that was not before.
        """
        with self._alone():
            had_share = self._share is not None
            if self._share is None:
                self._share = locks.hold_shared(self._users_lock)
            try:
                self._bring_up()
                check_database(self.dsn())
            except BaseException:
                if not had_share:
                    self._leave()
                raise
        return self.dsn()

    def stop(self) -> bool:
        """Give up our use of the server, stop it if nobody else uses it, return whether it did.

        Raises
        ------
        StopFailed
            The server survives its orders to stop.
        """
        if self._share is None:
            return False
        with self._alone():
            return self._leave()

    @property
    def _users_lock(self) -> Path:
        return places.home_folder(self.home) / "pg.users"

    def _alone(self) -> AbstractContextManager[None]:
        return locks.exclusive(
            places.home_folder(self.home) / "pg.lock",
            timeout_s=_LOCK_TIMEOUT_S,
            on_wait=lambda: self._progress(Reason(code="database_waiting_for_other_process")),
        )

    def _leave(self) -> bool:
        if self._share is not None:
            locks.release(self._share)
            self._share = None
        if not locks.is_unshared(self._users_lock):
            return False
        return self._end_server()

    def _end_server(self) -> bool:
        data = self.place.data
        process = postmaster.live_postmaster(data)
        if process is None:
            return False
        if not postmaster.end_postmaster(data, timeout_s=_STOP_TIMEOUT_S):
            raise StopFailed(path=data, pid=process.pid)
        return True

    def _bring_up(self) -> None:
        if not self._answers():
            self._start_server()
        create_database(self.dsn(database="postgres", role=SUPERUSER))

    def _start_server(self) -> None:
        place = self.place
        if not (place.data / "PG_VERSION").exists():
            self._progress(Reason(code="database_initialising", params={"path": str(place.data)}))
            create_data(place, binaries=self.binaries)
            places.remember(self.home, place)
        check_version(place, binaries=self.binaries)
        if postmaster.live_postmaster(place.data) is None:
            postmaster.clear_remains(place.data, socket_dir=place.socket_dir)
            write_settings(place.data, place=place)
            self._launch()
        self._await_answer()

    def _launch(self) -> None:
        place = self.place
        self._progress(Reason(code="database_starting", params={"path": str(place.data)}))
        answer = run_as(
            place.account,
            [
                self.binaries.program("pg_ctl"),
                "start",
                f"--pgdata={place.data}",
                f"--log={self._start_log}",
                "--wait",
                f"--timeout={_START_NOTE_S}",
                "--silent",
            ],
            timeout_s=_START_NOTE_S + 60,
        )
        # pg_ctl fails also when the server is alive and recovering: then we wait on.
        if answer.returncode != 0 and postmaster.live_postmaster(place.data) is None:
            raise self._start_failed(answer.stdout)

    def _await_answer(self) -> None:
        started = time.monotonic()
        next_note_s = float(_START_NOTE_S)
        while not self._answers():
            waited_s = time.monotonic() - started
            noted = postmaster.read_pid_file(self.place.data)
            limit_s = _READY_TIMEOUT_S if noted and noted.is_ready else _START_TIMEOUT_S
            if postmaster.live_postmaster(self.place.data) is None or waited_s > limit_s:
                raise self._start_failed(self._refusal)
            if waited_s > next_note_s:
                self._progress(
                    Reason(code="database_recovering", params={"waited_s": round(waited_s)})
                )
                next_note_s += _START_NOTE_S
            time.sleep(0.05)

    @property
    def _start_log(self) -> Path:
        return self.place.base / "log" / "start.log"

    def _start_failed(self, output: str) -> StartFailed:
        logs = sorted(
            (self.place.base / "log").glob("*.log"), key=lambda path: path.stat().st_mtime
        )
        tails = "\n".join(_tail(path) for path in logs[-2:])
        return StartFailed(
            path=self.place.data, log=self._start_log, output=f"{output}\n{tails}".strip()
        )

    def _answers(self) -> bool:
        try:
            with psycopg.connect(
                self.dsn(database="postgres", role=SUPERUSER), connect_timeout=_ANSWER_TIMEOUT_S
            ) as connection:
                row = connection.execute("SELECT current_setting('data_directory')").fetchone()
        except psycopg.OperationalError as error:
            self._refusal = str(error).strip()
            return False
        return row is not None and os.path.realpath(row[0]) == os.path.realpath(self.place.data)


def _tail(path: Path) -> str:
    text = path.read_bytes()[-_TAIL_BYTES:]
    return text.decode("utf-8", errors="replace").strip()
