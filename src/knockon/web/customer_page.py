"""What a customer's page says, and the statement to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.reason_texts import kind_text
from knockon.apps.disruptions.selectors import (
    OPEN_STATES,
    load_disruptions,
    load_impacts_of,
    load_orders_by_risk,
    load_unanswered,
)
from knockon.apps.plant.selectors import load_customers
from knockon.apps.production.reason_texts import table_text
from knockon.apps.production.selectors import load_deliveries
from knockon.domain.access import Viewer
from knockon.web.lists import page_of
from knockon.web.order_list import OrderLineRow, line_rows

_STATED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLine:
    """An order line and what is known of it: ``hit``, ``safe`` or ``unknown``."""

    row: OrderLineRow
    standing: str


def customer_context(code: str, *, viewer: Viewer, page: str) -> dict[str, Any]:
    """Return the customer's open orders, the worst first.

    Raises
    ------
    Http404
        No order of this customer is the viewer's to see.
    """
    rows = load_orders_by_risk(viewer=viewer).filter(customer=code)
    if not rows.exists():
        raise Http404
    still = rows.filter(status="open")
    unclear = _unclear_plants(viewer)
    shown = page_of(still, number=page)
    own = {"customer": code, "status": "open"}
    hit = load_orders_by_risk(viewer=viewer, is_hit=True).filter(**own).count()
    others = load_orders_by_risk(viewer=viewer, is_hit=False).filter(**own)
    unknown = others.filter(site_id__in=unclear).count()
    total = shown["page"].paginator.count
    return {
        **shown,
        "customer": code,
        "details": load_customers([code]).get(code),
        "lines": [
            CustomerLine(row=row, standing=_standing(row, unclear))
            for row in line_rows(shown["rows"], viewer=viewer)
        ],
        "counts": {"hit": hit, "unknown": unknown, "safe": total - hit - unknown},
    }


def statement_context(code: str, *, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """Return what can be stated to a customer: only of orders that are surely not affected.

    Raises
    ------
    Http404
        No order of this customer is the viewer's to see.
    """
    rows = load_orders_by_risk(viewer=viewer).filter(customer=code)
    if not rows.exists():
        raise Http404
    unclear = _unclear_plants(viewer)
    lines = line_rows(list(rows.filter(status="open")[:_STATED]), viewer=viewer)
    safe = [row for row in lines if not row.hits and _standing(row, unclear) == "safe"]
    plants = sorted({row.plant for row in lines})
    return {
        "customer": code,
        "details": load_customers([code]).get(code),
        "now": now,
        "safe": safe,
        "others": len(lines) - len(safe),
        "cases": _basis(plants, viewer=viewer),
        "ages": [
            {"name": table_text(delivery.table), "at": delivery.at}
            for delivery in load_deliveries(plants)
        ],
    }


def _unclear_plants(viewer: Viewer) -> frozenset[str]:
    """Return the plants with an open case of which nobody can say yet whom it hits."""
    return frozenset(case.site_id for case in load_unanswered(viewer=viewer))


def _standing(row: OrderLineRow, unclear: frozenset[str]) -> str:
    if row.is_hit:
        return "hit"
    return "unknown" if row.plant in unclear else "safe"


def _basis(plants: Sequence[str], *, viewer: Viewer) -> list[dict[str, Any]]:
    """Return the open cases that were looked at, and when their answers were computed."""
    cases: list[Disruption] = list(
        load_disruptions(viewer=viewer, states=OPEN_STATES).filter(site_id__in=plants)
    )
    impacts = load_impacts_of(case.pk for case in cases)
    return [
        {
            "pk": case.pk,
            "kind": kind_text(case.kind),
            "since": case.started_at,
            "as_of": impacts[case.pk].as_of if case.pk in impacts else None,
        }
        for case in cases
    ]
