"""A story moved to where somebody looks on is the same story."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from knockon.demo.moving import latest_time, moved, story_at
from knockon.demo.simulation.story import STORIES, story

UNTIL = datetime(2026, 11, 23, 10, 5, 7, tzinfo=UTC)


@pytest.mark.parametrize("name", list(STORIES))
@pytest.mark.parametrize("hours", [0, 7, 14, 20])
def test_the_trouble_comes_at_the_same_time_of_day(name: str, hours: int) -> None:
    trouble_at = latest_time(name, until=UNTIL + timedelta(hours=hours))

    case = story_at(name, trouble_at=trouble_at)

    told = STORIES[name].now.astimezone(ZoneInfo("Asia/Taipei"))
    there = case.now.astimezone(ZoneInfo(case.timezone))
    assert case.now == trouble_at
    assert timedelta(0) <= UNTIL + timedelta(hours=hours) - trouble_at < timedelta(hours=1)
    assert (there.hour, there.minute) == (told.hour, told.minute)
    assert case.tables["plants"][0]["timezone"] == case.timezone


def test_everything_moves_alike_and_nothing_else_changes() -> None:
    still = story("moulding")
    by = timedelta(hours=-5)

    case = moved(still, hours=-5, timezone="Etc/GMT-3")

    assert case.truth.effects == still.truth.effects
    assert case.disruption.scope.equipment == still.disruption.scope.equipment
    assert [record.at for record in case.trigger] == [record.at + by for record in still.trigger]
    begins = [datetime.fromisoformat(row["planned_start"]) for row in case.tables["operations"]]
    left = [datetime.fromisoformat(row["planned_start"]) for row in still.tables["operations"]]
    assert [at - by for at in begins] == left
    assert case.tables["calendars"] == still.tables["calendars"]
    assert case.tables["bom"] == still.tables["bom"]
