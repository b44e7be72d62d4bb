"""Several cases at once: the board's link, the page, the document, and who sees what."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client

from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.disruptions.answers import joint as answers
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.plant.models import Equipment
from knockon.config.commands.joint import run
from knockon.config.output import Table
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Right, Role
from knockon.domain.disruptions import DisruptionKind, Scope

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afresh() -> Iterator[None]:
    """Forget answers: the data base of another test has the same numbers."""
    answers.forget()
    yield
    answers.forget()


@pytest.fixture
def stops(case: SimulatedCase) -> list[Disruption]:
    """Two machines of the simulated plant stand still for days."""
    machines = Equipment.objects.filter(site_id=case.plant, level="work_unit").order_by("equipment")
    return [
        open_disruption(
            OpeningRequest(
                kind=DisruptionKind.EQUIPMENT,
                scope=Scope(plant=case.plant, equipment=(machine.equipment,), repair_s=3 * 86_400),
                origin="signal",
                origin_key=machine.equipment,
                started_at=case.now,
            ),
            viewer=SYSTEM,
            now=case.now,
        )
        for machine in machines[:2]
    ]


def address(case: SimulatedCase, **query: object) -> str:
    parts = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/joint/answer/?plant={case.plant}{parts}"


def test_board_leads_to_the_cases_of_a_plant_together(
    case: SimulatedCase, stops: list[Disruption], sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.PLANNER).get("/").content.decode()

    assert f"/joint/?plant={case.plant}" in text
    assert "2 cases at once: fix which first?" in text


def test_board_of_one_case_has_no_such_link(
    opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    assert "/joint/" not in sign_in(Role.PLANNER).get("/").content.decode()


def test_page_asks_for_the_answer_and_shows_it(
    case: SimulatedCase, stops: list[Disruption], sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    frame = client.get(f"/joint/?plant={case.plant}").content.decode()
    answer = client.get(address(case))
    fragment = client.get(address(case), headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="load"' in frame
    assert answer.context["order_count"] > 0
    assert {fix["case"]["pk"] for fix in answer.context["plan"]["fixes"]} == {
        row.pk for row in stops
    }
    assert fragment.lstrip().startswith('<section id="_joint_answer"')


def test_two_crews_begin_both_repairs_at_once(case: SimulatedCase, stops: list[Disruption]) -> None:
    one, two = (
        answers.joint_answer(case.plant, viewer=SYSTEM, now=case.now, crews=crews).joint.plans[0]
        for crews in (1, 2)
    )

    assert one.fixes[0].ends == one.fixes[1].begins
    assert two.fixes[0].begins == two.fixes[1].begins


def test_fewer_than_two_cases_is_said(
    case: SimulatedCase, opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    assert "Fewer than two open cases" in client.get(address(case)).content.decode()
    assert "Fewer than two" in client.get(f"/joint/?plant={case.plant}").content.decode()


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_text_is_translated(
    case: SimulatedCase,
    stops: list[Disruption],
    sign_in: Callable[..., Client],
    language: str,
) -> None:
    text = sign_in(Role.PLANNER, language=language).get(address(case)).content.decode()

    assert "order lines" not in text
    assert "crew" not in text.split("<main", 1)[1].replace('name="crews"', "").replace("crews=", "")


def test_who_may_not_see_orders_sees_no_customers(
    case: SimulatedCase, stops: list[Disruption], sign_in: Callable[..., Client]
) -> None:
    rows = sign_in(Role.OPERATOR).get(address(case)).context["orders"]

    assert rows
    assert {(row["customer"], row["value"]) for row in rows} == {("", "")}


def test_another_plant_is_not_there(
    case: SimulatedCase, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    assert client.get("/joint/?plant=CANARY").status_code == 404
    assert client.get("/joint/answer/?plant=CANARY").status_code == 404


def test_program_reads_the_document(case: SimulatedCase, stops: list[Disruption]) -> None:
    def ask(plant: str, rights: frozenset[Right]) -> Client:
        token = create_token("p", plant=case.plant, rights=rights, viewer=SYSTEM, now=case.now)
        headers = {"Authorization": f"Bearer {token}"}
        return Client().get(f"/api/v1/joint?plant={plant}", headers=headers)

    document = ask(case.plant, frozenset(Right)).json()
    blind = ask(case.plant, frozenset({Right.VIEW_BOARD})).json()

    assert document["disruptions"] == [str(row.pk) for row in stops]
    assert document["is_exact"]
    assert {row["customer"] for row in document["orders"]} != {None}
    assert {row["customer"] for row in blind["orders"]} == {None}
    assert ask("CANARY", frozenset(Right)).status_code == 403


def test_terminal_tells_the_order_of_repair_and_who_is_hit(
    case: SimulatedCase, stops: list[Disruption]
) -> None:
    told = run(Namespace(plant=case.plant, crews=2, as_json=False))
    document = run(Namespace(plant=case.plant, crews=2, as_json=True)).document

    plan, orders = (part for part in told.parts if isinstance(part, Table))
    assert [row[0].split()[0] for row in plan.rows] == [
        f"#{fix['disruption']}" for fix in document["plans"][0]["fixes"]
    ]
    assert [row[0] for row in orders.rows] == [
        f"{row['order']}/{row['line']}" for row in document["orders"]
    ]


def test_one_case_is_refused_with_its_code(case: SimulatedCase, opened: Disruption) -> None:
    token = create_token(
        "p", plant=case.plant, rights=frozenset(Right), viewer=SYSTEM, now=case.now
    )

    refused = Client().get(
        f"/api/v1/joint?plant={case.plant}", headers={"Authorization": f"Bearer {token}"}
    )

    assert refused.json()["code"] == "fewer_than_two_cases"


def test_stop_of_this_very_minute_is_no_announced_one(
    case: SimulatedCase, stops: list[Disruption]
) -> None:
    now = max(row.started_at for row in stops) + timedelta(seconds=1)
    assert now.second

    found = answers.joint_answer(case.plant, viewer=SYSTEM, now=now)

    assert len(found.joint.plans) == 2


def test_equal_questions_are_answered_once(
    case: SimulatedCase, stops: list[Disruption], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    real = answers.assess_joint
    monkeypatch.setattr(
        answers, "assess_joint", lambda *args, **named: asked.append(1) or real(*args, **named)
    )
    second = timedelta(seconds=1)

    first = answers.joint_answer(case.plant, viewer=SYSTEM, now=case.now)
    again = answers.joint_answer(case.plant, viewer=SYSTEM, now=case.now + second)

    assert first.joint == again.joint
    assert len(asked) == 1
