"""A disruption and what is known of it."""

from django.db import models
from django.db.models import Q

from knockon.apps.accounts.models import Site
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models.rows import key
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Severity


class Disruption(models.Model):
    """One case. What it touches is in its scope versions, who did what in the journal."""

    site = models.ForeignKey(
        Site, to_field="code", db_column="plant", on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in DisruptionKind])
    severity = models.CharField(max_length=2, choices=[(s.value, s.value) for s in Severity])
    state = models.CharField(max_length=20, choices=[(s.value, s.value) for s in DisruptionState])
    cause = key()
    note = models.TextField(blank=True)
    origin = models.CharField(max_length=20)
    """``person``, ``signal``, ``inspection``, ``receipt`` or ``api``."""
    origin_key = models.CharField(max_length=200)
    """What opened it, so that the same report or signal opens one case only."""
    opened = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    """When the trouble began, as far as known."""
    detected_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    notified_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    contained_at = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=150, blank=True)
    opened_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "origin", "origin_key"], name="case_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[k.value for k in DisruptionKind]), name="case_kind"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[s.value for s in Severity]), name="case_severity"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in DisruptionState]), name="case_state"
            ),
        ]
        indexes = [
            models.Index(fields=["site", "state", "-opened_at"], name="case_board"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"


class ScopeVersion(models.Model):
    """What a disruption touches, as known from one entry until the next version."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="+")
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    scope = models.JSONField()
    """The fields of ``domain.disruptions.Scope`` that are set, as JSON values."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disruption", "recorded"], name="scope_version"),
        ]

    def __str__(self) -> str:
        return f"{self.disruption_id} @ {self.recorded_id}"


class Attachment(models.Model):
    """A photo or voice note; stored under a generated name, never under the given one."""

    disruption = models.ForeignKey(Disruption, on_delete=models.PROTECT, related_name="+")
    recorded = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(upload_to="attachments/%Y/%m")
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disruption", "sha256"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.content_type} {self.size}"
