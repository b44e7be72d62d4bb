"""Moving a case along: acknowledge, contain, resolve, close; and revising what is known."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from knockon.apps.disruptions.models import Disruption, ScopeVersion
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_scope_version,
    subject_of,
)
from knockon.apps.disruptions.services.window_rules import ReasonMissing, narrows
from knockon.apps.journal.bus import recording
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import ALLOWED_TRANSITIONS, DisruptionState, Scope
from knockon.domain.errors import KnockonError
from knockon.domain.events import DisruptionMoved, DisruptionRevised
from knockon.domain.scope_values import scope_from_values, scope_to_values


class MoveRefused(KnockonError):
    """The case is in a state from which this cannot follow."""

    code = "move_refused"


_CLOCK: dict[DisruptionState, str] = {
    DisruptionState.ACKNOWLEDGED: "acknowledged_at",
    DisruptionState.CONTAINED: "contained_at",
    DisruptionState.RESOLVED: "resolved_at",
    DisruptionState.CLOSED: "closed_at",
}
RIGHT_TO_MOVE: dict[DisruptionState, Right] = {
    DisruptionState.ACKNOWLEDGED: Right.ACKNOWLEDGE,
    DisruptionState.CONTAINED: Right.ACKNOWLEDGE,
    DisruptionState.RESOLVED: Right.ESTIMATE,
    DisruptionState.CLOSED: Right.CLOSE,
    DisruptionState.OPEN: Right.CLOSE,
    DisruptionState.CANCELLED: Right.CLOSE,
}
"""Which right putting a case into a state asks for."""


def move(
    disruption_id: int, *, state: DisruptionState, viewer: Viewer, now: datetime, note: str = ""
) -> Disruption:
    """Put the case into another state; acknowledging makes the viewer its owner.

    Publishes ``DisruptionMoved``. Asking for the state it is already in changes nothing.

    Raises
    ------
    DisruptionUnknown, NotAllowed, MoveRefused
        The case is not there, not the viewer's to move, or not in a state to move from.
    """
    found = load_disruption(disruption_id, viewer=viewer)
    viewer.require(RIGHT_TO_MOVE[state], plant=found.site_id)
    with recording(
        actor=viewer.actor,
        action=f"disruption_{state.value}",
        now=now,
        plant=found.site_id,
        subject=subject_of(disruption_id),
    ) as entry:
        # The journal's lock is held, so nobody moves the case between this look and the save.
        row = Disruption.objects.get(pk=disruption_id)
        before = DisruptionState(row.state)
        if before == state:
            entry.discard()
            return row
        if state not in ALLOWED_TRANSITIONS[before]:
            raise MoveRefused(before=before.value, after=state.value)
        row.state = state.value
        changed = _stamp(row, state=state, viewer=viewer, now=now)
        row.save(update_fields=["state", *changed])
        entry.data.update(before=before.value, after=state.value, note=note)
        entry.publish(
            DisruptionMoved(
                disruption_id=row.pk, plant=row.site_id, state=row.state, actor=viewer.actor
            )
        )
    return row


def _stamp(row: Disruption, *, state: DisruptionState, viewer: Viewer, now: datetime) -> list[str]:
    changed = []
    clock = _CLOCK.get(state)
    if clock is not None and getattr(row, clock) is None:
        setattr(row, clock, now)
        changed.append(clock)
    if state is DisruptionState.ACKNOWLEDGED:
        row.owner = viewer.actor
        changed.append("owner")
    if state is DisruptionState.RESOLVED and row.restored_at is None:
        row.restored_at = now
        changed.append("restored_at")
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """Why what is known of a case is changed.

    ``evidence`` names what a suspect window was chosen by; ``is_undo`` takes the last change back.
    """

    note: str = ""
    evidence: str = ""
    is_undo: bool = False


def revise(
    disruption_id: int,
    *,
    changes: dict[str, Any],
    viewer: Viewer,
    now: datetime,
    why: Revision | None = None,
) -> ScopeVersion:
    """Change what is known of a case: repair estimate, end, suspect window, rate.

    ``changes`` are JSON values of ``Scope`` fields; None takes a field back. Whoever leaves out
    what was suspect must say why, but for taking the last change back. Publishes
    ``DisruptionRevised``.

    Raises
    ------
    DisruptionUnknown, NotAllowed, ScopeInvalid
        The case is not there or not the viewer's to estimate, or a value cannot be used.
    ReasonMissing
        Less would be suspect, and no note says why.
    MoveRefused
        Somebody else changed the window meanwhile.
    """
    why = why or Revision()
    found = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.ESTIMATE, plant=found.site_id)
    seen = load_scope_version(disruption_id)
    before, after = scope_from_values(seen.scope), _changed(seen, changes, plant=found.site_id)
    # Looked at before the journal's lock is taken, because it may load the plant's facts.
    is_narrowed = narrows(found, before=before, after=after)
    if is_narrowed and not why.note and not why.is_undo:
        raise ReasonMissing(disruption=disruption_id)
    with recording(
        actor=viewer.actor,
        action="disruption_revised",
        now=now,
        plant=found.site_id,
        subject=subject_of(disruption_id),
    ) as entry:
        newest = load_scope_version(disruption_id)
        if is_narrowed and newest.pk != seen.pk:
            raise MoveRefused(before=seen.pk, after=newest.pk)
        scope = scope_to_values(_changed(newest, changes, plant=found.site_id))
        if scope == newest.scope:
            entry.discard()
            return newest
        version = ScopeVersion.objects.create(
            disruption_id=disruption_id, recorded_id=entry.position, scope=scope
        )
        entry.data.update(
            changes={name: scope.get(name) for name in changes},
            **{name: value for name, value in asdict(why).items() if value},
        )
        entry.publish(DisruptionRevised(disruption_id=disruption_id, plant=found.site_id))
    return version


def _changed(version: ScopeVersion, changes: dict[str, Any], *, plant: str) -> Scope:
    return scope_from_values({**version.scope, **changes, "plant": plant})
