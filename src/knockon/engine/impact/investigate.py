"""Work out everything about one disruption before rows are written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import numpy as np

from knockon.domain.disruptions import Disruption, DisruptionKind, RepairBasis
from knockon.domain.facts import PlantFacts
from knockon.domain.links import LinkClass
from knockon.engine.graph.lots import LotGraph, build_lot_graph
from knockon.engine.graph.register import build_register
from knockon.engine.graph.vessels import fillings
from knockon.engine.impact.case import LEVELS, Case
from knockon.engine.impact.clearing import clearances, spans_of
from knockon.engine.impact.climb import Ladder, build_ladder
from knockon.engine.impact.delay import (
    DOWN_KINDS,
    Outage,
    Run,
    Trust,
    outage_of,
    run_twice,
)
from knockon.engine.impact.lack import Lack, only, spread_lack
from knockon.engine.impact.orders_only import lines_by_routing
from knockon.engine.impact.pegging import Pegging, peg
from knockon.engine.impact.records import Records, build_records
from knockon.engine.impact.repair import repair_time
from knockon.engine.impact.seeds import Seeds, seed_lots
from knockon.engine.impact.shipping import Shipping
from knockon.engine.impact.shortage import LateDeliveries, late_deliveries, missing_stock
from knockon.engine.impact.supply import build_demands, build_supplies
from knockon.engine.impact.suspects import held_supply
from knockon.engine.impact.trace import LotTrace, trace_forward
from knockon.engine.impact.unscheduled import possible_hits
from knockon.engine.schedule.calendars import Calendars, build_calendars
from knockon.engine.schedule.limits import AGES
from knockon.engine.schedule.shop import Shop, build_shop, to_seconds

_DAY_S = 86_400

_STOPS_ONLY = DOWN_KINDS | {DisruptionKind.SUPPLIER, DisruptionKind.CUSTOMER}
"""Disruptions that make nothing suspect."""

_SPARE_DAYS = (60, 400, 2000)
"""Days beyond the planned work and the repair that calendars are expanded, one after the other;
what is not finished then has no known finish."""


def investigate(
    facts: PlantFacts,
    disruption: Disruption,
    *,
    now: datetime,
    graph: LotGraph | None = None,
    with_evidence: bool = True,
) -> Case:
    """Return everything known about a disruption at an instant.

    Parameters
    ----------
    graph
        The genealogy of the same facts, where it was built already; a disruption that makes
        nothing suspect needs none.
    with_evidence
        Whether evidence frees what is suspect; without, everything stays hit that ever was.
    """
    return investigate_together(
        facts, (disruption,), now=now, graph=graph, with_evidence=with_evidence
    )


def investigate_together(
    facts: PlantFacts,
    disruptions: Sequence[Disruption],
    *,
    now: datetime,
    graph: LotGraph | None = None,
    with_evidence: bool = True,
    like: Case | None = None,
) -> Case:
    """Return everything known about disruptions that are there all at once.

    Parameters
    ----------
    disruptions
        At least one.
    like
        Case of the same facts and instant that holds these disruptions among others: what does
        not depend on them, its projection's instant included, is taken from it.
    """
    records = like.records if like is not None else build_records(facts)
    stops = [_stop(records, one, now=now) for one in disruptions]
    outages = tuple(stop.outage for stop in stops if stop.outage is not None)
    at = min((to_seconds(now), *(outage.start for outage in outages)))
    at = like.at if like is not None else at
    trace = suspect_trace(facts, disruptions, graph, with_evidence=with_evidence)
    deliveries, pegging, ladder = _supply_side(records, disruptions, now=now, like=like)
    lacks = _lacks(records, pegging, disruptions, trace, deliveries)
    known = like.shop if like is not None else None
    shop, runs = _project(records, lacks=lacks, outages=outages, at=at, known=known)
    return Case(
        records=records,
        disruptions=tuple(disruptions),
        repairs=tuple((stop.repair_s, stop.basis) for stop in stops),
        now=now,
        at=at,
        shop=shop,
        outages=outages,
        pegging=pegging,
        ladder=ladder,
        lacks=lacks,
        runs=runs,
        possible=possible_hits(
            shop,
            ladder,
            outages=outages,
            runs=runs,
            materiality_s=min(records.plant(one.scope.plant).materiality_s for one in disruptions),
        ),
        by_routing=lines_by_routing(records, pegging.demands, outages=outages),
        trace=trace,
        shipping=Shipping(records),
    )


def may_taint(disruption: Disruption) -> bool:
    """Return whether a disruption of this kind can make lots suspect."""
    return taints(disruption.kind)


def taints(kind: DisruptionKind) -> bool:
    """Return whether disruptions of a kind can make lots suspect."""
    return kind not in _STOPS_ONLY


class _Stop(NamedTuple):
    """What one disruption puts down, and for how long."""

    outage: Outage | None
    repair_s: int | None
    basis: RepairBasis


def _stop(records: Records, disruption: Disruption, *, now: datetime) -> _Stop:
    if disruption.kind not in DOWN_KINDS:
        return _Stop(None, None, RepairBasis.NOT_APPLICABLE)
    repair_s, basis = repair_time(records, disruption, now=now)
    start = to_seconds(disruption.scope.start or disruption.opened_at)
    outage = outage_of(records, disruption, start=start, repair_s=repair_s, now=to_seconds(now))
    return _Stop(outage, repair_s, basis)


def suspect_trace(
    facts: PlantFacts,
    disruptions: Sequence[Disruption],
    graph: LotGraph | None,
    *,
    with_evidence: bool = True,
) -> LotTrace | None:
    """Return what suspect material reached; None when the disruptions make nothing suspect."""
    tainting = [one for one in disruptions if may_taint(one)]
    if not tainting:
        return None
    register = (graph and graph.register) or build_register(facts)
    seeds = _seeds_together([seed_lots(facts, one, register=register) for one in tainting])
    if not (seeds.lots or seeds.work_orders or seeds.gaps):
        return None
    graph = graph or build_lot_graph(facts, register=register)
    trace = trace_forward(graph, seeds)
    if not with_evidence:
        return trace
    freed = clearances(register, tainting, hit={row.key for row in trace.lots})
    if not freed:
        return trace
    # Rare enough to build anew: the freed lots begin afresh with their evidence.
    anew = fillings(register, freed=spans_of(freed))
    return trace_forward(build_lot_graph(facts, register=register, begun_anew=anew), seeds)


def _supply_side(
    records: Records, disruptions: Sequence[Disruption], *, now: datetime, like: Case | None
) -> tuple[LateDeliveries, Pegging, Ladder]:
    """Return what comes later, who is served by what, and how that leads to the order lines."""
    if like is not None and not like.pegging.absent:
        deliveries = late_deliveries(records.facts, disruptions, supplies=like.pegging.supplies)
        if not deliveries.late:
            return deliveries, like.pegging, like.ladder
    deliveries = late_deliveries(
        records.facts, disruptions, supplies=build_supplies(records, now=now)
    )
    pegging = peg(
        records,
        supplies=deliveries.supplies,
        demands=build_demands(records),
        absent=deliveries.late,
    )
    return deliveries, pegging, build_ladder(records, pegging)


def _seeds_together(several: Sequence[Seeds]) -> Seeds:
    """Return the seeds of several disruptions as one, in key order."""
    if len(several) == 1:
        return several[0]
    return Seeds(
        lots=tuple(sorted((row for one in several for row in one.lots), key=lambda row: row.key)),
        work_orders=tuple(
            sorted((row for one in several for row in one.work_orders), key=lambda row: row.key)
        ),
        gaps=tuple(gap for one in several for gap in one.gaps),
    )


def _lacks(
    records: Records,
    pegging: Pegging,
    disruptions: Sequence[Disruption],
    trace: LotTrace | None,
    deliveries: LateDeliveries,
) -> dict[LinkClass, Lack]:
    """Return what the disruptions take away, by links of each class or better."""
    lacks: dict[LinkClass, Lack] = {}
    done: list[tuple[Pegging, dict[int, Decimal], Lack]] = []
    for level in LEVELS:
        known = only(pegging, level=level)
        cuts: dict[int, Decimal] = {place: pegging.supplies[place].qty for place in deliveries.gone}
        cuts.update(missing_stock(disruptions, pegging))
        if trace is not None:
            cuts.update(held_supply(records, pegging, trace, level=level))
        same = (lack for other, taken, lack in done if other is known and taken == cuts)
        lacks[level] = next(same, None) or spread_lack(records, known, cuts=cuts)
        done.append((known, cuts, lacks[level]))
    return lacks


def _project(
    records: Records,
    *,
    lacks: Mapping[LinkClass, Lack],
    outages: Sequence[Outage],
    at: int,
    known: Shop | None,
) -> tuple[Shop, tuple[Run, ...]]:
    """Project the open work at every level, on calendars that reach far enough.

    Parameters
    ----------
    known
        The shop at this instant, where it was built already.
    """
    shop: Shop
    runs: tuple[Run, ...] = ()
    for shop in _shops(records, outages=outages, at=at, known=known):
        runs = tuple(
            run_twice(records, shop, trust=trust, outages=outages, lack=lacks[trust.level], at=at)
            for trust in _trusts(shop, lacks)
        )
        if not any(_ran_out(run) for run in runs):
            break
    return shop, runs


def _shops(
    records: Records, *, outages: Sequence[Outage], at: int, known: Shop | None
) -> Iterator[Shop]:
    """Yield the shop on calendars that reach ever farther, the one that is there first."""
    if known is not None:
        yield known
    for spare in _SPARE_DAYS:
        calendars = _calendars(records, outages=outages, at=at, spare_s=spare * _DAY_S)
        yield build_shop(records.facts, at=at, calendars=calendars)


def _trusts(shop: Shop, lacks: Mapping[LinkClass, Lack]) -> list[Trust]:
    """Return which runs are worth making, best proven first.

    A date-only job is at one time placed early, at one time late: placed early it does not show
    whom it pushes, placed late it does not show that it is down. Neither tells of exact jobs what
    they tell of themselves, so those also run without it.
    """
    sure, derived, possible = LinkClass.CONFIRMED, LinkClass.PROBABLE, LinkClass.POSSIBLE
    trusts = [Trust(sure, sure)]
    inexact = any(job.doubt > sure for job in shop.jobs)
    if _differs(lacks[sure], lacks[derived]):
        trusts.append(Trust(derived, sure))
    if inexact:
        trusts.append(Trust(derived, derived))
    if inexact or _differs(lacks[derived], lacks[possible]):
        trusts.append(Trust(possible, possible, late=True))
    return trusts


def _differs(narrow: Lack, wide: Lack) -> bool:
    return narrow.before.pegs != wide.before.pegs or narrow.cuts != wide.cuts


def _ran_out(run: Run) -> bool:
    return bool(np.any(run.old.finish >= AGES) or np.any(run.new.finish >= AGES))


def _calendars(records: Records, *, outages: Sequence[Outage], at: int, spare_s: int) -> Calendars:
    moments = [at]
    for operation in records.facts.operations:
        for moment in (operation.planned_start, operation.planned_finish, operation.actual_start):
            if moment is not None and operation.status != "done":
                moments += [to_seconds(moment.earliest), to_seconds(moment.latest)]
    end = max([*moments, *(outage.end for outage in outages)])
    return build_calendars(
        records.facts.calendars,
        equipment=records.facts.equipment,
        plants=records.facts.plants,
        start=min(moments) - _DAY_S,
        end=end + spare_s,
    )
