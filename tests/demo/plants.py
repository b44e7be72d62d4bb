"""Tiny plants of which the outcome can be worked out by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from knockon.demo.simulation.shop import (
    Claim,
    Customer,
    Item,
    Job,
    Line,
    Machine,
    Need,
    Shop,
    Step,
    WorkOrder,
)
from knockon.domain.facts.plant import RestartRule

MINUTE = 60
HOUR = 3600
NOON = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp())


def bare_shop(*machines: str) -> Shop:
    shop = Shop(plant="P1", zone=ZoneInfo("UTC"), now=NOON)
    shop.machines = {code: Machine(code=code) for code in machines}
    shop.items = {"F": Item(code="F"), "S": Item(code="S", kind="semi")}
    shop.customers = {"K": Customer(code="K")}
    return shop


def add_work_order(
    shop: Shop,
    code: str,
    *jobs: tuple[str, int, int],
    item: str = "F",
    child: str = "",
    tool: str = "",
    restart: RestartRule = RestartRule.RESUME,
    restart_s: int = 0,
) -> WorkOrder:
    """Add a work order of jobs (machine, planned start and length in minutes after noon)."""
    wo = WorkOrder(code=code, item=item, qty=Decimal(10))
    for number, (machine, start_min, length_min) in enumerate(jobs, start=1):
        step = Step(
            seq=number * 10,
            operation=machine,
            machine=machine,
            restart=restart,
            restart_s=restart_s,
        )
        start = NOON + start_min * MINUTE
        wo.jobs.append(
            Job(
                wo=code,
                seq=step.seq,
                step=step,
                machine=machine,
                tool=tool,
                work_s=length_min * MINUTE,
                planned_start=start,
                planned_finish=start + length_min * MINUTE,
                start=start if start_min < 0 else None,
            )
        )
    if child:
        wo.needs = [Need(item="S", qty=Decimal(10), child=child)]
    shop.work_orders[code] = wo
    return wo


def add_line(shop: Shop, order: str, *, wo: str, due_min: int, item: str = "F") -> Line:
    line = Line(
        order=order,
        line="1",
        customer="K",
        item=item,
        qty=Decimal(10),
        due=NOON + due_min * MINUTE,
    )
    shop.lines[line.key] = line
    shop.claims.append(Claim(line=line.key, qty=line.qty, wo=wo))
    return line
