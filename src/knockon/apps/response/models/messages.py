"""Messages to people, and where they go."""

from django.conf import settings
from django.db import models

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import Disruption
from knockon.apps.journal.models import Entry


class ContactPoint(models.Model):
    """Where messages for a role in a plant go besides the people's own mail; set by an administrator."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=20)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=500)
    language = models.CharField(max_length=10, default="zh-hant")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "role", "channel", "address"], name="contact_point_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.channel}"


class Message(models.Model):
    """One message to one recipient over one channel."""

    class State(models.TextChoices):
        """Where the message stands."""

        QUEUED = "queued"
        SENT = "sent"
        FAILED = "failed"
        UNKNOWN = "unknown"
        OBSOLETE = "obsolete"

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    disruption = models.ForeignKey(
        Disruption, on_delete=models.PROTECT, related_name="+", null=True
    )
    dedupe_key = models.CharField(max_length=200, unique=True)
    """Event, rule and recipient: an event told twice makes one message."""
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10)
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    severity = models.CharField(max_length=2)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    provider_id = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"], condition=models.Q(state="queued"), name="message_queued"
            ),
            models.Index(fields=["user", "-created_at"], name="message_inbox"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.code} {self.state}"
