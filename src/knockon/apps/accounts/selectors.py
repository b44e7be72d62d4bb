"""Who may see what: the one filter under every list, search, count, export and live update."""

from typing import Any, TypeVar

from django.contrib.auth.backends import ModelBackend
from django.db.models import Model, Q, QuerySet

from knockon.apps.accounts.models import Membership, Site, User
from knockon.domain.access import Grant, Right, Role, Viewer

_M = TypeVar("_M", bound=Model)


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
