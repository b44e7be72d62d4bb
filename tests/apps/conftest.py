"""A small simulated plant with a known truth, and viewers of every role."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Grant, Role, Viewer
from tests.plants import import_case

NOW = datetime(2026, 3, 5, 18, 14, tzinfo=UTC)
QUALITY_SEED = 7


@pytest.fixture
def plant(db: None) -> str:
    """An empty plant."""
    return Site.objects.create(code="KS", timezone="Asia/Taipei").code


@pytest.fixture
def case(db: None) -> SimulatedCase:
    """A simulated plant with a bad lot, its records in the data base."""
    simulated = small_plant(QUALITY_SEED, holes=False)
    assert not import_case(simulated).refused
    return simulated


@pytest.fixture
def viewer_as() -> Callable[..., Viewer]:
    """Make a viewer with one role in one plant."""

    def make(role: Role, plant: str) -> Viewer:
        return Viewer(actor=f"{role}@{plant}", grants=(Grant(role=role, plant=plant),))

    return make


@pytest.fixture
def opened(case: SimulatedCase) -> Disruption:
    """The case's disruption, reported."""
    asked = case.disruption
    request = OpeningRequest(
        kind=asked.kind, scope=asked.scope, origin="api", origin_key="r1", severity=asked.severity
    )
    return open_disruption(request, viewer=SYSTEM, now=case.now)


@pytest.fixture
def import_lots(db: None) -> Callable[..., None]:
    """Import rows of ``lots``."""

    def run(*rows: dict[str, str]) -> None:
        import_records("lots", rows, options=ImportOptions(plant="P1"), viewer=SYSTEM, now=NOW)

    return run
