"""The list of order lines, as filters and rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import ImpactLine
from knockon.apps.disruptions.selectors import (
    is_hit_by,
    load_hits_of,
    load_orders_by_risk,
)
from knockon.apps.plant.selectors import load_customers, load_item_names
from knockon.apps.production.models import OrderLine
from knockon.domain.access import Viewer
from knockon.domain.facts import OrderLineKey
from knockon.web.lists import matching, page_of
from knockon.web.subjects import customer_url, order_url
from knockon.web.wording import quantity_text, span_text

_SEARCHED = ("order", "customer", "item", "customer_order", "customer_item")
RISKS = ("hit", "safe")
STATUSES = ("open", "closed", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilters:
    """What the list's address asks for."""

    text: str = ""
    plant: str = ""
    customer: str = ""
    risk: str = ""
    status: str = "open"
    disruption: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "OrderFilters":
        """Return the filters of an address; a value that means nothing filters nothing."""
        risk, status = query.get("risk", ""), query.get("status", "open")
        disruption = query.get("disruption", "")
        return cls(
            text=query.get("q", "").strip()[:200],
            plant=query.get("plant", ""),
            customer=query.get("customer", ""),
            risk=risk if risk in RISKS else "",
            status=status if status in STATUSES else "open",
            disruption=int(disruption) if disruption.isdecimal() else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """How one open case hits an order line."""

    disruption_id: int
    severity: str
    effects: tuple[str, ...]
    link_class: str
    late: str
    new_ship: datetime | None
    decide_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLineRow:
    """One line of the list."""

    plant: str
    name: str
    url: str
    customer: str
    customer_name: str
    customer_url: str
    customer_order: str
    tier: str
    item: str
    item_name: str
    qty: str
    shipped_qty: str
    due_at: datetime
    promised_at: datetime | None
    status: str
    hits: tuple[Hit, ...]

    @property
    def is_hit(self) -> bool:
        """Whether somebody must be called because of it; a line that only moves ships on time."""
        return any(hit.effects != ("MOVED",) for hit in self.hits)


def order_list_context(
    *, viewer: Viewer, sites: Sequence[Site], filters: OrderFilters, page: str
) -> dict[str, Any]:
    """Return everything the list shows."""
    wanted = {"hit": True, "safe": False}.get(filters.risk)
    rows = load_orders_by_risk(viewer=viewer, is_hit=wanted)
    if filters.status != "all":
        rows = rows.filter(status=filters.status)
    if filters.plant:
        rows = rows.filter(site_id=filters.plant)
    if filters.customer:
        rows = rows.filter(customer=filters.customer)
    if filters.disruption is not None:
        rows = rows.filter(is_hit_by(filters.disruption, viewer=viewer))
    rows = matching(rows, filters.text, fields=_SEARCHED)
    shown = page_of(rows, number=page)
    return {
        **shown,
        "rows": line_rows(shown["rows"], viewer=viewer),
        "filters": filters,
        "plants": sites if len(sites) > 1 else (),
        "is_filtered": filters != OrderFilters(),
    }


def line_rows(lines: Sequence[OrderLine], *, viewer: Viewer) -> list[OrderLineRow]:
    """Return order lines with their customers' and items' names and what hits them."""
    hits = load_hits_of([key_of(line) for line in lines], viewer=viewer)
    customers = load_customers(sorted({line.customer for line in lines}))
    items = load_item_names(sorted({line.item for line in lines}))
    return [
        OrderLineRow(
            plant=line.site_id,
            name=f"{line.order}/{line.line}",
            url=order_url(line.site_id, line.order, line.line),
            customer=line.customer,
            customer_name=customers[line.customer].name if line.customer in customers else "",
            customer_url=customer_url(line.customer),
            customer_order=line.customer_order,
            tier=customers[line.customer].tier if line.customer in customers else "",
            item=line.item,
            item_name=items.get(line.item, ""),
            qty=quantity_text(line.qty, None),
            shipped_qty=quantity_text(line.shipped_qty, None) if line.shipped_qty else "",
            due_at=line.due_at,
            promised_at=line.promised_at,
            status=line.status,
            hits=tuple(hit_of(hit) for hit in hits.get(key_of(line), [])),
        )
        for line in lines
    ]


def key_of(line: OrderLine) -> OrderLineKey:
    """Return the natural key of a line."""
    return OrderLineKey(line.site_id, line.order, line.line)


def hit_of(line: ImpactLine) -> Hit:
    """Return how a case hits an order line."""
    return Hit(
        disruption_id=line.disruption_id,
        severity=line.disruption.severity,
        effects=tuple(line.effects),
        link_class=line.link_class,
        late=span_text(line.late_s) if line.late_s else "",
        new_ship=line.new_ship,
        decide_by=line.decide_by,
    )
