"""What the board plant makes: solder paste and reels become panels, panels become boards."""

from dataclasses import dataclass

from knockon.demo.simulation.blueprint import Product


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel: how many boards it holds, seconds on the line, components by item and count."""

    code: str
    name: str
    holds: int
    line_s: str
    parts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Board:
    """A board cut from a panel, or a module built around one."""

    code: str
    name: str
    spec: str
    made_of: dict[str, str]
    test_s: str
    price: str
    policy: str = "stock"


RAW = (
    ("SP-SAC305", "無鉛錫膏 SAC305", "solder paste SAC305 T4", "G", "V201", "raw"),
    ("PCB-1101", "電路板 1101", "bare board 1101, panel of 8", "PCS", "V202", "raw"),
    ("PCB-1102", "電路板 1102", "bare board 1102, panel of 4", "PCS", "V202", "raw"),
    ("PCB-1103", "電路板 1103", "bare board 1103, panel of 10", "PCS", "V203", "raw"),
    ("PCB-1104", "電路板 1104", "bare board 1104, panel of 5", "PCS", "V203", "raw"),
    ("PCB-1105", "電路板 1105", "bare board 1105, panel of 8", "PCS", "V202", "raw"),
    ("IC-MCU32", "微控制器 32 位元", "MCU QFP48", "PCS", "V204", "raw"),
    ("IC-BLE5", "藍牙模組晶片", "BLE SoC QFN40", "PCS", "V204", "raw"),
    ("IC-PMIC", "電源管理晶片", "PMIC QFN24", "PCS", "V205", "raw"),
    ("C-100N", "電容 100nF 0402", "MLCC 100 nF 0402", "PCS", "V206", "raw"),
    ("C-10U", "電容 10uF 0603", "MLCC 10 uF 0603", "PCS", "V206", "raw"),
    ("R-10K", "電阻 10K 0402", "resistor 10 k 0402", "PCS", "V207", "raw"),
    ("R-4K7", "電阻 4.7K 0402", "resistor 4.7 k 0402", "PCS", "V207", "raw"),
    ("L-2U2", "電感 2.2uH", "inductor 2.2 uH", "PCS", "V206", "raw"),
    ("XT-16M", "石英振盪器 16MHz", "crystal 16 MHz", "PCS", "V205", "raw"),
    ("CN-USBC", "USB-C 連接器", "USB-C receptacle", "PCS", "V208", "raw"),
    ("LED-GN", "綠光 LED 0603", "LED green 0603", "PCS", "V208", "raw"),
    ("HS-330", "控制盒外殼", "control box housing", "PCS", "V209", "raw"),
    ("CB-110", "線束 110", "cable harness 110", "PCS", "V209", "raw"),
    ("PK-TRAY", "防靜電托盤", "ESD tray", "PCS", "V210", "packaging"),
    ("PK-BOX", "紙箱", "carton", "PCS", "V210", "packaging"),
)

PANELS = (
    Panel(
        "PNL-1101",
        "控制板拼板 1101",
        8,
        "90",
        {
            "PCB-1101": "1",
            "SP-SAC305": "1.6",
            "IC-MCU32": "8",
            "C-100N": "96",
            "C-10U": "24",
            "R-10K": "64",
            "XT-16M": "8",
            "LED-GN": "16",
        },
    ),
    Panel(
        "PNL-1102",
        "閘道板拼板 1102",
        4,
        "105",
        {
            "PCB-1102": "1",
            "SP-SAC305": "2",
            "IC-MCU32": "4",
            "IC-BLE5": "4",
            "C-100N": "80",
            "R-4K7": "40",
            "L-2U2": "8",
            "CN-USBC": "4",
        },
    ),
    Panel(
        "PNL-1103",
        "感測板拼板 1103",
        10,
        "75",
        {
            "PCB-1103": "1",
            "SP-SAC305": "1.2",
            "IC-BLE5": "10",
            "C-100N": "60",
            "R-10K": "50",
            "XT-16M": "10",
        },
    ),
    Panel(
        "PNL-1104",
        "電源板拼板 1104",
        5,
        "90",
        {
            "PCB-1104": "1",
            "SP-SAC305": "1.8",
            "IC-PMIC": "5",
            "C-10U": "40",
            "R-4K7": "30",
            "L-2U2": "15",
            "LED-GN": "5",
        },
    ),
    Panel("PNL-T01", "試產拼板", 8, "90", {"PCB-1101": "1", "SP-SAC305": "1.6", "C-100N": "96"}),
    Panel(
        "PNL-1105",
        "顯示板拼板 1105",
        8,
        "105",
        {
            "PCB-1105": "1",
            "SP-SAC305": "1.4",
            "IC-MCU32": "8",
            "IC-PMIC": "8",
            "C-100N": "72",
            "R-10K": "48",
            "LED-GN": "32",
            "CN-USBC": "8",
        },
    ),
)

BOARDS = (
    Board(
        "BRD-1101-A",
        "控制板 A 版",
        "controller board, firmware A",
        {"PNL-1101": "0.125", "PK-TRAY": "0.05"},
        "30",
        "185",
    ),
    Board(
        "BRD-1101-B",
        "控制板 B 版",
        "controller board, firmware B",
        {"PNL-1101": "0.125", "PK-TRAY": "0.05"},
        "30",
        "192",
    ),
    Board(
        "BRD-1102-A",
        "閘道板 標準",
        "gateway board, standard",
        {"PNL-1102": "0.25", "PK-TRAY": "0.1"},
        "45",
        "410",
    ),
    Board(
        "BRD-1102-C",
        "閘道板 車規",
        "gateway board, coated",
        {"PNL-1102": "0.25", "PK-TRAY": "0.1"},
        "60",
        "468",
    ),
    Board(
        "BRD-1103-A",
        "感測板",
        "sensor board",
        {"PNL-1103": "0.1", "PK-TRAY": "0.02"},
        "24",
        "120",
    ),
    Board(
        "BRD-1103-L",
        "感測板 低功耗",
        "sensor board, low power",
        {"PNL-1103": "0.1", "PK-TRAY": "0.02"},
        "24",
        "126",
    ),
    Board(
        "BRD-1104-A",
        "電源板",
        "power board",
        {"PNL-1104": "0.2", "PK-TRAY": "0.05"},
        "30",
        "150",
    ),
    Board(
        "MOD-3300",
        "智慧控制盒",
        "smart control box",
        {"BRD-1105": "1", "HS-330": "1", "CB-110": "2", "PK-BOX": "0.1"},
        "45",
        "890",
        policy="order",
    ),
    Board(
        "MOD-3310",
        "智慧控制盒 雙模",
        "smart control box, dual",
        {"BRD-1105": "1", "HS-330": "1", "CB-110": "3", "PK-BOX": "0.1"},
        "60",
        "980",
        policy="order",
    ),
)

PRODUCTS = (
    Product(
        item="BRD-1101-A",
        siblings=("BRD-1101-B",),
        weight=6,
        lots=(160, 480, 80),
        takers=("TAIYO", "QIANJ", "NORDW", "LANKE"),
        asks=(80, 400, 80),
    ),
    Product(
        item="BRD-1102-A",
        siblings=("BRD-1102-C",),
        weight=4,
        lots=(80, 240, 40),
        takers=("NORDW", "HAIHE", "AUTEL"),
        asks=(40, 200, 40),
    ),
    Product(
        item="BRD-1103-A",
        siblings=("BRD-1103-L",),
        weight=5,
        lots=(200, 600, 100),
        takers=("LANKE", "TAIYO", "SENSA", "QIANJ"),
        asks=(100, 500, 100),
    ),
    Product(
        item="BRD-1104-A",
        weight=4,
        lots=(200, 500, 100),
        takers=("QIANJ", "HAIHE", "GUANG"),
        asks=(100, 400, 100),
    ),
    # Trial builds that nobody ordered.
    Product(item="PNL-T01", weight=3, lots=(10, 20, 5), takers=()),
    Product(
        item="MOD-3300",
        siblings=("MOD-3310",),
        weight=3,
        lots=(80, 240, 80),
        takers=("AUTEL", "SENSA", "GUANG"),
    ),
)
