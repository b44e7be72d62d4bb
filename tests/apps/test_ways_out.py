"""Levers, approvals and change-overs come from the records, and ways out reach whoever may know."""

from collections.abc import Callable

import jsonschema
import pytest

from knockon.apps.disruptions.answers.impacts import impact_document
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.production.snapshot import latest_snapshot, load_plant_facts
from knockon.demo.simulation.story import story
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role, Viewer
from knockon.domain.facts import PlantFacts
from knockon.domain.impact_document import load_schema
from tests.engine.assess.facts_from_tables import facts_from_tables
from tests.plants import import_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def night(db: None) -> SimulatedCase:
    """Return the night breakdown of a small moulding plant, its records in the data base."""
    case = story("moulding", seed=2, size=0.4)
    assert not import_case(case).refused
    return case


def levers_of(facts: PlantFacts) -> tuple[object, ...]:
    """Return what ways out stand on, whatever the order of the rows; of equal keys the last."""
    allowed = {
        (row.item, row.equipment, row.supplier, row.customer): (row.state, row.until)
        for row in facts.approvals
    }
    rates = {row.key: row.cost_per_hour for row in facts.equipment}
    tools = {row.key: (row.equipment, row.status, row.location) for row in facts.tools}
    uses = {(row.item, row.tool, row.equipment): row.change_s for row in facts.tool_uses}
    return set(facts.levers), allowed, set(facts.setups), rates, tools, uses


def test_levers_are_read_as_they_were_sent(night: SimulatedCase) -> None:
    sent = facts_from_tables(night.tables, plant=night.plant, timezone=night.timezone)

    read = load_plant_facts([night.plant], snapshot=latest_snapshot([night.plant]))

    assert levers_of(read) == levers_of(sent)
    assert read.levers
    assert read.approvals
    assert read.setups


def test_ways_out_reach_only_who_may_see_orders(
    night: SimulatedCase, viewer_as: Callable[..., Viewer]
) -> None:
    asked = night.disruption
    request = OpeningRequest(
        kind=asked.kind, scope=asked.scope, origin="api", origin_key="r1", severity=asked.severity
    )
    opened = open_disruption(request, viewer=SYSTEM, now=night.now)
    stored = assess(opened.pk, now=night.now)

    jsonschema.validate(stored.document, load_schema())
    seen = impact_document(opened.pk, viewer=viewer_as(Role.OPERATOR, night.plant))
    whole = impact_document(opened.pk, viewer=viewer_as(Role.PLANNER, night.plant))

    late = [row for row in whole["orders"] if "LATE" in row["effects"]]
    assert late
    assert all(row["ways_out"] for row in late)
    assert all(row["expected_finish"] for row in whole["orders"] if row["new_finish"])
    assert {len(row["ways_out"]) for row in seen["orders"]} == {0}
