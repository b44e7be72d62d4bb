"""What the data base took in since a segment was sealed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from django.db.models import Q

from knockon.apps.plant.snapshot import load_plants
from knockon.apps.production.segments.store import Watermark
from knockon.apps.production.snapshot import (
    clocks,
    demand,
    load_masters,
    making,
    masters_changed,
    material,
)
from knockon.apps.production.snapshot.tables import FactTable
from knockon.domain.facts import LotKey, PlantFacts, SnapshotId
from knockon.engine.graph.delta import lay_on
from knockon.engine.graph.lots import LotGraph
from knockon.engine.graph.tail import Changes, Touched, neighbourhood, touched_by

_TABLES: Final[Mapping[str, FactTable[Any]]] = {
    "lots": material.LOTS,
    "consumption": material.CONSUMPTION,
    "lot_events": material.LOT_EVENTS,
    "shipments": demand.SHIPMENTS,
    "receipts": material.RECEIPTS,
    "stock": material.STOCK,
    "transfers": material.TRANSFERS,
    "outside_moves": material.OUTSIDE_MOVES,
    "inspections": material.INSPECTIONS,
    "resource_uses": making.RESOURCE_USES,
    "work_orders": making.WORK_ORDERS,
    "requirements": making.REQUIREMENTS,
    "operations": making.PROGRESS,
}
_BY_LOT: Final = ("shipments", "receipts", "stock", "transfers", "inspections", "resource_uses")
_MASTERS: Final = ("items", "units", "bom")
_MOST_CHANGES: Final = 20_000
_MOST_LOTS: Final = 5_000
"""Beyond these, building from all facts is about as fast as reading what is around the changes."""


def brought_up_to_date(
    graph: LotGraph, *, plants: Sequence[str], watermark: Watermark, snapshot: SnapshotId
) -> LotGraph | None:
    """Return a sealed genealogy as it is at a later snapshot; None when it must be built anew.

    Parameters
    ----------
    watermark
        Up to where the genealogy knows the facts.
    snapshot
        Its position is that of the last change of facts.
    """
    after, until = watermark.position, snapshot.position
    if masters_changed(_MASTERS, plants=plants, after=after, until=until):
        return None
    if watermark.schedules != snapshot.schedules and _clocks(plants, position=until):
        # By its machine an operation has its clock.
        return None
    if clocks.CLOCKS.came(after=after, until=until, plants=plants) or clocks.CLOCKS.gone(
        after=after, until=until, plants=plants
    ):
        return None
    changes = _changes(plants, after=after, until=until)
    touched = touched_by(changes)
    if len(changes) > _MOST_CHANGES or len(touched.lots) > _MOST_LOTS:
        return None
    around = _around(touched, plants=plants, snapshot=snapshot)
    return lay_on(graph, changes, around=neighbourhood(around, touched))


def _clocks(plants: Sequence[str], *, position: int) -> tuple[Any, ...]:
    return clocks.CLOCKS.among(Q(), position=position, plants=plants)


def _changes(plants: Sequence[str], *, after: int, until: int) -> Changes:
    came, gone = {}, {}
    for name, table in _TABLES.items():
        came[name] = table.came(after=after, until=until, plants=plants)
        gone[name] = table.gone(after=after, until=until, plants=plants)
    return Changes(came=came, gone=gone)


def _around(touched: Touched, *, plants: Sequence[str], snapshot: SnapshotId) -> PlantFacts:
    """Return at least the neighbourhood: rows are chosen by numbers here, by whole keys there."""
    position = snapshot.position

    def read(table: str, chosen: Q) -> tuple[Any, ...]:
        return _TABLES[table].among(chosen, position=position, plants=plants)

    orders = [key.work_order for key in touched.work_orders]
    of_orders = Q(work_order__in=orders)
    lots = set(touched.lots)
    lots.update(row.key for row in read("lots", of_orders))
    lots.update(row.output for row in read("consumption", of_orders) if row.output)
    moves = read("outside_moves", of_orders)
    lots.update(row.lot for row in moves)
    numbers = _numbers(lots)
    events = [number for _, number in touched.events]
    consumption = read(
        "consumption",
        of_orders | Q(input_lot__in=numbers) | Q(output_lot__in=numbers) | Q(fact_key__in=events),
    )
    described = lots.union(row.input for row in consumption if row.output in lots)
    kept = {name: read(name, Q(lot__in=numbers)) for name in _BY_LOT}
    kept["consumption"] = consumption
    kept["lots"] = read("lots", Q(lot__in=_numbers(described)) | of_orders)
    kept["lot_events"] = read("lot_events", Q(lot__in=numbers) | Q(other_lot__in=numbers))
    kept["outside_moves"] = read("outside_moves", Q(lot__in=numbers) | of_orders)
    makers = {row.work_order for name in ("lots", "consumption") for row in kept[name]}
    made = Q(work_order__in=[*orders, *(number for number in makers if number)])
    for name in ("work_orders", "requirements", "operations"):
        kept[name] = read(name, made)
    return PlantFacts(
        snapshot=snapshot,
        plants=load_plants(plants),
        clocks=_clocks(plants, position=position),
        **load_masters(_MASTERS, plants=plants, position=position),
        **kept,
    )


def _numbers(lots: Iterable[LotKey]) -> list[str]:
    return sorted({lot.lot for lot in lots})
