"""Plants of tables with the inspections, tool uses and the plant's own failing signal in them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.facts import Inspection, LotKey, PlantFacts, ResourceUse
from knockon.domain.times import Moment
from tests.engine.assess.facts_from_tables import facts_from_tables


def facts_of(case: SimulatedCase) -> PlantFacts:
    """Return the facts of a simulated plant up to and with what told of the trouble."""
    facts = facts_from_tables(case.tables, plant=case.plant, timezone=case.timezone)
    rows = [
        *case.tables.get("inspections", ()),
        *(signal.row for signal in case.trigger if signal.table == "inspections"),
    ]
    return replace(
        facts,
        inspections=tuple(_inspection(row, plant=case.plant) for row in rows),
        resource_uses=tuple(
            _resource_use(row, plant=case.plant) for row in case.tables.get("resource_use", ())
        ),
    )


def true_start(case: SimulatedCase) -> datetime:
    """Return when the first bad piece was made: the bad lots are bad all their life."""
    bad = {lot.lot for lot in case.disruption.scope.lots}
    makers = {row["work_order"] for row in case.tables["lots"] if row["lot"] in bad}
    starts = [
        datetime.fromisoformat(row["actual_start"])
        for row in case.tables["operations"]
        if row["work_order"] in makers
    ]
    return min(starts).astimezone(UTC)


def _moment(text: str | None) -> Moment | None:
    return Moment.exactly(datetime.fromisoformat(text).astimezone(UTC)) if text else None


def _inspection(row: object, *, plant: str) -> Inspection:
    cells = dict(row)
    at = _moment(cells["at"])
    assert at is not None
    return Inspection(
        plant=plant,
        at=at,
        lot=LotKey(plant, cells["item"], cells["lot"]) if cells.get("lot") else None,
        work_order=cells.get("work_order") or None,
        seq=int(cells["seq"]) if cells.get("seq") else None,
        equipment=cells.get("equipment") or None,
        tool=cells.get("tool") or None,
        cavity=cells.get("cavity") or None,
        characteristic=cells.get("characteristic") or None,
        value=Decimal(cells["value"]) if cells.get("value") else None,
        passed={"pass": True, "fail": False}.get(cells.get("result", "")),
    )


def _resource_use(row: dict[str, str], *, plant: str) -> ResourceUse:
    start = _moment(row["start"])
    assert start is not None
    return ResourceUse(
        plant=plant,
        resource=row["resource"],
        kind=row["kind"],
        lot=None,
        work_order=row.get("work_order") or None,
        start=start,
        end=_moment(row.get("end")),
    )
