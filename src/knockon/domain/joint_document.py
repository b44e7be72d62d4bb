"""What several disruptions do together as a JSON document, in the manner of the impact document."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from knockon.domain.impact_document import decimal_text, instant_text
from knockon.domain.joint import Fix, FixPlan, JointImpact, JointOrder

Values = dict[str, Any]


def render_joint(joint: JointImpact, *, elapsed_ms: int) -> Values:
    """Return the joint impact as JSON values."""
    return {
        "as_of": instant_text(joint.as_of),
        "snapshot": str(joint.snapshot),
        "elapsed_ms": elapsed_ms,
        "disruptions": list(joint.disruptions),
        "orders": [_order(row) for row in joint.orders],
        "crews": joint.crews,
        "weighing": joint.weighing.value,
        "plans": [_plan(plan) for plan in joint.plans],
        "plans_looked_at": joint.plans_looked_at,
        "is_exact": joint.is_exact,
        "samples": joint.samples,
    }


def without_customers(document: Mapping[str, Any]) -> Values:
    """Return the document without customers and money."""
    hidden = ("customer", "customer_order", "value_at_risk", "currency")
    orders: Sequence[Mapping[str, Any]] = document["orders"]
    return {
        **document,
        "orders": [
            {name: None if name in hidden else value for name, value in row.items()}
            for row in orders
        ],
    }


def _order(row: JointOrder) -> Values:
    return {
        "order": row.key.order,
        "line": row.key.line,
        "customer": row.customer,
        "customer_order": row.customer_order,
        "tier": row.tier,
        "item": row.item,
        "effects": [effect.value for effect in row.effects],
        "class": row.link_class.name,
        "late_s": row.late_s,
        "new_ship": _at(row.new_ship),
        "qty_at_risk": _qty(row.qty_at_risk),
        "value_at_risk": _qty(row.value_at_risk),
        "currency": row.currency,
        "blame": row.blame.value,
        "alone": list(row.alone),
        "frees": list(row.frees),
    }


def _plan(plan: FixPlan) -> Values:
    return {
        "fixes": [_fix(fix) for fix in plan.fixes],
        "saved": plan.saved,
        "saved_weight": decimal_text(plan.saved_weight),
        "late": plan.late,
        "per_hour": _qty(plan.per_hour),
        "expected_saved": _qty(plan.expected_saved),
    }


def _fix(fix: Fix) -> Values:
    return {
        "disruption": fix.disruption,
        "repair_s": fix.repair_s,
        "begins": instant_text(fix.begins),
        "ends": instant_text(fix.ends),
        "saves": fix.saves,
        "saves_weight": decimal_text(fix.saves_weight),
        "per_hour": _qty(fix.per_hour),
    }


def _qty(number: Decimal | None) -> str | None:
    return None if number is None else decimal_text(number)


def _at(moment: datetime | None) -> str | None:
    return None if moment is None else instant_text(moment)
