from collections import Counter
from datetime import datetime, timedelta
from functools import cache

import pytest

from knockon.demo.simulation.live import signals, standing
from knockon.demo.simulation.story import STORIES, story
from knockon.demo.simulation.truth import SignalRecord, SimulatedCase
from knockon.domain.contract import TABLES

NAMES = sorted(STORIES)


@cache
def told(name: str) -> SimulatedCase:
    return story(name)


def sent(name: str, *, before_min: int = 0, after_min: int = 0) -> list[SignalRecord]:
    case = told(name)
    return list(
        signals(
            case,
            start=case.now - timedelta(minutes=before_min),
            end=case.now + timedelta(minutes=after_min),
        )
    )


@pytest.mark.parametrize("name", NAMES)
def test_rows_come_in_order_of_time_and_once(name: str) -> None:
    rows = sent(name, before_min=30, after_min=30)

    times = [row.at for row in rows]
    ids = Counter(row.row["event_id"] for row in rows if row.table == "signals")

    assert times == sorted(times)
    assert ids.most_common(1)[0][1] == 1


@pytest.mark.parametrize("name", NAMES)
def test_rows_fit_their_tables(name: str) -> None:
    strangers = {
        (row.table, column)
        for row in sent(name, before_min=10, after_min=10)
        for column in row.row
        if column not in TABLES[row.table].by_name
    }

    assert strangers == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_trigger_is_sent_at_its_instant(name: str) -> None:
    case = told(name)

    rows = sent(name, after_min=1)

    assert [row for row in rows if row in case.trigger] == list(case.trigger)
    assert case.trigger


def test_a_stopped_machine_sends_heartbeats_but_no_parts() -> None:
    machine = told("moulding").disruption.scope.equipment[0]

    before = Counter(
        row.row["kind"]
        for row in sent("moulding", before_min=20)
        if row.row["equipment"] == machine
    )
    after = Counter(
        row.row["kind"] for row in sent("moulding", after_min=20) if row.row["equipment"] == machine
    )

    assert before["count"] > 0
    assert before["heartbeat"] == after["heartbeat"] == 20
    assert after == {"heartbeat": 20, "state": 1, "alarm": 1}


def test_the_parts_go_on_when_the_machine_is_repaired() -> None:
    case = told("moulding")
    assert case.truth.repair_s is not None
    machine = case.disruption.scope.equipment[0]
    repaired = case.now + timedelta(seconds=case.truth.repair_s)

    rows = list(signals(case, start=repaired, end=repaired + timedelta(minutes=1)))
    states = [
        row.row["code"]
        for row in rows
        if row.row["equipment"] == machine and row.row["kind"] == "state"
    ]

    assert states[:1] == ["run"]


def test_cutting_the_time_in_pieces_changes_nothing() -> None:
    case = told("moulding")
    middle, end = case.now + timedelta(minutes=7), case.now + timedelta(minutes=15)

    pieces = [
        *signals(case, start=case.now, end=middle),
        *signals(case, start=middle, end=end),
    ]

    assert pieces == list(signals(case, start=case.now, end=end))


def test_times_are_written_with_their_offset() -> None:
    offsets = {
        datetime.fromisoformat(row.row["at"]).utcoffset() for row in sent("boards", after_min=5)
    }

    assert offsets == {timedelta(hours=8)}


@pytest.mark.parametrize("name", NAMES)
def test_every_machine_says_what_it_does_when_somebody_begins_to_listen(name: str) -> None:
    case = told(name)

    rows = standing(case, at=case.now - timedelta(minutes=5))

    machines = {row["equipment"] for row in case.tables["equipment"] if row["standard_cycle_s"]}
    assert {row.row["equipment"] for row in rows} == machines
    assert {row.row["code"] for row in rows} <= {"run", "idle"}


def test_machine_that_is_down_does_not_say_that_it_runs() -> None:
    case = told("moulding")
    machine = case.disruption.scope.equipment[0]

    rows = standing(case, at=case.now + timedelta(minutes=5))

    assert machine not in {row.row["equipment"] for row in rows}
