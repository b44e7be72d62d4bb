"""The repair-time curve on a case's page: the picture, the slider, and the orders at a repair time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from knockon.apps.disruptions.answers.curves import curve_at, curve_of
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import OPEN_STATES, ImpactMissing, load_disruption
from knockon.apps.plant.selectors import load_customers
from knockon.domain.access import Right, Viewer
from knockon.domain.curve import CurveRow, OrderCurve, RepairCurve
from knockon.domain.disruptions import RepairBasis
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact_document import way_out_row
from knockon.web.cases import ESTIMATES, WITH_REPAIR, Case
from knockon.web.curve_chart import chart_of
from knockon.web.subjects import customer_url, order_url
from knockon.web.ways_out import Ways, chance_text, ways_of
from knockon.web.wording import span_text

LATE_SHOWN = 30
"""Of many late order lines those are shown that have turned late last: with more of them, writing
them would take longer than a hand on the slider waits."""

NEXT_SHOWN = 6
"""How many of those are shown that turn late next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAt:
    """An order line at one repair time, and what was assumed before."""

    name: str
    url: str
    customer: str
    customer_name: str
    customer_url: str
    customer_order: str
    tier: str
    item: str
    link_class: str
    promised_at: datetime | None
    is_late: bool
    is_moved: bool
    change: str
    """``turned_late`` or ``saved`` against the repair time that was assumed, else empty."""
    late: str
    old_ship: datetime | None
    new_ship: datetime | None
    new_finish: datetime | None
    finishes: tuple[tuple[str, datetime], ...]
    safe: str
    chance: str
    decide_by: datetime | None
    ways_out: Ways | None


def has_curve(case: Case) -> bool:
    """Return whether a repair is under way of which the length matters."""
    row = case.row
    is_running = row.state in OPEN_STATES and row.restored_at is None
    return is_running and row.kind in WITH_REPAIR and case.is_newest


def curve_context(case: Case, *, repair_s: int | None) -> dict[str, Any]:
    """Return the whole curve with the orders at a repair time, by default at the assumed one."""
    base = {"case": case.row, "has_curve": has_curve(case), "curve": None}
    if not base["has_curve"]:
        return base
    try:
        curve = curve_of(case.row.pk, viewer=case.viewer)
    except ImpactMissing:
        return base
    if curve.estimate is None or not curve.orders:
        return {**base, "curve_is_empty": True}
    chosen_s = _chosen(curve, repair_s)
    chart = chart_of(curve, repair_s=chosen_s, now=case.now)
    return {
        **base,
        **_orders(case.row, curve=curve, repair_s=chosen_s, viewer=case.viewer),
        "curve": curve,
        "chart": chart,
        "estimate_basis": _basis(curve),
        "stopped_at": curve.stopped_at,
        "choices": _choices(curve),
    }


def orders_at_context(disruption_id: int, *, repair_s: int, viewer: Viewer) -> dict[str, Any]:
    """Return the orders at a repair time alone: what the slider redraws.

    Raises
    ------
    DisruptionUnknown
        The case is not there, or not for this viewer.
    ImpactMissing
        The answer is still being computed.
    """
    row = load_disruption(disruption_id, viewer=viewer)
    curve = curve_of(row.pk, viewer=viewer)
    return _orders(row, curve=curve, repair_s=_chosen(curve, repair_s), viewer=viewer)


def _orders(
    row: Disruption, *, curve: RepairCurve, repair_s: int, viewer: Viewer
) -> dict[str, Any]:
    """Return the orders of a curve at a repair time, and how many of them are late."""
    rows = curve_at(row.pk, repair_s, viewer=viewer)
    may_see = viewer.may(Right.VIEW_ORDERS, plant=row.site_id)
    window = _window(curve, repair_s)
    is_kept = curve.repair_basis is RepairBasis.GIVEN and curve.repair_s == repair_s
    may_estimate = viewer.may(Right.ESTIMATE, plant=row.site_id) and row.state in OPEN_STATES
    return {
        "case": row,
        "may_see_orders": may_see,
        "curve_rows": _rows(curve, rows, window=window, case=row),
        "hit_at_count": len(rows),
        "rows_before": window.start,
        "rows_after": max(len(curve.orders) - window.stop, 0),
        "late_count": sum(each.is_late for each in rows),
        "repair_s": repair_s,
        "repair_text": span_text(repair_s),
        "repair_until": _after(curve.stopped_at, repair_s),
        "may_keep": repair_s > 0 and not is_kept and may_estimate,
    }


def _chosen(curve: RepairCurve, repair_s: int | None) -> int:
    """Return the repair time to show: the asked one within the horizon, else the assumed one."""
    wanted = curve.repair_s if repair_s is None else repair_s
    return min(max(wanted or 0, 0), curve.horizon_s)


def _choices(curve: RepairCurve) -> list[dict[str, Any]]:
    """Return the quick answers; the one without a word is for who does not know.

    It stands for the time that four of five repairs do not exceed.
    """
    choices = [{"value": seconds, "label": span_text(seconds)} for seconds in ESTIMATES]
    if curve.estimate is not None:
        choices.append({"value": curve.estimate.p80_s, "label": ""})
    return choices


def _basis(curve: RepairCurve) -> str:
    """Return whose repairs the estimate leans on, and how many."""
    if curve.estimate is None:
        return ""
    sentences = {
        "own_history": _("from %(samples)s stops of its own"),
        "class_history": _("from stops of similar machines, %(samples)s of its own"),
        "plant_default": _("from the default of the plant, %(samples)s stops of its own are known"),
    }
    return sentences[curve.estimate.basis.value] % {"samples": curve.estimate.samples}


def _late_at(curve: RepairCurve, repair_s: int | None) -> frozenset[OrderLineKey]:
    """Return the order lines that are late with a repair time."""
    return frozenset(order.key for order in curve.orders if _is_late(order, repair_s or 0))


def _is_late(order: OrderCurve, repair_s: int) -> bool:
    return order.safe_until_repair_s is not None and repair_s > order.safe_until_repair_s


def _after(at: datetime | None, seconds: int) -> datetime | None:
    return None if at is None else at + timedelta(seconds=seconds)


def _window(curve: RepairCurve, repair_s: int) -> slice:
    """Return which order lines to show: around the one that has turned late last."""
    turned = sum(_is_late(order, repair_s) for order in curve.orders)
    return slice(max(turned - LATE_SHOWN, 0), turned + NEXT_SHOWN)


def _rows(
    curve: RepairCurve, rows: Sequence[CurveRow], *, window: slice, case: Disruption
) -> list[OrderAt]:
    """Return some order lines as the repair time finds them, the first to turn late first."""
    shown = curve.orders[window]
    now = {row.key: row for row in rows}
    assumed = _late_at(curve, curve.repair_s)
    codes = {order.customer for order in shown if order.customer}
    names = {code: customer.name for code, customer in load_customers(sorted(codes)).items()}
    return [
        _row(
            order,
            now.get(order.key),
            case=case,
            names=names,
            was_late=order.key in assumed,
        )
        for order in shown
    ]


def _row(
    order: OrderCurve,
    now: CurveRow | None,
    *,
    case: Disruption,
    names: Mapping[str, str],
    was_late: bool,
) -> OrderAt:
    is_late = now is not None and now.is_late
    finishes = (("P50", order.p50_finish), ("P80", order.p80_finish), ("P95", order.p95_finish))
    customer = order.customer or ""
    return OrderAt(
        name=f"{order.key.order}/{order.key.line}",
        url=order_url(case.site_id, order.key.order, order.key.line),
        customer=customer,
        customer_name=names.get(customer, ""),
        customer_url=customer_url(customer) if customer else "",
        customer_order=order.customer_order or "",
        tier=order.tier or "",
        item=order.item,
        link_class=order.link_class.name,
        promised_at=order.promised_at or order.due_at,
        is_late=is_late,
        is_moved=now is not None,
        change=_change(is_late=is_late, was_late=was_late),
        late=span_text(now.late_s) if now is not None and now.late_s else "",
        old_ship=order.old_ship,
        new_ship=now.new_ship if now is not None else order.old_ship,
        new_finish=now.new_finish if now is not None else None,
        finishes=tuple((name, at) for name, at in finishes if at is not None),
        safe=_safe(order),
        chance=chance_text(order.p_late),
        decide_by=order.decide_by,
        # What was checked names customers: whoever may not know them is not told.
        ways_out=ways_of(
            [way_out_row(way) for way in order.ways_out] if customer else [],
            currency=case.site.currency,
        ),
    )


def _change(*, is_late: bool, was_late: bool) -> str:
    if is_late == was_late:
        return ""
    return "turned_late" if is_late else "saved"


def _safe(order: OrderCurve) -> str:
    """Return how long the repair may take for this order."""
    safe_s = order.safe_until_repair_s
    if safe_s is None:
        return _("on time however long it takes")
    if safe_s == 0:
        return _("late however short it is")
    return _("safe until repair takes %(span)s") % {"span": span_text(safe_s)}
