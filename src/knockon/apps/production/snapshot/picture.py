"""Putting one picture together."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Max, Model, Q

from knockon.apps.journal.selectors import chain_at, latest_position
from knockon.apps.plant import models as plant_models
from knockon.apps.plant import snapshot as plant_snapshot
from knockon.apps.production import models
from knockon.apps.production.snapshot import clocks, demand, making, material
from knockon.apps.production.snapshot.tables import FactTable, LoadedTable
from knockon.domain.facts import PlantFacts, SnapshotId, SourceAge

_FACTS: Final[Mapping[str, FactTable[Any]]] = {
    "order_lines": demand.ORDER_LINES,
    "allocations": demand.ALLOCATIONS,
    "shipments": demand.SHIPMENTS,
    "work_orders": making.WORK_ORDERS,
    "requirements": making.REQUIREMENTS,
    "resource_uses": making.RESOURCE_USES,
    "stops": making.STOPS,
    "lots": material.LOTS,
    "consumption": material.CONSUMPTION,
    "lot_events": material.LOT_EVENTS,
    "stock": material.STOCK,
    "transfers": material.TRANSFERS,
    "outside_moves": material.OUTSIDE_MOVES,
    "purchase_orders": material.PURCHASE_ORDERS,
    "receipts": material.RECEIPTS,
    "inspections": material.INSPECTIONS,
    "clocks": clocks.CLOCKS,
}
"""What grows: read once, then only what came and went."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Master:
    """A table of master data: small, and read anew when any of its rows changed."""

    model: type[Model]
    load: Callable[..., tuple[Any, ...]]
    is_shared: bool = False


_MASTERS: Final[Mapping[str, _Master]] = {
    "equipment": _Master(model=plant_models.Equipment, load=plant_snapshot.load_equipment),
    "tools": _Master(model=plant_models.Tool, load=plant_snapshot.load_tools),
    "tool_uses": _Master(model=plant_models.ToolUse, load=plant_snapshot.load_tool_uses),
    "calendars": _Master(model=plant_models.CalendarRule, load=plant_snapshot.load_calendars),
    "customers": _Master(
        model=plant_models.Customer, load=plant_snapshot.load_customers, is_shared=True
    ),
    "ship_calendars": _Master(
        model=plant_models.ShipCalendar, load=plant_snapshot.load_ship_calendars
    ),
    "items": _Master(model=plant_models.Item, load=plant_snapshot.load_items, is_shared=True),
    "units": _Master(model=plant_models.UnitFactor, load=plant_snapshot.load_units),
    "bom": _Master(model=plant_models.BomLine, load=plant_snapshot.load_bom),
    "routings": _Master(model=plant_models.RoutingStep, load=plant_snapshot.load_routings),
    "approvals": _Master(model=plant_models.Approval, load=plant_snapshot.load_approvals),
    "setups": _Master(model=plant_models.Setup, load=plant_snapshot.load_setups),
    "levers": _Master(model=plant_models.Lever, load=plant_snapshot.load_levers),
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Picture:
    """The facts of some plants at a snapshot, and what is needed to bring them up to date.

    Parameters
    ----------
    chain
        The journal's chain value at the position: another data base with other entries has
        another one.
    """

    facts: PlantFacts
    plants: tuple[str, ...]
    chain: str
    tables: Mapping[str, LoadedTable[Any]]
    operations: making.LoadedOperations

    def leads_to(self, snapshot: SnapshotId, *, plants: Sequence[str]) -> bool:
        """Return whether these facts are an earlier state of those of the snapshot."""
        at = self.facts.snapshot.position
        return (
            self.plants == tuple(sorted(plants))
            and at <= snapshot.position
            and chain_at(at) == self.chain
        )


def latest_snapshot(plants: Sequence[str]) -> SnapshotId:
    """Return the name of what is known now: journal position and each plant's schedule version."""
    versions = (
        models.ScheduleVersion.objects.filter(site_id__in=plants)
        .values_list("site_id")
        .annotate(newest=Max("number"))
        .order_by("site_id")
    )
    return SnapshotId(position=latest_position(), schedules=tuple(versions))


def facts_position(position: int) -> int:
    """Return the last journal position at or before this one at which any facts changed.

    Every position in between gives the same facts, so that a loaded picture serves them all.
    """
    found = models.Delivery.objects.filter(recorded_id__lte=position)
    return found.aggregate(last=Max("recorded_id"))["last"] or 0


def load_plant_facts(plants: Sequence[str], *, snapshot: SnapshotId) -> PlantFacts:
    """Return everything the engine may stand on, as it was known at the snapshot.

    The plan is that of the snapshot's schedule versions; facts and master data are those of its
    journal position. Loading the same snapshot twice gives equal values.
    """
    return load_picture(plants, snapshot=snapshot).facts


def load_picture(
    plants: Sequence[str], *, snapshot: SnapshotId, known: Picture | None = None
) -> Picture:
    """Return the facts of a snapshot so that later ones cost only what changed since.

    Parameters
    ----------
    known
        An earlier state: see ``Picture.leads_to``. The facts are equal to those loaded without it.
    """
    at = snapshot.position
    codes = sorted(plants)
    since = known.facts.snapshot.position if known else None
    tables = {
        name: table.load(position=at, plants=codes, known=known.tables[name] if known else None)
        for name, table in _FACTS.items()
    }
    operations = making.load_operations(
        position=at,
        plants=codes,
        schedules=dict(snapshot.schedules),
        known=known.operations if known else None,
    )
    masters = {
        name: getattr(known.facts, name)
        if known and since is not None and not _changed(master, codes, after=since, until=at)
        else _read(master, position=at, plants=codes)
        for name, master in _MASTERS.items()
    }
    return Picture(
        facts=PlantFacts(
            snapshot=snapshot,
            plants=plant_snapshot.load_plants(codes),
            operations=operations.facts,
            data_age=load_data_age(codes, position=at),
            **masters,
            **{name: table.facts for name, table in tables.items()},
        ),
        plants=tuple(codes),
        chain=chain_at(at),
        tables=tables,
        operations=operations,
    )


def masters_changed(names: Sequence[str], *, plants: Sequence[str], after: int, until: int) -> bool:
    """Return whether a row of some master data came or went between two positions."""
    return any(_changed(_MASTERS[name], plants, after=after, until=until) for name in names)


def load_masters(
    names: Sequence[str], *, plants: Sequence[str], position: int
) -> dict[str, tuple[Any, ...]]:
    """Return some of the master data by their names in ``PlantFacts``."""
    return {name: _read(_MASTERS[name], position=position, plants=plants) for name in names}


def _read(master: _Master, *, position: int, plants: Sequence[str]) -> tuple[Any, ...]:
    if master.is_shared:
        return master.load(position=position)
    return master.load(position=position, plants=plants)


def _changed(master: _Master, plants: Sequence[str], *, after: int, until: int) -> bool:
    """Return whether a row came or went between two positions."""
    came = Q(recorded_id__gt=after, recorded_id__lte=until)
    went = Q(retired_id__gt=after, retired_id__lte=until)
    rows = master.model._default_manager.filter(came | went)
    return (rows if master.is_shared else rows.filter(site_id__in=plants)).exists()


def load_data_age(plants: Sequence[str], *, position: int) -> tuple[SourceAge, ...]:
    """Return when each source last brought each table, as known at a journal position."""
    rows = (
        models.Delivery.objects.filter(plant__in=plants, recorded_id__lte=position)
        .order_by("source", "table", "-recorded_id", "plant")
        .distinct("source", "table")
    )
    return tuple(SourceAge(source=f"{row.source}/{row.table}", last_good_at=row.at) for row in rows)
