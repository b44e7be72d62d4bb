"""The one call that gives any Knockon process its data base."""

import atexit
import os
from pathlib import Path

from knockon.domain.reasons import Reason
from knockon.runtime.embedded.checks import check_database, spoken_name
from knockon.runtime.embedded.cluster import Cluster, Progress, silent

_held: dict[Path, Cluster] = {}


def ensure_running(
    home: Path,
    *,
    progress: Progress = silent,
    database_url: str | None = None,
    bin_dir: Path | None = None,
    account: str | None = None,
) -> str:
    """Return the address of a data base that runs and is safe to work on.

    With a data base named by `database_url` or the variable ``DATABASE_URL`` that one is
    checked and used. Otherwise the home's own cluster is started or joined, and left when this
    process ends. A supervisor calls it again to revive a server that was killed; that costs
    a few milliseconds when nothing is wrong.

    Parameters
    ----------
    home
        Folder of the instance.
    progress
        Hears what takes time, as codes with a text in ``reason_texts``.
    database_url
        Address of another PostgreSQL; None means what the environment says.
    bin_dir
        Programs of a system PostgreSQL to run instead of those that came with Knockon.
    account
        Account that serves when we are root.

    Raises
    ------
    KnockonError
        One of the typed errors of this package.
    """
    url = os.environ.get("DATABASE_URL", "") if database_url is None else database_url
    if url:
        progress(Reason(code="database_external", params={"database": spoken_name(url)}))
        check_database(url)
        return url
    key = home.absolute()
    cluster = _held.get(key)
    if cluster is None:
        cluster = Cluster(home, bin_dir=bin_dir, account=account, progress=progress)
        dsn = cluster.start()
        _held[key] = cluster
        atexit.register(_leave, key, os.getpid())
        return dsn
    return cluster.start()


def leave(home: Path) -> bool:
    """Give up this process's use of the home's data base; return whether the server stopped."""
    cluster = _held.pop(home.absolute(), None)
    return cluster.stop() if cluster is not None else False


def _leave(home: Path, pid: int) -> None:
    # A forked child inherits the handler but not the duty.
    if os.getpid() == pid:
        leave(home)
