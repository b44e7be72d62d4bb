"""Records of what is wanted and what is made for it."""

from collections.abc import Iterator

from knockon.demo.simulation.shop import Job, Line, Shop, WorkOrder
from knockon.demo.simulation.writing import Row, clock, minutes, text


def sales_orders_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table sales_orders."""
    for line in shop.lines.values():
        yield {
            "order": line.order,
            "line": line.line,
            "customer": line.customer,
            "item": line.item,
            "qty": text(line.qty),
            "due_at": clock(line.due, shop.zone),
            "kind": line.kind,
            "promised_at": clock(line.promised, shop.zone),
            "customer_order": line.customer_order,
            "customer_item": line.customer_item,
            "shipped_qty": text(line.shipped),
            "unit_price": text(line.price) if line.price else "",
            "penalty_per_day": text(line.penalty) if line.penalty else "",
            "status": "open" if line.open else "closed",
        }


def work_orders_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table work_orders."""
    for wo in shop.work_orders.values():
        order, line = wo.line or ("", "")
        yield {
            "work_order": wo.code,
            "item": wo.item,
            "qty": text(wo.qty),
            "type": wo.kind,
            "status": _status(shop, wo),
            "due_at": clock(_due(shop, wo), shop.zone),
            "release_at": clock(wo.jobs[0].planned_start, shop.zone),
            "planned_start": clock(wo.jobs[0].planned_start, shop.zone),
            "finished_qty": text(wo.qty) if wo.done else "0",
            "scrap_qty": "0",
            "order": order,
            "line": line,
            "parent_work_order": wo.parent,
        }


def _status(shop: Shop, wo: WorkOrder) -> str:
    if wo.done:
        return "done"
    soon = wo.jobs[0].planned_start < shop.now + 86_400
    return "open" if wo.begun or soon else "planned"


def _due(shop: Shop, wo: WorkOrder) -> int:
    line: Line | None = shop.lines.get(wo.line) if wo.line is not None else None
    return line.due if line is not None else wo.jobs[-1].planned_finish


def requirements_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table requirements."""
    for wo in shop.work_orders.values():
        for need in wo.needs:
            yield {
                "work_order": wo.code,
                "component": need.item,
                "seq": str(wo.jobs[0].seq),
                "required_qty": text(need.qty),
                "issued_qty": text(need.qty) if wo.begun else "0",
                "uom": shop.items[need.item].uom,
                "supplied_by": need.child,
            }


def operations_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table operations."""
    for wo in shop.work_orders.values():
        for job in wo.jobs:
            yield {
                "work_order": wo.code,
                "seq": str(job.seq),
                "operation": job.step.operation,
                "equipment": job.machine,
                "tool": job.tool,
                "run_group": job.group,
                "planned_start": clock(job.planned_start, shop.zone),
                "planned_finish": clock(job.planned_finish, shop.zone),
                "status": _job_status(job),
                "actual_start": clock(job.start, shop.zone),
                "actual_finish": clock(job.finish, shop.zone),
                "qty_good": text(wo.qty) if job.finish is not None else "0",
                "qty_scrap": "0",
                "setup_min": minutes(job.step.setup_s),
                "run_min_per_unit": minutes(job.step.unit_s),
            }


def _job_status(job: Job) -> str:
    if job.finish is not None:
        return "done"
    return "planned" if job.start is None else "running"


def allocations_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table allocations."""
    for claim in shop.claims:
        named = claim.wo and shop.work_orders[claim.wo].line == claim.line
        if not named:
            yield {
                "order": claim.line[0],
                "line": claim.line[1],
                "work_order": claim.wo,
                "lot": claim.lot.lot if claim.lot is not None else "",
                "item": shop.lines[claim.line].item,
                "qty": text(claim.qty),
            }
    for wo in shop.work_orders.values():
        for need in wo.needs if not wo.begun else ():
            for key, qty in need.lots:
                yield {
                    "work_order": wo.code,
                    "lot": key.lot,
                    "item": key.item,
                    "qty": text(qty),
                }


def purchase_orders_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table purchase_orders."""
    for bought in shop.purchases:
        yield {
            "po": bought.po,
            "line": bought.line,
            "supplier": bought.supplier,
            "item": bought.item,
            "qty": text(bought.qty),
            "due_at": clock(bought.due, shop.zone),
        }
