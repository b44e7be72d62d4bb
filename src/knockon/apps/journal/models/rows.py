"""What every stored fact, plan and master row shares.

A row is never edited. It is valid from the journal position that recorded it until the one that
retired it; a correction retires one row and records another. So the tables as of any position are
``recorded <= position < retired``, and old answers can be computed again.
"""

from django.db import models
from django.db.models import F, Q

from knockon.apps.journal.models.entries import Entry


class Recorded(models.Model):
    """A row that an entry recorded, and where it came from."""

    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=80)
    received_at = models.DateTimeField()
    own = models.JSONField(default=dict, blank=True)
    """The plant's own fields: columns that the contract does not know."""

    class Meta:
        abstract = True


class Versioned(Recorded):
    """A row that a later entry may retire."""

    retired = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(retired=None) | Q(retired__gte=F("recorded")),
                name="%(class)s_retired_later",
            ),
        ]


class Fact(Versioned):
    """Something that happened: it takes effect once, however often it is delivered.

    ``fact_key`` is the source's event id, else a canonical hash of the row with its occurrence
    number within the delivery.
    """

    fact_key = models.CharField(max_length=200)
    corrects = models.CharField(max_length=200, blank=True)
    """The ``fact_key`` of the fact that this one supersedes."""
    source_at = models.DateTimeField(null=True, blank=True)
    """When the source says that it wrote the fact down."""
    offset_min = models.SmallIntegerField(null=True, blank=True)
    """The source's distance from UTC in minutes, as it was written."""

    class Meta(Versioned.Meta):
        abstract = True
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(fields=["source", "fact_key"], name="%(class)s_once"),
        ]
