"""A way through the arrays as the steps a person reads."""

from knockon.domain.facts import LotKey, WorkOrderKey
from knockon.domain.impact import PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.engine.graph.collector import Entity, LinkKind, Unrecorded
from knockon.engine.graph.instants import span
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.naming import lot_text, work_order_text
from knockon.engine.graph.states import NO_LINK
from knockon.engine.impact.paths import Way
from knockon.engine.impact.reach import SeedNode
from knockon.engine.impact.seeds import SeedLot, Seeds


def path_steps(graph: LotGraph, seeds: Seeds, way: Way, *, forward: bool) -> tuple[PathStep, ...]:
    """Return the steps from the cause over the seed lot to the end of the way."""
    last = graph.states.nodes - 1

    def entity(node: int) -> Entity:
        place = node if forward else last - node
        return graph.entities[graph.states.entity_of(place)]

    start = entity(way.seed.node).key
    seed = _seed(seeds, start, way.seed)
    steps: list[PathStep] = []
    if seed is not None:
        steps.extend(seed.cause)
        steps.append(
            PathStep(
                type=StepType.LOT,
                key=lot_text(seed.key),
                via=seed.via,
                at=seed.tainted.earliest if seed.tainted else None,
                qty=graph.info_of(seed.key).qty,
                link_class=seed.link_class,
            )
        )
    # A lot's own next state is no step to a reader.
    steps.extend(
        _step(graph, entity(step.node), link=step.link, link_class=step.link_class)
        for step in way.steps
        if step.link != NO_LINK
    )
    return tuple(steps)


def _seed(seeds: Seeds, key: object, node: SeedNode) -> SeedLot | None:
    """Return the seed that the way begins at; one lot may be suspect in more than one way."""
    found = [seed for seed in seeds.lots if seed.key == key and seed.link_class == node.link_class]
    for seed in found:
        if seed.tainted is not None and span(seed.tainted) == node.tainted:
            return seed
    return found[0] if found else None


def _step(graph: LotGraph, entity: Entity, *, link: int, link_class: LinkClass) -> PathStep:
    step_type, key = _name(graph, entity)
    return PathStep(
        type=step_type,
        key=key,
        via=LinkKind(int(graph.kinds[link])).name.lower(),
        at=graph.records.when(link),
        qty=graph.records.booked(link),
        link_class=link_class,
    )


def _name(graph: LotGraph, entity: Entity) -> tuple[StepType, str]:
    match entity.key:
        case LotKey():
            return StepType.LOT, lot_text(entity.key)
        case WorkOrderKey():
            return StepType.WORK_ORDER, work_order_text(entity.key)
        case Unrecorded(work_order=work_order, item=item):
            if item:
                return StepType.ITEM, item
            return StepType.WORK_ORDER, work_order_text(work_order)
        case int(row):
            return StepType.SHIPMENT, graph.records.shipment(row)
