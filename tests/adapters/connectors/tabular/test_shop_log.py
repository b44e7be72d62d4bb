"""A real shop's log, in a process miner's columns, through the shipped mapping."""

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from knockon.adapters.connectors.tabular import connector
from knockon.domain.times import Moment

BESIDE = Path(__file__).parents[4].parent / "shared" / "material"
LOG = Path(os.environ.get("KNOCKON_MATERIAL", BESIDE)) / "shop-log" / "Production.csv"
pytestmark = pytest.mark.skipif(not LOG.exists(), reason=f"the shop's log is not at {LOG}")


@pytest.fixture(scope="module")
def table():
    """Convert the log once."""
    (sheet,) = connector.read_sheets_guarded(LOG)
    (mapping,) = connector.named_mappings()["process_mining_log"].mappings
    return connector.convert(sheet, mapping, zone=ZoneInfo("Europe/Berlin"))


def test_log_gives_its_reports_without_the_artificial_rows(table):
    assert (len(table.rows), table.filtered, len(table.refused)) == (4503, 450, 0)


def test_log_gives_its_work_orders(table):
    assert len({row.values["work_order"] for row in table.rows}) == 225


def test_times_keep_their_offset(table):
    first = table.rows[0].values["start"]

    assert first.moment == Moment.exactly(first.moment.earliest)
    assert first.moment.earliest.isoformat() == "2012-01-30T04:24:00+00:00"
    assert first.offset_min == 120


def test_operations_are_numbered_by_their_first_appearance(table):
    first_order = [row for row in table.rows if row.values["work_order"] == "Case1"]
    numbers = {row.own["operation"]: row.values["seq"] for row in first_order}

    assert sorted(numbers.values()) == list(range(1, len(numbers) + 1))
    assert len({(row.own["operation"], row.values["seq"]) for row in first_order}) == len(numbers)


def test_log_is_recognised_as_work_reports_before_anyone_maps_it():
    (mapping,) = connector.recognise(connector.read_sheets(LOG)).mappings

    assert mapping.table == "work_reports"
