"""Keys for programs."""

import secrets
from datetime import datetime, timedelta

from knockon.apps.accounts.models import ApiToken, Site
from knockon.apps.accounts.selectors import token_hash
from knockon.apps.journal.bus import recording
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError

DEFAULT_LIFE = timedelta(days=365)


class SiteUnknown(KnockonError):
    """There is no plant of this code."""

    code = "site_unknown"


def create_token(
    name: str,
    *,
    plant: str,
    rights: frozenset[Right],
    viewer: Viewer,
    now: datetime,
    life: timedelta = DEFAULT_LIFE,
) -> str:
    """Make a token for one plant and return it; it is shown this once and stored as a hash.

    Raises
    ------
    NotAllowed, SiteUnknown
        The viewer does not administer, or the plant does not exist.
    """
    viewer.require(Right.ADMINISTER, plant=plant)
    raw = f"ko_{secrets.token_urlsafe(32)}"
    with recording(actor=viewer.actor, action="token_created", now=now, plant=plant) as entry:
        site = Site.objects.filter(code=plant).first()
        if site is None:
            raise SiteUnknown(plant=plant)
        ApiToken.objects.create(
            name=name,
            site=site,
            hash=token_hash(raw),
            scopes=sorted(right.value for right in rights),
            created_at=now,
            expires_at=now + life,
            created_by=viewer.actor,
        )
        entry.data.update(name=name, rights=sorted(rights))
    return raw


def revoke_token(token_id: int, *, viewer: Viewer, now: datetime) -> None:
    """End a token's life at once.

    Raises
    ------
    NotAllowed, SiteUnknown
        The viewer does not administer its plant, or there is no such token.
    """
    row = ApiToken.objects.select_related("site").filter(pk=token_id).first()
    if row is None:
        raise SiteUnknown(plant="")
    viewer.require(Right.ADMINISTER, plant=row.site.code)
    with recording(actor=viewer.actor, action="token_revoked", now=now, plant=row.site.code):
        ApiToken.objects.filter(pk=token_id, revoked_at=None).update(revoked_at=now)
