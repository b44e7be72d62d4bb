"""A planner with files to drop, and jobs that the test runs itself."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

Drop = Callable[..., int]
NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)


@pytest.fixture
def planner(db: None, settings: Any, tmp_path: Path) -> Client:
    """Sign a planner of plant P1 in."""
    settings.MEDIA_ROOT = tmp_path
    return member("planner")


def member(role: str, *, plant: str = "P1", username: str = "wang") -> Client:
    """Return a browser in which a person of that role is signed in, reading English."""
    from knockon.apps.accounts.models import (  # noqa: PLC0415 - settings come first
        Membership,
        Site,
        User,
    )

    site, _ = Site.objects.get_or_create(code=plant, timezone="Asia/Taipei")
    user = User.objects.create(username=username, language="en")
    Membership.objects.create(user=user, site=site, role=role)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, "knockon.apps.accounts.selectors.ActiveRoleBackend")
    return client


@pytest.fixture
def drop(planner: Client) -> Drop:
    """Drop texts as files and have the background job read them; return the draft's number."""
    from knockon.ports.registry import load_connector  # noqa: PLC0415 - as above

    def dropped(**texts: str) -> int:
        from knockon.apps.production.services.drafts import read_draft  # noqa: PLC0415

        files = [
            SimpleUploadedFile(f"{name}.csv", text.encode(), content_type="text/csv")
            for name, text in texts.items()
        ]
        answer = planner.post("/data/drafts/", {"files": files})
        assert answer.status_code == 302, answer.content.decode()
        number = int(answer["Location"].rstrip("/").rsplit("/", 1)[-1])
        read_draft(number, connector=load_connector("tabular"), now=NOW)
        return number

    return dropped
