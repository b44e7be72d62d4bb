"""What an administrator sets: ``knockon.toml`` in the home, overridden by ``KNOCKON_*``."""

import os
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from knockon.domain.errors import KnockonError


class OptionsInvalid(KnockonError):
    """The options file or an environment variable cannot be used."""

    code = "options_invalid"


class Mail(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Outgoing mail; without a host, mail is kept as files in the home's ``outbox`` folder."""

    host: str = ""
    port: int = 587
    user: str = ""
    password: str = ""
    tls: bool = True
    sender: str = "knockon@localhost"


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Every setting of an instance, with the values a single PC needs."""

    home: str = ".knockon"
    host: str = "127.0.0.1"
    port: int = 8010
    base_url: str = ""
    """Address written into mails; empty means ``http://host:port``."""
    allowed_hosts: list[str] = msgspec.field(default_factory=lambda: ["127.0.0.1", "localhost"])
    behind_tls: bool = False
    """A proxy in front speaks HTTPS: cookies become secure-only, HSTS is sent."""
    database_url: str = ""
    debug: bool = False
    language: str = "zh-hant"
    timezone: str = "Asia/Taipei"
    webhook_hosts: list[str] = msgspec.field(default_factory=list)
    """Hosts that webhook messages may go to; none by default."""
    mail: Mail = msgspec.field(default_factory=Mail)


def load_options(environ: Mapping[str, str] | None = None) -> Options:
    """Return the options of the home that ``KNOCKON_HOME`` names (default ``.knockon``).

    Raises
    ------
    OptionsInvalid
        The file is not TOML, or a name or value in it is unknown; the data names which.
    """
    env = os.environ if environ is None else environ
    home = Path(env.get("KNOCKON_HOME", ".knockon")).absolute()
    raw = _read_file(home / "knockon.toml")
    for field in msgspec.structs.fields(Options):
        name = f"KNOCKON_{field.name.upper()}"
        if name in env and field.name not in {"home", "mail"}:
            value = env[name]
            raw[field.name] = value.split(",") if field.type == list[str] else value
    raw["home"] = str(home)
    raw.setdefault("database_url", env.get("DATABASE_URL", ""))
    try:
        return msgspec.convert(raw, Options, strict=False)
    except msgspec.ValidationError as error:
        raise OptionsInvalid(file=str(home / "knockon.toml"), detail=str(error)) from error


def secret_key(home: Path) -> str:
    """Return the instance's random signing key, made at first start and readable by us only."""
    path = home / "secret_key"
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    key = secrets.token_urlsafe(64)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key)
    return key


def _read_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionsInvalid(file=str(path), detail=str(error)) from error
