"""Where data come from, and how old they are."""

from django.db import models


class Source(models.Model):
    """A file, gateway or person that delivers data for one plant."""

    plant = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20)
    """``file``, ``gateway``, ``api`` or ``manual``."""
    last_good_at = models.DateTimeField(null=True)
    last_tried_at = models.DateTimeField(null=True)
    refused_rows = models.PositiveIntegerField(default=0)
    expected_every_s = models.PositiveIntegerField(null=True)
    """Silence longer than this is a disruption of its own."""
    clock_doubt_s = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(null=True)
    """The saved way to read its files."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plant", "name"], name="source_name"),
        ]

    def __str__(self) -> str:
        return f"{self.plant}/{self.name}"
