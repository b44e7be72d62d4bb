"""What the data can answer, and where they come from."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from knockon.apps.accounts.models import Site
from knockon.apps.journal.models import Signal
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.domain.access import SYSTEM
from knockon.ports.clock import SystemClock
from tests.web.data.conftest import member

LISTS: dict[str, list[dict[str, str]]] = {
    "sales_orders": [
        {
            "order": "SO-1",
            "line": "1",
            "customer": "C1",
            "item": "A",
            "qty": "5",
            "due_at": "2026-03-10",
        }
    ],
    "work_orders": [
        {"work_order": "W-1", "item": "A", "qty": "5", "order": "SO-1", "line": "1"},
        {"work_order": "W-2", "item": "A", "qty": "-5"},
    ],
    "operations": [
        {
            "work_order": "W-1",
            "seq": "10",
            "equipment": "M-1",
            "planned_start": "2026-03-09T08:00:00Z",
        }
    ],
}


def bring(plant: str, *tables: str, days_ago: int = 0) -> None:
    for table in tables:
        import_records(
            table,
            LISTS[table],
            options=ImportOptions(plant=plant),
            viewer=SYSTEM,
            now=SystemClock().now() - timedelta(days=days_ago),
        )


def seen(client: Client, path: str) -> str:
    page = client.get(path).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def answers(client: Client) -> list[str]:
    page = client.get("/data/doctor/").content.decode()
    return re.findall(r'class="ko-answer is-(\w+)"', page)


def test_nothing_can_be_answered_from_nothing(planner: Client) -> None:
    assert set(answers(planner)) == {"no"}


def test_the_machine_to_order_link_is_asked_first_and_needs_three_lists(planner: Client) -> None:
    bring("P1", "sales_orders", "operations")
    assert "The list “Work orders” is not there." in seen(planner, "/data/doctor/")

    bring("P1", "work_orders")

    page = seen(planner, "/data/doctor/")
    assert answers(planner)[0] == "yes"
    assert page.index("A machine stops: which orders are hit?") < page.index("How late will each")


def test_a_viewer_sees_the_answers_of_their_own_plants_only(planner: Client) -> None:
    Site.objects.create(code="SECRET", name="Secret works", timezone="Asia/Taipei")

    assert "Secret works" not in seen(planner, "/data/doctor/")


def test_each_list_shows_its_last_good_delivery_and_what_was_refused(planner: Client) -> None:
    bring("P1", "sales_orders", days_ago=3)
    bring("P1", "work_orders")

    page = seen(planner, "/sources/")

    assert page.index("Sales orders") < page.index("old") < page.index("Work orders")
    assert "Imported lists" in page


def test_refused_rows_are_a_click_away(planner: Client) -> None:
    bring("P1", "work_orders")

    page = planner.get("/sources/").content.decode()
    link = re.search(r'href="(/data/imports/\d+/errors\.csv)">1<', page)

    assert link is not None
    assert "cannot be below zero" in planner.get(link[1]).content.decode("utf-8-sig")


def test_a_gateway_is_shown_with_when_it_was_last_heard(planner: Client) -> None:
    heard = SystemClock().now() - timedelta(hours=2)
    Signal.objects.create(
        source="gw-7", event_id="1", plant="P1", at=heard, kind="heartbeat", received_at=heard
    )
    Signal.objects.create(
        source="gw-secret", event_id="1", plant="P2", at=heard, kind="heartbeat", received_at=heard
    )

    page = seen(planner, "/sources/")

    assert "gw-7" in page
    assert "silent" in page
    assert "gw-secret" not in page


@pytest.mark.parametrize("role", ["operator", "sales"])
def test_who_may_not_import_sees_the_age_but_not_the_imports(planner: Client, role: str) -> None:
    bring("P1", "work_orders")

    page = seen(member(role, username="li"), "/sources/")

    assert "Last good delivery" in page
    assert "Refused rows" not in page
    assert "Bring data in" not in page


def test_an_empty_page_says_what_to_do_first(planner: Client) -> None:
    assert "No data have come in yet" in seen(planner, "/sources/")
