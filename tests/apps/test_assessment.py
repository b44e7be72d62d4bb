"""Answers are right, stored with their snapshot, and can be computed again."""

from collections.abc import Callable
from datetime import timedelta

import jsonschema
import pytest

from knockon.apps.disruptions.answers.genealogy import trace_lot
from knockon.apps.disruptions.answers.impacts import (
    content_hash,
    impact_document,
    recompute,
    redact,
    why,
)
from knockon.apps.disruptions.models import Disruption, Impact, ImpactLine
from knockon.apps.disruptions.selectors import ImpactMissing
from knockon.apps.disruptions.services.assessment import assess, on_facts
from knockon.apps.disruptions.services.moving import Revision, revise
from knockon.apps.journal.models import Event
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, NotAllowed, Role, Viewer
from knockon.domain.events import FactsImported
from knockon.domain.facts import OrderLineKey
from knockon.domain.impact import Effect
from knockon.domain.impact_document import load_schema

pytestmark = pytest.mark.django_db


def _effects(document: dict[str, list[dict[str, object]]]) -> dict[tuple[object, ...], object]:
    return {
        (row["order"], row["line"]): frozenset(row["effects"])  # type: ignore[call-overload]
        for row in document["orders"]
    }


def _truth(case: SimulatedCase) -> dict[tuple[object, ...], object]:
    return {
        (line.key.order, line.key.line): frozenset(effect.value for effect in line.effects)
        for line in case.truth.lines
    }


def test_answer_is_what_really_happens(case: SimulatedCase, opened: Disruption) -> None:
    stored = assess(opened.pk, now=case.now)

    jsonschema.validate(stored.document, load_schema())
    assert _effects(stored.document) == _truth(case)
    assert ImpactLine.objects.count() == len(case.truth.lines)


def test_same_answer_is_not_stored_or_told_again(case: SimulatedCase, opened: Disruption) -> None:
    first = assess(opened.pk, now=case.now)

    second = assess(opened.pk, now=case.now)

    assert first.pk == second.pk
    assert Event.objects.filter(name="ImpactAssessed").count() == 1


def test_old_answer_is_computed_again_to_the_byte_after_facts_changed(
    case: SimulatedCase, opened: Disruption
) -> None:
    stored = assess(opened.pk, now=case.now)
    hit = case.truth.lines[0].key
    order = next(
        row
        for row in case.tables["sales_orders"]
        if (row["order"], row["line"]) == (hit.order, hit.line)
    )
    import_records(
        "sales_orders",
        [{**order, "status": "cancelled"}],
        options=ImportOptions(plant=case.plant),
        viewer=SYSTEM,
        now=case.now + timedelta(minutes=1),
    )

    again = recompute(stored, viewer=SYSTEM)

    assert content_hash(again) == stored.sha256


def test_changed_facts_change_the_answer_and_say_so(
    case: SimulatedCase, opened: Disruption
) -> None:
    assess(opened.pk, now=case.now)
    # What was shipped stays hit, whatever becomes of the order.
    hit = next(line.key for line in case.truth.lines if Effect.SUSPECT_SHIPPED not in line.effects)
    order = next(
        row
        for row in case.tables["sales_orders"]
        if (row["order"], row["line"]) == (hit.order, hit.line)
    )
    report = import_records(
        "sales_orders",
        [{**order, "status": "cancelled"}],
        options=ImportOptions(plant=case.plant),
        viewer=SYSTEM,
        now=case.now,
    )
    assert report.position

    on_facts(
        FactsImported(plant=case.plant, position=report.position, tables=("sales_orders",)),
        now=case.now,
    )

    newest = Impact.objects.latest("pk")
    assert (hit.order, hit.line) not in _effects(newest.document)
    assert Event.objects.filter(name="ImpactAssessed").latest("pk").payload["is_changed"]


def test_recomputing_uses_the_scope_of_that_time(case: SimulatedCase, opened: Disruption) -> None:
    stored = assess(opened.pk, now=case.now)
    other = [list(lot) for lot in case.disruption.scope.lots[:1]]
    why = Revision(note="Only one of them was delivered.")
    revise(opened.pk, changes={"lots": other}, viewer=SYSTEM, now=case.now, why=why)
    assess(opened.pk, now=case.now)

    assert content_hash(recompute(stored, viewer=SYSTEM)) == stored.sha256


def test_operator_sees_the_orders_but_neither_customers_nor_money(
    case: SimulatedCase, opened: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    assess(opened.pk, now=case.now)

    seen = impact_document(opened.pk, viewer=viewer_as(Role.OPERATOR, case.plant))

    whole = impact_document(opened.pk, viewer=SYSTEM)
    assert len(seen["orders"]) == len(whole["orders"])
    assert {row["customer"] for row in seen["orders"]} == {None}
    assert {row["value_at_risk"] for row in seen["orders"]} == {None}
    assert seen["customers"] == []
    customers = {row["customer"] for row in whole["customers"]}
    assert not customers & {step["key"] for row in seen["orders"] for step in row["path"]}


def test_redacting_leaves_the_stored_document_alone(
    case: SimulatedCase, opened: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    stored = assess(opened.pk, now=case.now)
    before = content_hash(stored.document)

    redact(stored.document, viewer=viewer_as(Role.OPERATOR, case.plant), plant=case.plant)

    assert content_hash(stored.document) == before


def test_answer_still_being_computed_says_so(opened: Disruption) -> None:
    with pytest.raises(ImpactMissing):
        impact_document(opened.pk, viewer=SYSTEM)


def test_why_gives_the_row_of_a_hit_line_and_the_checks_of_a_free_one(
    case: SimulatedCase, opened: Disruption
) -> None:
    assess(opened.pk, now=case.now)
    hit = case.truth.lines[0].key
    free = next(
        key
        for row in case.tables["sales_orders"]
        if (key := OrderLineKey(case.plant, row["order"], row["line"])) not in case.truth.effects
    )

    assert why(opened.pk, hit, viewer=SYSTEM).is_hit
    answer = why(opened.pk, free, viewer=SYSTEM)
    assert not answer.is_hit
    assert answer.checks


def test_why_is_for_those_who_may_see_orders(
    case: SimulatedCase, opened: Disruption, viewer_as: Callable[..., Viewer]
) -> None:
    assess(opened.pk, now=case.now)

    with pytest.raises(NotAllowed):
        why(opened.pk, case.truth.lines[0].key, viewer=viewer_as(Role.OPERATOR, case.plant))


def test_trace_reaches_exactly_the_lots_that_hold_the_material(
    case: SimulatedCase, opened: Disruption
) -> None:
    reached = {
        each.lot.key
        for seed in case.disruption.scope.lots
        for each in trace_lot(seed, is_forward=True, viewer=SYSTEM).lots
    }

    assert reached | set(case.disruption.scope.lots) == set(case.truth.lots)
