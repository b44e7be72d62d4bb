"""A case's page: what, who, how long, whom it hits and why; and what people do with it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from knockon.apps.accounts.models import Site, User
from knockon.apps.disruptions.models import Disruption, Impact, ScopeVersion
from knockon.apps.disruptions.selectors import load_impact, load_scope_version
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models import Equipment
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role
from knockon.domain.disruptions import DisruptionKind, Scope

pytestmark = pytest.mark.django_db


def _page(row: Disruption) -> str:
    return f"/disruptions/{row.pk}/"


def _stop(case: SimulatedCase) -> Disruption:
    machine = Equipment.objects.filter(site_id=case.plant, level="work_unit").first()
    assert machine is not None
    request = OpeningRequest(
        kind=DisruptionKind.EQUIPMENT,
        scope=Scope(plant=case.plant, equipment=(machine.equipment,)),
        origin="signal",
        origin_key="stop",
        started_at=case.now,
    )
    return open_disruption(request, viewer=SYSTEM, now=case.now)


def test_page_shows_the_worst_orders_first_and_every_one_of_them(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    response = sign_in(Role.QUALITY).get(_page(answered))

    rows = load_impact(answered.pk).document["orders"]
    names = [f"{row['order']}/{row['line']}" for row in rows if row["effects"] != ["MOVED"]]
    assert [row.name for row in response.context["worst"]] == names[:3]
    assert [row.name for row in response.context["hit"]] == names
    assert all(row.steps for row in response.context["hit"])


def test_each_order_says_why_in_words(answered: Disruption, sign_in: Callable[..., Client]) -> None:
    text = sign_in(Role.QUALITY).get(_page(answered)).content.decode()

    codes = {
        step["via"] for row in load_impact(answered.pk).document["orders"] for step in row["path"]
    }
    assert codes - {"quality"}
    assert [code for code in codes if "_" in code and code in text] == []


def test_answer_on_its_way_is_said_and_asked_for_again(
    opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.QUALITY).get(f"{_page(opened)}impact/").content.decode()

    assert "Still computing" in text
    assert "every 2s" in text


def test_answer_that_is_there_waits_for_news(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.QUALITY).get(f"{_page(answered)}impact/").content.decode()

    assert "every 2s" not in text
    assert f'data-live="impact:{answered.pk}"' in text


def test_changed_case_shows_the_old_answer_and_that_a_new_one_comes(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    row = _stop(case)
    assess(row.pk, now=case.now)
    revise(row.pk, changes={"repair_s": 900}, viewer=SYSTEM, now=case.now)

    text = sign_in(Role.QUALITY).get(f"{_page(row)}impact/").content.decode()

    assert "a new answer is being computed" in text
    assert "every 2s" in text


def test_nothing_hit_is_said_with_its_basis(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    _empty(answered)

    text = sign_in(Role.QUALITY).get(f"{_page(answered)}impact/").content.decode()

    assert "ko-empty-nothing" in text
    assert "none of it reaches an open order" in text
    assert "ko-age" in text


def test_no_order_found_without_the_lists_is_no_clearance(
    db: None, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    Site.objects.create(code="BARE", timezone="Asia/Taipei")
    entry = Entry.objects.latest("position")
    Equipment.objects.create(
        site_id="BARE", equipment="E1", recorded=entry, source="t", received_at=case.now
    )
    request = OpeningRequest(
        kind=DisruptionKind.EQUIPMENT,
        scope=Scope(plant="BARE", equipment=("E1",)),
        origin="signal",
        origin_key="bare",
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    assess(row.pk, now=case.now)

    client = sign_in(Role.QUALITY, plant="BARE")
    text = client.get(f"{_page(row)}impact/").content.decode()

    assert "ko-empty-unknown" in text
    assert "The list “Sales orders” is not there." in text


def test_older_answer_is_shown_as_known_then(
    answered: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    old = load_impact(answered.pk)
    newest = Impact.objects.get(pk=old.pk)
    newest.pk = None
    newest.recorded_id = load_scope_version(answered.pk).recorded_id
    newest.document = {**old.document, "orders": []}
    newest.save(force_insert=True)
    client = sign_in(Role.QUALITY)

    now_shown = client.get(_page(answered)).context
    then_shown = client.get(f"{_page(answered)}?version={old.pk}").context

    assert now_shown["hit_count"] == 0
    assert then_shown["hit_count"] > 0
    assert "ko-banner" in client.get(f"{_page(answered)}?version={old.pk}").content.decode()
    assert client.get(f"{_page(answered)}?version=999999").status_code == 404


def test_taking_over_needs_one_press_and_makes_one_the_owner(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    response = client.post(f"{_page(answered)}move/", {"state": "acknowledged"}, follow=True)

    answered.refresh_from_db()
    assert (answered.state, answered.owner) == ("acknowledged", "quality-" + answered.site_id)
    assert answered.acknowledged_at is not None
    assert response.context["owner"] == "Quality Person"


@pytest.mark.parametrize("state", ["contained", "resolved", "cancelled"])
def test_other_moves_ask_why(
    state: str, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    refused = client.post(f"{_page(answered)}move/", {"state": state, "note": "  "}, follow=True)
    answered.refresh_from_db()
    before = answered.state
    client.post(f"{_page(answered)}move/", {"state": state, "note": "Sorted"}, follow=True)
    answered.refresh_from_db()

    assert "Say why, in a few words." in refused.content.decode()
    assert (before, answered.state) == ("open", state)
    assert "Sorted" in client.get(f"{_page(answered)}record/").content.decode()


def test_move_that_cannot_follow_is_refused_in_words(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    response = client.post(
        f"{_page(answered)}move/", {"state": "closed", "note": "Done"}, follow=True
    )

    assert "The case has moved on" in response.content.decode()
    answered.refresh_from_db()
    assert answered.state == "open"


def test_operator_may_not_close_and_is_not_offered_to(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.OPERATOR)

    offered = {move.state for move in client.get(_page(answered)).context["moves"]}
    answer = client.post(f"{_page(answered)}move/", {"state": "resolved", "note": "Done"})

    assert offered == {"acknowledged", "contained"}
    assert answer.status_code == 403


def test_estimate_is_set_and_taken_back(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    row = _stop(case)
    client = sign_in(Role.MAINTENANCE)

    client.post(f"{_page(row)}estimate/", {"repair_s": "1800"})
    given = load_scope_version(row.pk).scope.get("repair_s")
    client.post(f"{_page(row)}estimate/", {"repair_s": ""})

    assert given == 1800
    assert "repair_s" not in load_scope_version(row.pk).scope
    assert ScopeVersion.objects.filter(disruption=row).count() == 3


@pytest.mark.parametrize("value", ["-5", "soon", "1e3"])
def test_estimate_that_is_no_time_changes_nothing(
    value: str, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    row = _stop(case)

    answer = sign_in(Role.MAINTENANCE).post(f"{_page(row)}estimate/", {"repair_s": value})

    assert answer.status_code == 400
    assert ScopeVersion.objects.filter(disruption=row).count() == 1


def test_repair_choices_are_there_for_a_stop_and_not_for_a_bad_lot(
    case: SimulatedCase, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.TEAM_LEADER)

    assert client.get(_page(answered)).context["repair"] is None
    choices = client.get(_page(_stop(case))).context["repair"]["choices"]
    assert [choice["value"] for choice in choices] == [900, 1800, 3600, 7200]


def test_message_is_marked_read_and_leads_to_its_case(
    told: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(_quality_person(told))
    unread = client.get("/messages/").context["nav"]
    pk = client.get("/messages/").context["rows"][0]["pk"]

    answer = client.post("/messages/read/", {"message": pk, "case": told.pk})

    assert [entry["label"] for entry in unread if entry["icon"] == "bell"] == ["Messages (1)"]
    assert answer.headers["Location"] == _page(told)
    assert client.get("/messages/").context["rows"][0]["read_at"] is not None


def _quality_person(row: Disruption) -> User:
    return User.objects.get(username=f"quality-{row.site_id}")


def _empty(row: Disruption) -> None:
    stored = load_impact(row.pk)
    parts = ("orders", "customers", "shipments", "unpegged")
    stored.document = {**stored.document, **{part: [] for part in parts}}
    stored.save(update_fields=["document"])


def test_clock_of_a_case_that_runs_again_stands_still(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    row = _stop(case)
    row.restored_at = case.now + timedelta(minutes=47)
    row.save(update_fields=["restored_at"])

    clocks = sign_in(Role.OPERATOR).get(_page(row)).context["clocks"]

    assert clocks[-1].until - clocks[-1].since == timedelta(minutes=47)


@pytest.mark.parametrize("part", ["now", "impact", "spread", "ripple", "record"])
def test_part_that_is_swapped_in_holds_no_script_element(
    part: str, answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.QUALITY).get(f"{_page(answered)}{part}/").content.decode()

    # It would be taken out of the swapped part, and with it what an island draws.
    assert "<script" not in text
    assert ("data-picture" in text) == (part in {"spread", "ripple"})
