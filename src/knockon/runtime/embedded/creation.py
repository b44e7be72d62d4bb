"""Making a new data directory, and the role and data base in it."""

import os
import shutil
from pathlib import Path

import psycopg
from psycopg import sql

from knockon.domain.errors import KnockonError
from knockon.runtime.embedded import places
from knockon.runtime.embedded.accounts import run_as
from knockon.runtime.embedded.binaries import Binaries
from knockon.runtime.embedded.places import Place
from knockon.runtime.embedded.server_settings import APP_ROLE, SUPERUSER

DATABASE = "knockon"

_INIT_TIMEOUT_S = 300.0
_TAIL_CHARACTERS = 4_000
_FIRST_WITH_OWN_LOCALE = 17


class InitFailed(KnockonError):
    """A new data directory could not be made."""

    code = "database_init_failed"

    def __init__(self, *, path: Path, output: str) -> None:
        super().__init__(path=str(path), output=output)


class DataOfOtherVersion(KnockonError):
    """The data were written by another major version of PostgreSQL."""

    code = "database_data_other_version"

    def __init__(self, *, path: Path, data_version: str, program_version: str) -> None:
        super().__init__(path=str(path), data_version=data_version, program_version=program_version)


def create_data(place: Place, *, binaries: Binaries) -> None:
    """Make the data directory of the place; it appears whole or not at all.

    Raises
    ------
    InitFailed
        ``initdb`` says why.
    """
    if place.draft.exists():
        # Left by a start that was killed. rmtree follows no symbolic link.
        shutil.rmtree(place.draft)
    places.own_folder(place.draft, place.account)
    answer = run_as(
        place.account,
        [
            binaries.program("initdb"),
            f"--pgdata={place.draft}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            *_locale_options(binaries),
            "--auth-local=peer",
            "--auth-host=reject",
            "--data-checksums",
            "--no-instructions",
        ],
        timeout_s=_INIT_TIMEOUT_S,
    )
    if answer.returncode != 0:
        raise InitFailed(path=place.data, output=answer.stdout[-_TAIL_CHARACTERS:].strip())
    place.draft.rename(place.data)
    _flush_folder(place.base)


def check_version(place: Place, *, binaries: Binaries) -> None:
    """Refuse data of another major version, which PostgreSQL would not open.

    Raises
    ------
    DataOfOtherVersion
        The versions differ.
    """
    written = (place.data / "PG_VERSION").read_text(encoding="utf-8").strip()
    if written != str(binaries.major):
        raise DataOfOtherVersion(
            path=place.data, data_version=written, program_version=binaries.version
        )


def create_database(superuser_dsn: str) -> None:
    """Make the role and the data base of the application unless they exist.

    The role is no superuser: what gets in through it cannot run programs or read files. It may
    make roles and data bases, for the portal and for restoring beside the old data.
    """
    with psycopg.connect(superuser_dsn, autocommit=True, connect_timeout=10) as connection:
        role, database = sql.Identifier(APP_ROLE), sql.Identifier(DATABASE)
        if not _exists(connection, "SELECT FROM pg_roles WHERE rolname = %s", APP_ROLE):
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB CREATEROLE").format(role))
        if not _exists(connection, "SELECT FROM pg_database WHERE datname = %s", DATABASE):
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))


def _exists(connection: psycopg.Connection[tuple[()]], query: str, name: str) -> bool:
    return connection.execute(query, (name,)).fetchone() is not None


def _locale_options(binaries: Binaries) -> list[str]:
    # The order of texts must not change with the machine's C library or ICU. PostgreSQL's own
    # C.UTF-8 knows upper and lower case; the C locale of older versions only orders.
    if binaries.major >= _FIRST_WITH_OWN_LOCALE:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C"]


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
