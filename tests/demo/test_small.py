import os
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from knockon.demo.simulation.chance import dice
from knockon.demo.simulation.shop import Shop
from knockon.demo.simulation.small import small_plant, small_shop
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.contract import TABLES
from knockon.domain.contract.specs import ColumnType
from knockon.domain.disruptions import DisruptionKind
from knockon.domain.impact import Effect

SEEDS = range(25)

_PRINT = """
from knockon.demo.simulation.small import small_plant
import hashlib
print(hashlib.sha256(repr(small_plant(7, holes=True).tables).encode()).hexdigest())
print(sorted(small_plant(7, holes=True).truth.effects))
"""


def printed(hash_seed: str) -> str:
    source = Path(__file__).parents[2] / "src"
    return subprocess.run(
        [sys.executable, "-c", _PRINT],
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


@cache
def case(seed: int, *, holes: bool = False) -> SimulatedCase:
    return small_plant(seed, holes=holes)


@cache
def shop(seed: int) -> Shop:
    return small_shop(dice("small", seed), name="case")[0]


def rows(plant: SimulatedCase, table: str) -> list[dict[str, str]]:
    return plant.tables.get(table, [])


def test_same_seed_gives_the_same_case_in_any_process() -> None:
    first, second = printed("1"), printed("2")

    assert first == second
    assert small_plant(7, holes=True) == small_plant(7, holes=True)


def test_seeds_spread_from_no_line_hit_to_many() -> None:
    hits = [len(case(seed).truth.lines) for seed in range(200)]

    assert statistics.median(hits) >= 3
    assert sum(count == 0 for count in hits) >= 20
    assert max(hits) >= 10


def test_every_kind_of_trouble_and_every_effect_occurs() -> None:
    cases = [case(seed) for seed in range(200)]

    kinds = {each.disruption.kind for each in cases}
    slow = [each for each in cases if each.disruption.scope.rate > 0]
    effects = {effect for each in cases for line in each.truth.lines for effect in line.effects}

    assert kinds == {
        DisruptionKind.EQUIPMENT,
        DisruptionKind.TOOL,
        DisruptionKind.QUALITY,
        DisruptionKind.MATERIAL,
    }
    assert slow
    assert effects == set(Effect)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_lot_gives_more_than_it_got(seed: int) -> None:
    plant = shop(seed)

    left = plant.ledger.balances()

    assert min(left.values()) >= 0


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_that_serves_a_line_adds_up_to_it(seed: int) -> None:
    plant = shop(seed)
    promised: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for claim in plant.claims:
        promised[claim.line] += claim.qty

    wanted = {key: line.qty - line.shipped for key, line in plant.lines.items()}

    assert wanted == {key: promised[key] for key in plant.lines}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_more_of_a_lot_is_promised_than_is_left(seed: int) -> None:
    plant = shop(seed)
    promised: defaultdict[object, Decimal] = defaultdict(Decimal)
    for claim in plant.claims:
        promised[claim.lot] += claim.qty if claim.lot else 0
    for wo in plant.work_orders.values():
        for need in wo.needs if not wo.begun else ():
            for key, qty in need.lots:
                promised[key] += qty

    left = plant.ledger.balances()

    assert [key for key in left if promised[key] > left[key]] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_every_work_order_has_what_it_needs(seed: int) -> None:
    plant = shop(seed)

    lacking = [
        (wo.code, need.item)
        for wo in plant.work_orders.values()
        for need in wo.needs
        if sum((qty for _, qty in need.lots), Decimal(0)) != need.qty
        and (not need.child or plant.work_orders[need.child].done)
    ]

    assert lacking == []


@pytest.mark.parametrize("seed", SEEDS)
def test_a_machine_and_a_tool_do_one_thing_at_a_time(seed: int) -> None:
    plant = shop(seed)
    spans: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    for job in plant.jobs():
        for resource in filter(None, (job.machine, job.tool)):
            spans[resource].add((job.planned_start, job.planned_finish))

    overlaps = [
        resource
        for resource, planned in spans.items()
        for before, after in zip(sorted(planned), sorted(planned)[1:], strict=False)
        if after[0] < before[1]
    ]

    assert overlaps == []


@pytest.mark.parametrize("holes", [False, True])
@pytest.mark.parametrize("seed", range(10))
def test_tables_keep_the_contract(seed: int, holes: bool) -> None:
    plant = case(seed, holes=holes)

    broken = [
        (name, column.name, row)
        for name, table in plant.tables.items()
        for row in table
        for column in TABLES[name].fields
        if (column.required and not row.get(column.name))
        or (
            column.type is ColumnType.ENUM
            and row.get(column.name)
            and row[column.name] not in column.values
        )
    ]

    assert broken == []


@pytest.mark.parametrize("seed", SEEDS)
def test_history_ends_when_the_trouble_begins(seed: int) -> None:
    plant = case(seed)
    past = [
        datetime.fromisoformat(row[column])
        for table, column in (
            ("consumption", "at"),
            ("shipments", "shipped_at"),
            ("operations", "actual_start"),
            ("operations", "actual_finish"),
            ("lots", "made_at"),
        )
        for row in rows(plant, table)
        if row.get(column)
    ]

    assert max(past) <= plant.now


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plant_has_the_shapes_that_matter(seed: int) -> None:
    plant = case(seed)
    suppliers: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows(plant, "requirements"):
        suppliers[row["supplied_by"]].add(row["work_order"])
    tools = defaultdict(set)
    machines = defaultdict(set)
    for row in rows(plant, "operations"):
        tools[row["tool"]].add(row["work_order"])
        machines[row["equipment"]].add(row["operation"] + row["work_order"])

    assert any(len(parents) > 1 for child, parents in suppliers.items() if child)
    assert any(row["type"] == "rework" for row in rows(plant, "work_orders"))
    assert any(len(users) > 1 for tool, users in tools.items() if tool)
    assert any(row["item"] == "F3" for row in rows(plant, "sales_orders"))
    assert any(row.get("run_group") for row in rows(plant, "operations"))


def test_holes_take_records_away_and_leave_the_truth() -> None:
    whole = [case(seed) for seed in SEEDS]
    spoilt = [case(seed, holes=True) for seed in SEEDS]
    consumption = [row for each in spoilt for row in rows(each, "consumption")]
    operations = [row for each in spoilt for row in rows(each, "operations")]

    assert [each.truth for each in spoilt] == [each.truth for each in whole]
    assert any(not row["output_lot"] for row in consumption)
    assert any(row["kind"] == "backflush" for row in consumption)
    assert any(len(row["at"]) == 10 for row in consumption)
    assert any(not row["planned_start"] for row in operations)
    assert sum(len(rows(each, "allocations")) for each in spoilt) < sum(
        len(rows(each, "allocations")) for each in whole
    )
    assert sum(len(rows(each, "consumption")) for each in spoilt) < sum(
        len(rows(each, "consumption")) for each in whole
    )
