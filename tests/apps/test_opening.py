"""Reports become cases, once, with their names checked."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from knockon.apps.disruptions.models import Disruption
from knockon.apps.disruptions.selectors import DisruptionUnknown, load_scope_version
from knockon.apps.disruptions.services.moving import MoveRefused, move, revise
from knockon.apps.disruptions.services.opening import (
    OpeningRequest,
    SubjectMissing,
    SubjectUnknown,
    open_disruption,
)
from knockon.apps.journal.models import Entry, Event
from knockon.apps.production.selectors import LotAmbiguous, LotUnknown
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, NotAllowed, Role, Viewer
from knockon.domain.disruptions import DisruptionKind, DisruptionState, Scope, Severity
from knockon.domain.facts import LotKey
from knockon.domain.scope_values import ScopeInvalid
from tests.apps.conftest import NOW

pytestmark = pytest.mark.django_db


def _request(key: str = "k1", **scope: object) -> OpeningRequest:
    kind = DisruptionKind(scope.pop("kind", "equipment"))
    return OpeningRequest(
        kind=kind,
        scope=Scope(plant="P1", **scope),  # type: ignore[arg-type]
        origin="person",
        origin_key=key,
    )


def _machine(case: SimulatedCase) -> str:
    return next(row["equipment"] for row in case.tables["equipment"] if row["level"] == "work_unit")


def test_same_report_twice_opens_one_case(case: SimulatedCase) -> None:
    request = _request(equipment=(_machine(case),))

    first = open_disruption(request, viewer=SYSTEM, now=NOW)
    second = open_disruption(request, viewer=SYSTEM, now=NOW + timedelta(hours=1))

    assert first.pk == second.pk
    assert Disruption.objects.count() == 1
    assert Event.objects.filter(name="DisruptionOpened").count() == 1


def test_further_report_of_a_stopped_machine_joins_its_case(case: SimulatedCase) -> None:
    machine = (_machine(case),)
    first = open_disruption(_request("k1", equipment=machine), viewer=SYSTEM, now=NOW)

    second = open_disruption(_request("k2", equipment=machine), viewer=SYSTEM, now=NOW)
    again = open_disruption(_request("k2", equipment=machine), viewer=SYSTEM, now=NOW)

    assert first.pk == second.pk == again.pk
    assert Entry.objects.filter(action="report_joined").count() == 1


def test_report_after_the_repair_is_a_new_case(case: SimulatedCase) -> None:
    machine = (_machine(case),)
    first = open_disruption(_request("k1", equipment=machine), viewer=SYSTEM, now=NOW)
    Disruption.objects.update(restored_at=NOW)

    second = open_disruption(_request("k2", equipment=machine), viewer=SYSTEM, now=NOW)

    assert first.pk != second.pk


def test_report_without_subject_is_refused_and_leaves_nothing(case: SimulatedCase) -> None:
    entries = Entry.objects.count()

    with pytest.raises(SubjectMissing):
        open_disruption(_request(), viewer=SYSTEM, now=NOW)

    assert Entry.objects.count() == entries


def test_unknown_machine_is_named(case: SimulatedCase) -> None:
    with pytest.raises(SubjectUnknown) as caught:
        open_disruption(_request(equipment=("M-404",)), viewer=SYSTEM, now=NOW)

    assert caught.value.data == {"field": "equipment", "value": "M-404"}


def test_bare_lot_number_is_completed(case: SimulatedCase) -> None:
    lot = case.disruption.scope.lots[0]
    bare = LotKey("", "", lot.lot)

    row = open_disruption(_request(kind="quality", lots=(bare,)), viewer=SYSTEM, now=NOW)

    assert load_scope_version(row.pk).scope["lots"] == [list(lot)]


def test_unknown_lot_is_refused(case: SimulatedCase) -> None:
    lots = (LotKey("", "", "NO-SUCH-LOT"),)

    with pytest.raises(LotUnknown):
        open_disruption(_request(kind="quality", lots=lots), viewer=SYSTEM, now=NOW)


def test_lot_number_of_two_items_asks_instead_of_guessing(
    case: SimulatedCase, import_lots: Callable[..., None]
) -> None:
    import_lots({"lot": "L1", "item": "R1"}, {"lot": "L1", "item": "R4"})
    lots = (LotKey("", "", "L1"),)

    with pytest.raises(LotAmbiguous) as caught:
        open_disruption(_request(kind="quality", lots=lots), viewer=SYSTEM, now=NOW)

    assert caught.value.data["candidates"] == ["P1/R1/L1", "P1/R4/L1"]


def test_quality_is_graver_than_a_stop_by_default(case: SimulatedCase) -> None:
    lots = case.disruption.scope.lots[:1]

    stop = open_disruption(_request(equipment=(_machine(case),)), viewer=SYSTEM, now=NOW)
    bad = open_disruption(_request("k2", kind="quality", lots=lots), viewer=SYSTEM, now=NOW)

    assert (stop.severity, bad.severity) == (Severity.S3, Severity.S2)


def test_nobody_reports_in_a_plant_of_others(
    case: SimulatedCase, viewer_as: Callable[..., Viewer]
) -> None:
    stranger = viewer_as(Role.OPERATOR, "P2")

    with pytest.raises(NotAllowed):
        open_disruption(_request(equipment=(_machine(case),)), viewer=stranger, now=NOW)


def test_acknowledging_makes_an_owner_and_stops_the_clock_once(
    opened: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    lead = viewer_as(Role.TEAM_LEADER, "P1")

    move(opened.pk, state=DisruptionState.ACKNOWLEDGED, viewer=lead, now=NOW)
    again = move(
        opened.pk,
        state=DisruptionState.ACKNOWLEDGED,
        viewer=lead,
        now=NOW + timedelta(minutes=5),
    )

    assert (again.owner, again.acknowledged_at) == (lead.actor, NOW)
    assert Event.objects.filter(name="DisruptionMoved").count() == 1


def test_a_case_cannot_be_closed_before_it_is_resolved(opened: Disruption) -> None:
    with pytest.raises(MoveRefused):
        move(opened.pk, state=DisruptionState.CLOSED, viewer=SYSTEM, now=NOW)


def test_sales_may_not_acknowledge(opened: Disruption, viewer_as: Callable[..., Viewer]) -> None:
    with pytest.raises(NotAllowed):
        move(
            opened.pk,
            state=DisruptionState.ACKNOWLEDGED,
            viewer=viewer_as(Role.SALES, "P1"),
            now=NOW,
        )


def test_a_case_of_another_plant_is_not_there(
    opened: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    with pytest.raises(DisruptionUnknown):
        move(
            opened.pk,
            state=DisruptionState.ACKNOWLEDGED,
            viewer=viewer_as(Role.MANAGER, "P2"),
            now=NOW,
        )


def test_revising_keeps_what_was_known_before(opened: Disruption) -> None:
    before = load_scope_version(opened.pk)

    after = revise(opened.pk, changes={"repair_s": 1800}, viewer=SYSTEM, now=NOW)

    assert after.scope["repair_s"] == 1800
    assert "repair_s" not in load_scope_version(opened.pk, position=before.recorded_id).scope


def test_impossible_revision_is_refused(opened: Disruption) -> None:
    with pytest.raises(ScopeInvalid):
        revise(opened.pk, changes={"rate": "1.5"}, viewer=SYSTEM, now=NOW)
