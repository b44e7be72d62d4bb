"""How a case spreads: the ripple picture, material, customers, shipments and gaps."""

from typing import Any

from knockon.domain.access import Right
from knockon.web import impact_rows
from knockon.web.cases import Case
from knockon.web.folding import View
from knockon.web.freed import freed_lots
from knockon.web.paths import path_steps
from knockon.web.ripple import ripple

_SHOWN = 200
_PATHS = 40
"""Paths that the list under the picture spells out."""


def spread_context(case: Case, *, view: View) -> dict[str, Any]:
    """Return how the trouble spreads; ``view`` says what of the picture is open."""
    row, document = case.row, case.document
    base = {
        "case": row,
        "impact": case.impact,
        "is_newest": case.is_newest,
        "may_see_orders": case.viewer.may(Right.VIEW_ORDERS, plant=row.site_id),
        "may_see_lots": case.viewer.may(Right.VIEW_LOTS, plant=row.site_id),
    }
    if document is None:
        return base
    lots = impact_rows.lot_rows(document, most=_SHOWN)
    return {
        **base,
        **ripple_context(case, view=view),
        "lots": lots,
        "lot_count": len(document["lots"]),
        "freed_lots": freed_lots(case.cleared),
        "balances": impact_rows.balance_rows(document),
        "customers": impact_rows.customer_rows(document),
        "shipments": impact_rows.shipment_rows(document)[:_SHOWN],
        "shipment_count": len(document["shipments"]),
        "unpegged": impact_rows.unpegged_rows(document),
        "gaps": impact_rows.gap_rows(document)[:_SHOWN],
        "gap_count": len(document["gaps"]),
    }


def ripple_context(case: Case, *, view: View) -> dict[str, Any]:
    """Return the picture alone, with its boxes and worst paths as lists."""
    document = case.document
    drawn = ripple(document, plant=case.row.site_id, view=view) if document else None
    orders = drawn.orders[:_PATHS] if drawn else []
    return {
        "case": case.row,
        "version": None if case.is_newest or case.impact is None else case.impact.pk,
        "view": view,
        "ripple": drawn,
        "paths": [path_steps(row["path"], plant=case.row.site_id) for row in orders],
    }
