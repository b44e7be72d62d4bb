"""Which lots and work orders a disruption makes suspect, before anything is traced."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from knockon.domain.disruptions import Disruption, DisruptionKind
from knockon.domain.facts import LotEventKind, LotKey, PlantFacts, ShipmentKind, WorkOrderKey
from knockon.domain.impact import Gap, PathStep, StepType
from knockon.domain.links import LinkClass
from knockon.domain.times import Moment
from knockon.engine.graph.naming import lot_text
from knockon.engine.graph.register import Register, build_register
from knockon.engine.impact.windows import Suspicion, suspicions_in_window

_SUSPECT_KINDS = frozenset(
    {
        DisruptionKind.QUALITY,
        DisruptionKind.MATERIAL,
        DisruptionKind.COMPLAINT,
        DisruptionKind.METHOD,
    }
)
_NEW_NUMBER = (LotEventKind.RELABEL, LotEventKind.CORRECT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedLot:
    """A lot the disruption itself makes suspect.

    Parameters
    ----------
    tainted
        When it became suspect; None is since it exists.
    via
        How the disruption led to it: ``named``, ``made_in_window`` and so on.
    cause
        Steps from the disruption to the lot, the lot itself left out.
    """

    key: LotKey
    link_class: LinkClass
    tainted: Moment | None = None
    via: str = "named"
    cause: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedWorkOrder:
    """A work order whose work in progress the disruption itself makes suspect."""

    key: WorkOrderKey
    link_class: LinkClass
    tainted: Moment | None = None
    cause: tuple[PathStep, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Where a trace begins, in key order.

    A lot stands here more than once when it is suspect in more than one way: surely from a late
    instant on, possibly from an earlier one.
    """

    lots: tuple[SeedLot, ...] = ()
    work_orders: tuple[SeedWorkOrder, ...] = ()
    gaps: tuple[Gap, ...] = ()


def seed_lots(
    facts: PlantFacts, disruption: Disruption, *, register: Register | None = None
) -> Seeds:
    """Return the lots and work in progress that the disruption makes suspect by itself.

    Parameters
    ----------
    register
        The facts' look-ups, where they were built already.

    Notes
    -----
    A stop of a machine, missing people or a late delivery make nothing suspect: no seeds.
    """
    if disruption.kind not in _SUSPECT_KINDS:
        return Seeds()
    register = register or build_register(facts)
    found: list[Suspicion | SeedLot] = [*_named(register, disruption)]
    gaps = [
        Gap(code="unknown_lot", where=lot_text(key), qty=None)
        for key in disruption.scope.lots
        if key not in register.known
    ]
    in_window, window_gaps = suspicions_in_window(register, disruption)
    found.extend(in_window)
    gaps.extend(window_gaps)
    root = PathStep(
        type=StepType.CAUSE,
        key=disruption.id,
        via=disruption.kind.value,
        at=disruption.opened_at,
        qty=None,
        link_class=LinkClass.CONFIRMED,
    )
    lots = list(_seeds(found, root))
    lots.extend(_former_numbers(register, lots))
    return Seeds(
        lots=_strongest(lots),
        work_orders=_strongest_work_orders(found, root),
        gaps=tuple(gaps),
    )


def _named(register: Register, disruption: Disruption) -> Iterator[SeedLot]:
    """Yield the lots that the disruption names itself, by number, supplier's number or order."""
    scope = disruption.scope
    since = None if scope.start is None else Moment.exactly(scope.start)
    for key in scope.lots:
        if key in register.known:
            yield SeedLot(key=key, link_class=LinkClass.CONFIRMED, tainted=since)
    if scope.supplier_lot:
        for key in _of_supplier_lot(register, disruption):
            yield SeedLot(key=key, link_class=LinkClass.CONFIRMED, via="supplier_lot")
    complained = disruption.kind is DisruptionKind.COMPLAINT and scope.order and not scope.lots
    if complained:
        sent = {
            row.lot
            for row in register.facts.shipments
            if row.lot is not None
            and row.kind is ShipmentKind.SHIP
            and row.order_line is not None
            and row.order_line.order == scope.order
            and scope.item in (None, row.item, row.lot.item)
        }
        # One lot was sent: it is the one complained of. Of several it can be any.
        link_class = LinkClass.CONFIRMED if len(sent) == 1 else LinkClass.POSSIBLE
        for key in sorted(sent):
            yield SeedLot(key=key, link_class=link_class, via="complained_order")


def _of_supplier_lot(register: Register, disruption: Disruption) -> Iterator[LotKey]:
    scope = disruption.scope
    for key in register.keys:
        lot = register.lots.get(key)
        by_supplier = lot is not None and lot.supplier_lot == scope.supplier_lot
        supplier = (lot.supplier if lot else None) or key.issuer
        own_number = key.lot == scope.supplier_lot and supplier == (scope.supplier or key.issuer)
        bought = own_number and key.issuer not in register.clocks.by_plant
        fits = scope.item in (None, key.item) and scope.supplier in (None, supplier)
        if fits and (by_supplier or bought):
            yield key


def _seeds(found: Iterable[Suspicion | SeedLot], root: PathStep) -> Iterator[SeedLot]:
    for one in found:
        if isinstance(one, SeedLot):
            yield replace(one, cause=(root,))
        elif isinstance(one.key, LotKey):
            yield SeedLot(
                key=one.key,
                link_class=one.link_class,
                tainted=one.tainted,
                via=one.via,
                cause=(root, *one.steps),
            )


def _former_numbers(register: Register, seeds: list[SeedLot]) -> Iterator[SeedLot]:
    """Yield the lots that a suspect lot was before it got its number, since it exists.

    The same material under an earlier number is as suspect; where only a part was relabelled the
    rest of it may be.
    """
    earlier: dict[LotKey, list[tuple[LotKey, bool]]] = {}
    for event in register.standing.lot_events:
        if event.kind in _NEW_NUMBER and event.other_lot is not None:
            lot = register.lots.get(event.lot)
            whole = event.qty is None or (
                lot is not None and lot.qty is not None and event.qty >= lot.qty
            )
            earlier.setdefault(event.other_lot, []).append((event.lot, whole))
    frontier = [seed for seed in seeds if seed.tainted is None]
    seen = {seed.key for seed in frontier}
    for seed in frontier:
        for key, whole in earlier.get(seed.key, ()):
            if key in seen:
                continue
            seen.add(key)
            former = replace(
                seed,
                key=key,
                link_class=seed.link_class if whole else LinkClass.POSSIBLE,
                via="former_number",
            )
            frontier.append(former)
            yield former


def _strongest(seeds: Iterable[SeedLot]) -> tuple[SeedLot, ...]:
    """Return the seeds in key order, without those another one of the lot makes superfluous."""
    kept: list[SeedLot] = []
    for seed in sorted(seeds, key=_strength):
        if not any(
            other.key == seed.key and _covers(other.tainted, seed.tainted)
            for other in reversed(kept[-8:])
        ):
            kept.append(seed)
    return tuple(kept)


def _strength(seed: SeedLot) -> tuple[object, ...]:
    start = seed.tainted.earliest.timestamp() if seed.tainted else float("-inf")
    return (seed.key, seed.link_class, start, seed.via, len(seed.cause))


def _covers(taint: Moment | None, other: Moment | None) -> bool:
    """Return whether a taint began no later than the other, so that it makes as much suspect."""
    if taint is None or other is None:
        return taint is None
    return taint.earliest <= other.earliest and taint.latest <= other.latest


def _strongest_work_orders(
    found: Iterable[Suspicion | SeedLot], root: PathStep
) -> tuple[SeedWorkOrder, ...]:
    best: dict[WorkOrderKey, SeedWorkOrder] = {}
    for one in found:
        if isinstance(one, Suspicion) and isinstance(one.key, WorkOrderKey):
            seed = SeedWorkOrder(
                key=one.key,
                link_class=one.link_class,
                tainted=one.tainted,
                cause=(root, *one.steps),
            )
            known = best.get(one.key)
            if known is None or seed.link_class < known.link_class:
                best[one.key] = seed
    return tuple(best[key] for key in sorted(best))
