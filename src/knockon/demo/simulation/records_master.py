"""Records of what the plant is: machines, tools, calendars, customers, items."""

from collections.abc import Iterator
from itertools import product

from knockon.demo.simulation.shop import Machine, Shop
from knockon.demo.simulation.writing import Row, calendar_rows, hour_minute, minutes, text


def plants_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table plants."""
    yield {
        "plant": shop.plant,
        "name": shop.name or shop.plant,
        "timezone": shop.zone.key,
        "currency": shop.currency,
    }


def equipment_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table equipment."""
    for machine in shop.machines.values():
        yield {
            "equipment": machine.code,
            "name": machine.name or machine.code,
            "parent": machine.parent,
            "level": machine.level,
            "kind": machine.kind,
            "cost_per_hour": text(machine.cost_per_hour) if machine.cost_per_hour else "",
            "topic": _topic(shop, machine),
            "standard_cycle_s": text(machine.cycle_s) if machine.cycle_s else "",
        }


def _topic(shop: Shop, machine: Machine) -> str:
    return f"{shop.plant}/{machine.code}" if machine.cycle_s else ""


def tools_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table tools."""
    for tool in shop.tools.values():
        yield {
            "tool": tool.code,
            "name": tool.name or tool.code,
            "kind": tool.kind,
            "status": "ok",
            "equipment": tool.machine,
            "cavities": "" if tool.cavities is None else str(tool.cavities),
            "cavities_open": "" if tool.cavities is None else str(tool.cavities),
            "shot_count": "" if tool.shots is None else str(tool.shots),
        }


def tool_uses_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table tool_uses."""
    for item in shop.items.values():
        for step in item.steps:
            tools = (step.tool, *step.more_tools) if step.tool else ()
            for tool, machine in product(tools, (step.machine, *step.alternates)):
                yield {
                    "item": item.code,
                    "operation": step.operation,
                    "tool": tool,
                    "equipment": machine,
                    "change_min": minutes(step.setup_s),
                    "approved": "Y",
                }


def calendars_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table calendars."""
    for machine in shop.machines.values():
        if machine.week is not None:
            yield from calendar_rows(machine.code, machine.week)


def customers_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table customers."""
    for customer in shop.customers.values():
        yield {
            "customer": customer.code,
            "name": customer.name or customer.code,
            "tier": customer.tier,
            "email": customer.email,
            "language": customer.language,
            "account_manager": customer.manager,
        }


def ship_calendars_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table ship_calendars."""
    calendars = [("", shop.trucks, 0)]
    calendars += [(c.code, c.trucks, c.transit_days) for c in shop.customers.values()]
    for customer, trucks, transit in calendars:
        for weekday, at in sorted(trucks.items()):
            yield {
                "customer": customer,
                "plant": shop.plant,
                "weekday": str(weekday),
                "cutoff": hour_minute(at),
                "transit_days": str(transit),
            }


def items_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table items."""
    for item in shop.items.values():
        yield {
            "item": item.code,
            "name": item.name or item.code,
            "spec": item.spec,
            "kind": item.kind,
            "uom": item.uom,
            "policy": item.policy,
            "safety_stock": text(item.safety_stock) if item.safety_stock else "",
            "standard_cost": text(item.cost) if item.cost else "",
            "price": text(item.price) if item.price else "",
            "lead_time_days": str(item.lead_days) if item.lead_days else "",
            "post_lead_min": minutes(item.post_lead_s) if item.post_lead_s else "",
            "lot_controlled": "Y",
        }


def bom_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table bom."""
    for item in shop.items.values():
        for number, part in enumerate(item.parts, start=1):
            yield {
                "parent_item": item.code,
                "component_item": part.item,
                "qty_per": text(part.per),
                "base_qty": "1",
                "uom": shop.items[part.item].uom,
                "seq": str(number * 10),
            }


def routings_rows(shop: Shop) -> Iterator[Row]:
    """Yield the rows of table routings."""
    for item in shop.items.values():
        for step in item.steps:
            yield {
                "item": item.code,
                "seq": str(step.seq),
                "operation": step.operation,
                "equipment": step.machine,
                "alternates": ";".join(step.alternates),
                "setup_min": minutes(step.setup_s),
                "run_min_per_unit": minutes(step.unit_s),
                "base_qty": "1",
                "restart": step.restart.value,
                "restart_min": minutes(step.restart_s),
            }
