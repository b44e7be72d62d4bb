"""People's accounts, made by administrators."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from knockon.apps.accounts.models import Membership, Site, User
from knockon.apps.accounts.selectors import viewer_of
from knockon.apps.journal.bus import recording
from knockon.domain.access import Grant, Right, Role, Viewer
from knockon.domain.errors import KnockonError


class UserExists(KnockonError):
    """The user name is taken."""

    code = "user_exists"


class UserUnknown(KnockonError):
    """There is no user of this name."""

    code = "user_unknown"


class PasswordWeak(KnockonError):
    """The password is too easy to guess; the data say why, by code."""

    code = "password_weak"


class PlantMissing(KnockonError):
    """A grant names a plant that does not exist."""

    code = "plant_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who a user is and how to reach them; ``person`` is their code in the people table."""

    full_name: str = ""
    email: str = ""
    language: str = "zh-hant"
    person: str = ""


def create_user(
    username: str,
    *,
    grants: Sequence[Grant],
    viewer: Viewer,
    now: datetime,
    password: str | None = None,
    profile: Profile = Profile(),
) -> str:
    """Make an account and return its password: the given one, else a random one.

    Raises
    ------
    NotAllowed, UserExists, PasswordWeak, PlantMissing
        The viewer does not administer those plants, the name is taken, the password is weak, or a
        grant names an unknown plant.
    """
    _require_to_give(viewer, grants)
    if password is not None:
        _check(password)
    secret = password or secrets.token_urlsafe(12)
    with recording(
        actor=viewer.actor, action="user_created", now=now, subject=f"user:{username}"
    ) as entry:
        if User.objects.filter(username=username).exists():
            raise UserExists(username=username)
        is_administrator = any(grant.role is Role.ADMINISTRATOR for grant in grants)
        user = User(
            username=username,
            first_name=profile.full_name[:150],
            email=profile.email,
            language=profile.language,
            person=profile.person,
            is_staff=is_administrator,
        )
        user.set_password(secret)
        user.save()
        _grant(user, grants)
        entry.data.update(grants=[[grant.role, grant.plant] for grant in grants])
    return secret


def set_grants(username: str, *, grants: Sequence[Grant], viewer: Viewer, now: datetime) -> None:
    """Replace what a user may do.

    Raises
    ------
    NotAllowed, UserUnknown, PlantMissing
        As ``create_user``.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UserUnknown(username=username)
    _require_to_give(viewer, [*grants, *viewer_of(user).grants])
    with recording(
        actor=viewer.actor, action="user_granted", now=now, subject=f"user:{username}"
    ) as entry:
        Membership.objects.filter(user=user).delete()
        _grant(user, grants)
        User.objects.filter(pk=user.pk).update(
            is_staff=any(grant.role is Role.ADMINISTRATOR for grant in grants)
        )
        entry.data.update(grants=[[grant.role, grant.plant] for grant in grants])


def set_password(username: str, *, password: str, viewer: Viewer, now: datetime) -> None:
    """Give a user a new password; open sessions of theirs end.

    Raises
    ------
    NotAllowed, UserUnknown, PasswordWeak
        As ``create_user``.
    """
    user = User.objects.filter(username=username).first()
    if user is None:
        raise UserUnknown(username=username)
    if viewer.actor != username:
        # Whoever sets a password can act as its owner: they must be allowed to give all of it.
        _require_to_give(viewer, viewer_of(user).grants)
    _check(password)
    with recording(actor=viewer.actor, action="password_set", now=now, subject=f"user:{username}"):
        user.set_password(password)
        user.save(update_fields=["password"])


def set_language(username: str, *, language: str) -> None:
    """Remember the language a user reads; no fact, so no journal entry."""
    User.objects.filter(username=username).update(language=language)


def _require_to_give(viewer: Viewer, grants: Sequence[Grant]) -> None:
    if not grants:
        viewer.require(Right.ADMINISTER)
    for grant in grants:
        if grant.plant is None:
            viewer.require_everywhere(Right.ADMINISTER)
        else:
            viewer.require(Right.ADMINISTER, plant=grant.plant)


def _grant(user: User, grants: Sequence[Grant]) -> None:
    for grant in grants:
        site = Site.objects.filter(code=grant.plant).first() if grant.plant else None
        if grant.plant and site is None:
            raise PlantMissing(plant=grant.plant)
        Membership.objects.create(
            user=user, site=site, role=grant.role or "", areas=list(grant.areas)
        )


def _check(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise PasswordWeak(why=[each.code for each in error.error_list]) from error
