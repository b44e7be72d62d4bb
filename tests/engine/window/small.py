"""Short words for small plants with checks: machine M1 of plant P, hours since the first of March."""

from dataclasses import replace
from datetime import time
from typing import Any

from knockon.domain.disruptions import Disruption
from knockon.domain.facts import (
    CalendarRule,
    EquipmentKey,
    Inspection,
    Operation,
    OperationKey,
    PlantFacts,
)
from knockon.domain.suspect_window import WindowProposal, WindowSubject
from knockon.engine.graph.register import build_register
from knockon.engine.impact.suspect_window import propose_window, subjects
from tests.engine.material.build import at, clock, disruption, key

M1 = WindowSubject(equipment=("M1",))


def check(hours: float, *, passed: bool, lot: str | None = None, **more: Any) -> Inspection:
    values: dict[str, Any] = {
        "plant": "P",
        "at": at(hours),
        "lot": key(lot) if lot else None,
        "work_order": None,
        "seq": None,
        "equipment": "M1",
        "tool": None,
        "cavity": None,
        "characteristic": "height",
        "value": None,
        "passed": passed,
    }
    return Inspection(**(values | more))


def run(number: str, start: float, finish: float | None, **more: Any) -> Operation:
    values: dict[str, Any] = {
        "key": OperationKey("P", number, 10),
        "equipment": "M1",
        "status": "done" if finish is not None else "running",
        "actual_start": at(start),
        "actual_finish": None if finish is None else at(finish),
    }
    return Operation(**(values | more))


def reported(hours: float, **scope: Any) -> Disruption:
    """Return trouble with quality, reported at an hour."""
    return replace(disruption(**scope), opened_at=clock(hours))


def proposed(
    facts: PlantFacts, trouble: Disruption, *, subject: WindowSubject | None = None
) -> WindowProposal:
    register = build_register(facts)
    return propose_window(register, trouble, subject=subject or subjects(register, trouble)[0])


def start_of(proposal: WindowProposal) -> tuple[str, float | None]:
    edge = proposal.start
    return edge.kind.value, None if edge.at is None else (edge.at - clock(0)).total_seconds() / 3600


def end_of(proposal: WindowProposal) -> tuple[str, float | None]:
    edge = proposal.end
    return edge.kind.value, None if edge.at is None else (edge.at - clock(0)).total_seconds() / 3600


def shifts() -> list[CalendarRule]:
    """Return the rules of two shifts a day on M1, every day."""
    return [
        CalendarRule(equipment=EquipmentKey("P", "M1"), weekday=day, day=None, start=start, end=end)
        for day in range(1, 8)
        for start, end in ((time(6), time(18)), (time(18), time(6)))
    ]
