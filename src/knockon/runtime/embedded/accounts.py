"""Whom PostgreSQL runs as: ourselves, or an unprivileged account when we are root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from knockon.domain.errors import KnockonError

# An account of its own is best; `postgres` exists wherever PostgreSQL was ever installed;
# `nobody` exists everywhere.
PREFERRED_ACCOUNTS = ("knockon", "postgres", "nobody")

# What PostgreSQL reads from its surroundings must not leak in from ours: a stray PGDATA or
# PGOPTIONS of the person who starts us would change what is started.
_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}


class NoUnprivilegedAccount(KnockonError):
    """We are root and no account exists that PostgreSQL may run as."""

    code = "no_unprivileged_account"

    def __init__(self, *, tried: Sequence[str]) -> None:
        super().__init__(tried=", ".join(tried))


class NamelessAccount(KnockonError):
    """The account we run as has no name, and PostgreSQL cannot identify it."""

    code = "nameless_account"

    def __init__(self, *, uid: int) -> None:
        super().__init__(uid=uid)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account of the operating system.

    Parameters
    ----------
    name, uid, gid
        As in the password file.
    """

    name: str
    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        """Whether this process already runs as the account."""
        return self.uid == os.geteuid()


def own_account() -> Account:
    """Return the account this process runs as.

    Raises
    ------
    NamelessAccount
        The user id has no entry in the password file, as in some containers.
    """
    try:
        entry = pwd.getpwuid(os.geteuid())
    except KeyError:
        raise NamelessAccount(uid=os.geteuid()) from None
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def serving_account(*, owner_uid: int | None = None, preferred: str | None = None) -> Account:
    """Return the account that PostgreSQL runs as.

    Parameters
    ----------
    owner_uid
        Owner of data that exist already; a root process keeps to it, so that installing
        a better account later does not orphan the data.
    preferred
        Name from the settings, tried before the usual ones.

    Raises
    ------
    NoUnprivilegedAccount
        We are root and none of the accounts exists.
    """
    own = own_account()
    if own.uid != 0:
        return own
    others = [entry for entry in pwd.getpwall() if entry.pw_uid != 0]
    if owner_uid:
        known = {str(entry.pw_uid): entry for entry in others}
        names: tuple[str, ...] = (str(owner_uid),)
    else:
        known = {entry.pw_name: entry for entry in others}
        names = (preferred, *PREFERRED_ACCOUNTS) if preferred else PREFERRED_ACCOUNTS
    for name in names:
        if name in known:
            entry = known[name]
            return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise NoUnprivilegedAccount(tried=names)


def run_as(
    account: Account, command: Sequence[str | Path], *, cwd: Path | None = None, timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end as the account, with a clean environment.

    Nothing of the terminal reaches it: Ctrl-C for us must not stop the data base before we do.
    """
    other = not account.is_us
    return subprocess.run(  # noqa: S603 - a fixed program with our own arguments, no shell
        [str(part) for part in command],
        cwd=cwd or "/",
        env=_ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        timeout=timeout_s,
        check=False,
        umask=0o077,
        start_new_session=True,
        user=account.uid if other else None,
        group=account.gid if other else None,
        extra_groups=() if other else None,
    )


def can_enter(account: Account, folder: Path) -> bool:
    """Return whether the account can reach the folder through all that lies above it.

    Asked of the kernel, as that account, because modes alone do not tell of access lists.
    """
    if account.is_us:
        return os.access(folder, os.X_OK)
    answer = run_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", folder], timeout_s=10)
    return answer.returncode == 0
