"""The codes and words that systems write into status, kind and yes-no columns."""

from collections.abc import Mapping, Sequence

from knockon.domain.contract import ColumnSpec, ColumnType
from knockon.domain.contract.cells import folded

DIGIWIN_WORK_ORDER = {
    "1": "planned",
    "2": "open",
    "3": "open",
    "Y": "done",
    "y": "done",
    "未生產": "planned",
    "已發料": "open",
    "生產中": "open",
    "已完工": "done",
    "指定完工": "done",
}
# The entry that comes first wins in a cell of several words: TECO after REL is done.
SAP_WORK_ORDER = {
    "DLFL": "cancelled",
    "DLT": "cancelled",
    "CLSD": "done",
    "TECO": "done",
    "DLV": "done",
    "CNF": "done",
    "PCNF": "open",
    "PDLV": "open",
    "REL": "open",
    "PREL": "open",
    "CRTD": "planned",
}
WORDS_WORK_ORDER = {
    "计划": "planned",
    "計畫": "planned",
    "计划确认": "planned",
    "未開工": "planned",
    "未开工": "planned",
    "待產": "planned",
    "未發放": "planned",
    "下达": "open",
    "已下达": "open",
    "已發放": "open",
    "开工": "open",
    "開工": "open",
    "已开工": "open",
    "生产中": "open",
    "進行中": "open",
    "进行中": "open",
    "在製": "open",
    "暫停": "open",
    "完工": "done",
    "已完工": "done",
    "結案": "done",
    "结案": "done",
    "已结案": "done",
    "强制结案": "done",
    "已結案": "done",
    "關閉": "done",
    "关闭": "done",
    "作廢": "cancelled",
    "作废": "cancelled",
    "取消": "cancelled",
    "planned": "planned",
    "created": "planned",
    "firm planned": "planned",
    "released": "open",
    "started": "open",
    "in process": "open",
    "in progress": "open",
    "running": "open",
    "open": "open",
    "completed": "done",
    "complete": "done",
    "finished": "done",
    "closed": "done",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
CLOSE_FLAG = {"N": "open", "Y": "closed", "y": "closed", "V": "cancelled"}
CLOSE_FLAG_WORK_ORDER = {"N": "open", "Y": "done", "y": "done", "V": "cancelled"}
CLOSE_WORDS = {
    "否": "open",
    "是": "closed",
    "未結案": "open",
    "未结案": "open",
    "已結案": "closed",
    "指定結案": "closed",
    "自動結案": "closed",
    "結案": "closed",
    "结案": "closed",
    "正常": "open",
    "未关闭": "open",
    "业务关闭": "closed",
    "关闭": "closed",
    "已关闭": "closed",
    "手工关闭": "closed",
    "取消": "cancelled",
    "作廢": "cancelled",
    "未出貨": "open",
    "部分出貨": "open",
    "已出貨": "closed",
    "open": "open",
    "partial": "open",
    "partially delivered": "open",
    "not delivered": "open",
    "being processed": "open",
    "completely processed": "closed",
    "fully delivered": "closed",
    "completed": "closed",
    "shipped": "closed",
    "closed": "closed",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
SAP_OVERALL = {"A": "open", "B": "open", "C": "closed"}

FAMILIES: Mapping[tuple[str, str], tuple[Mapping[str, str], ...]] = {
    ("work_orders", "status"): (
        DIGIWIN_WORK_ORDER,
        WORDS_WORK_ORDER,
        SAP_WORK_ORDER,
        CLOSE_FLAG_WORK_ORDER,
    ),
    ("sales_orders", "status"): (CLOSE_FLAG, CLOSE_WORDS, SAP_OVERALL),
    ("operations", "status"): (
        {
            "未開工": "planned",
            "未开工": "planned",
            "待開工": "planned",
            "计划": "planned",
            "待加工": "planned",
            "開工": "running",
            "开工": "running",
            "生產中": "running",
            "加工中": "running",
            "進行中": "running",
            "进行中": "running",
            "暫停": "paused",
            "暂停": "paused",
            "完工": "done",
            "已完工": "done",
            "完成": "done",
            "waiting": "planned",
            "queued": "planned",
            "released": "planned",
            "in progress": "running",
            "started": "running",
            "on hold": "paused",
            "completed": "done",
            "finished": "done",
        },
        {"0": "planned", "1": "planned", "2": "running", "3": "done"},
        {
            "TECO": "done",
            "CNF": "done",
            "PCNF": "running",
            "REL": "planned",
            "CRTD": "planned",
        },
        {"N": "planned", "Y": "done", "y": "done"},
    ),
    ("work_orders", "type"): (
        {"1": "in_house", "2": "subcontract", "3": "rework"},
        {
            "廠內": "in_house",
            "廠內製令": "in_house",
            "自製": "in_house",
            "一般": "in_house",
            "託外": "subcontract",
            "託外製令": "subcontract",
            "委外": "subcontract",
            "重工": "rework",
            "返工": "rework",
            "重工製令": "rework",
            "普通": "in_house",
            "普通生产": "in_house",
            "直接入库-普通生产": "in_house",
            "汇报入库-普通生产": "in_house",
            "汇报入库-返工生产": "rework",
            "返工生产": "rework",
            "委外生产": "subcontract",
            "受托加工": "in_house",
            "standard": "in_house",
            "in-house": "in_house",
            "make": "in_house",
            "subcontract": "subcontract",
            "outsourced": "subcontract",
        },
        {"PP01": "in_house", "PP02": "in_house", "PP03": "rework", "ZP01": "in_house"},
    ),
    ("items", "kind"): (
        {"P": "raw", "M": "semi", "S": "semi", "Y": "phantom", "F": "finished", "T": "tool"},
        {
            "FERT": "finished",
            "HALB": "semi",
            "ROH": "raw",
            "VERP": "packaging",
            "FHMI": "tool",
            "HAWA": "finished",
            "HIBE": "raw",
        },
        {
            "原料": "raw",
            "原物料": "raw",
            "原材料": "raw",
            "材料": "raw",
            "物料": "raw",
            "採購件": "raw",
            "外购": "raw",
            "外購": "raw",
            "半成品": "semi",
            "自制": "semi",
            "自製件": "semi",
            "自製": "semi",
            "委外": "semi",
            "委外件": "semi",
            "成品": "finished",
            "产成品": "finished",
            "商品": "finished",
            "製成品": "finished",
            "虛設": "phantom",
            "虛設件": "phantom",
            "虚拟": "phantom",
            "虚拟件": "phantom",
            "模具": "tool",
            "工具": "tool",
            "包材": "packaging",
            "包裝材料": "packaging",
            "包装物": "packaging",
            "raw material": "raw",
            "purchased": "raw",
            "buy": "raw",
            "semi-finished": "semi",
            "wip": "semi",
            "make": "semi",
            "finished good": "finished",
            "finished goods": "finished",
            "fg": "finished",
            "rm": "raw",
            "sfg": "semi",
        },
    ),
    ("sales_orders", "kind"): (
        {
            "一般訂單": "order",
            "一般": "order",
            "正式訂單": "order",
            "标准销售订单": "order",
            "標準": "order",
            "預測": "forecast",
            "預測訂單": "forecast",
            "预测": "forecast",
            "長單": "blanket",
            "框架订单": "blanket",
            "合約": "blanket",
            "要貨通知": "call_off",
            "叫貨": "call_off",
            "看板": "kanban",
            "樣品": "sample",
            "样品": "sample",
            "免費樣品": "sample",
            "寄售销售订单": "order",
            "內部": "internal",
            "内部": "internal",
            "standard order": "order",
            "regular": "order",
            "firm": "order",
            "scheduling agreement": "call_off",
        },
        {
            "OR": "order",
            "TA": "order",
            "ZOR": "order",
            "FD": "sample",
            "LP": "call_off",
            "DS": "call_off",
        },
    ),
    ("stock", "place"): (
        {
            "原料": "raw",
            "原料倉": "raw",
            "原材料": "raw",
            "原材料仓": "raw",
            "材料倉": "raw",
            "線邊": "wip",
            "線邊倉": "wip",
            "在製": "wip",
            "在製品": "wip",
            "在製倉": "wip",
            "半成品": "wip",
            "半成品倉": "wip",
            "半成品仓": "wip",
            "线边仓": "wip",
            "车间仓": "wip",
            "成品": "finished",
            "成品倉": "finished",
            "成品仓": "finished",
            "在途": "transit",
            "在途倉": "transit",
            "在途仓": "transit",
            "委外": "subcontractor",
            "委外倉": "subcontractor",
            "託外倉": "subcontractor",
            "外协仓": "subcontractor",
            "寄售": "customer",
            "客戶寄庫": "customer",
            "寄售仓": "customer",
            "報廢": "scrap",
            "報廢倉": "scrap",
            "不良品倉": "scrap",
            "报废仓": "scrap",
            "不良品仓": "scrap",
        },
    ),
    ("routings", "restart"): ({"續作": "resume", "重做": "restart", "報廢": "lost"},),
    ("inspections", "result"): (
        {
            "合格": "pass",
            "OK": "pass",
            "良": "pass",
            "允收": "pass",
            "A": "pass",
            "ok": "pass",
            "pass": "pass",
            "不合格": "fail",
            "NG": "fail",
            "ng": "fail",
            "R": "fail",
            "拒收": "fail",
            "不良": "fail",
            "fail": "fail",
        },
    ),
    ("lots", "status"): (
        {
            "合格": "released",
            "放行": "released",
            "良品": "released",
            "可用": "released",
            "待檢": "quarantine",
            "待检": "quarantine",
            "隔離": "quarantine",
            "凍結": "hold",
            "冻结": "hold",
            "扣留": "hold",
            "報廢": "scrapped",
            "报废": "scrapped",
            "unrestricted": "released",
            "restricted": "hold",
            "blocked": "hold",
            "in inspection": "quarantine",
        },
    ),
    ("consumption", "kind"): (
        {
            "261": "recorded",
            "262": "return",
            "領料": "recorded",
            "退料": "return",
            "倒扣": "backflush",
        },
        {"领料": "recorded", "退料": "return", "倒冲": "backflush", "issue": "recorded"},
    ),
    ("shipments", "kind"): (
        {"銷貨": "ship", "出貨": "ship", "銷退": "return", "退貨": "return", "销售出库": "ship"},
        {"601": "ship", "602": "return", "出库": "ship", "退货": "return", "sale": "ship"},
    ),
    ("outside_moves", "direction"): (
        {
            "發出": "out",
            "出": "out",
            "领料": "out",
            "回貨": "in",
            "進": "in",
            "入": "in",
            "收回": "in",
        },
    ),
    ("tools", "kind"): (
        {"模具": "mould", "塑膠模": "mould", "射出模": "mould", "沖模": "die", "冲模": "die"},
        {"治具": "fixture", "夾具": "fixture", "工装": "fixture", "量具": "gauge", "mold": "mould"},
    ),
    ("equipment", "level"): (
        {
            "廠": "site",
            "廠區": "site",
            "车间": "area",
            "車間": "area",
            "區": "area",
            "產線": "work_center",
        },
        {"线": "work_center", "機台": "work_unit", "设备": "work_unit", "設備": "work_unit"},
    ),
    ("calendars", "kind"): (
        {
            "工作日": "work",
            "上班": "work",
            "休假": "off",
            "假日": "off",
            "休": "off",
            "保養": "maintenance",
        },
        {"工作": "work", "休息": "off", "检修": "maintenance", "holiday": "off", "working": "work"},
    ),
    ("approvals", "state"): (
        {"核可": "approved", "承認": "approved", "合格": "approved", "禁用": "forbidden"},
        {
            "需通知": "notify_first",
            "先通知": "notify_first",
            "批准": "approved",
            "禁止": "forbidden",
        },
    ),
}
WEEKDAYS = {
    word: str(number)
    for number, words in enumerate(
        (
            "星期一 週一 周一 一 Mon Monday",
            "星期二 週二 周二 二 Tue Tuesday",
            "星期三 週三 周三 三 Wed Wednesday",
            "星期四 週四 周四 四 Thu Thursday",
            "星期五 週五 周五 五 Fri Friday",
            "星期六 週六 周六 六 Sat Saturday",
            "星期日 週日 周日 日 星期天 Sun Sunday",
        ),
        start=1,
    )
    for word in words.split()
}

AUDIT_GOOD = ("已审核", "已審核", "已核准", "核准", "审核通过", "Approved", "APPROVED")
AUDIT_WORDS = frozenset(
    (
        *AUDIT_GOOD,
        "创建",
        "暂存",
        "审核中",
        "重新审核",
        "未審核",
        "未审核",
        "草稿",
        "Draft",
        "Pending",
    )
)


def value_map_for(spec: ColumnSpec, *, table: str, values: Sequence[str]) -> dict[str, str] | None:
    """Return the words that translate the values of a column, or None when most stay unknown.

    The whole family of words is returned, so that next month's file may hold codes that this one
    does not. What stays unknown is refused row by row, with the value named.
    """
    if spec.name == "weekday":
        return dict(WEEKDAYS) if any(not value.isdigit() for value in values) else {}
    if spec.type is not ColumnType.ENUM or not values:
        return {}
    foreign = [value for value in values if not _is_canonical(value, spec)]
    if not foreign:
        return {}
    families = FAMILIES.get((table, spec.name), ())
    merged = {word: meaning for family in families for word, meaning in family.items()}
    known = {id(family): _count(family, foreign) for family in (*families, merged)}
    best = max((*families, merged), key=lambda family: known[id(family)])
    unknown = len(foreign) - known[id(best)]
    return dict(best) if unknown * 2 < len(values) else None


def unknown_values(
    spec: ColumnSpec, value_map: Mapping[str, str], values: Sequence[str]
) -> list[str]:
    """Return the values of an ``enum`` column that neither the map nor the contract knows."""
    if spec.type is not ColumnType.ENUM:
        return []
    return [v for v in values if not knows(value_map, v) and not _is_canonical(v, spec)]


def _count(family: Mapping[str, str], values: Sequence[str]) -> int:
    return sum(1 for value in values if knows(family, value))


def knows(family: Mapping[str, str], value: str) -> bool:
    """Return whether the words translate the value, also one of several words."""
    text = folded(value)
    words = text.split()
    return (
        text in family
        or text.casefold() in {word.casefold() for word in family}
        or (len(words) > 1 and any(word in family for word in words))
    )


def _is_canonical(value: str, spec: ColumnSpec) -> bool:
    return value.casefold().replace(" ", "_").replace("-", "_") in spec.values
