"""The REST face: who may, what comes back, what a failure looks like."""

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
from django.test import Client

from knockon.apps.accounts.models import Membership, Site, User
from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.plant.models import Equipment
from knockon.apps.production.models.bindings import STORED_TABLES
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Right
from knockon.domain.impact_document import load_schema
from tests.apps.conftest import NOW, QUALITY_SEED
from tests.plants import import_case

pytestmark = pytest.mark.django_db
ALL = frozenset(Right)


class Program:
    """Another program with a token."""

    def __init__(self, token: str | None) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, **query: object) -> Any:
        return self.client.get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: object, **headers: str) -> Any:
        return self.client.post(
            f"/api/v1{path}",
            json.dumps(body),
            content_type="application/json",
            headers={**self.headers, **headers},
        )


@pytest.fixture
def case(db: None) -> SimulatedCase:
    simulated = small_plant(QUALITY_SEED, holes=False)
    import_case(simulated)
    return simulated


@pytest.fixture
def program(case: SimulatedCase) -> Callable[..., Program]:
    def make(rights: frozenset[Right] = ALL, plant: str = "P1") -> Program:
        Site.objects.get_or_create(code=plant, defaults={"timezone": "Asia/Taipei"})
        return Program(create_token("program", plant=plant, rights=rights, viewer=SYSTEM, now=NOW))

    return make


def _report(case: SimulatedCase) -> dict[str, object]:
    lots = [list(lot) for lot in case.disruption.scope.lots]
    return {"kind": "quality", "scope": {"plant": "P1", "lots": lots}, "severity": "S1"}


def test_nobody_without_a_token_gets_in(case: SimulatedCase) -> None:
    assert Program(None).get("/disruptions").status_code == 401
    assert Program("ko_wrong").get("/disruptions").status_code == 401


def test_report_impact_and_acknowledge(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    client = program()

    opened = client.post("/disruptions", _report(case))
    number = opened.json()["id"]
    waiting = client.get(f"/disruptions/{number}/impact")
    assess(number, now=case.now)
    document = client.get(f"/disruptions/{number}/impact").json()
    taken = client.post(f"/disruptions/{number}/acknowledge", {"note": "mine"})

    assert (opened.status_code, waiting.status_code) == (201, 409)
    jsonschema.validate(document, load_schema())
    assert {(row["order"], row["line"]) for row in document["orders"]} == {
        (line.key.order, line.key.line) for line in case.truth.lines
    }
    assert taken.json()["state"] == "acknowledged"


def test_same_idempotency_key_opens_one_case(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    client = program()

    first = client.post("/disruptions", _report(case), **{"Idempotency-Key": "k1"})
    second = client.post("/disruptions", _report(case), **{"Idempotency-Key": "k1"})

    assert first.json()["id"] == second.json()["id"]
    assert Disruption.objects.count() == 1


def test_failure_is_a_problem_document_with_a_stable_code(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    body = {"kind": "equipment", "scope": {"plant": "P1", "equipment": ["M-404"]}}

    answer = program().post("/disruptions", body)

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "subject_unknown"
    assert answer.json()["value"] == "M-404"


def test_malformed_body_names_its_field(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    answer = program().post("/disruptions", {"kind": "earthquake", "scope": {}})

    assert answer.status_code == 422
    assert "kind" in answer.json()["fields"][0]["field"]


def test_token_of_another_plant_sees_nothing_of_this_one(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    number = program().post("/disruptions", _report(case)).json()["id"]
    assess(number, now=case.now)
    stranger = program(plant="P2")

    assert stranger.get("/disruptions").json() == []
    assert stranger.get(f"/disruptions/{number}/impact").status_code == 404
    assert stranger.get("/sales-orders").json()["rows"] == []
    assert stranger.get("/events").json() == []
    assert stranger.post(f"/disruptions/{number}/acknowledge", {}).status_code == 404


def test_token_without_the_right_is_refused(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    client = program(frozenset({Right.VIEW_BOARD}))

    assert client.get("/sales-orders").status_code == 403
    assert client.post("/equipment", {"rows": [{"equipment": "M9"}]}).status_code == 403
    assert client.get("/equipment").status_code == 200


def test_why_says_the_path_of_a_hit_line(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    client = program()
    number = client.post("/disruptions", _report(case)).json()["id"]
    assess(number, now=case.now)
    hit = case.truth.lines[0].key

    answer = client.get(f"/orders/{hit.order}/lines/{hit.line}/why", disruption=number).json()

    assert answer["is_hit"]
    assert answer["row"]["path"][-1]["type"] in {"order", "customer"}


def test_trace_answers_both_ways(case: SimulatedCase, program: Callable[..., Program]) -> None:
    lot = case.disruption.scope.lots[0]
    client = program()

    forward = client.get(f"/lots/{lot.issuer}/{lot.item}/{lot.lot}/trace").json()
    last = forward["lots"][-1]
    backward = client.get(
        f"/lots/{last['issuer']}/{last['item']}/{last['lot']}/trace", direction="backward"
    ).json()

    assert lot.lot in {row["lot"] for row in backward["lots"]}


def test_rows_go_in_and_come_back(case: SimulatedCase, program: Callable[..., Program]) -> None:
    client = program()
    rows = [{"equipment": "NEW-1", "name": "Press"}, {"equipment": "", "name": "nothing"}]

    report = client.post("/equipment", {"rows": rows}).json()

    assert (report["applied"], report["added"]) == (True, 1)
    assert [each["row"] for each in report["refused"]] == [2]
    assert Equipment.objects.filter(equipment="NEW-1", retired=None).exists()
    listed = client.get("/equipment").json()["rows"]
    assert "NEW-1" in {row["equipment"] for row in listed}


@pytest.mark.parametrize("table", STORED_TABLES)
def test_every_table_can_be_listed(
    table: str, case: SimulatedCase, program: Callable[..., Program]
) -> None:
    answer = program().get("/" + table.replace("_", "-"))

    assert answer.status_code == 200


def test_events_come_in_commit_order_and_go_on_from_a_cursor(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    client = program()
    client.post("/disruptions", _report(case))

    everything = client.get("/events").json()
    rest = client.get("/events", cursor=everything[0]["cursor"]).json()

    assert everything[-1]["name"] == "DisruptionOpened"
    assert rest == everything[1:]


def test_signed_in_person_must_send_the_csrf_token(case: SimulatedCase) -> None:
    user = User.objects.create(username="lead")
    Membership.objects.create(user=user, site=Site.objects.get(code="P1"), role="planner")
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)

    read = client.get("/api/v1/disruptions")
    write = client.post(
        "/api/v1/disruptions", json.dumps(_report(case)), content_type="application/json"
    )

    assert read.status_code == 200
    assert write.status_code == 403


def test_description_lists_every_address(
    case: SimulatedCase, program: Callable[..., Program]
) -> None:
    paths = program().get("/openapi.json").json()["paths"]

    assert "/api/v1/disruptions/{disruption_id}/impact" in paths
    assert all(f"/api/v1/{table.replace('_', '-')}" in paths for table in STORED_TABLES)
