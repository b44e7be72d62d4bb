"""The contract's list, word for word, against the tables in code."""

import pytest

from knockon.domain.contract import (
    TABLES,
    ColumnType,
    UnknownColumn,
    UnknownTable,
    column_of,
    table_of,
)

# ``*`` required; ``a|b`` in the second part: at least one of them is needed.
CONTRACT = """
plants: plant* name timezone currency
equipment: equipment* name parent level kind cost_per_hour topic standard_cycle_s rate_unit
tools: tool* name kind status location equipment cavities cavities_open shot_count
tool_uses: item* operation tool* equipment change_min approved
calendars: equipment* weekday date start* end* kind / weekday|date
customers: customer* name tier email language account_manager notice_policy max_date_codes
ship_calendars: customer plant weekday* cutoff* transit_days
suppliers: supplier* name email
people: person* name email phone roles teams skills language
shifts: team* weekday date start* end* person role / weekday|date
items: item* name spec kind uom policy safety_stock standard_cost price revision lead_time_days post_lead_min lot_controlled
units: item from* to* factor* lot effective_from
bom: parent_item* component_item* qty_per* base_qty fixed_scrap scrap_ratio uom seq alternate_group substitute_of is_phantom revision effective_from effective_to
routings: item* seq* operation* equipment alternates setup_min run_min_per_unit base_qty crew yield batch_size outsourced_supplier restart restart_min
approvals: item* equipment supplier customer state until / equipment|supplier
setups: equipment from_group* to_group* minutes*
levers: kind* equipment supplier cost_per_hour fixed_cost lead_time_h limit
sales_orders: order* line* customer* item* qty* due_at* kind promised_at due_kind ship_complete ship_to customer_order customer_item shipped_qty cum_qty priority unit_price penalty_per_day revision status
work_orders: work_order* item* qty* type status due_at release_at planned_start planned_finish finished_qty scrap_qty order line parent_work_order supplier
requirements: work_order* component* seq required_qty* issued_qty uom warehouse supplied_by
operations: work_order* seq* operation equipment tool run_group crew planned_start planned_finish status actual_start actual_finish qty_good qty_scrap setup_min run_min_per_unit
allocations: order line work_order lot item qty* / work_order|lot
lots: lot* item* issuer qty uom status supplier supplier_lot parent_lot made_at work_order equipment cavity date_code expiry
serials: serial* lot item
consumption: input_lot input_item output_lot output_item work_order seq qty uom at equipment event_id kind / input_lot|input_item output_lot|work_order
lot_events: kind* lot* other_lot at* qty event_id corrects
resource_use: resource* kind lot work_order start* end / lot|work_order
stock: item* lot place warehouse location qty* uom at
shipments: shipment* line_no order line customer item lot package qty* shipped_at* kind date_code
transfers: from_plant* to_plant* item* lot qty* sent_at received_at
outside_moves: po work_order seq item* lot qty* direction* at supplier* due_at
purchase_orders: po* line* supplier item* qty* due_at* confirmed_at
receipts: po line item* lot received* accepted rejected received_at inspection_status
inspections: at* item lot work_order seq equipment tool cavity characteristic value lower_spec upper_spec target result sample inspector
causes: code* kind name severity flow stop_rule rework_rule
stops: equipment* start* end cause
signals: source* event_id equipment at* kind code value count_kind
work_reports: work_order* seq* equipment tool person start finish qty_good qty_scrap qty_rework scrap_reason input_lot output_lot
"""
ENUMS = {
    ("equipment", "level"): "site area work_center work_unit",
    ("tools", "kind"): "mould die fixture gauge",
    ("calendars", "kind"): "work off maintenance",
    ("items", "kind"): "raw semi finished phantom tool packaging",
    ("items", "policy"): "order stock kanban",
    ("routings", "restart"): "resume restart lost",
    ("approvals", "state"): "approved notify_first forbidden",
    ("sales_orders", "kind"): "order forecast blanket call_off kanban sample internal",
    ("sales_orders", "due_kind"): "ship arrive",
    ("work_orders", "type"): "in_house subcontract rework",
    ("consumption", "kind"): "recorded backflush return",
    (
        "lot_events",
        "kind",
    ): "relabel split merge aggregate disaggregate clean scrap unscrap reverse correct",
    ("resource_use", "kind"): "tool vessel oven gauge person",
    ("stock", "place"): "raw wip finished transit subcontractor customer scrap",
    ("shipments", "kind"): "ship return",
    ("outside_moves", "direction"): "out in",
    ("inspections", "result"): "pass fail",
    ("signals", "kind"): "state alarm measure count heartbeat",
    ("signals", "count_kind"): "cumulative delta",
}
LINES = [line.partition(":") for line in CONTRACT.strip().splitlines()]


def test_tables_stand_in_the_contracts_order():
    assert [name for name, _, _ in LINES] == list(TABLES)


@pytest.mark.parametrize(("name", "listed"), [(name, rest) for name, _, rest in LINES])
def test_columns_are_the_contracts(name, listed):
    columns, _, _ = listed.partition("/")
    spec = TABLES[name]

    assert [f"{c.name}{'*' if c.required else ''}" for c in spec.columns] == columns.split()


@pytest.mark.parametrize(("name", "listed"), [(name, rest) for name, _, rest in LINES])
def test_alternatives_of_required_columns_are_the_contracts(name, listed):
    _, _, either = listed.partition("/")

    assert [list(group) for group in TABLES[name].either] == [
        group.split("|") for group in either.split()
    ]


@pytest.mark.parametrize(("place", "values"), ENUMS.items())
def test_enumerations_are_the_contracts(place, values):
    assert column_of(*place).values == tuple(values.split())


def test_every_table_may_carry_plant():
    assert [name for name, spec in TABLES.items() if "plant" not in spec.by_name] == []


def test_every_table_that_names_a_lot_may_name_item_and_issuer():
    bare = [
        name
        for name, spec in TABLES.items()
        if "lot" in spec.by_name and not {"item", "issuer"} <= spec.by_name.keys()
    ]

    assert bare == []


def test_keys_name_columns_of_their_table():
    loose = [
        (spec.name, name)
        for spec in TABLES.values()
        for name in spec.key
        if name not in spec.by_name
    ]

    assert loose == []


def test_every_enumeration_lists_its_values():
    bare = [
        (spec.name, c.name)
        for spec in TABLES.values()
        for c in spec.fields
        if (c.type is ColumnType.ENUM) != bool(c.values)
    ]

    assert bare == []


def test_shared_keys_are_those_of_the_contract():
    shared = {name for name, spec in TABLES.items() if spec.scope == "shared"}

    assert shared == {"plants", "customers", "suppliers", "items", "people", "units", "lots"}


def test_unknown_names_are_refused():
    with pytest.raises(UnknownTable):
        table_of("machines")
    with pytest.raises(UnknownColumn):
        column_of("items", "colour")
