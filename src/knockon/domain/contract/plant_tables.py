"""Tables of what the plant is: machines, tools, calendars, people."""

from knockon.domain.contract.specs import (
    ColumnType,
    Scope,
    TableKind,
    column,
    key,
    table,
)

EQUIPMENT_ALIASES = (
    "設備|設備編號|設備代號|設備編碼|機台|機台編號|機台代號|機台號碼|機號|機器|機器編號|機器代號|線別|生產線別|產線"
    "|資產編號|設備資產編號|工作中心|工作中心代號|工作中心编码|设备编码|设备编号|机台号|生产线|资源|资源编码"
    "|ARBPL|Work Center|Work Ctr|WrkCtr|WorkCenter|Machine|Machine No|Machine ID|Equipment No|Equipment ID|EQUNR"
    "|Line|Production Line|Workstation|Resource"
)
TOOL_ALIASES = (
    "模具|模具編號|模具代號|模號|治具|治具編號|工具編號|刀具|夾具|模具编码|模具号|工装|工装编码|Mould|Mold|Mold No|Mould No"
    "|Tool No|Tool ID|Die|Fixture|PRT"
)
WEEKDAYS = "星期|週別|星期幾|周几|Weekday|Day of Week|Wday"

PLANTS = table(
    "plants",
    TableKind.MASTER,
    (
        key(
            "plant",
            "廠別|廠別代號|工廠代號|工廠|工厂编码|工厂|WERKS|Plnt|Site|Site Code",
            required=True,
        ),
        column(
            "name",
            ColumnType.TEXT,
            "工廠名稱|廠別名稱|廠名|工厂名称|名稱|NAME1|Plant Name|Site Name",
        ),
        column("timezone", ColumnType.TEXT, "時區|时区|Time Zone|TZ"),
        column("currency", ColumnType.TEXT, "幣別|本位幣|幣種|币别|本位币|WAERS|Crcy|Currency"),
    ),
    row_key="plant",
    scope=Scope.SHARED,
    titles="廠別|工廠|工厂|T001W|Plants|Sites|CMSMB",
)

EQUIPMENT = table(
    "equipment",
    TableKind.MASTER,
    (
        key("equipment", EQUIPMENT_ALIASES + "|編號|代號|编码", required=True),
        column(
            "name",
            ColumnType.TEXT,
            "設備名稱|機台名稱|機器名稱|設備|线别名称|線別名稱|工作中心名稱|工作中心描述|设备名称|名稱|名称|KTEXT|Description|Machine Name|Equipment Name",
        ),
        key(
            "parent",
            "上層設備|所屬產線|所屬車間|所屬區域|車間|上级|上级设备|所属车间|所属产线|Parent|Superior|HEQUI|Area|Department|部門|生產部門|区域",
        ),
        column(
            "level",
            ColumnType.ENUM,
            "層級|階層|层级|Level",
            values="site area work_center work_unit",
        ),
        column(
            "kind",
            ColumnType.TEXT,
            "設備類別|設備類型|機台類型|機型|机型|设备类型|设备类别|設備分類|Type|Machine Type|Category|EQART",
        ),
        column(
            "cost_per_hour",
            ColumnType.MONEY,
            "每小時成本|工時費率|機時費率|小时费率|费率|Cost per Hour|Hourly Rate|Rate per Hour",
        ),
        column("topic", ColumnType.TEXT, "主題|訊號主題|MQTT Topic|Topic"),
        column(
            "standard_cycle_s",
            ColumnType.DECIMAL,
            "標準週期|標準週期秒|標準CT|標準工時秒|标准节拍|节拍|周期时间|Standard Cycle|Cycle Time|C/T|CT",
            unit="s",
        ),
        column("rate_unit", ColumnType.TEXT, "產能單位|速率單位|产能单位|Rate Unit"),
    ),
    row_key="equipment",
    titles="設備|設備清單|設備主檔|機台清單|機台|設備台帳|设备台账|设备清单|工作中心|產線|線別|Equipment|Machines|Machine List|Work Centers|CMSMD|CRHD",
)

TOOLS = table(
    "tools",
    TableKind.MASTER,
    (
        key("tool", TOOL_ALIASES + "|編號", required=True),
        column(
            "name",
            ColumnType.TEXT,
            "模具名稱|治具名稱|工具名稱|模具名称|工装名称|名稱|名称|Tool Name|Mold Name|Description",
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "模具類別|工具類別|類別|种类|类型|Type|Tool Type",
            values="mould die fixture gauge",
        ),
        column("status", ColumnType.TEXT, "模具狀態|狀態|使用狀態|状态|Status"),
        column(
            "location", ColumnType.TEXT, "儲位|存放位置|模具位置|位置|存放地点|库位|Location|Bin"
        ),
        key(
            "equipment",
            "所在機台|目前機台|安裝機台|上機機台|当前设备|所在设备|Mounted On|Current Machine|機台|設備",
        ),
        column(
            "cavities",
            ColumnType.INTEGER,
            "穴數|模穴數|設計穴數|型腔数|模腔数|穴数|Cavities|No of Cavities|Cavity Count",
        ),
        column(
            "cavities_open",
            ColumnType.INTEGER,
            "可用穴數|實際穴數|開穴數|有效穴數|可用型腔数|有效腔数|Open Cavities|Active Cavities",
        ),
        column(
            "shot_count",
            ColumnType.INTEGER,
            "累計模次|模次|累積模次|累计模次|使用次数|冲次|Shot Count|Shots|Total Shots",
        ),
    ),
    row_key="tool",
    titles="模具|模具清單|模具台帳|治具清單|模具台账|工装台账|Tools|Molds|Mould List",
)

TOOL_USES = table(
    "tool_uses",
    TableKind.MASTER,
    (
        key(
            "item",
            "品號|料號|產品品號|成品品號|物料编码|产品编码|MATNR|Material|Part No|Item Code",
            required=True,
        ),
        column("operation", ColumnType.KEY, "製程|製程代號|工序|工序编码|工序号|Operation|Op"),
        key("tool", TOOL_ALIASES, required=True),
        key("equipment", EQUIPMENT_ALIASES + "|適用機台|適用設備"),
        column(
            "change_min",
            ColumnType.DECIMAL,
            "換模時間|換模工時|換模分鐘|換線時間|换模时间|换型时间|Changeover|Change Time|Mold Change Time",
            unit="min",
        ),
        column("approved", ColumnType.BOOL, "核准|已核准|是否核可|已批准|是否可用|Approved|Valid"),
    ),
    row_key="item operation tool equipment",
    titles="模具對應|品號模具對照|模具產品對照|产品模具对照|Tool Uses|Mold Item Matrix",
)

CALENDARS = table(
    "calendars",
    TableKind.MASTER,
    (
        key("equipment", EQUIPMENT_ALIASES, required=True),
        column("weekday", ColumnType.INTEGER, WEEKDAYS),
        column("date", ColumnType.DATE, "日期|工作日|工作日期|行事曆日期|Date|Day"),
        column(
            "start",
            ColumnType.TIME,
            "開始時間|上班時間|起始時間|開始|开始时间|起始时间|上班时间|Start Time|From",
            required=True,
        ),
        column(
            "end",
            ColumnType.TIME,
            "結束時間|下班時間|終止時間|結束|结束时间|下班时间|End Time|To",
            required=True,
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "類別|日別|性質|工作別|类型|日期类型|Type|Day Type",
            values="work off maintenance",
        ),
    ),
    row_key="equipment weekday date start",
    either=(("weekday", "date"),),
    titles="行事曆|工廠行事曆|工作日曆|机台行事历|工作日历|生产日历|Calendars|Work Calendar|TFACS",
)

SHIFTS = table(
    "shifts",
    TableKind.MASTER,
    (
        key("team", "班組|組別|班別組|班组|班组编码|部门|部門|Team|Crew|Group", required=True),
        column("weekday", ColumnType.INTEGER, WEEKDAYS),
        column("date", ColumnType.DATE, "日期|出勤日期|排班日期|Date"),
        column(
            "start",
            ColumnType.TIME,
            "上班時間|開始時間|起始時間|上班时间|开始时间|Start Time|From",
            required=True,
        ),
        column(
            "end",
            ColumnType.TIME,
            "下班時間|結束時間|終止時間|下班时间|结束时间|End Time|To",
            required=True,
        ),
        key(
            "person",
            "人員|員工代號|員工編號|工號|姓名|人员|员工编号|工号|Employee|Employee No|Person",
        ),
        column("role", ColumnType.TEXT, "職務|角色|職稱|岗位|职务|Role|Position"),
    ),
    row_key="team weekday date start person",
    either=(("weekday", "date"),),
    titles="排班|班表|排班表|輪班表|班次|Shifts|Shift Plan|Roster",
)

PEOPLE = table(
    "people",
    TableKind.MASTER,
    (
        key(
            "person",
            "員工代號|員工編號|工號|人員代號|人員編號|员工编号|员工编码|工号|PERNR|Employee No|Employee ID|Personnel No|Staff ID|User",
            required=True,
        ),
        column(
            "name",
            ColumnType.TEXT,
            "姓名|員工姓名|人員姓名|员工姓名|名字|ENAME|Full Name|Employee Name",
        ),
        column(
            "email",
            ColumnType.TEXT,
            "電子郵件|電子信箱|信箱|E-mail|邮箱|电子邮箱|邮件|Mail|Email Address",
        ),
        column(
            "phone", ColumnType.TEXT, "電話|手機|行動電話|分機|手机|电话|联系电话|Phone|Mobile|Tel"
        ),
        column("roles", ColumnType.LIST, "角色|職務|職稱|岗位|职务|Role|Position|Job Title"),
        column("teams", ColumnType.LIST, "班組|部門|組別|单位|班组|部门|Team|Department|Dept"),
        column("skills", ColumnType.LIST, "技能|專長|證照|资质|Skill|Qualification"),
        column("language", ColumnType.TEXT, "語言|語系|语言|SPRAS|Language"),
    ),
    row_key="person",
    scope=Scope.SHARED,
    titles="人員|員工|員工資料|通訊錄|员工|人员|通讯录|People|Employees|Staff|CMSMV",
)

SETUPS = table(
    "setups",
    TableKind.MASTER,
    (
        key("equipment", EQUIPMENT_ALIASES),
        key(
            "from_group",
            "前群組|原群組|換線前|前產品族|前产品组|换型前|From Group|From Family|Previous",
            required=True,
        ),
        key(
            "to_group",
            "後群組|換線後|後產品族|后产品组|换型后|To Group|To Family|Next",
            required=True,
        ),
        column(
            "minutes",
            ColumnType.DECIMAL,
            "換線時間|換線分鐘|換模時間|整備時間|换线时间|换型时间|分鐘|分钟|Setup Minutes|Changeover Time|Minutes",
            required=True,
            unit="min",
        ),
    ),
    row_key="equipment from_group to_group",
    titles="換線矩陣|換線時間|整備矩陣|换型矩阵|Setups|Changeover Matrix|Setup Matrix",
)

LEVERS = table(
    "levers",
    TableKind.MASTER,
    (
        column("kind", ColumnType.KEY, "手段|措施|類別|类型|Lever|Measure|Type", required=True),
        key("equipment", EQUIPMENT_ALIASES),
        key("supplier", "廠商|廠商代號|供應商|供应商|Vendor|Supplier"),
        column(
            "cost_per_hour",
            ColumnType.MONEY,
            "每小時成本|小時費率|每小时成本|Cost per Hour|Hourly Rate",
        ),
        column("fixed_cost", ColumnType.MONEY, "固定成本|固定費用|固定费用|Fixed Cost"),
        column(
            "lead_time_h",
            ColumnType.DECIMAL,
            "前置時數|準備時數|提前期小时|Lead Time h|Lead Time Hours",
            unit="h",
        ),
        column("limit", ColumnType.DECIMAL, "上限|限制|Limit|Max"),
    ),
    row_key="kind equipment supplier",
    titles="應變手段|對策|措施|Levers|Options",
)

CAUSES = table(
    "causes",
    TableKind.MASTER,
    (
        key(
            "code",
            "原因代碼|原因代號|異常代碼|不良代碼|故障代碼|停機代碼|原因编码|故障代码|停机代码|不良代码|Reason Code|Cause Code|Defect Code|GRUND",
            required=True,
        ),
        column("kind", ColumnType.TEXT, "類別|原因類別|異常類別|原因类别|类型|Type|Category"),
        column(
            "name",
            ColumnType.TEXT,
            "原因說明|原因名稱|異常說明|說明|名稱|原因描述|名称|描述|Description|Reason|Text",
        ),
        column("severity", ColumnType.TEXT, "嚴重度|等級|严重度|等级|Severity"),
        column("flow", ColumnType.TEXT, "流程|處理流程|处理流程|Flow|Workflow"),
        column("stop_rule", ColumnType.TEXT, "停線規則|停線準則|停线规则|Stop Rule"),
        column("rework_rule", ColumnType.TEXT, "重工規則|重工準則|返工规则|Rework Rule"),
    ),
    row_key="code",
    titles="原因代碼|異常代碼|不良代碼|停機原因|原因代码|Causes|Reason Codes|Defect Codes",
)

STOPS = table(
    "stops",
    TableKind.FACT,
    (
        key("equipment", EQUIPMENT_ALIASES, required=True),
        column(
            "start",
            ColumnType.INSTANT,
            "停機開始|停機時間|開始時間|故障時間|發生時間|停机开始|停机时间|开始时间|故障时间|Start Time|Down From|Stop Start|停機起|停機起始|故障發生時間|Begin|Start",
            required=True,
        ),
        column(
            "end",
            ColumnType.INSTANT,
            "停機結束|恢復時間|復機時間|結束時間|修復時間|停机结束|恢复时间|结束时间|修复时间|End Time|Down To|Stop End|停機迄|停機終止|故障排除時間|End|Finish",
        ),
        key(
            "cause",
            "停機原因|故障原因|原因代碼|原因|停机原因|故障原因|原因代码|Reason|Reason Code|Downtime Reason",
        ),
    ),
    titles="停機記錄|停機紀錄|故障記錄|維修記錄|停机记录|故障记录|维修记录|Stops|Downtime|Downtime Log",
)

SIGNALS = table(
    "signals",
    TableKind.FACT,
    (
        key("source", "來源|訊號來源|来源|Source", required=True),
        key("event_id", "事件編號|事件代號|事件编号|Event ID|Message ID"),
        key("equipment", EQUIPMENT_ALIASES),
        column(
            "at",
            ColumnType.INSTANT,
            "時間|發生時間|時間戳|时间|时间戳|Timestamp|Time",
            required=True,
        ),
        column(
            "kind",
            ColumnType.ENUM,
            "訊號類別|類別|类型|Kind|Signal Type",
            values="state alarm measure count heartbeat",
        ),
        column("code", ColumnType.KEY, "代碼|訊號代碼|警報代碼|代码|报警代码|Code|Tag|Alarm Code"),
        column("value", ColumnType.TEXT, "數值|值|数值|Value|Reading"),
        column(
            "count_kind", ColumnType.ENUM, "計數方式|计数方式|Count Kind", values="cumulative delta"
        ),
    ),
    titles="訊號|機台訊號|設備訊號|信号|Signals|Machine Data",
)
