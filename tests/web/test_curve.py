"""The repair-time curve on a case's page: what the slider shows, to whom, and where it is none."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import load_impact, load_scope_version
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.plant.models import Equipment
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role
from knockon.domain.curve import OrderCurve, RepairCurve
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.web import curve as curve_page
from tests.plants import import_case

pytestmark = pytest.mark.django_db

STOP_SEED = 2257
MACHINE = "CUT2"
"""In this plant a stop of this machine makes orders late one after the other."""


@pytest.fixture
def case(db: None) -> SimulatedCase:
    simulated = small_plant(STOP_SEED, holes=False)
    assert not import_case(simulated).refused
    return simulated


@pytest.fixture
def stop(case: SimulatedCase) -> Disruption:
    """A machine that stands still, with its answer."""
    assert Equipment.objects.filter(site_id=case.plant, equipment=MACHINE).exists()
    request = OpeningRequest(
        kind=DisruptionKind.EQUIPMENT,
        scope=Scope(plant=case.plant, equipment=(MACHINE,)),
        origin="signal",
        origin_key="stop",
        started_at=case.now,
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    assess(row.pk, now=case.now)
    return row


def _orders(client: Client, row: Disruption, repair_s: int) -> Any:
    return client.get(f"/disruptions/{row.pk}/curve/orders/", {"repair_s": repair_s})


def _late(page: Any) -> set[str]:
    return {row.name for row in page.context["curve_rows"] if row.is_late}


@pytest.mark.parametrize("repair_s", [600, 3600, 5 * 3600, 9 * 3600])
def test_slider_shows_who_would_be_late_with_that_estimate(
    repair_s: int, stop: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    shown = _orders(sign_in(Role.PLANNER), stop, repair_s)

    revise(stop.pk, changes={"repair_s": repair_s}, viewer=SYSTEM, now=case.now)
    assess(stop.pk, now=case.now)
    rows = load_impact(stop.pk).document["orders"]
    late = {row["order"] + "/" + row["line"]: row for row in rows if "LATE" in row["effects"]}
    assert _late(shown) == set(late)
    ships = {row.name: row.new_ship for row in shown.context["curve_rows"] if row.is_late}
    assert {name: at.isoformat().replace("+00:00", "Z") for name, at in ships.items()} == {
        name: row["new_ship"] for name, row in late.items()
    }
    assert f"Late now: {len(late)} of " in shown.content.decode()


def test_longer_repair_marks_what_turns_late_and_shorter_what_is_saved(
    stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)
    assumed = client.get(f"/disruptions/{stop.pk}/curve/")
    before = _late(assumed)

    shorter, longer = _orders(client, stop, 60), _orders(client, stop, 12 * 3600)

    saved = {row.name for row in shorter.context["curve_rows"] if row.change == "saved"}
    turned = {row.name for row in longer.context["curve_rows"] if row.change == "turned_late"}
    assert before
    assert saved == before - _late(shorter)
    assert saved
    assert turned == _late(longer) - before
    assert turned
    assert "turns late by this" in longer.content.decode()
    assert "saved by this" in shorter.content.decode()


def test_first_to_turn_late_stands_first(stop: Disruption, sign_in: Callable[..., Client]) -> None:
    curve = sign_in(Role.PLANNER).get(f"/disruptions/{stop.pk}/curve/").context["curve"]

    safe = [order.safe_until_repair_s for order in curve.orders]
    known = [seconds for seconds in safe if seconds is not None]
    assert known == sorted(known)
    assert None not in safe[: len(known)]


def test_address_holds_the_repair_time_with_and_without_script(
    stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    part = _orders(client, stop, 5400)
    page = client.get(f"/disruptions/{stop.pk}/?repair_s=5400")

    assert part.headers["HX-Replace-Url"] == f"/disruptions/{stop.pk}/?repair_s=5400"
    assert page.context["repair_s"] == 5400
    assert _late(page) == _late(part)


def test_page_does_not_wait_for_the_curve_but_fetches_it(
    stop: Disruption, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_given: object, **_named: object) -> None:
        raise AssertionError

    monkeypatch.setattr(curve_page, "curve_of", refused)

    text = sign_in(Role.PLANNER).get(f"/disruptions/{stop.pk}/").content.decode()

    assert f'hx-get="/disruptions/{stop.pk}/curve/"' in text
    assert 'hx-trigger="load, live"' in text
    assert 'href="?repair_s=' in text


@pytest.mark.parametrize("value", ["", "soon", "-5", "1e3", "9" * 30])
def test_repair_time_that_is_none_is_refused(
    value: str, stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(Role.PLANNER).get(f"/disruptions/{stop.pk}/curve/orders/", {"repair_s": value})

    assert answer.status_code == 400


def test_repair_beyond_the_horizon_is_shown_at_the_horizon(
    stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    page = _orders(sign_in(Role.PLANNER), stop, 999_999_999)

    assert page.status_code == 200
    assert page.context["repair_s"] < 999_999_999


def test_estimate_is_kept_by_who_may(stop: Disruption, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.MAINTENANCE)
    shown = _orders(client, stop, 5400).content.decode()

    client.post(f"/disruptions/{stop.pk}/estimate/", {"repair_s": "5400"})

    assert 'name="repair_s" value="5400"' in shown
    assert load_scope_version(stop.pk).scope["repair_s"] == 5400


def test_who_may_not_estimate_is_not_offered_to(
    stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    offered = [
        role
        for role in (Role.SALES, Role.MAINTENANCE)
        if _orders(sign_in(role), stop, 5400).context["may_keep"]
    ]

    assert offered == [Role.MAINTENANCE]


def test_who_may_not_see_orders_sees_no_customers(
    stop: Disruption, sign_in: Callable[..., Client]
) -> None:
    part = _orders(sign_in(Role.OPERATOR), stop, 9 * 3600)

    document = load_impact(stop.pk).document
    words = {row["customer"] for row in document["customers"]}
    words |= {row["name"] for row in document["customers"]}
    text = part.content.decode()
    assert _late(part)
    assert words
    assert [word for word in words if word in text] == []


def test_case_of_another_plant_has_no_curve(
    stop: Disruption, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)

    assert client.get(f"/disruptions/{hidden.pk}/curve/").status_code == 404
    assert _orders(client, hidden, 3600).status_code == 404


def test_nothing_is_shown_where_no_repair_is_awaited(
    stop: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.PLANNER)
    before = client.get(f"/disruptions/{stop.pk}/curve/").content.decode()
    stop.restored_at = case.now
    stop.save(update_fields=["restored_at"])

    after = client.get(f"/disruptions/{stop.pk}/").content.decode()

    assert 'type="range"' in before
    assert "_case_curve" not in after


def test_case_about_material_has_no_slider(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    lots = case.tables["lots"]
    request = OpeningRequest(
        kind=DisruptionKind.QUALITY,
        scope=Scope(plant=case.plant, supplier_lot=str(lots[0].get("supplier_lot") or "X")),
        origin="signal",
        origin_key="lot",
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    assess(row.pk, now=case.now)

    text = sign_in(Role.QUALITY).get(f"/disruptions/{row.pk}/").content.decode()

    assert "_case_curve" not in text


def test_curve_that_is_not_computed_yet_is_said(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    request = OpeningRequest(
        kind=DisruptionKind.EQUIPMENT,
        scope=Scope(plant=case.plant, equipment=(MACHINE,)),
        origin="signal",
        origin_key="new",
        started_at=case.now,
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    client = sign_in(Role.PLANNER)

    assert "still being computed" in client.get(f"/disruptions/{row.pk}/curve/").content.decode()
    assert _orders(client, row, 600).status_code == 404


def test_of_many_orders_those_are_shown_that_turn_late_around_the_repair_time(
    stop: Disruption, sign_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(curve_page, "LATE_SHOWN", 2)
    monkeypatch.setattr(curve_page, "NEXT_SHOWN", 1)
    client = sign_in(Role.PLANNER)

    short, long = _orders(client, stop, 0), _orders(client, stop, 12 * 3600)

    names = [f"{order.key.order}/{order.key.line}" for order in _curve(client, stop).orders]
    late = len(_curve_late(client, stop, 12 * 3600))
    assert late > 4
    assert [row.name for row in short.context["curve_rows"]] == names[:1]
    assert [row.name for row in long.context["curve_rows"]] == names[late - 2 : late + 1]
    assert long.context["rows_before"] == late - 2
    assert f"{late - 2} more have turned late before these." in long.content.decode()


def _curve(client: Client, row: Disruption) -> RepairCurve:
    curve = client.get(f"/disruptions/{row.pk}/curve/").context["curve"]
    assert isinstance(curve, RepairCurve)
    return curve


def _curve_late(client: Client, row: Disruption, repair_s: int) -> list[OrderCurve]:
    orders = _curve(client, row).orders
    known = [order for order in orders if order.safe_until_repair_s is not None]
    return [order for order in known if (order.safe_until_repair_s or 0) < repair_s]
