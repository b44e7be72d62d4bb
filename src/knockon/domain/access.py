"""Who may do what, where: denied unless a grant says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from knockon.domain.errors import KnockonError


class Role(StrEnum):
    """What a person is in a plant."""

    OPERATOR = "operator"
    TEAM_LEADER = "team_leader"
    PLANNER = "planner"
    QUALITY = "quality"
    MAINTENANCE = "maintenance"
    SALES = "sales"
    MANAGER = "manager"
    RECALL_COORDINATOR = "recall_coordinator"
    """Leads a recall and so sees every plant that its material can have reached."""
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What can be done."""

    VIEW_BOARD = "view_board"
    """See disruptions, machines and their operations."""
    VIEW_ORDERS = "view_orders"
    """See customers, orders and prices."""
    VIEW_LOTS = "view_lots"
    REPORT = "report"
    ACKNOWLEDGE = "acknowledge"
    ESTIMATE = "estimate"
    """Change a repair estimate or a suspect window."""
    MEND = "mend"
    """Say which lot it was where a record does not."""
    CLOSE = "close"
    IMPORT = "import"
    SEND_SIGNALS = "send_signals"
    """Deliver what machines say; for programs only."""
    EDIT_MASTER = "edit_master"
    ADMINISTER = "administer"


_EVERYONE = frozenset(Role)
_OFFICE = frozenset(
    {
        Role.PLANNER,
        Role.QUALITY,
        Role.SALES,
        Role.MANAGER,
        Role.RECALL_COORDINATOR,
        Role.ADMINISTRATOR,
        Role.TEAM_LEADER,
    }
)

RIGHTS: Mapping[Right, frozenset[Role]] = {
    Right.VIEW_BOARD: _EVERYONE,
    Right.VIEW_ORDERS: _OFFICE,
    Right.VIEW_LOTS: _EVERYONE - {Role.MAINTENANCE},
    Right.REPORT: _EVERYONE,
    Right.ACKNOWLEDGE: _EVERYONE - {Role.SALES},
    Right.ESTIMATE: frozenset(
        {
            Role.TEAM_LEADER,
            Role.PLANNER,
            Role.QUALITY,
            Role.MAINTENANCE,
            Role.MANAGER,
            Role.RECALL_COORDINATOR,
            Role.ADMINISTRATOR,
        }
    ),
    Right.CLOSE: frozenset(
        {
            Role.TEAM_LEADER,
            Role.PLANNER,
            Role.QUALITY,
            Role.MANAGER,
            Role.RECALL_COORDINATOR,
            Role.ADMINISTRATOR,
        }
    ),
    Right.MEND: frozenset(
        {Role.TEAM_LEADER, Role.PLANNER, Role.QUALITY, Role.MANAGER, Role.ADMINISTRATOR}
    ),
    Right.IMPORT: frozenset({Role.PLANNER, Role.MANAGER, Role.ADMINISTRATOR}),
    Right.SEND_SIGNALS: frozenset(),
    Right.EDIT_MASTER: frozenset({Role.PLANNER, Role.ADMINISTRATOR}),
    Right.ADMINISTER: frozenset({Role.ADMINISTRATOR}),
}
"""Which roles hold which right."""

_IN_EVERY_PLANT: Mapping[Role, frozenset[Right]] = {
    Role.RECALL_COORDINATOR: frozenset({Right.VIEW_BOARD, Right.VIEW_ORDERS, Right.VIEW_LOTS}),
}
"""Rights that a role has in every plant, wherever it was granted: material knows no site."""


class NotAllowed(KnockonError):
    """The viewer holds no grant for this."""

    code = "not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A role in one plant; ``plant`` None is every plant, ``areas`` empty is all of it.

    A program's token has no role but single ``rights``.
    """

    role: Role | None
    plant: str | None
    areas: tuple[str, ...] = ()
    rights: frozenset[Right] = frozenset()

    def gives(self, right: Right) -> bool:
        """Return whether the grant holds the right."""
        return right in self.rights or self.role in RIGHTS[right]

    def reaches(self, right: Right) -> str | None:
        """Return the plant where the grant's right holds; None is every plant."""
        everywhere = self.role is not None and right in _IN_EVERY_PLANT.get(self.role, ())
        return None if everywhere else self.plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who asks; a process of ours is a viewer that sees everything."""

    actor: str
    name: str = ""
    language: str = "zh-hant"
    grants: tuple[Grant, ...] = ()
    is_system: bool = False

    def may(self, right: Right, *, plant: str | None = None) -> bool:
        """Return whether the viewer holds the right in the plant (None: in any plant)."""
        if self.is_system:
            return True
        return any(
            grant.gives(right) and (plant is None or grant.reaches(right) in {None, plant})
            for grant in self.grants
        )

    def plants(self, right: Right) -> frozenset[str] | None:
        """Return the plants where the viewer holds the right; None means every plant."""
        if self.is_system:
            return None
        held = {grant.reaches(right) for grant in self.grants if grant.gives(right)}
        if None in held:
            return None
        return frozenset(plant for plant in held if plant is not None)

    def require_everywhere(self, right: Right) -> None:
        """Refuse whoever does not hold the right in every plant, those to come included.

        Raises
        ------
        NotAllowed
            Naming the right.
        """
        if self.plants(right) is not None:
            raise NotAllowed(right=right.value, plant=None)

    def require(self, right: Right, *, plant: str | None = None) -> None:
        """Refuse whoever does not hold the right.

        Raises
        ------
        NotAllowed
            Naming the right and the plant.
        """
        if not self.may(right, plant=plant):
            raise NotAllowed(right=right.value, plant=plant)


SYSTEM = Viewer(actor="system", is_system=True)
"""A process of ours acting on its own."""
