"""Lists into rows: keys, filters, refusals, totals, cross-tabs, counting."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from knockon.adapters.connectors.tabular import connector
from knockon.domain.mapping import (
    CrossTab,
    CrossTabAxis,
    CrossTabCell,
    Derivation,
    DerivationKind,
    FieldMapping,
    FilterOp,
    KeyPart,
    RowFilter,
    TableMapping,
)
from knockon.domain.mapping_json import MappingRefused
from knockon.ports.connector import Connector, RawSheet
from knockon.ports.file_errors import HeaderNotFound

ZONE = ZoneInfo("Asia/Taipei")


def listed(text: str, *, name: str = "list") -> RawSheet:
    """Return a sheet of the comma-separated lines."""
    rows = [line.split(",") for line in text.strip("\n").split("\n")]
    return RawSheet(
        file=f"{name}.csv",
        name=name,
        rows=rows,
        numbers=range(1, len(rows) + 1),
        encoding="utf-8",
        delimiter=",",
    )


def proposed(sheet: RawSheet) -> TableMapping:
    (mapping,) = connector.recognise([sheet]).mappings
    return mapping


def converted(sheet: RawSheet, mapping: TableMapping | None = None):
    return connector.convert(sheet, mapping or proposed(sheet), zone=ZONE)


def reasons(table):
    return [(each.row, each.field, each.reason.code) for each in table.refused]


def test_plugin_keeps_the_seams_promise():
    assert isinstance(connector, Connector)


def test_canonical_file_needs_no_mapping_and_unknown_columns_are_kept():
    table = converted(listed("item,lot,qty,uom,colour\n00123,,5,PCS,red\n", name="stock"))

    assert table.table == "stock"
    assert table.rows[0].values == {"item": "00123", "lot": None, "qty": Decimal(5), "uom": "PCS"}
    assert table.rows[0].own == {"colour": "red"}
    assert table.notes[0].code == "columns_kept_as_own_fields"


def test_every_bad_cell_of_a_row_is_named_and_the_good_rows_stay():
    table = converted(
        listed(
            "work_order,item,qty,due_at\nW1,A,ten,2026-13-01\nW2,A,5,2026-03-05\n,A,5,\n",
            name="work_orders",
        )
    )

    assert [row.values["work_order"] for row in table.rows] == ["W2"]
    assert reasons(table) == [
        (2, "qty", "not_a_number"),
        (2, "due_at", "no_such_date"),
        (4, "work_order", "blank_required"),
    ]
    assert (table.refused[0].column, table.refused[0].value) == ("qty", "ten")


def test_row_that_names_neither_of_two_columns_is_refused():
    table = converted(
        listed("equipment,weekday,date,start,end\nM1,,,08:00,17:00\n", name="calendars")
    )

    assert table.refused[0].reason.params == {"of": "weekday, date"}


def test_row_with_more_cells_than_the_header_is_refused():
    table = converted(listed("item,qty\nA,1\nB,2,3\n", name="stock"))

    assert reasons(table) == [(3, "", "too_many_cells")]


def test_number_that_a_spreadsheet_cut_short_is_no_key():
    table = converted(listed("item,qty\n1.23457E+11,1\n", name="stock"))

    assert reasons(table) == [(2, "item", "key_lost_digits")]


def test_header_is_found_again_when_title_lines_come_and_go():
    mapping = proposed(listed("item,qty\nA,1\n", name="stock"))

    table = converted(listed("Stock of March\n,\nqty,note,item\n1,x,A\n", name="stock"), mapping)

    assert table.rows[0].values == {"item": "A", "qty": Decimal(1)}


def test_file_without_a_mapped_header_is_refused_by_name():
    mapping = proposed(listed("item,qty\nA,1\n", name="stock"))

    with pytest.raises(HeaderNotFound) as refusal:
        converted(listed("item,amount\nA,1\n"), mapping)

    assert refusal.value.data["missing"] == "qty"


def test_printed_total_that_disagrees_is_told():
    table = converted(listed("品號,庫存數量\nA,5\nB,7\n合計,13\n", name="stock"))

    (total,) = table.control_totals
    assert (total.row, total.printed, total.summed, total.agrees) == (4, 13, 12, False)
    assert len(table.rows) == 2


def test_item_that_begins_like_a_total_is_an_item():
    table = converted(listed("item,qty\nTotally new,5\nTOTAL-1,7\n", name="stock"))

    assert [row.values["item"] for row in table.rows] == ["Totally new", "TOTAL-1"]


def test_head_printed_once_is_repeated_and_its_empty_cells_stay_empty():
    sheet = listed(
        "訂單單號,客戶代號,客戶單號,序號,品號,訂單數量,預交日\n"
        "S1,C1,P1,1,A,5,2026-03-05\n,,,2,B,6,2026-03-06\n"
        "S2,C2,,1,A,7,2026-03-07\n,,,2,B,8,2026-03-08\n"
    )

    table = converted(sheet)

    assert [
        (r.values["order"], r.values["line"], r.values["customer_order"]) for r in table.rows
    ] == [
        ("S1", "1", "P1"),
        ("S1", "2", "P1"),
        ("S2", "1", None),
        ("S2", "2", None),
    ]


def test_repeated_head_that_differs_is_refused():
    sheet = listed(
        "製令單號,產品品號,預計產量,材料品號,需領用量\nW1,A,100,M1,5\nW1,A,200,M2,6\nW2,B,50,M1,7\n"
    )
    heads, lines = connector.recognise([sheet]).mappings

    table = converted(sheet, heads)

    assert [row.values["work_order"] for row in table.rows] == ["W1", "W2"]
    assert reasons(table) == [(3, "qty", "differs_from_row")]
    assert len(converted(sheet, lines).rows) == 3


def test_composed_key_is_parted_into_order_and_line():
    sheet = listed(
        "製令單號,品號,預計產量,訂單單號\nW1,A,5,2210-115001-0010\nW2,A,5,2210-115001-0020\n"
    )

    table = converted(sheet)

    assert [(r.values["order"], r.values["line"]) for r in table.rows] == [
        ("2210-115001", "0010"),
        ("2210-115001", "0020"),
    ]


def test_part_of_a_key_that_is_not_there_is_refused():
    mapping = TableMapping(
        table="stock",
        fields=(
            FieldMapping(field="item", sources=("key",), part=KeyPart(start=2)),
            FieldMapping(field="qty", sources=("qty",)),
        ),
    )

    assert reasons(converted(listed("key,qty\nA-B,1\n"), mapping)) == [(2, "item", "too_few_parts")]


@pytest.mark.parametrize(
    ("op", "values", "kept"),
    [
        (FilterOp.IN, ("Y",), ["A"]),
        (FilterOp.NOT_IN, ("Y", "N"), ["C", "D"]),
        (FilterOp.BLANK, (), ["C"]),
        (FilterOp.NOT_BLANK, (), ["A", "B", "D"]),
        (FilterOp.STARTS_WITH, ("1",), ["D"]),
        (FilterOp.ABOVE, ("9.5",), ["D"]),
    ],
)
def test_filters_keep_the_rows_that_they_ask_for(op, values, kept):
    sheet = listed("item,qty,state\nA,1,Y\nB,1,N\nC,1,\nD,1,10\n", name="stock")
    mapping = replace(proposed(sheet), filters=(RowFilter(source="state", op=op, values=values),))

    table = converted(sheet, mapping)

    assert [row.values["item"] for row in table.rows] == kept
    assert table.filtered == 4 - len(kept)


def test_operations_are_counted_by_first_appearance_in_their_work_order():
    mapping = TableMapping(
        table="work_reports",
        fields=(
            FieldMapping(field="work_order", sources=("wo",)),
            FieldMapping(
                field="seq",
                derive=Derivation(
                    kind=DerivationKind.FIRST_APPEARANCE,
                    within=("wo",),
                    of=("op",),
                    start=10,
                    step=10,
                ),
            ),
        ),
    )

    table = converted(listed("wo,op\nW1,cut\nW1,drill\nW2,drill\nW1,cut\nW2,cut\n"), mapping)

    assert [row.values["seq"] for row in table.rows] == [10, 20, 10, 10, 20]


def test_unknown_code_is_refused_with_what_is_allowed():
    table = converted(
        listed(
            "work_order,item,qty,status\nW1,A,5,open\nW2,A,5,mystery\nW3,A,5,done\n",
            name="work_orders",
        )
    )

    assert reasons(table) == [(3, "status", "unknown_value")]
    assert table.refused[0].reason.params == {"allowed": "planned, open, done, cancelled"}


def test_hours_become_minutes_and_percent_becomes_a_ratio():
    sheet = listed("品號,加工順序,製程代號,標準工時(小時),良率%\nA,10,CUT,0.5,98\n")

    (row,) = converted(sheet).rows

    assert (row.values["run_min_per_unit"], row.values["yield"]) == (Decimal(30), Decimal("0.98"))


def test_plant_of_the_mapping_stands_where_the_list_has_none():
    sheet = listed("item,qty\nA,1\n", name="stock")

    (row,) = converted(sheet, replace(proposed(sheet), plant="P1")).rows

    assert row.values["plant"] == "P1"


def test_constant_fills_every_row():
    sheet = listed("item,qty\nA,1\nB,2\n", name="stock")
    mapping = proposed(sheet)
    mapping = replace(
        mapping, fields=(*mapping.fields, FieldMapping(field="place", constant="finished"))
    )

    assert [row.values["place"] for row in converted(sheet, mapping).rows] == ["finished"] * 2


def test_cross_tab_of_items_names_each_piece_of_work_by_item_and_machine():
    sheet = listed("機台,3/9,3/10,3/11\nM1,A-1,A-1,B-2\nM2,,B-2,\n")
    mapping = TableMapping(
        table="operations",
        fields=(FieldMapping(field="equipment", sources=("機台",)),),
        cross_tab=CrossTab(axis=CrossTabAxis.DAY, cell=CrossTabCell.ITEM, year=2026),
    )

    table = converted(sheet, mapping)

    assert [
        (
            r.values["work_order"],
            r.values["equipment"],
            r.values["planned_start"].day,
            r.own["item"],
        )
        for r in table.rows
    ] == [
        ("A-1@M1", "M1", date(2026, 3, 9), "A-1"),
        ("B-2@M1", "M1", date(2026, 3, 11), "B-2"),
        ("B-2@M2", "M2", date(2026, 3, 10), "B-2"),
    ]


def test_cross_tab_over_new_year_counts_on():
    sheet = listed("機台,12/30,12/31,1/1,1/2\nM1,W1,W1,W1,W2\n")
    mapping = TableMapping(
        table="operations",
        fields=(FieldMapping(field="equipment", sources=("機台",)),),
        cross_tab=CrossTab(axis=CrossTabAxis.DAY, year=2025),
    )

    first, second = converted(sheet, mapping).rows

    assert (first.values["planned_start"].day, first.values["planned_finish"].day) == (
        date(2025, 12, 30),
        date(2026, 1, 1),
    )
    assert second.values["planned_start"].day == date(2026, 1, 2)


def test_progress_is_told_to_the_end():
    sheet = listed("item,qty\n" + "A,1\n" * 5000, name="stock")
    told = []

    connector.convert(sheet, proposed(sheet), zone=ZONE, progress=lambda *at: told.append(at))

    assert told == [(0, 5000), (2000, 5000), (4000, 5000), (5000, 5000)]


def test_mapping_remembers_the_file_that_it_was_tested_with():
    sheet = listed("item,qty\nA,1\nB,x\n", name="stock")
    mapping = proposed(sheet)

    kept = connector.tested(mapping, sheet=sheet, converted=converted(sheet, mapping)).made_from

    assert (kept.file, kept.rows, kept.converted, kept.refused) == ("stock.csv", 2, 1, 1)


def test_mapping_onto_an_unknown_column_is_refused():
    mapping = TableMapping(table="stock", fields=(FieldMapping(field="colour", sources=("item",)),))

    with pytest.raises(Exception, match="unknown_column"):
        converted(listed("item\nA\n"), mapping)


def test_mapping_with_a_form_of_another_type_is_refused():
    mapping = TableMapping(
        table="stock", fields=(FieldMapping(field="qty", sources=("qty",), form="roc"),)
    )

    with pytest.raises(MappingRefused, match="unknown_form"):
        converted(listed("qty\n1\n"), mapping)
