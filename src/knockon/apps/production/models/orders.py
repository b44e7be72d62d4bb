"""Demand and what is promised to it."""

from django.db import models
from django.db.models import Q

from knockon.apps.plant.models import SiteVersioned, current
from knockon.apps.plant.models.rows import key, moment, quantity, some_quantity, span


class OrderLine(SiteVersioned):
    """A line of a customer order, forecast or call-off."""

    order = key()
    line = key()
    customer = key()
    item = key()
    qty = quantity()
    due_at = models.DateTimeField()
    due_span_s = span()
    kind = key()
    promised_at = moment()
    promised_span_s = span()
    due_kind = key()
    ship_complete = models.BooleanField(default=False)
    ship_to = key()
    customer_order = key()
    customer_item = key()
    shipped_qty = quantity(default=0)
    cum_qty = some_quantity()
    priority = models.IntegerField(null=True)
    unit_price = some_quantity()
    penalty_per_day = some_quantity()
    revision = key()
    status = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "order", "line", name="order_line_key"),
            models.CheckConstraint(condition=Q(qty__gte=0), name="order_line_qty"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "closed", "cancelled"]), name="order_line_status"
            ),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "order",
                        "forecast",
                        "blanket",
                        "call_off",
                        "kanban",
                        "sample",
                        "internal",
                    ]
                ),
                name="order_line_kind",
            ),
            models.CheckConstraint(
                condition=Q(due_kind__in=["ship", "arrive"]), name="order_line_due_kind"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "due_at"], name="order_line_customer"),
            models.Index(fields=["site", "item"], name="order_line_item"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line}"


class Allocation(SiteVersioned):
    """Supply promised to a demand line: a work order, or a lot."""

    order = key()
    line = key()
    work_order = key()
    issuer = key()
    item = key()
    lot = key()
    qty = quantity()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current(
                "site",
                "order",
                "line",
                "work_order",
                "issuer",
                "item",
                "lot",
                name="allocation_key",
            ),
            models.CheckConstraint(
                condition=~Q(work_order="", lot=""), name="allocation_names_supply"
            ),
            models.CheckConstraint(condition=Q(qty__gt=0), name="allocation_qty"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line} < {self.work_order or self.lot}"
