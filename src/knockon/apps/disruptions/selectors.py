"""Reading disruptions; every list passes ``visible``."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Cast, Coalesce

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
from knockon.apps.production.models import OrderLine
from knockon.apps.production.selectors import load_order_lines
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import (
    Disruption as DisruptionValue,
)
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Severity
from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey, OrderLineKey
from knockon.domain.impact import Effect
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


class ImpactVersionUnknown(KnockonError):
    """There is no such answer of this case."""

    code = "impact_version_unknown"


class AttachmentUnknown(KnockonError):
    """There is no such file, or not for this viewer."""

    code = "attachment_unknown"


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


def load_scopes_of(disruption_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what each disruption touches, as known now."""
    rows = (
        ScopeVersion.objects.filter(disruption_id__in=list(disruption_ids))
        .order_by("disruption_id", "-recorded_id")
        .distinct("disruption_id")
    )
    return {row.disruption_id: row.scope for row in rows}


def load_impact(disruption_id: int, *, impact_id: int | None = None) -> Impact:
    """Return the newest answer, or an older one by its id.

    Raises
    ------
    ImpactMissing
        None is stored yet.
    ImpactVersionUnknown
        The case has no answer of this id.
    """
    rows = Impact.objects.filter(disruption_id=disruption_id)
    if impact_id is not None:
        rows = rows.filter(pk=impact_id)
    row = rows.order_by("-id").first()
    if row is None and impact_id is not None:
        raise ImpactVersionUnknown(disruption=disruption_id, impact=impact_id)
    if row is None:
        raise ImpactMissing(disruption=disruption_id)
    return row


def load_impact_versions(disruption_id: int) -> QuerySet[Impact]:
    """Return every answer the case ever had, newest first, without the documents."""
    rows = Impact.objects.filter(disruption_id=disruption_id).order_by("-id")
    return rows.defer("document", "difference", "cleared")


def load_impacts_of(disruption_ids: Iterable[int]) -> dict[int, Impact]:
    """Return the newest answer of each disruption that has one, without its document."""
    rows = (
        Impact.objects.filter(disruption_id__in=list(disruption_ids))
        .order_by("disruption_id", "-id")
        .distinct("disruption_id")
        .defer("document", "difference", "cleared")
    )
    return {row.disruption_id: row for row in rows}


def load_unanswered(*, viewer: Viewer) -> QuerySet[Disruption]:
    """Return the open cases whose impact is not computed yet."""
    return load_disruptions(viewer=viewer, states=OPEN_STATES).exclude(
        pk__in=Impact.objects.values("disruption_id")
    )


def load_open_lines(*, viewer: Viewer) -> QuerySet[ImpactLine]:
    """Return the order lines that open disruptions hit, for those who may see orders."""
    rows = visible(ImpactLine.objects.all(), viewer=viewer, right=Right.VIEW_ORDERS)
    return rows.filter(disruption__state__in=OPEN_STATES).order_by("disruption_id", "rank")


def count_hit(disruption_ids: Iterable[int]) -> tuple[int, int]:
    """Return how many order lines and customers these cases hit, each counted once.

    Lines that only move are not among them: their goods ship on time.
    """
    rows = _calling(ImpactLine.objects.filter(disruption_id__in=list(disruption_ids)))
    orders = rows.values("site_id", "order", "line").distinct().count()
    return orders, rows.values("customer").distinct().count()


def count_hit_by_case(disruption_ids: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Return how many order lines and customers each case hits, without those that only move."""
    rows = _calling(ImpactLine.objects.filter(disruption_id__in=list(disruption_ids)))
    counted = rows.values("disruption_id").annotate(
        orders=Count("id"), customers=Count("customer", distinct=True)
    )
    return {row["disruption_id"]: (row["orders"], row["customers"]) for row in counted}


def _calling(rows: QuerySet[ImpactLine]) -> QuerySet[ImpactLine]:
    """Return the lines because of which somebody must be called."""
    return rows.exclude(link_class="CLEARED").exclude(effects=[Effect.MOVED.value])


def load_timeline(disruption_id: int) -> QuerySet[Entry]:
    """Return everything that was recorded of the case, oldest first."""
    return Entry.objects.filter(subject=subject_of(disruption_id)).order_by("position")


def load_attachments(disruption_id: int) -> QuerySet[Attachment]:
    """Return the photos and voice notes, oldest first."""
    return Attachment.objects.filter(disruption_id=disruption_id).order_by("id")


def load_attachment(attachment_id: int, *, viewer: Viewer) -> Attachment:
    """Return one photo or voice note.

    Raises
    ------
    AttachmentUnknown
        It is not there, or the viewer may not see its case.
    """
    cases = visible(Disruption.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    row = Attachment.objects.filter(pk=attachment_id, disruption__in=cases).first()
    if row is None:
        raise AttachmentUnknown(attachment=attachment_id)
    return row


def load_machine_states(*, viewer: Viewer) -> QuerySet[MachineState]:
    """Return what machines do now, by plant and machine."""
    rows = visible(MachineState.objects.all(), viewer=viewer, right=Right.VIEW_BOARD)
    return rows.order_by("site_id", "equipment")


def subject_of(disruption_id: int) -> str:
    """Return the journal's name for a case."""
    return f"disruption:{disruption_id}"


_NO_RISK = len(Effect)
_MOVED = tuple(Effect).index(Effect.MOVED)


def load_orders_by_risk(*, viewer: Viewer, is_hit: bool | None = None) -> QuerySet[OrderLine]:
    """Return the order lines the viewer may see, the worst hit first, then by due time.

    ``is_hit`` keeps those because of which somebody must be called, or all others: lines that no
    open case hits and lines that only move.
    """
    hits = ImpactLine.objects.filter(
        disruption__state__in=OPEN_STATES,
        site_id=OuterRef("site_id"),
        order=OuterRef("order"),
        line=OuterRef("line"),
    ).exclude(link_class="CLEARED")
    level = Case(
        *(
            When(effects__contains=[effect.value], then=Value(rank))
            for rank, effect in enumerate(Effect)
        ),
        default=Value(_NO_RISK),
        output_field=IntegerField(),
    )
    worst = hits.annotate(level=level).order_by("level").values("level")[:1]
    rows = load_order_lines(viewer=viewer).annotate(risk=Coalesce(Subquery(worst), _NO_RISK))
    if is_hit is not None:
        rows = rows.filter(risk__lt=_MOVED) if is_hit else rows.filter(risk__gte=_MOVED)
    return rows.order_by("risk", "due_at", "site_id", "order", "line")


def load_hits_of(
    lines: Iterable[OrderLineKey], *, viewer: Viewer
) -> dict[OrderLineKey, list[ImpactLine]]:
    """Return how open cases hit these order lines, the worst case first."""
    wanted = set(lines)
    rows = (
        load_open_lines(viewer=viewer)
        .filter(order__in={key.order for key in wanted})
        .exclude(link_class="CLEARED")
        .select_related("disruption")
        .order_by("disruption__severity", "rank", "disruption_id")
    )
    found: dict[OrderLineKey, list[ImpactLine]] = defaultdict(list)
    for row in rows:
        key = OrderLineKey(row.site_id, row.order, row.line)
        if key in wanted:
            found[key].append(row)
    return found


def is_hit_by(disruption_id: int, *, viewer: Viewer) -> Q:
    """Return the condition on order lines that a case hits them."""
    hits = visible(ImpactLine.objects.all(), viewer=viewer, right=Right.VIEW_ORDERS).filter(
        disruption_id=disruption_id,
        site_id=OuterRef("site_id"),
        order=OuterRef("order"),
        line=OuterRef("line"),
    )
    return Q(Exists(hits))


def load_cases_of_lot(lot: LotKey, *, viewer: Viewer) -> QuerySet[Disruption]:
    """Return the open cases that name a lot or whose newest answer reaches it."""
    named = ScopeVersion.objects.filter(scope__lots__contains=[list(lot)])
    lots = Cast(KeyTransform("lots", "document"), JSONField())
    newest = Impact.objects.filter(disruption=OuterRef("pk")).order_by("-id").values(found=lots)
    wanted = [{"issuer": lot.issuer, "item": lot.item, "lot": lot.lot}]
    rows = load_disruptions(viewer=viewer, states=OPEN_STATES).annotate(
        suspect=Subquery(newest[:1], output_field=JSONField())
    )
    return rows.filter(Q(pk__in=named.values("disruption_id")) | Q(suspect__contains=wanted))
