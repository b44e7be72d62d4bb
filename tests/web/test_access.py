"""Every page opens for the roles that may see it, and for nobody else; other plants stay dark."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.accounts.models import User
from knockon.apps.disruptions.models import Attachment, Disruption
from knockon.apps.production.models import Lot, OrderLine
from knockon.apps.response.models import Message
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import RIGHTS, Right, Role
from knockon.domain.facts import LotKey
from knockon.web.subjects import customer_url, lot_url, order_url
from tests.web.conftest import CANARY

pytestmark = pytest.mark.django_db

PAGES: dict[str, Right] = {
    "/": Right.VIEW_BOARD,
    "/board/live/": Right.VIEW_BOARD,
    "/disruptions/{case}/": Right.VIEW_BOARD,
    "/disruptions/{case}/now/": Right.VIEW_BOARD,
    "/disruptions/{case}/impact/": Right.VIEW_BOARD,
    "/disruptions/{case}/curve/": Right.VIEW_BOARD,
    "/disruptions/{case}/spread/": Right.VIEW_BOARD,
    "/disruptions/{case}/ripple/": Right.VIEW_BOARD,
    "/disruptions/{case}/why/": Right.VIEW_ORDERS,
    "/disruptions/{case}/orders/": Right.VIEW_ORDERS,
    "/disruptions/{case}/record/": Right.VIEW_BOARD,
    "/report/": Right.REPORT,
    "/report/session/": Right.REPORT,
    "/orders/": Right.VIEW_ORDERS,
    "{order}": Right.VIEW_ORDERS,
    "{customer}": Right.VIEW_ORDERS,
    "{customer}statement/": Right.VIEW_ORDERS,
    "/lots/": Right.VIEW_LOTS,
    "{lot}": Right.VIEW_LOTS,
    "/disruptions/{case}/window/": Right.VIEW_LOTS,
    "/disruptions/{case}/window/choices/": Right.VIEW_LOTS,
    "/notice/": Right.VIEW_LOTS,
    "/gaps/": Right.VIEW_LOTS,
    "/messages/": Right.VIEW_BOARD,
    "/messages/live/": Right.VIEW_BOARD,
}


def addresses(row: Disruption) -> dict[str, str]:
    line = OrderLine.objects.filter(site_id=row.site_id, retired=None).first()
    lot = Lot.objects.filter(site_id=row.site_id, retired=None).first()
    assert line is not None
    assert lot is not None
    return {
        "case": str(row.pk),
        "order": order_url(line.site_id, line.order, line.line),
        "customer": customer_url(line.customer),
        "lot": lot_url(LotKey(lot.issuer, lot.item, lot.lot)),
    }


@pytest.mark.parametrize("role", list(Role))
def test_page_opens_for_holders_of_its_right_and_for_nobody_else(
    role: Role, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(role)
    names = addresses(answered)

    statuses = {page: client.get(page.format(**names)).status_code for page in PAGES}

    assert statuses == {
        page: 200 if role in RIGHTS[right] else 403 for page, right in PAGES.items()
    }


def test_somebody_without_any_role_sees_no_page(
    answered: Disruption, django_user_model: type[User], client: Client
) -> None:
    client.force_login(django_user_model.objects.create_user("nobody"))
    names = addresses(answered)

    assert {client.get(page.format(**names)).status_code for page in PAGES} == {403}


def test_stranger_is_sent_to_sign_in(answered: Disruption, client: Client) -> None:
    names = addresses(answered)

    answers = [client.get(page.format(**names)) for page in PAGES]

    assert {answer.status_code for answer in answers} == {302}
    assert {answer.headers["Location"].split("?")[0] for answer in answers} == {"/accounts/login/"}


@pytest.mark.parametrize("address", ["/accounts/login/", "/report/shell/", "/sw.js"])
def test_what_needs_nobody_opens_for_everybody(address: str, db: None, client: Client) -> None:
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/accounts/signup/", "/accounts/password/reset/"])
def test_nobody_makes_or_resets_an_account_alone(address: str, db: None, client: Client) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.MANAGER, Role.ADMINISTRATOR])
def test_other_plant_is_not_on_any_page(
    role: Role, answered: Disruption, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(role)
    names = addresses(answered)
    searches = ("/orders/?q=", "/orders/?status=all&q=", "/lots/?q=", "/?plant=", "/report/?plant=")
    pages = [page.format(**names) for page in PAGES]
    asked = [f"{search}{CANARY}" for search in searches]

    texts = [client.get(page).content.decode().lower() for page in [*pages, *asked]]

    # What was typed into an address is repeated by its page; every name in that plant goes on.
    assert [text for text in texts if "canary-" in text or "canary " in text] == []


def test_addresses_of_the_other_plant_lead_nowhere(
    case: SimulatedCase, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.MANAGER)
    names = addresses(hidden)
    named = [page for page in PAGES if "{" in page]

    assert {client.get(page.format(**names)).status_code for page in named} == {404}


def test_case_of_the_other_plant_cannot_be_moved(
    case: SimulatedCase, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.MANAGER)

    answers = [
        client.post(f"/disruptions/{hidden.pk}/move/", {"state": "acknowledged"}),
        client.post(f"/disruptions/{hidden.pk}/estimate/", {"repair_s": "900"}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    hidden.refresh_from_db()
    assert (hidden.state, hidden.owner) == ("open", "")


def test_file_of_the_other_plant_is_not_served(
    case: SimulatedCase, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    file = Attachment.objects.create(
        disruption=hidden,
        recorded_id=hidden.opened_id,
        file="attachments/none.png",
        sha256="0" * 64,
        content_type="image/png",
        size=1,
    )

    assert sign_in(Role.MANAGER).get(f"/attachments/{file.pk}/").status_code == 404


def test_customers_are_kept_from_those_who_may_not_see_orders(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    page = f"/disruptions/{answered.pk}/"

    for_manager = sign_in(Role.MANAGER).get(page)
    for_operator = sign_in(Role.OPERATOR).get(page)

    assert for_manager.context["customers"]
    assert for_operator.context["customers"] == []
    assert "/customers/" in for_manager.content.decode()
    assert "/customers/" not in for_operator.content.decode()
    assert {row.customer for row in for_operator.context["hit"]} == {""}


def test_messages_are_ones_own(told: Disruption, sign_in: Callable[..., Client]) -> None:
    title = "orders affected"

    assert Message.objects.filter(channel="in_app").count() == 1
    assert title not in sign_in(Role.MANAGER).get("/messages/").content.decode()
