"""Tables of accounts."""

from knockon.apps.accounts.models.people import Person, Shift
from knockon.apps.accounts.models.sites import Site
from knockon.apps.accounts.models.users import ApiToken, Membership, User

__all__ = ["ApiToken", "Membership", "Person", "Shift", "Site", "User"]
