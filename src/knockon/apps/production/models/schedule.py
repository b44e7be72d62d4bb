"""Plans: immutable versions, of which the newest is followed."""

from django.db import models
from django.db.models import Q

from knockon.apps.accounts.models import Site
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models import SiteVersioned
from knockon.apps.plant.models.rows import key, moment, span


class ScheduleVersion(models.Model):
    """One whole plan of a plant; undoing a plan makes a new version that points back."""

    site = models.ForeignKey(
        Site,
        to_field="code",
        db_column="plant",
        on_delete=models.PROTECT,
        related_name="+",
    )
    number = models.PositiveIntegerField()
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    origin = models.CharField(max_length=20)
    """``import``, ``plan`` or ``undo``."""
    source = models.CharField(max_length=80)
    restores = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "number"], name="schedule_number"),
        ]

    def __str__(self) -> str:
        return f"{self.site_id} v{self.number}"


class PlannedOperation(SiteVersioned):
    """When, where and with what an operation shall run.

    A version's plan is the rows recorded at or before it and not retired by it: a new version
    writes only what changed, and no row is ever edited.
    """

    work_order = key()
    seq = models.IntegerField()
    equipment = key()
    tool = key()
    run_group = key()
    crew = key()
    planned_start = moment()
    planned_start_span_s = span()
    planned_finish = moment()
    planned_finish_span_s = span()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["site", "work_order", "seq"],
                condition=Q(retired=None),
                name="planned_operation_key",
            ),
            models.CheckConstraint(
                condition=Q(planned_start=None)
                | Q(planned_finish=None)
                | Q(planned_start__lte=models.F("planned_finish")),
                name="planned_operation_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_order}/{self.seq}"
