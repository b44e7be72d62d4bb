"""The terminal tells times by the clock of the plant that is asked about."""

from argparse import Namespace

import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.assessment import assess
from knockon.config.commands.asking import run
from knockon.config.commands.impact_tables import moment
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
