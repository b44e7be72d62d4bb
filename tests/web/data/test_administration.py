"""Master data by hand: who may, what is shown, and that every save is a version."""

import pytest
from django.test import Client

from knockon.apps.accounts.models import Site, User
from knockon.apps.journal.models import Entry
from knockon.apps.plant.models import Equipment, Item
from knockon.apps.production.services.importing import ImportOptions
from knockon.apps.production.services.records import import_records
from knockon.domain.access import SYSTEM
from tests.web.data.conftest import NOW, member

MACHINES = "/data/admin/plant/equipment/"
MACHINE = {
    "site": "P1",
    "equipment": "M-2",
    "name": "Press 2",
    "parent": "",
    "level": "work_unit",
    "kind": "press",
    "cost_per_hour": "",
    "topic": "",
    "standard_cycle_s": "",
    "rate_unit": "",
}


def bring_machine(plant: str, code: str) -> Equipment:
    Site.objects.get_or_create(code=plant, timezone="Asia/Taipei")
    import_records(
        "equipment",
        [{"equipment": code, "name": f"Press of {plant}"}],
        options=ImportOptions(plant=plant),
        viewer=SYSTEM,
        now=NOW,
    )
    return Equipment.objects.get(equipment=code)


def test_a_planner_who_is_no_staff_gets_in(planner: Client) -> None:
    bring_machine("P1", "M-1")

    page = planner.get(MACHINES).content.decode()

    assert not User.objects.get(username="wang").is_staff
    assert "Press of P1" in page


def test_the_staff_flag_alone_opens_nothing(planner: Client) -> None:
    quality = member("quality", username="li")
    User.objects.filter(username="li").update(is_staff=True, is_superuser=True)

    assert quality.get(MACHINES, follow=True).status_code == 403
    assert quality.get("/data/admin/", follow=True).status_code == 403


def test_strangers_sign_in_as_everywhere(db: None) -> None:
    answer = Client().get(MACHINES)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_machines_of_other_plants_are_neither_listed_nor_opened(planner: Client) -> None:
    other = bring_machine("P2", "M-9")

    assert "M-9" not in planner.get(MACHINES).content.decode()
    assert "Press of P2" not in planner.get(f"{MACHINES}?q=M-9").content.decode()
    assert planner.get(f"{MACHINES}{other.pk}/change/").status_code == 302


def test_a_new_row_is_recorded(planner: Client) -> None:
    answer = planner.post(f"{MACHINES}add/", MACHINE)

    assert answer.status_code == 302
    row = Equipment.objects.get(equipment="M-2", retired=None)
    assert (row.name, row.source) == ("Press 2", "by hand")
    assert Entry.objects.get(position=row.recorded_id).actor == "wang"


def test_a_row_is_not_made_for_a_plant_of_others(planner: Client) -> None:
    Site.objects.create(code="P2", timezone="Asia/Taipei")

    answer = planner.post(f"{MACHINES}add/", {**MACHINE, "site": "P2"})

    assert answer.status_code == 200
    assert not Equipment.objects.exists()


def test_a_change_is_a_new_version_and_the_old_one_stays(planner: Client) -> None:
    old = bring_machine("P1", "M-1")

    answer = planner.post(
        f"{MACHINES}{old.pk}/change/", {**MACHINE, "equipment": "M-1", "name": "New name"}
    )

    assert answer.status_code == 302
    current = Equipment.objects.get(equipment="M-1", retired=None)
    assert current.name == "New name"
    assert Equipment.objects.get(pk=old.pk).retired_id == current.recorded_id


def test_a_deleted_row_is_only_out_of_use(planner: Client) -> None:
    old = bring_machine("P1", "M-1")

    planner.post(f"{MACHINES}{old.pk}/delete/", {"post": "yes"})

    assert Equipment.objects.get(pk=old.pk).retired_id is not None
    assert "Press of P1" not in planner.get(MACHINES).content.decode()


def test_a_broken_rule_is_told_in_words(planner: Client) -> None:
    answer = planner.post(f"{MACHINES}add/", {**MACHINE, "parent": "M-2"}, follow=True)

    assert "A machine cannot belong to itself." in answer.content.decode()
    assert not Equipment.objects.exists()


def test_what_all_plants_share_is_edited_too(planner: Client) -> None:
    import_records(
        "items",
        [{"item": "A-1", "name": "Cover"}],
        options=ImportOptions(plant="P1"),
        viewer=SYSTEM,
        now=NOW,
    )

    assert "Cover" in planner.get("/data/admin/plant/item/").content.decode()
    assert Item.objects.filter(retired=None).count() == 1


@pytest.mark.parametrize(
    "path", ["auth/group/", "procrastinate/procrastinatejob/", "accounts/user/"]
)
def test_nothing_but_master_data_is_there(planner: Client, path: str) -> None:
    assert planner.get(f"/data/admin/{path}").status_code == 404
