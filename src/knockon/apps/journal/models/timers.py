"""Things to do at a time; rows, so that they survive restarts."""

from django.db import models


class Timer(models.Model):
    """Something due; a periodic task claims it once."""

    due_at = models.DateTimeField()
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    fired_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["name", "subject"],
                condition=models.Q(fired_at=None, cancelled_at=None),
                name="timer_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=models.Q(fired_at=None, cancelled_at=None),
                name="timer_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject} at {self.due_at:%Y-%m-%d %H:%M}"
