"""Gather every reason why an order line is hit, from whatever part of the answer knows it."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import OrderLineKey, WorkOrderKey
from knockon.domain.impact import Effect
from knockon.domain.links import LinkClass
from knockon.engine.impact.case import LEVELS, Case
from knockon.engine.impact.changed import changes, missing_more
from knockon.engine.impact.climb import Rung
from knockon.engine.impact.explain import Explainer, Path
from knockon.engine.impact.lack import Lack
from knockon.engine.impact.lateness import LineTimes, TimeFinding
from knockon.engine.impact.records import ZERO
from knockon.engine.impact.shipments import HitShipment
from knockon.engine.impact.suspects import SuspectGoods, suspect_goods


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One reason why a line is hit; ``path`` is built only for the row's best reason.

    Parameters
    ----------
    effect
        None for a line that is touched without any of the five effects.
    """

    effect: Effect | None
    link_class: LinkClass
    path: Callable[[], Path]
    qty: Decimal | None = None
    time: TimeFinding | None = None


Gathered = Iterator[tuple[OrderLineKey, Evidence]]


def gather_evidence(
    case: Case,
    explainer: Explainer,
    *,
    shipped: Sequence[HitShipment],
    times: Mapping[OrderLineKey, LineTimes],
) -> Gathered:
    """Yield every reason for every order line that is hit."""
    yield from _shipped(case, explainer, shipped)
    yield from _on_hand(case, explainer)
    yield from _short(case, explainer)
    yield from _later(case, explainer, times)
    yield from _possibly_later(case, explainer)
    yield from _changed(case, explainer)


def _shipped(case: Case, explainer: Explainer, shipped: Sequence[HitShipment]) -> Gathered:
    """Yield the lines to which suspect lots were sent; without order, the customer's lines."""
    by_buyer: dict[tuple[str, str], list[OrderLineKey]] = defaultdict(list)
    for line in case.records.facts.order_lines:
        by_buyer[line.customer, line.item].append(line.key)
    for hit in shipped:
        goals, link, qty = [hit.order_line], hit.link_class, hit.net_qty
        if hit.order_line is None:
            goals = [*by_buyer.get((hit.impact.customer or "", hit.lot.item), ())]
            link = LinkClass.POSSIBLE
        for goal in goals:
            if goal is not None:
                yield (
                    goal,
                    Evidence(
                        effect=Effect.SUSPECT_SHIPPED,
                        link_class=link,
                        qty=None if hit.order_line is None else qty,
                        path=partial(_shipped_path, explainer, hit, goal, link),
                    ),
                )


def _shipped_path(
    explainer: Explainer, hit: HitShipment, line: OrderLineKey, link: LinkClass
) -> Path:
    return explainer.to_order(explainer.to_shipment(hit.row), line, via="shipped", link=link)


def _on_hand(case: Case, explainer: Explainer) -> Gathered:
    """Yield the lines that suspect goods in the house are meant for."""
    if case.trace is None:
        return
    for key, found in suspect_goods(case.records, case.ladder, case.trace).items():
        for goods in found:
            yield (
                key,
                Evidence(
                    effect=Effect.SUSPECT_ON_HAND,
                    link_class=goods.reached.link_class,
                    qty=goods.qty,
                    path=partial(_goods_path, explainer, goods),
                ),
            )


def _goods_path(explainer: Explainer, goods: SuspectGoods) -> Path:
    start: Path = ()
    if goods.lot is not None:
        start = explainer.to_lot(goods.lot)
    elif goods.work_order is not None:
        start = explainer.to_work_in_process(goods.work_order)
    return explainer.along(start, goods.reached.rungs)


def _short(case: Case, explainer: Explainer) -> Gathered:
    """Yield the lines that good supply no longer covers, by the first level that proves it.

    The quantity is what rules show, too: a line may have lost more than what records promised.
    """
    derived = case.lacks[LinkClass.PROBABLE]
    for key, demand in case.open_lines():
        level = next((level for level in LEVELS if demand in case.lacks[level].short), None)
        if level is not None:
            lack = case.lacks[level]
            yield (
                key,
                Evidence(
                    effect=Effect.SHORT,
                    link_class=level,
                    qty=max(lack.short[demand], derived.short.get(demand, ZERO)),
                    path=partial(_loss_path, explainer, lack, demand, key),
                ),
            )


def _loss_path(explainer: Explainer, lack: Lack, demand: int, line: OrderLineKey) -> Path:
    link = min(row.link_class for row in lack.before.by_demand[demand])
    return explainer.to_order(explainer.to_loss(lack, demand), line, via="lost_supply", link=link)


def _later(case: Case, explainer: Explainer, times: Mapping[OrderLineKey, LineTimes]) -> Gathered:
    """Yield the lines that finish later."""
    found = [(key, finding) for key, row in times.items() for finding in row.findings]
    for key, finding in found:
        yield (
            key,
            Evidence(
                effect=finding.effect,
                link_class=finding.level,
                time=finding,
                path=partial(_later_path, case, explainer, key, finding),
            ),
        )


def _later_path(case: Case, explainer: Explainer, line: OrderLineKey, finding: TimeFinding) -> Path:
    source = finding.source
    lack = case.lacks[finding.level]
    demand = case.demand_of(line)
    if source.job is not None and finding.run.delay(source.job) > 0:
        path = explainer.to_job(finding.run, source.job)
    elif demand is not None and demand in lack.lost:
        # What the line waits for is on time; it waits because it lost what it had.
        path = explainer.to_loss(lack, demand)
    else:
        path = (explainer.cause(),)
    return explainer.to_order(path, line, via=source.via, link=source.link_class)


def _possibly_later(case: Case, explainer: Explainer) -> Gathered:
    """Yield the lines that unplanned work may serve."""
    for key, (work_order, rung) in case.possible.lines.items():
        yield (
            key,
            Evidence(
                effect=_possible_effect(case, key),
                link_class=LinkClass.POSSIBLE,
                path=partial(_possible_path, explainer, work_order, rung),
            ),
        )

    for key, item in case.by_routing.items():
        yield (
            key,
            Evidence(
                effect=_possible_effect(case, key),
                link_class=LinkClass.POSSIBLE,
                path=partial(_routed_path, explainer, key, item),
            ),
        )


def _routed_path(explainer: Explainer, line: OrderLineKey, item: str) -> Path:
    return explainer.to_order(
        explainer.to_item(item), line, via="component", link=LinkClass.POSSIBLE
    )


def _possible_path(explainer: Explainer, work_order: WorkOrderKey, rung: Rung) -> Path:
    return explainer.along(explainer.to_possible(work_order), (rung,))


def _possible_effect(case: Case, key: OrderLineKey) -> Effect:
    """Return LATE for a line that must leave before the repair is over, else MOVED.

    Without planned times nobody knows when the line finishes, so no time is given either way.
    """
    line = case.records.lines[key]
    over = max((outage.end for outage in case.outages), default=case.at)
    leaves = case.shipping.leaves(line, finish=over, made=True)
    return Effect.LATE if leaves > case.shipping.limit(line) else Effect.MOVED


def _changed(case: Case, explainer: Explainer) -> Gathered:
    """Yield the lines that their customer changes; what more is wanted and missing is SHORT."""
    for key, (disruption, by) in changes(case.records, case.disruptions).items():
        path = partial(_changed_path, explainer, key, disruption)
        yield (
            key,
            Evidence(effect=None, link_class=LinkClass.CONFIRMED, path=path, qty=max(ZERO, -by)),
        )
        missing = missing_more(case.pegging, key, more=by)
        if missing > 0:
            yield (
                key,
                Evidence(
                    effect=Effect.SHORT, link_class=LinkClass.PROBABLE, path=path, qty=missing
                ),
            )


def _changed_path(explainer: Explainer, line: OrderLineKey, disruption: Disruption) -> Path:
    cause = (explainer.cause(disruption),)
    return explainer.to_order(cause, line, via="changed", link=LinkClass.CONFIRMED)
