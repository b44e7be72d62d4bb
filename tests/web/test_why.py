"""The box on a case's page that says why an order is hit, or why not."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import load_impact
from knockon.apps.production.models import OrderLine
from knockon.domain.access import Role
from tests.web.conftest import CANARY

pytestmark = pytest.mark.django_db


def _ask(client: Client, row: Disruption, text: str) -> str:
    return client.get(f"/disruptions/{row.pk}/why/", {"why": text}).content.decode()


def _hit(row: Disruption) -> str:
    first = load_impact(row.pk).document["orders"][0]
    return f"{first['order']}/{first['line']}"


def _free(row: Disruption) -> OrderLine:
    rows = load_impact(row.pk).document["orders"]
    hit = {(each["order"], each["line"]) for each in rows}
    lines = OrderLine.objects.filter(site_id=row.site_id, retired=None).order_by("pk")
    return next(line for line in lines if (line.order, line.line) not in hit)


def test_hit_order_is_explained_step_by_step(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = _ask(sign_in(Role.PLANNER), answered, _hit(answered))

    assert f"Order {_hit(answered)} is hit, and this is why" in text
    assert "ko-why-steps" in text


def test_order_that_is_not_hit_says_what_was_checked(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _free(answered)

    text = _ask(sign_in(Role.PLANNER), answered, f"{line.order}/{line.line}")

    assert f"Order {line.order}/{line.line} is not hit" in text
    assert "What was checked" in text


def test_customers_own_number_finds_an_order_that_came_after_the_answer(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _free(answered)
    line.pk, line.order, line.customer_order = None, "LATER-SO", "THEIRS-77"
    line.save(force_insert=True)

    text = _ask(sign_in(Role.PLANNER), answered, "THEIRS-77")

    assert "There is no such order line in the data of this answer." in text


def test_number_is_read_as_keys_are(answered: Disruption, sign_in: Callable[..., Client]) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in _hit(answered))

    text = _ask(sign_in(Role.PLANNER), answered, f" {wide} ")

    assert f"Order {_hit(answered)} is hit" in text


def test_order_of_several_lines_asks_which(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _free(answered)
    line.pk, line.line = None, "777"
    line.save(force_insert=True)

    text = _ask(sign_in(Role.PLANNER), answered, line.order)

    assert "has several lines. Which one?" in text
    assert f"why={line.order}%2F777#" in text


def test_misread_number_is_told_and_the_like_are_offered(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    order = _free(answered).order
    wrong = order[:-1] + "O"

    text = _ask(sign_in(Role.PLANNER), answered, wrong)

    assert f"No order {wrong} is in the data of this plant." in text
    assert "Did you mean one of these?" in text
    assert f"why={order}%2F" in text


def test_number_like_no_other_offers_nothing(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = _ask(sign_in(Role.PLANNER), answered, "<b>zzz</b>")

    assert "No order &lt;b&gt;zzz&lt;/b&gt; is in the data of this plant." in text
    assert "Did you mean" not in text


def test_page_with_the_question_in_its_address_answers_without_script(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    whole = client.get(f"/disruptions/{answered.pk}/", {"why": _hit(answered)})
    part = client.get(f"/disruptions/{answered.pk}/why/", {"why": _hit(answered)})

    assert f"Order {_hit(answered)} is hit" in whole.content.decode()
    expected = f"/disruptions/{answered.pk}/?why={_hit(answered).replace('/', '%2F')}"
    assert part.headers["HX-Replace-Url"] == expected


def test_typing_offers_numbers_of_this_plant_only(
    answered: Disruption, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    offered = client.get(f"/disruptions/{answered.pk}/orders/", {"why": "s"}).content.decode()

    assert offered.count("<option") == 8
    assert (
        CANARY
        not in client.get(f"/disruptions/{answered.pk}/orders/", {"why": CANARY}).content.decode()
    )
    assert CANARY not in _ask(client, answered, "CANARY-S0").replace("CANARY-S0", "")


def test_who_may_not_see_orders_is_not_asked(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.OPERATOR)

    assert "_case_why" not in client.get(f"/disruptions/{answered.pk}/").content.decode()
    assert client.get(f"/disruptions/{answered.pk}/why/", {"why": "S"}).status_code == 403
    assert client.get(f"/disruptions/{answered.pk}/orders/", {"why": "S"}).status_code == 403


@pytest.mark.parametrize("language", ["zh-hant", "zh-hans"])
def test_answer_is_in_the_readers_language(
    language: str, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _free(answered)

    text = _ask(sign_in(Role.PLANNER, language=language), answered, f"{line.order}/{line.line}")

    assert "is not hit" not in text
    assert f"{line.order}/{line.line}" in text
