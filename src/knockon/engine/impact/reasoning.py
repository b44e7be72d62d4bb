"""Answer why an order line is hit, or what was checked and found harmless."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from knockon.domain.errors import KnockonError
from knockon.domain.facts import LotKey, OrderLine, OrderLineKey, PlantFacts, WorkOrderKey
from knockon.domain.impact import Impact
from knockon.domain.links import LinkClass
from knockon.domain.reasoning import Reasoning
from knockon.domain.reasons import Reason
from knockon.engine.graph.lots import LotGraph
from knockon.engine.impact.case import Case
from knockon.engine.impact.delay import Run, last_finish
from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.supply import Supply, SupplyKind
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import to_instant


class UnknownOrderLine(KnockonError):
    """No record names the order line that was asked about."""

    code = "unknown_order_line"


def why(
    facts: PlantFacts,
    impact: Impact,
    order_line: OrderLineKey,
    *,
    graph: LotGraph | None = None,
) -> Reasoning:
    """Return why an order line is hit by the impact's disruption, or what frees it.

    Parameters
    ----------
    graph
        The genealogy of the same facts, where it was built already.

    Raises
    ------
    UnknownOrderLine
        Neither the facts nor the impact know the line.
    """
    row = next((row for row in impact.orders if row.key == order_line), None)
    case = investigate(facts, impact.disruption, now=impact.as_of, graph=graph)
    line = case.records.lines.get(order_line)
    if line is None and row is None:
        raise UnknownOrderLine(order="/".join(order_line))
    checks = tuple(_checks(case, line)) if line is not None else ()
    return Reasoning(order_line=order_line, row=row, checks=checks)


def _checks(case: Case, line: OrderLine) -> Iterator[Reason]:
    """Yield what was looked at: shipments, goods in the house, supply, work orders, trucks."""
    yield from _shipments(case, line)
    demand = case.demand_of(line.key)
    if demand is None:
        yield Reason(code="line_wants_nothing", params={"status": line.status})
        return
    yield from _supplies(case, demand)
    yield from _replacements(case, demand)
    yield from _trucks(case, line, demand)


def _shipments(case: Case, line: OrderLine) -> Iterator[Reason]:
    rows = case.records.shipments.get(line.key, ())
    if case.trace is None:
        yield Reason(code="no_suspect_lots", params={"shipments": len(rows)})
        return
    lots = sorted({row.lot for row in rows if row.lot is not None})
    hit = [lot for lot in lots if _is_suspect(case, lot)]
    yield Reason(
        code="shipped_lots_checked",
        params={"shipments": len(rows), "lots": len(lots), "suspect": len(hit)},
    )
    for lot in hit:
        yield Reason(code="shipped_lot_suspect", params={"lot": "/".join(lot)})


def _supplies(case: Case, demand: int) -> Iterator[Reason]:
    pegs = case.pegging.by_demand.get(demand, ())
    if not pegs:
        yield Reason(code="no_supply_found", params={"item": case.pegging.demands[demand].item})
    for row in pegs:
        supply = case.pegging.supplies[row.supply]
        params: dict[str, str | int | None] = {
            "qty": f"{row.qty.normalize():f}",
            "rule": row.rule.value,
            "link_class": row.link_class.name,
        }
        cut = case.lacks[LinkClass.POSSIBLE].cuts.get(row.supply, ZERO)
        if cut > 0:
            params["lost"] = f"{cut.normalize():f}"
        yield from _supply(case, supply, params)


def _replacements(case: Case, demand: int) -> Iterator[Reason]:
    """Yield what comes in place of supply that is lost, the safety stock by its name."""
    lack = case.lacks[LinkClass.POSSIBLE]
    had: dict[int, Decimal] = defaultdict(Decimal)
    for row in lack.before.by_demand.get(demand, ()):
        had[row.supply] += row.qty
    for row in lack.after.by_demand.get(demand, ()):
        new = row.qty - min(row.qty, had[row.supply])
        had[row.supply] -= row.qty - new
        if new > 0:
            supply = case.pegging.supplies[row.supply]
            yield Reason(
                code="replaced_by",
                params={
                    "qty": f"{new.normalize():f}",
                    "supply": _name(supply),
                    "rule": row.rule.value,
                },
            )


def _name(supply: Supply) -> str:
    if supply.work_order is not None and supply.is_open_work:
        return supply.work_order.work_order
    if supply.lot is not None:
        return "/".join(supply.lot)
    return "/".join(supply.purchase_order or (supply.item,))


def _supply(case: Case, supply: Supply, params: dict[str, str | int | None]) -> Iterator[Reason]:
    if supply.kind is SupplyKind.WORK_ORDER and supply.work_order is not None:
        yield _work_order(case, supply.work_order, params)
    elif supply.lot is not None:
        code = "served_by_suspect_lot" if _is_suspect(case, supply.lot) else "served_by_good_lot"
        yield Reason(code=code, params={"lot": "/".join(supply.lot), **params})
    elif supply.purchase_order is not None:
        yield Reason(
            code="served_by_purchase",
            params={"purchase_order": "/".join(supply.purchase_order), **params},
        )
    else:
        yield Reason(code="served_by_loose_stock", params={"item": supply.item, **params})


def _work_order(case: Case, key: WorkOrderKey, params: dict[str, str | int | None]) -> Reason:
    widest = _telling_run(case, key)
    end = last_finish(case.shop, widest.new, key)
    if end is None:
        code = "served_by_unplanned_work" if key in case.shop.unscheduled else "served_by_done_work"
        return Reason(code=code, params={"work_order": key.work_order, **params})
    delay = widest.delay(end[1])
    slack: dict[str, str | int | None] = {
        "work_order": key.work_order,
        "old_finish": to_instant(int(widest.old.finish[end[1]])).isoformat(),
        "delay_s": delay if delay < AGES else None,
    }
    code = "served_by_late_work" if delay > 0 else "served_by_timely_work"
    return Reason(code=code, params={**slack, **params})


def _telling_run(case: Case, key: WorkOrderKey) -> Run:
    """Return the best proven run in which the work order ends later, else the widest."""
    for run in case.runs:
        end = last_finish(case.shop, run.new, key)
        if end is not None and run.delay(end[1]) > 0:
            return run
    return case.runs[-1]


def _trucks(case: Case, line: OrderLine, demand: int) -> Iterator[Reason]:
    limit = to_instant(case.shipping.limit(line)).isoformat()
    covered = case.lacks[LinkClass.POSSIBLE].after.covered(demand)
    missing = case.pegging.demands[demand].qty - covered
    yield Reason(
        code="must_leave_by",
        params={"limit": limit, "uncovered": f"{max(ZERO, missing).normalize():f}"},
    )


def _is_suspect(case: Case, lot: LotKey) -> bool:
    if case.trace is None:
        return False
    found = case.trace.lot(lot)
    return found is not None and found.link_class is not LinkClass.CLEARED
