"""The appliance plant's people, customers and suppliers."""

from knockon.demo.simulation.cast import Known, Person

MANAGERS = ("H041", "H042", "H043")

CUSTOMERS = (
    Known("DAYU", "大宇家電通路股份有限公司", "A", "zh-Hant", "daily"),
    Known("NORTH", "Northlight Home Ltd.", "A", "en", "container", 32),
    Known("QINGX", "上海清馨电器销售有限公司", "A", "zh-Hans", "thrice", 4),
    Known("PELAG", "Pelagia Stores SA", "B", "en", "container", 35),
    Known("JIAYI", "佳怡生活百貨股份有限公司", "B", "zh-Hant", "weekdays"),
    Known("HUAMEI", "广州华美家居有限公司", "B", "zh-Hans", "thrice", 5),
    Known("TOPLI", "拓立電器行", "C", "zh-Hant", "morning"),
)

STAFF = (
    Person("H001", "簡志成", "team_leader", "MOT-day"),
    Person("H002", "潘美惠", "operator", "MOT-day"),
    Person("H003", "Nguyen Van Duc", "operator", "MOT-night", "en"),
    Person("H004", "方俊宏", "team_leader", "MOT-night"),
    Person("H011", "江怡萱", "quality", "IQC-day"),
    Person("H012", "邱文彬", "quality", "QA-day"),
    Person("H021", "戴世昌", "maintenance", "MNT-day"),
    Person("H022", "魏志強", "maintenance", "MNT-night"),
    Person("H031", "游淑娟", "team_leader", "FAL-day"),
    Person("H032", "范氏蘭", "operator", "FAL-day"),
    Person("H033", "賴宗德", "operator", "FAL-day"),
    Person("H036", "石雅琪", "planner", "PMC-office"),
    Person("H037", "丁建文", "planner", "PMC-office"),
    Person("H041", "余佳蓉", "sales", "SALES-office"),
    Person("H042", "Emily Chao", "sales", "SALES-office", "en"),
    Person("H043", "赵晓东", "sales", "SALES-office", "zh-Hans"),
    Person("H051", "顏國棟", "manager", "MGT-office"),
)

SUPPLIERS = [
    {"supplier": code, "name": name, "email": f"service@{code.lower()}.example"}
    for code, name in (
        ("U301", "華銅電線電纜股份有限公司"),
        ("U302", "中鋼片加工有限公司"),
        ("U303", "宁波恒转轴承有限公司"),
        ("U304", "東培精密軸承股份有限公司"),
        ("U305", "固堡螺絲工業股份有限公司"),
        ("U306", "北辰電子股份有限公司"),
        ("U307", "線捷電器材料行"),
        ("U308", "聯塑樹脂股份有限公司"),
        ("U309", "Cleanfold Filtration Ltd."),
        ("U310", "熱力元件有限公司"),
        ("U311", "順昌紙器有限公司"),
    )
]
