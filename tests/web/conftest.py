"""A simulated plant with an answered case, a second plant that nobody here may see, and people."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from knockon.apps.accounts.models import Site, User
from knockon.apps.accounts.services.users import Profile, create_user
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.journal.models import Event
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.apps.response.services.telling import on_assessed
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Grant, Role
from knockon.domain.disruptions import DisruptionKind, Scope, Severity
from knockon.domain.events import ImpactAssessed
from knockon.domain.facts import LotKey
from tests.plants import import_case
from tools.catalogues import compile_all

QUALITY_SEED = 7
CANARY = "CANARY"
HIDDEN_TABLES: dict[str, list[dict[str, str]]] = {
    "equipment": [{"equipment": "CANARY-M1", "name": "CANARY machine"}],
    "customers": [{"customer": "CANARY-CO", "name": "CANARY Company", "tier": "A"}],
    "items": [{"item": "CANARY-ITEM", "name": "CANARY thing"}],
    "sales_orders": [
        {
            "order": "CANARY-SO",
            "line": "1",
            "customer": "CANARY-CO",
            "item": "CANARY-ITEM",
            "qty": "10",
            "due_at": "2026-03-09T08:00:00Z",
            "customer_order": "CANARY-PO",
        }
    ],
    "work_orders": [{"work_order": "CANARY-WO", "item": "CANARY-ITEM", "qty": "10"}],
    "lots": [{"lot": "CANARY-LOT", "item": "CANARY-ITEM", "qty": "10"}],
}


@pytest.fixture(scope="session", autouse=True)
def catalogues() -> None:
    """Compile the catalogues, so that pages are read in the words of the sources at hand."""
    compile_all()


@pytest.fixture
def case(db: None) -> SimulatedCase:
    """A simulated plant with a bad lot, its records in the data base."""
    simulated = small_plant(QUALITY_SEED, holes=False)
    assert not import_case(simulated).refused
    return simulated


@pytest.fixture
def opened(case: SimulatedCase) -> Disruption:
    """The plant's case, opened and not yet answered."""
    trouble = case.disruption
    request = OpeningRequest(
        kind=trouble.kind,
        scope=trouble.scope,
        origin="signal",
        origin_key="first",
        severity=Severity.S2,
        note="Seen at the line",
        started_at=trouble.opened_at,
    )
    return open_disruption(request, viewer=SYSTEM, now=case.now)


@pytest.fixture
def answered(opened: Disruption, case: SimulatedCase) -> Disruption:
    """The plant's case with its impact."""
    assess(opened.pk, now=case.now + timedelta(seconds=1))
    opened.refresh_from_db()
    return opened


@pytest.fixture
def told(answered: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]) -> Disruption:
    """The plant's case after the right people were told."""
    sign_in(Role.QUALITY)
    payload = Event.objects.filter(name="ImpactAssessed").latest("entry_id").payload
    on_assessed(ImpactAssessed(**payload), now=case.now + timedelta(seconds=2))
    answered.refresh_from_db()
    return answered


@pytest.fixture
def hidden(db: None) -> Disruption:
    """A plant that no person of these tests may see, with a case; all its words are CANARY."""
    now = datetime(2026, 3, 5, 12, tzinfo=UTC)
    Site.objects.create(code=CANARY, timezone="Europe/Berlin", name="CANARY plant")
    for table, rows in HIDDEN_TABLES.items():
        options = ImportOptions(plant=CANARY, source="canary")
        report = import_records(table, rows, options=options, viewer=SYSTEM, now=now)
        assert not report.refused
    lot = LotKey(CANARY, "CANARY-ITEM", "CANARY-LOT")
    request = OpeningRequest(
        kind=DisruptionKind.QUALITY,
        scope=Scope(plant=CANARY, lots=(lot,)),
        origin="signal",
        origin_key="canary",
        severity=Severity.S1,
        note="CANARY note",
    )
    row = open_disruption(request, viewer=SYSTEM, now=now)
    assess(row.pk, now=now)
    return row


@pytest.fixture
def sign_in(db: None, case: SimulatedCase) -> Callable[..., Client]:
    """Sign a person of a role in; their plant is the simulated one unless said otherwise."""

    def make(role: Role, *, plant: str | None = case.plant, language: str = "en") -> Client:
        client = Client(headers={"accept-language": language})
        username = f"{role.value}-{plant or 'all'}"
        create_user(
            username,
            grants=[Grant(role=role, plant=plant)],
            viewer=SYSTEM,
            now=case.now,
            profile=Profile(full_name=f"{role.value.title()} Person", language=language),
        )
        client.force_login(User.objects.get(username=username))
        return client

    return make
