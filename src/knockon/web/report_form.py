"""What a report form offers, and what its fields mean."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.reason_texts import kind_text
from knockon.apps.disruptions.services.opening import OpeningRequest, SubjectUnknown
from knockon.apps.plant.selectors import load_equipment
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import DisruptionKind, Scope, Severity
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey

KINDS: Sequence[tuple[DisruptionKind, str]] = (
    (DisruptionKind.EQUIPMENT, "engine"),
    (DisruptionKind.QUALITY, "mood-sad"),
    (DisruptionKind.MATERIAL, "packages"),
    (DisruptionKind.TOOL, "tool"),
    (DisruptionKind.PEOPLE, "people"),
    (DisruptionKind.AREA, "bolt"),
    (DisruptionKind.METHOD, "ruler"),
)
"""What can be wrong at a machine, with its icon; the most frequent first."""

MOST_MACHINES = 24
_NOTE_LENGTH = 2000
# A device whose clock is further off than this says nothing about when it happened.
_OLDEST = timedelta(days=7)


class FieldMissing(KnockonError):
    """The form says neither what nor where."""

    code = "report_incomplete"


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A machine to choose, as the form's tiles show it."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The machines of one plant that a form offers."""

    plant: str
    tiles: list[Machine]


def kinds_offered() -> list[dict[str, str]]:
    """Return the kinds of trouble as the form's tiles show them."""
    return [
        {"value": kind.value, "label": kind_text(kind.value), "icon": icon} for kind, icon in KINDS
    ]


def machines_offered(*, viewer: Viewer, sites: Sequence[Site], named: str) -> Offer:
    """Return the machines of the named plant, else of the first that has any.

    With more than fit the screen none are offered: they are scanned or typed.
    """
    rows = list(load_equipment(viewer=viewer))
    above = {(row.site_id, row.parent) for row in rows}
    machines = [row for row in rows if (row.site_id, row.equipment) not in above]
    filled = {row.site_id for row in machines}
    codes = [site.code for site in sites if viewer.may(Right.REPORT, plant=site.code)]
    plant = named if named in codes else next((code for code in codes if code in filled), "")
    tiles = [Machine(key=row.equipment, name=row.name) for row in machines if row.site_id == plant]
    return Offer(
        plant=plant or next(iter(codes), ""), tiles=tiles if len(tiles) <= MOST_MACHINES else []
    )


def read_report(
    fields: Mapping[str, str], *, viewer: Viewer, sites: Sequence[Site], now: datetime
) -> OpeningRequest:
    """Return what a form says.

    Raises
    ------
    FieldMissing
        Kind or subject are not there.
    SubjectUnknown
        The machine is not in any plant where the viewer may report, or in several of them.
    """
    kind = _kind(fields.get("kind", ""))
    equipment = fields.get("equipment", "").strip()
    plant = plant_of(equipment, named=fields.get("plant", ""), viewer=viewer, sites=sites)
    lot = _lot(fields.get("lot", ""))
    scope = Scope(
        plant=plant,
        equipment=(equipment,) if equipment else (),
        tool=fields.get("tool", "").strip() or None,
        lots=(lot,) if lot else (),
        item=fields.get("item", "").strip() or None,
    )
    started_at = _made_at(fields, now=now)
    severity = fields.get("severity", "")
    return OpeningRequest(
        kind=kind,
        scope=scope,
        origin="person",
        origin_key=_event_id(fields.get("client_event_id", "")),
        severity=Severity(severity) if severity in set(Severity) else None,
        cause=fields.get("cause", "").strip(),
        note=_note(fields, viewer=viewer),
        started_at=started_at,
        detected_at=started_at,
    )


def plant_of(equipment: str, *, named: str, viewer: Viewer, sites: Sequence[Site]) -> str:
    """Return the plant that a report means: the named one, else the machine's, else the only one.

    Raises
    ------
    SubjectUnknown, FieldMissing
        The machine is unknown, or stands in several plants; or several plants could be meant.
    """
    may = [site.code for site in sites if viewer.may(Right.REPORT, plant=site.code)]
    if named in may:
        return named
    if equipment:
        rows = load_equipment(viewer=viewer).filter(equipment=equipment, site_id__in=may)
        found = list(rows.values_list("site_id", flat=True)[:2])
        if len(found) != 1:
            raise SubjectUnknown(field="equipment", value=equipment)
        return str(found[0])
    if len(may) != 1:
        raise FieldMissing
    return may[0]


def _kind(value: str) -> DisruptionKind:
    try:
        return DisruptionKind(value)
    except ValueError as error:
        raise FieldMissing from error


def _lot(text: str) -> LotKey | None:
    """Return the lot that a field names: its number, or issuer, item and number."""
    parts = text.strip().split("/", 2)
    if not parts[-1]:
        return None
    return LotKey(*parts) if len(parts) == 3 else LotKey("", "", text.strip())


def _event_id(text: str) -> str:
    """Return the device's id of the report; a plain form without script gets a fresh one."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())


def _made_at(fields: Mapping[str, str], *, now: datetime) -> datetime:
    """Return when the report was made, by our clock: the device's may be wrong, its spans are not."""
    try:
        made_at = datetime.fromisoformat(fields.get("made_at", ""))
        sent_at = datetime.fromisoformat(fields.get("sent_at", ""))
        waited = sent_at.astimezone(UTC) - made_at.astimezone(UTC)
    except ValueError:
        return now
    return now - waited if timedelta(0) <= waited <= _OLDEST else now


def _note(fields: Mapping[str, str], *, viewer: Viewer) -> str:
    note = fields.get("note", "").strip()[:_NOTE_LENGTH]
    made_by = fields.get("made_by", "").strip()[:150]
    if made_by in {"", viewer.actor}:
        return note
    # A shared tablet: somebody else was signed in when the report was made.
    by = _("Reported by %(name)s on this device.") % {"name": made_by}
    return f"{note}\n{by}".strip()
