"""Lots and how they became other lots."""

from django.db import models
from django.db.models import Q

from knockon.apps.plant.models import SiteFact, SiteVersioned, current
from knockon.apps.plant.models.rows import key, moment, quantity, some_quantity, span


class Lot(SiteVersioned):
    """A quantity of one item that is told apart; who numbered it is part of its name."""

    issuer = key()
    item = key()
    lot = key()
    qty = some_quantity()
    uom = key()
    status = key()
    supplier = key()
    supplier_lot = key()
    parent_lot = key()
    made_at = moment()
    made_span_s = span()
    work_order = key()
    equipment = key()
    cavity = key()
    date_code = key()
    expiry = models.DateField(null=True)

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("issuer", "item", "lot", name="lot_key"),
            models.CheckConstraint(condition=Q(qty=None) | Q(qty__gte=0), name="lot_qty"),
        ]
        indexes = [
            models.Index(fields=["lot"], name="lot_number"),
            models.Index(fields=["supplier_lot"], name="lot_supplier_number"),
            models.Index(fields=["site", "work_order"], name="lot_work_order"),
        ]

    def __str__(self) -> str:
        return f"{self.issuer}/{self.item}/{self.lot}"


class Serial(SiteVersioned):
    """A single piece of a lot."""

    serial = key()
    issuer = key()
    item = key()
    lot = key()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("item", "serial", name="serial_key"),
        ]

    def __str__(self) -> str:
        return self.serial


class Consumption(SiteFact):
    """Material of one lot went into another, or into a work order; negative is a return."""

    input_issuer = key()
    input_item = key()
    input_lot = key()
    output_issuer = key()
    output_item = key()
    output_lot = key()
    work_order = key()
    seq = models.IntegerField(null=True)
    qty = quantity()
    uom = key()
    at = moment()
    at_span_s = span()
    equipment = key()
    kind = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(kind__in=["recorded", "backflush", "return"]), name="consumption_kind"
            ),
            models.CheckConstraint(
                condition=~Q(output_lot="", work_order=""), name="consumption_names_output"
            ),
        ]
        indexes = [
            models.Index(fields=["input_lot"], name="consumption_input"),
            models.Index(fields=["output_lot"], name="consumption_output"),
        ]

    def __str__(self) -> str:
        return f"{self.input_lot} > {self.output_lot or self.work_order}"


class LotEvent(SiteFact):
    """A lot was split, merged, relabelled, packed, cleaned, scrapped or corrected."""

    kind = key()
    issuer = key()
    item = key()
    lot = key()
    other_issuer = key()
    other_item = key()
    other_lot = key()
    at = models.DateTimeField()
    at_span_s = span()
    qty = some_quantity()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "relabel",
                        "split",
                        "merge",
                        "aggregate",
                        "disaggregate",
                        "clean",
                        "scrap",
                        "unscrap",
                        "reverse",
                        "correct",
                    ]
                ),
                name="lot_event_kind",
            ),
        ]
        indexes = [models.Index(fields=["lot"], name="lot_event_lot")]

    def __str__(self) -> str:
        return f"{self.kind} {self.lot}"


class ResourceUse(SiteFact):
    """A tool, vessel, oven, gauge or person touched a lot or a work order."""

    resource = key()
    kind = key()
    issuer = key()
    item = key()
    lot = key()
    work_order = key()
    start = models.DateTimeField()
    start_span_s = span()
    end = moment()
    end_span_s = span()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(lot="", work_order=""), name="resource_use_names_subject"
            ),
        ]

    def __str__(self) -> str:
        return self.resource
