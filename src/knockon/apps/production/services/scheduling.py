"""Plans: an import or an applied plan makes a new schedule version."""

from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Max

from knockon.apps.journal.bus import Recording
from knockon.apps.production.models import PlannedOperation, ScheduleVersion
from knockon.apps.production.models.bindings import plan_binding
from knockon.apps.production.services.storing import NewRow, Stored, store_rows


def store_plan(
    rows: Sequence[NewRow], *, source: str, entry: Recording, is_snapshot: bool = False
) -> Stored:
    """Write the plan columns of ``operations`` rows; a plan that differs is a new version.

    Runs within an open recording.
    """
    binding = plan_binding()
    planned = [replace(row, fields=row.plan, plan={}, own={}) for row in rows]
    stored = store_rows(
        planned, binding=binding, source=source, entry=entry, is_snapshot=is_snapshot
    )
    if stored.is_change:
        for plant in sorted({row.plant for row in rows}):
            changed = PlannedOperation.objects.filter(site_id=plant, recorded_id=entry.position)
            retired = PlannedOperation.objects.filter(site_id=plant, retired_id=entry.position)
            if changed.exists() or retired.exists():
                add_version(plant, origin="import", source=source, entry=entry)
    return stored


def add_version(
    plant: str,
    *,
    origin: str,
    source: str,
    entry: Recording,
    restores: ScheduleVersion | None = None,
) -> ScheduleVersion:
    """Number the plan as it stands at this entry."""
    newest = ScheduleVersion.objects.filter(site_id=plant).aggregate(last=Max("number"))["last"]
    return ScheduleVersion.objects.create(
        site_id=plant,
        number=(newest or 0) + 1,
        recorded_id=entry.position,
        origin=origin,
        source=source,
        restores=restores,
    )
