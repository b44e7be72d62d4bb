"""The curve of a stored case: valid, right at any repair time, and shown to who may know."""

from collections.abc import Callable
from datetime import timedelta

import jsonschema
import pytest

from knockon.apps.disruptions.answers.curves import curve_at, curve_document, curve_of
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import DisruptionUnknown, ImpactMissing
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.disruptions.services.moving import revise
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.config.commands.curve_tables import curve_parts, span
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role, Viewer
from knockon.domain.curve_document import curve_row, load_curve_schema
from tests.plants import import_case

pytestmark = pytest.mark.django_db
STOP_SEED = 3


@pytest.fixture
def stop(db: None) -> SimulatedCase:
    """A simulated plant with a machine down, its records in the data base."""
    simulated = small_plant(STOP_SEED, holes=False)
    assert not import_case(simulated).refused
    return simulated


@pytest.fixture
def stopped(stop: SimulatedCase) -> Disruption:
    asked = stop.disruption
    request = OpeningRequest(
        kind=asked.kind, scope=asked.scope, origin="api", origin_key="s1", severity=asked.severity
    )
    return open_disruption(request, viewer=SYSTEM, now=stop.now)


def _told(stored: Impact) -> list[dict[str, object]]:
    names = ("order", "line", "class", "new_finish", "new_ship", "late_s")
    rows = [
        {**{name: row[name] for name in names}, "is_late": "LATE" in row["effects"]}
        for row in stored.document["orders"]
    ]
    return sorted(rows, key=lambda row: (str(row["order"]), str(row["line"])))


def test_rows_at_a_repair_time_are_the_answer_with_that_estimate(
    stop: SimulatedCase, stopped: Disruption
) -> None:
    stored = assess(stopped.pk, now=stop.now)
    curve = curve_of(stopped.pk, viewer=SYSTEM)
    chosen = [stored.document["disruption"]["repair_s"], curve.orders[0].points[-1].repair_s]
    rows = [curve_at(stopped.pk, repair_s, viewer=SYSTEM) for repair_s in chosen]

    revise(stopped.pk, changes={"repair_s": chosen[1]}, viewer=SYSTEM, now=stop.now)
    revised = assess(stopped.pk, now=stop.now)

    assert [[curve_row(row) for row in each] for each in rows] == [_told(stored), _told(revised)]
    assert rows[0] != rows[1]


def test_document_is_valid_and_agrees_with_the_impact(
    stop: SimulatedCase, stopped: Disruption
) -> None:
    stored = assess(stopped.pk, now=stop.now)

    document = curve_document(stopped.pk, viewer=SYSTEM)

    jsonschema.validate(document, load_curve_schema())
    curves = {(row["order"], row["line"]): row for row in document["orders"]}
    shared = ("safe_until_repair_s", "p_late", "decide_by", "ways_out", "due_at", "tier")
    for row in stored.document["orders"]:
        drawn = curves[row["order"], row["line"]]
        assert {name: drawn[name] for name in shared} == {name: row[name] for name in shared}


def test_terminal_shows_the_first_order_to_turn_late_first(
    stop: SimulatedCase, stopped: Disruption
) -> None:
    assess(stopped.pk, now=stop.now)
    document = curve_document(stopped.pk, viewer=SYSTEM)

    said, _, orders, steps = curve_parts(document)

    first = document["orders"][0]
    assert span(document["estimate"]["p80_s"]) in said
    assert orders.rows[0][0] == f"{first['order']}/{first['line']}"
    assert steps.rows[0][0] == "0s"
    assert (span(0), span(5400), span(90_061)) == ("0s", "1h30m", "1d1h1m1s")


def test_bad_lot_has_an_empty_curve(case: SimulatedCase, opened: Disruption) -> None:
    assess(opened.pk, now=case.now)

    document = curve_document(opened.pk, viewer=SYSTEM)

    jsonschema.validate(document, load_curve_schema())
    assert (document["estimate"], document["orders"], document["horizon_s"]) == (None, [], 0)
    assert document["repair_basis"] == "not_applicable"
    assert curve_at(opened.pk, 3600, viewer=SYSTEM) == ()
    assert len(curve_parts(document)) == 1


def test_who_may_not_see_orders_sees_no_customers(
    stop: SimulatedCase, stopped: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    assess(stopped.pk, now=stop.now)
    whole = curve_of(stopped.pk, viewer=viewer_as(Role.PLANNER, "P1"))

    seen = curve_of(stopped.pk, viewer=viewer_as(Role.OPERATOR, "P1"))

    assert {order.customer for order in seen.orders} == {""}
    assert {order.customer_order for order in seen.orders} == {None}
    assert "" not in {order.customer for order in whole.orders}
    assert [order.points for order in seen.orders] == [order.points for order in whole.orders]


def test_curve_of_another_plant_is_unknown(
    stop: SimulatedCase, stopped: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    assess(stopped.pk, now=stop.now)
    stranger = viewer_as(Role.PLANNER, "P2")

    with pytest.raises(DisruptionUnknown):
        curve_of(stopped.pk, viewer=stranger)
    with pytest.raises(DisruptionUnknown):
        curve_at(stopped.pk, 60, viewer=stranger)


def test_curve_waits_for_the_answer(stopped: Disruption) -> None:
    with pytest.raises(ImpactMissing):
        curve_of(stopped.pk, viewer=SYSTEM)


def test_growing_chance_alone_is_no_new_answer(stop: SimulatedCase, stopped: Disruption) -> None:
    first = assess(stopped.pk, now=stop.now)

    second = assess(stopped.pk, now=stop.now + timedelta(minutes=1))

    assert second.pk == first.pk
