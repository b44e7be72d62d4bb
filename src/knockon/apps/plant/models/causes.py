"""Why things go wrong, as a plant names it."""

from django.db import models
from django.db.models import Q

from knockon.apps.plant.models.rows import SiteVersioned, current, key, text


class Cause(SiteVersioned):
    """A cause code with its defaults."""

    code = key()
    kind = key()
    name = text()
    severity = key()
    flow = key()
    stop_rule = text()
    rework_rule = text()

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "code", name="cause_key"),
            models.CheckConstraint(
                condition=Q(severity__in=["", "S1", "S2", "S3", "S4"]), name="cause_severity"
            ),
        ]

    def __str__(self) -> str:
        return self.code
