# ruff: noqa: DTZ001, PERF401, RUF001, RUF005, SIM905 - lists are written as they are printed
"""Lists as planners and foremen keep them in workbooks: titles, merged headers, cross-tabs."""

from datetime import datetime

from writing import Fixture


def days_cross_tab() -> Fixture:
    rows: list[list[object]] = [
        ["射出課 2026年3月 第2週生產排程"],
        ["機台＼日期", "噸數", "3/9(一)", "3/10(二)", "3/11(三)", "3/12(四)", "3/13(五)"],
        [
            "M01",
            120.0,
            "5101-1150301001",
            "5101-1150301001",
            "5101-1150302002\n(500)",
            "保養",
            "5101-1150303003",
        ],
        [
            "M02",
            150.0,
            "5101-1150302002",
            "5101-1150304004",
            "5101-1150304004",
            "5101-1150304004",
            "-",
        ],
        ["M03", 220.0, "", "5101-1150303003、5101-1150305005", "5101-1150305005", "休", ""],
    ]
    return Fixture("planner_days_cross_tab.xlsx", rows, sheet="W11", merges=("A1:G1",))


def turns_cross_tab() -> Fixture:
    rows: list[list[object]] = [
        ["沖壓排程順序表"],
        ["更新時間：2026/3/6 08:00"],
        ["機台", "第1順位", "第2順位", "第3順位", "第4順位"],
        ["P-80T", "W2603001", "W2603004", "W2603002", ""],
        ["P-110T", "W2603003", "W2603001", "", ""],
        ["P-200T", "W2603005", "W2603006", "W2603007", "W2603003"],
    ]
    return Fixture("planner_turns_cross_tab.xlsx", rows, sheet="排程")


def two_row_schedule() -> Fixture:
    rows: list[list[object]] = [
        ["組裝線 排程與實績"],
        ["製令單號", "品號", "製程", "機台", "計畫", None, "實際", None, "數量", None, "備註"],
        [None, None, None, None, "開始", "結束", "開始", "結束", "良品", "不良", None],
    ]
    for n in range(8):
        rows.append(
            [
                f"W26030{n // 2 + 1:02d}",
                f"00{n // 2 + 1:03d}",
                "組裝" if n % 2 == 0 else "測試",
                f"ASM-{n % 2 + 1}",
            ]
            + [
                datetime(2026, 3, 9 + n // 2, 8 + 4 * (n % 2)),
                datetime(2026, 3, 9 + n // 2, 12 + 5 * (n % 2)),
            ]
            + [
                datetime(2026, 3, 9, 8, 5) if n == 0 else None,
                datetime(2026, 3, 9, 12, 20) if n == 0 else None,
            ]
            + [480.0 if n == 0 else None, 3.0 if n == 0 else None, None]
        )
    merges = ("A1:K1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2", "G2:H2", "I2:J2", "K2:K3")
    return Fixture("planner_two_row_schedule.xlsx", rows, sheet="排程", merges=merges)


def open_orders() -> Fixture:
    head = [
        "Customer Code",
        "Customer Name",
        "Customer PO",
        "SO No.",
        "Line",
        "Part No.",
        "Description",
        "Ordered Qty",
        "Shipped Qty",
        "Balance",
        "Unit Price (USD)",
        "Due Date",
        "Promise Date",
        "Status",
        "Remarks",
    ]
    rows: list[list[object]] = [["Open Order Report"], ["As of 2026-03-06"], [], head]
    total = 0.0
    for n in range(8):
        qty = 500.0 * (n + 1)
        total += qty
        rows.append(
            [
                f"US{n % 3 + 1:02d}",
                "Northwind",
                f"PO{7700 + n}",
                f"SO-26{n // 2 + 1:03d}",
                n % 2 + 1.0,
                123.0 + n if n % 2 else f"0012{n}",
            ]
            + ["Bracket", qty, 100.0 if n == 1 else 0.0, qty, 3.25, datetime(2026, 3, 16 + n)]
            + [datetime(2026, 3, 18 + n) if n % 2 else None, "Open" if n != 4 else "Closed", None]
        )
    rows += [["Total", None, None, None, None, None, None, total], [], ["Prepared by: Ann"]]
    return Fixture("planner_open_orders.xlsx", rows, sheet="Open Orders")


def daily_report() -> Fixture:
    rows: list[list[object]] = [
        ["生產日報表", "", "", "", "", "日期: 2026/03/05"],
        ["機台編號", "工單號碼", "站別", "作業人員", "時間", "", "產出數量", "", "不良原因"],
        ["", "", "", "", "開始", "結束", "良品數", "不良數", ""],
    ]
    for n in range(10):
        rows.append(
            [
                f"CNC-{n % 4 + 1:02d}",
                f"WO{26_0300 + n // 2}",
                "粗車" if n % 2 == 0 else "精車",
                f"工{n % 3 + 1}",
            ]
            + [
                f"2026/3/5 {8 + n % 8}:00",
                f"2026/3/5 {9 + n % 8}:15",
                str(40 + n),
                str(n % 3),
                "毛邊" if n % 3 else "",
            ]
        )
    rows.append(
        [
            "合計",
            "",
            "",
            "",
            "",
            "",
            str(sum(40 + n for n in range(10))),
            str(sum(n % 3 for n in range(10))),
        ]
    )
    return Fixture("planner_daily_report.csv", rows, encoding="utf-8-sig")


def machines() -> Fixture:
    head = ["設備編號", "設備名稱", "設備類別", "所屬車間", "每小時成本", "購置日期"]
    rows: list[list[object]] = [["設備清冊"], head]
    for n in range(6):
        rows.append(
            [
                f"M{n + 1:02d}",
                f"射出機 {80 + 40 * n}T",
                "射出機",
                "射出課",
                450.0 + 50 * n,
                datetime(2019, 5, n + 1),
            ]
        )
    return Fixture("planner_machines.xlsx", rows, sheet="設備")


def canonical_operations() -> Fixture:
    head = "work_order seq operation equipment tool planned_start planned_finish status setup_min".split()
    rows: list[list[object]] = [head]
    for n in range(6):
        rows.append(
            [
                f"WO-{n // 2 + 1}",
                str(10 * (n % 2 + 1)),
                "moulding",
                f"IM-{n % 3 + 1}",
                f"T-{n % 2 + 1}",
            ]
            + [
                f"2026-03-0{n + 1}T08:00:00+08:00",
                f"2026-03-0{n + 1}T16:00:00+08:00",
                "planned",
                "30",
            ]
        )
    return Fixture("operations.csv", rows, encoding="utf-8")


FIXTURES = (
    days_cross_tab,
    turns_cross_tab,
    two_row_schedule,
    open_orders,
    daily_report,
    machines,
    canonical_operations,
)
