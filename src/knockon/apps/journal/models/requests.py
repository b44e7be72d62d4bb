"""Requests that a program may send again."""

from django.db import models


class KeyedRequest(models.Model):
    """The key under which a program sent a request, so that sending it again is no second one."""

    actor = models.CharField(max_length=150)
    key = models.CharField(max_length=200)
    body_sha256 = models.CharField(max_length=64)
    """Tells the same request from another one under the same key."""
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="request_once"),
        ]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"
