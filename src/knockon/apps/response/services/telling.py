"""Deciding who is told what, and queueing their messages."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime

from knockon.apps.accounts.models import Membership, User
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_scope_version, subject_of
from knockon.apps.journal.bus import Recording, recording
from knockon.apps.plant.selectors import areas_above
from knockon.apps.response.models import ContactPoint, Message
from knockon.apps.response.services.news import news_of
from knockon.domain.access import SYSTEM, Role
from knockon.domain.disruptions import DisruptionKind
from knockon.domain.events import ImpactAssessed, MessagesQueued

_MAKERS = (Role.TEAM_LEADER, Role.PLANNER)
_ROLES: Mapping[DisruptionKind, tuple[Role, ...]] = {
    DisruptionKind.EQUIPMENT: (*_MAKERS, Role.MAINTENANCE),
    DisruptionKind.TOOL: (*_MAKERS, Role.MAINTENANCE),
    DisruptionKind.AREA: (*_MAKERS, Role.MAINTENANCE, Role.MANAGER),
    DisruptionKind.QUALITY: (Role.QUALITY, Role.TEAM_LEADER, Role.SALES),
    DisruptionKind.METHOD: (Role.QUALITY, Role.TEAM_LEADER),
    DisruptionKind.MATERIAL: (Role.PLANNER, Role.QUALITY, Role.TEAM_LEADER),
    DisruptionKind.SUPPLIER: (Role.PLANNER, Role.MANAGER),
    DisruptionKind.PEOPLE: _MAKERS,
    DisruptionKind.COMPLAINT: (Role.QUALITY, Role.SALES),
    DisruptionKind.CUSTOMER: (Role.SALES, Role.PLANNER),
}
"""Who must know of which kind; the rules that plants write themselves come with the flows."""


def on_assessed(event: ImpactAssessed, *, now: datetime) -> None:
    """Tell the right roles of the plant and area whom a disruption hits.

    Of a changed answer only the difference is told; where no order line is hit in another way than
    before, nobody is. Idempotent by message: impact, recipient and channel.
    """
    impact = Impact.objects.get(pk=event.impact_id)
    news = None if event.is_first else news_of(impact.difference or {"parts": {}})
    if news is not None and not news:
        return
    row = Disruption.objects.get(pk=event.disruption_id)
    with recording(
        actor=SYSTEM.actor,
        action="messages_queued",
        now=now,
        plant=row.site_id,
        subject=subject_of(row.pk),
    ) as entry:
        code = "impact_first" if event.is_first else "impact_changed"
        messages = _messages(row, impact, code=code, entry=entry)
        params = {**_params(row, impact), **(asdict(news) if news else {})}
        for message in messages:
            message.params = params
        known = set(
            Message.objects.filter(
                dedupe_key__in=[message.dedupe_key for message in messages]
            ).values_list("dedupe_key", flat=True)
        )
        fresh = [message for message in messages if message.dedupe_key not in known]
        if not fresh:
            entry.discard()
            return
        stored = Message.objects.bulk_create(fresh)
        if row.notified_at is None:
            row.notified_at = now
            row.save(update_fields=["notified_at"])
        entry.data.update(messages=len(stored), code=code)
        entry.publish(MessagesQueued(message_ids=tuple(message.pk for message in stored)))


def _messages(row: Disruption, impact: Impact, *, code: str, entry: Recording) -> list[Message]:
    roles = _ROLES[DisruptionKind(row.kind)]
    scope = load_scope_version(row.pk).scope
    areas: set[str] = set()
    for equipment in scope.get("equipment", []):
        areas |= areas_above(equipment, plant=row.site_id)
    messages = []
    for user in _users(row.site_id, roles=roles, areas=areas):
        messages.append(_to(user, "in_app", "", row=row, code=code, impact=impact, entry=entry))
        if user.email:
            messages.append(
                _to(user, "email", user.email, row=row, code=code, impact=impact, entry=entry)
            )
    points = ContactPoint.objects.filter(
        site_id=row.site_id, role__in=[role.value for role in roles]
    )
    messages += [
        _at(point, row=row, code=code, impact=impact, entry=entry)
        for point in points.order_by("id")
    ]
    return messages


def _users(plant: str, *, roles: Iterable[Role], areas: set[str]) -> list[User]:
    """Return the active users with one of the roles there, each once, by name.

    A membership that names areas counts only for trouble in one of them; trouble that no machine
    bounds concerns everybody.
    """
    rows = Membership.objects.filter(
        role__in=[role.value for role in roles], user__is_active=True
    ).select_related("user", "site")
    found = {
        row.user
        for row in rows
        if (row.site is None or row.site.code == plant)
        and (not row.areas or not areas or areas & set(row.areas))
    }
    return sorted(found, key=lambda user: user.username)


def _to(
    user: User,
    channel: str,
    address: str,
    *,
    row: Disruption,
    code: str,
    impact: Impact,
    entry: Recording,
) -> Message:
    return Message(
        entry_id=entry.position,
        site_id=row.site_id,
        disruption=row,
        dedupe_key=f"impact:{impact.pk}:user:{user.pk}:{channel}",
        user=user,
        channel=channel,
        address=address,
        language=user.language,
        code=code,
        severity=row.severity,
        created_at=entry.now,
        due_at=entry.now,
        **_in_app_is_there(channel, entry.now),
    )


def _at(
    point: ContactPoint, *, row: Disruption, code: str, impact: Impact, entry: Recording
) -> Message:
    return Message(
        entry_id=entry.position,
        site_id=row.site_id,
        disruption=row,
        dedupe_key=f"impact:{impact.pk}:point:{point.pk}",
        channel=point.channel,
        address=point.address,
        language=point.language,
        code=code,
        severity=row.severity,
        created_at=entry.now,
        due_at=entry.now,
    )


def _in_app_is_there(channel: str, now: datetime) -> dict[str, object]:
    """A stored in-app message has arrived; the others wait for their channel."""
    return {"state": Message.State.SENT, "sent_at": now} if channel == "in_app" else {}


def _params(row: Disruption, impact: Impact) -> dict[str, object]:
    document = impact.document
    effects = [set(order["effects"]) for order in document["orders"]]
    scope = document["disruption"]["scope"]
    return {
        "disruption": row.pk,
        "kind": row.kind,
        "severity": row.severity,
        "where": ", ".join(scope.get("equipment") or []) or scope.get("tool") or "",
        "lots": ", ".join(lot[2] for lot in (scope.get("lots") or [])[:3]),
        "orders": impact.orders,
        "customers": impact.customers,
        "late": sum("LATE" in found for found in effects),
        "short": sum("SHORT" in found for found in effects),
        "suspect": sum(bool(found & {"SUSPECT_SHIPPED", "SUSPECT_ON_HAND"}) for found in effects),
        "zone": row.site.timezone,
        "decide_by": impact.decide_by.isoformat() if impact.decide_by else None,
    }
