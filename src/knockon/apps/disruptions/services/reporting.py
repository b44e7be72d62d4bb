"""A person's report: opens a case and keeps what came with it, once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import subject_of
from knockon.apps.disruptions.services.attaching import (
    KeptFile,
    Upload,
    add_attachments,
    drop_files,
    keep_files,
)
from knockon.apps.disruptions.services.opening import (
    OpeningRequest,
    add_disruption,
    add_report,
    find_opened,
    find_running,
    resolve_scope,
)
from knockon.apps.journal.bus import recording
from knockon.apps.plant.models import Equipment, Tool
from knockon.apps.plant.selectors import areas_above
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import DisruptionKind, Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The case of a report, and whether this report opened it."""

    case: Disruption
    is_new: bool


def report(
    request: OpeningRequest, *, uploads: Sequence[Upload], viewer: Viewer, now: datetime
) -> Reported:
    """Open the case of a report with its photos and voice notes.

    The same report (origin and key) sent again adds only files that are not there yet; a report of
    a machine or tool that is already down joins its case. Publishes ``DisruptionOpened`` for a new
    case.

    Raises
    ------
    NotAllowed
        The viewer may not report in that plant.
    SubjectMissing, SubjectUnknown, LotUnknown, LotAmbiguous
        What is hit is not said, not known or not unique.
    AttachmentRefused, AttachmentTooLarge, TooManyAttachments
        A file cannot be kept.
    """
    viewer.require(Right.REPORT, plant=request.scope.plant)
    known = find_opened(request)
    scope = request.scope
    if known is None:
        scope = resolve_scope(request.kind, with_guesses(request.kind, scope))
        running = find_running(request.kind, scope)
        if running is not None:
            return _join(request, running, uploads=uploads, viewer=viewer, now=now)
    files = keep_files(uploads, now=now)
    try:
        return _record(request, known, scope=scope, files=files, viewer=viewer, now=now)
    except IntegrityError:
        # The same report came in by another way between our look and our lock.
        known = find_opened(request)
        if known is None:
            drop_files(files)
            raise
        return _record(request, known, scope=scope, files=files, viewer=viewer, now=now)
    except BaseException:
        drop_files(files)
        raise


def _join(
    request: OpeningRequest,
    running: Disruption,
    *,
    uploads: Sequence[Upload],
    viewer: Viewer,
    now: datetime,
) -> Reported:
    files = keep_files(uploads, now=now)
    with recording(
        actor=viewer.actor, action="report_joined", now=now, plant=running.site_id
    ) as entry:
        add_report(request, running, entry=entry)
        doubles = add_attachments(running, files, entry=entry) if not entry.is_discarded else files
    drop_files(doubles)
    return Reported(case=running, is_new=False)


def with_guesses(kind: DisruptionKind, scope: Scope) -> Scope:
    """Return the scope completed by what can only be meant: the machine's area, its one tool.

    A failure of power, air or water that is reported at a machine concerns the machine's area; a
    faulty tool that is reported at a machine is the only tool on it. Nothing else is guessed.
    """
    if not scope.equipment:
        return scope
    machine = scope.equipment[0]
    if kind is DisruptionKind.AREA:
        rows = Equipment.objects.filter(site_id=scope.plant, retired=None)
        above = areas_above(machine, plant=scope.plant)
        areas = rows.filter(level="area", equipment__in=above).values_list("equipment", flat=True)
        parent = rows.filter(equipment=machine).values_list("parent", flat=True).first()
        found = list(areas[:2])
        return replace(scope, equipment=(found[0] if len(found) == 1 else parent or machine,))
    if kind is DisruptionKind.TOOL and scope.tool is None:
        tools = Tool.objects.filter(site_id=scope.plant, retired=None, equipment=machine)
        mounted = list(tools.values_list("tool", flat=True)[:2])
        if len(mounted) == 1:
            return replace(scope, tool=mounted[0])
    return scope


def _record(
    request: OpeningRequest,
    known: Disruption | None,
    *,
    scope: Scope,
    files: Sequence[KeptFile],
    viewer: Viewer,
    now: datetime,
) -> Reported:
    action = "files_attached" if known else "disruption_opened"
    with recording(actor=viewer.actor, action=action, now=now, plant=scope.plant) as entry:
        row = known or add_disruption(request, scope=scope, viewer=viewer, entry=entry)
        doubles = add_attachments(row, files, entry=entry)
        if known is not None:
            entry.subject = subject_of(row.pk)
            entry.data.update(files=len(files) - len(doubles))
            if len(doubles) == len(files):
                entry.discard()
    drop_files(doubles)
    return Reported(case=row, is_new=known is None)
