"""List the operations that run later."""

from knockon.domain.facts import OperationKey
from knockon.domain.impact import OperationImpact
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import LEVELS, Case
from knockon.engine.impact.delay import LevelDelay
from knockon.engine.schedule._kernels import AGES
from knockon.engine.schedule.shop import Job, to_instant


def list_operations(case: Case) -> tuple[OperationImpact, ...]:
    """Return every operation that is hit, in key order, by the first level that proves it."""
    rows: dict[OperationKey, OperationImpact] = {}
    for place, job in enumerate(case.shop.jobs):
        level = first_level(case, place)
        if level is not None:
            rows[job.key] = _row(case, case.delays[level], place, job, level=level)
    for key in case.possible.work_orders:
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


def first_level(case: Case, place: int) -> LinkClass | None:
    """Return the narrowest level at which a job is later by enough to count."""
    enough = case.materiality_s(case.shop.jobs[place].key.plant)
    return next((level for level in LEVELS if case.delays[level].delay(place) >= enough), None)


def _row(
    case: Case, delay: LevelDelay, place: int, job: Job, *, level: LinkClass
) -> OperationImpact:
    old_start = int(delay.old.start[place])
    new_start, new_finish = int(delay.new.start[place]), int(delay.new.finish[place])
    if job.running and job.began_at is not None:
        old_start = new_start = job.began_at
    lasts = delay.delay(place)
    end = case.at + case.records.plant(job.key.plant).frozen_window_s
    return OperationImpact(
        key=job.key,
        equipment=job.equipment,
        link_class=level,
        frozen=old_start < end,
        old_start=to_instant(old_start),
        new_start=to_instant(new_start) if new_start < AGES else None,
        old_finish=to_instant(int(delay.old.finish[place])),
        new_finish=to_instant(new_finish) if new_finish < AGES else None,
        delay_s=lasts if lasts < AGES else None,
    )
