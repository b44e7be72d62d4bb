"""What has come in since a snapshot."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Model

from knockon.apps.production import models

_FACTS: Final[tuple[type[Model], ...]] = (
    models.Consumption,
    models.Inspection,
    models.LotEvent,
    models.OutsideMove,
    models.Receipt,
    models.ResourceUse,
    models.Shipment,
    models.Stop,
    models.Transfer,
    models.WorkReport,
)


def count_newer_facts(plants: Sequence[str], *, position: int) -> int:
    """Return how many events of these plants were recorded after a journal position."""
    return sum(
        model._default_manager.filter(site_id__in=plants, recorded_id__gt=position).count()
        for model in _FACTS
    )
