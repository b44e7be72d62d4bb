"""Rows of one plant, and the few kinds of column they are made of.

Columns made here are typed as ``Any``: the type checker's Django plug-in cannot see through a function
that makes a field.
"""

from typing import Any

from django.db import models
from django.db.models import Q

from knockon.apps.accounts.models import Site
from knockon.apps.journal.models import Fact, Versioned

KEY_LENGTH = 80


def key(**options: object) -> "models.CharField[str, str]":
    """Return a column for a key or code, text as the source gave it; '' is absent."""
    options.setdefault("blank", True)
    return models.CharField(max_length=KEY_LENGTH, **options)  # type: ignore[arg-type]


def text(length: int = 200) -> "models.CharField[str, str]":
    """Return a column for words."""
    return models.CharField(max_length=length, blank=True)


def quantity(**options: object) -> Any:
    """Return a column for an exact quantity in the row's own unit."""
    return models.DecimalField(max_digits=24, decimal_places=8, **options)  # type: ignore[arg-type]


def some_quantity() -> Any:
    """Return a quantity column that may be unknown."""
    return models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)


def moment() -> Any:
    """Return a column for an instant; its ``_span_s`` neighbour holds how far it may be later."""
    return models.DateTimeField(null=True, blank=True)


def span() -> Any:
    """Return the doubt of the instant before it: 0 is exact, a date alone spans its day."""
    return models.PositiveIntegerField(default=0)


def current(*fields: str, name: str) -> models.UniqueConstraint:
    """Return the rule that a key names at most one row that is not retired."""
    return models.UniqueConstraint(
        fields=list(fields), condition=Q(retired=None), name=name, nulls_distinct=False
    )


class SiteVersioned(Versioned):
    """A versioned row of one plant; ``site_id`` is the plant's code."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Versioned.Meta):
        abstract = True


class SiteFact(Fact):
    """A fact of one plant."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )

    class Meta(Fact.Meta):
        abstract = True
