"""Access is denied unless a grant gives it."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from knockon.apps.accounts.models import ApiToken, Site, User
from knockon.apps.accounts.selectors import (
    TokenRefused,
    load_sites,
    viewer_of,
    viewer_of_token,
)
from knockon.apps.accounts.services.tokens import SiteUnknown, create_token, revoke_token
from knockon.apps.accounts.services.users import (
    PasswordWeak,
    PlantMissing,
    UserExists,
    UserUnknown,
    create_user,
    set_grants,
    set_password,
)
from knockon.apps.journal.models import Entry
from knockon.domain.access import SYSTEM, Grant, NotAllowed, Right, Role, Viewer
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db


def _grant(role: Role = Role.PLANNER, plant: str | None = "KS") -> Grant:
    return Grant(role=role, plant=plant)


def test_new_user_gets_a_random_password_and_the_role(plant: str) -> None:
    secret = create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)

    user = User.objects.get(username="wang")
    assert len(secret) >= 16
    assert user.check_password(secret)
    assert viewer_of(user).may(Right.IMPORT, plant=plant)
    assert not viewer_of(user).may(Right.IMPORT, plant="OTHER")


def test_password_is_never_in_the_journal(plant: str) -> None:
    secret = create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)

    assert secret not in str(list(Entry.objects.values()))


def test_user_name_is_taken_once(plant: str) -> None:
    create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)

    with pytest.raises(UserExists):
        create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)


def test_weak_password_is_refused(plant: str) -> None:
    with pytest.raises(PasswordWeak):
        create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW, password="password")

    assert not User.objects.exists()


def test_grant_for_an_unknown_plant_leaves_no_user(plant: str) -> None:
    with pytest.raises(PlantMissing):
        create_user("wang", grants=[_grant(plant="NO")], viewer=SYSTEM, now=NOW)

    assert not User.objects.exists()


def test_planner_makes_no_users(plant: str, viewer_as: Callable[..., Viewer]) -> None:
    with pytest.raises(NotAllowed):
        create_user("wang", grants=[_grant()], viewer=viewer_as(Role.PLANNER, plant), now=NOW)


def test_plant_administrator_gives_no_rights_elsewhere(
    plant: str, viewer_as: Callable[..., Viewer]
) -> None:
    administrator = viewer_as(Role.ADMINISTRATOR, plant)

    with pytest.raises(NotAllowed):
        create_user("wang", grants=[_grant(plant=None)], viewer=administrator, now=NOW)


def test_plant_administrator_does_not_take_over_one_of_all_plants(
    plant: str, viewer_as: Callable[..., Viewer]
) -> None:
    create_user("chief", grants=[_grant(Role.ADMINISTRATOR, None)], viewer=SYSTEM, now=NOW)
    administrator = viewer_as(Role.ADMINISTRATOR, plant)

    with pytest.raises(NotAllowed):
        set_password("chief", password="a long enough phrase", viewer=administrator, now=NOW)
    with pytest.raises(NotAllowed):
        set_grants("chief", grants=[_grant()], viewer=administrator, now=NOW)


def test_grants_are_replaced(plant: str) -> None:
    create_user("wang", grants=[_grant(Role.ADMINISTRATOR)], viewer=SYSTEM, now=NOW)

    set_grants("wang", grants=[_grant(Role.OPERATOR)], viewer=SYSTEM, now=NOW)

    user = User.objects.get()
    assert not viewer_of(user).may(Right.ADMINISTER)
    assert not user.is_staff


def test_unknown_user_is_named(plant: str) -> None:
    with pytest.raises(UserUnknown):
        set_grants("nobody", grants=[], viewer=SYSTEM, now=NOW)


def test_nobody_sets_the_password_of_another(plant: str, viewer_as: Callable[..., Viewer]) -> None:
    create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)

    with pytest.raises(NotAllowed):
        set_password(
            "wang",
            password="a long enough phrase",
            viewer=viewer_as(Role.MANAGER, plant),
            now=NOW,
        )


def test_inactive_user_may_nothing(plant: str) -> None:
    create_user("wang", grants=[_grant()], viewer=SYSTEM, now=NOW)
    User.objects.update(is_active=False)

    assert not viewer_of(User.objects.get()).may(Right.VIEW_BOARD)


def test_plants_without_a_grant_are_not_there(plant: str, viewer_as: Callable[..., Viewer]) -> None:
    Site.objects.create(code="OTHER", timezone="Asia/Taipei")

    seen = load_sites(viewer=viewer_as(Role.OPERATOR, plant))

    assert [site.code for site in seen] == ["KS"]
    assert load_sites(viewer=Viewer(actor="nobody")).count() == 0


def test_token_is_stored_as_a_hash_and_holds_its_rights_only(plant: str) -> None:
    raw = create_token(
        "gateway", plant=plant, rights=frozenset({Right.REPORT}), viewer=SYSTEM, now=NOW
    )

    viewer = viewer_of_token(raw, now=NOW)
    assert raw not in str(list(ApiToken.objects.values()))
    assert viewer.may(Right.REPORT, plant=plant)
    assert not viewer.may(Right.REPORT, plant="OTHER")
    assert not viewer.may(Right.VIEW_ORDERS, plant=plant)


def test_token_ends_by_time_and_by_revoking(plant: str) -> None:
    raw = create_token("gw", plant=plant, rights=frozenset(), viewer=SYSTEM, now=NOW)

    with pytest.raises(TokenRefused):
        viewer_of_token(raw, now=NOW + timedelta(days=366))
    revoke_token(ApiToken.objects.get().pk, viewer=SYSTEM, now=NOW)
    with pytest.raises(TokenRefused):
        viewer_of_token(raw, now=NOW)


def test_token_for_an_unknown_plant_is_refused(db: None) -> None:
    with pytest.raises(SiteUnknown):
        create_token("gw", plant="NO", rights=frozenset(), viewer=SYSTEM, now=NOW)
