"""What the moulding plant makes: resin becomes parts, parts become sets."""

from dataclasses import dataclass

from knockon.demo.simulation.blueprint import Product


@dataclass(frozen=True, slots=True)
class Part:
    """A moulded part; parts that share a mould and a time per piece come from one family mould."""

    code: str
    name: str
    spec: str
    mould: str
    press: int
    cavities: int
    unit_s: str
    made_of: dict[str, str]
    cost: str = "3.2"
    movable: bool = True


@dataclass(frozen=True, slots=True)
class Set:
    """What is assembled or packed from parts."""

    code: str
    name: str
    spec: str
    made_of: dict[str, str]
    assemble_s: str
    price: str
    policy: str = "order"
    kind: str = "finished"
    cost: str = "18"


RAW = (
    ("R-ABS-BK", "ABS 黑色粒", "ABS resin black", "KG", "S101", "raw"),
    ("R-ABS-WH", "ABS 白色粒", "ABS resin white", "KG", "S101", "raw"),
    ("R-PC-CL", "PC 透明粒", "PC resin clear", "KG", "S102", "raw"),
    ("R-PP-NT", "PP 本色粒", "PP resin natural", "KG", "S101", "raw"),
    ("R-POM-WH", "POM 白色粒", "POM resin white", "KG", "S102", "raw"),
    ("R-TPE-GY", "TPE 灰色粒", "TPE resin grey", "KG", "S102", "raw"),
    ("R-MB-BL", "藍色色母", "blue masterbatch", "KG", "S103", "raw"),
    ("R-SCR-M2", "螺絲 M2x6", "screw M2x6", "PCS", "S104", "raw"),
    ("R-TRM-01", "銅端子", "copper terminal", "PCS", "S104", "raw"),
    ("K-CTN-A", "外箱 A", "carton A", "PCS", "S105", "packaging"),
    ("K-CTN-B", "外箱 B", "carton B", "PCS", "S105", "packaging"),
)

PARTS = (
    Part("P-2101U", "插座上殼", "plug upper", "MD-2101", 0, 4, "9", {"R-ABS-WH": "0.02"}),
    Part("P-2101L", "插座下殼", "plug lower", "MD-2101", 0, 4, "9", {"R-ABS-WH": "0.024"}),
    Part("P-2101B", "插座按鍵", "plug button", "MD-2111", 1, 16, "3", {"R-POM-WH": "0.002"}),
    Part("P-2102T", "路由器上蓋", "router top", "MD-2102", 2, 2, "18", {"R-ABS-WH": "0.06"}),
    Part("P-2102D", "路由器底座", "router base", "MD-2112", 3, 2, "18", {"R-ABS-BK": "0.07"}),
    Part("P-2102G", "導光柱", "light guide", "MD-2122", 4, 8, "6", {"R-PC-CL": "0.004"}),
    Part("P-2203F", "血糖機前殼", "meter front", "MD-2203", 5, 2, "12", {"R-ABS-WH": "0.018"}),
    Part("P-2203R", "血糖機後殼", "meter rear", "MD-2203", 5, 2, "12", {"R-ABS-WH": "0.016"}),
    Part("P-2203W", "視窗鏡片", "meter window", "MD-2213", 4, 4, "9", {"R-PC-CL": "0.003"}),
    Part("P-2204C", "門鈴外殼", "doorbell case", "MD-2204", 6, 2, "15", {"R-ABS-BK": "0.035"}),
    Part("P-2204K", "門鈴按鍵", "doorbell key", "MD-2111", 1, 16, "3", {"R-POM-WH": "0.003"}),
    Part("P-2305I", "充電座內芯", "cradle core", "MD-2305", 7, 4, "12", {"R-PP-NT": "0.03"}),
    Part("P-2305C", "充電座上蓋", "cradle cover", "MD-2315", 8, 4, "12", {"R-ABS-BK": "0.028"}),
    Part("P-2306H", "牙刷握把芯", "handle core", "MD-2306", 9, 8, "9", {"R-PP-NT": "0.022"}),
    Part(
        "P-2306O",
        "牙刷握把包膠",
        "handle overmould",
        "MD-2316",
        10,
        8,
        "12",
        {"P-2306H": "1", "R-TPE-GY": "0.009"},
        movable=False,
    ),
    Part("P-2407A", "齒輪大", "gear large", "MD-2407", 11, 8, "6", {"R-POM-WH": "0.006"}),
    Part("P-2407B", "齒輪小", "gear small", "MD-2407", 11, 8, "6", {"R-POM-WH": "0.004"}),
    Part("P-2408B", "收納盒", "storage box", "MD-2408", 2, 1, "30", {"R-PP-NT": "0.21"}),
    Part("P-2509L", "濾水壺蓋", "pitcher lid", "MD-2509", 6, 2, "18", {"R-PP-NT": "0.045"}),
    Part(
        "P-2510B",
        "相機支架",
        "camera bracket",
        "MD-2510",
        8,
        2,
        "18",
        {"R-ABS-BK": "0.04", "R-MB-BL": "0.001"},
    ),
    Part("P-2611B", "感測器底座", "sensor base", "MD-2611", 3, 4, "12", {"R-ABS-WH": "0.015"}),
    Part("P-2612C", "理線夾", "cable clip", "MD-2612", 9, 8, "6", {"R-POM-WH": "0.005"}),
    Part("P-2713P", "面板框", "panel frame", "MD-2713", 5, 2, "18", {"R-ABS-BK": "0.05"}),
    Part("P-2714V", "風口葉片", "vent louvre", "MD-2714", 7, 4, "12", {"R-PP-NT": "0.02"}),
)

SETS = (
    Set(
        "SA-2305",
        "充電座芯組",
        "cradle core assembly",
        {"P-2305I": "1", "R-TRM-01": "2"},
        "2.25",
        "0",
        kind="semi",
    ),
    Set(
        "KH-2101",
        "智慧插座外殼組",
        "smart plug housing set",
        {"P-2101U": "1", "P-2101L": "1", "P-2101B": "1", "R-SCR-M2": "4", "K-CTN-A": "0.02"},
        "3",
        "42",
    ),
    Set(
        "KH-2102",
        "路由器外殼組",
        "router housing set",
        {"P-2102T": "1", "P-2102D": "1", "P-2102G": "3", "R-SCR-M2": "6", "K-CTN-B": "0.05"},
        "4.5",
        "88",
    ),
    Set(
        "KH-2203",
        "血糖機外殼組",
        "glucose meter housing",
        {"P-2203F": "1", "P-2203R": "1", "P-2203W": "1", "K-CTN-A": "0.02"},
        "3",
        "65",
    ),
    Set(
        "KH-2204",
        "無線門鈴外殼組",
        "doorbell housing set",
        {"P-2204C": "1", "P-2204K": "1", "R-SCR-M2": "2", "K-CTN-A": "0.02"},
        "2.25",
        "36",
    ),
    Set(
        "KH-2305",
        "車用充電座外殼組",
        "car charger cradle",
        {"SA-2305": "1", "P-2305C": "1", "K-CTN-A": "0.02"},
        "2.25",
        "58",
    ),
    Set(
        "KH-2306",
        "電動牙刷握把",
        "toothbrush handle",
        {"P-2306O": "1", "K-CTN-A": "0.01"},
        "",
        "24",
    ),
    Set(
        "KH-2407",
        "減速齒輪組",
        "reduction gear set",
        {"P-2407A": "1", "P-2407B": "2", "K-CTN-A": "0.005"},
        "1.5",
        "12",
        policy="stock",
    ),
    Set(
        "KH-2408",
        "抽屜收納盒",
        "drawer storage box",
        {"P-2408B": "1", "K-CTN-B": "0.1"},
        "",
        "55",
        policy="stock",
    ),
    Set("KH-2509", "濾水壺上蓋", "pitcher lid", {"P-2509L": "1", "K-CTN-A": "0.02"}, "", "28"),
    Set("KH-2510", "相機支架", "camera bracket", {"P-2510B": "1", "K-CTN-A": "0.02"}, "1.5", "33"),
    Set(
        "KH-2611", "感測器底座組", "sensor base set", {"P-2611B": "1", "K-CTN-A": "0.01"}, "", "19"
    ),
    Set("KH-2612", "理線夾組", "cable clip set", {"P-2612C": "2", "K-CTN-A": "0.005"}, "", "9"),
    Set(
        "KH-2713",
        "面板框組",
        "panel frame set",
        {"P-2713P": "1", "R-SCR-M2": "4", "K-CTN-B": "0.04"},
        "3",
        "47",
    ),
    Set("KH-2714", "風口葉片組", "vent louvre set", {"P-2714V": "4", "K-CTN-A": "0.02"}, "3", "52"),
)

PRODUCTS = (
    Product(item="KH-2101", weight=5, lots=(1600, 4000, 400), takers=("VOLTA", "YUNJU")),
    Product(item="KH-2102", weight=4, lots=(800, 2000, 200), takers=("HANLU", "YUNJU")),
    Product(item="KH-2203", weight=4, lots=(1200, 3000, 200), takers=("MEDIQ",)),
    Product(item="KH-2204", weight=4, lots=(1000, 2400, 200), takers=("VOLTA", "KEXIN")),
    Product(item="KH-2305", weight=3, lots=(1200, 2800, 400), takers=("CARLO",)),
    Product(item="KH-2306", weight=4, lots=(1600, 4000, 400), takers=("SHUYA", "KEXIN")),
    Product(
        item="KH-2407",
        weight=4,
        lots=(3000, 6000, 1000),
        takers=("KEXIN", "HOMEL", "FOTON"),
        asks=(2000, 6000, 1000),
    ),
    Product(
        item="KH-2408",
        weight=3,
        lots=(800, 1600, 200),
        takers=("HOMEL", "BRITE", "YUNJU"),
        asks=(600, 1600, 200),
    ),
    Product(item="KH-2509", weight=3, lots=(800, 2000, 200), takers=("BRITE", "HOMEL")),
    Product(item="KH-2510", weight=3, lots=(800, 1800, 200), takers=("FOTON", "CARLO")),
    Product(item="KH-2611", weight=3, lots=(1000, 2400, 200), takers=("HANLU", "VOLTA")),
    Product(item="KH-2612", weight=3, lots=(1600, 3200, 400), takers=("FOTON", "HANLU")),
    Product(item="KH-2713", weight=3, lots=(800, 1800, 200), takers=("MEDIQ", "YUNJU")),
    Product(item="KH-2714", weight=3, lots=(400, 1000, 100), takers=("CARLO", "HOMEL")),
)
