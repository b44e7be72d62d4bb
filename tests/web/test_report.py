"""A report takes effect once, keeps only what is a photo or a voice note, and asks what it lacks."""

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from knockon.apps.disruptions.models import Attachment, Disruption
from knockon.apps.disruptions.selectors import load_scope_version
from knockon.apps.disruptions.services.attaching import MOST_BYTES, sniff
from knockon.apps.plant.models import Equipment
from knockon.apps.production.models import Lot
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import Role

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}
JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 20
WEBM = b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm" + b"sound" * 20


@pytest.fixture(autouse=True)
def _files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def machine(case: SimulatedCase) -> str:
    """A machine of the plant."""
    row = Equipment.objects.filter(site_id=case.plant, level="work_unit").order_by("equipment")[0]
    return row.equipment


def _photo(content: bytes = JPEG, name: str = "../../evil.html") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="text/html")


def test_three_answers_open_a_case(machine: str, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.OPERATOR)

    response = client.post("/report/", {"equipment": machine, "kind": "equipment"}, follow=True)

    row = Disruption.objects.get()
    assert response.redirect_chain[-1][0] == f"/disruptions/{row.pk}/"
    assert (row.kind, row.origin, row.opened_by) == (
        "equipment",
        "person",
        f"operator-{row.site_id}",
    )
    assert load_scope_version(row.pk).scope["equipment"] == [machine]
    assert "Still computing" in response.content.decode()


def test_same_report_sent_again_opens_nothing(machine: str, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.OPERATOR)
    event = str(uuid.uuid4())

    def send() -> tuple[int, object]:
        form = {"equipment": machine, "kind": "equipment", "client_event_id": event}
        answer = client.post("/report/", {**form, "photo": _photo()}, headers=JSON)
        return answer.status_code, json.loads(answer.content)["id"]

    first, again = send(), send()

    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert (Disruption.objects.count(), Attachment.objects.count()) == (1, 1)


def test_photo_that_came_late_joins_its_case(machine: str, sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.OPERATOR)
    form = {"equipment": machine, "kind": "equipment", "client_event_id": str(uuid.uuid4())}
    client.post("/report/", form, headers=JSON)

    client.post("/report/", {**form, "photo": [_photo(), _photo(WEBM)]}, headers=JSON)

    kept = Attachment.objects.order_by("id")
    assert [file.content_type for file in kept] == ["image/jpeg", "audio/webm"]
    assert Disruption.objects.count() == 1


def test_file_is_stored_under_our_name_and_served_without_harm(
    machine: str, sign_in: Callable[..., Client], settings: LazySettings
) -> None:
    client = sign_in(Role.OPERATOR)
    client.post("/report/", {"equipment": machine, "kind": "equipment", "photo": _photo()})
    file = Attachment.objects.get()

    answer = client.get(f"/attachments/{file.pk}/")

    assert "evil" not in str(file.file.name)
    assert Path(file.file.path).is_relative_to(settings.MEDIA_ROOT)
    assert b"".join(answer.streaming_content) == JPEG  # type: ignore[attr-defined]
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "content",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"GIF89a" + b"x" * 40,
        b"%PDF-1.7" + b"x" * 40,
        b"\x00\x00\x00\x18ftypheic" + b"x" * 40,
        b"",
    ],
)
def test_anything_else_is_refused_and_opens_nothing(
    content: bytes, machine: str, sign_in: Callable[..., Client], tmp_path: Path
) -> None:
    form = {"equipment": machine, "kind": "equipment", "photo": _photo(content, "p.jpg")}

    answer = sign_in(Role.OPERATOR).post("/report/", form, headers=JSON)

    assert answer.status_code == 422
    assert json.loads(answer.content)["code"] == "attachment_refused"
    assert not Disruption.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_large_file_is_refused(machine: str, sign_in: Callable[..., Client]) -> None:
    form = {"equipment": machine, "kind": "equipment", "photo": _photo(JPEG + b"x" * MOST_BYTES)}

    answer = sign_in(Role.OPERATOR).post("/report/", form, headers=JSON)

    assert json.loads(answer.content)["code"] == "attachment_too_large"
    assert not Disruption.objects.exists()


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x10\x00\x00\x00WAVEfmt ", None),
        (b"OggS\x00\x02", "audio/ogg"),
        (b"\x00\x00\x00\x1cftypM4A \x00", "audio/mp4"),
        (b"\x00\x00\x00\x1cftypiso5\x00", "audio/mp4"),
        (b"\x1aE\xdf\xa3matroska", None),
    ],
)
def test_types_are_told_by_their_bytes(head: bytes, found: str | None) -> None:
    assert sniff(head) == found


def test_report_made_offline_began_when_it_was_made_by_our_clock(
    machine: str, sign_in: Callable[..., Client]
) -> None:
    # The device's clock is years behind; what counts is that the report waited 40 minutes.
    made_at = datetime(2020, 2, 29, 23, 55, tzinfo=UTC)
    form = {
        "equipment": machine,
        "kind": "equipment",
        "made_at": made_at.isoformat(),
        "sent_at": (made_at + timedelta(minutes=40)).isoformat(),
    }

    sign_in(Role.OPERATOR).post("/report/", form, headers=JSON)

    row = Disruption.objects.get()
    assert abs(row.opened_at - row.started_at - timedelta(minutes=40)) < timedelta(seconds=5)


def test_report_of_somebody_else_on_a_shared_tablet_says_so(
    machine: str, sign_in: Callable[..., Client]
) -> None:
    form = {"equipment": machine, "kind": "equipment", "note": "Oil", "made_by": "night.shift"}

    sign_in(Role.OPERATOR).post("/report/", form, headers=JSON)

    assert Disruption.objects.get().note == "Oil\nReported by night.shift on this device."


def test_unknown_machine_is_refused_in_words_and_the_form_comes_back(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(Role.OPERATOR).post("/report/", {"equipment": "NO-9", "kind": "equipment"})

    assert answer.status_code == 422
    assert "“NO-9” is not known here." in answer.content.decode()
    assert 'value="NO-9"' in answer.content.decode()


def test_missing_material_is_asked_for_with_what_the_machine_needs(
    machine: str, sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.OPERATOR)

    asked = client.post("/report/", {"equipment": machine, "kind": "material", "note": "Empty"})
    question = asked.context["question"]
    item = question["items"][0]["item"] if question["items"] else "R-1"
    client.post("/report/", {**dict(question["kept"]), "item": item})

    row = Disruption.objects.get()
    assert asked.status_code == 422
    assert (row.kind, row.note) == ("material", "Empty")
    assert load_scope_version(row.pk).scope["item"] == item


def test_bare_lot_is_completed(case: SimulatedCase, sign_in: Callable[..., Client]) -> None:
    lot = Lot.objects.filter(site_id=case.plant, retired=None).order_by("lot")[0]

    sign_in(Role.QUALITY).post("/report/", {"kind": "quality", "lot": lot.lot}, headers=JSON)

    scope = load_scope_version(Disruption.objects.get().pk).scope
    assert scope["lots"] == [[lot.issuer, lot.item, lot.lot]]


def test_failure_of_power_concerns_the_area_of_the_machine(
    machine: str, sign_in: Callable[..., Client]
) -> None:
    parent = Equipment.objects.get(equipment=machine, retired=None).parent

    sign_in(Role.OPERATOR).post("/report/", {"equipment": machine, "kind": "area"}, headers=JSON)

    scope = load_scope_version(Disruption.objects.get().pk).scope
    assert scope["equipment"] == [parent or machine]


def test_session_gives_the_queue_its_token(
    case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    answer = sign_in(Role.OPERATOR).get("/report/session/").json()

    assert answer["user"] == f"operator-{case.plant}"
    assert len(answer["csrf"]) == 64


def test_shell_holds_nobodys_data(case: SimulatedCase, client: Client, machine: str) -> None:
    text = client.get("/report/shell/").content.decode()

    assert "ko-report" in text
    assert machine not in text
    assert "csrfmiddlewaretoken" not in text


def test_worker_may_serve_the_report_page(db: None, client: Client) -> None:
    answer = client.get("/sw.js")

    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize(
    ("label", "target"),
    [
        ("/s/equipment/M 1", "/report/?equipment=M+1"),
        ("/s/lot/KS/R-1/L-9", "/lots/?q=KS%2FR-1%2FL-9"),
        ("/s/location/H1", "/report/"),
    ],
)
def test_label_leads_to_what_it_names(
    label: str, target: str, case: SimulatedCase, sign_in: Callable[..., Client]
) -> None:
    assert sign_in(Role.OPERATOR).get(label).headers["Location"] == target


def test_form_without_a_token_is_refused(machine: str, sign_in: Callable[..., Client]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(Role.OPERATOR).cookies

    answer = client.post("/report/", {"equipment": machine, "kind": "equipment"})

    assert answer.status_code == 403
    assert not Disruption.objects.exists()
