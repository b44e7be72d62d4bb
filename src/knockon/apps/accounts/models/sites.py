"""Plants."""

from django.db import models
from django.db.models import Q


class Site(models.Model):
    """A plant with its clock, its money and its defaults for what its data do not say.

    The zone is fixed once facts are recorded, because times without offset were read by it.
    """

    code = models.CharField(max_length=80, unique=True)
    name = models.CharField(max_length=200, blank=True)
    timezone = models.CharField(max_length=64)
    currency = models.CharField(max_length=3, blank=True)
    default_repair_s = models.PositiveIntegerField(default=4 * 3600)
    materiality_s = models.PositiveIntegerField(default=60)
    frozen_window_s = models.PositiveIntegerField(default=24 * 3600)
    clock_doubt_s = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(code=""), name="site_code_given"),
        ]

    def __str__(self) -> str:
        return self.code
