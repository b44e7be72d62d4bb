"""Tables of lots, stock and what moved: genealogy, inspection, purchase."""

from knockon.domain.contract.demand_tables import LOT_ALIASES
from knockon.domain.contract.item_tables import ITEM_ALIASES, UOM_ALIASES
from knockon.domain.contract.making_tables import SUPPLIER_ALIASES, WORK_ORDER_ALIASES
from knockon.domain.contract.plant_tables import EQUIPMENT_ALIASES, TOOL_ALIASES
from knockon.domain.contract.specs import (
    ColumnType,
    DateOnly,
    Scope,
    TableKind,
    column,
    key,
    table,
)

ISSUER = key("issuer", "批號發行者|發行者|批号签发方|Issuer|Lot Issuer")
EVENT_ID = key(
    "event_id",
    "領料單號|退料單號|领料单号|異動單號|事件編號|事件编号|事件ID|單據編號|Event ID|EventID|Material Document|MBLNR",
)
SEQ_ALIASES = "製程序號|加工順序|工序号|工序|VORNR|Operation No|Operation|Op No|Step"
PO_ALIASES = "採購單號|採購單編號|採購單|採購編號|采购订单|采购订单号|采购单号|采购订单编号|订单编号|EBELN|TD002|Purchasing Document|Purch.Doc.|Purch. Doc.|Purchase Order|Purchase Order No|PO No|PO Number"

LOTS = table(
    "lots",
    TableKind.MASTER,
    (
        key("lot", LOT_ALIASES, required=True),
        key("item", ITEM_ALIASES, required=True),
        key("issuer", "批號發行者|發行者|批号签发方|Lot Issuer"),
        column(
            "qty",
            ColumnType.DECIMAL,
            "批量|批號數量|數量|入庫數量|生產數量|批次数量|数量|Quantity|Lot Qty|Batch Qty|Lot Size",
        ),
        column("uom", ColumnType.TEXT, UOM_ALIASES),
        column(
            "status",
            ColumnType.ENUM,
            "批號狀態|狀態|品質狀態|批次状态|质量状态|状态|Batch Status|Lot Status|Status|Quality Status",
            values="released hold quarantine scrapped",
        ),
        key("supplier", SUPPLIER_ALIASES),
        key(
            "supplier_lot",
            "供應商批號|廠商批號|原廠批號|来料批号|供应商批号|原厂批号|LICHN|LICHA|Supplier Lot|Vendor Batch|Vendor Lot|Supplier Batch",
        ),
        key(
            "parent_lot",
            "母批號|上階批號|原批號|来源批号|母批号|Parent Lot|Parent Batch|Source Lot",
        ),
        column(
            "made_at",
            ColumnType.INSTANT,
            "生產日期|製造日期|入庫日期|製造日|生产日期|HSDAT|Date of Manufacture|Production Date|Made At|Manufactured|Mfg Date",
        ),
        key("work_order", WORK_ORDER_ALIASES),
        key("equipment", EQUIPMENT_ALIASES),
        column("cavity", ColumnType.TEXT, "模穴|穴號|模穴號|型腔号|穴号|Cavity|Cavity No"),
        column(
            "date_code", ColumnType.TEXT, "週期碼|日期碼|生產週期|周期码|生产周期|Date Code|D/C"
        ),
        column(
            "expiry",
            ColumnType.INSTANT,
            "有效期|有效日期|有效期限|保存期限|到期日|有效期至|失效日期|VFDAT|Expiry Date|SLED/BBD|Shelf Life Exp. Date|Expiration Date|Best Before",
            date_only=DateOnly.DAY_END,
        ),
    ),
    row_key="issuer item lot",
    scope=Scope.SHARED,
    titles="批號|批號資料|批號主檔|批号|批号主档|批次主档|INVME|MCH1|MCHA|Lots|Batches|Lot Master|Batch Master",
)

SERIALS = table(
    "serials",
    TableKind.MASTER,
    (
        key(
            "serial",
            "序號|產品序號|機身序號|序列号|产品序列号|SERNR|Serial No|Serial Number|S/N|SN",
            required=True,
        ),
        key("lot", LOT_ALIASES),
        key("item", ITEM_ALIASES),
    ),
    row_key="serial",
    companions=(ISSUER,),
    titles="產品序號|序號清單|序列号|序列号列表|Serials|Serial Numbers",
)

CONSUMPTION = table(
    "consumption",
    TableKind.FACT,
    (
        key(
            "input_lot",
            "材料批號|領用批號|投入批號|用料批號|投料批號|材料批号|投料批号|领料批号|Input Lot|Input Batch|Component Batch|Consumed Lot|Batch|批號|批号|CHARG",
        ),
        key(
            "input_item",
            "材料品號|材料料號|領用品號|投入品號|元件品號|用料品號|子项物料编码|材料编码|物料编码|Input Item|Component|Consumed Item|Material|MATNR|料號",
        ),
        key(
            "output_lot",
            "產出批號|生產批號|成品批號|產品批號|入庫批號|产出批号|成品批号|产品批号|Output Lot|Output Batch|Produced Lot|Finished Lot",
        ),
        key(
            "output_item",
            "產品品號|產出品號|成品料號|成品品號|生產品號|产品编码|成品编码|Output Item|Produced Item|Finished Item",
        ),
        key("work_order", WORK_ORDER_ALIASES + "|Order"),
        column("seq", ColumnType.INTEGER, SEQ_ALIASES),
        column(
            "qty",
            ColumnType.DECIMAL,
            "領料數量|實領數量|實發數量|領用數量|領用量|退料數量|用量|數量|实发数量|领料数量|投料数量|数量|MENGE|ERFMG|Quantity|Qty Consumed|Consumed Qty|Issued Qty|Qty in UnE",
        ),
        column("uom", ColumnType.TEXT, UOM_ALIASES + "|Unit of Entry|ERFME"),
        column(
            "at",
            ColumnType.INSTANT,
            "領料日期|領料時間|單據日期|日期|投料時間|领料日期|业务日期|投料时间|BUDAT|Posting Date|Pstng Date|Issued At|Issue Date|Consumed At|Timestamp|Date",
        ),
        key("equipment", EQUIPMENT_ALIASES),
        EVENT_ID,
        column(
            "kind",
            ColumnType.ENUM,
            "單據性質|領料類別|異動類別|移动类型|业务类型|单据类型|BWART|MvT|Movement Type|Kind|Type",
            values="recorded backflush return",
        ),
    ),
    companions=(
        key("input_issuer", "材料批號發行者|Input Lot Issuer"),
        key("output_issuer", "產出批號發行者|Output Lot Issuer"),
    ),
    either=(("input_lot", "input_item"), ("output_lot", "work_order")),
    titles="領料單|退料單|領退料明細|投料記錄|批號履歷|生产领料单|领料单|投料记录|MOCTD|MOCTE|MSEG|MB51|Consumption|Material Issues|Goods Issues|Material Documents|Genealogy",
)

LOT_EVENTS = table(
    "lot_events",
    TableKind.FACT,
    (
        column(
            "kind",
            ColumnType.ENUM,
            "事件類別|異動類別|批號異動|事件类型|类型|Event|Event Type|Kind|Transaction",
            required=True,
            values="relabel split merge aggregate disaggregate clean scrap unscrap reverse correct",
        ),
        key("lot", LOT_ALIASES + "|原批號|来源批号|From Lot", required=True),
        key(
            "other_lot",
            "新批號|目的批號|對方批號|目标批号|新批号|To Lot|Other Lot|New Lot|Target Lot",
        ),
        column(
            "at",
            ColumnType.INSTANT,
            "異動日期|異動時間|時間|日期|发生时间|时间|日期|Event Time|Timestamp|Date|Time",
            required=True,
        ),
        column("qty", ColumnType.DECIMAL, "異動數量|數量|数量|Quantity"),
        EVENT_ID,
        key("corrects", "更正事件|沖銷事件|更正事件编号|Corrects|Reversed Document"),
    ),
    companions=(
        key("item", ITEM_ALIASES),
        ISSUER,
        key("other_item", "新品號|目的品號|Other Item|New Item"),
        key("other_issuer", "新批號發行者|Other Issuer"),
    ),
    titles="批號異動|批號轉換|批號分割|批次转换|批号调整|Lot Events|Batch Events|Lot Transactions",
)

STOCK = table(
    "stock",
    TableKind.MASTER,
    (
        key("item", ITEM_ALIASES + "|MC001", required=True),
        key("lot", LOT_ALIASES),
        column(
            "place",
            ColumnType.ENUM,
            "庫別性質|倉庫性質|庫存狀態|庫別類型|仓库类型|库存状态|库存类型|Stock Type|Place|Stock Category",
            values="raw wip finished transit subcontractor customer scrap",
        ),
        key(
            "warehouse",
            "庫別|庫別代號|倉庫|倉別|倉庫代號|仓库|仓库编码|仓库名称|LGORT|MC002|SLoc|Storage Location|Stor. Loc.|Warehouse|Whse",
        ),
        key("location", "儲位|儲位代號|庫位|仓位|库位|货位|LGPLA|Bin|Storage Bin|Location|Shelf"),
        column(
            "qty",
            ColumnType.DECIMAL,
            "庫存數量|庫存量|現有庫存|在庫數量|現存量|數量|库存量|库存量(主单位)|库存数量|现存量|即时库存|可用量|LABST|CLABS|MC007|Unrestricted|Unrestricted Stock|Unrestr.|Unrestricted-Use Stock|On Hand|Qty on Hand|On-hand Qty|Stock Qty|Quantity|Stock",
            required=True,
        ),
        column("uom", ColumnType.TEXT, UOM_ALIASES + "|库存主单位|主單位"),
        column(
            "at",
            ColumnType.INSTANT,
            "盤點日期|庫存日期|截止日期|日期|库存日期|盘点日期|As Of|As of Date|Count Date|Stock Date",
        ),
    ),
    row_key="item issuer lot place warehouse location",
    companions=(ISSUER,),
    titles="庫存|庫存明細|品號庫別存量|品號庫存|批號庫存|庫存表|即时库存|库存|库存查询|库存明细|INVMC|INVMM|MARD|MCHB|MB52|MMBE|Stock|Inventory|Stock on Hand|Warehouse Stock|On Hand",
)

TRANSFERS = table(
    "transfers",
    TableKind.FACT,
    (
        key(
            "from_plant",
            "調出廠別|撥出廠|转出工厂|调出工厂|调出组织|From Plant|Supplying Plant|From Site|RESWK",
            required=True,
        ),
        key(
            "to_plant",
            "調入廠別|撥入廠|转入工厂|调入工厂|调入组织|To Plant|Receiving Plant|To Site",
            required=True,
        ),
        key("item", ITEM_ALIASES, required=True),
        key("lot", LOT_ALIASES),
        column(
            "qty",
            ColumnType.DECIMAL,
            "調撥數量|撥出數量|數量|调拨数量|数量|Transfer Qty|Quantity",
            required=True,
        ),
        column(
            "sent_at",
            ColumnType.INSTANT,
            "調出日期|撥出日期|調撥日期|调出日期|调拨日期|Sent At|Ship Date|Sent",
        ),
        column(
            "received_at",
            ColumnType.INSTANT,
            "調入日期|撥入日期|到廠日期|调入日期|到货日期|Received At|Receipt Date|Received",
        ),
    ),
    companions=(ISSUER,),
    titles="廠間調撥|調撥單|調撥明細|调拨单|分步式调出单|Transfers|Stock Transfers|Intercompany Transfers",
)

OUTSIDE_MOVES = table(
    "outside_moves",
    TableKind.FACT,
    (
        key("po", "託外單號|委外單號|委外採購單號|外协订单号|委外订单号|" + PO_ALIASES),
        key("work_order", WORK_ORDER_ALIASES),
        column("seq", ColumnType.INTEGER, SEQ_ALIASES),
        key("item", ITEM_ALIASES, required=True),
        key("lot", LOT_ALIASES),
        column(
            "qty",
            ColumnType.DECIMAL,
            "託外數量|發外數量|回貨數量|數量|外协数量|发出数量|收回数量|数量|Quantity",
            required=True,
        ),
        column(
            "direction",
            ColumnType.ENUM,
            "進出|方向|收發別|收发类型|方向|Direction|In/Out",
            required=True,
            values="out in",
        ),
        column(
            "at",
            ColumnType.INSTANT,
            "日期|託外日期|發外日期|回貨日期|发出日期|收回日期|日期|Date|Moved At",
        ),
        key("supplier", SUPPLIER_ALIASES, required=True),
        column(
            "due_at",
            ColumnType.INSTANT,
            "預計回貨日|預交日|回廠日|预计回货日|要求交期|Due Date|Due Back|Expected Back",
            date_only=DateOnly.CUTOFF,
        ),
    ),
    companions=(ISSUER,),
    titles="託外進出|委外進出|委外加工|外协收发|委外发料|Outside Moves|Subcontracting|Outside Processing",
)

PURCHASE_ORDERS = table(
    "purchase_orders",
    TableKind.MASTER,
    (
        key("po", PO_ALIASES + "|單號|单据编号|PO", required=True),
        key(
            "line",
            "採購序號|序號|項次|行號|行号|项次|订单行号|EBELP|TD003|Item|Line|PO Line|PO Item|Line No|Pos",
            required=True,
        ),
        key("supplier", SUPPLIER_ALIASES + "|Vendor/Supplying Plant|Name of Supplier"),
        key("item", ITEM_ALIASES + "|TD004", required=True),
        column(
            "qty",
            ColumnType.DECIMAL,
            "採購數量|採購量|訂購數量|數量|采购数量|订货数量|数量|MENGE|TD008|Order Quantity|PO Quantity|PO Qty|Order Qty|Scheduled Quantity|Quantity|Ordered",
            required=True,
        ),
        column(
            "due_at",
            ColumnType.INSTANT,
            "預交日|預計交貨日|交貨日期|交期|要求交期|到貨日|交货日期|要求到货日期|到货日期|EINDT|TD012|Delivery Date|Deliv. Date|Due Date|Need By|Promised Date|Needed|Needed By|Required Date",
            required=True,
            date_only=DateOnly.CUTOFF,
        ),
        column(
            "confirmed_at",
            ColumnType.INSTANT,
            "廠商確認交期|確認交期|回覆交期|承諾交期|供应商确认交期|确认交期|承诺交期|Confirmed Date|Confirmed Delivery Date|Confirmed|Vendor Confirmed Date|Promised Date",
            date_only=DateOnly.CUTOFF,
        ),
    ),
    row_key="po line",
    titles="採購單|採購明細|採購單明細|未交採購|采购订单|采购订单列表|PURTC|PURTD|EKKO|EKPO|EKET|ME2N|ME2M|Purchase Orders|PO List|Purchasing Documents|Open POs",
)

RECEIPTS = table(
    "receipts",
    TableKind.FACT,
    (
        key("po", PO_ALIASES + "|来源单号|源单编号|PO|TH011"),
        key(
            "line",
            "採購序號|採購項次|採購單序號|采购订单行号|源单行号|EBELP|TH012|PO Line|PO Item|Item",
        ),
        key("item", ITEM_ALIASES + "|TH004", required=True),
        key("lot", LOT_ALIASES + "|TH010"),
        column(
            "received",
            ColumnType.DECIMAL,
            "進貨數量|收貨數量|點收數量|到貨數量|收料数量|到货数量|实收数量|交货数量|TH007|Received Qty|Qty Received|Receipt Qty|GR Quantity|Quantity Received|Quantity",
            required=True,
        ),
        column(
            "accepted",
            ColumnType.DECIMAL,
            "驗收數量|允收數量|合格數量|合格数量|验收数量|入库数量|TH015|Accepted Qty|Qty Accepted|Accepted",
        ),
        column(
            "rejected",
            ColumnType.DECIMAL,
            "驗退數量|拒收數量|不合格數量|退貨數量|拒收数量|不合格数量|退料数量|Rejected Qty|Qty Rejected|Rejected",
        ),
        column(
            "received_at",
            ColumnType.INSTANT,
            "進貨日期|收貨日期|到貨日期|單據日期|收料日期|到货日期|入库日期|业务日期|TG003|BUDAT|Receipt Date|Received On|Received At|Posting Date|GR Date",
        ),
        column(
            "inspection_status",
            ColumnType.TEXT,
            "檢驗狀態|檢驗結果|品檢狀態|驗收狀態|检验状态|检验结果|质检状态|Inspection Status|QC Status|Insp. Status",
        ),
    ),
    companions=(ISSUER, key("supplier", SUPPLIER_ALIASES)),
    titles="進貨單|進貨明細|收貨單|進貨驗收|采购入库|采购入库单|收料通知单|PURTG|PURTH|Receipts|Goods Receipts|GR List",
)

INSPECTIONS = table(
    "inspections",
    TableKind.FACT,
    (
        column(
            "at",
            ColumnType.INSTANT,
            "檢驗時間|檢驗日期|量測時間|時間|日期|检验时间|检验日期|测量时间|Inspection Time|Inspection Date|Measured At|Timestamp|Date|Time",
            required=True,
        ),
        key("item", ITEM_ALIASES),
        key("lot", LOT_ALIASES),
        key("work_order", WORK_ORDER_ALIASES),
        column("seq", ColumnType.INTEGER, SEQ_ALIASES),
        key("equipment", EQUIPMENT_ALIASES),
        key("tool", TOOL_ALIASES),
        column("cavity", ColumnType.TEXT, "模穴|穴號|模穴號|型腔号|穴号|Cavity|Cavity No"),
        key(
            "characteristic",
            "檢驗項目|量測項目|特性|特性代號|管制特性|检验项目|检验特性|测量项目|特性|Characteristic|Inspection Item|Feature|Parameter|MIC",
        ),
        column(
            "value",
            ColumnType.DECIMAL,
            "量測值|檢驗值|實測值|測量值|数值|测量值|实测值|检验值|Measured Value|Measurement|Value|Result Value|Reading",
        ),
        column(
            "lower_spec",
            ColumnType.DECIMAL,
            "規格下限|下限|下限值|规格下限|LSL|Lower Limit|Lower Spec|Lower Spec Limit|Min",
        ),
        column(
            "upper_spec",
            ColumnType.DECIMAL,
            "規格上限|上限|上限值|规格上限|USL|Upper Limit|Upper Spec|Upper Spec Limit|Max",
        ),
        column(
            "target",
            ColumnType.DECIMAL,
            "目標值|中心值|標準值|规格中心|目标值|标准值|Nominal|Target|Target Value",
        ),
        column(
            "result",
            ColumnType.ENUM,
            "判定|檢驗結果|結果|合格否|判定结果|检验结果|结论|Result|Judgement|Judgment|Pass/Fail|OK/NG|Valuation",
            values="pass fail",
        ),
        key(
            "sample", "樣本編號|樣本號|樣品序號|样本号|样品编号|Sample|Sample No|Sample ID|Subgroup"
        ),
        key("inspector", "檢驗員|檢驗人員|品檢員|检验员|质检员|Inspector|Inspected By|Tester"),
    ),
    companions=(ISSUER,),
    titles="檢驗記錄|檢驗紀錄|品檢記錄|量測記錄|检验记录|检验单|测量记录|QALS|QAMR|Inspections|Inspection Results|Measurements|QC Records",
)
