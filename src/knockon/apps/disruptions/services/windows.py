"""Setting a case's suspect window, and taking that back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knockon.apps.disruptions.models import ScopeVersion
from knockon.apps.disruptions.selectors import load_disruption, load_scope_version
from knockon.apps.disruptions.services.moving import Revision, revise
from knockon.apps.disruptions.services.window_rules import WINDOW_FIELDS
from knockon.domain.access import Viewer
from knockon.domain.errors import KnockonError
from knockon.domain.suspect_window import WindowSubject


class NothingToUndo(KnockonError):
    """The window was never changed."""

    code = "nothing_to_undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWindow:
    """A window that a person takes; ``subject`` None leaves only the lots that the case names.

    ``evidence`` is the kind of evidence it was chosen by, ``''`` when it was typed.
    """

    subject: WindowSubject | None
    start: datetime | None
    end: datetime | None
    evidence: str = ""
    note: str = ""


def set_window(
    disruption_id: int, *, window: ChosenWindow, viewer: Viewer, now: datetime
) -> ScopeVersion:
    """Set the suspect window of a case; leaving out what was suspect needs a reason.

    Raises
    ------
    DisruptionUnknown, NotAllowed, ScopeInvalid, ReasonMissing, MoveRefused
        As ``revise``.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    scope = load_scope_version(row.pk).scope
    subject = window.subject
    changes: dict[str, Any] = {
        "start": window.start.isoformat() if subject and window.start else None,
        "end": window.end.isoformat() if subject and window.end else None,
    }
    # Where a machine or tool is named, its name stays: an area stands for what is below it.
    if subject is None or not (scope.get("equipment") or scope.get("tool")):
        changes |= {
            "equipment": list(subject.equipment) if subject and subject.equipment else None,
            "tool": subject.tool if subject else None,
            "cavity": subject.cavity if subject else None,
        }
    return revise(
        disruption_id,
        changes=changes,
        viewer=viewer,
        now=now,
        why=Revision(note=window.note, evidence=window.evidence),
    )


def undo_window(disruption_id: int, *, viewer: Viewer, now: datetime) -> ScopeVersion:
    """Take the last change of the window back: the one before it holds again.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, or not the viewer's to change.
    NothingToUndo
        The window was never changed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    former = former_window(row.pk)
    if former is None:
        raise NothingToUndo(disruption=disruption_id)
    return revise(disruption_id, changes=former, viewer=viewer, now=now, why=Revision(is_undo=True))


def former_window(disruption_id: int) -> dict[str, Any] | None:
    """Return the window fields that held before the last change of them; None without one."""
    versions = ScopeVersion.objects.filter(disruption_id=disruption_id).order_by("-recorded_id")
    scopes = versions.values_list("scope", flat=True)
    newest: dict[str, Any] | None = None
    for scope in scopes:
        window = {name: scope.get(name) for name in WINDOW_FIELDS}
        if newest is None:
            newest = window
        elif window != newest:
            return window
    return None
