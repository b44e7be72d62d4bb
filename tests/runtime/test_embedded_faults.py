"""The embedded data base when processes are killed, pids are reused, and several come at once."""

import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from knockon.domain.reasons import Reason
from knockon.runtime.embedded import cluster as cluster_module
from knockon.runtime.embedded import postmaster
from knockon.runtime.embedded.accounts import Account, run_as
from knockon.runtime.embedded.cluster import Cluster, ClusterState, StartFailed
from knockon.runtime.embedded.locks import LockTimeout, exclusive
from tests.runtime.support import finish, query, said, start_program, start_user

MakeCluster = Callable[..., Cluster]


def test_the_last_of_several_processes_stops_the_server(cluster: Cluster, home: Path) -> None:
    other = start_user(home)
    started = said(other)
    assert started == query(cluster.dsn(), "SELECT pg_postmaster_start_time()::text")

    stopped = cluster.stop()

    assert not stopped
    assert cluster.status() is ClusterState.RUNNING
    assert finish(other) == 0
    assert cluster.status() is ClusterState.STOPPED


def test_processes_that_start_at_once_share_one_server(home: Path) -> None:
    users = [start_user(home) for _ in range(3)]

    starts = {said(user) for user in users}

    assert len(starts) == 1
    assert [finish(user) for user in users] == [0, 0, 0]
    assert Cluster(home).status() is ClusterState.STOPPED


def test_the_server_of_a_killed_process_is_adopted_and_then_stopped(
    make_cluster: MakeCluster, home: Path
) -> None:
    killed = start_user(home)
    started = said(killed)
    killed.kill()
    killed.communicate()
    cluster = make_cluster(home)
    assert cluster.status() is ClusterState.RUNNING

    cluster.start()

    assert query(cluster.dsn(), "SELECT pg_postmaster_start_time()::text") == started
    assert cluster.stop()
    assert cluster.status() is ClusterState.STOPPED


def test_a_killed_server_is_revived_with_every_acknowledged_row(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE acknowledged (number integer)")
        connection.cursor().executemany(
            "INSERT INTO acknowledged VALUES (%s)", [(number,) for number in range(200)]
        )
        kill_server(cluster)

    cluster.start()

    assert query(cluster.dsn(), "SELECT count(*) FROM acknowledged") == "200"


@pytest.mark.slow
def test_a_busy_child_of_a_killed_server_does_not_block_the_next(cluster: Cluster) -> None:
    with never_ending_query(cluster):
        kill_server(cluster)

        cluster.start()

        assert query(cluster.dsn(), "SELECT 1") == "1"


@pytest.mark.slow
def test_a_server_that_does_not_answer_yet_is_waited_for(
    cluster: Cluster, notes: list[Reason], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_ANSWER_TIMEOUT_S", 2)
    monkeypatch.setattr(cluster_module, "_START_NOTE_S", 1)
    process = postmaster.live_postmaster(cluster.place.data)
    assert process is not None
    process.suspend()
    assert cluster.status() is ClusterState.UNRESPONSIVE
    threading.Timer(5.0, process.resume).start()

    cluster.start()

    assert cluster.status() is ClusterState.RUNNING
    assert notes[-1].code == "database_recovering"


def test_a_server_that_lets_nobody_in_is_reported_with_its_refusal(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "_READY_TIMEOUT_S", 0.5)
    (cluster.place.data / "pg_ident.conf").write_text("")
    superuser_reload(cluster)

    with pytest.raises(StartFailed) as raised:
        cluster.start()

    assert "Peer authentication failed" in str(raised.value.data["output"])


def test_a_lock_that_is_kept_is_reported_and_freed_by_death(room: Path) -> None:
    path = room / "lock"
    program = """
    from knockon.runtime.embedded.locks import exclusive
    with exclusive(Path(sys.argv[1]), timeout_s=1):
        print("held", flush=True)
        sys.stdin.read()
    """
    holder = start_program(program, path)
    assert said(holder) == "held"
    waits: list[None] = []

    with (
        pytest.raises(LockTimeout),
        exclusive(path, timeout_s=1.2, on_wait=lambda: waits.append(None)),
    ):
        pass

    assert waits == [None]
    holder.kill()
    holder.communicate()
    with exclusive(path, timeout_s=1):
        pass


def test_a_pid_file_whose_pid_is_another_program_is_seen_through(cluster: Cluster) -> None:
    with stale_pid_file(cluster) as bystander:
        assert cluster.status() is ClusterState.STOPPED

        cluster.start()

        assert query(cluster.dsn(), "SELECT 1") == "1"
        assert bystander.is_running()


def test_postgresql_itself_falls_for_that_pid_file(cluster: Cluster) -> None:
    """Prove that the test above tests something."""
    with stale_pid_file(cluster):
        pg_ctl = cluster.binaries.program("pg_ctl")
        log = cluster.place.base / "log" / "twin.log"
        command: list[str | Path] = [
            pg_ctl,
            "start",
            "-w",
            "-t",
            "5",
            "-D",
            cluster.place.data,
            "-l",
            log,
        ]

        answer = run_as(cluster.place.account, command, timeout_s=30)

        assert answer.returncode != 0
        assert "is another" in log.read_text().lower()


def test_a_start_that_was_killed_in_the_middle_begins_again(
    make_cluster: MakeCluster, home: Path
) -> None:
    cluster = make_cluster(home)
    (cluster.place.draft / "base").mkdir(parents=True)
    (cluster.place.draft / "PG_VERSION").write_text("18\n")
    assert cluster.status() is ClusterState.ABSENT

    assert query(cluster.start(), "SELECT 1") == "1"


def test_a_stop_leaves_no_process_behind(cluster: Cluster) -> None:
    cluster.stop()

    assert postmaster.orphans(cluster.place.data) == []


def superuser_reload(cluster: Cluster) -> None:
    """Make the server read its access files again, and wait until it has."""
    process = postmaster.live_postmaster(cluster.place.data)
    assert process is not None
    process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + 10
    while cluster.status() is ClusterState.RUNNING:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def kill_server(cluster: Cluster) -> None:
    process = postmaster.live_postmaster(cluster.place.data)
    assert process is not None
    process.send_signal(signal.SIGKILL)


@contextmanager
def never_ending_query(cluster: Cluster) -> Iterator[None]:
    """Keep a child of the server busy; a loop that never waits does not see its parent die."""
    threading.Thread(target=compute_for_ever, args=(cluster.dsn(),), daemon=True).start()
    count = (
        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%LOOP END%' AND state = 'active'"
    )
    deadline = time.monotonic() + 10
    while query(cluster.dsn(role="postgres"), count) != "2":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield


def compute_for_ever(dsn: str) -> None:
    with suppress(psycopg.OperationalError), psycopg.connect(dsn) as connection:
        connection.execute("DO $$ BEGIN LOOP END LOOP; END $$")


@contextmanager
def stale_pid_file(cluster: Cluster) -> Iterator[psutil.Process]:
    """Kill the server and give its pid, in its files, to a program of the same account."""
    data, account = cluster.place.data, cluster.place.account
    process = postmaster.live_postmaster(data)
    assert process is not None
    kill_server(cluster)
    psutil.wait_procs(postmaster.orphans(data), timeout=10)
    with sleeper(account) as bystander:
        for path in (data / "postmaster.pid", cluster.place.socket_dir / ".s.PGSQL.5432.lock"):
            text = path.read_text()
            path.write_text(text.replace(str(process.pid), str(bystander.pid), 1))
        yield bystander


@contextmanager
def sleeper(account: Account) -> Iterator[psutil.Process]:
    user, group = (None, None) if account.is_us else (account.uid, account.gid)
    program = subprocess.Popen(["sleep", "60"], cwd="/", user=user, group=group)
    try:
        yield psutil.Process(program.pid)
    finally:
        program.kill()
        program.wait()
