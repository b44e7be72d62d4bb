"""Goods that came, lie, moved and left."""

from django.db import models
from django.db.models import Q

from knockon.apps.accounts.models import Site
from knockon.apps.plant.models import SiteFact, SiteVersioned, current
from knockon.apps.plant.models.rows import key, moment, quantity, some_quantity, span


class Stock(SiteVersioned):
    """What lies where; without a lot it serves pegging, never trace."""

    issuer = key()
    item = key()
    lot = key()
    place = key()
    warehouse = key()
    location = key()
    qty = quantity()
    uom = key()
    at = moment()
    at_span_s = span()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current(
                "site",
                "issuer",
                "item",
                "lot",
                "place",
                "warehouse",
                "location",
                name="stock_key",
            ),
            models.CheckConstraint(
                condition=Q(
                    place__in=[
                        "raw",
                        "wip",
                        "finished",
                        "transit",
                        "subcontractor",
                        "customer",
                        "scrap",
                    ]
                ),
                name="stock_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.lot} {self.place}"


class Shipment(SiteFact):
    """A line of a delivery to a customer, or of a return."""

    shipment = key()
    line_no = key()
    order = key()
    line = key()
    customer = key()
    issuer = key()
    item = key()
    lot = key()
    package = key()
    qty = quantity()
    shipped_at = models.DateTimeField()
    shipped_span_s = span()
    kind = key()
    date_code = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(condition=Q(kind__in=["ship", "return"]), name="shipment_kind"),
            models.CheckConstraint(condition=Q(qty__gte=0), name="shipment_qty"),
        ]
        indexes = [
            models.Index(fields=["lot"], name="shipment_lot"),
            models.Index(fields=["site", "order", "line"], name="shipment_order"),
        ]

    def __str__(self) -> str:
        return f"{self.shipment}/{self.line_no}"


class Transfer(SiteFact):
    """A lot moved from this plant to another."""

    to_site = models.ForeignKey(
        Site,
        to_field="code",
        db_column="to_plant",
        on_delete=models.PROTECT,
        related_name="+",
    )
    issuer = key()
    item = key()
    lot = key()
    qty = quantity()
    sent_at = moment()
    sent_span_s = span()
    received_at_plant = moment()
    received_span_s = span()

    def __str__(self) -> str:
        return f"{self.lot} > {self.to_site_id}"


class OutsideMove(SiteFact):
    """A lot went to a subcontractor or came back."""

    po = key()
    work_order = key()
    seq = models.IntegerField(null=True)
    issuer = key()
    item = key()
    lot = key()
    qty = quantity()
    direction = key()
    at = moment()
    at_span_s = span()
    supplier = key()
    due_at = moment()
    due_span_s = span()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(direction__in=["out", "in"]), name="outside_move_direction"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lot} {self.direction}"


class PurchaseOrder(SiteVersioned):
    """A line of a purchase order."""

    po = key()
    line = key()
    supplier = key()
    item = key()
    qty = quantity()
    due_at = models.DateTimeField()
    due_span_s = span()
    confirmed_at = moment()
    confirmed_span_s = span()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "po", "line", name="purchase_order_key"),
            models.CheckConstraint(condition=Q(qty__gte=0), name="purchase_order_qty"),
        ]

    def __str__(self) -> str:
        return f"{self.po}/{self.line}"


class Receipt(SiteFact):
    """A supplier's delivery, by lot."""

    po = key()
    line = key()
    issuer = key()
    item = key()
    lot = key()
    received = quantity()
    accepted = some_quantity()
    rejected = some_quantity()
    received_on = moment()
    received_span_s = span()
    inspection_status = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(condition=Q(received__gte=0), name="receipt_qty"),
        ]
        indexes = [models.Index(fields=["lot"], name="receipt_lot")]

    def __str__(self) -> str:
        return f"{self.po}/{self.line} {self.lot}"
