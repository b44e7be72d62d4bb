"""A supplier's notice: what is found, what is asked, whom it would hit, and the case it opens."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.answers import pictures
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_impact, load_scope_version
from knockon.apps.disruptions.services.assessment import assess
from knockon.apps.production.models import Lot
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget earlier tests' plants: a rolled-back data base numbers its journal anew."""
    monkeypatch.setattr(pictures, "_pictures", pictures._Pictures())


@pytest.fixture
def bought(case: SimulatedCase) -> Lot:
    """A received lot that went into something."""
    used = {row["input_lot"] for row in case.tables["consumption"]}
    rows = Lot.objects.filter(site_id=case.plant, retired=None, lot__in=used)
    found = rows.exclude(supplier_lot="").order_by("lot").first()
    assert found is not None
    return found


def _paste(client: Client, text: str, **more: object) -> dict[str, object]:
    return client.post("/notice/", {"text": text, **more}).context


def test_page_opens_empty(case: SimulatedCase, sign_in: Callable[..., Client]) -> None:
    text = sign_in(Role.QUALITY).get("/notice/").content.decode()

    assert "<textarea" in text
    assert "numbers found" not in text.lower()


def test_suppliers_number_leads_to_our_lot_and_to_the_orders_that_a_case_of_it_hits(
    bought: Lot, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    text = f"Dear customer, stop lot {bought.supplier_lot}. Lot QX-99 as well."

    shown = _paste(client, text)
    (number,) = shown["numbers"]
    (foreseen,) = shown["foreseen"]
    answer = client.post(
        "/notice/",
        {"text": text, "asked": "1", "lot": [lot.value for lot in number.lots], "open": "1"},
    )

    row = Disruption.objects.get()
    assert answer.headers["location"] == f"/disruptions/{row.pk}/"
    assert (row.kind, row.origin, row.note) == ("material", "notice", text)
    assert load_scope_version(row.pk).scope["lots"] == [
        [bought.issuer, bought.item, lot.name] for lot in number.lots
    ]
    assess(row.pk, now=case.now)
    hit = [row for row in load_impact(row.pk).document["orders"] if row["effects"] != ["MOVED"]]
    assert number.is_sure
    assert [row.name for row in foreseen.orders] == [f"{row['order']}/{row['line']}" for row in hit]
    assert foreseen.order_count == len(hit) > 0
    assert shown["unknown"] == ("QX-99",)
    assert foreseen.balances[0].item == bought.item


def test_looking_stores_nothing(bought: Lot, sign_in: Callable[..., Client]) -> None:
    _paste(sign_in(Role.QUALITY), f"lot {bought.supplier_lot}")

    assert not Disruption.objects.exists()
    assert not Impact.objects.exists()


def test_same_notice_opens_one_case(bought: Lot, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.QUALITY)
    text = f"lot {bought.supplier_lot}"
    lots = [lot.value for number in _paste(client, text)["numbers"] for lot in number.lots]

    for _ in range(2):
        client.post("/notice/", {"text": text, "asked": "1", "lot": lots, "open": "1"})

    assert Disruption.objects.count() == 1


def test_number_of_two_items_is_asked_about_and_the_item_settles_it(
    bought: Lot, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    twin = {
        "lot": "TWIN-1",
        "item": "OTHER-ITEM",
        "qty": "5",
        "supplier": "V-2",
        "supplier_lot": bought.supplier_lot,
    }
    for table, row in (("items", {"item": "OTHER-ITEM"}), ("lots", twin)):
        report = import_records(
            table, [row], options=ImportOptions(plant=case.plant), viewer=SYSTEM, now=case.now
        )
        assert not report.refused
    client = sign_in(Role.QUALITY)

    asked = _paste(client, f"lot {bought.supplier_lot}")
    settled = _paste(client, f"OTHER-ITEM lot {bought.supplier_lot}")

    assert [number.is_sure for number in asked["numbers"]] == [False]
    assert asked["foreseen"] == []
    assert not asked["may_open"]
    assert [lot.name for number in settled["numbers"] for lot in number.lots] == ["TWIN-1"]
    assert [number.is_sure for number in settled["numbers"]] == [True]


def test_lot_that_only_a_receipt_knows_is_found_and_opened(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    item = case.tables["receipts"][0]["item"]
    row = {"po": "PO-X", "line": "1", "item": item, "lot": "NEW-778", "received": "10"}
    report = import_records(
        "receipts", [row], options=ImportOptions(plant=case.plant), viewer=SYSTEM, now=case.now
    )
    assert not report.refused
    client = sign_in(Role.QUALITY)
    (number,) = _paste(client, "batch NEW-778")["numbers"]

    client.post(
        "/notice/",
        {"text": "x", "asked": "1", "open": "1", "lot": [number.lots[0].value]},
    )
    client.post(
        "/notice/",
        {"text": "batch NEW-778", "asked": "1", "open": "1", "lot": [number.lots[0].value]},
    )

    assert number.is_sure
    assert load_scope_version(Disruption.objects.get().pk).scope["lots"][0][2] == "NEW-778"


def test_other_plants_lots_are_not_received_here(
    hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    shown = _paste(sign_in(Role.QUALITY), "lot CANARY-LOT of CANARY-ITEM")

    assert shown["numbers"] == []
    assert shown["foreseen"] == []


def test_picking_a_lot_that_the_text_does_not_name_opens_nothing(
    bought: Lot, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    client.post(
        "/notice/",
        {
            "text": f"lot {bought.supplier_lot}",
            "asked": "1",
            "open": "1",
            "lot": ['["CANARY", "CANARY", "CANARY-ITEM", "CANARY-LOT"]'],
        },
    )

    assert Disruption.objects.exclude(pk=hidden.pk).count() == 0


def test_who_may_not_see_lots_cannot_paste(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    assert sign_in(Role.MAINTENANCE).get("/notice/").status_code == 403


def test_operator_sees_no_customers(bought: Lot, sign_in: Callable[..., Client]) -> None:
    shown = _paste(sign_in(Role.OPERATOR), f"lot {bought.supplier_lot}")

    assert {row.customer for each in shown["foreseen"] for row in each.orders} <= {""}


def test_lot_search_finds_by_the_suppliers_number_in_any_width(
    bought: Lot, sign_in: Callable[..., Client]
) -> None:
    wide = "".join(
        chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in bought.supplier_lot
    )
    client = sign_in(Role.QUALITY)

    for typed in (bought.supplier_lot, wide, bought.supplier_lot.lower()):
        rows = client.get("/lots/", {"q": typed}).context["rows"]
        assert bought.lot in {row["name"] for row in rows}
