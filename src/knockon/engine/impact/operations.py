"""List the operations that run later."""

from knockon.domain.facts import OperationKey, WorkOrderKey
from knockon.domain.impact import OperationImpact
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Run
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import Job, to_instant


def list_operations(case: Case) -> tuple[OperationImpact, ...]:
    """Return every operation that is hit, in key order, by the run that proves it best."""
    rows: dict[OperationKey, OperationImpact] = {}
    estimated: set[WorkOrderKey] = set()
    for place in case.late_jobs():
        job = case.shop.jobs[place]
        run = case.first_run(place)
        if job.estimated:
            estimated.add(job.work_order)
        elif run is not None:
            link_class = case.job_class(place)
            rows[job.key] = _row(case, run, place, job, link_class=link_class)
    for key in sorted(estimated.union(case.unscheduled.intersection(case.possible.came_from))):
        for operation in case.records.operations.get(key, ()):
            if operation.status != "done" and operation.key not in rows:
                rows[operation.key] = OperationImpact(
                    key=operation.key,
                    equipment=operation.equipment,
                    link_class=LinkClass.POSSIBLE,
                    frozen=False,
                    old_start=None,
                    new_start=None,
                    old_finish=None,
                    new_finish=None,
                    delay_s=None,
                )
    return tuple(rows[key] for key in sorted(rows))


def _row(case: Case, run: Run, place: int, job: Job, *, link_class: LinkClass) -> OperationImpact:
    old_start = int(run.old.start[place])
    new_start, new_finish = int(run.new.start[place]), int(run.new.finish[place])
    if job.running and job.began_at is not None:
        old_start = new_start = job.began_at
    lasts = run.delay(place)
    end = case.at + case.records.plant(job.key.plant).frozen_window_s
    return OperationImpact(
        key=job.key,
        equipment=job.equipment,
        link_class=link_class,
        frozen=old_start < end,
        old_start=to_instant(old_start),
        new_start=to_instant(new_start) if new_start < AGES else None,
        old_finish=to_instant(int(run.old.finish[place])),
        new_finish=to_instant(new_finish) if new_finish < AGES else None,
        delay_s=lasts if lasts < AGES else None,
    )
