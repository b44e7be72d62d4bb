"""First accounts, with passwords that are random in every home."""

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from knockon.apps.accounts.models import Membership, User
from knockon.apps.accounts.services.users import Profile, create_user
from knockon.domain.access import SYSTEM, Grant, Role
from knockon.ports.clock import SystemClock

FIRST_LOGIN = "first-login.txt"
DEMO_LOGINS = "demo-logins.json"
FIRST_NAME = "admin"


def random_password() -> str:
    """Return a password that nobody guesses and that can be typed from paper."""
    return "-".join(secrets.token_hex(2) for _ in range(5))


def ensure_administrator(home: Path) -> tuple[str, str] | None:
    """Make the first administrator of a home that has none; return name and password.

    The password is written down before the account is made: a crash in between leaves no account
    that nobody can open.
    """
    role = Membership.objects.filter(role=Role.ADMINISTRATOR.value, user__is_active=True)
    if role.exists() or User.objects.filter(username=FIRST_NAME).exists():
        return None
    password = random_password()
    _write_private(home / FIRST_LOGIN, f"{FIRST_NAME}\n{password}\n")
    create_user(
        FIRST_NAME,
        grants=[Grant(role=Role.ADMINISTRATOR, plant=None)],
        viewer=SYSTEM,
        now=SystemClock().now(),
        password=password,
    )
    return FIRST_NAME, password


def ensure_demo_users(home: Path, people: Mapping[str, tuple[Profile, Role]]) -> dict[str, str]:
    """Make the demo's accounts that are missing; return every one's password by name.

    Passwords are random in each home and kept beside it, so that a second start can show them.
    """
    path = home / DEMO_LOGINS
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    there = set(User.objects.filter(username__in=list(people)).values_list("username", flat=True))
    passwords = {name: known.get(name) or random_password() for name in people}
    _write_private(path, json.dumps(passwords, indent=1))
    for name, (profile, role) in people.items():
        if name not in there:
            create_user(
                name,
                grants=[Grant(role=role, plant=None)],
                viewer=SYSTEM,
                now=SystemClock().now(),
                password=passwords[name],
                profile=profile,
            )
    return passwords


def _write_private(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
