"""The right people are told once, and sending loses nothing."""

from datetime import timedelta

import pytest

from knockon.apps.accounts.models import Membership, Site, User
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.journal.models import Event
from knockon.apps.response.models import ContactPoint, Message
from knockon.apps.response.reason_texts import message_text
from knockon.apps.response.services.delivery import (
    MAX_ATTEMPTS,
    due_message_ids,
    mark_read,
    prepare,
    settle_failed,
    settle_sent,
)
from knockon.apps.response.services.telling import on_assessed
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.events import ImpactAssessed
from knockon.ports.channel import OutcomeUnclear, PermanentFailure, Receipt, TemporaryFailure
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db


def _user(name: str, role: str, *, plant: str | None = "P1", **fields: object) -> User:
    user = User.objects.create(username=name, **fields)
    site = Site.objects.get(code=plant) if plant else None
    Membership.objects.create(user=user, role=role, site=site)
    return user


def _assessed(opened: Disruption, case: SimulatedCase) -> ImpactAssessed:
    assess(opened.pk, now=case.now)
    payload = Event.objects.filter(name="ImpactAssessed").latest("pk").payload
    return ImpactAssessed(**payload)


def _mail(opened: Disruption, case: SimulatedCase, language: str = "en") -> Message:
    _user("q", "quality", email="q@example.org", language=language)
    on_assessed(_assessed(opened, case), now=case.now)
    return Message.objects.get(channel="email")


def test_roles_of_the_plant_are_told_and_nobody_else(
    case: SimulatedCase, opened: Disruption
) -> None:
    Site.objects.create(code="P2", timezone="Asia/Taipei")
    _user("quality-here", "quality", email="q@example.org")
    _user("quality-there", "quality", plant="P2")
    _user("quality-everywhere", "quality", plant=None)
    _user("maintenance-here", "maintenance")
    _user("gone", "quality", is_active=False)

    on_assessed(_assessed(opened, case), now=case.now)

    told = sorted(Message.objects.values_list("user__username", "channel"))
    assert told == [
        ("quality-everywhere", "in_app"),
        ("quality-here", "email"),
        ("quality-here", "in_app"),
    ]
    assert Disruption.objects.get().notified_at == case.now


def test_event_told_twice_makes_no_second_message(case: SimulatedCase, opened: Disruption) -> None:
    _user("q", "quality")
    event = _assessed(opened, case)

    on_assessed(event, now=case.now)
    on_assessed(event, now=case.now)

    assert Message.objects.count() == 1


def test_area_of_a_membership_bounds_what_it_hears(case: SimulatedCase) -> None:
    pass_area = {"role": "quality", "site": Site.objects.get(code="P1")}
    near = User.objects.create(username="near")
    far = User.objects.create(username="far")
    machine = next(row for row in case.tables["equipment"] if row["level"] == "work_unit")
    Membership.objects.create(user=near, areas=[machine["equipment"]], **pass_area)
    Membership.objects.create(user=far, areas=["ELSEWHERE"], **pass_area)
    row = _quality_of_machine(machine["equipment"], case)

    on_assessed(_assessed(row, case), now=case.now)

    assert list(Message.objects.values_list("user__username", flat=True)) == ["near"]


def _quality_of_machine(machine: str, case: SimulatedCase) -> Disruption:
    request = OpeningRequest(
        kind=DisruptionKind.QUALITY,
        scope=Scope(plant="P1", equipment=(machine,), start=case.now - timedelta(days=2)),
        origin="api",
        origin_key="m",
    )
    return open_disruption(request, viewer=SYSTEM, now=case.now)


def test_contact_point_gets_its_role_s_messages(case: SimulatedCase, opened: Disruption) -> None:
    ContactPoint.objects.create(
        site_id="P1", role="quality", channel="webhook", address="https://example.org/hook"
    )
    ContactPoint.objects.create(
        site_id="P1", role="maintenance", channel="webhook", address="https://example.org/no"
    )

    on_assessed(_assessed(opened, case), now=case.now)

    assert Message.objects.get().address == "https://example.org/hook"


@pytest.mark.parametrize(
    ("language", "word"), [("en", "orders affected"), ("zh-hant", "訂單"), ("zh-hans", "订单")]
)
def test_message_is_in_the_reader_s_language(
    case: SimulatedCase, opened: Disruption, language: str, word: str
) -> None:
    message = _mail(opened, case, language)

    words = prepare(message.pk, base_url="http://k", now=case.now)

    assert words is not None
    assert word in words.subject
    assert words.text.endswith(f"http://k/disruptions/{opened.pk}")


def test_message_is_claimed_by_one_sender(case: SimulatedCase, opened: Disruption) -> None:
    message = _mail(opened, case)

    assert prepare(message.pk, base_url="", now=case.now) is not None
    assert prepare(message.pk, base_url="", now=case.now) is None
    assert prepare(message.pk, base_url="", now=case.now + timedelta(minutes=3)) is not None


def test_sent_message_is_never_sent_again(case: SimulatedCase, opened: Disruption) -> None:
    message = _mail(opened, case)
    prepare(message.pk, base_url="", now=case.now)

    settle_sent(message.pk, receipt=Receipt(provider_id="p1"), now=case.now)

    message.refresh_from_db()
    assert (message.state, message.provider_id) == ("sent", "p1")
    assert due_message_ids(now=case.now + timedelta(days=1)) == []


def test_failure_is_tried_again_when_the_provider_asks(
    case: SimulatedCase, opened: Disruption
) -> None:
    message = _mail(opened, case)
    prepare(message.pk, base_url="", now=case.now)

    again = settle_failed(
        message.pk, failure=TemporaryFailure(detail="429", retry_after_s=90), now=case.now
    )

    assert again == case.now + timedelta(seconds=90)
    assert due_message_ids(now=again) == [message.pk]


def test_refused_message_is_given_up_at_once(case: SimulatedCase, opened: Disruption) -> None:
    message = _mail(opened, case)

    assert settle_failed(message.pk, failure=PermanentFailure(detail="550"), now=NOW) is None

    message.refresh_from_db()
    assert message.state == "failed"


def test_unclear_outcome_is_left_to_a_person_after_the_last_try(
    case: SimulatedCase, opened: Disruption
) -> None:
    message = _mail(opened, case)
    Message.objects.filter(pk=message.pk).update(attempts=MAX_ATTEMPTS)

    settle_failed(message.pk, failure=OutcomeUnclear(detail="reply lost"), now=NOW)

    message.refresh_from_db()
    assert message.state == "unknown"


def test_closed_case_is_no_longer_news(case: SimulatedCase, opened: Disruption) -> None:
    message = _mail(opened, case)
    Disruption.objects.update(state="closed")

    assert prepare(message.pk, base_url="", now=case.now) is None

    message.refresh_from_db()
    assert message.state == "obsolete"


def test_only_the_recipient_marks_a_message_read(case: SimulatedCase, opened: Disruption) -> None:
    reader = _user("q", "quality")
    other = _user("x", "planner")
    on_assessed(_assessed(opened, case), now=case.now)
    message = Message.objects.get()

    assert not mark_read(message.pk, user_id=other.pk, now=NOW)
    assert mark_read(message.pk, user_id=reader.pk, now=NOW)

    message.refresh_from_db()
    assert message.read_at == NOW


def _changed(opened: Disruption, difference: dict[str, object]) -> ImpactAssessed:
    stored = Impact.objects.get(disruption=opened)
    stored.difference = difference
    stored.save()
    return ImpactAssessed(
        disruption_id=opened.pk,
        impact_id=stored.pk,
        plant="P1",
        orders=stored.orders,
        customers=stored.customers,
        is_first=False,
        is_changed=True,
    )


def _orders(**part: object) -> dict[str, object]:
    return {"case": [], "parts": {"orders": {"added": [], "removed": [], "changed": [], **part}}}


def _field(name: str) -> dict[str, object]:
    return {"key": ["S1", "10"], "fields": [{"field": name, "old": None, "new": None}]}


def test_of_a_changed_answer_the_difference_is_told(
    case: SimulatedCase, opened: Disruption
) -> None:
    _user("q", "quality", email="q@example.org", language="en")
    assess(opened.pk, now=case.now)
    difference = _orders(
        added=[{"order": "S8", "line": str(line)} for line in range(1, 8)],
        changed=[_field("new_ship")],
    )

    on_assessed(_changed(opened, difference), now=case.now)

    words = prepare(Message.objects.get(channel="email").pk, base_url="http://k", now=case.now)
    assert words is not None
    assert "New: S8/1, S8/2, S8/3, S8/4, S8/5 and 2 more." in words.text
    assert "Affected in another way: S1/10." in words.text
    assert "No longer affected" not in words.text


def test_what_time_alone_changes_is_no_news(case: SimulatedCase, opened: Disruption) -> None:
    _user("q", "quality")
    assess(opened.pk, now=case.now)

    on_assessed(_changed(opened, _orders(changed=[_field("ways_out")])), now=case.now)
    on_assessed(_changed(opened, {"case": [], "parts": {}}), now=case.now)

    assert not Message.objects.exists()


def test_decide_by_is_told_by_the_plant_s_clock() -> None:
    params = {
        "disruption": 1,
        "severity": "S2",
        "orders": 2,
        "customers": 0,
        "suspect": 0,
        "short": 0,
        "late": 0,
        "zone": "Asia/Taipei",
        "decide_by": "2026-11-23T18:15:00+00:00",
    }

    words = message_text("impact_first", params, language="en")

    assert words.lines == ("Decide by 11-24 02:15.",)
