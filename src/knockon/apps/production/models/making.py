"""Work orders, their needs, their operations, and work that was reported."""

from django.db import models
from django.db.models import F, Q

from knockon.apps.plant.models import SiteFact, SiteVersioned, current
from knockon.apps.plant.models.rows import key, moment, quantity, some_quantity, span


class WorkOrder(SiteVersioned):
    """An order to make a quantity of an item."""

    work_order = key()
    item = key()
    qty = quantity()
    kind = key()
    status = key()
    due_at = moment()
    due_span_s = span()
    release_at = moment()
    planned_start = moment()
    planned_start_span_s = span()
    planned_finish = moment()
    planned_finish_span_s = span()
    finished_qty = quantity(default=0)
    scrap_qty = quantity(default=0)
    order = key()
    line = key()
    parent_work_order = key()
    supplier = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "work_order", name="work_order_key"),
            models.CheckConstraint(condition=Q(qty__gte=0), name="work_order_qty"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "open", "done", "cancelled"]),
                name="work_order_status",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["in_house", "subcontract", "rework"]), name="work_order_kind"
            ),
            models.CheckConstraint(
                condition=~Q(work_order=F("parent_work_order")), name="work_order_not_own_parent"
            ),
        ]
        indexes = [models.Index(fields=["site", "item"], name="work_order_item")]

    def __str__(self) -> str:
        return self.work_order


class Requirement(SiteVersioned):
    """A component that a work order needs, and how much was issued."""

    work_order = key()
    component = key()
    seq = models.IntegerField(null=True)
    required_qty = quantity()
    issued_qty = quantity(default=0)
    uom = key()
    warehouse = key()
    supplied_by = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "work_order", "component", "seq", name="requirement_key"),
            models.CheckConstraint(condition=Q(required_qty__gte=0), name="requirement_qty"),
        ]

    def __str__(self) -> str:
        return f"{self.work_order} < {self.component}"


class Operation(SiteVersioned):
    """What an operation is and how far it got; when it shall run is in the schedule version."""

    work_order = key()
    seq = models.IntegerField()
    operation = key()
    status = key()
    actual_start = moment()
    actual_start_span_s = span()
    actual_finish = moment()
    actual_finish_span_s = span()
    qty_good = quantity(default=0)
    qty_scrap = quantity(default=0)
    setup_min = some_quantity()
    run_min_per_unit = some_quantity()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "work_order", "seq", name="operation_key"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "running", "paused", "done"]),
                name="operation_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_order}/{self.seq}"


class WorkReport(SiteFact):
    """Somebody or something reported work on an operation."""

    work_order = key()
    seq = models.IntegerField()
    equipment = key()
    tool = key()
    person = key()
    start = moment()
    start_span_s = span()
    finish = moment()
    finish_span_s = span()
    qty_good = some_quantity()
    qty_scrap = some_quantity()
    qty_rework = some_quantity()
    scrap_reason = key()
    input_lot = key()
    output_lot = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(start=None) | Q(finish=None) | Q(start__lte=F("finish")),
                name="work_report_in_order",
            ),
        ]
        indexes = [models.Index(fields=["site", "work_order", "seq"], name="work_report_of")]

    def __str__(self) -> str:
        return f"{self.work_order}/{self.seq}"


class Stop(SiteFact):
    """A stop of a machine; closed ones are its repair history."""

    equipment = key()
    start = models.DateTimeField()
    end = moment()
    cause = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(end=None) | Q(start__lte=F("end")), name="stop_in_order"
            ),
        ]
        indexes = [models.Index(fields=["site", "equipment", "start"], name="stop_of")]

    def __str__(self) -> str:
        return f"{self.equipment} {self.start:%Y-%m-%d %H:%M}"
