"""What an administrator sets: ``knockon.toml`` in the home, overridden by ``KNOCKON_*``."""

import os
import secrets
import tempfile
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
    webhook_private: bool = False
    """Those hosts may lie in our own network; loopback never."""
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


def kept_secret(home: Path, *, name: str) -> str:
    """Return a random secret of the instance, made at first use and readable by us only."""
    path = home / name
    try:
        return path.read_text(encoding="ascii")
    except FileNotFoundError:
        home.mkdir(parents=True, exist_ok=True)
    # Written whole under another name first: nobody may read half a key, and only one may win.
    handle, draft = tempfile.mkstemp(dir=home, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        except OSError:
            # A file system without links: the last one wins, and all read what is there.
            Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return path.read_text(encoding="ascii")


def _read_file(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionsInvalid(file=str(path), detail=str(error)) from error
