"""Broken trace links: the list of a plant, mending one, and what that changes."""

from collections.abc import Callable

import pytest
from django.test import Client

from knockon.apps.disruptions.answers import pictures
from knockon.apps.disruptions.models import Disruption, Impact
from knockon.apps.disruptions.selectors import load_impact
from knockon.apps.disruptions.services.assessment import assess, on_facts
from knockon.apps.disruptions.services.opening import OpeningRequest, open_disruption
from knockon.apps.journal.models import Entry, Event
from knockon.apps.production.models import Consumption, LotEvent, Shipment
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.demo.simulation.small import small_plant
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, Role
from knockon.domain.disruptions import DisruptionKind, Scope
from knockon.domain.events import FactsImported
from knockon.domain.facts import LotKey
from tests.plants import import_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget earlier tests' plants: a rolled-back data base numbers its journal anew."""
    monkeypatch.setattr(pictures, "_pictures", pictures._Pictures())


@pytest.fixture
def case(db: None) -> SimulatedCase:
    """A simulated plant whose records have one guessed lot, and are whole otherwise."""
    simulated = small_plant(7, holes=False)
    assert not import_case(simulated).refused
    for table, rows in TABLES.items():
        report = import_records(
            table,
            rows,
            options=ImportOptions(plant=simulated.plant, source="erp"),
            viewer=SYSTEM,
            now=simulated.now,
        )
        assert not report.refused
    return simulated


TABLES: dict[str, list[dict[str, str]]] = {
    "items": [
        {"item": "GLUE", "kind": "raw", "uom": "KG"},
        {"item": "PAD", "kind": "finished", "uom": "PCS"},
    ],
    "customers": [{"customer": "PADCO", "name": "Pad Company"}],
    "sales_orders": [
        {
            "order": "SO-PAD",
            "line": "1",
            "customer": "PADCO",
            "item": "PAD",
            "qty": "100",
            "due_at": "2026-02-20T08:00:00Z",
        }
    ],
    "work_orders": [{"work_order": "WO-PAD", "item": "PAD", "qty": "100", "status": "done"}],
    "lots": [
        {
            "lot": "G1",
            "item": "GLUE",
            "qty": "50",
            "supplier": "V",
            "made_at": "2026-02-01T01:00:00Z",
        },
        {
            "lot": "G2",
            "item": "GLUE",
            "qty": "50",
            "supplier": "V",
            "made_at": "2026-02-01T02:00:00Z",
        },
        {
            "lot": "PAD-1",
            "item": "PAD",
            "qty": "100",
            "work_order": "WO-PAD",
            "made_at": "2026-02-02T08:00:00Z",
        },
        {"lot": "PAD-9", "item": "PAD", "qty": "40", "made_at": "2026-02-03T08:00:00Z"},
    ],
    "receipts": [
        {"po": "PO-G", "line": "1", "item": "GLUE", "lot": lot, "received": "50", "received_at": at}
        for lot, at in (("G1", "2026-02-01T01:00:00Z"), ("G2", "2026-02-01T02:00:00Z"))
    ],
    "consumption": [
        {
            "event_id": "C-PAD",
            "input_item": "GLUE",
            "input_lot": "G1",
            "output_item": "PAD",
            "output_lot": "PAD-1",
            "work_order": "WO-PAD",
            "qty": "30",
            "uom": "KG",
            "at": "2026-02-02T07:00:00Z",
            "kind": "backflush",
        }
    ],
    "shipments": [
        {
            "shipment": "DN-PAD",
            "line_no": "1",
            "order": "SO-PAD",
            "line": "1",
            "customer": "PADCO",
            "item": "PAD",
            "qty": "100",
            "shipped_at": "2026-02-04T08:00:00Z",
        }
    ],
}


def _rows(client: Client) -> list[object]:
    return list(client.get("/gaps/").context["rows"])


def _url(client: Client, code: str) -> str:
    rows = client.get("/gaps/", {"code": code}).context["rows"]
    assert rows
    return str(next(row.url for row in rows if "PAD" in row.text or "G1" in row.text))


@pytest.fixture
def suspect(case: SimulatedCase) -> Disruption:
    """A case of the glue lot that the system did not book, answered."""
    request = OpeningRequest(
        kind=DisruptionKind.MATERIAL,
        scope=Scope(plant=case.plant, lots=(LotKey("V", "GLUE", "G2"),)),
        origin="person",
        origin_key="g2",
    )
    row = open_disruption(request, viewer=SYSTEM, now=case.now)
    assess(row.pk, now=case.now)
    return row


def _classes(row: Disruption) -> dict[str, str]:
    lots = load_impact(row.pk).document["lots"]
    return {lot["lot"]: lot["class"] for lot in lots if lot["item"] in {"GLUE", "PAD"}}


def test_list_shows_what_is_missing_and_what_it_hides(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    shown = sign_in(Role.QUALITY).get("/gaps/").context

    found = {(row.text.split(":")[0], row.qty) for row in shown["rows"]}
    assert ("WO-PAD", "30\N{NO-BREAK SPACE}KG") in found
    assert ("DN-PAD", "100\N{NO-BREAK SPACE}PCS") in found
    assert sum(kind["count"] for kind in shown["kinds"]) == shown["page"].paginator.count
    assert all(row.text and "(" not in row.text for row in shown["rows"])


def test_filter_keeps_one_kind(case: SimulatedCase, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.QUALITY)
    kind = next(
        kind for kind in client.get("/gaps/").context["kinds"] if kind["code"] == "backflush"
    )

    rows = client.get(kind["url"]).context["rows"]

    assert len(rows) == kind["count"] == 1


def test_plant_without_gaps_says_so(sign_in: Callable[..., Client], hidden: Disruption) -> None:
    text = sign_in(Role.QUALITY, plant="CANARY").get("/gaps/?code=backflush").content.decode()

    assert "ko-empty-nothing" in text


def test_saying_which_lot_it_was_supersedes_the_guess_and_is_kept_with_name_and_reason(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    url = _url(client, "backflush")
    offered = [lot.name for lot in client.get(url).context["inputs"]]

    answer = client.post(url, {"used": "V/GLUE/G2", "note": "Empty drum of G2 at the press"})

    assert offered == ["G1", "G2"]
    assert answer.status_code == 302
    old, new = Consumption.objects.filter(work_order="WO-PAD").order_by("id")
    assert (old.input_lot, old.retired_id is None) == ("G1", False)
    assert (new.input_lot, new.kind, new.corrects, new.retired_id) == (
        "G2",
        "recorded",
        "C-PAD",
        None,
    )
    entry = Entry.objects.get(action="link_mended")
    assert entry.actor
    assert entry.data["note"] == "Empty drum of G2 at the press"
    assert "WO-PAD" not in {row.text.split(":")[0] for row in _rows(client)}


def test_answer_changes_and_only_the_difference_is_told(
    case: SimulatedCase, suspect: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    before = _classes(suspect)
    client.post(_url(client, "backflush"), {"used": "V/GLUE/G2", "note": "Seen"})
    told = Event.objects.filter(name="FactsImported").latest("entry_id").payload

    on_facts(FactsImported(**{**told, "tables": tuple(told["tables"])}), now=case.now)

    assert before["PAD-1"] == "POSSIBLE"
    assert _classes(suspect)["PAD-1"] == "CONFIRMED"
    assert Impact.objects.filter(disruption=suspect).count() == 2
    changed = Event.objects.filter(name="ImpactAssessed").latest("entry_id").payload
    assert (changed["is_first"], changed["is_changed"]) == (False, True)


def test_other_lot_frees_what_was_only_possible(
    case: SimulatedCase, suspect: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    client.post(_url(client, "backflush"), {"used": "V/GLUE/G1", "note": "Booked right"})
    assess(suspect.pk, now=case.now)

    assert "PAD-1" not in {
        lot for lot, link_class in _classes(suspect).items() if link_class != "CLEARED"
    }


def test_same_file_again_does_not_bring_the_guess_back(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    client.post(_url(client, "backflush"), {"used": "V/GLUE/G2", "note": "Seen"})

    import_records(
        "consumption",
        TABLES["consumption"],
        options=ImportOptions(plant=case.plant, source="erp"),
        viewer=SYSTEM,
        now=case.now,
    )

    current = Consumption.objects.filter(work_order="WO-PAD", retired=None)
    assert [row.input_lot for row in current] == ["G2"]


def test_shipment_gets_its_lot(case: SimulatedCase, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.QUALITY)

    client.post(_url(client, "shipment_without_lot"), {"used_other": "PAD-1", "note": "Label"})

    (row,) = Shipment.objects.filter(shipment="DN-PAD", retired=None)
    assert row.lot == "PAD-1"


def test_lot_from_nowhere_gets_its_origin(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    url = _url(client, "unknown_predecessor")

    client.post(
        url,
        {"used_other": "PAD-1", "how": "split", "at": "2026-02-03T16:00", "note": "Repacked"},
    )

    (row,) = LotEvent.objects.filter(other_lot="PAD-9")
    assert (row.kind, row.lot, row.qty) == ("split", "PAD-1", 40)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"used": "V/GLUE/G2"}, "Say how you know"),
        ({"note": "x"}, "Something is still missing"),
        ({"note": "x", "used_other": "NO-SUCH"}, "is not known here"),
    ],
)
def test_incomplete_mending_changes_nothing(
    fields: dict[str, str], said: str, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    text = client.post(_url(client, "backflush"), fields).content.decode()

    assert said in text
    assert not Entry.objects.filter(action="link_mended").exists()


def test_mended_link_cannot_be_mended_twice(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)
    url = _url(client, "backflush")
    client.post(url, {"used": "V/GLUE/G2", "note": "Seen"})

    client.post(url, {"used": "V/GLUE/G1", "note": "No"})

    assert Entry.objects.filter(action="link_mended").count() == 1


def test_operator_sees_the_list_and_cannot_mend(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    url = _url(sign_in(Role.QUALITY), "backflush")
    client = sign_in(Role.OPERATOR)

    assert not client.get("/gaps/").context["may_mend"]
    assert client.get(url).status_code == 403
    assert client.post(url, {"used": "V/GLUE/G2", "note": "x"}).status_code == 403


def test_gaps_of_another_plant_stay_dark(
    case: SimulatedCase, hidden: Disruption, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.QUALITY)

    rows = client.get("/gaps/?plant=CANARY").context["rows"]
    answer = client.get("/gaps/mend/?plant=CANARY&code=unknown_predecessor&where=CANARY")

    assert [row for row in rows if "CANARY" in row.text + row.item] == []
    assert answer.status_code == 302


def test_list_asks_no_more_for_many_gaps(
    case: SimulatedCase,
    sign_in: Callable[..., Client],
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    client = sign_in(Role.QUALITY)
    client.get("/gaps/")

    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get("/gaps/")
