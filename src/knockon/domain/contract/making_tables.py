"""Tables of what is being made: work orders, their material, operations, reports."""

from knockon.domain.contract.demand_tables import LOT_ALIASES
from knockon.domain.contract.item_tables import (
    ITEM_ALIASES,
    ROUTING_OPERATION,
    ROUTING_SEQ,
    UOM_ALIASES,
)
from knockon.domain.contract.plant_tables import EQUIPMENT_ALIASES, TOOL_ALIASES
from knockon.domain.contract.specs import (
    ColumnType,
    DateOnly,
    TableKind,
    column,
    key,
    table,
)

WORK_ORDER_ALIASES = (
    "製令單號|製令編號|製令號碼|製令|工單單號|工單編號|工單號|工單號碼|工單|製造命令|生產單號|生產訂單|派工單號|製造單號|工单号|工单编号|工单|生产订单号|生产订单编号|生产订单|任务单号"
    "|生产任务单号|生产任务单|生产单号|制造单号|AUFNR|Work Order|Work Order No|Work Order Number|WO|WO No|WO Number|Production Order|Prod. Order|Production Order No"
    "|Process Order|Manufacturing Order|MO|MO No|Job|Job No|Job Number|case:concept:name|Case ID"
)
SUPPLIER_ALIASES = "供應商|供應商代號|供應商編號|廠商|廠商代號|廠商編號|加工廠商|委外廠商|託外廠商|供应商|供应商编码|供应商代码|外协厂商|LIFNR|Vendor|Vendor No|Vendor Code|Supplier No|Supplier Code|Subcontractor"

WORK_ORDERS = table(
    "work_orders",
    TableKind.MASTER,
    (
        key(
            "work_order",
            WORK_ORDER_ALIASES
            + "|單號|单据编号|單據編號|TA002|Order|Order Number|Reference|MO Reference|ID|工令|工令單號",
            required=True,
        ),
        key(
            "item",
            ITEM_ALIASES
            + "|PLNBEZ|TA006|生產品號|成品品號|Material Number|Item To Manufacture|Product to Produce|Item to Produce|生產料號|Assembly",
            required=True,
        ),
        column(
            "qty",
            ColumnType.DECIMAL,
            "預計產量|計畫產量|生產數量|製令數量|工單數量|計劃數量|開工數量|数量|计划数量|生产数量|计划产量|計畫數量|GAMNG|PSMNG|TA015|Order Quantity|Total Order Quantity|Target Quantity|Order quantity (GMEIN)|Planned Qty|Qty|Quantity|Plan Qty|Order Qty|Quantity To Produce|Qty To Manufacture|Qty to Make|Build Qty|Start Qty|開單數量|投產數量|Production Qty|Job Qty|Lot Size|Run Qty",
            required=True,
        ),
        column(
            "type",
            ColumnType.ENUM,
            "性質|製令性質|製令類別|工單類別|工單性質|生产类型|订单类型|单据类型|生产方式|AUART|TA030|Order Type|Type",
            values="in_house subcontract rework",
        ),
        column(
            "status",
            ColumnType.ENUM,
            "狀態碼|狀態|製令狀態|工單狀態|結案碼|业务状态|订单状态|状态|单据状态|TA011|STTXT|System Status|Status|Order Status|State|工令狀態",
            values="planned open done cancelled",
        ),
        column(
            "due_at",
            ColumnType.INSTANT,
            "需求日期|需求日|交期|預交日|要求完工日|订单交期|需求日期|Due Date|Due|Required Date|Required Finish|Deadline|Need Date|Date Required",
            date_only=DateOnly.CUTOFF,
        ),
        column(
            "release_at",
            ColumnType.INSTANT,
            "發放日期|下達日期|發料日期|發單日期|下达日期|实际下达日期|FTRMI|FTRMS|Release Date|Released|Actual Release|Release date (actual)",
        ),
        column(
            "planned_start",
            ColumnType.INSTANT,
            "預計開工|預計開工日|預計開工日期|預計開始|計畫開工|計畫開工日|預開工日|计划开工|计划开工时间|计划开工日期|计划开始|计划开始日期|GSTRP|GSTRS|TA009|Basic Start Date|Bsc Start|Basic Start|Scheduled Start|Sched. Start|Planned Start|Start Date|Scheduled Start Date|开工日期|開工日|開工日期|Scheduled Date|Start|Start By|上線日期",
        ),
        column(
            "planned_finish",
            ColumnType.INSTANT,
            "預計完工|預計完工日|預計完工日期|計畫完工|計畫完工日|預完工日|预计完工时间|计划完工|计划完工时间|计划完工日期|计划结束|GLTRP|GLTRS|TA010|Basic Finish Date|Basic Fin.|Basic Finish|Basic fin. date|Scheduled Finish|Sched. Finish|Planned Finish|Planned End|Finish Date|End Date|Scheduled Finish Date|完工日期|完工日|Expected Finish|Finish|End|下線日期",
        ),
        column(
            "finished_qty",
            ColumnType.DECIMAL,
            "已生產量|已完工數量|完工數量|入庫數量|已入庫量|已入庫數量|生產入庫量|完工数量|入库数量|已入库数量|合格品入库数量|WEMNG|IGMNG|TA017|Delivered Quantity|Qty Delivered|Quantity Delivered|Confirmed Yield|Finished Qty|Completed Qty|Good Qty|Delivered|累计入库量|累计入库数量|已完成數量|Manufactured Qty|Produced Qty|Quantity Produced|Qty Built|Qty Complete|Completed|Complete Qty",
        ),
        column(
            "scrap_qty",
            ColumnType.DECIMAL,
            "報廢數量|報廢量|不良數量|报废数量|工废数量|不合格数量|IASMG|TA018|Scrap|Scrap Qty|Scrap Quantity|Confirmed Scrap",
        ),
        key(
            "order",
            "訂單單號|訂單編號|訂單號|客戶訂單|來源訂單|訂單|销售订单|销售订单号|需求单据|源单编号|KDAUF|TA027|Sales Order|Sales Order No|SO|SO No|Customer Order|Sales Document|來源單號|Source|Source Document|Origin",
        ),
        key(
            "line",
            "訂單序號|訂單項次|销售订单行号|订单行号|需求单据行号|KDPOS|TA028|Sales Order Item|SO Item|SO Line|Order Line|Sales Ord. Item",
        ),
        key(
            "parent_work_order",
            "母製令單號|母製令編號|母製令|上階製令|上層製令|主製令|父订单|上级订单|母工单|上级生产订单|TA025|MAUFNR|Parent Order|Superior Order|Parent Work Order|Parent WO|Leading Order",
        ),
        key("supplier", SUPPLIER_ALIASES + "|TA032"),
    ),
    row_key="work_order",
    titles="製令|製令單|製令單頭|製令工單|製令一覽表|工單|工單一覽|製造命令|生产订单|生产任务单|生产订单列表|MOCTA|AFKO|AFPO|COOIS|COHV|Work Orders|Production Orders|Order Headers|Work Order List|Production Order Headers",
)

REQUIREMENTS = table(
    "requirements",
    TableKind.MASTER,
    (
        key("work_order", WORK_ORDER_ALIASES + "|單號|单据编号|TB002|Order", required=True),
        key(
            "component",
            "材料品號|材料料號|元件品號|子件品號|用料品號|材料編號|子项物料编码|子项物料|材料编码|子件编码|TB003|Component|Component No|Component Item|Comp. Material|Component Material|MATNR|Material|Material No|Material Number",
            required=True,
        ),
        column(
            "seq",
            ColumnType.INTEGER,
            "製程序號|加工順序|工序号|工序|VORNR|Activity|OpAc|Operation|Operation No|製程代號|製程",
        ),
        column(
            "required_qty",
            ColumnType.DECIMAL,
            "需領用量|應領用量|需求數量|需用量|應發數量|应发数量|需求数量|应领数量|标准用量|BDMNG|TB004|Requirement Quantity|Requirement Qty|Reqmt Qty|Reqmnt Qty|Req. Qty|Required Qty|Required Quantity|Qty Required",
            required=True,
        ),
        column(
            "issued_qty",
            ColumnType.DECIMAL,
            "已領用量|已發數量|已領數量|已領料量|已领数量|已发数量|领料数量|已领料数量|ENMNG|TB005|Quantity Withdrawn|Qty Withdrawn|Withdrawal Qty|Withdrawn Qty|Withdrawn|Issued Qty|Qty Issued|Issued|實發數量|實領數量|已發料量",
        ),
        column("uom", ColumnType.TEXT, UOM_ALIASES + "|子项单位|材料單位|TB007|ERFME"),
        key(
            "warehouse",
            "庫別|倉庫|發料庫別|領料倉庫|仓库|发料仓库|LGORT|TB009|SLoc|Storage Location|Stor. Loc.|Warehouse",
        ),
        key("supplied_by", "供應製令|供料製令|半成品製令|供应工单|Supplied By|Supplying Order"),
    ),
    row_key="work_order component seq",
    titles="製令單身|製令用料|製令材料|領用明細|用料明細|用料清单|生产用料清单|生产投料单|MOCTB|RESB|MB25|Requirements|Components|Component List|Order Components|Material Requirements|Reservations",
)

OPERATIONS = table(
    "operations",
    TableKind.PLAN,
    (
        key("work_order", WORK_ORDER_ALIASES + "|單號|单据编号|Order|Order Number", required=True),
        column("seq", ColumnType.INTEGER, ROUTING_SEQ + "|序號|項次|序号|次序", required=True),
        column("operation", ColumnType.KEY, ROUTING_OPERATION),
        key("equipment", EQUIPMENT_ALIASES),
        key("tool", TOOL_ALIASES),
        key("run_group", "合併群組|同模群組|併模群組|排程群組|合并组|Run Group|Batch Group"),
        column("crew", ColumnType.TEXT, "班組|人員組|作業班組|班组|人数|Crew|Team"),
        column(
            "planned_start",
            ColumnType.INSTANT,
            "預計開工|預計開工日|預計開工日期|預計開始|預計開始時間|計畫開始|計畫開工|計畫開工日|计划开始|计划开始时间|计划开工|计划开工时间|计划开工日期|SSAVD|FSAVD|Planned Start|Start|Scheduled Start|Sched. Start|Latest Start|Earliest Start|Start Date|Plan Start|開始時間|開始|上機時間",
        ),
        column(
            "planned_finish",
            ColumnType.INSTANT,
            "預計完工|預計完工日|預計完工日期|預計結束|預計結束時間|計畫完工|計畫結束|計畫完工日|计划结束|计划结束时间|计划完工|计划完工时间|计划完工日期|SSEDD|FSEDD|Planned Finish|Finish|Scheduled Finish|Sched. Finish|Planned End|End|Latest Finish|Earliest Finish|End Date|Plan End|結束時間|結束|下機時間",
        ),
        column(
            "status",
            ColumnType.ENUM,
            "製程狀態|狀態|狀態碼|工序状态|状态|完工碼|System Status|Status|Op Status",
            values="planned running paused done",
        ),
        column(
            "actual_start",
            ColumnType.INSTANT,
            "實際開工|實際開工日|實際開始|实际开工|实际开始|实际开工时间|ISDD|Actual Start|Act. Start",
        ),
        column(
            "actual_finish",
            ColumnType.INSTANT,
            "實際完工|實際完工日|實際結束|实际完工|实际结束|实际完工时间|IEDD|Actual Finish|Actual End|Act. Finish",
        ),
        column(
            "qty_good",
            ColumnType.DECIMAL,
            "完成數量|良品數量|良品數|良品|轉出數量|产出数量|合格数量|完成数量|LMNGA|Yield|Good Qty|Completed Qty|Confirmed Yield|Qty Completed",
        ),
        column(
            "qty_scrap",
            ColumnType.DECIMAL,
            "報廢數量|不良數量|不良數|不良|不良品|报废数量|不合格数量|XMNGA|Scrap|Scrap Qty|Confirmed Scrap",
        ),
        column(
            "setup_min",
            ColumnType.DECIMAL,
            "整備時間|準備時間|換線時間|准备时间|准备工时|VGW01|Setup|Setup Time|Setup Min",
            unit="min",
        ),
        column(
            "run_min_per_unit",
            ColumnType.DECIMAL,
            "標準工時|單位工時|加工時間|机时|单位工时|单件工时|VGW02|Run Time|Machine Time|Run Time per Unit|Cycle Time",
            unit="min",
        ),
    ),
    row_key="work_order seq",
    titles="製令製程|製程排程|生產排程|排程|排程表|派工單|派工表|工序计划|工序计划单|排产|排产计划|SFCTA|AFVC|AFVV|Operations|Order Operations|Schedule|Production Schedule|Operation List|Dispatch List",
)

RESOURCE_USE = table(
    "resource_use",
    TableKind.FACT,
    (
        key(
            "resource",
            "資源|爐號|量具編號|容器編號|模具編號|人員|资源|炉号|量具编号|容器编号|Resource|Resource ID|Oven|Vessel|Gauge",
            required=True,
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "資源類別|類別|资源类型|类型|Resource Type|Type",
            values="tool vessel oven gauge person",
        ),
        key("lot", LOT_ALIASES),
        key("work_order", WORK_ORDER_ALIASES),
        column(
            "start",
            ColumnType.INSTANT,
            "開始時間|使用開始|入爐時間|开始时间|使用开始|入炉时间|Start Time|From|Loaded At",
            required=True,
        ),
        column(
            "end",
            ColumnType.INSTANT,
            "結束時間|使用結束|出爐時間|结束时间|使用结束|出炉时间|End Time|To|Unloaded At",
        ),
    ),
    companions=(key("item", ITEM_ALIASES), key("issuer", "批號發行者|Lot Issuer")),
    either=(("lot", "work_order"),),
    titles="資源使用|爐次記錄|量具使用記錄|资源使用|炉次记录|Resource Use|Resource Usage|Oven Log",
)

WORK_REPORTS = table(
    "work_reports",
    TableKind.FACT,
    (
        key("work_order", WORK_ORDER_ALIASES + "|Order", required=True),
        column(
            "seq",
            ColumnType.INTEGER,
            ROUTING_SEQ + "|移出製程序號|轉出順序|製程順序|Operation/Activity",
            required=True,
        ),
        key("equipment", EQUIPMENT_ALIASES + "|實際機台"),
        key("tool", TOOL_ALIASES),
        key(
            "person",
            "人員|作業員|作業人員|操作員|報工人員|員工代號|工號|操作工|员工|操作员|报工人|PERNR|Operator|Operator ID|Employee|Worker|Worker ID|Personnel No|org:resource|User|Reported By",
        ),
        column(
            "start",
            ColumnType.INSTANT,
            "開始時間|開工時間|實際開工|上線時間|开始时间|开工时间|实际开工时间|ISDD|start_timestamp|Start Time|Start Timestamp|Started|Actual Start|開始|開工|Start|From|Begin",
        ),
        column(
            "finish",
            ColumnType.INSTANT,
            "結束時間|完工時間|報工時間|報工日期|移轉日期|下線時間|實際完工|结束时间|完工时间|报工时间|报工日期|实际完工时间|IEDD|BUDAT|time:timestamp|End Time|Complete Timestamp|Finish Time|Finished|Posting Date|End|Actual Finish|結束|完工|Finish|To",
        ),
        column(
            "qty_good",
            ColumnType.DECIMAL,
            "良品數量|良品數|良品|合格數量|完成數量|移轉數量|驗收數量|轉出數量|报工数量|合格数量|合格数|完成数量|良品数|LMNGA|Yield|Good|Good Qty|Qty Good|Qty Completed|Yield Qty|OK Qty|Confirmed Yield",
        ),
        column(
            "qty_scrap",
            ColumnType.DECIMAL,
            "報廢數量|不良數量|不良數|報廢數|不良品|不良|报废数量|报废数|工废数|不合格数量|XMNGA|Scrap|Scrap Qty|Qty Scrap|Qty Rejected|NG Qty|Confirmed Scrap",
        ),
        column(
            "qty_rework",
            ColumnType.DECIMAL,
            "重工數量|返工數量|返修數量|返工数量|返修数量|RMNGA|Rework|Rework Qty|Qty for MRB",
        ),
        key(
            "scrap_reason",
            "不良原因|報廢原因|不良代碼|報廢代碼|不良原因代碼|报废原因|不良原因|GRUND|Scrap Reason|Reason|Reason for Variance|Reason Code|Defect Code",
        ),
        key(
            "input_lot",
            "投入批號|材料批號|投料批號|投入批次|原料批号|Input Lot|Input Batch|Material Lot",
        ),
        key(
            "output_lot",
            "產出批號|生產批號|成品批號|批號|产出批号|生产批号|产品批号|Output Lot|Output Batch|Lot No|Produced Batch",
        ),
    ),
    companions=(
        key("input_item", "投入品號|材料品號|投入物料|Input Item"),
        key("input_issuer", "投入批號發行者|Input Lot Issuer"),
        key("output_item", "產出品號|產品品號|产品编码|Output Item"),
        key("output_issuer", "產出批號發行者|Output Lot Issuer"),
    ),
    titles="報工單|報工記錄|移轉單|製程移轉|日報表|生產日報|生產日報表|工序汇报|报工单|报工记录|生产汇报|SFCTB|SFCTC|AFRU|Work Reports|Confirmations|Production Log|Time Tickets|Labor Tickets",
)
