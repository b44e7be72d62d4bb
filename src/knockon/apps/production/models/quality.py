"""Inspections."""

from django.db import models
from django.db.models import Q

from knockon.apps.plant.models import SiteFact
from knockon.apps.plant.models.rows import key, some_quantity, span


class Inspection(SiteFact):
    """One inspected characteristic, or a verdict on the whole."""

    at = models.DateTimeField()
    at_span_s = span()
    issuer = key()
    item = key()
    lot = key()
    work_order = key()
    seq = models.IntegerField(null=True)
    equipment = key()
    tool = key()
    cavity = key()
    characteristic = key()
    value = some_quantity()
    lower_spec = some_quantity()
    upper_spec = some_quantity()
    target = some_quantity()
    result = key()
    sample = key()
    inspector = key()

    class Meta(SiteFact.Meta):
        constraints = [
            *SiteFact.Meta.constraints,
            models.CheckConstraint(
                condition=Q(result__in=["", "pass", "fail"]), name="inspection_result"
            ),
        ]
        indexes = [models.Index(fields=["lot", "at"], name="inspection_lot")]

    def __str__(self) -> str:
        return f"{self.lot} {self.characteristic} {self.result}"
