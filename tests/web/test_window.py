"""The suspect window on a case's page: what is proposed, what each choice costs, setting, undo."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.test import Client

from knockon.apps.disruptions.answers import pictures, windows
from knockon.apps.disruptions.models import Disruption, ScopeVersion
from knockon.apps.disruptions.selectors import load_impact, load_scope_version
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.disruptions.services.window_rules import ReasonMissing
from knockon.apps.journal.models import Entry
from knockon.apps.production.models import Lot
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Grant, Role, Viewer
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.facts import LotKey, OrderLineKey
from knockon.domain.links import LinkClass
from knockon.domain.suspect_window import HitLine, HitLot, WindowCost

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget earlier tests' plants: a rolled-back data base numbers its journal anew."""
    monkeypatch.setattr(pictures, "_pictures", pictures._Pictures())


@pytest.fixture
def made(case: SimulatedCase) -> list[Lot]:
    """The lots that one machine of the plant made, oldest first."""
    rows = Lot.objects.filter(site_id=case.plant, retired=None).exclude(equipment="")
    by_machine: dict[str, list[Lot]] = {}
    for row in rows.exclude(made_at=None).order_by("made_at"):
        by_machine.setdefault(row.equipment, []).append(row)
    lots = max(by_machine.values(), key=len)
    assert len(lots) >= 4
    return lots


def _check(case: SimulatedCase, lot: Lot, at: datetime, *, result: str) -> None:
    row = {
        "at": at.isoformat(),
        "item": lot.item,
        "lot": lot.lot,
        "equipment": lot.equipment,
        "characteristic": "height",
        "result": result,
    }
    report = import_records(
        "inspections", [row], options=ImportOptions(plant=case.plant), viewer=SYSTEM, now=case.now
    )
    assert not report.refused


@pytest.fixture
def failed(case: SimulatedCase, made: list[Lot]) -> Disruption:
    """A case of a lot that failed, with a good lot before and one after it."""
    _check(case, made[0], made[0].made_at, result="pass")
    _check(case, made[2], case.now, result="fail")
    _check(case, made[3], case.now, result="pass")
    bad = LotKey(made[2].issuer, made[2].item, made[2].lot)
    request = OpeningRequest(
        kind=DisruptionKind.QUALITY,
        scope=Scope(plant=case.plant, lots=(bad,)),
        origin="inspection",
        origin_key="bad",
        started_at=case.now,
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    assess(row.pk, now=case.now)
    return row


def _page(row: Disruption) -> str:
    return f"/disruptions/{row.pk}/window/"


def _take(client: Client, row: Disruption, choice: object, **more: str) -> None:
    fields = {
        "by": "0",
        "start": choice.start,
        "end": choice.end,
        "evidence": choice.evidence,
        "note": "",
    }
    client.post(f"{_page(row)}set/", {**fields, **more})


def test_case_page_asks_for_the_window_and_stands_without_script(
    failed: Disruption, sign_in: Callable[..., Client]
) -> None:
    text = sign_in(Role.QUALITY).get(f"/disruptions/{failed.pk}/").content.decode()

    assert f'hx-get="/disruptions/{failed.pk}/window/choices/' in text
    assert f'href="/disruptions/{failed.pk}/window/"' in text


def test_named_lot_leads_to_its_machine_since_the_last_good_check(
    failed: Disruption, made: list[Lot], sign_in: Callable[..., Client]
) -> None:
    shown = sign_in(Role.QUALITY).get(_page(failed)).context

    (proposed,) = [row for row in shown["starts"] if row.is_proposed]
    assert shown["subject"] == ""
    assert shown["subjects"][0]["text"] == made[0].equipment
    assert proposed.at == made[0].made_at
    assert proposed.text == f"Passed check of height on {made[0].lot}"
    assert proposed.link_class == "CONFIRMED"


def test_choice_costs_what_the_answer_then_says(
    failed: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    before = load_impact(failed.pk).document
    (proposed,) = [row for row in client.get(_page(failed)).context["starts"] if row.is_proposed]

    _take(client, failed, proposed)
    assess(failed.pk, now=case.now)

    after = load_impact(failed.pk).document
    added = {row["lot"] for row in after["lots"]} - {row["lot"] for row in before["lots"]}
    (lots,) = [part for part in proposed.costs if part.is_added and "lot" in part.text]
    assert added
    assert {hit.name for hit in lots.hits} == added
    assert load_scope_version(failed.pk).scope["equipment"]


def test_window_in_force_shows_its_evidence_and_can_be_undone(
    failed: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    before = load_scope_version(failed.pk).scope
    (proposed,) = [row for row in client.get(_page(failed)).context["starts"] if row.is_proposed]
    _take(client, failed, proposed)
    assess(failed.pk, now=case.now)

    shown = client.get(_page(failed)).context
    client.post(f"{_page(failed)}undo/")

    assert shown["start_text"] == proposed.text
    assert shown["may_undo"]
    assert [row.is_chosen for row in shown["starts"]].count(True) == 1
    assert load_scope_version(failed.pk).scope == before


def test_narrowing_without_a_reason_is_refused_and_with_one_is_kept_in_the_record(
    failed: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    (proposed,) = [row for row in client.get(_page(failed)).context["starts"] if row.is_proposed]
    _take(client, failed, proposed)
    assess(failed.pk, now=case.now)
    narrow = next(row for row in client.get(_page(failed)).context["starts"] if row.is_narrower)

    _take(client, failed, narrow)
    refused = load_scope_version(failed.pk).scope["start"]
    _take(client, failed, narrow, note="The tool was new by then")

    assert datetime.fromisoformat(refused) == proposed.at
    assert datetime.fromisoformat(load_scope_version(failed.pk).scope["start"]) == narrow.at
    entry = Entry.objects.filter(action="disruption_revised").latest("position")
    assert entry.data["note"] == "The tool was new by then"
    assert entry.data["evidence"] == narrow.evidence
    assert "The tool was new by then" in (
        client.get(f"/disruptions/{failed.pk}/record/").content.decode()
    )


def test_widening_needs_no_reason(
    failed: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    (proposed,) = [row for row in client.get(_page(failed)).context["starts"] if row.is_proposed]
    _take(client, failed, proposed)
    assess(failed.pk, now=case.now)
    wide = client.get(_page(failed)).context["ends"][-1]

    _take(client, failed, wide)

    assert "end" not in load_scope_version(failed.pk).scope


def test_only_the_named_lots_again_needs_a_reason(
    failed: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    before = load_scope_version(failed.pk).scope
    (proposed,) = [row for row in client.get(_page(failed)).context["starts"] if row.is_proposed]
    _take(client, failed, proposed)

    client.post(f"{_page(failed)}set/", {"by": "lots", "note": ""})
    kept = load_scope_version(failed.pk).scope
    client.post(f"{_page(failed)}set/", {"by": "lots", "note": "Only this lot was burnt"})

    assert kept["equipment"]
    assert load_scope_version(failed.pk).scope == before


def test_rule_holds_for_programs_too(
    failed: Disruption, case: SimulatedCase, made: list[Lot]
) -> None:
    start = made[0].made_at
    machine = {"equipment": [made[0].equipment], "start": start.isoformat()}
    revise(failed.pk, changes=machine, viewer=SYSTEM, now=case.now)
    later = {"start": (start + timedelta(hours=1)).isoformat()}

    with pytest.raises(ReasonMissing):
        revise(failed.pk, changes=later, viewer=SYSTEM, now=case.now)


def test_repair_time_is_never_asked_for_a_reason(case: SimulatedCase, failed: Disruption) -> None:
    revise(failed.pk, changes={"repair_s": 600}, viewer=SYSTEM, now=case.now)

    assert load_scope_version(failed.pk).scope["repair_s"] == 600


def test_typed_times_are_the_plants_clock(
    failed: Disruption, made: list[Lot], case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    client.post(f"{_page(failed)}set/", {"by": "0", "start": "2026-03-01T08:00", "end": ""})

    start = datetime.fromisoformat(load_scope_version(failed.pk).scope["start"])
    assert start == datetime.fromisoformat("2026-03-01T08:00:00+08:00")


@pytest.mark.parametrize("start", ["yesterday", "2026-03-09T08:00"])
def test_unusable_times_change_nothing(
    start: str, failed: Disruption, sign_in: Callable[..., Client]
) -> None:
    before = ScopeVersion.objects.count()
    client = sign_in(Role.QUALITY)

    answer = client.post(
        f"{_page(failed)}set/", {"by": "0", "start": start, "end": "2026-03-01T08:00"}
    )

    assert answer.status_code == 302
    assert ScopeVersion.objects.count() == before


def test_who_may_not_estimate_sees_no_buttons_and_cannot_set(
    failed: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.OPERATOR)

    text = client.get(_page(failed)).content.decode()
    answer = client.post(f"{_page(failed)}set/", {"by": "0", "start": "2026-03-01T08:00"})

    assert "window/set/" not in text
    assert answer.status_code == 403


def test_case_of_another_plant_stays_dark(
    failed: Disruption, sign_in: Callable[..., Client], hidden: object
) -> None:
    del hidden
    client = sign_in(Role.QUALITY, plant="CANARY")

    assert client.get(_page(failed)).status_code == 404
    assert client.post(f"{_page(failed)}undo/").status_code == 404


def test_answer_on_its_way_is_said(
    failed: Disruption, case: SimulatedCase, made: list[Lot], sign_in: Callable[..., Client]
) -> None:
    revise(failed.pk, changes={"equipment": [made[0].equipment]}, viewer=SYSTEM, now=case.now)

    text = sign_in(Role.QUALITY).get(_page(failed)).content.decode()

    assert "a new answer is being computed" in text
    assert "every 2s" in text


def test_names_that_only_another_site_knows_are_counted_and_not_shown(
    failed: Disruption, made: list[Lot], case: SimulatedCase
) -> None:
    own = LotKey(made[0].issuer, made[0].item, made[0].lot)
    foreign = LotKey("X", "ITEM", "FOREIGN")
    cost = WindowCost(
        added_lots=tuple(
            HitLot(key=key, link_class=LinkClass.CONFIRMED, qty=None, uom=None)
            for key in (own, foreign)
        ),
        added_lines=(
            HitLine(
                key=OrderLineKey("X", "SO-X", "1"),
                customer="FOREIGN CO",
                item="ITEM",
                link_class=LinkClass.CONFIRMED,
                qty=None,
                uom=None,
            ),
        ),
    )
    weighed = windows.case_windows(failed.pk, viewer=SYSTEM).weighed
    weighed = replace(weighed, starts=(replace(weighed.starts[0], cost=cost),))
    viewer = Viewer(actor="q", grants=(Grant(role=Role.QUALITY, plant=case.plant),))

    seen = windows._within_sight(weighed, viewer=viewer, plants=(case.plant, "X"))

    (choice,) = seen.starts
    assert [lot.key.lot for lot in choice.cost.added_lots] == [own.lot, ""]
    assert [(line.key.order, line.customer) for line in choice.cost.added_lines] == [("", "")]


def test_program_that_narrows_needs_a_note(
    failed: Disruption, case: SimulatedCase, made: list[Lot], sign_in: Callable[..., Client]
) -> None:
    start = made[0].made_at
    machine = {"equipment": [made[0].equipment], "start": start.isoformat()}
    revise(failed.pk, changes=machine, viewer=SYSTEM, now=case.now)
    later = (start + timedelta(hours=1)).isoformat()
    address = f"/api/v1/disruptions/{failed.pk}/revise"
    client = sign_in(Role.QUALITY)

    refused = client.post(address, {"changes": {"start": later}}, content_type="application/json")
    taken = client.post(
        address,
        {"changes": {"start": later}, "note": "New tool"},
        content_type="application/json",
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    assert taken.status_code == 200
    assert datetime.fromisoformat(taken.json()["scope"]["start"]) == start + timedelta(hours=1)
