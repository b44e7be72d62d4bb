"""The terminal tells times by the clock of the plant that is asked about, and a way out by them."""

from argparse import Namespace

import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.assessment import assess
from knockon.config.commands.asking import run
from knockon.config.commands.impact_tables import last_way, moment
from knockon.demo.simulation.truth import SimulatedCase

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("zone", "hour"), [("Asia/Taipei", "11-24 02:15"), ("America/Sao_Paulo", "11-23 15:15")]
)
def test_impact_is_told_by_the_plant_s_clock(
    case: SimulatedCase, opened: Disruption, zone: str, hour: str
) -> None:
    Site.objects.filter(code=opened.site_id).update(timezone=zone)
    stored = assess(opened.pk, now=case.now)
    stored.document = {**stored.document, "as_of": "2026-11-23T18:15:00Z"}
    stored.save()

    outcome = run(Namespace(command="impact", id=opened.pk, cleared=False, as_json=True))

    assert any(hour in str(part) for part in outcome.parts)


def test_no_time_is_told_as_nothing() -> None:
    assert moment(None) == ""


def test_way_out_beside_the_decide_by_time_is_the_one_open_until_then() -> None:
    early = {"kind": "overtime", "target": "A1", "latest_at": "2026-11-23T12:00:00Z", "cost": "5"}
    late = {"kind": "overtime", "target": "A2", "latest_at": "2026-11-23T18:00:00Z", "cost": None}
    shut = {"kind": "overtime", "target": "A3", "latest_at": None, "cost": None}
    row = {"ways_out": [shut, early, late], "decide_by": late["latest_at"], "currency": "TWD"}

    assert "A2" in last_way(row)
    assert last_way({**row, "ways_out": [shut], "decide_by": None}) == ""
