"""The import wizard as a person sees it, without script and with htmx."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from knockon.apps.accounts.selectors import viewer_named
from knockon.apps.production.models import ImportDraft, OrderLine
from knockon.apps.production.services.drafts import import_draft
from knockon.ports.registry import load_connector
from tests.web.data.conftest import NOW, Drop, member

ORDERS = """未結訂單明細
單號,序號,客戶代號,品號,訂單數量,預交日,結案碼,備註
SO-1,1,C001,A-1,100,115/03/10,N,
SO-1,2,C001,A-2,五十,115/03/12,N,急
SO-2,1,C002,A-1,30,115/03/14,N,
SO-4,1,C002,A-1,30,115/03/21,N,
SO-5,1,C001,A-2,40,115/03/22,Y,
SO-6,1,C001,=A-2,45,115/03/23,N,
SO-7,1,C001,A-1,-70,115/03/24,N,
"""
HTMX = {"HX-Request": "true"}


def text(client: Client, number: int, path: str = "") -> str:
    answer = client.get(f"/data/drafts/{number}/{path}")
    assert answer.status_code == 200
    return visible(answer.content.decode())


def visible(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def posted(client: Client, number: int, what: str, **fields: Any) -> str:
    answer = client.post(f"/data/drafts/{number}/{what}/", fields, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()[:500]
    return answer.content.decode()


def form(**fields: str) -> dict[str, str]:
    return {"file": "orders.csv", "sheet": "orders", "table": "sales_orders", **fields}


def imported(client: Client, number: int) -> str:
    client.post(f"/data/drafts/{number}/import/")
    import_draft(
        number,
        connector=load_connector("tabular"),
        viewer=viewer_named("wang"),
        now=NOW,
    )
    return text(client, number)


def test_the_first_page_says_what_to_do_first(planner: Client) -> None:
    page = visible(planner.get("/data/").content.decode())

    assert "Begin with three lists" in page
    assert "Drop files or a folder here" in page


def test_a_draft_that_is_read_shows_progress_and_asks_again(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)
    ImportDraft.objects.update(state="reading", doing="orders.csv", progress=40)

    page = planner.get(f"/data/drafts/{number}/live/").content.decode()

    assert f'hx-get="/data/drafts/{number}/live/" hx-trigger="every 1s"' in page
    assert "Reading orders.csv" in page
    assert 'value="40"' in page


def test_the_draft_says_what_was_understood_and_what_would_happen(
    planner: Client, drop: Drop
) -> None:
    page = text(planner, drop(orders=ORDERS))

    assert "Sales orders" in page
    assert "Customer part number" in page
    assert "Keep as an own field" in page
    assert "115/03/05 (ROC year)" in page
    assert "“N” means" in page
    assert "2 rows would be left out" in page


def test_refused_rows_are_named_with_their_reason(planner: Client, drop: Drop) -> None:
    page = text(planner, drop(orders=ORDERS))

    assert "orders.csv · row 4" in page
    assert "This is no number." in page
    assert "The ordered quantity cannot be below zero." in page


def test_a_cell_is_mended_in_place(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    page = posted(planner, number, "cell", **form(row="4", column="訂單數量", value="50"))

    assert page.startswith('<div id="_draft_body"')
    assert "1 row would be left out" in visible(page)
    assert "This is no number." not in page


def test_without_script_the_same_form_shows_the_page_again(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    answer = planner.post(
        f"/data/drafts/{number}/cell/", form(row="4", column="訂單數量", value="50"), follow=True
    )

    assert "1 row would be left out" in visible(answer.content.decode())


def test_a_column_is_chosen_and_looked_at_again(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    posted(
        planner,
        number,
        "columns",
        **form(**{"header-7": "備註", "column-7": "priority", "form-due_at": "roc"}),
    )

    mapping = ImportDraft.objects.get().mapping["mappings"][0]
    assert {"field": "priority", "sources": ["備註"]} in mapping["fields"]


def test_a_value_gets_its_meaning(planner: Client, drop: Drop) -> None:
    number = drop(
        orders=ORDERS.replace("SO-2,1,C002,A-1,30,115/03/14,N", "SO-2,1,C002,A-1,30,115/03/14,甲")
    )
    page = posted(
        planner, number, "columns", **form(**{"header-6": "結案碼", "column-6": "status"})
    )
    assert "“甲” means" in visible(page)

    page = posted(
        planner,
        number,
        "columns",
        **form(
            **{
                "of-1": "status",
                "word-1": "甲",
                "meaning-1": "open",
                "of-2": "status",
                "word-2": "N",
                "meaning-2": "open",
                "of-3": "status",
                "word-3": "Y",
                "meaning-3": "closed",
            }
        ),
    )

    assert "What this means is not known yet" not in page
    assert ImportDraft.objects.get().preview["tables"]["sales_orders"]["added"] == 5


def test_rows_are_left_out_by_a_rule(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    page = posted(
        planner,
        number,
        "columns",
        **form(
            **{
                "filters": "1",
                "filter-0": "客戶代號",
                "asks-0": "in",
                "filtered-0": "C002、C003",
            }
        ),
    )

    assert "5 rows are left out by the rules below." in visible(page)
    assert ImportDraft.objects.get().preview["tables"]["sales_orders"]["added"] == 2


def test_a_list_is_left_out_and_taken_again(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    page = posted(planner, number, "table", **form(wanted=""))
    assert "left out" in visible(page)

    page = posted(planner, number, "table", **form(table="", wanted="sales_orders"))
    assert "2 rows would be left out" in visible(page)


def test_a_list_without_a_needed_column_says_which(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    page = posted(planner, number, "columns", **form(**{"header-4": "訂單數量", "column-4": "own"}))

    assert "No column holds: Quantity." in visible(page)


def test_a_wish_that_cannot_be_is_refused_in_words(planner: Client, drop: Drop) -> None:
    page = posted(planner, drop(orders=ORDERS), "table", **form(wanted="nonsense"))

    assert "There is no list “nonsense”." in visible(page)


def test_the_good_rows_go_in_and_the_page_says_what_next(planner: Client, drop: Drop) -> None:
    page = imported(planner, drop(orders=ORDERS))

    assert "Imported" in page
    assert "See what can be answered now" in page
    assert "2 rows were left out" in page
    assert OrderLine.objects.filter(retired=None).count() == 5


def test_refused_rows_come_as_a_file_without_formulas(planner: Client, drop: Drop) -> None:
    orders = ORDERS.replace("五十", "=HYPERLINK(1)")
    imported(planner, drop(orders=orders))
    run = ImportDraft.objects.get().run_id

    answer = planner.get(f"/data/imports/{run}/errors.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "File,List,Row,Column,Value,Reason"
    assert lines[1] == "orders.csv,Sales orders,4,訂單數量,'=HYPERLINK(1),This is no number."
    assert answer["Content-Disposition"] == f'attachment; filename="errors-{run}.csv"'


def test_the_reading_is_kept_and_used_for_the_next_files(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)
    kept = planner.post(f"/data/drafts/{number}/rule/keep/", {"name": "Weekly"}, follow=True)
    assert "Kept as “Weekly”." in visible(kept.content.decode())

    home = planner.get("/data/").content.decode()
    page = posted(
        planner, drop(april=ORDERS), "rule", mapping=re.search(r'value="(\d+)">Weekly', home)[1]
    )

    assert "2 rows would be left out" in visible(page)


def test_the_reading_comes_and_goes_as_json(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)
    file = planner.get(f"/data/drafts/{number}/rule.json")
    assert json.loads(file.content)["mappings"][0]["table"] == "sales_orders"

    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    bad = SimpleUploadedFile("rule.json", b"{}")
    page = posted(planner, number, "rule", rule=bad)

    assert "This is no reading rule that can be used" in visible(page)


def test_a_file_that_is_refused_whole_is_told_in_words(planner: Client, drop: Drop) -> None:
    page = text(planner, drop(orders=ORDERS, half='單號,品號\n"SO-1,A-1\n'))

    assert "“half.csv” ends in the middle of row" in page
    assert "Sales orders" in page


def test_unwelcome_files_are_refused_for_script_and_for_plain_forms(planner: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: PLC0415

    plain = planner.post("/data/drafts/", {"files": SimpleUploadedFile("a.png", b"x")})
    script = planner.post(
        "/data/drafts/",
        {"files": SimpleUploadedFile("a.png", b"x")},
        headers={"Accept": "application/json"},
    )

    assert plain.status_code == script.status_code == 422
    assert "“a.png” is no list that can be read." in visible(plain.content.decode())
    assert script.json() == {
        "errors": ["“a.png” is no list that can be read. Save it as CSV or as an Excel workbook."]
    }


def test_a_discarded_draft_is_gone(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS)

    planner.post(f"/data/drafts/{number}/discard/")

    assert planner.get(f"/data/drafts/{number}/").status_code == 404


def test_another_persons_draft_looks_as_if_there_were_none(drop: Drop) -> None:
    number = drop(orders=ORDERS)

    assert member("planner", username="li").get(f"/data/drafts/{number}/").status_code == 404


@pytest.mark.parametrize("path", ["/data/", "/data/drafts/1/", "/data/imports/1/errors.csv"])
def test_who_may_not_import_sees_nothing(planner: Client, path: str) -> None:
    assert member("operator", username="li").get(path).status_code == 403


def test_a_cell_of_a_file_is_never_markup(planner: Client, drop: Drop) -> None:
    number = drop(orders=ORDERS.replace("五十", "<b>五十</b>").replace("急", "<script>x</script>"))

    page = planner.get(f"/data/drafts/{number}/").content.decode()

    assert "<b>五十" not in page
    assert "<script>x" not in page


def test_the_page_of_a_draft_asks_the_data_base_a_fixed_number_of_times(
    planner: Client, drop: Drop, django_assert_max_num_queries: Any
) -> None:
    number = drop(orders=ORDERS, more=ORDERS, again=ORDERS)

    with django_assert_max_num_queries(12):
        planner.get(f"/data/drafts/{number}/")
