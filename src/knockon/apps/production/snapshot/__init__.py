"""The plant's facts, loaded for the engine as they were at a snapshot."""

from knockon.apps.production.snapshot.picture import latest_snapshot, load_plant_facts

__all__ = ["latest_snapshot", "load_plant_facts"]
