"""Putting one picture together."""

from collections.abc import Sequence

from django.db.models import Max

from knockon.apps.journal.selectors import latest_position
from knockon.apps.plant import snapshot as plant_snapshot
from knockon.apps.production import models
from knockon.apps.production.snapshot import clocks, demand, making, material
from knockon.domain.facts import PlantFacts, SnapshotId, SourceAge


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
    at = snapshot.position
    codes = sorted(plants)
    return PlantFacts(
        snapshot=snapshot,
        plants=plant_snapshot.load_plants(codes),
        equipment=plant_snapshot.load_equipment(position=at, plants=codes),
        tools=plant_snapshot.load_tools(position=at, plants=codes),
        tool_uses=plant_snapshot.load_tool_uses(position=at, plants=codes),
        calendars=plant_snapshot.load_calendars(position=at, plants=codes),
        customers=plant_snapshot.load_customers(position=at),
        ship_calendars=plant_snapshot.load_ship_calendars(position=at, plants=codes),
        items=plant_snapshot.load_items(position=at),
        units=plant_snapshot.load_units(position=at, plants=codes),
        bom=plant_snapshot.load_bom(position=at, plants=codes),
        routings=plant_snapshot.load_routings(position=at, plants=codes),
        approvals=plant_snapshot.load_approvals(position=at, plants=codes),
        setups=plant_snapshot.load_setups(position=at, plants=codes),
        levers=plant_snapshot.load_levers(position=at, plants=codes),
        order_lines=demand.load_order_lines(position=at, plants=codes),
        allocations=demand.load_allocations(position=at, plants=codes),
        shipments=demand.load_shipments(position=at, plants=codes),
        work_orders=making.load_work_orders(position=at, plants=codes),
        requirements=making.load_requirements(position=at, plants=codes),
        operations=making.load_operations(
            position=at, plants=codes, schedules=dict(snapshot.schedules)
        ),
        resource_uses=making.load_resource_uses(position=at, plants=codes),
        stops=making.load_stops(position=at, plants=codes),
        lots=material.load_lots(position=at, plants=codes),
        consumption=material.load_consumption(position=at, plants=codes),
        lot_events=material.load_lot_events(position=at, plants=codes),
        stock=material.load_stock(position=at, plants=codes),
        transfers=material.load_transfers(position=at, plants=codes),
        outside_moves=material.load_outside_moves(position=at, plants=codes),
        purchase_orders=material.load_purchase_orders(position=at, plants=codes),
        receipts=material.load_receipts(position=at, plants=codes),
        inspections=material.load_inspections(position=at, plants=codes),
        clocks=clocks.load_clocks(position=at, plants=codes),
        data_age=load_data_age(codes, position=at),
    )


def load_data_age(plants: Sequence[str], *, position: int) -> tuple[SourceAge, ...]:
    """Return when each source last brought each table, as known at a journal position."""
    rows = (
        models.Delivery.objects.filter(plant__in=plants, recorded_id__lte=position)
        .order_by("source", "table", "-recorded_id", "plant")
        .distinct("source", "table")
    )
    return tuple(SourceAge(source=f"{row.source}/{row.table}", last_good_at=row.at) for row in rows)
