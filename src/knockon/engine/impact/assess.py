"""From a disruption and the plant's facts to everything it hits: the one entry point."""

from dataclasses import replace
from datetime import datetime

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import PlantFacts
from knockon.domain.impact import Impact
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.graph.register import build_register
from knockon.engine.graph.vessels import Fillings
from knockon.engine.impact.case import Case
from knockon.engine.impact.cleared import is_freed_in_part, list_cleared
from knockon.engine.impact.curve import with_thresholds
from knockon.engine.impact.customers import sum_by_customer
from knockon.engine.impact.expected import add_expected
from knockon.engine.impact.gaps import list_gaps
from knockon.engine.impact.investigate import investigate
from knockon.engine.impact.lateness import time_findings
from knockon.engine.impact.operations import list_operations
from knockon.engine.impact.orders import assess_orders
from knockon.engine.impact.places import balance_places
from knockon.engine.impact.shipments import hit_shipments
from knockon.engine.impact.unpegged import list_unpegged
from knockon.engine.impact.ways_out.advice import add_ways_out
from knockon.engine.impact.ways_out.scene import Scenes


def assess(
    facts: PlantFacts,
    disruption: Disruption,
    *,
    now: datetime,
    graph: LotGraph | None = None,
) -> Impact:
    """Return whom a disruption hits, why and by how much.

    Parameters
    ----------
    facts
        The plants at one snapshot.
    disruption
        What broke, and how far it reaches.
    now
        The instant of the answer.
    graph
        The genealogy of the same facts, where it was built already.

    Notes
    -----
    Semantics of the exchange contract, section 3. The answer is a pure function of its arguments:
    equal ones give an equal answer, whatever the order of rows. Where evidence may have freed
    something, the question is asked twice, with it and without: the difference is cleared.
    """
    case = investigate(facts, disruption, now=now, graph=graph)
    answer = _answer(facts, disruption, case=case)
    if case.trace is None or not is_freed_in_part(case.trace):
        return answer
    register = case.trace.graph.register or build_register(facts)
    whole = build_lot_graph(facts, register=register, begun_anew=Fillings())
    before = investigate(facts, disruption, now=now, graph=whole, with_evidence=False)
    if before.trace is None:
        return answer
    cleared = list_cleared(
        register,
        (disruption,),
        answer=answer,
        without=_answer(facts, disruption, case=before),
        trace=before.trace,
    )
    return replace(answer, cleared=cleared)


def _answer(facts: PlantFacts, disruption: Disruption, *, case: Case) -> Impact:
    trace = case.trace
    lots = trace.lots if trace is not None else ()
    shipped = hit_shipments(facts, trace) if trace is not None else ()
    times = time_findings(case)
    orders = with_thresholds(case, assess_orders(case, shipped=shipped, times=times))
    scenes = Scenes(case)
    orders = add_expected(case, times, orders, scenes=scenes)
    orders = add_ways_out(case, times, orders, scenes=scenes)
    return Impact(
        disruption=disruption,
        repair_s=case.repair_s,
        repair_basis=case.repair_basis,
        as_of=case.now,
        snapshot=facts.snapshot,
        data_age=facts.data_age,
        operations=list_operations(case),
        lots=tuple(row for row in lots if row.link_class is not LinkClass.CLEARED),
        orders=orders,
        unpegged=list_unpegged(case),
        customers=sum_by_customer(case.records, orders, shipped),
        shipments=tuple(hit.impact for hit in shipped),
        places=balance_places(facts, trace) if trace is not None else (),
        gaps=list_gaps(
            case,
            negligible=sum(row.negligible and not row.findings for row in times.values()),
        ),
    )
