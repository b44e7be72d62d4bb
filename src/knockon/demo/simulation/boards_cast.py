"""The board plant's people, customers and suppliers."""

from knockon.demo.simulation.cast import Known, Person

MANAGERS = ("E041", "E042", "E043")

CUSTOMERS = (
    Known("TAIYO", "泰耀自動化股份有限公司", "A", "zh-Hant", "daily"),
    Known("NORDW", "Nordwind Controls AB", "A", "en", "container", 30),
    Known("QIANJ", "深圳千景智能科技有限公司", "A", "zh-Hans", "thrice", 3),
    Known("LANKE", "藍科物聯股份有限公司", "B", "zh-Hant", "weekdays"),
    Known("HAIHE", "天津海禾电气有限公司", "B", "zh-Hans", "thrice", 5),
    Known("AUTEL", "Autelier Mobility Inc.", "B", "en", "container", 25),
    Known("SENSA", "Sensarra Instruments Ltd.", "B", "en", "thrice", 7),
    Known("GUANG", "廣群電機行", "C", "zh-Hant", "morning"),
)

STAFF = (
    Person("E001", "陳志豪", "team_leader", "SMT-day"),
    Person("E002", "林佩君", "operator", "SMT-day"),
    Person("E003", "黃志偉", "operator", "SMT-day"),
    Person("E004", "阮氏香", "operator", "SMT-night"),
    Person("E005", "吳宗翰", "team_leader", "SMT-night"),
    Person("E006", "許家瑋", "maintenance", "MNT-day"),
    Person("E007", "郭建成", "maintenance", "MNT-night"),
    Person("E011", "李怡君", "quality", "QA-day"),
    Person("E012", "張雅惠", "quality", "QA-day"),
    Person("E013", "蘇柏宇", "quality", "QA-night"),
    Person("E021", "蔡明宏", "team_leader", "TEST-day"),
    Person("E022", "劉靜宜", "operator", "TEST-day"),
    Person("E031", "謝佳穎", "planner", "PMC-office"),
    Person("E041", "葉欣怡", "sales", "SALES-office"),
    Person("E042", "Karen Lin", "sales", "SALES-office", "en"),
    Person("E043", "王磊", "sales", "SALES-office", "zh-Hans"),
    Person("E051", "高振國", "manager", "MGT-office"),
)

SUPPLIERS = [
    {"supplier": code, "name": name, "email": f"service@{code.lower()}.example"}
    for code, name in (
        ("V201", "銲星電子材料有限公司"),
        ("V202", "耀板科技股份有限公司"),
        ("V203", "江门鸿图电路有限公司"),
        ("V204", "Silverfern Semiconductor"),
        ("V205", "Pinecrest Power ICs"),
        ("V206", "國容電子股份有限公司"),
        ("V207", "昆山恒阻电子有限公司"),
        ("V208", "聯達連接器股份有限公司"),
        ("V209", "立成塑膠工業股份有限公司"),
        ("V210", "永豐包材行"),
    )
]
