"""A picture that is brought up to date equals one that is loaded whole."""

from collections.abc import Iterator
from dataclasses import fields, replace
from random import Random
from zoneinfo import ZoneInfo

import pytest

from knockon.apps.production.models import Consumption, Lot
from knockon.apps.production.services.importing import ImportOptions, import_rows, taken
from knockon.apps.production.services.records import as_sheet
from knockon.apps.production.services.reports import ImportReport
from knockon.apps.production.snapshot import (
    Picture,
    latest_snapshot,
    load_picture,
    load_plant_facts,
)
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.domain.facts import PlantFacts
from knockon.ports.registry import load_connector

pytestmark = pytest.mark.django_db

_CHANGEABLE = {
    "lots": ("qty", ["1", "2.5", "77"]),
    "operations": ("status", ["planned", "running", "done"]),
    "work_orders": ("qty", ["10", "20"]),
    "items": ("safety_stock", ["0", "5"]),
    "sales_orders": ("status", ["open", "cancelled"]),
    "stock": ("qty", ["3", "4"]),
}

Rows = list[dict[str, str]]


def _import(case: SimulatedCase, tables: dict[str, Rows], *, snapshot: frozenset[str]) -> None:
    connector = load_connector("tabular")
    zone = ZoneInfo(case.timezone)
    report = ImportReport()
    parts = []
    for table, rows in tables.items():
        sheet, mapping = as_sheet(table, rows, plant=None)
        converted = connector.convert(sheet, mapping, zone=zone)
        parts.append(taken(converted, mapping=mapping, report=report))
    import_rows(
        parts,
        options=ImportOptions(zone=case.timezone, snapshot=snapshot),
        viewer=SYSTEM,
        now=case.now,
        report=report,
    )


def _steps(case: SimulatedCase, rng: Random) -> Iterator[dict[str, Rows]]:
    """Yield the case's records in random pieces, some of them changed later."""
    pieces: list[dict[str, Rows]] = [{} for _ in range(5)]
    for table, rows in case.tables.items():
        if table in ("signals", "plants"):
            continue
        for row in rows:
            rng.choice(pieces).setdefault(table, []).append(dict(row))
    for piece in pieces:
        yield piece
        changed: dict[str, Rows] = {}
        for table, (column, values) in _CHANGEABLE.items():
            rows = case.tables.get(table, [])
            for row in rng.sample(list(rows), min(3, len(rows))):
                changed.setdefault(table, []).append({**row, column: rng.choice(values)})
        yield changed
    yield {"work_orders": [dict(row) for row in case.tables["work_orders"]][2:]}


def _differences(one: PlantFacts, other: PlantFacts) -> list[str]:
    return [
        each.name
        for each in fields(PlantFacts)
        if getattr(one, each.name) != getattr(other, each.name)
    ]


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_what_is_brought_up_to_date_equals_what_is_loaded_whole(db: None, seed: int) -> None:
    rng = Random(seed)
    case = small_plant(seed, holes=seed % 2 == 0)
    _import(case, {"plants": list(case.tables["plants"])}, snapshot=frozenset())
    plants = [case.plant]
    known: Picture | None = None
    wrong: list[list[str]] = []
    for step in _steps(case, rng):
        _import(case, step, snapshot=frozenset(step if step.keys() == {"work_orders"} else ()))
        snapshot = latest_snapshot(plants)
        known = load_picture(plants, snapshot=snapshot, known=known)
        wrong.append(_differences(known.facts, load_plant_facts(plants, snapshot=snapshot)))

    assert wrong == [[]] * 11
    assert Lot.objects.filter(retired__isnull=False).exists()
    assert Consumption.objects.exists()


def test_only_what_changed_is_made_anew(case: SimulatedCase) -> None:
    plants = [case.plant]
    before = load_picture(plants, snapshot=latest_snapshot(plants))
    lot = dict(next(iter(case.tables["lots"])))
    _import(case, {"lots": [{**lot, "qty": "12345"}]}, snapshot=frozenset())

    after = load_picture(plants, snapshot=latest_snapshot(plants), known=before)

    old = {id(row) for row in before.facts.lots}
    assert [str(row.qty) for row in after.facts.lots if id(row) not in old] == ["12345"]
    assert after.facts.consumption is before.facts.consumption
    assert after.facts.items is before.facts.items


def test_facts_of_another_journal_are_not_built_upon(case: SimulatedCase) -> None:
    plants = [case.plant]
    known = load_picture(plants, snapshot=latest_snapshot(plants))
    assert known.leads_to(latest_snapshot(plants), plants=plants)

    other = replace(known, chain="of another data base")

    assert not other.leads_to(latest_snapshot(plants), plants=plants)
