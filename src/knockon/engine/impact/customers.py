"""Sum up the rows by customer: whom to call, and how much is at stake."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from knockon.domain.impact import CustomerImpact, OrderImpact
from knockon.engine.impact.records import ZERO, Records
from knockon.engine.impact.shipments import HitShipment

_NO_TIER = "\uffff"


def sum_by_customer(
    records: Records, orders: Sequence[OrderImpact], shipped: Sequence[HitShipment]
) -> tuple[CustomerImpact, ...]:
    """Return one row per customer that is hit, best tier first."""
    lines: dict[str, list[OrderImpact]] = defaultdict(list)
    sent: dict[str, Decimal] = defaultdict(Decimal)
    for row in orders:
        lines[row.customer].append(row)
    for hit in shipped:
        if hit.impact.customer:
            sent[hit.impact.customer] += hit.net_qty
    rows = [
        CustomerImpact(
            customer=code,
            name=known.name if (known := records.customers.get(code)) else "",
            tier=records.tier(code),
            orders=len({(row.key.plant, row.key.order) for row in lines.get(code, ())}),
            qty_at_risk=_sum([row.qty_at_risk for row in lines.get(code, ())]),
            shipped_qty=sent.get(code, ZERO),
        )
        for code in {*lines, *sent}
    ]
    return tuple(sorted(rows, key=lambda row: (row.tier or _NO_TIER, row.customer)))


def _sum(quantities: Sequence[Decimal | None]) -> Decimal | None:
    known = [qty for qty in quantities if qty is not None]
    return sum(known, ZERO) if known or not quantities else None
