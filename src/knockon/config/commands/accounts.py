"""``knockon user`` and ``knockon token``."""

from argparse import Namespace
from datetime import timedelta

from django.utils.translation import gettext as _

from knockon.apps.accounts.services.tokens import create_token, revoke_token
from knockon.apps.accounts.services.users import Profile, create_user, set_password
from knockon.config.commands.asked import chosen_site, terminal_viewer
from knockon.config.logins import random_password
from knockon.config.output import Outcome
from knockon.domain.access import Grant, Right, Role
from knockon.ports.clock import SystemClock


def run(given: Namespace) -> Outcome:
    """Do what was asked with an account or a key; a secret is shown this once."""
    actions = {
        ("user", "add"): _add_user,
        ("user", "password"): _set_password,
        ("token", "add"): _add_token,
        ("token", "revoke"): _revoke_token,
    }
    return actions[given.command, given.action](given)


def _add_user(given: Namespace) -> Outcome:
    plants: list[str | None] = [chosen_site(code).code for code in given.plant]
    grants = [
        Grant(role=Role(role), plant=plant) for role in given.role for plant in plants or [None]
    ]
    password = create_user(
        given.name,
        grants=grants,
        viewer=terminal_viewer(),
        now=SystemClock().now(),
        password=random_password(),
        profile=Profile(full_name=given.full_name, email=given.email, language=given.language),
    )
    return _password_shown(given.name, password)


def _set_password(given: Namespace) -> Outcome:
    password = random_password()
    set_password(given.name, password=password, viewer=terminal_viewer(), now=SystemClock().now())
    return _password_shown(given.name, password)


def _password_shown(name: str, password: str) -> Outcome:
    words = _("%(name)s signs in with the password %(password)s. It is shown only now.")
    return Outcome(
        document={"user": name, "password": password},
        parts=[words % {"name": name, "password": password}],
    )


def _add_token(given: Namespace) -> Outcome:
    site = chosen_site(given.plant)
    rights = frozenset(Right(right) for right in given.right) or {Right.SEND_SIGNALS}
    secret = create_token(
        given.name,
        plant=site.code,
        rights=frozenset(rights),
        viewer=terminal_viewer(),
        now=SystemClock().now(),
        life=timedelta(days=given.days),
    )
    words = _("The key %(name)s for plant %(plant)s is %(secret)s. It is shown only now.")
    return Outcome(
        document={"name": given.name, "plant": site.code, "token": secret},
        parts=[words % {"name": given.name, "plant": site.code, "secret": secret}],
    )


def _revoke_token(given: Namespace) -> Outcome:
    revoke_token(given.id, viewer=terminal_viewer(), now=SystemClock().now())
    return Outcome(document={"token": given.id, "revoked": True}, parts=[_("The key is void.")])
