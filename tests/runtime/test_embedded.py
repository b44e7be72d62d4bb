"""The embedded data base through its ordinary life."""

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from knockon.domain.reasons import Reason
from knockon.runtime.embedded.binaries import BinariesMissing, PostgresTooOld, find_binaries
from knockon.runtime.embedded.checks import (
    DatabaseNotDurable,
    DatabaseNotUnicode,
    DatabaseUnreachable,
    check_database,
)
from knockon.runtime.embedded.cluster import Cluster, ClusterState, StartFailed
from knockon.runtime.embedded.creation import DataOfOtherVersion
from knockon.runtime.embedded.running import ensure_running, leave
from tests.runtime.support import query, superuser

MakeCluster = Callable[..., Cluster]


def test_first_start_gives_a_private_unicode_data_base(
    make_cluster: MakeCluster, home: Path, notes: list[Reason]
) -> None:
    cluster = make_cluster(home)

    dsn = cluster.start()

    assert query(dsn, "SHOW server_encoding") == "UTF8"
    assert query(dsn, "SHOW timezone") == "UTC"
    assert query(dsn, "SHOW data_checksums") == "on"
    assert query(dsn, "SHOW listen_addresses") == ""
    assert query(dsn, "SELECT current_setting('is_superuser')") == "off"
    assert query(dsn, "SELECT lower('ÄÉ') || upper('連動ß')") == "äé連動ß"
    assert stat.S_IMODE(cluster.place.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.place.data.stat().st_mode) == 0o700
    assert [note.code for note in notes] == ["database_initialising", "database_starting"]


def test_restart_keeps_the_data(cluster: Cluster) -> None:
    with psycopg.connect(cluster.dsn()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert cluster.stop()
    assert cluster.status() is ClusterState.STOPPED

    dsn = cluster.start()

    assert query(dsn, "SELECT answer FROM kept") == "42"


def test_status_follows_the_server(make_cluster: MakeCluster, home: Path) -> None:
    cluster = make_cluster(home)
    assert cluster.status() is ClusterState.ABSENT

    with cluster:
        assert cluster.status() is ClusterState.RUNNING

    assert cluster.status() is ClusterState.STOPPED


def test_starting_twice_changes_nothing(cluster: Cluster) -> None:
    started = query(cluster.dsn(), "SELECT pg_postmaster_start_time()")

    cluster.start()

    assert query(cluster.dsn(), "SELECT pg_postmaster_start_time()") == started


def test_two_homes_run_side_by_side(
    cluster: Cluster, make_cluster: MakeCluster, room: Path
) -> None:
    other = make_cluster(room / "other")

    dsn = other.start()

    started = "SELECT pg_postmaster_start_time()"
    assert query(dsn, started) != query(cluster.dsn(), started)
    assert other.stop()
    assert cluster.status() is ClusterState.RUNNING


def test_a_taken_tcp_port_does_not_matter(make_cluster: MakeCluster, home: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Whoever has the port, us or a PostgreSQL of this machine: it is taken.
        if taken.connect_ex(("127.0.0.1", 5432)) != 0:
            taken.bind(("127.0.0.1", 5432))

        dsn = make_cluster(home).start()

    assert query(dsn, "SELECT 1") == "1"


def test_a_long_path_gets_its_socket_elsewhere(make_cluster: MakeCluster, room: Path) -> None:
    home = room / ("long-" * 15) / ("longer-" * 8)

    cluster = make_cluster(home)

    assert query(cluster.start(), "SELECT 1") == "1"
    assert not cluster.place.socket_dir.is_relative_to(home)
    assert cluster.place.data.is_relative_to(home)
    assert stat.S_IMODE(cluster.place.socket_dir.stat().st_mode) == 0o700


def test_a_path_with_blanks_and_cjk_works(make_cluster: MakeCluster, room: Path) -> None:
    dsn = make_cluster(room / "連動 100% 'home'").start()

    assert query(dsn, "SELECT 1") == "1"


def test_another_version_of_the_programs_is_used_when_named(
    make_cluster: MakeCluster, home: Path
) -> None:
    older = find_binaries().bin_dir.parent.parent / "pginstall" / "bin"

    dsn = make_cluster(home, bin_dir=older).start()

    assert query(dsn, "SHOW server_version").startswith("16.")


def test_data_of_another_version_are_refused(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.place.data / "PG_VERSION").write_text("14\n")

    with pytest.raises(DataOfOtherVersion) as raised:
        cluster.start()

    assert raised.value.data["data_version"] == "14"
    assert cluster.status() is ClusterState.STOPPED


def test_a_setting_that_prevents_the_start_is_named(cluster: Cluster) -> None:
    cluster.stop()
    (cluster.place.data / "local.conf").write_text("shared_buffers = 'much'\n")

    with pytest.raises(StartFailed) as raised:
        cluster.start()

    assert "shared_buffers" in str(raised.value.data["output"])


def test_dump_and_restore_programs_are_at_hand(cluster: Cluster) -> None:
    assert os.access(cluster.binaries.program("pg_dump"), os.X_OK)
    assert os.access(cluster.binaries.program("pg_restore"), os.X_OK)
    with pytest.raises(BinariesMissing):
        cluster.binaries.program("pg_no_such_program")


def test_missing_programs_are_named(make_cluster: MakeCluster, home: Path, room: Path) -> None:
    with pytest.raises(BinariesMissing) as raised:
        make_cluster(home, bin_dir=room / "nowhere").start()

    assert str(room / "nowhere") in str(raised.value.data["path"])


def test_an_old_postgresql_is_refused(room: Path) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (room / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 13.2'\n")
        (room / name).chmod(0o755)

    with pytest.raises(PostgresTooOld) as raised:
        find_binaries(room)

    assert raised.value.data == {"found": "13.2", "needed": 15}


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_server_that_may_lose_data_is_refused_and_not_left_running(
    cluster: Cluster, setting: str
) -> None:
    superuser(cluster, f"ALTER SYSTEM SET {setting} = off")
    cluster.stop()

    with pytest.raises(DatabaseNotDurable) as raised:
        cluster.start()

    assert raised.value.data == {"setting": setting, "value": "off"}
    assert cluster.status() is ClusterState.STOPPED


def test_losing_data_only_for_our_role_is_refused_too(cluster: Cluster) -> None:
    superuser(cluster, "ALTER ROLE knockon SET synchronous_commit = off")

    with pytest.raises(DatabaseNotDurable):
        cluster.start()


def test_database_url_is_used_instead(
    cluster: Cluster, room: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", cluster.dsn())

    url = ensure_running(room / "unused")

    assert url == cluster.dsn()
    assert not (room / "unused").exists()


def test_an_external_data_base_must_be_durable(cluster: Cluster, room: Path) -> None:
    superuser(cluster, "ALTER DATABASE knockon SET synchronous_commit = off")

    with pytest.raises(DatabaseNotDurable):
        ensure_running(room / "unused", database_url=cluster.dsn())


def test_an_external_data_base_must_keep_every_character(cluster: Cluster) -> None:
    superuser(
        cluster,
        "CREATE DATABASE narrow ENCODING 'SQL_ASCII' TEMPLATE template0 "
        "LOCALE_PROVIDER libc LOCALE 'C'",
    )

    with pytest.raises(DatabaseNotUnicode):
        check_database(cluster.dsn(database="narrow"))


def test_an_unreachable_data_base_is_named_without_its_password(room: Path) -> None:
    url = "postgresql://me:s3cret@127.0.0.1:1/plant"

    with pytest.raises(DatabaseUnreachable) as raised:
        ensure_running(room / "unused", database_url=url)

    assert raised.value.data["database"] == "127.0.0.1:1/plant"
    assert "s3cret" not in str(raised.value)


def test_ensure_running_starts_revives_and_leaves(home: Path) -> None:
    dsn = ensure_running(home)

    assert ensure_running(home) == dsn
    assert query(dsn, "SELECT 1") == "1"
    assert leave(home)
    assert not leave(home)
