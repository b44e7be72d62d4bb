"""A person's word beats the guess, and a saved mapping finds the list that it was made for."""

from dataclasses import replace
from pathlib import Path

import pytest

from knockon.adapters.connectors.tabular import connector
from knockon.domain.contract import UnknownColumn
from knockon.domain.mapping import MadeFrom, TableMapping
from knockon.ports.connector import RawSheet

ORDERS = [
    ["未結訂單"],
    ["單號", "序號", "客戶代號", "品號", "訂單數量", "預交日", "回覆日"],
    ["SO-1", "1", "C001", "A-1", "100", "115/03/05", "115/03/06"],
    ["SO-1", "2", "C001", "A-2", "50", "115/03/07", "115/03/09"],
]
ITEMS = [["品號", "品名", "單位"], ["A-1", "上蓋", "PCS"], ["A-2", "下蓋", "PCS"]]


def sheet(rows: list[list[str]], *, name: str = "未結訂單") -> RawSheet:
    return RawSheet(
        file=f"{name}.csv", name=name, rows=rows, numbers=range(1, len(rows) + 1), encoding="utf-8"
    )


def made(rows: list[list[str]], *, name: str) -> list[TableMapping]:
    mappings = connector.recognise([sheet(rows, name=name)]).mappings
    origin = MadeFrom(file=f"{name}.csv", sha256="", rows=0, converted=0, refused=0)
    return [replace(each, made_from=origin) for each in mappings]


def test_another_table_may_be_chosen() -> None:
    mapping = connector.propose(sheet(ORDERS), table="purchase_orders")

    assert mapping.table == "purchase_orders"
    assert "due_at" in {each.field for each in mapping.fields}


def test_a_chosen_column_is_read_with_its_own_date_form() -> None:
    mapping = connector.propose(
        sheet(ORDERS), table="sales_orders", chosen={"回覆日": "due_at", "預交日": ""}
    )

    due = next(each for each in mapping.fields if each.field == "due_at")
    assert (due.sources, due.form) == (("回覆日",), "roc")
    assert all("預交日" not in each.sources for each in mapping.fields)


def test_a_column_of_unknown_values_is_taken_when_it_is_chosen() -> None:
    rows = [[*ORDERS[1], "燈號"], *([*row, "甲"] for row in ORDERS[2:])]

    mapping = connector.propose(sheet(rows), table="sales_orders", chosen={"燈號": "status"})

    assert [each.sources for each in mapping.fields if each.field == "status"] == [("燈號",)]


def test_a_column_that_the_table_lacks_is_refused() -> None:
    with pytest.raises(UnknownColumn):
        connector.propose(sheet(ORDERS), table="sales_orders", chosen={"回覆日": "cavity"})


def test_each_list_gets_the_mapping_that_was_made_for_such_a_list() -> None:
    saved = [*made(ITEMS, name="品號資料"), *made(ORDERS, name="未結訂單")]

    for_orders = connector.suited(sheet(ORDERS, name="四月訂單"), saved)
    for_items = connector.suited(sheet(ITEMS, name="四月品號"), saved)

    assert [each.table for each in for_orders] == ["sales_orders"]
    assert [each.table for each in for_items] == ["items"]


def test_a_saved_mapping_takes_over_the_lists_own_spelling() -> None:
    rows = [["訂單 單號" if cell == "單號" else cell for cell in row] for row in ORDERS]
    saved = made([["料件編號", "品名", "單位"], ["A-1", "上蓋", "PCS"]], name="品號資料")

    (mapping,) = connector.suited(
        sheet([["料件編號 ", "品　名", "單位"], ["A-2", "下蓋", "PCS"]], name="品號"), saved
    )

    assert [each.sources for each in mapping.fields][:2] == [("料件編號",), ("品 名",)]
    assert connector.suited(sheet(rows), saved) == ()


def test_a_list_without_the_headers_gets_no_mapping() -> None:
    rows = [["機台", "起", "迄"], ["M-1", "08:00", "09:00"]]

    assert connector.suited(sheet(rows), made(ORDERS, name="未結訂單")) == ()


def test_what_was_read_is_kept_and_not_read_again(tmp_path: Path) -> None:
    path, kept = tmp_path / "orders.csv", tmp_path / "orders.kept"
    path.write_text("order,line\nSO-1,1\n", encoding="utf-8")

    first = connector.read_sheets_guarded(path, kept=kept)
    path.unlink()

    assert connector.read_sheets_guarded(path, kept=kept) == first
