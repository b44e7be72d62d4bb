"""What a supplier's notice names, and whom it would hit before anybody opens a case."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from knockon.apps.accounts.selectors import visible
from knockon.apps.disruptions.answers.impacts import compute, plants_asked, redact
from knockon.apps.disruptions.answers.sight import within_sight
from knockon.apps.journal.selectors import latest_position
from knockon.apps.plant.models import Item
from knockon.apps.production.models import Lot, Receipt
from knockon.apps.production.selectors import load_lots
from knockon.apps.production.snapshot import latest_snapshot
from knockon.domain.access import Right, Viewer
from knockon.domain.disruptions import (
    Disruption,
    DisruptionKind,
    DisruptionState,
    Scope,
    Severity,
)
from knockon.domain.facts import LotKey
from knockon.domain.impact_document import render
from knockon.domain.notice import KnownLot, NoticeReading
from knockon.engine.impact.notice import names_in, read_notice

_BATCH = 5_000


def read(text: str, *, viewer: Viewer) -> NoticeReading:
    """Return which lots and items of the viewer's plants a text names.

    Raises
    ------
    NotAllowed
        The viewer may not see lots anywhere.
    """
    viewer.require(Right.VIEW_LOTS)
    names = sorted(names_in(text))
    return read_notice(
        text, lots=list(_lots_named(names, viewer=viewer)), items=_items_named(names)
    )


def foresee(lots: Sequence[LotKey], *, plant: str, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return the impact document that a case of these lots would have now; nothing is stored.

    Raises
    ------
    NotAllowed
        The viewer may not see lots of this plant.
    """
    viewer.require(Right.VIEW_LOTS, plant=plant)
    trouble = Disruption(
        id="notice",
        kind=DisruptionKind.MATERIAL,
        severity=Severity.S2,
        state=DisruptionState.OPEN,
        opened_at=now,
        scope=Scope(plant=plant, lots=tuple(sorted(lots))),
    )
    plants = plants_asked(trouble, plant=plant, position=latest_position())
    value = compute(trouble, plants=plants, snapshot=latest_snapshot(plants), now=now)
    document = render(value, elapsed_ms=0)
    seen = within_sight(document, viewer=viewer, plant=plant, plants=plants)
    return redact(seen, viewer=viewer, plant=plant)


def _lots_named(names: Sequence[str], *, viewer: Viewer) -> Iterator[KnownLot]:
    """Yield the lots that bear one of the names, and those that only a receipt knows."""
    received = {
        (row.site_id, LotKey(row.issuer, row.item, row.lot))
        for part in _parts(names)
        for row in visible(
            Receipt.objects.filter(retired=None), viewer=viewer, right=Right.VIEW_LOTS
        ).filter(lot__in=part)
    }
    described: set[LotKey] = set()
    for part in _parts(names):
        named = Q(lot__in=part) | Q(supplier_lot__in=part)
        for row in load_lots(viewer=viewer).filter(named):
            key = LotKey(row.issuer, row.item, row.lot)
            if key not in described:
                described.add(key)
                yield _described(row, key, is_received=(row.site_id, key) in received)
    for plant, key in sorted(received):
        if key not in described:
            yield KnownLot(key=key, plant=plant, supplier=key.issuer, is_received=True)


def _described(row: Lot, key: LotKey, *, is_received: bool) -> KnownLot:
    is_bought = bool(row.supplier or row.supplier_lot) or row.issuer not in ("", row.site_id)
    return KnownLot(
        key=key,
        plant=row.site_id,
        supplier=row.supplier,
        supplier_lot=row.supplier_lot,
        is_received=is_received or is_bought,
    )


def _items_named(names: Sequence[str]) -> frozenset[str]:
    return frozenset(
        item
        for part in _parts(names)
        for item in Item.objects.filter(retired=None, item__in=part).values_list("item", flat=True)
    )


def _parts(names: Sequence[str]) -> Iterator[list[str]]:
    return (list(names[start : start + _BATCH]) for start in range(0, len(names), _BATCH))
