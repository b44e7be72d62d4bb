"""The files that tell our PostgreSQL how to run, written anew at each start."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from knockon.runtime.embedded.accounts import Account, own_account
from knockon.runtime.embedded.places import Place

SUPERUSER = "postgres"
APP_ROLE = "knockon"
# The portal's own role (row-level security) is made by a migration; it may log in by then.
PORTAL_ROLE = "knockon_portal"
PORT = 5432

# For a PC with 2 GB that also runs Knockon. PostgreSQL 15 and later know every one of them.
_TUNING: Mapping[str, str] = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "wal_buffers": "8MB",
    "max_wal_size": "1GB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    # Compiling a plan takes longer than our short queries.
    "jit": "off",
    # Lost clients (kill -9, a pulled cable) must not hold locks for long.
    "client_connection_check_interval": "10s",
    "idle_in_transaction_session_timeout": "10min",
}
_DURABILITY: Mapping[str, str] = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}
_FORMS: Mapping[str, str] = {
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "iso, ymd",
    "lc_messages": "C",
    "password_encryption": "scram-sha-256",
}
# A week of files, one a day; each weekday overwrites its predecessor.
_LOGGING: Mapping[str, str] = {
    "logging_collector": "on",
    "log_filename": "postgresql-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
    "log_file_mode": "0600",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_min_duration_statement": "5s",
    "log_checkpoints": "off",
    "log_lock_waits": "on",
}

_INCLUDES = """
# Knockon writes its settings to knockon.conf at each start; your own go to local.conf.
include_if_exists 'knockon.conf'
include_if_exists 'local.conf'
"""


def settings_text(place: Place) -> str:
    """Return the text of ``knockon.conf`` for the place.

    No address is listened to: the socket in a private folder is the only way in.
    """
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.socket_dir),
        "unix_socket_permissions": "0600",
        "port": str(PORT),
        "log_directory": str(place.base / "log"),
        **_TUNING,
        **_DURABILITY,
        **_FORMS,
        **_LOGGING,
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return "\n".join(["# Written by Knockon at each start; put changes in local.conf.", *lines, ""])


def write_settings(folder: Path, *, place: Place) -> None:
    """Write all settings files into a data directory.

    Access is by `peer`: the kernel tells PostgreSQL which account asks, and only the account
    that runs Knockon is let in, without a password that could leak. A second wall stands
    before it: the folder of the socket is closed to others.
    """
    main = folder / "postgresql.conf"
    text = main.read_text(encoding="utf-8")
    if "include_if_exists 'knockon.conf'" not in text:
        _write(main, text + _INCLUDES, account=place.account)
    _write(folder / "knockon.conf", settings_text(place), account=place.account)
    _write(
        folder / "pg_hba.conf",
        "# Written by Knockon at each start.\nlocal all all peer map=knockon\n",
        account=place.account,
    )
    us = own_account().name
    roles = (SUPERUSER, APP_ROLE, PORTAL_ROLE)
    lines = [f'knockon "{us}" {role}\n' for role in roles]
    _write(folder / "pg_ident.conf", "".join(lines), account=place.account)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _write(path: Path, text: str, *, account: Account) -> None:
    # The folder belongs to the less trusted account: nothing in it is followed or reused, a new
    # file takes the old one's place.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        os.write(handle, text.encode("utf-8"))
        if not account.is_us:
            os.fchown(handle, account.uid, account.gid)
        os.fsync(handle)
    finally:
        os.close(handle)
    draft.replace(path)
