"""The money of a case: its figures open to their formula, and only those who may see them do."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from knockon.apps.accounts.services.tokens import create_token
from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import load_impact
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Right, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def priced(opened: Disruption, case: SimulatedCase) -> Disruption:
    """The plant's case, answered after every order line got a price."""
    rows = [{**row, "unit_price": "2.5"} for row in case.tables["sales_orders"]]
    options = ImportOptions(plant=case.plant, source="prices")
    report = import_records("sales_orders", rows, options=options, viewer=SYSTEM, now=case.now)
    assert not report.refused
    assess(opened.pk, now=case.now)
    return opened


def address(row: Disruption) -> str:
    return f"/disruptions/{row.pk}/money/"


def test_figures_open_to_their_formula(priced: Disruption, sign_in: Callable[..., Client]) -> None:
    response = sign_in(Role.PLANNER).get(address(priced))

    (plant,) = response.context["money"]
    value = plant["figures"][0]
    orders = load_impact(priced.pk).document["orders"]
    expected = sum(Decimal(row["value_at_risk"]) for row in orders if row["value_at_risk"])
    assert Decimal(value["amount"].replace(",", "").split("\xa0")[0]) == expected
    assert value["formula"] == "Sum over the customers."
    assert [leaf["name"] for leaf in value["parts"][0]["parts"][0]["parts"]] == [
        "Quantity that is suspect, short or late",
        "Unit price",
    ]
    assert "<details" in response.content.decode()


def test_fragment_is_the_section_alone(priced: Disruption, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.PLANNER)

    text = client.get(address(priced), headers={"HX-Request": "true"}).content.decode()

    assert text.lstrip().startswith("<section")
    assert f'data-live="impact:{priced.pk}"' in text


def test_case_without_answer_says_so(opened: Disruption, sign_in: Callable[..., Client]) -> None:
    text = sign_in(Role.PLANNER).get(address(opened)).content.decode()

    assert "The answer is still being computed." in text


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_every_text_is_translated(
    priced: Disruption, sign_in: Callable[..., Client], language: str
) -> None:
    text = sign_in(Role.PLANNER, language=language).get(address(priced)).content.decode()

    assert "at risk" not in text
    assert "Sum over" not in text


def test_who_may_not_see_orders_sees_no_money(
    priced: Disruption, sign_in: Callable[..., Client]
) -> None:
    assert sign_in(Role.OPERATOR).get(address(priced)).status_code == 403


def test_case_of_another_plant_is_not_there(
    hidden: Disruption, priced: Disruption, sign_in: Callable[..., Client]
) -> None:
    assert sign_in(Role.PLANNER).get(address(hidden)).status_code == 404


def test_program_reads_the_same_figures(priced: Disruption, case: SimulatedCase) -> None:
    def ask(rights: frozenset[Right]) -> Client:
        token = create_token("p", plant=case.plant, rights=rights, viewer=SYSTEM, now=case.now)
        headers = {"Authorization": f"Bearer {token}"}
        return Client().get(f"/api/v1/disruptions/{priced.pk}/money", headers=headers)

    document = ask(frozenset(Right)).json()
    refused = ask(frozenset({Right.VIEW_BOARD}))

    figures = document["plants"][0]["figures"]
    assert [figure["code"] for figure in figures] == [
        "value_at_risk",
        "penalties",
        "suspect_goods",
    ]
    assert figures[0]["parts"][0]["parts"][0]["of"]["order"]
    assert refused.status_code == 403
