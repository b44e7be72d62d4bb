"""The moulding plant's people, customers and suppliers."""

from knockon.demo.simulation.cast import Known, Person

MANAGERS = ("P021", "P022", "P023")

CUSTOMERS = (
    Known("VOLTA", "伏達電子股份有限公司", "A", "zh-Hant", "daily"),
    Known("HANLU", "瀚路通訊股份有限公司", "A", "zh-Hant", "weekdays"),
    Known("MEDIQ", "Mediquest Diagnostics Ltd.", "A", "en", "thrice", 4),
    Known("YUNJU", "苏州云居智能科技有限公司", "B", "zh-Hans", "thrice", 3),
    Known("CARLO", "Carlow Automotive Parts GmbH", "B", "en", "container", 28),
    Known("KEXIN", "深圳科芯小家电有限公司", "B", "zh-Hans", "container", 5),
    Known("SHUYA", "舒雅個人護理有限公司", "B", "zh-Hant", "weekdays"),
    Known("HOMEL", "宏美生活用品有限公司", "C", "zh-Hant", "morning"),
    Known("BRITE", "Britewater Kitchen Co.", "C", "en", "container", 21),
    Known("FOTON", "弗通光學配件行", "C", "zh-Hant", "morning"),
)

STAFF = (
    Person("P001", "林志明", "team_leader", "INJ-night"),
    Person("P002", "阮文雄", "operator", "INJ-night"),
    Person("P003", "陳美玲", "operator", "INJ-night"),
    Person("P004", "吳建宏", "maintenance", "MNT-night"),
    Person("P005", "黃國華", "team_leader", "INJ-day"),
    Person("P006", "張淑芬", "operator", "INJ-day"),
    Person("P007", "李俊傑", "operator", "INJ-day"),
    Person("P008", "許文龍", "maintenance", "MNT-day"),
    Person("P009", "蔡宜君", "quality", "QA-day"),
    Person("P010", "鄭雅文", "quality", "QA-night"),
    Person("P011", "周家豪", "team_leader", "ASSY-day"),
    Person("P012", "劉秀英", "operator", "ASSY-day"),
    Person("P013", "何麗華", "operator", "PACK-day"),
    Person("P014", "謝明哲", "planner", "PMC-office"),
    Person("P015", "楊雅婷", "planner", "PMC-office"),
    Person("P021", "王思涵", "sales", "SALES-office"),
    Person("P022", "David Kuo", "sales", "SALES-office", "en"),
    Person("P023", "孫曉敏", "sales", "SALES-office", "zh-Hans"),
    Person("P031", "曾國強", "manager", "MGT-office"),
)

SUPPLIERS = [
    {"supplier": code, "name": name, "email": f"service@{code.lower()}.example"}
    for code, name in (
        ("S101", "聯塑樹脂股份有限公司"),
        ("S102", "Norden Polymers BV"),
        ("S103", "彩宏色母有限公司"),
        ("S104", "固堡螺絲工業股份有限公司"),
        ("S105", "順昌紙器有限公司"),
        ("S106", "協力射出工業社"),
    )
]
