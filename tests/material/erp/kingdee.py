# ruff: noqa: DTZ001, PERF401, RUF001, RUF005, SIM905 - lists are written as they are printed
"""Lists as a Kingdee-like system prints them: 物料编码, 分子/分母, GB18030 and workbooks."""

from datetime import datetime

from writing import Fixture

ITEMS = [
    ("1.01.0001", "控制板组件", "PCBA-A V1.2"),
    ("1.01.0002", "电源板组件", "PCBA-P V2.0"),
    ("2.03.0117", "裸板 四层", "FR4 1.6mm"),
]
PARTS = [
    ("3.01.0021", "电容 10uF", "Pcs"),
    ("3.01.0440", "锡膏 SAC305", "g"),
    ("3.02.0003", "连接器 6P", "Pcs"),
]


def production_orders() -> Fixture:
    head = "单据编号 单据日期 单据类型 生产车间 行号 物料编码 物料名称 规格型号 单位 数量 计划开工时间 计划完工时间 业务状态 合格品入库数量 需求单据 需求单据行号 单据状态 备注".split()
    rows: list[list[object]] = [head]
    states = ["计划", "计划确认", "下达", "开工", "完工", "结案"]
    for n in range(10):
        item, name, spec = ITEMS[n % 3]
        rows.append(
            [
                f"MO{n + 1:06d}",
                datetime(2026, 2, 20 + n % 5),
                "汇报入库-普通生产",
                "SMT车间",
                1,
                item,
                name,
                spec,
                "Pcs",
            ]
            + [
                1000.0 + 100 * n,
                datetime(2026, 3, 2 + n, 8, 0),
                datetime(2026, 3, 4 + n, 17, 30),
                states[n % 6],
            ]
            + [
                0.0 if n % 6 < 4 else 900.0,
                f"XSDD{n // 2 + 1:06d}",
                n % 2 + 1,
                "已审核" if n != 6 else "创建",
                "",
            ]
        )
    return Fixture("kingdee_production_orders.xlsx", rows, sheet="生产订单")


def materials() -> Fixture:
    head = "编码 名称 规格型号 物料属性 物料分组 基本单位 安全库存 固定提前期 启用批号管理 数据状态".split()
    rows: list[list[object]] = [head]
    for n, (item, name, spec) in enumerate(ITEMS):
        rows.append([item, name, spec, "自制", "成品", "Pcs", str(50 * n), "5", "是", "已审核"])
    for n, (item, name, unit) in enumerate(PARTS):
        rows.append(
            [item, name, "", "外购" if n else "虚拟", "电子料", unit, "1,000", "14", "否", "已审核"]
        )
    return Fixture("kingdee_materials.csv", rows, encoding="gb18030")


def bom() -> Fixture:
    head = "BOM版本 父项物料编码 父项物料名称 项次 子项物料编码 子项物料名称 子项类型 子项单位 用量:分子 用量:分母 固定损耗 变动损耗率% 生效日期 失效日期 发料方式".split()
    rows: list[list[object]] = [["物料清单正查"], head]
    for item, name, _ in ITEMS:
        for place, (part, title, unit) in enumerate(PARTS):
            rows.append(
                [
                    f"{item}_V1.0",
                    item,
                    name,
                    str(place + 1),
                    part,
                    title,
                    "标准件",
                    unit,
                    str(place * 2 + 1),
                ]
                + [
                    "10" if place == 1 else "1",
                    "5" if place == 2 else "0",
                    "2" if place == 0 else "0.5",
                ]
                + ["2026-01-01 00:00:00", "9999-12-31 00:00:00", "直接领料"]
            )
    return Fixture("kingdee_bom.csv", rows, encoding="gb18030")


def sales_orders() -> Fixture:
    head = "单据编号 日期 客户编码 客户名称 行号 物料编码 物料名称 客户物料编码 销售单位 销售数量 含税单价 价税合计 要货日期 累计出库数量 客户订单号 关闭状态 单据状态".split()
    rows: list[list[object]] = [
        ["销售订单列表"],
        ["组织：深圳工厂", "", "", "打印日期：2026-03-06"],
        head,
    ]
    total = 0.0
    for n in range(9):
        item, name, _ = ITEMS[n % 3]
        qty = 240.0 * (n + 1)
        total += qty
        rows.append(
            [
                f"XSDD{n // 2 + 1:06d}" if n % 2 == 0 else None,
                datetime(2026, 2, 10 + n // 2) if n % 2 == 0 else None,
            ]
            + ([f"CUST{n % 3 + 1:03d}", "华为终端"] if n % 2 == 0 else [None, None])
            + [
                n % 2 + 1,
                item,
                name,
                f"HW-{n:03d}",
                "Pcs",
                qty,
                35.5,
                qty * 35.5,
                datetime(2026, 3, 12 + n),
            ]
            + [0.0, f"4500{n:03d}", "未关闭" if n != 2 else "业务关闭", "已审核"]
        )
    rows.append(["合计", None, None, None, None, None, None, None, None, total])
    return Fixture("kingdee_sales_orders.xlsx", rows, sheet="Sheet1")


def stock() -> Fixture:
    head = "物料编码 物料名称 规格型号 批号 仓库编码 仓库名称 仓位 库存主单位 库存量(主单位) 可用量(主单位) 库存状态".split()
    rows: list[list[object]] = [head]
    for n in range(9):
        item, name, spec = ITEMS[n % 3]
        rows.append(
            [
                item,
                name,
                spec,
                f"2603{n:02d}A",
                f"CK0{n % 3 + 1}",
                ["原材料仓", "半成品仓", "成品仓"][n % 3],
                f"A-0{n}",
            ]
            + ["Pcs", f"{n * 1000 + 500}", f"{n * 1000}", "可用"]
        )
    return Fixture("kingdee_stock.csv", rows, encoding="gb18030")


def order_material() -> Fixture:
    head = "生产订单编号 生产订单行号 产品编码 产品名称 产品数量 计划开工日期 子项物料编码 子项物料名称 分子 分母 应发数量 已领数量 子项单位 仓库 工序号".split()
    rows: list[list[object]] = [["生产用料清单"], head]
    for n in range(4):
        item, name, _ = ITEMS[n % 3]
        for place, (part, title, unit) in enumerate(PARTS):
            rows.append(
                [
                    f"MO{n + 1:06d}",
                    "1",
                    item,
                    name,
                    f"{1000 + 100 * n}",
                    f"2026年3月{2 + n}日",
                    part,
                    title,
                ]
                + [
                    str(place * 2 + 1),
                    "10" if place == 1 else "1",
                    f"{(place * 2 + 1) * (1000 + 100 * n)}",
                ]
                + ["0", unit, "原材料仓", str(10 * (place + 1))]
            )
    return Fixture("kingdee_order_material.csv", rows, encoding="gb18030")


def reports() -> Fixture:
    head = "汇报单号 业务日期 生产订单号 工序号 工序名称 设备编码 操作工 开工时间 完工时间 合格数量 报废数量 返修数量 不良原因".split()
    rows: list[list[object]] = [head]
    for n in range(8):
        rows.append(
            [
                f"GXHB{n:05d}",
                "2026-03-05",
                f"MO{n % 4 + 1:06d}",
                str(10 * (n % 3 + 1)),
                ["印刷", "贴片", "回流焊"][n % 3],
            ]
            + [
                f"SMT-{n % 3 + 1}",
                f"张{n}",
                f"2026-03-05 0{n + 1}:00:00",
                f"2026-03-05 0{n + 1}:45:00",
            ]
            + [f"{300 + n}", str(n % 2), "0", "虚焊" if n % 2 else ""]
        )
    return Fixture("kingdee_reports.csv", rows, encoding="utf-8-sig")


FIXTURES = (production_orders, materials, bom, sales_orders, stock, order_material, reports)
