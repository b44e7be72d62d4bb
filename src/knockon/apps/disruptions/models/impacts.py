"""Stored answers: whom a disruption hits, at a snapshot."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models.cases import Disruption
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models.rows import key


class DocumentField(models.JSONField):
    """JSON kept as it was written, its members in the contract's order."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return PostgreSQL's ``json``, which keeps the text, for ``jsonb`` sorts members."""
        del connection
        return "json"

    def from_db_value(
        self, value: Any, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Any:
        """Return the document; the driver has already read a ``json`` column."""
        if isinstance(value, str):
            return super().from_db_value(value, expression, connection)
        return value


class Impact(models.Model):
    """One answer, with all that is needed to compute it again."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="+")
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    scope = models.ForeignKey("ScopeVersion", on_delete=models.PROTECT, related_name="+")
    position = models.BigIntegerField()
    schedules = models.JSONField()
    as_of = models.DateTimeField()
    document = DocumentField()
    """The impact document of the exchange contract."""
    sha256 = models.CharField(max_length=64)
    """Of the document without ``elapsed_ms``: equal answers are told from changed ones by it."""
    difference = models.JSONField(null=True)
    """What it says differently from the answer before it; null in a case's first answer."""
    cleared = models.JSONField(default=list)
    """What was hit and is freed by evidence: each ``part``, ``row`` as in the document, ``reason``
    and ``at``."""
    elapsed_ms = models.PositiveIntegerField()
    orders = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    decide_by = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disruption", "recorded"], name="impact_version"),
        ]
        indexes = [models.Index(fields=["disruption", "-id"], name="impact_latest")]

    def __str__(self) -> str:
        return f"{self.disruption_id} @ {self.position}"


class ImpactLine(models.Model):
    """An order line of the newest answer, for lists by order and by customer."""

    impact = models.ForeignKey(Impact, on_delete=models.CASCADE, related_name="+")
    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    order = key()
    line = key()
    customer = key()
    effects = models.JSONField()
    link_class = models.CharField(max_length=10)
    rank = models.PositiveIntegerField()
    """Place in the document's order."""
    late_s = models.BigIntegerField(null=True)
    new_ship = models.DateTimeField(null=True)
    decide_by = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disruption", "site", "order", "line"], name="impact_line_key"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "order", "line"], name="impact_line_order"),
            models.Index(fields=["customer"], name="impact_line_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.order}/{self.line}"
