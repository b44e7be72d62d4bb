"""Computing and storing whom a disruption hits."""

import time
from datetime import datetime
from typing import Any

from knockon.apps.disruptions.answers import compute, content_hash, warm
from knockon.apps.disruptions.models import Disruption, Impact, ImpactLine
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    load_scope_version,
    load_value,
    subject_of,
)
from knockon.apps.journal.bus import recording
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import SYSTEM
from knockon.domain.events import (
    DisruptionOpened,
    DisruptionRevised,
    FactsImported,
    ImpactAssessed,
)
from knockon.domain.impact import Impact as ImpactValue
from knockon.domain.impact_document import render

__all__ = ["assess", "on_facts", "on_opened"]


def assess(disruption_id: int, *, now: datetime) -> Impact:
    """Ask the engine whom the disruption hits and store the answer with its snapshot.

    The same answer as the newest stored one is not stored again. Publishes ``ImpactAssessed``
    when the answer is new or differs.
    """
    row = Disruption.objects.get(pk=disruption_id)
    scope = load_scope_version(disruption_id)
    snapshot = latest_snapshot([row.site_id])
    started = time.perf_counter()
    value = compute(load_value(row, scope=scope), plants=(row.site_id,), snapshot=snapshot, now=now)
    elapsed_ms = round((time.perf_counter() - started) * 1000)
    document = render(value, elapsed_ms=elapsed_ms)
    digest = content_hash(document)
    newest = Impact.objects.filter(disruption_id=disruption_id).order_by("-id").first()
    if newest is not None and _same_answer(newest.document, document):
        return newest
    with recording(
        actor=SYSTEM.actor,
        action="impact_assessed",
        now=now,
        plant=row.site_id,
        subject=subject_of(disruption_id),
    ) as entry:
        stored = Impact.objects.create(
            disruption_id=disruption_id,
            recorded_id=entry.position,
            scope=scope,
            position=snapshot.position,
            schedules=[list(pair) for pair in snapshot.schedules],
            as_of=now,
            document=document,
            sha256=digest,
            elapsed_ms=elapsed_ms,
            orders=len(value.orders),
            customers=len(value.customers),
            decide_by=min((o.decide_by for o in value.orders if o.decide_by), default=None),
        )
        _replace_lines(stored, value)
        entry.data.update(
            impact=stored.pk, orders=stored.orders, customers=stored.customers, sha256=digest
        )
        entry.publish(
            ImpactAssessed(
                disruption_id=disruption_id,
                impact_id=stored.pk,
                plant=row.site_id,
                orders=stored.orders,
                customers=stored.customers,
                is_first=newest is None,
                is_changed=newest is not None,
            )
        )
    return stored


def on_opened(event: DisruptionOpened | DisruptionRevised, *, now: datetime) -> None:
    """Answer a new or revised disruption.

    Idempotent by the answer: an equal one is not stored or told twice.
    """
    assess(event.disruption_id, now=now)


def on_facts(event: FactsImported, *, now: datetime) -> None:
    """Answer every open disruption of the plant again, because its facts changed.

    The new facts are loaded in any case, so that the next disruption is answered at once.
    Idempotent by the answer, as ``on_opened``.
    """
    warm([event.plant])
    rows = Disruption.objects.filter(site_id=event.plant, state__in=OPEN_STATES)
    for disruption_id in rows.order_by("severity", "id").values_list("pk", flat=True):
        assess(disruption_id, now=now)


def _same_answer(old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether two documents say the same, whenever and from whatever snapshot they were asked."""
    return _said(old) == _said(new)


def _said(document: dict[str, Any]) -> str:
    bookkeeping = {"as_of", "snapshot", "data_age", "elapsed_ms"}
    return content_hash({name: part for name, part in document.items() if name not in bookkeeping})


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
