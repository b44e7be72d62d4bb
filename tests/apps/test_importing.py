"""Files go in whole rows, once, and never halfway."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from knockon.apps.accounts.models import Site
from knockon.apps.journal.models import Entry, Event
from knockon.apps.plant.models import Equipment, Item
from knockon.apps.production.answers import doctor
from knockon.apps.production.models import (
    Consumption,
    ImportRun,
    Lot,
    OrderLine,
    PlannedOperation,
    RefusedRow,
    ScheduleVersion,
    WorkReport,
)
from knockon.apps.production.services.importing import (
    ImportOptions,
    NothingToImport,
    SnapshotRefused,
    import_paths,
)
from knockon.apps.production.services.records import import_records
from knockon.apps.production.services.reports import ImportReport
from knockon.apps.production.snapshot import latest_snapshot, load_plant_facts
from knockon.demo.simulation.truth import SimulatedCase
from knockon.domain.access import SYSTEM, NotAllowed, Role, Viewer
from knockon.ports.registry import load_connector
from tests.apps.conftest import NOW
from tests.plants import import_case

pytestmark = pytest.mark.django_db
MATERIAL = Path(os.environ.get("KNOCKON_MATERIAL", "../shared/material"))


def _import(folder: Path, **options: object) -> ImportReport:
    return import_paths(
        [folder],
        connector=load_connector("tabular"),
        options=ImportOptions(**options),  # type: ignore[arg-type]
        viewer=SYSTEM,
        now=NOW,
    )


def _records(table: str, *rows: dict[str, str], **options: object) -> ImportReport:
    return import_records(
        table,
        rows,
        options=ImportOptions(**{"plant": "P1", **options}),  # type: ignore[arg-type]
        viewer=SYSTEM,
        now=NOW,
    )


def test_empty_instance_gets_its_first_plant(tmp_path: Path) -> None:
    (tmp_path / "equipment.csv").write_text("equipment,name\nM1,Press\n")

    report = _import(tmp_path)

    assert report.is_applied
    assert Site.objects.get().code == "MAIN"
    assert Equipment.objects.get().site_id == "MAIN"


def test_import_says_what_changed_to_those_who_listen(tmp_path: Path) -> None:
    (tmp_path / "equipment.csv").write_text("equipment,name\nM1,Press\n")

    _import(tmp_path)
    _import(tmp_path)

    event = Event.objects.get(name="FactsImported")
    assert event.payload["tables"] == ["equipment"]


def test_dry_run_counts_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "equipment.csv").write_text("equipment,name\nM1,Press\nM2,Saw\n")

    report = _import(tmp_path, dry_run=True)

    assert report.tables["equipment"]["added"] == 2
    assert not report.is_applied
    assert not Site.objects.exists()
    assert not Entry.objects.exists()


def test_bad_row_is_named_and_the_good_ones_go_in(tmp_path: Path) -> None:
    (tmp_path / "sales_orders.csv").write_text(
        "order,line,customer,item,qty,due_at\n"
        "S1,10,C1,A,100,2026-04-01\nS2,10,C1,A,many,2026-04-01\n"
    )

    report = _import(tmp_path)

    assert OrderLine.objects.get().order == "S1"
    refused = RefusedRow.objects.get(run_id=report.run_id)
    assert (refused.file, refused.row, refused.column, refused.value) == (
        "sales_orders.csv",
        3,
        "qty",
        "many",
    )


def test_all_or_nothing_refuses_the_whole_run(tmp_path: Path) -> None:
    (tmp_path / "sales_orders.csv").write_text(
        "order,line,customer,item,qty,due_at\n"
        "S1,10,C1,A,100,2026-04-01\nS2,10,C1,A,many,2026-04-01\n"
    )

    report = _import(tmp_path, all_or_nothing=True)

    assert not report.is_applied
    assert not OrderLine.objects.exists()


def test_folder_without_lists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8")

    with pytest.raises(NothingToImport):
        _import(tmp_path)


def test_broken_file_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    (tmp_path / "items.xlsx").write_bytes(b"PK\x03\x04 cut short")
    (tmp_path / "equipment.csv").write_text("equipment,name\nM1,Press\n")

    report = _import(tmp_path)

    assert [(each.file, each.row) for each in report.refused] == [("items.xlsx", 0)]
    assert Equipment.objects.count() == 1


def test_whole_list_that_would_close_much_is_refused(plant: str) -> None:
    rows = [{"equipment": f"M{n}"} for n in range(10)]
    _records("equipment", *rows, plant=plant)

    with pytest.raises(SnapshotRefused) as caught:
        _records("equipment", *rows[:5], plant=plant, snapshot=frozenset({"equipment"}))

    assert caught.value.data == {"table": "equipment", "closing": 5, "known": 10}
    assert Equipment.objects.filter(retired=None).count() == 10


def test_whole_list_closes_what_it_lacks(plant: str) -> None:
    rows = [{"equipment": f"M{n}"} for n in range(10)]
    _records("equipment", *rows, plant=plant)

    _records("equipment", *rows[:9], plant=plant, snapshot=frozenset({"equipment"}))

    assert Equipment.objects.filter(retired=None).count() == 9


def test_keys_stay_as_given(plant: str) -> None:
    _records("items", {"item": "00123"}, {"item": "O0l1"}, plant=plant)

    assert set(Item.objects.values_list("item", flat=True)) == {"00123", "O0l1"}


def test_bare_lot_is_completed_from_the_lots_of_the_same_files(plant: str) -> None:
    _records("lots", {"lot": "L1", "item": "R", "supplier": "V1"}, plant=plant)

    _records("consumption", {"input_lot": "L1", "work_order": "W1", "qty": "3"}, plant=plant)

    row = Consumption.objects.get()
    assert (row.input_issuer, row.input_item, row.input_lot) == ("V1", "R", "L1")


def test_ambiguous_lot_is_refused_with_its_candidates(plant: str) -> None:
    _records("lots", {"lot": "L1", "item": "R"}, {"lot": "L1", "item": "S"}, plant=plant)

    report = _records(
        "consumption", {"input_lot": "L1", "work_order": "W1", "qty": "3"}, plant=plant
    )

    assert [each.reason.code for each in report.refused] == ["lot_ambiguous"]
    assert report.refused[0].reason.params["candidates"] == "KS/R/L1, KS/S/L1"
    assert not Consumption.objects.exists()


def test_unknown_columns_become_own_fields(plant: str) -> None:
    _records("equipment", {"equipment": "M1", "colour": "green"}, plant=plant)

    assert Equipment.objects.get().own == {"colour": "green"}


def test_row_of_unknown_plant_is_refused(plant: str) -> None:
    report = _records("equipment", {"equipment": "M1", "plant": "NOWHERE"}, plant=plant)

    assert [each.reason.code for each in report.refused] == ["plant_unknown"]


def test_nobody_imports_into_a_plant_of_others(
    plant: str, viewer_as: Callable[..., Viewer]
) -> None:
    with pytest.raises(NotAllowed):
        import_records(
            "equipment",
            [{"equipment": "M1"}],
            options=ImportOptions(plant=plant),
            viewer=viewer_as(Role.PLANNER, "OTHER"),
            now=NOW,
        )

    assert not Equipment.objects.exists()


def test_only_a_plan_that_differs_is_a_new_version(plant: str) -> None:
    row = {
        "work_order": "W1",
        "seq": "10",
        "equipment": "M1",
        "planned_start": "2026-03-06T00:00:00Z",
        "planned_finish": "2026-03-06T01:00:00Z",
    }
    _records("operations", row, plant=plant)
    _records("operations", {**row, "status": "running"}, plant=plant)
    _records("operations", {**row, "equipment": "M2"}, plant=plant)

    assert list(ScheduleVersion.objects.values_list("number", flat=True)) == [1, 2]
    assert PlannedOperation.objects.get(retired=None).equipment == "M2"


def test_old_schedule_version_can_still_be_read(plant: str) -> None:
    row = {"work_order": "W1", "seq": "10", "equipment": "M1"}
    _records("operations", row, plant=plant)
    before = latest_snapshot([plant])
    _records("operations", {**row, "equipment": "M2"}, plant=plant)

    then = load_plant_facts([plant], snapshot=before)
    now = load_plant_facts([plant], snapshot=latest_snapshot([plant]))

    assert then.operations[0].equipment == "M1"
    assert now.operations[0].equipment == "M2"


def test_same_case_again_changes_nothing(case: SimulatedCase) -> None:
    lots = Lot.objects.count()
    before = latest_snapshot([case.plant])

    report = import_case(case)

    changed = {
        table: counts
        for table, counts in report.tables.items()
        if counts["added"] or counts["changed"] or counts["refused"]
    }
    assert changed == {}
    assert Lot.objects.count() == lots
    assert latest_snapshot([case.plant]).schedules == before.schedules


def test_doctor_can_answer_everything_from_perfect_records(case: SimulatedCase) -> None:
    verdicts = {verdict.question: verdict.grade for verdict in doctor(viewer=SYSTEM)}

    assert verdicts["machine_to_orders"] != "no"
    assert verdicts["lot_to_customers"] != "no"
    assert next(iter(verdicts)) == "machine_to_orders"


def test_a_real_shop_s_log_becomes_work_reports() -> None:
    log = MATERIAL / "shop-log" / "Production.csv"
    if not log.exists():
        pytest.skip(f"{log} is not on this machine: set KNOCKON_MATERIAL to its folder")
    connector = load_connector("tabular")
    options = ImportOptions(
        plant="SHOP",
        zone="Europe/Helsinki",
        mapping=connector.named_mappings()["process_mining_log"],
    )
    now = datetime(2012, 4, 1, tzinfo=UTC)

    first = import_paths([log], connector=connector, options=options, viewer=SYSTEM, now=now)
    again = import_paths([log], connector=connector, options=options, viewer=SYSTEM, now=now)

    assert first.tables["work_reports"]["added"] == 4503
    assert WorkReport.objects.values("work_order").distinct().count() == 225
    assert again.tables["work_reports"]["unchanged"] == 4503
    assert WorkReport.objects.count() == 4503
    grades = {verdict.question: verdict.grade for verdict in doctor(viewer=SYSTEM)}
    assert grades["machine_to_orders"] == "no"
    assert ImportRun.objects.count() == 2
