"""Everything a trace answers, to compare two genealogies of the same plant."""

from collections.abc import Iterator

from knockon.domain.facts import LotKey
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import LotGraph
from knockon.engine.impact.seeds import SeedLot, Seeds
from knockon.engine.impact.trace import LotTrace, trace_backward, trace_forward

Answer = tuple[object, ...]


def answers(graph: LotGraph, lots: list[LotKey]) -> list[Answer]:
    """Return what a trace of each of the lots says, forward and back."""
    return [answer for lot in lots for answer in _both_ways(graph, lot)]


def _both_ways(graph: LotGraph, lot: LotKey) -> Iterator[Answer]:
    seeds = Seeds(lots=(SeedLot(key=lot, link_class=LinkClass.CONFIRMED),))
    for trace in (trace_forward(graph, seeds), trace_backward(graph, lot)):
        yield _answer(trace)


def _answer(trace: LotTrace) -> Answer:
    return (
        trace.lots,
        trace.gaps,
        trace.shipments,
        trace.work_orders,
        [trace.path_to(row.key) for row in trace.lots],
        [trace.path_to_shipment(row.row) for row in trace.shipments],
        [trace.path_to_work_order(key) for key in trace.work_orders],
    )
