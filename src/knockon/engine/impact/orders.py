"""Write one row for each order line that is hit: effects, class, quantities, times, path."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from knockon.domain.facts import OrderLine, OrderLineKey
from knockon.domain.impact import Effect, OrderImpact, PathStep
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import Case
from knockon.engine.impact.evidence import Evidence, gather_evidence
from knockon.engine.impact.explain import Explainer
from knockon.engine.impact.lateness import LineTimes, TimeFinding
from knockon.engine.impact.quantities import Quantities, plain_sum
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.shipments import HitShipment
from knockon.engine.schedule.shop import to_instant, to_seconds

_EFFECT_ORDER = {effect: place for place, effect in enumerate(Effect)}
_GRAIN = Decimal("0.000001")
_NO_TIER = "\uffff"


def assess_orders(
    case: Case,
    *,
    shipped: Sequence[HitShipment],
    times: Mapping[OrderLineKey, LineTimes],
) -> tuple[OrderImpact, ...]:
    """Return the rows of all order lines that are hit, most urgent first."""
    by_line: dict[OrderLineKey, list[Evidence]] = defaultdict(list)
    for key, evidence in gather_evidence(case, Explainer(case), shipped=shipped, times=times):
        by_line[key].append(evidence)
    quantities = Quantities(case)
    rows = [_row(case, quantities, key, evidence, shipped) for key, evidence in by_line.items()]
    return tuple(sorted(rows, key=_urgency))


def _urgency(row: OrderImpact) -> tuple[int, str, int, Decimal, OrderLineKey]:
    first = min((_EFFECT_ORDER[effect] for effect in row.effects), default=len(_EFFECT_ORDER))
    unknown_lateness = Effect.LATE in row.effects and row.late_s is None
    lateness = 1 << 60 if unknown_lateness else row.late_s or 0
    return first, row.tier or _NO_TIER, -lateness, -(row.value_at_risk or ZERO), row.key


def _row(
    case: Case,
    quantities: Quantities,
    key: OrderLineKey,
    evidence: Sequence[Evidence],
    shipped: Sequence[HitShipment],
) -> OrderImpact:
    line = case.records.lines.get(key)
    best = min(evidence, key=_strength)
    effects = {row.effect for row in evidence if row.effect is not None}
    if Effect.LATE in effects:
        effects.discard(Effect.MOVED)
    time = _telling_time([row.time for row in evidence if row.time is not None])
    path = best.path()
    if line is None:
        return _unknown_line(key, best=best, path=path, shipped=shipped, effects=effects)
    known = quantities.of(line, evidence, link_class=best.link_class, time=time)
    price, at_risk = line.unit_price, known.at_risk
    return OrderImpact(
        key=key,
        customer=line.customer,
        customer_order=line.customer_order,
        tier=case.records.tier(line.customer),
        item=line.item,
        effects=tuple(sorted(effects, key=lambda effect: _EFFECT_ORDER[effect])),
        link_class=best.link_class,
        frozen=_is_frozen(case, line, effects, time),
        qty_at_risk=at_risk,
        qty_short=known.short,
        qty_on_time=known.on_time,
        uom=case.records.item(line.item).uom or None,
        value_at_risk=None if price is None or at_risk is None else price * at_risk,
        currency=case.records.plant(key.plant).currency,
        due_at=to_instant(case.shipping.instant_of(line, line.due)),
        promised_at=(
            to_instant(case.shipping.instant_of(line, line.promised)) if line.promised else None
        ),
        old_finish=_instant(time.old_finish if time else None),
        new_finish=_instant(time.new_finish if time else None),
        old_ship=_instant(time.old_ship if time else None),
        new_ship=_instant(time.new_ship if time else None),
        late_s=time.late_s if time else None,
        path=path,
    )


def _unknown_line(
    key: OrderLineKey,
    *,
    best: Evidence,
    path: tuple[PathStep, ...],
    shipped: Sequence[HitShipment],
    effects: set[Effect],
) -> OrderImpact:
    """Return the row of a line that only its shipments name."""
    hits = [hit for hit in shipped if hit.order_line == key]
    return OrderImpact(
        key=key,
        customer=next((hit.impact.customer for hit in hits if hit.impact.customer), ""),
        customer_order=next((hit.impact.customer_order for hit in hits), None),
        tier=None,
        item=hits[0].lot.item if hits else "",
        effects=tuple(sorted(effects, key=lambda effect: _EFFECT_ORDER[effect])),
        link_class=best.link_class,
        frozen=True,
        qty_at_risk=plain_sum(hit.net_qty for hit in hits),
        path=path,
    )


def _strength(evidence: Evidence) -> tuple[LinkClass, int]:
    place = len(_EFFECT_ORDER) if evidence.effect is None else _EFFECT_ORDER[evidence.effect]
    return evidence.link_class, place


def _telling_time(findings: Sequence[TimeFinding]) -> TimeFinding | None:
    """Return the finding whose times are shown: the best proven one of the worst effect."""
    return min(
        findings,
        key=lambda row: (_EFFECT_ORDER[row.effect], row.level, -(row.new_finish or 1 << 60)),
        default=None,
    )


def _is_frozen(case: Case, line: OrderLine, effects: set[Effect], time: TimeFinding | None) -> bool:
    """Return whether re-dispatching can no longer change the row.

    Suspect goods are a fact; a late line is frozen when its last operation was to start within the
    frozen window.
    """
    if effects & {Effect.SUSPECT_SHIPPED, Effect.SUSPECT_ON_HAND}:
        return True
    end = case.at + case.records.plant(line.key.plant).frozen_window_s
    if time is not None and time.source.job is not None:
        return int(time.run.old.start[time.source.job]) < end
    return to_seconds(line.due.earliest) < end


def _instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else to_instant(seconds)
