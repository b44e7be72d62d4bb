"""Reading what was typed: who asks, which plant, times, spans, numbers, lots."""

import getpass
import re
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils import timezone

from knockon.apps.accounts.models import Site
from knockon.domain.access import Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey

_SPAN = re.compile(r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+)s)?")
_UNITS = (86_400, 3_600, 60, 1)


class ValueUnreadable(KnockonError):
    """A typed value is not what it should be."""

    code = "value_unreadable"

    def __init__(self, *, value: str, wanted: str) -> None:
        super().__init__(value=value, wanted=wanted)


class PlantNeeded(KnockonError):
    """There are several plants and none was named."""

    code = "plant_needed"

    def __init__(self, *, plants: str) -> None:
        super().__init__(plants=plants)


class PlantMissing(KnockonError):
    """There is no plant of that code."""

    code = "plant_missing"

    def __init__(self, *, plant: str) -> None:
        super().__init__(plant=plant)


class NoPlant(KnockonError):
    """There is no plant at all."""

    code = "no_plant"


def terminal_viewer() -> Viewer:
    """Return who types: whoever can open the home may do everything in it."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "terminal"
    return Viewer(actor=f"terminal:{name}", is_system=True)


def chosen_site(code: str | None) -> Site:
    """Return the plant that was named, else the only one.

    Raises
    ------
    PlantMissing, PlantNeeded, NoPlant
        See there.
    """
    if code is not None:
        named = Site.objects.filter(code=code).first()
        if named is None:
            raise PlantMissing(plant=code)
        return named
    found = list(Site.objects.order_by("code")[:20])
    if not found:
        raise NoPlant
    if len(found) > 1:
        raise PlantNeeded(plants=", ".join(site.code for site in found))
    return found[0]


def clock_of(plant: str) -> AbstractContextManager[None]:
    """Return a context in which times are told by a plant's clock."""
    return timezone.override(ZoneInfo(Site.objects.get(code=plant).timezone))


def read_instant(text: str, *, zone: str, now: datetime) -> datetime:
    """Return the instant of an ISO 8601 text; without offset by the plant's clock."""
    if text == "now":
        return now
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueUnreadable(value=text, wanted="2026-03-05T14:30") from error
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def read_span(text: str) -> timedelta:
    """Return the length of a text such as ``4h``, ``1h30m`` or ``2d``."""
    found = _SPAN.fullmatch(text.strip())
    if found is None or not any(found.groups()):
        raise ValueUnreadable(value=text, wanted="1d4h30m")
    seconds = sum(
        Decimal(amount) * unit
        for amount, unit in zip(found.groups(), _UNITS, strict=True)
        if amount is not None
    )
    return timedelta(seconds=float(seconds))


def read_number(text: str) -> Decimal:
    """Return the number of a text."""
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise ValueUnreadable(value=text, wanted="0.875") from error
    if not number.is_finite():
        raise ValueUnreadable(value=text, wanted="0.875")
    return number


def read_lot(text: str) -> LotKey:
    """Return the lot of ``issuer/item/lot``, ``item/lot`` or a bare number."""
    parts = text.split("/", 2)
    issuer, item, lot = ["", "", *parts][-3:]
    return LotKey("" if issuer == "-" else issuer, item, lot)
