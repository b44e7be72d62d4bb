"""Taking up closed cases again whose suspect material turns out to have spread further."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from knockon.apps.disruptions.answers.impacts import plants_asked
from knockon.apps.disruptions.answers.pictures import picture_and_graph
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_scope_version, load_value
from knockon.apps.disruptions.services.assessment import assess, concerned_by
from knockon.apps.disruptions.services.moving import move
from knockon.apps.journal.selectors import latest_position
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import Disruption as DisruptionValue
from knockon.domain.disruptions import DisruptionKind, DisruptionState
from knockon.domain.events import FactsImported
from knockon.domain.facts import LotKey
from knockon.domain.links import LinkClass
from knockon.engine.impact.investigate import taints
from knockon.engine.impact.spread import Spread, spread_of

__all__ = ["on_facts"]

_OVER: Final = (DisruptionState.RESOLVED.value, DisruptionState.CLOSED.value)
_OF_MATERIAL: Final = frozenset(
    {
        "clocks",
        "consumption",
        "inspections",
        "lot_events",
        "lots",
        "outside_moves",
        "receipts",
        "resource_use",
        "shipments",
        "transfers",
        "work_orders",
    }
)
"""Tables whose late or corrected rows can let suspect material spread further."""


def on_facts(event: FactsImported, *, now: datetime) -> None:
    """Reopen each closed case whose suspect lots or shipments are more than was told.

    Its new answer is stored with the difference, so that only the difference need be told. Lots
    that late facts free change nothing here: giving a closed case's lots free is for people.
    Idempotent: a reopened case is not closed any more.
    """
    if not _OF_MATERIAL & set(event.tables):
        return
    for row in concerned_by(event.plant).filter(state__in=_OVER).order_by("id"):
        if not taints(DisruptionKind(row.kind)):
            continue
        told = Impact.objects.filter(disruption_id=row.pk).order_by("-id").first()
        if told is not None and _spread_now(row).grew(_spread_told(told.document)):
            assess(row.pk, now=now)
            move(row.pk, state=DisruptionState.OPEN, viewer=SYSTEM, now=now)


def _spread_now(row: Disruption) -> Spread:
    disruption = _until_over(load_value(row, scope=load_scope_version(row.pk)), row)
    plants = plants_asked(disruption, plant=row.site_id, position=latest_position())
    facts, graph = picture_and_graph(plants, latest_snapshot(plants), disruption)
    return spread_of(facts, disruption, graph=graph)


def _until_over(disruption: DisruptionValue, row: Disruption) -> DisruptionValue:
    """Return the disruption with its window closed when the trouble was over.

    An open window would make everything suspect that the machine has made since.
    """
    scope = disruption.scope
    if scope.end is not None or not (scope.equipment or scope.tool or scope.people):
        return disruption
    return replace(disruption, scope=replace(scope, end=row.restored_at or row.resolved_at))


def _spread_told(document: dict[str, Any]) -> Spread:
    return Spread(
        lots={
            LotKey(row["issuer"], row["item"], row["lot"]): LinkClass[row["class"]]
            for row in document["lots"]
        },
        shipped=frozenset((row["shipment"], row["lot"]) for row in document["shipments"]),
    )
