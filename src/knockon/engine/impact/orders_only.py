"""Orders of a plant that records no work orders: hit as far as routing and bill of materials say."""

from collections.abc import Sequence

from knockon.domain.facts import EquipmentKey, OrderLineKey
from knockon.engine.impact.delay import Outage
from knockon.engine.impact.records import Records
from knockon.engine.impact.supply import Demand, explode
from knockon.engine.schedule.shop import Needs

_DEEPEST = 20
"""Levels of a bill of materials; guards against items that contain themselves."""


def lines_by_routing(
    records: Records, demands: tuple[Demand, ...], *, outages: Sequence[Outage]
) -> dict[OrderLineKey, str]:
    """Return the lines that nothing recorded makes, with the item that needs what is down.

    Only a plant without any work order is answered so: elsewhere a line without supply is made
    later, when its work order is planned.
    """
    found: dict[OrderLineKey, str] = {}
    for outage in outages:
        if not any(key.plant == outage.plant for key in records.work_orders):
            found = {**_lines_over(records, demands, outage), **found}
    return found


def _lines_over(
    records: Records, demands: Sequence[Demand], outage: Outage
) -> dict[OrderLineKey, str]:
    known: dict[str, str | None] = {}
    found: dict[OrderLineKey, str] = {}
    for demand in demands:
        if demand.line is None or demand.plant != outage.plant:
            continue
        if demand.item not in known:
            known[demand.item] = _item_on(records, demand, outage)
        needs = known[demand.item]
        if needs is not None:
            found[demand.line] = needs
    return found


def _item_on(records: Records, demand: Demand, outage: Outage) -> str | None:
    """Return the first item, from the top down, whose routing needs what is down."""
    level = {demand.item}
    seen: set[str] = set()
    for _ in range(_DEEPEST):
        for item in sorted(level):
            if outage.stops(routed_over(records, item, plant=demand.plant)):
                return item
        seen |= level
        level = {
            component
            for item in level
            for component in explode(records, item=item, plant=demand.plant, qty=demand.qty)
        } - seen
    return None


def routed_over(records: Records, item: str, *, plant: str) -> Needs:
    """Return the machines and tools that an item may need, by routing and tool list."""
    steps = [step for step in records.routings.get(item, ()) if step.plant in (plant, None)]
    machines = {step.equipment for step in steps if step.equipment}
    machines |= {name for step in steps for name in step.alternates}
    tools = {
        use.tool
        for use in records.facts.tool_uses
        if use.plant == plant and use.item == item and use.approved
    }
    return Needs(
        machines=frozenset(EquipmentKey(plant, name) for name in machines),
        tools=frozenset(tools),
    )
