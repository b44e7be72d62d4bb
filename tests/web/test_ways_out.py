"""Ways out of a late order in words, the chance that it is late, and what must be decided next."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from knockon.apps.disruptions.models import Disruption
from knockon.web.decisions import next_decision
from knockon.web.ways_out import chance_text, ways_of

START = datetime(2026, 3, 5, 2, 14, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def _way(kind: str, target: str, latest_at: str | None, cost: str | None = None) -> dict[str, Any]:
    code = "way_machine_free" if latest_at else "way_machine_down"
    return {
        "kind": kind,
        "target": target,
        "latest_at": latest_at,
        "cost": cost,
        "checks": [{"code": code, "params": {"machine": target}}],
    }


OPEN = _way("alternate", "M7", "2026-03-05T02:50:00Z", "1250")
SHUT = _way("alternate", "M8", None)


def _order(**changed: Any) -> dict[str, Any]:
    row = {
        "order": "A",
        "line": "1",
        "customer": "K1",
        "effects": ["LATE"],
        "old_ship": "2026-03-05T09:00:00Z",
        "decide_by": "2026-03-05T02:50:00Z",
        "safe_until_repair_s": 2820,
        "ways_out": [SHUT, OPEN],
    }
    return {**row, **changed}


def _case() -> Disruption:
    return Disruption(state="open", kind="equipment", started_at=START)


def test_open_ways_stand_apart_from_those_that_do_not_work() -> None:
    ways = ways_of([SHUT, OPEN], currency="TWD")

    assert ways is not None
    (still,), (gone,) = ways.open, ways.shut
    assert (still.text, still.cost) == ("Move to machine M7", "TWD 1,250")
    assert still.latest_at == START + timedelta(minutes=36)
    assert still.checks == ("Machine M7 is free.",)
    assert (gone.text, gone.cost, gone.latest_at) == ("Move to machine M8", "", None)
    assert gone.checks == ("Machine M8 stands still too.",)


def test_nothing_looked_for_is_nothing_shown() -> None:
    assert ways_of([], currency="TWD") is None


@pytest.mark.parametrize(
    ("p_late", "words"),
    [
        (None, ""),
        ("0", "unlikely to be late (0%)"),
        ("0.194", "unlikely to be late (19%)"),
        ("0.2", "may be late (20%)"),
        ("0.62", "likely to be late (62%)"),
        ("0.8", "very likely late (80%)"),
        ("1", "very likely late (100%)"),
    ],
)
def test_chance_is_a_word_and_a_number(p_late: str | None, words: str) -> None:
    assert chance_text(p_late) == words


def test_next_decision_names_the_way_out_and_its_minute() -> None:
    decision = next_decision(_case(), orders=[_order()], now=START)

    assert decision is not None
    assert decision.text == "Order A/1: Move to machine M7, or it will be late."
    assert decision.at == START + timedelta(minutes=36)


def test_decision_of_which_the_minute_is_past_is_not_offered() -> None:
    decision = next_decision(_case(), orders=[_order()], now=START + timedelta(minutes=37))

    assert decision is not None
    assert decision.text == "Find a way out for order A/1, or tell the customer."


def test_who_may_not_know_customers_is_told_that_a_way_out_must_be_chosen() -> None:
    decision = next_decision(_case(), orders=[_order(customer=None)], now=START)

    assert decision is not None
    assert decision.text == "Choose a way out for order A/1."


def test_order_that_is_still_in_time_says_by_when_the_machine_must_run() -> None:
    moved = _order(effects=["MOVED"], decide_by=None, ways_out=[])

    decision = next_decision(_case(), orders=[moved], now=START)

    assert decision is not None
    assert decision.text == "Must run again by then, or order A/1 will be late."
    assert decision.at == START + timedelta(seconds=2820)
