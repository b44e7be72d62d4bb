"""The wizard's use cases: files become a draft, people mend it, and the draft becomes rows."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from knockon.adapters.connectors.tabular import TabularConnector
from knockon.apps.accounts.models import Membership, Site, User
from knockon.apps.accounts.selectors import viewer_named
from knockon.apps.production.models import ImportDraft, ImportRun, OrderLine, WorkOrder
from knockon.apps.production.selectors import DraftUnknown
from knockon.apps.production.services import drafts
from knockon.apps.production.services.draft_edits import (
    ListPlace,
    MappingSuitsNothing,
    choose_columns,
    choose_table,
    fix_cell,
    use_mapping,
)
from knockon.apps.production.services.draft_files import FileKindUnknown, Upload, UploadTooLarge
from knockon.apps.production.services.drafts import (
    DraftBusy,
    DraftDone,
    MappingUnnamed,
    begin_import,
    discard_draft,
    give_up,
    import_draft,
    read_draft,
    save_mapping,
    start_draft,
)
from knockon.apps.production.services.previews import mapping_of
from knockon.domain.access import NotAllowed, Role, Viewer
from knockon.domain.mapping_choices import MappingChoices
from knockon.domain.mapping_json import dump_mapping
from knockon.ports.connector import RawSheet

NOW = datetime(2026, 3, 6, 2, 0, tzinfo=UTC)
ORDERS = """未結訂單明細
單號,序號,客戶代號,品號,訂單數量,預交日,確認碼
SO-1,1,C001,A-1,100,115/03/10,Y
SO-1,2,C001,A-2,五十,115/03/12,Y
SO-2,1,C002,A-1,30,115/13/40,Y
SO-3,1,C002,A-1,30,115/03/20,N
SO-4,1,C002,A-1,30,115/03/21,Y
SO-5,1,C001,A-2,40,115/03/22,Y
SO-6,1,C001,A-2,45,115/03/23,Y
SO-7,1,C001,A-1,70,115/03/24,Y
SO-8,1,C002,A-1,80,115/03/25,Y
SO-9,1,C002,A-2,90,115/03/26,Y
"""
WORK_ORDERS = """製令編號,產品品號,預計產量,預計開工日,預計完工日
W-1,A-1,100,115/03/07,115/03/09
"""
PLACE = ListPlace(file="訂單.csv", sheet="訂單", table="sales_orders")


class InProcess(TabularConnector):
    """Reads our own files here: a guarded process for each would take most of the test's time."""

    def read_sheets_guarded(self, path: Path, **options: Any) -> tuple[RawSheet, ...]:
        return self.read_sheets(path)


CONNECTOR = InProcess()
Drop = Callable[..., ImportDraft]

pytestmark = pytest.mark.django_db


@pytest.fixture
def planner(settings: Any, tmp_path: Path) -> Viewer:
    settings.MEDIA_ROOT = tmp_path
    site = Site.objects.create(code="P1", name="P1", timezone="Asia/Taipei", currency="TWD")
    user = User.objects.create(username="wang")
    Membership.objects.create(user=user, site=site, role=Role.PLANNER)
    return viewer_named("wang")


@pytest.fixture
def drop(planner: Viewer) -> Drop:
    """Drop texts as files of these names and have them read."""

    def dropped(mapping_id: int | None = None, **texts: str) -> ImportDraft:
        uploads = [
            Upload(name=f"{name}.csv", content=BytesIO(text.encode()), size=len(text.encode()))
            for name, text in texts.items()
        ]
        draft = start_draft(
            uploads,
            plant="P1",
            connector=CONNECTOR,
            viewer=planner,
            now=NOW,
            max_bytes=10_000,
            mapping_id=mapping_id,
        )
        read_draft(draft.pk, connector=CONNECTOR, now=NOW)
        draft.refresh_from_db()
        return draft

    return dropped


def imported(draft: ImportDraft, viewer: Viewer) -> ImportDraft:
    begin_import(draft.pk, viewer=viewer, now=NOW)
    import_draft(draft.pk, connector=CONNECTOR, viewer=viewer, now=NOW)
    draft.refresh_from_db()
    return draft


def fix(draft: ImportDraft, viewer: Viewer, **cell: object) -> ImportDraft:
    whole = {"file": "訂單.csv", "sheet": "訂單", **cell}
    return fix_cell(draft.pk, cell=whole, connector=CONNECTOR, viewer=viewer, now=NOW)


def read_as(draft: ImportDraft, viewer: Viewer, table: str, *, place: ListPlace = PLACE) -> Any:
    return choose_table(draft.pk, place, table=table, connector=CONNECTOR, viewer=viewer, now=NOW)


def test_dropped_files_are_recognised_and_looked_through(drop: Drop) -> None:
    draft = drop(訂單=ORDERS, 製令=WORK_ORDERS)

    assert draft.state == ImportDraft.State.READY
    assert [each.table for each in mapping_of(draft).mappings] == ["sales_orders", "work_orders"]
    assert draft.preview["tables"]["sales_orders"]["added"] == 7
    assert draft.preview["tables"]["work_orders"]["added"] == 1
    assert draft.preview["refused_rows"] == {"sales_orders": 2}


def test_a_preview_stores_nothing(drop: Drop) -> None:
    drop(訂單=ORDERS)

    assert not OrderLine.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_refused_row_shows_its_cell_and_what_names_it(drop: Drop) -> None:
    refused = drop(訂單=ORDERS).preview["refused"]

    assert [(each["row"], each["cells"], each["reason"]["code"]) for each in refused] == [
        (4, [{"column": "訂單數量", "value": "五十"}], "not_a_number"),
        (5, [{"column": "預交日", "value": "115/13/40"}], "no_such_date"),
    ]
    assert refused[0]["names"] == [
        {"column": "單號", "value": "SO-1"},
        {"column": "序號", "value": "2"},
    ]


def test_a_mended_cell_is_taken(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    fix(draft, planner, row=4, column="訂單數量", value="50")
    draft = fix(draft, planner, row=5, column="預交日", value="115/03/15")

    assert draft.preview["refused"] == []
    assert draft.preview["tables"]["sales_orders"]["added"] == 9


def test_a_cell_may_be_mended_again(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    fix(draft, planner, row=4, column="訂單數量", value="fifty")
    draft = fix(draft, planner, row=4, column="訂單數量", value="50")

    assert [each["row"] for each in draft.preview["refused"]] == [5]
    assert len(draft.fixes) == 1


def test_a_draft_is_imported_with_its_corrections(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS, 製令=WORK_ORDERS)
    fix(draft, planner, row=4, column="訂單數量", value="50")

    draft = imported(draft, planner)

    assert draft.state == ImportDraft.State.DONE
    lines = OrderLine.objects.filter(order="SO-1").values_list("order", "line", "qty")
    assert [(order, line, int(qty)) for order, line, qty in lines.order_by("line")] == [
        ("SO-1", "1", 100),
        ("SO-1", "2", 50),
    ]
    assert WorkOrder.objects.get().work_order == "W-1"
    assert draft.run is not None
    assert draft.run.actor == "wang"


def test_the_job_may_run_twice(drop: Drop, planner: Viewer) -> None:
    draft = imported(drop(訂單=ORDERS), planner)

    again = import_draft(draft.pk, connector=CONNECTOR, viewer=planner, now=NOW)

    assert again is None
    assert ImportRun.objects.count() == 1


def test_the_same_files_again_change_nothing(drop: Drop, planner: Viewer) -> None:
    imported(drop(訂單=ORDERS), planner)

    preview = drop(訂單=ORDERS).preview["tables"]["sales_orders"]

    assert (preview["added"], preview["changed"], preview["unchanged"]) == (0, 0, 7)


def test_an_imported_draft_cannot_be_changed(drop: Drop, planner: Viewer) -> None:
    draft = imported(drop(訂單=ORDERS), planner)

    with pytest.raises(DraftDone):
        fix(draft, planner, row=4, column="訂單數量", value="50")


def test_a_draft_at_work_cannot_be_imported_twice(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)
    begin_import(draft.pk, viewer=planner, now=NOW)

    with pytest.raises(DraftBusy):
        begin_import(draft.pk, viewer=planner, now=NOW)


def test_a_list_can_be_left_out(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS, 製令=WORK_ORDERS)

    draft = choose_table(draft.pk, PLACE, table="", connector=CONNECTOR, viewer=planner, now=NOW)

    assert set(draft.preview["tables"]) == {"work_orders"}
    assert draft.preview["unread"] == ["訂單.csv: 訂單"]


def test_a_list_can_be_another_table(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    draft = read_as(draft, planner, "purchase_orders")

    assert [each.table for each in mapping_of(draft).mappings] == ["purchase_orders"]


def test_a_list_that_lacks_a_needed_column_says_which(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    draft = choose_columns(
        draft.pk,
        PLACE,
        MappingChoices(columns={"訂單數量": "own"}),
        connector=CONNECTOR,
        viewer=planner,
        now=NOW,
    )

    (refusal,) = draft.preview["refused"]
    assert refusal["reason"] == {"code": "columns_needed", "params": {"columns": "qty"}}


def test_a_column_is_read_as_the_person_says(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS.replace("確認碼", "客戶單號"))
    choices = MappingChoices(columns={"客戶單號": "customer_order"})

    draft = choose_columns(
        draft.pk,
        PLACE,
        choices,
        connector=CONNECTOR,
        viewer=planner,
        now=NOW,
    )
    imported(draft, planner)

    assert set(OrderLine.objects.values_list("customer_order", flat=True)) == {"Y", "N"}


def test_a_saved_mapping_reads_the_next_files(drop: Drop, planner: Viewer) -> None:
    first = drop(訂單=ORDERS, 製令=WORK_ORDERS)
    choices = MappingChoices(columns={"客戶代號": "customer_order", "品號": "customer"})
    choose_columns(first.pk, PLACE, choices, connector=CONNECTOR, viewer=planner, now=NOW)
    saved = save_mapping(" 週報 ", draft_id=first.pk, viewer=planner, now=NOW)

    draft = drop(mapping_id=saved.pk, 四月訂單=ORDERS, 四月製令=WORK_ORDERS)

    by_table = {each.table: each for each in mapping_of(draft).mappings}
    columns = {each.field: each.sources for each in by_table["sales_orders"].fields}
    assert saved.name == "週報"
    assert columns["customer_order"] == ("客戶代號",)
    assert by_table["work_orders"].made_from is not None
    assert by_table["work_orders"].made_from.file == "四月製令.csv"


def test_a_mapping_without_a_name_is_not_kept(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    with pytest.raises(MappingUnnamed):
        save_mapping("  ", draft_id=draft.pk, viewer=planner, now=NOW)


def test_a_mapping_comes_back_as_json(drop: Drop, planner: Viewer) -> None:
    text = dump_mapping(mapping_of(drop(訂單=ORDERS)))
    draft = drop(另一份=ORDERS)

    draft = use_mapping(draft.pk, text=text, connector=CONNECTOR, viewer=planner, now=NOW)

    assert draft.preview["tables"]["sales_orders"]["added"] == 7


def test_a_mapping_for_other_lists_is_refused(drop: Drop, planner: Viewer) -> None:
    text = dump_mapping(mapping_of(drop(訂單=ORDERS, 製令=WORK_ORDERS)))
    draft = drop(機台="設備編號,設備名稱\nM-1,射出機\n")

    with pytest.raises(MappingSuitsNothing):
        use_mapping(draft.pk, text=text, connector=CONNECTOR, viewer=planner, now=NOW)


def test_one_bad_file_does_not_hold_up_the_others(drop: Drop) -> None:
    draft = drop(訂單=ORDERS, 壞檔='單號,品號\n"SO-1,A-1\n')

    errors = {each["name"]: each.get("error", {}).get("code") for each in draft.files}
    assert draft.state == ImportDraft.State.READY
    assert errors == {"訂單.csv": None, "壞檔.csv": "file_cut_short"}


def test_a_draft_of_bad_files_alone_fails_and_says_why(drop: Drop) -> None:
    draft = drop(壞檔='單號,品號\n"SO-1,A-1\n')

    assert draft.state == ImportDraft.State.FAILED
    assert draft.files[0]["error"]["data"]["file"] == "壞檔.csv"


def test_two_files_of_one_name_are_told_apart(planner: Viewer) -> None:
    uploads = [
        Upload(name="list.csv", content=BytesIO(text.encode()), size=len(text.encode()))
        for text in (ORDERS, WORK_ORDERS)
    ]
    draft = start_draft(
        uploads,
        plant="P1",
        connector=CONNECTOR,
        viewer=planner,
        now=NOW,
        max_bytes=10_000,
    )

    assert [each["name"] for each in draft.files] == ["list.csv", "list (2).csv"]


@pytest.mark.parametrize(
    ("name", "size", "error"),
    [("orders.csv", 20_000, UploadTooLarge), ("photo.png", 10, FileKindUnknown)],
)
def test_unwelcome_files_are_refused(
    planner: Viewer, name: str, size: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        start_draft(
            [Upload(name=name, content=BytesIO(b"x"), size=size)],
            plant="P1",
            connector=CONNECTOR,
            viewer=planner,
            now=NOW,
            max_bytes=10_000,
        )


def test_a_draft_is_its_owners_alone(drop: Drop) -> None:
    draft = drop(訂單=ORDERS)

    with pytest.raises(DraftUnknown):
        fix(draft, Viewer(actor="li"), row=4, column="訂單數量", value="50")


def test_who_may_not_import_drops_nothing(planner: Viewer) -> None:
    with pytest.raises(NotAllowed):
        start_draft(
            [Upload(name="a.csv", content=BytesIO(b"x"), size=1)],
            plant="P2",
            connector=CONNECTOR,
            viewer=planner,
            now=NOW,
            max_bytes=10,
        )


def test_a_discarded_draft_leaves_no_file(drop: Drop, planner: Viewer, tmp_path: Path) -> None:
    draft = drop(訂單=ORDERS)

    discard_draft(draft.pk, viewer=planner)

    assert not ImportDraft.objects.exists()
    assert list((tmp_path / "imports").iterdir()) == []


def test_an_import_that_may_not_be_leaves_nothing_behind(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS, 製令=WORK_ORDERS)
    begin_import(draft.pk, viewer=planner, now=NOW)
    Membership.objects.all().delete()

    done = import_draft(draft.pk, connector=CONNECTOR, viewer=viewer_named("wang"), now=NOW)

    draft.refresh_from_db()
    assert done is None
    assert (draft.state, draft.error["code"]) == (ImportDraft.State.FAILED, "not_allowed")
    assert not OrderLine.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_failed_import_may_be_tried_again(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)
    begin_import(draft.pk, viewer=planner, now=NOW)
    give_up(draft.pk, code="import_broken", now=NOW)
    draft.refresh_from_db()
    assert (draft.state, draft.error["code"]) == (ImportDraft.State.FAILED, "import_broken")

    assert imported(draft, planner).state == ImportDraft.State.DONE


def test_a_job_that_breaks_late_does_not_undo_a_finished_import(
    drop: Drop, planner: Viewer
) -> None:
    draft = imported(drop(訂單=ORDERS), planner)

    give_up(draft.pk, code="import_broken", now=NOW)

    draft.refresh_from_db()
    assert draft.state == ImportDraft.State.DONE


def test_large_drafts_are_looked_through_by_a_job(
    drop: Drop, planner: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "_AT_ONCE_BYTES", 10)
    draft = drop(訂單=ORDERS)

    changed = fix(draft, planner, row=4, column="訂單數量", value="50")
    assert changed.state == ImportDraft.State.READING
    with pytest.raises(DraftBusy):
        fix(draft, planner, row=5, column="預交日", value="115/03/15")

    read_draft(draft.pk, connector=CONNECTOR, now=NOW)
    draft.refresh_from_db()
    assert draft.preview["tables"]["sales_orders"]["added"] == 8


def test_one_list_can_be_read_as_two_tables(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS.replace("備註", "客戶簡稱").replace("確認碼", "客戶簡稱"))

    draft = read_as(draft, planner, "customers", place=ListPlace(file="訂單.csv", sheet="訂單"))

    assert set(draft.preview["tables"]) == {"sales_orders", "customers"}


def test_a_table_that_a_list_already_is_is_not_read_twice(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    draft = read_as(draft, planner, "sales_orders", place=ListPlace(file="訂單.csv", sheet="訂單"))

    assert [each.table for each in mapping_of(draft).mappings] == ["sales_orders"]


def test_a_list_that_names_two_columns_alike_is_told_and_the_rest_goes_on(drop: Drop) -> None:
    draft = drop(訂單=ORDERS, 機台="設備編號,設備名稱,設備名稱\nM-1,甲,乙\nM-2,丙,丁\n")

    bad = next(each for each in draft.sheets if each["file"] == "機台.csv")
    assert bad["error"]["code"] == "duplicate_headers"
    assert draft.preview["tables"]["sales_orders"]["added"] == 7


def test_a_signal_list_is_told_to_come_by_another_way(drop: Drop, planner: Viewer) -> None:
    draft = drop(訂單=ORDERS)

    draft = read_as(draft, planner, "signals")

    (refusal,) = draft.preview["refused"]
    assert refusal["reason"]["code"] == "table_not_stored"


def test_rows_name_the_columns_of_a_broken_rule(drop: Drop) -> None:
    draft = drop(訂單=ORDERS.replace("SO-9,1,C002,A-2,90", "SO-9,1,C002,A-2,-90"))

    refusal = next(each for each in draft.preview["refused"] if each["row"] == 12)
    assert refusal["reason"]["params"] == {"rule": "order_line_qty"}
    assert refusal["cells"] == [{"column": "訂單數量", "value": "-90"}]
