"""People of the plants and when they are on."""

from django.db import models
from django.db.models import Q

from knockon.apps.accounts.models.sites import Site
from knockon.apps.journal.models import Versioned


class Person(Versioned):
    """Somebody who can be told or asked, whether or not they sign in."""

    person = models.CharField(max_length=80)
    name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    roles = models.JSONField(default=list)
    teams = models.JSONField(default=list)
    skills = models.JSONField(default=list)
    language = models.CharField(max_length=10, blank=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.UniqueConstraint(
                fields=["person"], condition=Q(retired=None), name="person_key"
            ),
        ]

    def __str__(self) -> str:
        return self.person


class Shift(Versioned):
    """When a team is on, each week or on one date; ``end <= start`` runs past midnight."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    team = models.CharField(max_length=80)
    weekday = models.PositiveSmallIntegerField(null=True)
    date = models.DateField(null=True)
    start = models.TimeField()
    end = models.TimeField()
    person = models.CharField(max_length=80, blank=True)
    role = models.CharField(max_length=40, blank=True)

    class Meta(Versioned.Meta):
        constraints = [
            *Versioned.Meta.constraints,
            models.CheckConstraint(
                condition=Q(weekday__range=(1, 7), date=None) | Q(weekday=None, date__isnull=False),
                name="shift_weekday_or_date",
            ),
            models.UniqueConstraint(
                fields=["site", "team", "weekday", "date", "start", "person", "role"],
                condition=Q(retired=None),
                name="shift_key",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team} {self.weekday or self.date} {self.start:%H:%M}"
