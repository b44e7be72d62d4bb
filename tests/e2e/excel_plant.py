"""A stranger's plant: what it physically is, and the Excel lists that it keeps of itself.

The lists bear the names, titles and codes of such a plant, none of ours. What a stop of a machine
really does is read off the simulated plant, so nobody wrote the answer down.

``python -m tests.e2e.excel_plant FOLDER`` writes the lists as they would be at this moment, for
whoever follows the tutorial.
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from knockon.demo.simulation.clockwork import Outage
from knockon.demo.simulation.outcome import Trouble, outcome
from knockon.demo.simulation.records import tables_of
from knockon.demo.simulation.shop import (
    Claim,
    Component,
    Customer,
    Item,
    Job,
    Line,
    Machine,
    Need,
    Shop,
    Step,
    WorkOrder,
)
from knockon.demo.simulation.truth import GroundTruth

ZONE = ZoneInfo("Asia/Taipei")
HOUR = 3600
MINUTE = 60
STOPPED = "IM-01"
MACHINE_HEADER = "排在哪台"
"""Nobody but this plant calls the machine's column so: a person has to say what it is."""
SLIP = ("2210-0502", "五百")
"""Somebody typed this order's quantity as words: without it the answer would lack an order."""
REPAIR_S = 4 * HOUR
"""What a plant without a history of stops is asked to assume."""

_MACHINES = {
    "IM-01": "射出機 1 號",
    "IM-02": "射出機 2 號",
    "AS-01": "組立一線",
    "AS-02": "組立二線",
    "PK-01": "包裝台",
    "PK-02": "包裝二台",
}
_ITEMS = {"F-100": "電源盒組", "F-200": "風扇罩組", "S-110": "電源盒上蓋", "S-210": "風扇罩本體"}
_CUSTOMERS = {"C001": ("聯達電子", "A"), "C014": ("宏業精機", "B"), "C020": ("大同水電", "C")}
# Work order: item, the work orders it needs, and where it runs from when to when (minutes).
_WORK: dict[str, tuple[str, str, tuple[tuple[str, int, int], ...]]] = {
    "5101-1001": ("S-110", "", (("IM-01", -60, 60),)),
    "5101-1002": ("S-110", "", (("IM-01", 60, 240),)),
    "5101-1003": ("S-210", "", (("IM-01", 240, 360),)),
    "5101-1004": ("S-210", "", (("IM-02", -30, 150),)),
    "5101-1005": ("S-210", "", (("IM-02", 150, 300),)),
    "5101-2001": ("F-100", "5101-1001", (("AS-01", 120, 240), ("PK-01", 260, 320))),
    "5101-2002": ("F-100", "5101-1002", (("AS-01", 300, 420), ("PK-01", 440, 500))),
    "5101-2003": ("F-200", "5101-1003", (("AS-01", 430, 550), ("PK-01", 560, 620))),
    "5101-2004": ("F-200", "5101-1004", (("AS-02", 200, 320), ("PK-02", 330, 390))),
    "5101-2005": ("F-200", "5101-1005", (("AS-02", 330, 450), ("PK-02", 460, 520))),
}
# Order line: customer, the work order that serves it, and when it is due (minutes).
_LINES = {
    ("2210-0501", "0001"): ("C001", "5101-2001", 400),
    ("2210-0501", "0002"): ("C001", "5101-2004", 600),
    ("2210-0502", "0001"): ("C014", "5101-2002", 600),
    ("2210-0503", "0001"): ("C020", "5101-2003", 1800),
    ("2210-0504", "0001"): ("C020", "5101-2005", 900),
}


def stranger_shop(now: int) -> Shop:
    """Return the plant as it stands at an instant."""
    shop = Shop(plant="P1", zone=ZONE, now=now)
    shop.machines = {code: Machine(code=code, name=name) for code, name in _MACHINES.items()}
    shop.items = {
        code: Item(code=code, name=name, kind="finished" if code[0] == "F" else "semi")
        for code, name in _ITEMS.items()
    }
    for parent, part in (("F-100", "S-110"), ("F-200", "S-210")):
        shop.items[parent].parts = (Component(item=part, per=Decimal(1)),)
    for code, (name, tier) in _CUSTOMERS.items():
        shop.customers[code] = Customer(code=code, name=name, tier=tier)
    for code, (item, child, runs) in _WORK.items():
        shop.work_orders[code] = _work_order(code, item, child=child, runs=runs, now=now)
    for key, (customer, wo, due_min) in _LINES.items():
        _add_line(shop, key, customer=customer, wo=wo, due=now + due_min * MINUTE)
    for number in range(1, 8):
        _add_closed_line(shop, f"2210-04{number:02d}", due=now - number * 20 * HOUR)
    for code, (_item, child, _runs) in _WORK.items():
        if child:
            shop.work_orders[child].parent = code
    return shop


def truth_of(shop: Shop) -> GroundTruth:
    """Return what really happens when the machine stops now."""
    outage = Outage(machines=frozenset({STOPPED}), start=shop.now, end=shop.now + REPAIR_S)
    return outcome(shop, Trouble(outage=outage), repair_s=REPAIR_S)


def _work_order(
    code: str, item: str, *, child: str, runs: Sequence[tuple[str, int, int]], now: int
) -> WorkOrder:
    wo = WorkOrder(code=code, item=item, qty=Decimal(500))
    if child:
        part = {"F-100": "S-110", "F-200": "S-210"}[item]
        wo.needs = [Need(item=part, qty=Decimal(500), child=child)]
    for number, (machine, start, end) in enumerate(runs, start=1):
        step = Step(seq=number * 10, operation=_OPERATIONS[machine[:2]], machine=machine)
        wo.jobs.append(
            Job(
                wo=code,
                seq=step.seq,
                step=step,
                machine=machine,
                tool="",
                work_s=(end - start) * MINUTE,
                planned_start=now + start * MINUTE,
                planned_finish=now + end * MINUTE,
                start=now + start * MINUTE if start < 0 else None,
            )
        )
    return wo


_OPERATIONS = {"IM": "射出", "AS": "組立", "PK": "包裝"}


def _add_line(shop: Shop, key: tuple[str, str], *, customer: str, wo: str, due: int) -> None:
    made = shop.work_orders[wo]
    made.line = key
    shop.lines[key] = Line(
        order=key[0], line=key[1], customer=customer, item=made.item, qty=made.qty, due=due
    )
    shop.claims.append(Claim(line=key, qty=made.qty, wo=wo))


def _add_closed_line(shop: Shop, order: str, *, due: int) -> None:
    shop.lines[order, "0001"] = Line(
        order=order,
        line="0001",
        customer="C014",
        item="F-100",
        qty=Decimal(300),
        due=due,
        shipped=Decimal(300),
        open=False,
    )


Cell = Callable[[dict[str, str]], object]


@dataclass(frozen=True, slots=True)
class _List:
    """An Excel list: its file, its title, and how each column is written."""

    file: str
    title: str
    table: str
    columns: dict[str, Cell]


def write_lists(shop: Shop, folder: Path) -> list[Path]:
    """Write the plant's lists as its people keep them; return the files."""
    tables = tables_of(shop, extra={})
    return [_write(each, tables[each.table], folder) for each in _LISTS]


def _write(each: _List, rows: Sequence[dict[str, str]], folder: Path) -> Path:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "工作表1"
    sheet.append(["大同精密股份有限公司"])
    sheet.append([each.title])
    sheet.append(list(each.columns))
    for row in rows:
        sheet.append([write(row) for write in each.columns.values()])
    path = folder / each.file
    workbook.save(path)
    return path


def _as(column: str) -> Cell:
    return lambda row: row.get(column, "")


def _number(column: str) -> Cell:
    return lambda row: f"{int(Decimal(row[column])):,}" if row.get(column) else ""


def _slipped(row: dict[str, str]) -> object:
    order, words = SLIP
    return words if row["order"] == order else _number("qty")(row)


def _roc(column: str) -> Cell:
    def write(row: dict[str, str]) -> str:
        if not row.get(column):
            return ""
        at = datetime.fromisoformat(row[column]).astimezone(ZONE)
        return f"{at.year - 1911}/{at:%m/%d %H:%M}"

    return write


def _clock(column: str) -> Cell:
    def write(row: dict[str, str]) -> str:
        if not row.get(column):
            return ""
        at = datetime.fromisoformat(row[column]).astimezone(ZONE)
        half = "上午" if at.hour < 12 else "下午"
        return f"{at.year}/{at.month}/{at.day} {half} {(at.hour - 1) % 12 + 1:02d}:{at:%M}"

    return write


def _word(column: str, words: dict[str, str]) -> Cell:
    return lambda row: words[row[column]]


_LISTS = (
    _List(
        "機台清單.xlsx",
        "設備一覽表",
        "equipment",
        {"設備編號": _as("equipment"), "設備名稱": _as("name")},
    ),
    _List(
        "客戶資料.xlsx",
        "客戶基本資料",
        "customers",
        {"客戶代號": _as("customer"), "客戶簡稱": _as("name"), "客戶等級": _as("tier")},
    ),
    _List(
        "品號資料.xlsx",
        "品號基本資料",
        "items",
        {
            "品號": _as("item"),
            "品名": _as("name"),
            "品號屬性": _word("kind", {"finished": "成品", "semi": "半成品"}),
            "庫存單位": _as("uom"),
        },
    ),
    _List(
        "BOM表.xlsx",
        "BOM 用量資料",
        "bom",
        {
            "主件品號": _as("parent_item"),
            "元件品號": _as("component_item"),
            "組成用量": _as("qty_per"),
            "底數": _as("base_qty"),
        },
    ),
    _List(
        "客戶訂單.xlsx",
        "未結訂單明細表",
        "sales_orders",
        {
            "訂單單號": _as("order"),
            "序號": _as("line"),
            "客戶代號": _as("customer"),
            "品號": _as("item"),
            "訂單數量": _slipped,
            "預交日": _roc("due_at"),
            "結案碼": _word("status", {"open": "N", "closed": "Y"}),
        },
    ),
    _List(
        "製令單頭.xlsx",
        "製令一覽表",
        "work_orders",
        {
            "製令編號": _as("work_order"),
            "產品品號": _as("item"),
            "預計產量": _number("qty"),
            "狀態碼": _word("status", {"open": "3", "planned": "1", "done": "Y"}),
            "訂單單號": _as("order"),
            "訂單序號": _as("line"),
            "母製令": _as("parent_work_order"),
        },
    ),
    _List(
        "製令用料.xlsx",
        "製令領用明細",
        "requirements",
        {
            "製令編號": _as("work_order"),
            "材料品號": _as("component"),
            "需領用量": _number("required_qty"),
            "已領用量": _number("issued_qty"),
            "供料製令": _as("supplied_by"),
        },
    ),
    _List(
        "機台排程.xlsx",
        "製程排程表",
        "operations",
        {
            "製令編號": _as("work_order"),
            "加工順序": _as("seq"),
            "製程": _as("operation"),
            MACHINE_HEADER: _as("equipment"),
            "預計開工": _clock("planned_start"),
            "預計完工": _clock("planned_finish"),
            "實際開工": _clock("actual_start"),
            "實際完工": _clock("actual_finish"),
            "加工狀態": _word("status", {"planned": "未開工", "running": "加工中", "done": "完工"}),
        },
    ),
)


def main(folder: Path) -> None:
    """Write the lists of this moment into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in write_lists(stranger_shop(int(time.time()) // MINUTE * MINUTE), folder):
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
