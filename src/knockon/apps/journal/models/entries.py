"""The chain of everything that was ever recorded, and the events that came of it."""

from django.db import models


class Entry(models.Model):
    """One committed use case: its place in the order of all, who did it, and the audit chain.

    Positions have no holes and are in commit order, because a writer holds the journal's lock from
    taking its position until it commits. A snapshot is therefore one number.
    """

    position = models.BigIntegerField(primary_key=True)
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    """The actor's id as text, without a foreign key: history outlives accounts."""
    action = models.CharField(max_length=80)
    plant = models.CharField(max_length=80, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    """SHA-256 over the rows and events this entry wrote."""
    previous = models.CharField(max_length=64)
    chain = models.CharField(max_length=64)
    """SHA-256 over this row's fields and the previous row's chain value."""

    class Meta:
        indexes = [
            models.Index(fields=["plant", "position"], name="entry_plant"),
            models.Index(fields=["subject", "position"], name="entry_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.action}"


class Event(models.Model):
    """An event, in commit order: by entry, then by number within the entry."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    plant = models.CharField(max_length=80, blank=True)
    payload = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="event_order"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id}.{self.number} {self.name}"


class HandlerRun(models.Model):
    """One handler's work on one event; the row makes its effect happen once."""

    class State(models.TextChoices):
        """Where the work stands."""

        WAITING = "waiting"
        DONE = "done"
        DEAD = "dead"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    handler = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    """When it should be done at the latest; the overdue watch looks at this."""
    error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["event", "handler"], name="handler_once"),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=~models.Q(state="done"), name="handler_unfinished"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.handler} on {self.event_id}: {self.state}"
