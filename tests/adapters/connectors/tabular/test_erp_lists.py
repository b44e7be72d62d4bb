# ruff: noqa: T201 - prints the share of columns mapped right and every miss
"""The fixture lists: mapped right before anyone touches the mapping, and converted right."""

import json
from datetime import UTC
from decimal import Decimal
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from knockon.adapters.connectors.tabular import connector
from knockon.domain.contract.instants import ReadInstant
from knockon.domain.mapping import MappingSet
from knockon.domain.mapping_json import dump_mapping, load_mapping

MATERIAL = Path(__file__).parents[3] / "material" / "erp"
FILES = sorted((MATERIAL / "files").iterdir())
ZONE = ZoneInfo("Asia/Taipei")
NEEDED_SHARE = 0.95
NEEDED_FILES = 20


def expected_of(path):
    return json.loads((MATERIAL / "expected" / f"{path.stem}.json").read_text(encoding="utf-8"))


@cache
def recognised(path):
    (sheet,) = connector.read_sheets(path)
    (found,) = connector.recognise((sheet,)).sheets
    return sheet, found


def taken_for(found, column):
    if column.role in ("filter", "axis"):
        return {column.role}
    return {
        f"{mapping.table}.{each.field}"
        for mapping in found.mappings
        for each in mapping.fields
        if column.header in each.sources
    }


def meant(targets):
    listed = targets if isinstance(targets, list) else [targets]
    return {target for target in listed if target}


def misses(path):
    """Return (header, taken for, meant) of every column that was taken for the wrong thing."""
    _, found = recognised(path)
    guesses = {column.header: taken_for(found, column) for column in found.columns}
    wanted = {header: meant(targets) for header, targets in expected_of(path)["columns"].items()}
    return [
        (header, sorted(guesses.get(header, {"no such header"})), sorted(targets))
        for header, targets in wanted.items()
        if guesses.get(header, {"no such header"}) != targets
    ]


def shown(value):
    if isinstance(value, ReadInstant):
        if value.day is not None:
            return value.day.isoformat()
        return value.moment.earliest.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return str(value)
    return value


@cache
def converted(path):
    sheet, found = recognised(path)
    return {
        mapping.table: connector.convert(sheet, mapping, zone=ZONE) for mapping in found.mappings
    }


def test_there_are_enough_lists():
    assert len(FILES) >= NEEDED_FILES


def test_columns_are_mapped_right_before_anyone_touches_the_mapping(capsys):
    found = {path.name: misses(path) for path in FILES}
    columns = sum(len(expected_of(path)["columns"]) for path in FILES)
    wrong = sum(len(each) for each in found.values())
    with capsys.disabled():
        print(
            f"\n{len(FILES)} lists, {columns} columns, {columns - wrong} mapped right "
            f"({(columns - wrong) / columns:.1%})"
        )
        for name, each in found.items():
            for header, taken, wanted in each:
                print(f"  {name}: {header}: taken for {taken}, meant {wanted}")

    assert (columns - wrong) / columns >= NEEDED_SHARE


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_list_is_taken_for_its_tables(path):
    _, found = recognised(path)

    assert sorted(mapping.table for mapping in found.mappings) == expected_of(path)["tables"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_are_converted_filtered_and_refused_as_counted_by_hand(path):
    expected = expected_of(path)
    tables = converted(path)

    assert {name: len(table.rows) for name, table in tables.items()} == expected["rows"]
    assert {n: t.filtered for n, t in tables.items() if t.filtered} == expected.get("filtered", {})
    assert [
        [name, refusal.row, refusal.field, refusal.reason.code]
        for name, table in tables.items()
        for refusal in table.refused
    ] == expected.get("refused", [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_cells_that_were_checked_by_hand_have_their_values(path):
    tables = converted(path)
    cells = {
        (name, row.row, field): shown(value)
        for name, table in tables.items()
        for row in table.rows
        for field, value in row.values.items()
    }
    checks = expected_of(path).get("checks", [])

    assert {tuple(c[:3]): cells.get(tuple(c[:3]), "absent") for c in checks} == {
        tuple(c[:3]): c[3] for c in checks
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_rows_that_were_found_by_key_have_their_values(path):
    tables = converted(path)
    rows = [
        (name, {field: shown(value) for field, value in row.values.items()})
        for name, table in tables.items()
        for row in table.rows
    ]
    sought = expected_of(path).get("at", [])

    assert [
        any(n == name and {**key, **values}.items() <= row.items() for n, row in rows)
        for name, key, values in sought
    ] == [True] * len(sought)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_printed_totals_agree(path):
    totals = [total for table in converted(path).values() for total in table.control_totals]

    assert [total for total in totals if not total.agrees] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_mapping_survives_being_saved(path):
    _, found = recognised(path)
    saved = MappingSet(name=path.stem, mappings=found.mappings)

    assert load_mapping(dump_mapping(saved)) == saved
