"""What is done with the cells of printed lists, said in sentences."""

import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from knockon.apps.production.services.drafts import read_draft
from knockon.ports.registry import load_connector
from tests.web.data.conftest import NOW

LISTS = Path(__file__).resolve().parents[2] / "material" / "erp" / "files"


def page_of(client: Client, file: str, content: bytes | None = None) -> str:
    body = (LISTS / file).read_bytes() if content is None else content
    answer = client.post("/data/drafts/", {"files": SimpleUploadedFile(file, body)})
    number = int(answer["Location"].rstrip("/").rsplit("/", 1)[-1])
    read_draft(number, connector=load_connector("tabular"), now=NOW)
    page = client.get(answer["Location"]).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("digiwin_work_order_heads.csv", "Joined from 製令單別, 製令單號."),
        ("digiwin_work_order_heads.csv", "115/03/05 (ROC year)"),
        ("digiwin_bom.csv", "An empty cell repeats the one above it."),
        ("digiwin_bom.csv", "Numbers are multiplied by 0.01."),
        ("digiwin_work_orders_with_material.csv", "Work orders + Material requirements"),
        ("digiwin_work_orders_with_material.csv", "Lines that repeat the same number"),
        ("digiwin_sales_orders.csv", "Decides which rows are taken."),
        ("planner_days_cross_tab.xlsx", "A row is a machine, a column is a day or a turn"),
        ("planner_open_orders.xlsx", "Sales orders"),
        ("sap_material_documents.xlsx", "What the list counts below zero is taken as above zero."),
    ],
)
def test_the_page_says_what_is_done_with_the_cells(planner: Client, file: str, said: str) -> None:
    assert said in page_of(planner, file)


def test_parts_of_a_key_and_counted_steps_are_said(planner: Client) -> None:
    orders = "訂單編號,客戶代號,品號,訂單數量,預交日\n" + "".join(
        f"2210-115001-{n:04d},C1,A{n},10,2026-03-1{n}\n" for n in range(1, 9)
    )
    reports = "製令編號,製程,設備編號,良品數量,開始時間,完成時間\n" + "".join(
        f"W-{n % 3},Turning,M-1,5,2026-03-0{n} 08:00,2026-03-0{n} 09:00\n" for n in range(1, 9)
    )

    page = page_of(planner, "orders.csv", orders.encode())
    assert "All but the last part before “-” is taken." in page
    assert "Only the last part after “-” is taken." in page

    page = page_of(planner, "reports.csv", reports.encode())
    assert "“Step” counts 製程 as they first appear within 製令編號." in page
