"""Whom a disruption hits: computed, recomputed, and shown to who may know."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from knockon.apps.disruptions.answers.pictures import picture_and_graph
from knockon.apps.disruptions.answers.sight import path_within_sight, within_sight
from knockon.apps.disruptions.models import Impact
from knockon.apps.disruptions.selectors import (
    load_disruption,
    load_impact,
    load_scope_version,
    load_value,
)
from knockon.apps.production.snapshot.neighbours import connected_plants
from knockon.apps.production.snapshot.newer import count_newer_facts
from knockon.domain.access import Right, Viewer
from knockon.domain.cleared_document import cleared_key, with_cleared
from knockon.domain.disruptions import Disruption
from knockon.domain.facts import OrderLineKey, SnapshotId
from knockon.domain.impact import Impact as ImpactValue
from knockon.domain.impact_document import render
from knockon.domain.reasoning import Reasoning
from knockon.engine.impact import assess as ask_engine
from knockon.engine.impact import why as ask_why
from knockon.engine.impact.investigate import may_taint

_OF_CUSTOMERS = ("customer", "customer_order", "customer_item", "ship_to")
_OF_MONEY = ("value_at_risk", "currency")


def snapshot_of(stored: Impact) -> SnapshotId:
    """Return the snapshot that a stored answer stands on."""
    return SnapshotId(
        position=stored.position,
        schedules=tuple((plant, number) for plant, number in stored.schedules),
    )


def compute(
    disruption: Disruption, *, plants: Sequence[str], snapshot: SnapshotId, now: datetime
) -> ImpactValue:
    """Return whom the disruption hits on the facts of a snapshot."""
    facts, graph = picture_and_graph(plants, snapshot, disruption)
    return ask_engine(facts, disruption, now=now, graph=graph)


def plants_asked(disruption: Disruption, *, plant: str, position: int) -> tuple[str, ...]:
    """Return the plants on whose facts a disruption is answered.

    Suspect material is followed to every plant it can have reached; a stop stays in its own.
    """
    return connected_plants(plant, position=position) if may_taint(disruption) else (plant,)


def plants_of(stored: Impact) -> tuple[str, ...]:
    """Return the plants that a stored answer stands on."""
    row = stored.disruption
    disruption = load_value(row, scope=stored.scope)
    return plants_asked(disruption, plant=row.site_id, position=stored.position)


def recompute(stored: Impact, *, viewer: Viewer) -> dict[str, Any]:
    """Return the document of a stored answer, computed again from its snapshot."""
    row = load_disruption(stored.disruption_id, viewer=viewer)
    scope = load_scope_version(row.pk, position=stored.scope.recorded_id)
    disruption = load_value(row, scope=scope)
    plants = plants_asked(disruption, plant=row.site_id, position=stored.position)
    value = compute(disruption, plants=plants, snapshot=snapshot_of(stored), now=stored.as_of)
    return render(value, elapsed_ms=0)


def why(disruption_id: int, order_line: OrderLineKey, *, viewer: Viewer) -> Reasoning:
    """Return why the case's newest answer hits an order line, or what was checked and frees it.

    Raises
    ------
    DisruptionUnknown, NotAllowed
        The case is not there, not for this viewer, or the viewer may not see orders.
    ImpactMissing
        It is still being computed.
    UnknownOrderLine
        Neither the answer nor the facts it stands on know the line.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    viewer.require(Right.VIEW_ORDERS, plant=row.site_id)
    viewer.require(Right.VIEW_ORDERS, plant=order_line.plant)
    stored = load_impact(row.pk)
    snapshot = snapshot_of(stored)
    scope = load_scope_version(row.pk, position=stored.scope.recorded_id)
    disruption = load_value(row, scope=scope)
    plants = plants_asked(disruption, plant=row.site_id, position=stored.position)
    facts, graph = picture_and_graph(plants, snapshot, disruption)
    value = ask_engine(facts, disruption, now=stored.as_of, graph=graph)
    found = ask_why(facts, value, order_line, graph=graph)
    if found.row is None:
        return found
    path = path_within_sight(found.row.path, viewer=viewer, plants=plants)
    return replace(found, row=replace(found.row, path=path))


def impact_document(
    disruption_id: int, *, viewer: Viewer, with_freed: bool = False
) -> dict[str, Any]:
    """Return the newest impact document, with what the viewer may not know taken out.

    ``with_freed`` adds what was hit until evidence freed it, each with its reason.

    Raises
    ------
    DisruptionUnknown
        It is not there, or not for this viewer.
    ImpactMissing
        It is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    stored = load_impact(row.pk)
    return shown(stored, viewer=viewer, with_freed=with_freed)


def shown(stored: Impact, *, viewer: Viewer, with_freed: bool = False) -> dict[str, Any]:
    """Return a stored answer's document as the viewer may see it."""
    plant = stored.disruption.site_id
    document: Mapping[str, Any] = stored.document
    if with_freed:
        document = with_cleared(document, stored.cleared)
    seen = within_sight(document, viewer=viewer, plant=plant, plants=plants_of(stored))
    return redact(seen, viewer=viewer, plant=plant)


def freed(stored: Impact, *, viewer: Viewer) -> list[dict[str, Any]]:
    """Return what a stored answer says evidence freed, as far as the viewer may see it."""
    seen = shown(stored, viewer=viewer, with_freed=True)["cleared"] if stored.cleared else []
    names = {(each["part"], each["key"]) for each in seen}
    return [each for each in stored.cleared if (each["part"], cleared_key(each)) in names]


def newer_facts(disruption_id: int, *, viewer: Viewer) -> int:
    """Return how many events came in since the snapshot of the case's newest answer.

    Raises
    ------
    DisruptionUnknown, ImpactMissing
        As ``impact_document``.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    stored = load_impact(row.pk)
    return count_newer_facts(plants_of(stored), position=stored.position)


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
        # What was checked names customers, and a way out has its price.
        row["ways_out"] = []
    return kept


def content_hash(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document without the time its computing took."""
    content = {name: value for name, value in document.items() if name != "elapsed_ms"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
