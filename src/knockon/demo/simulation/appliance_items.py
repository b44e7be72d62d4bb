"""What the appliance plant makes: wire, bearings and shells become motors, motors become fans."""

from dataclasses import dataclass

from knockon.demo.simulation.blueprint import Product


@dataclass(frozen=True, slots=True)
class Made:
    """Something made in the house: operations as (name, group, seconds per piece)."""

    code: str
    name: str
    spec: str
    steps: tuple[tuple[str, str, str], ...]
    made_of: dict[str, str]
    kind: str = "semi"
    policy: str = "order"
    price: str = "0"
    tool: str = ""


RAW = (
    ("W-CU-035", "漆包線 0.35", "enamelled wire 0.35 mm", "KG", "U301", "raw"),
    ("W-CU-050", "漆包線 0.50", "enamelled wire 0.50 mm", "KG", "U301", "raw"),
    ("S-SI-50", "矽鋼片", "silicon steel lamination", "KG", "U302", "raw"),
    ("B-608ZZ", "軸承 608ZZ", "ball bearing 608ZZ", "PCS", "U303", "raw"),
    ("B-6201", "軸承 6201", "ball bearing 6201", "PCS", "U304", "raw"),
    ("H-SFT-8", "馬達軸 8mm", "motor shaft 8 mm", "PCS", "U305", "raw"),
    ("H-SCR-M4", "螺絲 M4x10", "screw M4x10", "PCS", "U305", "raw"),
    ("E-PCB-F1", "風扇控制板", "fan control board", "PCS", "U306", "raw"),
    ("E-PCB-P1", "清淨機控制板", "purifier control board", "PCS", "U306", "raw"),
    ("E-CORD-15", "電源線 1.5m", "power cord 1.5 m", "PCS", "U307", "raw"),
    ("R-ABS-WH", "ABS 白色粒", "ABS resin white", "KG", "U308", "raw"),
    ("R-PP-BL", "PP 藍色粒", "PP resin blue", "KG", "U308", "raw"),
    ("F-HEPA-13", "HEPA 濾網", "HEPA filter H13", "PCS", "U309", "raw"),
    ("T-HEAT-1K", "加熱管 1kW", "heating element 1 kW", "PCS", "U310", "raw"),
    ("K-BOX-L", "彩盒 大", "colour box large", "PCS", "U311", "packaging"),
    ("K-BOX-S", "彩盒 小", "colour box small", "PCS", "U311", "packaging"),
)

MADE = (
    Made(
        "STA-35",
        "定子 35",
        "stator 35",
        (("WIND", "WND", "24"),),
        {"W-CU-035": "0.18", "S-SI-50": "0.6"},
    ),
    Made(
        "STA-50",
        "定子 50",
        "stator 50",
        (("WIND", "WND", "30"),),
        {"W-CU-050": "0.32", "S-SI-50": "0.9"},
    ),
    Made(
        "ROT-35", "轉子 35", "rotor 35", (("ROTOR", "RTR", "18"),), {"B-608ZZ": "2", "H-SFT-8": "1"}
    ),
    Made(
        "ROT-50", "轉子 50", "rotor 50", (("ROTOR", "RTR", "21"),), {"B-6201": "2", "H-SFT-8": "1"}
    ),
    Made(
        "MOT-35",
        "馬達 35",
        "motor 35 W",
        (("MOTOR", "MTR", "24"),),
        {"STA-35": "1", "ROT-35": "1", "H-SCR-M4": "4"},
    ),
    Made(
        "MOT-50",
        "馬達 50",
        "motor 50 W",
        (("MOTOR", "MTR", "27"),),
        {"STA-50": "1", "ROT-50": "1", "H-SCR-M4": "4"},
    ),
    Made(
        "SHL-F1",
        "風扇外殼",
        "fan shell",
        (("MOULD", "INJ", "24"),),
        {"R-ABS-WH": "0.85"},
        tool="MD-F1",
    ),
    Made(
        "BLD-F1", "扇葉", "fan blade", (("MOULD", "INJ", "18"),), {"R-PP-BL": "0.22"}, tool="MD-B1"
    ),
    Made(
        "SHL-P1",
        "清淨機外殼",
        "purifier shell",
        (("MOULD", "INJ", "36"),),
        {"R-ABS-WH": "1.6"},
        tool="MD-P1",
    ),
    Made(
        "SHL-H1",
        "暖風機外殼",
        "heater shell",
        (("MOULD", "INJ", "27"),),
        {"R-ABS-WH": "0.9"},
        tool="MD-H1",
    ),
    Made(
        "FH-F1",
        "風扇頭組",
        "fan head assembly",
        (("HEAD", "SUB", "24"),),
        {"MOT-35": "1", "BLD-F1": "1", "E-PCB-F1": "1"},
    ),
    Made(
        "AF-1401",
        "14 吋立扇",
        "pedestal fan 14 inch",
        (("ASSEMBLE", "FAL", "30"), ("TEST", "FTS", "18")),
        {"FH-F1": "1", "SHL-F1": "1", "E-CORD-15": "1", "K-BOX-L": "1"},
        kind="finished",
        price="980",
    ),
    Made(
        "AF-1402",
        "14 吋遙控立扇",
        "pedestal fan 14 inch, remote",
        (("ASSEMBLE", "FAL", "33"), ("TEST", "FTS", "21")),
        {"FH-F1": "1", "SHL-F1": "1", "E-CORD-15": "1", "K-BOX-L": "1"},
        kind="finished",
        policy="stock",
        price="1280",
    ),
    Made(
        "AP-2001",
        "空氣清淨機",
        "air purifier",
        (("ASSEMBLE", "FAL", "42"), ("TEST", "FTS", "30")),
        {
            "MOT-50": "1",
            "SHL-P1": "1",
            "E-PCB-P1": "1",
            "F-HEPA-13": "1",
            "E-CORD-15": "1",
            "K-BOX-L": "1",
        },
        kind="finished",
        price="3650",
    ),
    Made(
        "AP-2002",
        "空氣清淨機 靜音",
        "air purifier, quiet",
        (("ASSEMBLE", "FAL", "45"), ("TEST", "FTS", "30")),
        {
            "MOT-35": "1",
            "SHL-P1": "1",
            "E-PCB-P1": "1",
            "F-HEPA-13": "1",
            "E-CORD-15": "1",
            "K-BOX-L": "1",
        },
        kind="finished",
        price="3980",
    ),
    Made(
        "AH-3001",
        "陶瓷暖風機",
        "ceramic heater",
        (("ASSEMBLE", "FAL", "27"), ("TEST", "FTS", "18")),
        {"MOT-50": "1", "SHL-H1": "1", "T-HEAT-1K": "1", "E-CORD-15": "1", "K-BOX-S": "1"},
        kind="finished",
        policy="stock",
        price="1150",
    ),
)

PRODUCTS = (
    Product(item="AF-1401", weight=4, lots=(300, 800, 100), takers=("DAYU", "NORTH", "HUAMEI")),
    Product(
        item="AF-1402",
        weight=3,
        lots=(400, 900, 100),
        takers=("DAYU", "JIAYI", "PELAG"),
        asks=(300, 700, 100),
    ),
    Product(item="AP-2001", weight=3, lots=(200, 600, 100), takers=("NORTH", "PELAG", "QINGX")),
    Product(item="AP-2002", weight=2, lots=(200, 500, 100), takers=("QINGX", "DAYU")),
    Product(
        item="AH-3001",
        weight=3,
        lots=(400, 900, 100),
        takers=("JIAYI", "HUAMEI", "TOPLI"),
        asks=(300, 700, 100),
    ),
)
