"""Tables of what is made and how: items, units, bills of material, routings, approvals."""

from knockon.domain.contract.plant_tables import EQUIPMENT_ALIASES
from knockon.domain.contract.specs import (
    ColumnType,
    DateOnly,
    Scope,
    TableKind,
    column,
    key,
    table,
)

ITEM_ALIASES = (
    "品號|料號|料品編號|品項|產品品號|產品編號|產品料號|物料編號|存貨編號|料件編號|商品編號|物料编码|物料代码|物料编号|料号|存货编码|产品编码"
    "|产品编号|产品代码|MATNR|Material|Material Number|Material No|Part No|Part Number|P/N|PN|Item Code|Item No|Item Number|SKU|Product Code|Product"
)
UOM_ALIASES = "單位|庫存單位|計量單位|计量单位|基本单位|库存单位|单位|MEINS|BUn|UoM|Unit|Base Unit|Base Unit of Measure|Unit of Measure|EUn"
ROUTING_OPERATION = (
    "製程|製程代號|製程名稱|作業|作業編號|工序|工序名称|工序编码|工序代码|作业|作业名称|工站|站別|Operation|Operation Short Text"
    "|Operation Name|LTXA1|Process|Activity|Step Name|Station"
)
ROUTING_SEQ = (
    "加工順序|製程順序|工序號|工序號碼|製程序號|途程順序|工序号|工序序号|加工顺序|VORNR|Oper./Act.|Op No|Operation No|Operation Number|OpAc"
    "|Operation/Activity|Op. No|Step|Seq No|Sequence|Step No"
)

ITEMS = table(
    "items",
    TableKind.MASTER,
    (
        key("item", ITEM_ALIASES + "|MB001|編碼|编码", required=True),
        column(
            "name",
            ColumnType.TEXT,
            "品名|品項名稱|料品名稱|產品名稱|物料名稱|物料名称|存货名称|产品名称|名称|名稱|MAKTX|MB002|Material Description|Description|Item Name|Part Name|Product Name",
        ),
        column(
            "spec",
            ColumnType.TEXT,
            "規格|料品規格|規格型號|规格型号|规格|型号|MB003|Specification|Spec|Model|Size/Dimensions",
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "品號屬性|料件來源|料品屬性|物料属性|存货类型|物料类型|物料類型|類別|MTART|MB025|MTyp|Material Type|Item Type|Procurement Type|BESKZ|Make or Buy|Type",
            values="raw semi finished phantom tool packaging",
        ),
        column("uom", ColumnType.TEXT, UOM_ALIASES + "|MB004"),
        column(
            "policy",
            ColumnType.ENUM,
            "補貨政策|生產方式|計畫策略|计划策略|供应方式|补货政策|Policy|Planning Strategy|Order Policy",
            values="order stock kanban",
        ),
        column(
            "safety_stock",
            ColumnType.DECIMAL,
            "安全存量|安全庫存|安全库存|安全库存量|EISBE|Safety Stock|Safety Qty|Min Stock",
        ),
        column(
            "standard_cost",
            ColumnType.MONEY,
            "標準成本|單位成本|單位標準成本|标准成本|成本单价|STPRS|Standard Price|Standard Cost|Std Cost|Unit Cost",
        ),
        column(
            "price",
            ColumnType.MONEY,
            "標準售價|售價|零售價|單價|销售单价|售价|Sales Price|List Price|Price",
        ),
        column(
            "revision",
            ColumnType.TEXT,
            "版次|版本|圖號版次|版本号|版本號|REVLV|Rev|Revision|Version",
        ),
        column(
            "lead_time_days",
            ColumnType.DECIMAL,
            "前置天數|固定前置天數|採購前置天數|生產前置天數|提前期|固定提前期|采购提前期|交货周期|PLIFZ|DZEIT|Lead Time|Lead Time (Days)|Planned Deliv. Time|Pl. Deliv. Time|In-house production",
            unit="day",
        ),
        column(
            "post_lead_min",
            ColumnType.DECIMAL,
            "後處理分鐘|後置時間|后处理时间|后处理分钟|Post Lead Time|GR Processing Time",
            unit="min",
        ),
        column(
            "lot_controlled",
            ColumnType.BOOL,
            "批號管理|批號控管|是否批號管理|批号管理|启用批号管理|批次管理|XCHPF|Batch Management|Batch Managed|Lot Control|Lot Tracked",
        ),
    ),
    row_key="item",
    scope=Scope.SHARED,
    titles="品號|品號基本資料|品號資料|料品主檔|料件主檔|物料|物料清单列表|物料主数据|存货档案|INVMB|MARA|MARC|MM60|Items|Item Master|Materials|Material List|Parts",
)

UNITS = table(
    "units",
    TableKind.MASTER,
    (
        key("item", ITEM_ALIASES),
        key(
            "from",
            "單位|換算前單位|小單位|來源單位|原單位|换算前单位|源单位|From Unit|From UoM|MEINH|Alternative Unit|AUn",
            required=True,
        ),
        key(
            "to",
            "換算單位|換算後單位|目的單位|基準單位|目标单位|换算后单位|To Unit|To UoM|Base Unit",
            required=True,
        ),
        column(
            "factor",
            ColumnType.DECIMAL,
            "換算率|換算比率|換算值|换算率|换算系数|转换率|Factor|Conversion|Conversion Factor|Ratio",
            required=True,
        ),
        key("lot", "批號|批号|批次|Batch|Lot No"),
        column(
            "effective_from",
            ColumnType.INSTANT,
            "生效日|生效日期|Effective From|Valid From",
            date_only=DateOnly.DAY_START,
        ),
    ),
    row_key="item from to lot effective_from",
    scope=Scope.SHARED,
    titles="單位換算|品號換算單位|单位换算|INVMD|MARM|Units|Unit Conversion",
    companions=(key("issuer", "批號發行者|Lot Issuer"),),
)

BOM = table(
    "bom",
    TableKind.MASTER,
    (
        key(
            "parent_item",
            "主件品號|母件品號|母件料號|主件料號|產品品號|成品料號|父件|父项物料编码|父项物料|父件编码|母件编码|成品编码|BOM物料编码|产品编码|MD001|MC001|Header Material|Parent|Parent Item|Parent Part|Assembly|Assembly No|Finished Good|BOM Header|Material",
            required=True,
        ),
        key(
            "component_item",
            "元件品號|子件品號|子件料號|材料品號|用料品號|元件料號|料件編號|子项物料编码|子项物料|子件编码|子项编码|材料编码|组件|MD003|IDNRK|Component|BOM Component|BOM component|Comp. Material|Component Item|Component No|Child|Child Part|Component Material|Component Number",
            required=True,
        ),
        column(
            "qty_per",
            ColumnType.DECIMAL,
            "組成用量|單位用量|標準用量|用量|元件用量|組成數量|用量分子|用量:分子|分子|定额用量|单位用量|子件用量|用量数量|基本用量|MENGE|MD006|Comp. Qty (CUn)|Comp. Qty|Component Quantity|Qty Per|Quantity Per|Qty per Assembly|Usage|BOM Qty|Quantity|QPA|Qty/Assy|Per Assembly|單位標準用量|Qty Required",
            required=True,
        ),
        column(
            "base_qty",
            ColumnType.DECIMAL,
            "底數|標準批量|基準數量|母件底數|用量分母|用量:分母|分母|基准数量|母件数量|父件数量|BMENG|MD007|Base Quantity|Base Qty|Per Qty|BOM Base Quantity|主件底數|Yield Qty|Output Qty",
        ),
        column(
            "fixed_scrap",
            ColumnType.DECIMAL,
            "固定損耗|固定損耗量|固定损耗|固定损耗数量|Fixed Scrap|Fixed Loss",
        ),
        column(
            "scrap_ratio",
            ColumnType.DECIMAL,
            "損耗率|損耗率%|耗損率|變動損耗率|变动损耗率|损耗率|变动损耗率%|废品率|AUSCH|MD008|Comp. Scrap|Component Scrap|Component Scrap (%)|Scrap %|Scrap Rate|Scrap Factor|Waste %|損耗|損耗比率|Loss %",
            unit="ratio",
        ),
        column(
            "uom",
            ColumnType.TEXT,
            UOM_ALIASES + "|子项单位|元件單位|MD004|Component Unit|CUn|Component UoM|發料單位",
        ),
        column(
            "seq",
            ColumnType.INTEGER,
            "序號|項次|項目|項號|项次|行号|子项行号|行號|POSNR|MD002|Item|Item No|Line|Pos|Position|Seq|BOM Item|Item Number",
        ),
        key(
            "alternate_group",
            "替代群組|替代组|替代组号|ALPGR|AltGr|Alt. Item Group|Alternate Group",
        ),
        key("substitute_of", "取代品號|被替代料|主料品號|被替代物料|Substitute Of|Replaces"),
        column(
            "is_phantom",
            ColumnType.BOOL,
            "虛設件|是否虛設|虚拟件|是否跳层|跳层|Phantom|Phantom Item|DUMPS",
        ),
        column(
            "revision",
            ColumnType.TEXT,
            "BOM版次|版次|版本|BOM版本|BOM版本号|STLAL|Alt. BOM|Revision|Rev|BOM Version",
        ),
        column(
            "effective_from",
            ColumnType.INSTANT,
            "生效日|生效日期|有效起日|开始日期|DATUV|MD011|Valid From|Effective From|Effective Date|Valid-from date",
            date_only=DateOnly.DAY_START,
        ),
        column(
            "effective_to",
            ColumnType.INSTANT,
            "失效日|失效日期|有效迄日|结束日期|DATUB|MD012|Valid To|Valid to|Effective To|Expiry Date|End Date|Obsolete Date",
            date_only=DateOnly.DAY_END,
        ),
    ),
    row_key="parent_item component_item seq alternate_group revision effective_from",
    titles="BOM|BOM用量|物料清單|材料用量|產品結構|产品结构|物料清单|物料清单BOM|BOMMC|BOMMD|STPO|STKO|MAST|Bill of Materials|Bill of Material|Structure",
)

ROUTINGS = table(
    "routings",
    TableKind.MASTER,
    (
        key("item", ITEM_ALIASES, required=True),
        column("seq", ColumnType.INTEGER, ROUTING_SEQ + "|序號|項次|行号", required=True),
        column("operation", ColumnType.KEY, ROUTING_OPERATION, required=True),
        key("equipment", EQUIPMENT_ALIASES + "|線別/廠商|加工線別"),
        column(
            "alternates",
            ColumnType.LIST,
            "替代機台|替代設備|替代线别|替代設備清單|可用机台|替代设备|Alternates|Alternate Machines|Alt. Work Center",
        ),
        column(
            "setup_min",
            ColumnType.DECIMAL,
            "整備時間|設置時間|準備時間|換線時間|固定機時|固定人時|准备时间|准备工时|VGW01|Setup|Setup Time|Set-up Time",
            unit="min",
        ),
        column(
            "run_min_per_unit",
            ColumnType.DECIMAL,
            "標準工時|單位工時|機時|人時|變動機時|變動人時|加工時間|标准工时|单位工时|加工时间|单件工时|运行时间|VGW02|Run Time|Machine Time|Run Time per Unit|Processing Time|Std Time",
            unit="min",
        ),
        column(
            "base_qty",
            ColumnType.DECIMAL,
            "標準批量|工時批量|基準數量|基本数量|工序基本批量|基准批量|BMSCH|Base Quantity|Base Qty|Lot Size Basis",
        ),
        column(
            "crew",
            ColumnType.TEXT,
            "人數|標準人數|作業人數|人员数|标准人数|Crew|Crew Size|Operators|Headcount",
        ),
        column(
            "yield",
            ColumnType.DECIMAL,
            "良率|製程良率|標準良率|合格率|标准良率|Yield|Yield %|First Pass Yield",
            unit="ratio",
        ),
        column(
            "batch_size",
            ColumnType.DECIMAL,
            "轉移批量|移轉批量|生產批量|批量|转移批量|移转批量|Batch Size|Transfer Batch|Lot Size",
        ),
        key(
            "outsourced_supplier",
            "託外廠商|委外廠商|加工廠商|廠商代號|外协供应商|委外供应商|外协厂商|Subcontractor|Outside Vendor|Outsourced Supplier|LIFNR",
        ),
        column(
            "restart",
            ColumnType.ENUM,
            "中斷處理|重啟規則|中断处理|Restart Rule",
            values="resume restart lost",
        ),
        column(
            "restart_min",
            ColumnType.DECIMAL,
            "重啟時間|暖機時間|重启时间|暖机时间|Restart Time|Warm-up",
            unit="min",
        ),
    ),
    row_key="item seq",
    titles="途程|產品途程|標準途程|製程途程|工藝路線|工艺路线|BOMMF|BOMME|PLPO|Routing|Routings|Process Plan",
)

APPROVALS = table(
    "approvals",
    TableKind.MASTER,
    (
        key("item", ITEM_ALIASES, required=True),
        key("equipment", EQUIPMENT_ALIASES),
        key("supplier", "廠商|廠商代號|供應商|供應商代號|供应商编码|Vendor|Supplier Code|LIFNR"),
        key("customer", "客戶|客戶代號|客戶編號|客户编码|Customer|Customer Code|KUNNR"),
        column(
            "state",
            ColumnType.ENUM,
            "核可狀態|承認狀態|狀態|认可状态|状态|Approval State|Status",
            values="approved notify_first forbidden",
        ),
        column(
            "until",
            ColumnType.INSTANT,
            "有效期限|到期日|有效日期|有效期至|Until|Valid To|Expires",
            date_only=DateOnly.DAY_END,
        ),
    ),
    row_key="item equipment supplier customer",
    either=(("equipment", "supplier"),),
    titles="承認清單|核可清單|AVL|認可清單|认可清单|Approvals|Approved Vendor List",
)
