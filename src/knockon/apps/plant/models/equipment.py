"""Machines, tools, their calendars and what changing them costs."""

from django.db import models
from django.db.models import Q

from knockon.apps.plant.models.rows import (
    SiteVersioned,
    current,
    key,
    quantity,
    some_quantity,
    text,
)


class Equipment(SiteVersioned):
    """A node of the equipment tree (ISA-95: site, area, work centre, work unit)."""

    equipment = key()
    name = text()
    parent = key()
    level = key()
    kind = key()
    cost_per_hour = some_quantity()
    topic = text()
    standard_cycle_s = some_quantity()
    rate_unit = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "equipment", name="equipment_key"),
            models.CheckConstraint(
                condition=~Q(equipment=models.F("parent")), name="equipment_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.equipment


class Tool(SiteVersioned):
    """A mould, die, fixture or gauge."""

    tool = key()
    name = text()
    kind = key()
    status = key()
    location = key()
    equipment = key()
    cavities = models.PositiveSmallIntegerField(null=True)
    cavities_open = models.PositiveSmallIntegerField(null=True)
    shot_count = models.PositiveBigIntegerField(null=True)

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "tool", name="tool_key"),
        ]

    def __str__(self) -> str:
        return self.tool


class ToolUse(SiteVersioned):
    """A tool with which an item's operation can run, on which machine."""

    item = key()
    operation = key()
    tool = key()
    equipment = key()
    change_min = some_quantity()
    approved = models.BooleanField(default=True)

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "item", "operation", "tool", "equipment", name="tool_use_key"),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.tool}"


class CalendarRule(SiteVersioned):
    """When a node of the equipment tree works, is off or is maintained, in local time."""

    equipment = key()
    weekday = models.PositiveSmallIntegerField(null=True)
    date = models.DateField(null=True)
    start = models.TimeField()
    end = models.TimeField()
    kind = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "equipment", "weekday", "date", "start", "kind", name="calendar_key"),
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), date=None) | Q(weekday=None, date__isnull=False),
                name="calendar_weekday_or_date",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["work", "off", "maintenance"]), name="calendar_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} {self.weekday or self.date} {self.start:%H:%M}"


class Setup(SiteVersioned):
    """Minutes from one set-up group to another on a machine."""

    equipment = key()
    from_group = key()
    to_group = key()
    minutes = quantity()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "equipment", "from_group", "to_group", name="setup_key"),
            models.CheckConstraint(condition=Q(minutes__gte=0), name="setup_minutes"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} {self.from_group}>{self.to_group}"


class Lever(SiteVersioned):
    """A way to gain time, and its price."""

    kind = key()
    equipment = key()
    supplier = key()
    cost_per_hour = some_quantity()
    fixed_cost = some_quantity()
    lead_time_h = some_quantity()
    limit = some_quantity()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "kind", "equipment", "supplier", name="lever_key"),
        ]

    def __str__(self) -> str:
        return self.kind
