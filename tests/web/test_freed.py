"""What evidence freed is listed with its reason, and what came in since is counted."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import load_impact
from knockon.apps.production.snapshot.newer import count_newer_facts
from knockon.domain.access import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def freed(answered: Disruption) -> Disruption:
    """A case of which one order and one lot were freed by rework."""
    stored = load_impact(answered.pk)
    reason = {"code": "reworked_and_passed", "params": {"lot": "L-9", "work_order": "RW-1"}}
    order, lot = stored.document["orders"][0], stored.document["lots"][0]
    stored.cleared = [
        {"part": part, "row": row, "reason": reason, "at": "2026-03-05T02:14:00Z"}
        for part, row in (("orders", order), ("lots", lot))
    ]
    stored.document = {**stored.document, "orders": stored.document["orders"][1:]}
    stored.save(update_fields=["cleared", "document"])
    return answered


def test_freed_order_is_listed_with_its_reason_and_not_counted(
    freed: Disruption, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(Role.QUALITY).get(f"/disruptions/{freed.pk}/")

    row = load_impact(freed.pk).cleared[0]["row"]
    text = page.content.decode()
    assert [each.name for each in page.context["freed"]] == [f"{row['order']}/{row['line']}"]
    assert f"{row['order']}/{row['line']}" not in [each.name for each in page.context["hit"]]
    assert "1 order was hit, and evidence has freed it" in text
    assert "Lot L-9 was reworked by RW-1 and passed its inspection." in text


def test_freed_lot_is_listed_beside_the_suspect_ones(
    freed: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.QUALITY).get(f"/disruptions/{freed.pk}/spread/").content.decode()

    assert "1 lot was suspect, and evidence has freed it" in text


def test_list_is_open_when_the_address_asks_for_it(
    freed: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    closed = client.get(f"/disruptions/{freed.pk}/").content.decode()
    opened = client.get(f"/disruptions/{freed.pk}/?cleared=1").content.decode()

    mark = '<details class="card-body ko-why" open><summary>1 order was hit'
    assert mark not in closed
    assert mark in opened


def test_events_since_the_answer_are_counted(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    stored = load_impact(answered.pk)
    stored.position = 0
    stored.save(update_fields=["position"])

    page = sign_in(Role.QUALITY).get(f"/disruptions/{answered.pk}/")

    count = count_newer_facts([answered.site_id], position=0)
    assert count > 10
    assert page.context["newer_count"] == count
    assert f"{count} events came in since and are not counted here." in page.content.decode()


def test_answer_on_the_newest_data_says_nothing_of_later_ones(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(Role.QUALITY).get(f"/disruptions/{answered.pk}/")

    assert page.context["newer_count"] == 0
    assert "came in since" not in page.content.decode()
