"""``knockon window`` and ``gaps``: the same answers as the pages, as a table and as JSON."""

from argparse import Namespace

import msgspec
import pytest

from knockon.apps.disruptions.answers.gaps import broken_links
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import load_impact
from knockon.config.arguments import build_parser
from knockon.config.commands.links import run
from knockon.config.output import table_text
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM

pytestmark = pytest.mark.django_db


def _asked(*words: str) -> Namespace:
    return build_parser().parse_args(list(words))


def test_window_of_a_case_as_one_document(answered: Disruption) -> None:
    outcome = run(_asked("window", str(answered.pk)))

    document = msgspec.json.decode(msgspec.json.encode(outcome.document))
    stored = load_impact(answered.pk).document
    assert document["disruption"] == str(answered.pk)
    assert document["lots"] == len(stored["lots"])
    assert document["order_lines"] == len(stored["orders"])
    assert all(isinstance(part, str) or table_text(part) for part in outcome.parts)


def test_gaps_of_the_plant_as_one_document(case: SimulatedCase) -> None:
    outcome = run(_asked("gaps", "--plant", case.plant))

    document = msgspec.json.decode(msgspec.json.encode(outcome.document))
    assert len(document["gaps"]) == len(broken_links(case.plant, viewer=SYSTEM))
