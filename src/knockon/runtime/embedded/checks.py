"""What any data base must promise before Knockon works on it."""

import psycopg
from psycopg.conninfo import conninfo_to_dict

from knockon.domain.errors import KnockonError
from knockon.runtime.embedded.binaries import OLDEST_MAJOR, PostgresTooOld

_CONNECT_TIMEOUT_S = 10
# An acknowledged row must survive power loss; a torn page must be repaired.
_MUST_BE_ON = ("fsync", "synchronous_commit", "full_page_writes")


class DatabaseUnreachable(KnockonError):
    """The data base does not answer."""

    code = "database_unreachable"

    def __init__(self, *, database: str, detail: str) -> None:
        super().__init__(database=database, detail=detail)


class DatabaseNotDurable(KnockonError):
    """A setting of the data base lets acknowledged data get lost."""

    code = "database_not_durable"

    def __init__(self, *, setting: str, value: str) -> None:
        super().__init__(setting=setting, value=value)


class DatabaseNotUnicode(KnockonError):
    """The data base cannot keep every character."""

    code = "database_not_unicode"

    def __init__(self, *, encoding: str) -> None:
        super().__init__(encoding=encoding)


def check_database(dsn: str) -> None:
    """Refuse a data base that is out of reach, too old, not durable or not Unicode.

    Asked as the role and in the data base that Knockon will use, because each setting can be
    changed for either.

    Raises
    ------
    DatabaseUnreachable, PostgresTooOld, DatabaseNotDurable, DatabaseNotUnicode
        In this order.
    """
    try:
        with psycopg.connect(dsn, connect_timeout=_CONNECT_TIMEOUT_S) as connection:
            version = connection.info.server_version
            found = {name: _show(connection, name) for name in (*_MUST_BE_ON, "server_encoding")}
    except psycopg.Error as error:
        raise DatabaseUnreachable(database=spoken_name(dsn), detail=str(error).strip()) from None
    if version // 10_000 < OLDEST_MAJOR:
        raise PostgresTooOld(found=f"{version // 10_000}.{version % 10_000}", needed=OLDEST_MAJOR)
    for name in _MUST_BE_ON:
        if found[name] == "off":
            raise DatabaseNotDurable(setting=name, value=found[name])
    if found["server_encoding"] != "UTF8":
        raise DatabaseNotUnicode(encoding=found["server_encoding"])


def spoken_name(dsn: str) -> str:
    """Return a data base's address without its password."""
    try:
        parts = conninfo_to_dict(dsn)
    except psycopg.ProgrammingError:
        return "?"
    host = parts.get("host") or "localhost"
    return f"{host}:{parts.get('port') or 5432}/{parts.get('dbname') or ''}"


def _show(connection: psycopg.Connection[tuple[str]], name: str) -> str:
    row = connection.execute("SELECT current_setting(%s)", (name,)).fetchone()
    return row[0] if row else ""
