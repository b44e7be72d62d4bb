"""A repair-time curve as a JSON document, in the manner of the impact document."""

import json
from datetime import datetime
from importlib import resources
from typing import Any

from knockon.domain.curve import CurvePoint, CurveRow, OrderCurve, RepairCurve, RepairEstimate
from knockon.domain.impact_document import decimal_text, instant_text, way_out_row

SCHEMA_FILE = "curve.schema.json"

Values = dict[str, Any]


def render_curve(curve: RepairCurve) -> Values:
    """Return the curve as JSON values, in the order of the contract."""
    disruption = curve.disruption
    return {
        "disruption": {
            "id": disruption.id,
            "kind": disruption.kind.value,
            "severity": disruption.severity.value,
            "state": disruption.state.value,
        },
        "as_of": instant_text(curve.as_of),
        "snapshot": str(curve.snapshot),
        "stopped_at": _at(curve.stopped_at),
        "repair_s": curve.repair_s,
        "repair_basis": curve.repair_basis.value,
        "horizon_s": curve.horizon_s,
        "estimate": None if curve.estimate is None else _estimate(curve.estimate),
        "steps": [
            {"repair_s": step.repair_s, "late": step.late, "moved": step.moved}
            for step in curve.steps
        ],
        "orders": [order_curve_row(order) for order in curve.orders],
    }


def load_curve_schema() -> Values:
    """Return the JSON schema (draft 2020-12) that every curve document satisfies."""
    source = resources.files("knockon.domain").joinpath(SCHEMA_FILE)
    schema: Values = json.loads(source.read_text(encoding="utf-8"))
    return schema


def order_curve_row(order: OrderCurve) -> Values:
    """Return an order line's curve as in the document."""
    return {
        "order": order.key.order,
        "line": order.key.line,
        "customer": order.customer or None,
        "customer_order": order.customer_order,
        "tier": order.tier,
        "item": order.item,
        "class": order.link_class.name,
        "due_at": _at(order.due_at),
        "promised_at": _at(order.promised_at),
        "old_ship": _at(order.old_ship),
        "safe_until_repair_s": order.safe_until_repair_s,
        "p_late": None if order.p_late is None else decimal_text(order.p_late),
        "p50_finish": _at(order.p50_finish),
        "p80_finish": _at(order.p80_finish),
        "p95_finish": _at(order.p95_finish),
        "decide_by": _at(order.decide_by),
        "ways_out": [way_out_row(way) for way in order.ways_out],
        "points": [_point(point) for point in order.points],
    }


def curve_row(row: CurveRow) -> Values:
    """Return an order line at one repair time as JSON values."""
    return {
        "order": row.key.order,
        "line": row.key.line,
        "is_late": row.is_late,
        "class": row.link_class.name,
        "new_finish": _at(row.new_finish),
        "new_ship": _at(row.new_ship),
        "late_s": row.late_s,
    }


def _point(point: CurvePoint) -> Values:
    return {
        "repair_s": point.repair_s,
        "new_finish": _at(point.new_finish),
        "new_ship": _at(point.new_ship),
        "late_s": point.late_s,
    }


def _estimate(estimate: RepairEstimate) -> Values:
    return {
        "basis": estimate.basis.value,
        "samples": estimate.samples,
        "median_s": estimate.median_s,
        "sigma": decimal_text(estimate.sigma),
        "p50_s": estimate.p50_s,
        "p80_s": estimate.p80_s,
        "p95_s": estimate.p95_s,
    }


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)
