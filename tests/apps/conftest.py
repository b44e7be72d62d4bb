"""A small simulated plant with a known truth, and viewers of every role."""

import itertools
from collections.abc import Callable

import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.disruptions.answers import pictures
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Grant, Role, Viewer
from tests.apps.factory import LOTS, Factory, order, sent, use
from tests.apps.factory import NOW as FACTORY_NOW
from tests.plants import import_case

NOW = FACTORY_NOW
QUALITY_SEED = 7
_CODES = itertools.count(1)


@pytest.fixture(autouse=True)
def forgotten_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what was read of plants: a test's journal positions come again in the next one."""
    monkeypatch.setattr(pictures, "_pictures", type(pictures._pictures)())


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


@pytest.fixture
def factory(db: None) -> Factory:
    """Two bad-or-good lots A1 and A2 went into B1 and B2, which went to Ann and Bob.

    Each test has a plant of another code: what was read of a plant at a position is kept, and a
    test's positions come again in the next one.
    """
    made = Factory(Site.objects.create(code=f"KS{next(_CODES)}", timezone="Asia/Taipei").code)
    made.take("customers", {"customer": "Ann"}, {"customer": "Bob"})
    made.take("lots", *({"lot": name, "item": name[0], "qty": "100"} for name in LOTS))
    made.take("consumption", use("A1", "B1", "E1"), use("A2", "B2", "E2"))
    made.take("sales_orders", order("SO1", "Ann"), order("SO2", "Bob"))
    made.take("shipments", sent("S1", "SO1", "Ann", "B1"), sent("S2", "SO2", "Bob", "B2"))
    return made


@pytest.fixture
def two_plants(factory: Factory) -> tuple[Factory, Factory]:
    """Send B1 to a second plant, which makes C1 of it for a customer of its own."""
    second = Factory(Site.objects.create(code=f"KT{next(_CODES)}", timezone="Asia/Taipei").code)
    second.take("customers", {"customer": "Zoe"})
    second.take("lots", {"lot": "C1", "item": "C", "qty": "10"})
    issuer = {"input_issuer": factory.plant, "input_item": "B"}
    second.take("consumption", {**use("B1", "C1", "E50", day=8), **issuer})
    second.take("sales_orders", {**order("TO1", "Zoe"), "item": "C"})
    second.take("shipments", {**sent("T1", "TO1", "Zoe", "C1"), "item": "C"})
    factory.take(
        "transfers",
        {
            "from_plant": factory.plant,
            "to_plant": second.plant,
            "item": "B",
            "lot": "B1",
            "qty": "10",
            "sent_at": "2026-02-06T08:00:00Z",
            "received_at": "2026-02-07T08:00:00Z",
        },
    )
    return factory, second
