"""Several disruptions at once: whom they hit together, who is to blame, which to mend first."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import OrderLine, OrderLineKey, PlantFacts
from knockon.domain.impact import Effect, OrderImpact
from knockon.domain.joint import JointImpact, JointOrder, Weighing
from knockon.engine.graph.lots import LotGraph
from knockon.engine.impact.case import Case
from knockon.engine.impact.chances import repair_law
from knockon.engine.impact.evidence import gather_evidence
from knockon.engine.impact.explain import Explainer
from knockon.engine.impact.investigate import investigate_together
from knockon.engine.impact.lateness import time_findings
from knockon.engine.impact.orders import assess_orders
from knockon.engine.impact.priority import Crews, Ranking, Repairable, rank_repairs
from knockon.engine.impact.records import Records
from knockon.engine.impact.replay import build_replay
from knockon.engine.impact.shipments import HitShipment, hit_shipments
from knockon.engine.schedule.shop import to_seconds

REPAIRABLE = frozenset({DisruptionKind.EQUIPMENT, DisruptionKind.TOOL, DisruptionKind.AREA})
"""What a crew can end; people come back, goods arrive and lots are judged by themselves.

A stop that is only announced cannot be repaired yet.
"""

TIER_WEIGHTS: Mapping[str | None, int] = {"A": 4, "B": 2}
"""What an order line of a customer's tier counts for; of any other tier it counts for one."""

_EVEN = 0.5

_HARMLESS = frozenset({Effect.MOVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How orders of repair are compared.

    Parameters
    ----------
    crews
        Repairs that go on at the same time.
    most_plans
        Plans that are returned, the best first.
    rng, samples
        For the mean over uncertain repair times; see ``rank_repairs``.
    """

    crews: int = 1
    most_plans: int = 10
    rng: np.random.Generator | None = None
    samples: int = 0


_ONE_CREW = Search()


def assess_joint(
    facts: PlantFacts,
    disruptions: Sequence[Disruption],
    *,
    now: datetime,
    search: Search = _ONE_CREW,
    graph: LotGraph | None = None,
) -> JointImpact:
    """Return whom several disruptions hit together, and which of them to mend first.

    Parameters
    ----------
    disruptions
        At least one; each is answered alone, all together, and all but each.
    search
        How orders of repair are compared.
    graph
        The genealogy of the same facts, where it was built already.

    Notes
    -----
    All stops stand in one projection, all lost supply in one pegging and all suspect lots in one
    trace. One investigation for all and two for each disruption, on the same records and plan.
    """
    ordered = sorted(disruptions, key=lambda one: (one.opened_at, one.id))
    whole = investigate_together(facts, ordered, now=now, graph=graph)
    rows = _rows(facts, whole)
    alone = {
        one.id: _hit_lines(
            facts, investigate_together(facts, [one], now=now, graph=graph, like=whole)
        )
        for one in ordered
    }
    others = {one.id: [other for other in ordered if other.id != one.id] for one in ordered}
    without = {
        key: _hit_lines(facts, investigate_together(facts, rest, now=now, graph=graph, like=whole))
        for key, rest in others.items()
        if rest
    }
    spoilt = {row.key for row in rows if set(row.effects) - _HARMLESS - {Effect.LATE}}
    weighing, ranking = _rank(facts, whole, spoilt, search=search, graph=graph)
    return JointImpact(
        as_of=now,
        snapshot=facts.snapshot,
        disruptions=tuple(one.id for one in ordered),
        orders=tuple(_order(row, alone=alone, without=without) for row in rows),
        crews=search.crews,
        weighing=weighing,
        plans=ranking.plans,
        plans_looked_at=ranking.looked_at,
        is_exact=ranking.is_exact,
        samples=ranking.samples,
    )


def _shipped(facts: PlantFacts, case: Case) -> tuple[HitShipment, ...]:
    return hit_shipments(facts, case.trace) if case.trace is not None else ()


def _rows(facts: PlantFacts, case: Case) -> list[OrderImpact]:
    """Return the rows of the lines that are hit; those that only move are left out."""
    rows = assess_orders(case, shipped=_shipped(facts, case), times=time_findings(case))
    return [row for row in rows if set(row.effects) - _HARMLESS]


def _hit_lines(facts: PlantFacts, case: Case) -> set[OrderLineKey]:
    """Return the lines that are hit by more than a move, without working out their rows."""
    gathered = gather_evidence(
        case, Explainer(case), shipped=_shipped(facts, case), times=time_findings(case)
    )
    return {
        key
        for key, evidence in gathered
        if evidence.effect is not None and evidence.effect not in _HARMLESS
    }


def _order(
    row: OrderImpact,
    *,
    alone: Mapping[str, set[OrderLineKey]],
    without: Mapping[str, set[OrderLineKey]],
) -> JointOrder:
    return JointOrder(
        key=row.key,
        customer=row.customer,
        customer_order=row.customer_order,
        tier=row.tier,
        item=row.item,
        effects=row.effects,
        link_class=row.link_class,
        late_s=row.late_s,
        new_ship=row.new_ship,
        qty_at_risk=row.qty_at_risk,
        value_at_risk=row.value_at_risk,
        currency=row.currency,
        alone=tuple(key for key, lines in alone.items() if row.key in lines),
        frees=tuple(key for key, lines in without.items() if row.key not in lines),
    )


def _rank(
    facts: PlantFacts,
    whole: Case,
    spoilt: Collection[OrderLineKey],
    *,
    search: Search,
    graph: LotGraph | None,
) -> tuple[Weighing, Ranking]:
    """Return the orders of repair; what no crew can end stays as it is in each of them."""
    by_id = {one.id: one for one in whole.disruptions}
    if sum(_is_repairable(one, now=whole.now) for one in whole.disruptions) < 2:
        return Weighing.TIER, Ranking(plans=(), looked_at=0, is_exact=True)
    now = whole.now
    shortest = [_at_once(one, now=now) for one in whole.disruptions]
    at_best = investigate_together(facts, shortest, now=now, graph=graph, like=whole)
    replay = build_replay(at_best)
    repairs: list[Repairable] = []
    ends: dict[int, int] = {}
    for stop, outage in enumerate(whole.outages):
        one = by_id[outage.disruption]
        if not _is_repairable(one, now=now):
            ends[stop] = outage.end
            continue
        law, _, _ = repair_law(whole.records, one, now=now)
        left = outage.end - to_seconds(now)
        if left <= 0:
            # It lasts longer than somebody thought: even chances say how much longer.
            left = law.quantile(_EVEN) - law.elapsed_s
        repairs.append(Repairable(disruption=one.id, stop=stop, repair_s=max(0, left), law=law))
    weighing, weights = _weights(whole.records, set(replay.lines).difference(spoilt))
    ranking = rank_repairs(
        replay,
        repairs,
        Crews(count=search.crews, now=now, weights=weights, ends=ends),
        most=search.most_plans,
        rng=search.rng,
        samples=search.samples,
    )
    return weighing, ranking


def _weights(
    records: Records, keys: Collection[OrderLineKey]
) -> tuple[Weighing, dict[OrderLineKey, Decimal]]:
    """Return what each order line that repairs may save counts for.

    What is suspect or short stays so however soon the machines run, so it is not among them.
    Values weigh only where every price is known and in one currency.
    """
    lines = [records.lines[key] for key in keys]
    priced = all(line.unit_price is not None for line in lines)
    currencies = {records.plant(line.key.plant).currency for line in lines}
    by_value = priced and len(currencies) <= 1
    return (
        Weighing.VALUE if by_value else Weighing.TIER,
        {line.key: _weight(records, line, by_value=by_value) for line in lines},
    )


def _weight(records: Records, line: OrderLine, *, by_value: bool) -> Decimal:
    weight = Decimal(TIER_WEIGHTS.get(records.tier(line.customer), 1))
    if by_value and line.unit_price is not None:
        weight *= records.open_qty(line) * line.unit_price
    return weight


def _is_repairable(disruption: Disruption, *, now: datetime) -> bool:
    start = disruption.scope.start or disruption.opened_at
    return disruption.kind in REPAIRABLE and start <= now


def _at_once(disruption: Disruption, *, now: datetime) -> Disruption:
    """Return the disruption as if it were repaired at this instant."""
    if not _is_repairable(disruption, now=now):
        return disruption
    start = disruption.scope.start or disruption.opened_at
    lasted = max(timedelta(), now - start)
    scope = replace(disruption.scope, start=start, end=None, repair_s=int(lasted.total_seconds()))
    return replace(disruption, scope=scope)
