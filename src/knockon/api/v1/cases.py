"""Disruptions: report, list, read the impact, move along."""

import uuid
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field

from knockon.api.v1.asking import asker
from knockon.apps.disruptions.answers.curves import curve_document
from knockon.apps.disruptions.answers.impacts import impact_document
from knockon.apps.disruptions.answers.money import money_document
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_disruptions,
    load_scope_version,
)
from knockon.apps.disruptions.services.moving import Revision, move, revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.domain.access import Right
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Severity
from knockon.domain.scope_values import scope_from_values

router = Router(tags=["disruptions"])
_PAGE = 100


class ReportIn(Schema):
    """What is reported; ``scope`` holds the fields of a scope, its plant first."""

    kind: DisruptionKind
    scope: dict[str, Any]
    severity: Severity | None = None
    cause: str = Field("", max_length=80)
    note: str = Field("", max_length=4000)
    started_at: datetime | None = None


class DisruptionOut(Schema):
    """A case as lists show it."""

    id: int
    plant: str
    kind: str
    severity: str
    state: str
    cause: str
    note: str
    owner: str
    started_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None
    contained_at: datetime | None
    restored_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    scope: dict[str, Any]


class NoteIn(Schema):
    """Why a case is moved."""

    note: str = Field("", max_length=4000)


class RevisionIn(Schema):
    """Fields of the scope that are known better now; null takes one back.

    A suspect window that leaves out what was suspect needs a note that says why.
    """

    changes: dict[str, Any]
    note: str = Field("", max_length=4000)


@router.post("", response={201: DisruptionOut})
def report(
    request: HttpRequest,
    body: ReportIn,
    idempotency_key: Header[str | None] = None,
) -> Status[dict[str, Any]]:
    """Open a disruption; the same idempotency key opens one case only."""
    viewer = asker(request)
    row = open_disruption(
        OpeningRequest(
            kind=body.kind,
            scope=scope_from_values(body.scope),
            origin="api",
            origin_key=f"{viewer.actor}:{(idempotency_key or str(uuid.uuid4()))[:120]}",
            severity=body.severity,
            cause=body.cause,
            note=body.note,
            started_at=body.started_at,
        ),
        viewer=viewer,
        now=datetime.now(UTC),
    )
    return Status(201, _out(row))


@router.get("", response=list[DisruptionOut])
def listing(
    request: HttpRequest,
    state: DisruptionState | None = None,
    since: datetime | None = None,
    after: int = 0,
) -> list[dict[str, Any]]:
    """List disruptions by number; ``after`` is the last number of the page before."""
    viewer = asker(request)
    viewer.require(Right.VIEW_BOARD)
    states = [state.value] if state else None
    rows = load_disruptions(viewer=viewer, states=states, since=since).filter(pk__gt=after)
    return [_out(row) for row in rows.order_by("pk")[:_PAGE]]


@router.get("/{disruption_id}", response=DisruptionOut)
def one(request: HttpRequest, disruption_id: int) -> dict[str, Any]:
    """Return one disruption."""
    return _out(load_disruption(disruption_id, viewer=asker(request)))


@router.get("/{disruption_id}/impact")
def impact(request: HttpRequest, disruption_id: int, cleared: bool = False) -> dict[str, Any]:
    """Return the newest impact document; ``cleared`` adds what evidence freed, with the reason."""
    return impact_document(disruption_id, viewer=asker(request), with_freed=cleared)


@router.get("/{disruption_id}/curve")
def curve(request: HttpRequest, disruption_id: int) -> dict[str, Any]:
    """Return which orders turn late at which repair time; none when it cannot matter."""
    return curve_document(disruption_id, viewer=asker(request))


@router.get("/{disruption_id}/money")
def money(request: HttpRequest, disruption_id: int) -> dict[str, Any]:
    """Return what the case puts at risk in money, each figure with what it is worked out from."""
    return money_document(disruption_id, viewer=asker(request))


@router.post("/{disruption_id}/acknowledge", response=DisruptionOut)
def acknowledge(request: HttpRequest, disruption_id: int, body: NoteIn) -> dict[str, Any]:
    """Take the case."""
    return _move(request, disruption_id, DisruptionState.ACKNOWLEDGED, body)


@router.post("/{disruption_id}/contain", response=DisruptionOut)
def contain(request: HttpRequest, disruption_id: int, body: NoteIn) -> dict[str, Any]:
    """Say that nothing more gets out."""
    return _move(request, disruption_id, DisruptionState.CONTAINED, body)


@router.post("/{disruption_id}/resolve", response=DisruptionOut)
def resolve(request: HttpRequest, disruption_id: int, body: NoteIn) -> dict[str, Any]:
    """Say that it runs again."""
    return _move(request, disruption_id, DisruptionState.RESOLVED, body)


@router.post("/{disruption_id}/close", response=DisruptionOut)
def close(request: HttpRequest, disruption_id: int, body: NoteIn) -> dict[str, Any]:
    """Close the case."""
    return _move(request, disruption_id, DisruptionState.CLOSED, body)


@router.post("/{disruption_id}/revise", response=DisruptionOut)
def change(request: HttpRequest, disruption_id: int, body: RevisionIn) -> dict[str, Any]:
    """Change what is known of the case; its impact is computed again."""
    viewer = asker(request)
    why = Revision(note=body.note)
    revise(disruption_id, changes=body.changes, viewer=viewer, now=datetime.now(UTC), why=why)
    return _out(load_disruption(disruption_id, viewer=viewer))


def _move(
    request: HttpRequest, disruption_id: int, state: DisruptionState, body: NoteIn
) -> dict[str, Any]:
    viewer = asker(request)
    row = move(disruption_id, state=state, viewer=viewer, now=datetime.now(UTC), note=body.note)
    return _out(row)


def _out(row: Disruption) -> dict[str, Any]:
    fields = {
        name: getattr(row, name)
        for name in DisruptionOut.model_fields
        if name not in {"plant", "scope"}
    }
    return {**fields, "plant": row.site_id, "scope": load_scope_version(row.pk).scope}
