"""Which orders turn late as a repair takes longer: the curve of a case, and any point of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from threading import Lock
from typing import Any

from knockon.apps.disruptions.answers.impacts import snapshot_of
from knockon.apps.disruptions.answers.pictures import picture_and_graph
from knockon.apps.disruptions.models import Impact
from knockon.apps.disruptions.selectors import (
    ImpactMissing,
    load_disruption,
    load_impact_versions,
    load_scope_version,
    load_value,
)
from knockon.domain.access import Right, Viewer
from knockon.domain.curve import CurveRow, OrderCurve, RepairCurve
from knockon.domain.curve_document import render_curve
from knockon.domain.impact import WayOut
from knockon.domain.reasons import Reason
from knockon.engine.impact.curve import PreparedCurve, prepare_curve
from knockon.engine.impact.curve_picture import draw_curve
from knockon.engine.impact.investigate import investigate

_MOST_CURVES = 4
"""Curves kept ready in each process: those of the cases that somebody looks at."""

_preparing = Lock()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ready:
    """A stored answer's curve, made ready, and as it is drawn for both kinds of viewers."""

    prepared: PreparedCurve | None
    whole: RepairCurve
    redacted: RepairCurve


def curve_of(disruption_id: int, *, viewer: Viewer) -> RepairCurve:
    """Return the curve of the case's newest answer, without customers for who may not see orders.

    It has no orders when the repair time cannot matter.

    Raises
    ------
    DisruptionUnknown
        It is not there, or not for this viewer.
    ImpactMissing
        Its answer is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    ready = _ready(_newest(row.pk))
    may_see = viewer.may(Right.VIEW_ORDERS, plant=row.site_id)
    return ready.whole if may_see else ready.redacted


def curve_at(disruption_id: int, repair_s: int, *, viewer: Viewer) -> tuple[CurveRow, ...]:
    """Return the order lines that are later with a repair time, in key order.

    Raises
    ------
    DisruptionUnknown, ImpactMissing
        As ``curve_of``.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    prepared = _ready(_newest(row.pk)).prepared
    return () if prepared is None else prepared.rows(repair_s)


def curve_document(disruption_id: int, *, viewer: Viewer) -> dict[str, Any]:
    """Return the curve as a document; raises as ``curve_of``."""
    return render_curve(curve_of(disruption_id, viewer=viewer))


def _newest(disruption_id: int) -> Impact:
    """Return the newest answer without its document, which a slider would read at every step."""
    stored = load_impact_versions(disruption_id).first()
    if stored is None:
        raise ImpactMissing(disruption=disruption_id)
    return stored


def _ready(stored: Impact) -> _Ready:
    # What one thread makes ready the others wait for: they would only do the same.
    with _preparing:
        return _prepared(stored.pk)


@lru_cache(maxsize=_MOST_CURVES)
def _prepared(impact_id: int) -> _Ready:
    """Return the curve on the facts that a stored answer stands on; such an answer never changes."""
    stored = Impact.objects.select_related("disruption", "scope").get(pk=impact_id)
    scope = load_scope_version(stored.disruption_id, position=stored.scope.recorded_id)
    disruption = load_value(stored.disruption, scope=scope)
    plants = (stored.disruption.site_id,)
    facts, graph = picture_and_graph(plants, snapshot_of(stored), disruption)
    case = investigate(facts, disruption, now=stored.as_of, graph=graph)
    prepared = prepare_curve(case)
    drawn = draw_curve(case, prepared)
    whole = replace(drawn, orders=_with_ways_out(drawn.orders, stored.document["orders"]))
    redacted = replace(
        whole,
        orders=tuple(
            replace(order, customer="", customer_order=None, ways_out=()) for order in whole.orders
        ),
    )
    return _Ready(prepared=prepared, whole=whole, redacted=redacted)


def _with_ways_out(
    orders: Sequence[OrderCurve], rows: Sequence[Mapping[str, Any]]
) -> tuple[OrderCurve, ...]:
    """Return the lines with the ways out that the stored answer lists."""
    known = {(row["order"], row["line"]): row for row in rows if row["ways_out"]}
    return tuple(
        order
        if (order.key.order, order.key.line) not in known
        else _decided(order, known[order.key.order, order.key.line])
        for order in orders
    )


def _decided(order: OrderCurve, row: Mapping[str, Any]) -> OrderCurve:
    return replace(
        order,
        decide_by=_instant(row["decide_by"]),
        ways_out=tuple(
            WayOut(
                kind=way["kind"],
                target=way["target"],
                latest_at=_instant(way["latest_at"]),
                cost=None if way["cost"] is None else Decimal(way["cost"]),
                checks=tuple(
                    Reason(code=check["code"], params=check["params"]) for check in way["checks"]
                ),
            )
            for way in row["ways_out"]
        ),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
