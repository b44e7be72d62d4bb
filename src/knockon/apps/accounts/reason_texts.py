"""Words for roles and for what accounts refuse."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knockon.domain.access import Role

ERROR_TEXTS: Mapping[str, object] = {
    "not_allowed": gettext_lazy("Your role does not include this."),
}
"""Sentences of the errors that accounts raise, with named placeholders."""

_ROLES: Mapping[Role, object] = {
    Role.OPERATOR: gettext_lazy("Operator"),
    Role.TEAM_LEADER: gettext_lazy("Team leader"),
    Role.PLANNER: gettext_lazy("Planner"),
    Role.QUALITY: gettext_lazy("Quality"),
    Role.MAINTENANCE: gettext_lazy("Maintenance"),
    Role.SALES: gettext_lazy("Sales"),
    Role.MANAGER: gettext_lazy("Manager"),
    Role.RECALL_COORDINATOR: gettext_lazy("Recall coordinator"),
    Role.ADMINISTRATOR: gettext_lazy("Administrator"),
}


def role_text(role: Role) -> str:
    """Return a role in words."""
    return str(_ROLES[role])


def actor_text(actor: str, names: Mapping[str, str]) -> str:
    """Return who did something: a person's name, or that a program of ours did it."""
    if actor == "system":
        return _("Knockon")
    return names.get(actor) or actor
