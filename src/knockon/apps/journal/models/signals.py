"""The inbox of high-rate signals."""

from django.db import models
from django.db.models.functions import Now


class SignalKind(models.TextChoices):
    """What a signal says."""

    STATE = "state"
    ALARM = "alarm"
    MEASURE = "measure"
    COUNT = "count"
    HEARTBEAT = "heartbeat"


class Signal(models.Model):
    """One accepted message of a source; it takes effect once."""

    source = models.CharField(max_length=80)
    event_id = models.CharField(max_length=200)
    """The source's own id, else a canonical hash of the message."""
    plant = models.CharField(max_length=80)
    equipment = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=SignalKind)
    code = models.CharField(max_length=120, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    text = models.CharField(max_length=500, blank=True)
    received_at = models.DateTimeField(db_default=Now())
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plant", "source", "event_id"], name="signal_once"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=models.Q(handled_at=None), name="signal_unhandled"
            ),
            models.Index(fields=["plant", "equipment", "-at"], name="signal_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.code}"
