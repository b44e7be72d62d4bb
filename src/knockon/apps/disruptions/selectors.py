"""Reading disruptions; every list passes ``visible``."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from knockon.apps.accounts.selectors import visible
from knockon.apps.disruptions.models import (
    Attachment,
    Disruption,
    Impact,
    ImpactLine,
    MachineState,
    ScopeVersion,
)
from knockon.apps.journal.models import Entry
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import (
    Disruption as DisruptionValue,
)
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Severity
from knockon.domain.errors import KnockonError
from knockon.domain.scope_values import scope_from_values

OPEN_STATES = (
    DisruptionState.OPEN.value,
    DisruptionState.ACKNOWLEDGED.value,
    DisruptionState.CONTAINED.value,
)


class DisruptionUnknown(KnockonError):
    """There is no such disruption, or not for this viewer; the two are not told apart."""

    code = "disruption_unknown"


class ImpactMissing(KnockonError):
    """The impact is still being computed."""

    code = "impact_missing"


def load_disruptions(
    *, viewer: Viewer, states: Iterable[str] | None = None, since: datetime | None = None
) -> QuerySet[Disruption]:
    """Return the disruptions the viewer may see, worst and newest first."""
    rows = visible(Disruption.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    if states is not None:
        rows = rows.filter(state__in=list(states))
    if since is not None:
        rows = rows.filter(opened_at__gte=since)
    return rows.order_by("severity", "-opened_at", "id")


def load_disruption(disruption_id: int, *, viewer: Viewer) -> Disruption:
    """Return one disruption.

    Raises
    ------
    DisruptionUnknown
        It is not there, or the viewer may not see its plant.
    """
    row = load_disruptions(viewer=viewer).filter(pk=disruption_id).first()
    if row is None:
        raise DisruptionUnknown(disruption=disruption_id)
    return row


def load_scope_version(disruption_id: int, *, position: int | None = None) -> ScopeVersion:
    """Return what the disruption touches, as known at a journal position (None: now)."""
    rows = ScopeVersion.objects.filter(disruption_id=disruption_id)
    if position is not None:
        rows = rows.filter(recorded_id__lte=position)
    return rows.order_by("-recorded_id")[0]


def load_value(row: Disruption, *, scope: ScopeVersion) -> DisruptionValue:
    """Return the disruption as the engine is asked about it."""
    return DisruptionValue(
        id=str(row.pk),
        kind=DisruptionKind(row.kind),
        severity=Severity(row.severity),
        state=DisruptionState(row.state),
        opened_at=row.opened_at,
        scope=scope_from_values(scope.scope),
    )


def load_impact(disruption_id: int) -> Impact:
    """Return the newest answer.

    Raises
    ------
    ImpactMissing
        None is stored yet.
    """
    row = Impact.objects.filter(disruption_id=disruption_id).order_by("-id").first()
    if row is None:
        raise ImpactMissing(disruption=disruption_id)
    return row


def load_impacts_of(disruption_ids: Iterable[int]) -> dict[int, Impact]:
    """Return the newest answer of each disruption that has one, without its document."""
    rows = (
        Impact.objects.filter(disruption_id__in=list(disruption_ids))
        .order_by("disruption_id", "-id")
        .distinct("disruption_id")
        .defer("document")
    )
    return {row.disruption_id: row for row in rows}


def load_open_lines(*, viewer: Viewer) -> QuerySet[ImpactLine]:
    """Return the order lines that open disruptions hit, for those who may see orders."""
    rows = visible(ImpactLine.objects.all(), viewer=viewer, right=Right.VIEW_ORDERS)
    return rows.filter(disruption__state__in=OPEN_STATES).order_by("disruption_id", "rank")


def load_timeline(disruption_id: int) -> QuerySet[Entry]:
    """Return everything that was recorded of the case, oldest first."""
    return Entry.objects.filter(subject=subject_of(disruption_id)).order_by("position")


def load_attachments(disruption_id: int) -> QuerySet[Attachment]:
    """Return the photos and voice notes, oldest first."""
    return Attachment.objects.filter(disruption_id=disruption_id).order_by("id")


def load_machine_states(*, viewer: Viewer) -> QuerySet[MachineState]:
    """Return what machines do now, by plant and machine."""
    rows = visible(MachineState.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    return rows.order_by("site_id", "equipment")


def subject_of(disruption_id: int) -> str:
    """Return the journal's name for a case."""
    return f"disruption:{disruption_id}"
