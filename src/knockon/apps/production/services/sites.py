"""Plants that an import names or needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from knockon.apps.accounts.models import Site
from knockon.domain.access import Right, Viewer
from knockon.domain.errors import KnockonError


class PlantUnknown(KnockonError):
    """A row names a plant that nobody described, or names none where there are several."""

    code = "plant_unknown"


class ZoneUnknown(KnockonError):
    """The time zone of a plant is not an IANA name."""

    code = "zone_unknown"


FIRST_PLANT = "MAIN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plants:
    """The plants that rows may name, and the one that is meant when they name none."""

    codes: frozenset[str]
    default: str | None

    def of(self, named: str | None) -> str:
        """Return the plant that a row means.

        Raises
        ------
        PlantUnknown
            It names none that is known, or none at all among several.
        """
        code = named or self.default
        if code is None or code not in self.codes:
            raise PlantUnknown(plant=named or "")
        return code


def expected_plants(described: Sequence[Mapping[str, Any]], *, default: str | None) -> Plants:
    """Return the plants that rows may name once ``ensure_sites`` has run; writes nothing."""
    described_codes = {values["plant"] for values in described}
    codes = set(Site.objects.values_list("code", flat=True)) | described_codes
    if default is not None:
        codes.add(default)
    if not codes:
        codes.add(FIRST_PLANT)
    only = next(iter(codes)) if len(codes) == 1 else None
    fallback = next(iter(described_codes)) if len(described_codes) == 1 else only
    return Plants(codes=frozenset(codes), default=default or fallback)


def zone_of(plant: str | None, *, otherwise: str) -> ZoneInfo:
    """Return the clock of a plant (None: of the first), or the one it would be made with."""
    sites = Site.objects.order_by("code")
    if plant is not None:
        sites = sites.filter(code=plant)
    first = sites.first()
    return ZoneInfo(first.timezone if first else otherwise)


def ensure_sites(
    described: Sequence[Mapping[str, Any]], *, default: str | None, zone: str, viewer: Viewer
) -> None:
    """Create or complete the plants that a file describes, or the first one of a new instance.

    Runs within an open recording.

    Raises
    ------
    NotAllowed
        A new plant, and the viewer does not administer.
    ZoneUnknown
        A time zone that does not exist.
    """
    for values in described:
        _ensure(
            values["plant"],
            name=values.get("name") or "",
            zone=values.get("timezone") or zone,
            currency=values.get("currency") or "",
            viewer=viewer,
        )
    known = set(Site.objects.values_list("code", flat=True))
    for code in sorted(expected_plants(described, default=default).codes - known):
        _ensure(code, name="", zone=zone, currency="", viewer=viewer)


def _ensure(code: str, *, name: str, zone: str, currency: str, viewer: Viewer) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ZoneUnknown(zone=zone) from error
    row = Site.objects.filter(code=code).first()
    if row is None:
        viewer.require_everywhere(Right.ADMINISTER)
        Site.objects.create(code=code, name=name, timezone=zone, currency=currency)
        return
    changed = [
        field
        for field, value in (("name", name), ("currency", currency))
        if value and getattr(row, field) != value
    ]
    if changed:
        viewer.require(Right.EDIT_MASTER, plant=code)
        row.name, row.currency = name or row.name, currency or row.currency
        row.save(update_fields=changed)
