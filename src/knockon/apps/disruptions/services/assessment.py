"""Computing and storing whom a disruption hits."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from knockon.apps.disruptions.answers.impacts import compute, content_hash, plants_asked
from knockon.apps.disruptions.answers.pictures import warm
from knockon.apps.disruptions.models import Disruption, Impact, ImpactLine, ScopeVersion
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    load_scope_version,
    load_value,
    subject_of,
)
from knockon.apps.disruptions.services.clearing import all_cleared
from knockon.apps.journal.bus import recording
from knockon.apps.journal.selectors import latest_position
from knockon.apps.production.snapshot import latest_snapshot
from knockon.apps.production.snapshot.neighbours import connected_plants
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import DisruptionKind
from knockon.domain.events import (
    DisruptionOpened,
    DisruptionRevised,
    FactsImported,
    ImpactAssessed,
)
from knockon.domain.facts import SnapshotId
from knockon.domain.impact import Impact as ImpactValue
from knockon.domain.impact_difference import ImpactDifference, difference_of, difference_values
from knockon.domain.impact_document import render
from knockon.engine.impact.investigate import taints

__all__ = ["assess", "on_facts", "on_opened"]


# Names our locks on cases among all advisory locks of the data base.
_CASE_LOCK = 5_550


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What the engine said of a case, not stored yet."""

    row: Disruption
    scope: ScopeVersion
    value: ImpactValue
    snapshot: SnapshotId
    elapsed_ms: int


def assess(disruption_id: int, *, now: datetime) -> Impact:
    """Ask the engine whom the disruption hits and store the answer with its snapshot.

    The same answer as the newest stored one is not stored again. Publishes ``ImpactAssessed``
    when the answer is new or differs.
    """
    with transaction.atomic():
        return _store(_ask(disruption_id, now=now), now=now)


def on_opened(event: DisruptionOpened | DisruptionRevised, *, now: datetime) -> None:
    """Answer a new or revised disruption.

    Idempotent by the answer: an equal one is not stored or told twice.
    """
    assess(event.disruption_id, now=now)


def on_facts(event: FactsImported, *, now: datetime) -> None:
    """Answer every open disruption of the plant again, because its facts changed.

    So are those of plants that it exchanges material with, where material is suspect.
    The new facts are loaded in any case, so that the next disruption is answered at once.
    Idempotent by the answer, as ``on_opened``.
    """
    warm([event.plant])
    rows = concerned_by(event.plant).filter(state__in=OPEN_STATES)
    with transaction.atomic():
        # All are asked before any is stored: storing takes the journal's lock until the commit.
        answers = [_ask(pk, now=now) for pk in rows.order_by("id").values_list("pk", flat=True)]
        for answer in answers:
            _store(answer, now=now)


def concerned_by(plant: str) -> QuerySet[Disruption]:
    """Return the disruptions whose answer may change with the plant's facts."""
    others = connected_plants(plant, position=latest_position())
    tainting = [kind.value for kind in DisruptionKind if taints(kind)]
    return Disruption.objects.filter(Q(site_id=plant) | Q(site_id__in=others, kind__in=tainting))


def _ask(disruption_id: int, *, now: datetime) -> _Answer:
    """Ask about a case that nobody else asks about until our transaction ends.

    Otherwise an answer on older facts could be stored after one on newer facts. Cases are locked
    in the order of their numbers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CASE_LOCK, disruption_id])
    row = Disruption.objects.get(pk=disruption_id)
    scope = load_scope_version(disruption_id)
    disruption = load_value(row, scope=scope)
    started = time.perf_counter()
    plants = plants_asked(disruption, plant=row.site_id, position=latest_position())
    snapshot = latest_snapshot(plants)
    value = compute(disruption, plants=plants, snapshot=snapshot, now=now)
    elapsed_ms = round((time.perf_counter() - started) * 1000)
    return _Answer(row=row, scope=scope, value=value, snapshot=snapshot, elapsed_ms=elapsed_ms)


def _store(answer: _Answer, *, now: datetime) -> Impact:
    value, row = answer.value, answer.row
    document = render(value, elapsed_ms=answer.elapsed_ms)
    digest = content_hash(document)
    newest = Impact.objects.filter(disruption_id=row.pk).order_by("-id").first()
    difference = None if newest is None else difference_of(newest.document, document)
    cleared = all_cleared(
        value.cleared,
        scope=answer.scope,
        document=document,
        before=newest,
        difference=difference,
    )
    if newest is not None and _same_answer(newest.document, document) and newest.cleared == cleared:
        return newest
    with recording(
        actor=SYSTEM.actor,
        action="impact_assessed",
        now=now,
        plant=row.site_id,
        subject=subject_of(row.pk),
    ) as entry:
        stored = Impact.objects.create(
            disruption_id=row.pk,
            recorded_id=entry.position,
            scope=answer.scope,
            position=answer.snapshot.position,
            schedules=[list(pair) for pair in answer.snapshot.schedules],
            as_of=now,
            document=document,
            sha256=digest,
            difference=None if difference is None else difference_values(difference),
            cleared=cleared,
            elapsed_ms=answer.elapsed_ms,
            orders=len(value.orders),
            customers=len(value.customers),
            decide_by=min((o.decide_by for o in value.orders if o.decide_by), default=None),
        )
        _replace_lines(stored, value)
        entry.data.update(
            impact=stored.pk, orders=stored.orders, customers=stored.customers, sha256=digest
        )
        entry.data.update(_counted(difference))
        entry.publish(
            ImpactAssessed(
                disruption_id=row.pk,
                impact_id=stored.pk,
                plant=row.site_id,
                orders=stored.orders,
                customers=stored.customers,
                is_first=newest is None,
                is_changed=newest is not None,
                **_counted(difference),
            )
        )
    return stored


def _counted(difference: ImpactDifference | None) -> dict[str, int]:
    """Return how many order lines came, went and changed."""
    if difference is None:
        return {}
    part = difference.part("orders")
    return {
        "orders_added": len(part.added),
        "orders_removed": len(part.removed),
        "orders_changed": len(part.changed),
    }


def _same_answer(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two documents say the same, whenever and from whatever snapshot they were asked."""
    return _said(old) == _said(new)


def _said(document: dict[str, Any]) -> str:
    bookkeeping = {"as_of", "snapshot", "data_age", "elapsed_ms"}
    said = {name: part for name, part in document.items() if name not in bookkeeping}
    # A stop that lasts makes a long repair more probable by the minute: that alone is no news.
    said["orders"] = [{**row, "p_late": None} for row in document["orders"]]
    return content_hash(said)


def _replace_lines(stored: Impact, value: ImpactValue) -> None:
    ImpactLine.objects.filter(disruption_id=stored.disruption_id).delete()
    ImpactLine.objects.bulk_create(
        ImpactLine(
            impact=stored,
            disruption_id=stored.disruption_id,
            site_id=order.key.plant,
            order=order.key.order,
            line=order.key.line,
            customer=order.customer,
            effects=[effect.value for effect in order.effects],
            link_class=order.link_class.name,
            rank=rank,
            late_s=order.late_s,
            new_ship=order.new_ship,
            decide_by=order.decide_by,
        )
        for rank, order in enumerate(value.orders)
    )
