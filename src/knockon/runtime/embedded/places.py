"""Where the data base of one home lies: its data, its socket and its log."""

import errno
import hashlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from knockon.domain.errors import KnockonError
from knockon.runtime.embedded.accounts import Account, can_enter, serving_account

# Where a root process keeps data when the account that serves them cannot enter the home.
SHARED_ROOT = Path("/var/lib/knockon")
# The longest path a Unix socket may have on Linux (108 bytes with the closing zero; 104 on
# macOS), less the name that PostgreSQL adds.
_SOCKET_NAME = "/.s.PGSQL.5432.lock"
_LONGEST_SOCKET_DIR = 103 - len(_SOCKET_NAME)
_POINTER = "pg.location"


class DataMissing(KnockonError):
    """The home says where its data lie, but nothing is there."""

    code = "database_data_missing"

    def __init__(self, *, pointer: Path, path: Path) -> None:
        super().__init__(pointer=str(pointer), path=str(path))


class DataForeign(KnockonError):
    """The data belong to another account than the one that may serve them."""

    code = "database_data_foreign"

    def __init__(self, *, path: Path, account: str) -> None:
        super().__init__(path=str(path), account=account)


class PlaceUnusable(KnockonError):
    """No folder could be prepared that the serving account can use alone."""

    code = "database_place_unusable"

    def __init__(self, *, path: Path, account: str) -> None:
        super().__init__(path=str(path), account=account)


class HomeUnusable(KnockonError):
    """We may not write into the home; mostly it was made by another account."""

    code = "home_unusable"

    def __init__(self, *, path: Path, detail: str) -> None:
        super().__init__(path=str(path), detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folders of one cluster.

    Parameters
    ----------
    base
        Folder that holds the others; inside the home, or a replacement for it.
    account
        Who owns and serves the data.
    socket_dir
        Private folder of the socket: only the account and root can enter it.
    """

    base: Path
    account: Account
    socket_dir: Path

    @property
    def data(self) -> Path:
        """The data directory proper."""
        return self.base / "pg"

    @property
    def draft(self) -> Path:
        """Where a new data directory grows until it is whole."""
        return self.base / "pg.new"

    @property
    def log_dir(self) -> Path:
        """Folder of the server's log files."""
        return self.base / "log"


def home_folder(home: Path) -> Path:
    """Create the home and its ``data`` folder if needed, and return the latter.

    Folders that exist keep their permissions. A root process makes new ones that others may
    pass through but not list, because the serving account must reach its data below.

    Raises
    ------
    HomeUnusable
        We may not make the folders or write into them.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    folder = home.absolute() / "data"
    try:
        for path in (folder.parent, folder):
            if not path.exists():
                path.mkdir(mode=mode, parents=True, exist_ok=True)
                path.chmod(mode)
    except OSError as error:
        raise HomeUnusable(path=home, detail=error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise HomeUnusable(path=folder, detail=os.strerror(errno.EACCES))
    return folder


def locate(home: Path, *, preferred_account: str | None = None) -> Place:
    """Find the cluster of a home, or prepare folders for a new one.

    Parameters
    ----------
    home
        Folder of the instance.
    preferred_account
        Name of the account that serves a root process, for new data.

    Raises
    ------
    DataMissing, DataForeign, PlaceUnusable
        See there.
    """
    folder = home_folder(home)
    pointer = folder / _POINTER
    if pointer.exists():
        base = Path(pointer.read_text(encoding="utf-8").strip())
        if not (base / "pg").is_dir():
            raise DataMissing(pointer=pointer, path=base / "pg")
        return _existing(base)
    if (folder / "pg").is_dir():
        return _existing(folder)
    return _new(folder, account=serving_account(preferred=preferred_account))


def _existing(base: Path) -> Place:
    owner = (base / "pg").stat().st_uid
    if owner == 0 or os.geteuid() not in {0, owner}:
        raise DataForeign(path=base / "pg", account=str(owner))
    account = serving_account(owner_uid=owner)
    if not can_enter(account, base):
        raise PlaceUnusable(path=base, account=account.name)
    return _furnished(base, account)


def _new(folder: Path, *, account: Account) -> Place:
    if can_enter(account, folder) and _keeps_modes(folder, account):
        return _furnished(folder, account)
    for root in _replacement_roots(account):
        try:
            base = _replacement(root, _mark(folder))
        except OSError:
            continue
        if can_enter(account, base) and _keeps_modes(base, account):
            return _furnished(base, account)
    raise PlaceUnusable(path=folder, account=account.name)


def _replacement(root: Path, mark: str) -> Path:
    # The name is never taken twice: when a home is deleted and made again, its data start empty
    # and the old ones stay. Only a start that never got as far as data is taken up again.
    root.mkdir(mode=0o755, parents=True, exist_ok=True)
    unfinished = (path for path in sorted(root.glob(f"{mark}-*")) if not (path / "pg").exists())
    base = next(unfinished, None) or root / f"{mark}-{secrets.token_hex(4)}"
    base.mkdir(mode=0o711, exist_ok=True)
    base.chmod(0o711)
    return base


def remember(home: Path, place: Place) -> None:
    """Write down where the data lie, if not in the home.

    Called when they are whole: a pointer to nothing would look like lost data.
    """
    folder = home_folder(home)
    if place.base == folder:
        return
    draft = folder / f"{_POINTER}.{os.getpid()}"
    draft.write_text(f"{place.base}\n", encoding="utf-8")
    draft.replace(folder / _POINTER)


def own_folder(path: Path, account: Account) -> None:
    """Make a folder that only the account (and root) can enter.

    Raises
    ------
    PlaceUnusable
        The folder is there already and somebody else's, or the file system keeps no owners.
    """
    path.mkdir(mode=0o700, exist_ok=True)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {os.geteuid(), account.uid}:
        raise PlaceUnusable(path=path, account=account.name)
    if found.st_uid != account.uid:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    path.chmod(0o700)
    found = path.lstat()
    if found.st_uid != account.uid or stat.S_IMODE(found.st_mode) != 0o700:
        raise PlaceUnusable(path=path, account=account.name)


def _furnished(base: Path, account: Account) -> Place:
    own_folder(base / "log", account)
    return Place(base=base, account=account, socket_dir=_socket_dir(base, account))


def _socket_dir(base: Path, account: Account) -> Path:
    for path in (base / "run", *_short_socket_dirs(base, account)):
        if len(os.fsencode(path)) > _LONGEST_SOCKET_DIR:
            continue
        try:
            path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
            own_folder(path, account)
        except (OSError, PlaceUnusable):
            continue
        if can_enter(account, path):
            return path
    raise PlaceUnusable(path=base / "run", account=account.name)


def _short_socket_dirs(base: Path, account: Account) -> Iterator[Path]:
    name = f"knockon-{account.uid}-{_mark(base)}"
    if os.geteuid() == 0:
        yield Path("/run/knockon") / name
    elif runtime_dir := os.environ.get("XDG_RUNTIME_DIR"):
        yield Path(runtime_dir) / name
    yield Path(tempfile.gettempdir()) / name
    yield Path("/tmp") / name  # noqa: S108 - own_folder refuses a folder that is not ours


def _replacement_roots(account: Account) -> Iterator[Path]:
    if os.geteuid() == 0:
        yield SHARED_ROOT
    elif data_home := os.environ.get("XDG_DATA_HOME"):
        yield Path(data_home) / "knockon"
    else:
        yield Path(f"~{account.name}").expanduser() / ".local" / "share" / "knockon"


def _keeps_modes(folder: Path, account: Account) -> bool:
    # Some file systems (mounted from Windows, or squashing root) keep neither owner nor mode.
    probe = folder / f"probe-{secrets.token_hex(4)}"
    try:
        own_folder(probe, account)
    except (OSError, PlaceUnusable):
        return False
    finally:
        if probe.is_dir():
            probe.rmdir()
    return True


def _mark(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
