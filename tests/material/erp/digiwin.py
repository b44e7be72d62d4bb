# ruff: noqa: PERF401, RUF001, RUF005, SIM905 - lists are written as they are printed
"""Lists as a Digiwin-like system prints them: 單別-單號-序號, 民國年, 確認碼, CP950."""

from writing import Fixture, roc

ITEMS = [
    ("10-A0012", "上蓋 UPPER COVER", "ABS 黑 120*80"),
    ("10-A0013", "下蓋 LOWER COVER", "ABS 黑 120*80"),
    ("10-B0207", "齒輪 GEAR 32T", "POM M90"),
    ("20-C0031", "散熱殼半成品", "PA66+30GF"),
]
MATERIALS = [
    ("30-R0001", "ABS 757 黑", "KG", "0.085", "1", "0.03"),
    ("30-R0105", "銅螺母 M3", "PCS", "4", "1", "0.005"),
    ("30-P0040", "PE 袋 150*200", "PCS", "1", "10", "0"),
]


def work_order_heads() -> Fixture:
    head = (
        "製令單別 製令單號 開單日期 產品品號 品名 規格 單位 預計產量 已領套數 已生產量 報廢數量 預計開工 預計完工"
        " 實際開工 狀態碼 性質 生產線別 訂單單別 訂單單號 訂單序號 母製令單別 母製令單號 確認碼 備註"
    ).split()
    rows: list[list[object]] = [
        ["大同精密股份有限公司"],
        ["製令一覽表"],
        ["製表日期：115/03/06", "", "", "", "頁次：1"],
        head,
    ]
    states, confirms = "1233Yy", "YYYYYNVYYYYY"
    total = 0
    for n in range(12):
        item, name, spec = ITEMS[n % 4]
        qty = 1000 + 250 * n
        total += qty
        rows.append(
            [
                "5101" if n != 7 else "5102",
                f"115030{n % 5 + 1}{n + 1:03d}",
                roc(3, 1 + n % 5, compact=True),
            ]
            + [item, name, spec, "PCS", f"{qty:,}", f"{qty // 2:,}", f"{qty // 4:,}"]
            + [str(n % 3), roc(3, 5 + n % 8, compact=True), roc(3, 9 + n % 8, compact=True)]
            + [roc(3, 5 + n % 8, compact=True) if n % 2 else "", states[n % 6]]
            + ["3" if n == 4 else "2" if n == 7 else "1", f"M{n % 3 + 1:02d}"]
            + ["2210", f"11502{n + 10:02d}001", f"{n % 2 + 1:04d}"]
            + (["5101", "1150301001"] if n == 3 else ["", ""])
            + [confirms[n], "急件" if n == 2 else ""]
        )
    rows.append(["合計", "", "", "", "", "", "", f"{total:,}"])
    return Fixture("digiwin_work_order_heads.csv", rows, encoding="cp950")


def work_orders_with_material() -> Fixture:
    head = "製令編號 產品品號 產品品名 預計產量 預計開工日 預計完工日 材料品號 材料品名 單位 需領用量 已領用量 庫別 製程代號".split()
    rows: list[list[object]] = [["製令領用明細表"], head]
    grand = 0.0
    for n in range(5):
        item, name, _ = ITEMS[n % 4]
        qty = 500 * (n + 1)
        subtotal = 0.0
        for place, (material, title, unit, per, base, _) in enumerate(MATERIALS):
            need = qty * float(per) / float(base)
            subtotal += need
            lead = (
                [f"5101-115031{n:01d}001", item, name, f"{qty:,}", roc(3, 10 + n), roc(3, 12 + n)]
                if place == 0
                else [""] * 6
            )
            rows.append([*lead, material, title, unit, f"{need:,.2f}", "0.00", "W01", "0010"])
        rows.append(["", "", "", "", "", "", "小計", "", "", f"{subtotal:,.2f}"])
        grand += subtotal
    rows.append(["", "", "", "", "", "", "總計", "", "", f"{grand:,.2f}"])
    return Fixture("digiwin_work_orders_with_material.csv", rows, encoding="cp950")


def bom() -> Fixture:
    head = "主件品號 主件品名 序號 元件品號 元件品名 單位 組成用量 底數 損耗率% 製程 生效日 失效日 插件位置".split()
    rows: list[list[object]] = [["BOM用量資料清單"], [], head]
    for n, (item, name, _) in enumerate(ITEMS):
        for place, (material, title, unit, per, base, scrap) in enumerate(MATERIALS):
            rows.append(
                [item if place == 0 else "", name if place == 0 else "", f"{(place + 1) * 10:04d}"]
                + [material, title, unit, per, base, f"{float(scrap) * 100:g}", "INJ"]
                + [roc(1, 1), "9999/12/31" if n % 2 else "", ""]
            )
    return Fixture("digiwin_bom.csv", rows, encoding="cp950")


def sales_orders() -> Fixture:
    head = (
        "單別 單號 訂單日期 客戶代號 客戶簡稱 客戶單號 序號 品號 品名 客戶品號 訂單數量 已交數量 單位 幣別 單價 金額 預交日 結案碼 確認碼"
    ).split()
    rows: list[list[object]] = [["客戶訂單明細表"], ["訂單日期：115/02/01 至 115/03/31"], head]
    for n in range(14):
        if n == 7:
            rows += [[], ["客戶訂單明細表"], ["訂單日期：115/02/01 至 115/03/31"], head]
        item, name, _ = ITEMS[n % 4]
        qty, price = 1200 + 100 * n, 12.5 + n
        customer = [("C001", "聯達電子"), ("C014", "宏碁精機"), ("A203", "ACME TW")][n % 3]
        rows.append(
            [
                "2210",
                f"11502{10 + n // 2:02d}001",
                roc(2, 10 + n // 2),
                *customer,
                f"PO-26{n // 2:03d}",
            ]
            + [f"{n % 2 + 1:04d}", item, name, f"CU-{n % 4 + 1:03d}", f"{qty:,}"]
            + [
                "100-" if n == 5 else f"{100 * (n % 4)}",
                "PCS",
                "NTD",
                f"{price:.2f}",
                f"{qty * price:,.2f}",
            ]
            + [roc(3, 10 + n) if n != 11 else "115/13/40", "YyNNNNNNNNNNNN"[n], "YYYYYYYYYYNYVY"[n]]
        )
    return Fixture("digiwin_sales_orders.csv", rows, encoding="cp950")


def receipts() -> Fixture:
    head = "進貨單別 進貨單號 進貨日期 廠商代號 廠商簡稱 序號 品號 品名 批號 進貨數量 驗收數量 驗退數量 單位 採購單別 採購單號 採購序號 檢驗狀態".split()
    rows: list[list[object]] = [["進貨驗收明細表"], head]
    received = accepted = 0
    for n in range(9):
        qty, back = 100 * (n + 1), 20 if n == 4 else 0
        received, accepted = received + qty, accepted + qty - back
        rows.append(
            [
                "3401",
                f"115030{n % 4 + 1}{n + 1:03d}",
                roc(3, 1 + n % 4),
                f"V{n % 3 + 1:03d}",
                "台塑" if n % 3 else "奇美",
            ]
            + [f"{n % 2 + 1:04d}", MATERIALS[n % 3][0], MATERIALS[n % 3][1], f"B2603{n:02d}"]
            + [f"{qty:,}", f"{qty - back:,}", str(back), MATERIALS[n % 3][2]]
            + ["3301", f"11502{n + 11:02d}002", "0001", "Y"]
        )
    rows.append(["合計", "", "", "", "", "", "", "", "", f"{received:,}", f"{accepted:,}", "20"])
    return Fixture("digiwin_receipts.csv", rows, encoding="cp950")


def stock() -> Fixture:
    head = "品號 品名 規格 庫別 庫別名稱 批號 庫存數量 單位 最近入庫日".split()
    rows: list[list[object]] = [["品號庫別存量表", "", "截止日期：115/03/06"], head]
    for n in range(10):
        item, name, spec = ITEMS[n % 4]
        rows.append(
            [
                item,
                name,
                spec,
                ["W01", "W02", "F01"][n % 3],
                ["原料倉", "半成品倉", "成品倉"][n % 3],
            ]
            + [
                "" if n % 4 == 0 else f"L26030{n}",
                f"{(n + 1) * 1_234:,}.000",
                "PCS",
                roc(3, 1 + n % 5),
            ]
        )
    return Fixture("digiwin_stock.csv", rows, encoding="cp950")


def routing() -> Fixture:
    head = "產品品號 品名 途程代號 加工順序 製程代號 製程名稱 性質 線別 線別名稱 標準人時(分) 標準機時(分) 批量 託外廠商".split()
    rows: list[list[object]] = [head]
    steps = [
        ("INJ", "射出成型", "M01", "0.5", "0.45"),
        ("DEB", "去毛邊", "D01", "0.2", "0"),
        ("PRN", "移印", "", "0", "0"),
    ]
    for item, name, _ in ITEMS:
        for place, (code, title, line, man, machine) in enumerate(steps):
            rows.append(
                [
                    item,
                    name,
                    "01",
                    f"{(place + 1) * 10:04d}",
                    code,
                    title,
                    "2" if code == "PRN" else "1",
                ]
                + [
                    line,
                    f"{line}線" if line else "",
                    man,
                    machine,
                    "1",
                    "V009" if code == "PRN" else "",
                ]
            )
    return Fixture("digiwin_routing.csv", rows, encoding="cp950")


def moves() -> Fixture:
    head = "移轉單號 移轉日期 製令編號 製程順序 製程名稱 機台 作業員 開始時間 結束時間 良品數量 報廢數量 重工數量 報廢原因 生產批號".split()
    rows: list[list[object]] = [["製程移轉明細"], head]
    for n in range(12):
        rows.append(
            [
                f"D201-11503{n:02d}",
                roc(3, 2 + n % 4),
                f"5101-115030{n % 5 + 1}{n % 3 + 1:03d}",
                f"{10 * (n % 2 + 1):04d}",
            ]
            + ["射出成型" if n % 2 == 0 else "去毛邊", f"M{n % 3 + 1:02d}", f"E{1001 + n % 4}"]
            + [f"2026/3/{2 + n % 4} 上午 08:{n:02d}", f"2026/3/{2 + n % 4} 下午 0{n % 5 + 1}:30"]
            + [f"{900 + n}", str(n % 4), "0", "S03" if n % 4 else "", f"L2603{n:02d}"]
        )
    return Fixture("digiwin_moves.csv", rows, encoding="cp950")


def customers() -> Fixture:
    head = (
        "客戶代號 客戶簡稱 客戶全名 統一編號 負責業務 客戶等級 連絡人 電話 E-Mail 交易幣別".split()
    )
    rows: list[list[object]] = [["客戶基本資料清單"], head]
    names = ["聯達", "宏碁精機", "ACME", "日東", "恒碁"]
    for n, name in enumerate(names):
        rows.append(
            [
                f"C{n + 1:03d}",
                name,
                f"{name}股份有限公司",
                f"1234567{n}",
                f"S0{n % 2 + 1}",
                "ABC"[n % 3],
            ]
            + ["王先生", f"02-2345-678{n}", f"buyer{n}@example.com", "NTD"]
        )
    return Fixture("digiwin_customers.csv", rows, encoding="cp950")


def items() -> Fixture:
    head = "品號 品名 規格 庫存單位 品號屬性 安全存量 標準成本 固定前置天數 批號管理 主要庫別 快速碼".split()
    rows: list[list[object]] = [["品號基本資料"], head]
    kinds = "MMMSPPPY"
    for n in range(8):
        code = [
            "00012",
            "10-A0013",
            "10-B0207",
            "20-C0031",
            "30-R0001",
            "30-R0105",
            "30-P0040",
            "9O0-X",
        ][n]
        # U+E000 and U+E001 stand for characters that the plant made itself (造字).
        name = f"品名{n}" if n != 3 else "\ue000\ue001殼"
        rows.append(
            [
                code,
                name,
                f"規格 {n}",
                "PCS" if n < 4 else "KG",
                kinds[n],
                str(100 * n),
                f"{1.5 * n:.4f}",
            ]
            + [str(n), "Y" if n % 2 else "N", "W01", ""]
        )
    return Fixture("digiwin_items.csv", rows, encoding="cp950")


def purchase_orders() -> Fixture:
    head = "採購單別 採購單號 採購日期 供應商代號 供應商簡稱 序號 品號 品名 採購數量 已交數量 單位 單價 預交日 廠商確認交期 結案碼 確認碼".split()
    rows: list[list[object]] = [["未交採購明細"], head]
    for n in range(8):
        rows.append(
            [
                "3301",
                f"11502{n // 2 + 11:02d}002",
                f"115.02.{n // 2 + 11:02d}",
                f"V{n % 3 + 1:03d}",
                "奇美",
            ]
            + [
                f"{n % 2 + 1:04d}",
                MATERIALS[n % 3][0],
                MATERIALS[n % 3][1],
                500.0 * (n + 1),
                0.0,
                MATERIALS[n % 3][2],
            ]
            + [12.5, f"115.03.{n + 10:02d}", f"115.03.{n + 12:02d}" if n % 2 else "", "N", "Y"]
        )
    return Fixture("digiwin_purchase_orders.xlsx", rows, sheet="採購明細")


def order_table_dump() -> Fixture:
    head = "TD001 TD002 TD003 TD004 TD005 TD006 TD007 TD008 TD009 TD010 TD011 TD012 TD013 TD014 TD016 TD021".split()
    rows: list[list[object]] = [["COPTD"], head]
    for n in range(6):
        item, name, spec = ITEMS[n % 4]
        rows.append(
            [
                "2210",
                f"20260210{n // 2:03d}",
                f"{n % 2 + 1:04d}",
                item,
                name,
                spec,
                "F01",
                f"{1000 + n}.000",
            ]
            + [
                "0.000",
                "PCS",
                "12.5000",
                f"{12500 + n}.0000",
                f"202603{n + 10:02d}",
                f"CU-{n}",
                "N",
                "Y",
            ]
        )
    return Fixture("digiwin_table_dump.csv", rows, encoding="cp950")


FIXTURES = (
    work_order_heads,
    work_orders_with_material,
    bom,
    sales_orders,
    receipts,
    stock,
    routing,
    moves,
    customers,
    items,
    purchase_orders,
    order_table_dump,
)
