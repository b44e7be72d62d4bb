"""Orders with the risky first, their reasons, customers' statements, and lots both ways."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.models import Disruption, ImpactLine
from knockon.apps.production.models import OrderLine
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role
from knockon.domain.facts import LotKey
from knockon.web.subjects import customer_url, lot_url, order_url

pytestmark = pytest.mark.django_db
ORDER_LIST_QUERIES = 10
LOT_LIST_QUERIES = 8
ORDER = {
    "order": "SO/26",
    "line": "10/2",
    "customer": "NEWCO",
    "item": "F-NEW",
    "qty": "5",
    "due_at": "2026-03-20T08:00:00Z",
    "customer_order": "PO 77-x",
}


def _hit_lines(row: Disruption) -> list[ImpactLine]:
    lines = ImpactLine.objects.filter(disruption=row).order_by("rank")
    return [line for line in lines if line.effects != ["MOVED"]]


def test_hit_orders_come_first_in_the_order_of_their_effects(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    rows = sign_in(Role.PLANNER).get("/orders/?status=all").context["rows"]

    hit = {(line.order, line.line) for line in _hit_lines(answered)}
    risks = [row.is_hit for row in rows]
    assert risks == sorted(risks, reverse=True)
    assert {row.name for row in rows if row.is_hit} <= {"/".join(key) for key in hit}
    assert sum(risks) == min(len(hit), len(rows))


def test_filter_by_case_shows_its_lines_and_no_others(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    address = f"/orders/?status=all&disruption={answered.pk}"

    rows = sign_in(Role.PLANNER).get(address).context["rows"]

    lines = ImpactLine.objects.filter(disruption=answered)
    assert {row.name for row in rows} == {f"{line.order}/{line.line}" for line in lines}


@pytest.mark.parametrize("field", ["order", "customer", "item", "customer_order"])
def test_search_finds_by_every_name_of_an_order(
    field: str, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    _add(case, "sales_orders", ORDER)

    rows = sign_in(Role.SALES).get("/orders/", {"q": ORDER[field].lower()}).context["rows"]

    assert "SO/26/10/2" in {row.name for row in rows}


def test_list_asks_as_often_for_many_orders_as_for_few(
    answered: Disruption,
    sign_in: Callable[..., Client],
    django_assert_num_queries: Callable[..., object],
) -> None:
    client = sign_in(Role.PLANNER)

    with django_assert_num_queries(ORDER_LIST_QUERIES):  # type: ignore[attr-defined]
        client.get("/orders/?status=all")


def test_order_line_with_slashes_in_its_name_is_found(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    _add(case, "sales_orders", ORDER)

    answer = sign_in(Role.PLANNER).get(order_url(case.plant, "SO/26", "10/2"))

    assert answer.status_code == 200
    assert answer.context["row"].name == "SO/26/10/2"


def test_order_page_says_why_a_case_hits_it(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _hit_lines(answered)[0]
    address = order_url(line.site_id, line.order, line.line)

    asked = sign_in(Role.PLANNER).get(f"{address}?disruption={answered.pk}").context["asked"]

    assert asked["is_hit"]
    assert asked["effects"] == line.effects
    assert [asked["steps"][0].type, asked["steps"][-1].type] == ["cause", "customer"]
    assert asked["checks"]
    assert not [check for check in asked["checks"] if check.startswith("Checked:")]


def test_order_page_says_why_not(answered: Disruption, sign_in: Callable[..., Client]) -> None:
    hit = {(line.order, line.line) for line in ImpactLine.objects.all()}
    rows = OrderLine.objects.filter(site_id=answered.site_id, retired=None)
    spared = next(row for row in rows if (row.order, row.line) not in hit)
    address = order_url(spared.site_id, spared.order, spared.line)

    asked = sign_in(Role.PLANNER).get(f"{address}?disruption={answered.pk}").context["asked"]

    assert not asked["is_hit"]
    assert asked["checks"]


def test_order_of_an_unanswered_case_is_still_computing(
    opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = OrderLine.objects.filter(site_id=opened.site_id, retired=None).first()
    assert line is not None
    address = order_url(line.site_id, line.order, line.line)

    text = sign_in(Role.PLANNER).get(f"{address}?disruption={opened.pk}").content.decode()

    assert "Still computing" in text


def test_customer_page_counts_hit_and_spared_orders(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _hit_lines(answered)[0]
    lines = OrderLine.objects.filter(customer=line.customer, retired=None, status="open")
    hit = [each for each in _hit_lines(answered) if each.customer == line.customer]
    hit_open = [each for each in hit if lines.filter(order=each.order, line=each.line).exists()]

    counts = sign_in(Role.SALES).get(customer_url(line.customer)).context["counts"]

    assert counts == {
        "hit": len(hit_open),
        "unknown": 0,
        "safe": lines.count() - len(hit_open),
    }


def test_orders_are_unknown_while_a_case_is_unanswered(
    opened: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = OrderLine.objects.filter(site_id=opened.site_id, retired=None, status="open").first()
    assert line is not None

    client = sign_in(Role.SALES)
    counts = client.get(customer_url(line.customer)).context["counts"]
    statement = client.get(f"{customer_url(line.customer)}statement/").context

    assert (counts["hit"], counts["safe"]) == (0, 0)
    assert statement["safe"] == []


def test_statement_never_names_an_order_that_is_hit(
    answered: Disruption, sign_in: Callable[..., Client]
) -> None:
    line = _hit_lines(answered)[0]

    stated = sign_in(Role.SALES).get(f"{customer_url(line.customer)}statement/").context["safe"]

    hit = {f"{each.order}/{each.line}" for each in ImpactLine.objects.all()}
    assert not hit & {row.name for row in stated}


def test_lot_is_found_by_the_suppliers_own_number(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    _add(case, "lots", {"item": "R-7", "lot": "OURS-1", "qty": "5", "supplier_lot": "SUP-4711"})

    rows = sign_in(Role.QUALITY).get("/lots/?q=4711").context["rows"]

    assert [row["name"] for row in rows] == ["OURS-1"]


def test_lot_list_asks_as_often_for_many_lots_as_for_few(
    case: SimulatedCase,
    sign_in: Callable[..., Client],
    django_assert_num_queries: Callable[..., object],
) -> None:
    client = sign_in(Role.QUALITY)

    with django_assert_num_queries(LOT_LIST_QUERIES):  # type: ignore[attr-defined]
        client.get("/lots/")


def test_lot_page_shows_where_its_material_went_and_which_case_names_it(
    answered: Disruption, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    suspect = case.disruption.scope.lots
    client = sign_in(Role.QUALITY)

    pages = [client.get(lot_url(lot)).context for lot in suspect]

    reached = {row["label"] for page in pages for row in page["genealogy_rows"]}
    assert reached | {lot.lot for lot in suspect} == {lot.lot for lot in case.truth.lots}
    assert [[row.pk for row in page["cases"]] for page in pages] == [[answered.pk]] * len(pages)


def test_trace_backward_leads_back_to_what_forward_came_from(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    suspect = set(case.disruption.scope.lots)
    reached = sorted(lot for lot in case.truth.lots if lot not in suspect)

    page = sign_in(Role.QUALITY).get(f"{lot_url(reached[0])}?direction=backward").context

    assert {row["label"] for row in page["genealogy_rows"]} & {lot.lot for lot in suspect}


def test_lot_with_slashes_in_its_name_is_found(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    _add(case, "lots", {"issuer": "S/1", "item": "A/B", "lot": "L/1", "qty": "5"})

    assert sign_in(Role.QUALITY).get(lot_url(LotKey("S/1", "A/B", "L/1"))).status_code == 200


def _add(case: SimulatedCase, table: str, row: dict[str, str]) -> None:
    options = ImportOptions(plant=case.plant, source="test")
    assert not import_records(table, [row], options=options, viewer=SYSTEM, now=case.now).refused
