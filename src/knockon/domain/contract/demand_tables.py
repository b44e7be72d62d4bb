"""Tables of who wants what and what was sent."""

from knockon.domain.contract.item_tables import ITEM_ALIASES
from knockon.domain.contract.specs import (
    ColumnType,
    DateOnly,
    Scope,
    TableKind,
    column,
    key,
    table,
)

CUSTOMER_ALIASES = (
    "客戶|客戶代號|客戶編號|客戶代碼|客編|客戶簡稱|客户|客户编码|客户代码|客户编号|购货单位|订货客户|KUNNR|KUNAG|Sold-to Party|Sold-To Pt|Sold-to|Customer No"
    "|Customer Code|Customer ID|Customer Number|Cust No|Buyer"
)
LOT_ALIASES = "批號|批次|批次號|批次編號|批號編號|生產批號|批号|批次号|生产批号|CHARG|Batch|Batch No|Batch Number|Lot No|Lot Number|Lot ID"
ORDER_ALIASES = (
    "訂單單號|訂單編號|訂單號碼|訂單號|客戶訂單單號|銷售單號|销售订单|销售订单号|销售订单编号|订单编号|订单号|VBELN|KDAUF|Sales Document|Sales Doc.|Sales Order"
    "|Sales Order No|SO No|SO Number|SO|Order No|Order Number|Order ID"
)
LINE_ALIASES = "序號|訂單序號|項次|訂單項次|行號|项次|订单行号|行号|分录行号|销售订单行号|订单序号|POSNR|KDPOS|Item|Item (SD)|Sales Document Item|SD Item|Line|Line No|Line Number|Pos|Position|SO Line|Order Line|Line Item|Line ID|Ln"

CUSTOMERS = table(
    "customers",
    TableKind.MASTER,
    (
        key(
            "customer",
            "客戶代號|客戶編號|客戶代碼|客戶|客編|客户编码|客户代码|客户编号|KUNNR|MA001|Customer No|Customer Code|Customer ID|Customer Number|編號|编码",
            required=True,
        ),
        column(
            "name",
            ColumnType.TEXT,
            "客戶全名|客戶名稱|客戶簡稱|公司名稱|簡稱|客户名称|客户简称|名称|NAME1|MA002|MA003|Name 1|Customer Name|Company|Company Name",
        ),
        column(
            "tier",
            ColumnType.TEXT,
            "客戶等級|等級|客戶分級|客户等级|客户级别|等级|重要度|KLABC|ABC Class|Class|Tier|Customer Class|Rating|ABC|Grade|Priority Class",
        ),
        column(
            "email",
            ColumnType.TEXT,
            "電子郵件|E-MAIL|電子信箱|邮箱|电子邮箱|Email|E-mail Address|Mail",
        ),
        column("language", ColumnType.TEXT, "語言|語系|语言|SPRAS|Language|Lang."),
        key(
            "account_manager",
            "業務|業務人員|業務員|負責業務|业务员|销售员|负责人|VKGRP|Account Manager|Sales Rep|Salesperson|Sales Person|Sales Representative|Owner",
        ),
        column(
            "notice_policy",
            ColumnType.TEXT,
            "通知政策|通知方式|通知规则|Notice Policy|Notification",
        ),
        column(
            "max_date_codes", ColumnType.INTEGER, "最多週期碼|日期碼上限|最多周期码|Max Date Codes"
        ),
    ),
    row_key="customer",
    scope=Scope.SHARED,
    titles="客戶|客戶資料|客戶基本資料|客戶主檔|客户|客户列表|客户资料|COPMA|KNA1|Customers|Customer List|Customer Master",
)

SHIP_CALENDARS = table(
    "ship_calendars",
    TableKind.MASTER,
    (
        key("customer", CUSTOMER_ALIASES),
        key("plant", "廠別|工廠|工厂|出貨廠|WERKS|Plnt|Site"),
        column(
            "weekday",
            ColumnType.INTEGER,
            "星期|出貨星期|出貨日|发货日|周几|Weekday|Day of Week",
            required=True,
        ),
        column(
            "cutoff",
            ColumnType.TIME,
            "截止時間|結關時間|出貨截止|截单时间|截止时间|Cut-off|Cutoff Time|Cut Off",
            required=True,
        ),
        column(
            "transit_days",
            ColumnType.DECIMAL,
            "運送天數|在途天數|运输天数|在途天数|Transit|Transit Days|Transit Time",
            unit="day",
        ),
    ),
    row_key="customer plant weekday",
    titles="出貨行事曆|出貨班次|发货日历|Ship Calendars|Shipping Calendar",
)

SUPPLIERS = table(
    "suppliers",
    TableKind.MASTER,
    (
        key(
            "supplier",
            "供應商代號|供應商編號|廠商代號|廠商編號|廠商|供應商|供应商编码|供应商代码|供应商编号|LIFNR|MA001|Vendor|Vendor No|Supplier No|Supplier Code|Vendor Code|編號|编码",
            required=True,
        ),
        column(
            "name",
            ColumnType.TEXT,
            "供應商名稱|供應商簡稱|廠商名稱|廠商簡稱|廠商全名|供应商名称|名称|簡稱|NAME1|MA002|MA003|Name 1|Vendor Name|Supplier Name|Company Name",
        ),
        column(
            "email",
            ColumnType.TEXT,
            "電子郵件|E-MAIL|電子信箱|邮箱|电子邮箱|Email|E-mail Address|Mail",
        ),
    ),
    row_key="supplier",
    scope=Scope.SHARED,
    titles="供應商|廠商|廠商資料|供應商資料|供应商|供应商列表|PURMA|LFA1|Suppliers|Vendors|Vendor List",
)

SALES_ORDERS = table(
    "sales_orders",
    TableKind.MASTER,
    (
        key(
            "order",
            ORDER_ALIASES
            + "|單號|單據編號|单据编号|单据号|單據號碼|TC002|TD002|Document Number|Document No|Order Reference",
            required=True,
        ),
        key("line", LINE_ALIASES + "|TD003|Schedule Line", required=True),
        key("customer", CUSTOMER_ALIASES + "|TC004|Customer", required=True),
        key("item", ITEM_ALIASES + "|TD004", required=True),
        column(
            "qty",
            ColumnType.DECIMAL,
            "訂單數量|訂購數量|訂單量|數量|销售数量|订单数量|数量|KWMENG|WMENG|TD008|Order Quantity|Order Qty|Ordered Qty|Qty Ordered|Cumulative Order Quantity|Quantity|Target Quantity|訂購量|訂貨數量|下單數量|接單數量|Ordered",
            required=True,
        ),
        column(
            "due_at",
            ColumnType.INSTANT,
            "預交日|預計交貨日|預定交貨日|交貨日期|交貨日|交期|客戶交期|要求交期|需求日期|出貨日|要货日期|交货日期|需求日|EDATU|VDATU|TD013|Delivery Date|Req. Delivery Date|Requested Delivery Date|Req.dlv.dt|Requested Deliv. Date|Due Date|Due|Required Date|Ship Date|Need By|Sched. Line Date|Expected Ship Date|Expected Delivery|Commitment Date|Requested Ship Date|Request Date|客戶要求日",
            required=True,
            date_only=DateOnly.CUTOFF,
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "訂單類別|訂單性質|訂單類型|订单类型|业务类型|AUART|Sales Document Type|SaTy|Order Type|Doc. Type",
            values="order forecast blanket call_off kanban sample internal",
        ),
        column(
            "promised_at",
            ColumnType.INSTANT,
            "回覆交期|承諾交期|確認交期|答覆交期|原預交日|承诺交期|回复交期|确认交期|承诺日期|Confirmed Delivery Date|Promise Date|Promised Date|Confirmed Date|Commit Date",
            date_only=DateOnly.CUTOFF,
        ),
        column(
            "due_kind",
            ColumnType.ENUM,
            "交期類別|交期基準|交期类别|Due Kind|Incoterms Basis",
            values="ship arrive",
        ),
        column(
            "ship_complete",
            ColumnType.BOOL,
            "整批出貨|一次交清|整单发货|整批交货|KZAZU|Complete Delivery|Ship Complete",
        ),
        column(
            "ship_to",
            ColumnType.KEY,
            "送貨地址|送貨客戶|交貨地址|送貨地點|收货方|交货地点|收货方编码|KUNWE|Ship-to Party|Ship-to|Ship To|Delivery Address",
        ),
        key(
            "customer_order",
            "客戶單號|客戶訂單|客戶訂單編號|客戶採購單號|客戶PO|客户订单号|客户采购单号|客户单号|BSTKD|BSTNK|TC012|PO Number|Purchase Order No.|Customer PO|Customer Reference|Customer Order|Cust. Reference|Cust PO|PO/Check Number|Customer PO Number|Their Reference",
        ),
        key(
            "customer_item",
            "客戶品號|客戶料號|客户物料编码|客户料号|客户品号|客户物料|KDMAT|TD014|Customer Material|Customer Material Number|Customer Part|Customer Part No|Cust Part No",
        ),
        column(
            "shipped_qty",
            ColumnType.DECIMAL,
            "已交數量|已交量|已出貨數量|已出數量|累計已交|已交货数量|累计出库数量|已出库数量|已发货数量|TD009|Delivered Qty|Delivered Quantity|Shipped Qty|Qty Shipped|Dlv. Qty|已出貨|已出貨量|累計出貨|Quantity Fulfilled|Fulfilled Qty|Qty Delivered",
        ),
        column(
            "cum_qty",
            ColumnType.DECIMAL,
            "累計數量|累計需求量|累计数量|累计需求量|Cumulative Qty|Cum. Qty|Cum Quantity",
        ),
        column(
            "priority",
            ColumnType.INTEGER,
            "優先順序|優先等級|急單等級|优先级|LPRIO|Priority|Delivery Priority",
        ),
        column(
            "unit_price",
            ColumnType.MONEY,
            "單價|售價|含税单价|单价|NETPR|TD011|Net Price|Unit Price|Price|Sales Price|Item Rate|Rate|Unit Cost|未稅單價",
        ),
        column(
            "penalty_per_day",
            ColumnType.MONEY,
            "每日罰款|逾期罰款|罰款|逾期违约金|每日违约金|Penalty per Day|Penalty",
        ),
        column(
            "revision", ColumnType.TEXT, "版次|變更版次|變更版本|版本|变更版本|Revision|Version|Rev"
        ),
        column(
            "status",
            ColumnType.ENUM,
            "結案碼|結案|訂單狀態|行關閉狀態|关闭状态|行关闭状态|业务关闭|订单状态|状态|TD016|Status|Overall Status|Order Status|GBSTA",
            values="open closed cancelled",
        ),
    ),
    row_key="order line",
    titles="訂單|客戶訂單|訂單明細|客戶訂單明細|销售订单|销售订单列表|COPTC|COPTD|VBAK|VBAP|VBEP|VA05|Sales Orders|Sales Order List|Open Orders|Order Book|List of Sales Orders",
)

ALLOCATIONS = table(
    "allocations",
    TableKind.MASTER,
    (
        key("order", ORDER_ALIASES),
        key("line", LINE_ALIASES),
        key(
            "work_order",
            "製令單號|製令編號|製令|工單號|工單|工单号|生产订单号|Work Order|WO|Production Order",
        ),
        key("lot", LOT_ALIASES),
        key("item", ITEM_ALIASES),
        column(
            "qty",
            ColumnType.DECIMAL,
            "分配數量|指定數量|預留數量|數量|预留数量|分配数量|锁库数量|Allocated Qty|Reserved Qty|Quantity",
            required=True,
        ),
    ),
    row_key="order line work_order issuer lot item",
    companions=(key("issuer", "批號發行者|Lot Issuer"),),
    either=(("work_order", "lot"),),
    titles="訂單分配|庫存指定|预留|锁库|Allocations|Reservations",
)

SHIPMENTS = table(
    "shipments",
    TableKind.FACT,
    (
        key(
            "shipment",
            "銷貨單號|出貨單號|出庫單號|銷退單號|單號|送貨單號|出库单号|销售出库单号|发货单号|单据编号|TH002|Delivery|Delivery No|Delivery Note|Shipment No|Packing List|Outbound Delivery|Document No",
            required=True,
        ),
        key(
            "line_no", "序號|項次|行號|行号|项次|TH003|Delivery Item|Line|Line No|Pos|Item|Item No"
        ),
        key("order", ORDER_ALIASES + "|來源單號|源单编号|Reference Document|VGBEL"),
        key(
            "line",
            "訂單序號|訂單項次|销售订单行号|订单行号|源单行号|Reference Item|VGPOS|SO Line|Order Line|Sales Order Item",
        ),
        key("customer", CUSTOMER_ALIASES + "|Customer|Ship-to|Ship-to Party|收货方"),
        key("item", ITEM_ALIASES + "|TH004"),
        key("lot", LOT_ALIASES + "|TH017"),
        key(
            "package",
            "箱號|棧板號|包裝箱號|包裝編號|箱号|托盘号|包装号|EXIDV|Package|Carton|Carton No|Pallet|Pallet ID|HU|SSCC",
        ),
        column(
            "qty",
            ColumnType.DECIMAL,
            "銷貨數量|出貨數量|銷退數量|數量|实发数量|出库数量|发货数量|数量|LFIMG|TH008|Delivery Quantity|Shipped Qty|Delivered Qty|Quantity|Ship Qty",
            required=True,
        ),
        column(
            "shipped_at",
            ColumnType.INSTANT,
            "銷貨日期|出貨日期|出貨時間|出庫日期|單據日期|銷退日期|日期|出库日期|发货日期|业务日期|WADAT_IST|TG003|Goods Issue Date|Actual GI Date|Ac.GI Date|Act. Gds Mvmnt Date|Ship Date|Shipped On|Shipment Date|Delivery Date",
            required=True,
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "單據性質|出貨類別|類別|业务类型|单据类型|Type|Movement",
            values="ship return",
        ),
        column(
            "date_code", ColumnType.TEXT, "週期碼|日期碼|生產週期|生产周期|周期码|Date Code|D/C"
        ),
    ),
    companions=(key("issuer", "批號發行者|Lot Issuer"),),
    titles="銷貨單|銷退單|出貨明細|出貨單|銷貨明細|销售出库单|发货明细|销售退货单|COPTG|COPTH|COPTI|COPTJ|LIKP|LIPS|Shipments|Deliveries|Delivery List",
)
