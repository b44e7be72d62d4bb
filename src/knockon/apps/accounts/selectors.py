"""Who may see what: the one filter under every list, search, count, export and live update."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, Q, QuerySet

from knockon.apps.accounts.models import ApiToken, Membership, Site, User
from knockon.domain.access import Grant, Right, Role, Viewer
from knockon.domain.errors import KnockonError

_M = TypeVar("_M", bound=Model)


class TokenRefused(KnockonError):
    """A program's token is unknown, revoked or expired."""

    code = "token_refused"


class ActiveRoleBackend(ModelBackend):
    """Signs in by password; Django's own permissions stay unused, grants decide."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Allow the data administration to administrators only; pages ask for rights instead."""
        del perm, obj
        return bool(user_obj.is_active and viewer_of(user_obj).may(Right.ADMINISTER))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Allow what ``has_perm`` allows."""
        return self.has_perm(user_obj, app_label)


def viewer_of(user: User) -> Viewer:
    """Return the user as a viewer, with the grants of today."""
    rows = Membership.objects.filter(user=user).select_related("site").order_by("id")
    grants = tuple(
        Grant(
            role=Role(row.role),
            plant=row.site.code if row.site else None,
            areas=tuple(row.areas),
        )
        for row in rows
    )
    return Viewer(
        actor=user.username,
        name=user.get_full_name() or user.username,
        language=user.language,
        grants=grants if user.is_active else (),
    )


def viewer_named(username: str) -> Viewer:
    """Return the account of this name as a viewer; without an account nobody, who may nothing."""
    user = User.objects.filter(username=username).first()
    return viewer_of(user) if user else Viewer(actor=username)


def viewer_of_token(raw: str, *, now: datetime) -> Viewer:
    """Return who a program's token stands for.

    Raises
    ------
    TokenRefused
        The token is not known, revoked or expired; which of them is not told.
    """
    row = (
        ApiToken.objects.filter(hash=token_hash(raw), revoked_at=None, expires_at__gt=now)
        .select_related("site")
        .first()
    )
    if row is None:
        raise TokenRefused
    known = {right.value for right in Right}
    rights = frozenset(Right(scope) for scope in row.scopes if scope in known)
    grant = Grant(role=None, plant=row.site.code, rights=rights)
    return Viewer(actor=f"token:{row.pk}", name=row.name, language="en", grants=(grant,))


def token_hash(raw: str) -> str:
    """Return what is stored of a token; it is random, so one round of SHA-256 is enough."""
    return hashlib.sha256(raw.encode()).hexdigest()


def load_names(usernames: Iterable[str]) -> dict[str, str]:
    """Return the full names of accounts, by user name; an account without one is left out."""
    rows = User.objects.filter(username__in=set(usernames))
    named = {row.username: row.get_full_name() for row in rows}
    return {username: name for username, name in named.items() if name}


def visible(
    rows: QuerySet[_M], *, viewer: Viewer, right: Right, plant_field: str = "site_id"
) -> QuerySet[_M]:
    """Return the rows of the plants where the viewer holds the right; none without a grant."""
    plants = viewer.plants(right)
    if plants is None:
        return rows
    return rows.filter(Q(**{f"{plant_field}__in": sorted(plants)}))


def load_sites(*, viewer: Viewer, right: Right = Right.VIEW_BOARD) -> QuerySet[Site]:
    """Return the plants the viewer may look at, by code."""
    return visible(Site.objects.all(), viewer=viewer, right=right, plant_field="code").order_by(
        "code"
    )
