"""Bring the many ways of saying one header to one stem, so that aliases need not list them all.

訂購數量, 訂購量 and 訂購數 are one; so are 工單號碼 and 製令編號, ``Qty Ordered`` and
``Ordered Quantity``. Stems are only compared with stems.
"""

import re
from functools import lru_cache

_CJK = re.compile(r"[\u4e00-\u9fff]")
_WORDS = re.compile(r"[a-z]+|\d+")

# Simplified characters throughout: stems are made of plain headers. Longer words come first.
_SAME = (
    ("物料编码", "品号"),
    ("物料代码", "品号"),
    ("物料编号", "品号"),
    ("存货编码", "品号"),
    ("料件编号", "品号"),
    ("料品编号", "品号"),
    ("产品编码", "产品品号"),
    ("产品编号", "产品品号"),
    ("料号", "品号"),
    ("生产订单", "制令"),
    ("生产任务单", "制令"),
    ("任务单", "制令"),
    ("制造命令", "制令"),
    ("工单", "制令"),
    ("客户订单", "订单"),
    ("销售订单", "订单"),
    ("采购订单", "采购单"),
    ("供货商", "供应商"),
    ("厂商", "供应商"),
    ("仓别", "仓库"),
    ("库别", "仓库"),
    ("计划", "预计"),
    ("计画", "预计"),
    ("预定", "预计"),
    ("测量", "检验"),
    ("量测", "检验"),
    ("检测", "检验"),
    ("子项", "子件"),
    ("元件", "子件"),
    ("材料", "子件"),
    ("父项", "主件"),
    ("母件", "主件"),
    ("父件", "主件"),
    ("累计", "已"),
    ("完成", "完工"),
    ("不良", "报废"),
    ("机器", "设备"),
    ("机台", "设备"),
    ("交货日", "交期"),
    ("到货日", "交期"),
    ("交付", "交货"),
    ("答复", "回复"),
    ("回覆", "回复"),
    ("回复", "确认"),
    ("承诺", "确认"),
    ("失败", "不良"),
)
_ENDINGS = (
    (("数量", "量", "数"), "量"),
    (("单号", "编号", "代号", "代码", "号码", "编码", "号", "id", "no"), "号"),
    (("日期", "时间", "日", "时"), "日"),
    (("人员", "员", "人"), "员"),
    (("名称", "名"), "名"),
    (("开始", "起始", "起"), "始"),
    (("结束", "终止", "迄", "止"), "终"),
)
_LEAST_STEM = 2

_ENGLISH = {
    "quantity": "qty",
    "quantities": "qty",
    "number": "",
    "num": "",
    "no": "",
    "nr": "",
    "id": "",
    "code": "",
    "the": "",
    "of": "",
    "to": "",
    "on": "",
    "for": "",
    "by": "",
    "date": "",
    "time": "",
    "vendor": "supplier",
    "product": "item",
    "material": "item",
    "part": "item",
    "article": "item",
    "sku": "item",
    "manufacturing": "production",
    "mfg": "production",
    "prod": "production",
    "manufacture": "produce",
    "manufactured": "produced",
    "scheduled": "planned",
    "sched": "planned",
    "plan": "planned",
    "basic": "planned",
    "bsc": "planned",
    "begin": "start",
    "end": "finish",
    "completion": "finish",
    "completed": "finished",
    "fulfilled": "shipped",
    "despatched": "shipped",
    "dispatched": "shipped",
    "mold": "mould",
    "centre": "center",
    "description": "name",
    "desc": "name",
    "text": "name",
    "representative": "rep",
    "needed": "required",
    "warehouse": "storage",
    "wh": "storage",
    "batch": "lot",
    "machine": "equipment",
    "need": "required",
    "requested": "required",
    "req": "required",
    "expected": "required",
    "committed": "promised",
    "confirmed": "promised",
    "promise": "promised",
    "deliv": "delivery",
    "dlv": "delivery",
    "cust": "customer",
    "client": "customer",
    "ord": "order",
    "wo": "workorder",
    "so": "salesorder",
    "po": "purchaseorder",
    "mo": "workorder",
}
_PHRASES = (
    ("work order", "workorder"),
    ("production order", "workorder"),
    ("manufacturing order", "workorder"),
    ("sales order", "salesorder"),
    ("purchase order", "purchaseorder"),
    ("customer po", "customer order"),
)


@lru_cache(maxsize=20_000)
def stem(text: str) -> str:
    """Return the stem of a plain header; a header that is too short is its own stem.

    Parameters
    ----------
    text
        Chinese: as ``plain`` returns it. Otherwise the header with its blanks, as words count.
    """
    return _chinese(text) if _CJK.search(text) else _english(text)


def _chinese(text: str) -> str:
    for word, same in _SAME:
        text = text.replace(word, same)
    text = text.replace("单号", "号") if len(text) > _LEAST_STEM + 1 else text
    for endings, short in _ENDINGS:
        ending = next((each for each in endings if text.endswith(each)), "")
        if ending and len(text) - len(ending) >= _LEAST_STEM:
            return text[: -len(ending)] + short
    return text


def _english(text: str) -> str:
    lowered = " ".join(_WORDS.findall(text.casefold()))
    for phrase, same in _PHRASES:
        lowered = lowered.replace(phrase, same)
    words = [_ENGLISH.get(word, word) for word in lowered.split()]
    kept = sorted({word for word in words if word})
    return " ".join(kept) or lowered
