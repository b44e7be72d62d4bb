"""A case as it was known at an earlier answer, with what has changed since."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_impact, load_scope_version
from knockon.domain.access import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(answered: Disruption) -> Impact:
    """An earlier answer: one row has gone since, one has changed, and one has come."""
    stored = load_impact(answered.pk)
    newest = Impact.objects.get(pk=stored.pk)
    first, second, *others = stored.document["orders"]
    newest.pk = None
    newest.recorded_id = load_scope_version(answered.pk).recorded_id
    new = {**second, "order": "NEW-SO"}
    changed = {**second, "class": "POSSIBLE", "qty_at_risk": "7", "effects": ["SHORT"]}
    newest.document = {**stored.document, "orders": [new, changed, *others]}
    newest.save(force_insert=True)
    assert first["order"] != second["order"] or first["line"] != second["line"]
    return stored


def test_only_an_answer_with_others_lets_one_choose(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(Role.PLANNER).get(f"/disruptions/{answered.pk}/")

    assert page.context["versions"] == []
    assert "As known at" not in page.content.decode()


def test_answers_are_offered_newest_first(earlier: Impact, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.PLANNER)

    shown = client.get(f"/disruptions/{earlier.disruption_id}/").context["versions"]
    then = client.get(f"/disruptions/{earlier.disruption_id}/?version={earlier.pk}")

    assert [(each["pk"], each["is_shown"]) for each in shown] == [("", True), (earlier.pk, False)]
    assert [each["is_shown"] for each in then.context["versions"]] == [False, True]


def test_differences_to_now_are_marked(earlier: Impact, sign_in: Callable[..., Client]) -> None:
    page = sign_in(Role.PLANNER).get(f"/disruptions/{earlier.disruption_id}/?version={earlier.pk}")

    rows = [*page.context["hit"], *page.context["moved"]]
    first, second = rows[0], rows[1]
    text = page.content.decode()
    assert first.mark is not None
    assert first.mark.kind == "gone"
    assert second.mark is not None
    assert second.mark.kind == "changed"
    assert "Now less well proven" in second.mark.texts
    assert "Now: Short" in second.mark.texts
    assert any(each.startswith("Now at risk: 7") for each in second.mark.texts)
    assert [row.name.split("/")[0] for row in page.context["added_since"]] == ["NEW-SO"]
    assert "1 added since, 1 gone, 1 changed." in text
    assert "Not hit any more" in text


def test_nothing_of_an_earlier_answer_refreshes_into_today(
    earlier: Impact, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    then = client.get(f"/disruptions/{earlier.disruption_id}/?version={earlier.pk}")
    text = then.content.decode()

    assert f'hx-get="/disruptions/{earlier.disruption_id}/now/"' not in text
    assert f'hx-get="/disruptions/{earlier.disruption_id}/impact/"' not in text
    assert f'hx-get="/disruptions/{earlier.disruption_id}/spread/"' not in text


def test_earlier_answer_keeps_customers_from_who_may_not_see_them(
    earlier: Impact, sign_in: Callable[..., Client]
) -> None:
    page = sign_in(Role.OPERATOR).get(f"/disruptions/{earlier.disruption_id}/?version={earlier.pk}")

    customers = {row["customer"] for row in earlier.document["orders"]}
    text = page.content.decode()
    assert [each for each in customers if f">{each}<" in text or f" {each} " in text] == []
