# ruff: noqa: PERF401, RUF005, SIM905 - lists are written as they are printed
"""Lists as a SAP-like system prints or exports them: bars and dashes, tabs, technical names."""

from writing import Fixture, barred


def sales_list() -> Fixture:
    head = [
        "Sales Doc.",
        "Item",
        "Sold-to pt",
        "Name 1",
        "Material",
        "Description",
        "Order Quantity",
        "SU",
        "Net price",
        "Crcy",
        "Req.dlv.dt",
        "PO number",
        "Delivered qty",
        "RejReason",
    ]
    body = []
    for n in range(9):
        body.append(
            [
                f"{12_000 + n // 2}",
                f"{10 * (n % 2 + 1)}",
                f"{100_200 + n % 3}",
                "Falcon Tools",
                f"M-{4711 + n % 4}",
                "Housing, black",
            ]
            + [
                f"{1_250 * (n + 1):,}",
                "PC",
                f"{14.2 + n:.2f}",
                "EUR",
                f"{10 + n}.03.2026",
                f"4500{n:06d}",
                "0" if n else "250-",
                "",
            ]
        )
    body.append(["*", "", "", "", "", "", f"{sum(1_250 * (n + 1) for n in range(9)):,}"])
    return Fixture(
        "sap_sales_list.txt",
        barred("List of Sales Orders", head, body),
        encoding="utf-8",
        printed=True,
    )


def order_headers() -> Fixture:
    head = [
        "Order",
        "Material Number",
        "Material description",
        "Order Type",
        "MRP controller",
        "Plant",
        "Order quantity (GMEIN)",
        "Unit of measure (=GMEIN)",
        "Quantity Delivered (GMEIN)",
        "Confirmed scrap (GMEIN)",
        "Basic start date",
        "Basic finish date",
        "Actual release date",
        "System Status",
        "Sales order",
        "Sales order item",
        "Superior order",
    ]
    rows: list[list[object]] = [["Order Info System - Order Headers"], [], head]
    states = [
        "CRTD MANC SETC",
        "REL  PRC  MACM SETC",
        "REL  PCNF PRC",
        "CNF  DLV  PRC  REL",
        "TECO CNF DLV PRC",
    ]
    for n in range(10):
        rows.append(
            [
                f"{1_000_500 + n}",
                f"M-{4711 + n % 4}",
                "Housing, black",
                "PP01",
                "101",
                "1710",
                f"{1_000 + 50 * n:,}",
                "PC",
                "0" if n % 5 < 3 else "1,000",
            ]
            + ["0", f"03/{n + 2:02d}/2026", f"03/{n + 15:02d}/2026", "", states[n % 5]]
            + [f"{12_000 + n // 2}", f"{10 * (n % 2 + 1)}", "1000500" if n == 3 else ""]
        )
    return Fixture("sap_order_headers.txt", rows, encoding="utf-16", delimiter="\t")


def components() -> Fixture:
    head = "AUFNR RSNUM RSPOS MATNR WERKS LGORT CHARG BDMNG MEINS ENMNG BDTER VORNR XLOEK".split()
    rows: list[list[object]] = [head]
    for n in range(12):
        rows.append(
            [
                f"00000100050{n // 3}",
                f"0000{4400 + n // 3}",
                f"{n % 3 + 1:04d}",
                f"R-{100 + n % 3}",
                "1710",
                "0001",
                "",
            ]
            + [
                f"{250 * (n % 3 + 1)}.000",
                "KG" if n % 3 == 0 else "ST",
                "0.000",
                f"202603{n + 2:02d}",
                "0010",
                "X" if n == 7 else "",
            ]
        )
    return Fixture("sap_components.csv", rows, encoding="utf-8", delimiter=";")


def warehouse_stock() -> Fixture:
    head = [
        "Material",
        "Material Description",
        "Plnt",
        "SLoc",
        "Batch",
        "BUn",
        "Unrestricted",
        "In Quality Insp.",
        "Blocked",
        "Crcy",
        "Value Unrestricted",
    ]
    body = []
    amounts = [1_200, 350, 20_480, 12, 999]
    for n, amount in enumerate(amounts):
        body.append(
            [
                f"M-{4711 + n % 4}",
                "Housing, black",
                "1710",
                f"000{n % 2 + 1}",
                f"00000{n}A" if n % 2 else "",
                "PC",
            ]
            + [
                f"{amount:,}".replace(",", ".") + ",500",
                "0,000",
                "0,000",
                "EUR",
                f"{amount * 12:,}".replace(",", ".") + ",00",
            ]
        )
    total = f"{sum(amounts) + 2:,}".replace(",", ".") + ",500"
    body.append(["*", "", "", "", "", "", total])
    return Fixture(
        "sap_warehouse_stock.txt",
        barred("Display Warehouse Stocks of Material", head, body),
        encoding="utf-8",
        printed=True,
    )


def material_documents() -> Fixture:
    head = [
        "Material Document",
        "Material Doc.Item",
        "Movement Type",
        "Material",
        "Material Description",
        "Batch",
        "Quantity",
        "Unit of Entry",
        "Posting Date",
        "Order",
        "Storage Location",
        "User Name",
    ]
    rows: list[list[object]] = [head]
    for n in range(10):
        back = n == 6
        rows.append(
            [
                f"49000{n:05d}",
                "1",
                "262" if back else "261",
                f"R-{100 + n % 3}",
                "Granulate",
                f"B26{n:04d}",
            ]
            + [
                f"{25 * (n + 1)}.5" if back else f"{25 * (n + 1)}.5-",
                "KG",
                f"2026-03-{n + 2:02d}",
                f"{1_000_500 + n // 3}",
                "0001",
                "MILLER",
            ]
        )
    return Fixture("sap_material_documents.xlsx", rows, sheet="Data")


def order_operations() -> Fixture:
    head = [
        "Order",
        "Oper./Act.",
        "Work center",
        "Operation short text",
        "Operation Quantity (MEINH)",
        "Confirmed yield (MEINH)",
        "Latest start date",
        "Latest finish date",
        "System Status",
        "Setup time (min)",
        "Machine time (h)",
    ]
    rows: list[list[object]] = [["Order Info System - Operations"], head]
    for n in range(9):
        rows.append(
            [
                f"{1_000_500 + n // 3}",
                f"{10 * (n % 3 + 1):04d}",
                f"INJ-{n % 3 + 1}",
                ["Moulding", "Deburring", "Packing"][n % 3],
            ]
            + [
                "1,000",
                "0" if n else "400",
                f"03/{n + 16:02d}/2026",
                f"03/{n + 17:02d}/2026",
                "REL" if n else "PCNF REL",
                "45",
                "0.5",
            ]
        )
    return Fixture("sap_order_operations.xls", rows, encoding="utf-8", delimiter="\t")


FIXTURES = (
    sales_list,
    order_headers,
    components,
    warehouse_stock,
    material_documents,
    order_operations,
)
