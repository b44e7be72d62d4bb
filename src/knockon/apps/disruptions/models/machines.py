"""What machines do now, by their last signals."""

from django.db import models

from knockon.apps.accounts.models import Site
from knockon.apps.plant.models.rows import key


class MachineState(models.Model):
    """The newest known state of a machine; no data is told from a stop by ``last_seen_at``."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    equipment = key()
    state = models.CharField(max_length=20)
    """``running``, ``stopped``, ``idle`` or ``unknown``."""
    code = models.CharField(max_length=120, blank=True)
    since = models.DateTimeField()
    last_seen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "equipment"], name="machine_state_key"),
        ]

    def __str__(self) -> str:
        return f"{self.equipment} {self.state}"
