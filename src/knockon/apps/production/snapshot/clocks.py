"""How far clocks were found to be off."""

from collections.abc import Sequence

from knockon.apps.plant.snapshot import as_of
from knockon.apps.production import models
from knockon.domain import facts


def load_clocks(*, position: int, plants: Sequence[str]) -> tuple[facts.SourceClock, ...]:
    """Return the clocks that heartbeats told of, by plant, source and machine."""
    rows = as_of(models.SourceClock, position=position, plants=plants, also=["source"])
    return tuple(
        facts.SourceClock(
            plant=row.site_id,
            source=row.source,
            equipment=row.equipment or None,
            offset_s=row.offset_s,
            doubt_s=row.doubt_s,
            samples=row.samples,
            until=row.until,
        )
        for row in rows.order_by("site_id", "source", "equipment", "until", "id")
    )
