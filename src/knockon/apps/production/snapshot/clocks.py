"""How far clocks were found to be off."""

from typing import Any, Final

from knockon.apps.production import models
from knockon.apps.production.snapshot.tables import FactTable
from knockon.domain import facts


def _clock(row: Any) -> facts.SourceClock:
    return facts.SourceClock(
        plant=row.site_id,
        source=row.source,
        equipment=row.equipment or None,
        offset_s=row.offset_s,
        doubt_s=row.doubt_s,
        samples=row.samples,
        until=row.until,
    )


CLOCKS: Final = FactTable(
    model=models.SourceClock,
    order=("site_id", "source", "equipment", "until"),
    build=_clock,
    also=("source",),
)
"""The clocks that heartbeats told of, by plant, source and machine."""
