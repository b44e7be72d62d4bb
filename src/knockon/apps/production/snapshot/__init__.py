"""The plant's facts, loaded for the engine as they were at a snapshot."""

from knockon.apps.production.snapshot.picture import (
    facts_position,
    latest_snapshot,
    load_plant_facts,
)

__all__ = ["facts_position", "latest_snapshot", "load_plant_facts"]
