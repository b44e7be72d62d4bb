"""Accounts and what they may do."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from knockon.apps.accounts.models.sites import Site
from knockon.domain.access import Role


class User(AbstractUser):
    """Somebody who signs in; ``person`` is their code in the plant's people table."""

    language = models.CharField(max_length=10, default="zh-hant")
    person = models.CharField(max_length=80, blank=True)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class Membership(models.Model):
    """A role of a user in one plant, or in all when ``site`` is empty."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", null=True)
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    areas = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "site", "role"], name="membership_once", nulls_distinct=False
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} @ {self.site_id or '*'}"


class ApiToken(models.Model):
    """A program's key: stored as a hash, for one plant, for some scopes, until a time."""

    name = models.CharField(max_length=120)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    created_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.name
