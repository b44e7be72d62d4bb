"""The open cases of a plant at once."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router

from knockon.api.v1.asking import asker
from knockon.apps.disruptions.answers.joint import joint_document

router = Router(tags=["disruptions"])


@router.get("")
def together(request: HttpRequest, plant: str, crews: int = 1) -> dict[str, Any]:
    """Return whom a plant's open cases hit together, and in which order to mend them."""
    now = datetime.now(UTC)
    return joint_document(plant, viewer=asker(request), now=now, crews=crews)
