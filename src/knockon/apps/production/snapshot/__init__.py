"""The plant's facts, loaded for the engine as they were at a snapshot."""

from knockon.apps.production.snapshot.picture import (
    Picture,
    facts_position,
    latest_snapshot,
    load_masters,
    load_picture,
    load_plant_facts,
    masters_changed,
)

__all__ = [
    "Picture",
    "facts_position",
    "latest_snapshot",
    "load_masters",
    "load_picture",
    "load_plant_facts",
    "masters_changed",
]
