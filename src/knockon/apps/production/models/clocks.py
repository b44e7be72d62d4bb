"""How far the clocks of sources were found to be off."""

from django.db import models

from knockon.apps.plant.models import SiteVersioned
from knockon.apps.plant.models.rows import current, key


class SourceClock(SiteVersioned):
    """The clock of one machine behind one source, as its heartbeats showed it."""

    equipment = key()
    """The machine whose clock it is; '' is the source's own."""
    offset_s = models.IntegerField()
    """How much later than stamped heartbeats came in, in the middle of all."""
    doubt_s = models.PositiveIntegerField()
    samples = models.PositiveIntegerField()
    until = models.DateTimeField(null=True, blank=True)
    """When it was found to be less wrong; what it stamped before stays as doubtful as it was."""

    class Meta(SiteVersioned.Meta):
        constraints = [
            *SiteVersioned.Meta.constraints,
            current("site", "source", "equipment", "until", name="source_clock_current"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.equipment} ± {self.doubt_s} s"
