"""Opening a disruption."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import Disruption, ScopeVersion
from knockon.apps.disruptions.selectors import OPEN_STATES, subject_of
from knockon.apps.journal.bus import Recording, recording
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models import Equipment, Tool
from knockon.apps.plant.selectors import load_cause
from knockon.apps.production.selectors import resolve_lot
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Scope, Severity
from knockon.domain.errors import KnockonError
from knockon.domain.events import DisruptionOpened
from knockon.domain.facts import LotKey
from knockon.domain.scope_values import scope_to_values


class SubjectMissing(KnockonError):
    """The report does not say what is hit; the data name the fields of which one is needed."""

    code = "subject_missing"


class SubjectUnknown(KnockonError):
    """The machine, tool or plant named in a report is not known."""

    code = "subject_unknown"


_NEEDS: dict[DisruptionKind, tuple[str, ...]] = {
    DisruptionKind.EQUIPMENT: ("equipment",),
    DisruptionKind.TOOL: ("tool",),
    DisruptionKind.AREA: ("equipment",),
    DisruptionKind.QUALITY: ("lots", "equipment", "tool", "supplier_lot"),
    DisruptionKind.MATERIAL: ("supplier_lot", "item", "purchase_order", "lots"),
    DisruptionKind.SUPPLIER: ("supplier",),
    DisruptionKind.PEOPLE: ("equipment", "people"),
    DisruptionKind.METHOD: ("equipment", "item", "lots"),
    DisruptionKind.COMPLAINT: ("lots", "order", "item", "customer"),
    DisruptionKind.CUSTOMER: ("order", "customer"),
}
"""Fields of the scope of which each kind needs at least one."""

_DEFAULT_SEVERITY: dict[DisruptionKind, Severity] = {
    DisruptionKind.QUALITY: Severity.S2,
    DisruptionKind.COMPLAINT: Severity.S2,
    DisruptionKind.AREA: Severity.S2,
    DisruptionKind.MATERIAL: Severity.S2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningRequest:
    """A report of trouble, by a person, a machine or a rule.

    ``origin`` and ``origin_key`` name what it came from: the same one opens one case however
    often it arrives.
    """

    kind: DisruptionKind
    scope: Scope
    origin: str
    origin_key: str
    severity: Severity | None = None
    cause: str = ""
    note: str = ""
    started_at: datetime | None = None
    detected_at: datetime | None = None


def open_disruption(request: OpeningRequest, *, viewer: Viewer, now: datetime) -> Disruption:
    """Open a disruption, or return the one that the same report opened before or that is running.

    A machine or tool that is known to be down is not down twice: a further report of it joins the
    open case. Publishes ``DisruptionOpened`` for a new one.

    Raises
    ------
    NotAllowed
        The viewer may not report in that plant.
    SubjectMissing, SubjectUnknown, LotUnknown, LotAmbiguous
        What is hit is not said, not known or not unique.
    """
    viewer.require(Right.REPORT, plant=request.scope.plant)
    known = find_opened(request)
    if known is not None:
        return known
    scope = resolve_scope(request.kind, request.scope)
    running = find_running(request.kind, scope)
    if running is not None:
        with recording(
            actor=viewer.actor, action="report_joined", now=now, plant=scope.plant
        ) as entry:
            add_report(request, running, entry=entry)
        return running
    try:
        with recording(
            actor=viewer.actor, action="disruption_opened", now=now, plant=scope.plant
        ) as entry:
            return add_disruption(request, scope=scope, viewer=viewer, entry=entry)
    except IntegrityError:
        # Somebody else sent the same report between our look and our lock.
        known = find_opened(request)
        if known is None:
            raise
        return known


def add_disruption(
    request: OpeningRequest, *, scope: Scope, viewer: Viewer, entry: Recording
) -> Disruption:
    """Write the case within an open recording; the scope must be resolved."""
    values = scope_to_values(scope)
    row = Disruption(
        site_id=scope.plant,
        kind=request.kind.value,
        severity=_severity(request).value,
        state=DisruptionState.OPEN.value,
        cause=request.cause,
        note=request.note,
        origin=request.origin,
        origin_key=request.origin_key,
        opened_id=entry.position,
        started_at=request.started_at or scope.start or entry.now,
        detected_at=request.detected_at or entry.now,
        opened_at=entry.now,
        opened_by=viewer.actor,
    )
    with transaction.atomic():
        row.save(force_insert=True)
    ScopeVersion.objects.create(disruption=row, recorded_id=entry.position, scope=values)
    entry.subject = subject_of(row.pk)
    entry.data.update(kind=row.kind, severity=row.severity, scope=values, note=row.note)
    entry.publish(
        DisruptionOpened(
            disruption_id=row.pk, plant=scope.plant, kind=row.kind, severity=row.severity
        )
    )
    return row


def find_opened(request: OpeningRequest) -> Disruption | None:
    """Return the case that this report opened before, if any."""
    return Disruption.objects.filter(
        site_id=request.scope.plant, origin=request.origin, origin_key=request.origin_key
    ).first()


def find_running(kind: DisruptionKind, scope: Scope) -> Disruption | None:
    """Return the open case of the machine or tool that a report says is down, if there is one."""
    if kind is DisruptionKind.EQUIPMENT and len(scope.equipment) == 1:
        naming = ScopeVersion.objects.filter(scope__equipment__contains=list(scope.equipment))
    elif kind is DisruptionKind.TOOL and scope.tool:
        naming = ScopeVersion.objects.filter(scope__tool=scope.tool)
    else:
        return None
    rows = Disruption.objects.filter(
        site_id=scope.plant,
        kind=kind.value,
        state__in=OPEN_STATES,
        restored_at=None,
        pk__in=naming.values("disruption_id"),
    )
    return rows.order_by("id").first()


def add_report(request: OpeningRequest, running: Disruption, *, entry: Recording) -> None:
    """Write down that a further report of a running case came in; the same one counts once."""
    entry.subject = subject_of(running.pk)
    joined = f"{request.origin}:{request.origin_key}"
    known = Entry.objects.filter(subject=entry.subject, action="report_joined", data__joined=joined)
    if known.exists():
        entry.discard()
        return
    entry.data.update(joined=joined, note=request.note, cause=request.cause)


def resolve_scope(kind: DisruptionKind, scope: Scope) -> Scope:
    """Return the scope with its names checked and bare lots completed.

    Raises
    ------
    SubjectMissing, SubjectUnknown, LotUnknown, LotAmbiguous
        As ``open_disruption``.
    """
    needed = _NEEDS[kind]
    if not any(getattr(scope, name) for name in needed):
        raise SubjectMissing(kind=kind.value, fields=list(needed))
    if not Site.objects.filter(code=scope.plant).exists():
        raise SubjectUnknown(field="plant", value=scope.plant)
    for code in scope.equipment:
        _require(Equipment, field="equipment", value=code, plant=scope.plant)
    if scope.tool:
        _require(Tool, field="tool", value=scope.tool, plant=scope.plant)
    lots = tuple(resolve_lot(lot, plant=scope.plant) for lot in scope.lots)
    return _with_lots(scope, lots)


def _require(model: Any, *, field: str, value: str, plant: str) -> None:
    if not model.objects.filter(site_id=plant, retired=None, **{field: value}).exists():
        raise SubjectUnknown(field=field, value=value)


def _with_lots(scope: Scope, lots: tuple[LotKey, ...]) -> Scope:
    values = {name: getattr(scope, name) for name in scope.__dataclass_fields__}
    return Scope(**{**values, "lots": lots})


def _severity(request: OpeningRequest) -> Severity:
    if request.severity is not None:
        return request.severity
    cause = load_cause(request.cause, plant=request.scope.plant) if request.cause else None
    if cause is not None and cause.severity:
        return Severity(cause.severity)
    return _DEFAULT_SEVERITY.get(request.kind, Severity.S3)
