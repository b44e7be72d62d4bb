"""Questions to the engine that write nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from knockon.apps.disruptions.models import Impact
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_impact,
    load_scope_version,
    load_value,
)
from knockon.apps.production.selectors import resolve_lot
from knockon.apps.production.snapshot import latest_snapshot, load_plant_facts
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import Disruption
from knockon.domain.facts import LotKey, OrderLineKey, PlantFacts, SnapshotId
from knockon.domain.impact import Impact as ImpactValue
from knockon.domain.impact_document import render
from knockon.engine.impact import assess as ask_engine

_OF_CUSTOMERS = ("customer", "customer_order", "customer_item", "ship_to")
_OF_MONEY = ("value_at_risk", "currency")


@lru_cache(maxsize=4)
def _picture(plants: tuple[str, ...], snapshot: SnapshotId) -> PlantFacts:
    return load_plant_facts(plants, snapshot=snapshot)


def compute(
    disruption: Disruption, *, plants: Sequence[str], snapshot: SnapshotId, now: datetime
) -> ImpactValue:
    """Return whom the disruption hits on the facts of a snapshot."""
    return ask_engine(_picture(tuple(plants), snapshot), disruption, now=now)


def recompute(stored: Impact, *, viewer: Viewer) -> dict[str, Any]:
    """Return the document of a stored answer, computed again from its snapshot."""
    row = load_disruption(stored.disruption_id, viewer=viewer)
    scope = load_scope_version(row.pk, position=stored.scope.recorded_id)
    snapshot = SnapshotId(
        position=stored.position,
        schedules=tuple((plant, number) for plant, number in stored.schedules),
    )
    value = compute(
        load_value(row, scope=scope), plants=(row.site_id,), snapshot=snapshot, now=stored.as_of
    )
    return render(value, elapsed_ms=0)


def impact_document(disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    """Return the newest impact document, with what the viewer may not know taken out.

    Raises
    ------
    DisruptionUnknown
        It is not there, or not for this viewer.
    ImpactMissing
        It is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    document: dict[str, Any] = load_impact(row.pk).document
    return redact(document, viewer=viewer, plant=row.site_id)


def redact(document: Mapping[str, Any], *, viewer: Viewer, plant: str) -> dict[str, Any]:
    """Return the document without customers and money for those who may not see orders."""
    kept = dict(document)
    if viewer.may(Right.VIEW_ORDERS, plant=plant):
        return kept
    kept["customers"] = []
    hidden = _OF_CUSTOMERS + _OF_MONEY
    for part in ("orders", "shipments"):
        kept[part] = [
            {name: None if name in hidden else value for name, value in row.items()}
            for row in kept[part]
        ]
    for row in kept["orders"]:
        row["path"] = [step for step in row["path"] if step["type"] != "customer"]
    return kept


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without the time its computing took."""
    content = {name: value for name, value in document.items() if name != "elapsed_ms"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def current_picture(plants: Sequence[str]) -> PlantFacts:
    """Return the facts of these plants as known now."""
    chosen = tuple(sorted(plants))
    return _picture(chosen, latest_snapshot(chosen))


__all__ = [
    "LotKey",
    "OrderLineKey",
    "compute",
    "content_hash",
    "current_picture",
    "impact_document",
    "recompute",
    "redact",
    "resolve_lot",
]
