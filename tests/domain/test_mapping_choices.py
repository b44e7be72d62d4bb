"""A person's choices change a mapping only where they differ from it."""

from dataclasses import replace

from knockon.domain.mapping import FieldMapping, FilterOp, RowFilter, TableMapping
from knockon.domain.mapping_choices import (
    KEPT_AS_OWN,
    LEFT_OUT,
    MappingChoices,
    missing_columns,
    role_of,
    with_choices,
)

ORDERS = TableMapping(
    table="sales_orders",
    fields=(
        FieldMapping(field="order", sources=("單別", "單號")),
        FieldMapping(field="line", sources=("序號",)),
        FieldMapping(field="customer", sources=("客戶代號",)),
        FieldMapping(field="item", sources=("品號",)),
        FieldMapping(field="qty", sources=("數量",)),
        FieldMapping(field="due_at", sources=("預交日",), form="roc"),
        FieldMapping(field="status", sources=("結案碼",), value_map={"Y": "closed"}),
    ),
    ignored=("頁次",),
)


def propose(header: str, target: str) -> FieldMapping:
    return FieldMapping(field=target, sources=(header,), form="compact")


def with_columns(**columns: str) -> TableMapping:
    return with_choices(ORDERS, MappingChoices(columns=columns), propose=propose)


def test_choices_that_change_nothing_leave_the_mapping_alone() -> None:
    columns = {"單別": "order", "單號": "order", "備註": KEPT_AS_OWN, "頁次": LEFT_OUT}

    assert with_choices(ORDERS, MappingChoices(columns=columns), propose=propose) == ORDERS


def test_a_column_chosen_for_a_field_is_read_as_proposed() -> None:
    chosen = with_columns(回覆日="promised_at")

    assert FieldMapping(field="promised_at", sources=("回覆日",), form="compact") in chosen.fields


def test_two_columns_chosen_for_one_key_are_joined_in_the_lists_order() -> None:
    freed = replace(ORDERS, fields=(FieldMapping(field="order", sources=("單號",)),))

    chosen = with_choices(
        freed, MappingChoices(columns={"單別": "order", "單號": "order"}), propose=propose
    )

    assert chosen.fields == (FieldMapping(field="order", sources=("單別", "單號")),)


def test_a_second_column_for_a_quantity_takes_the_place_of_the_first() -> None:
    chosen = with_columns(數量="qty", 未交量="qty")

    assert [each.sources for each in chosen.fields if each.field == "qty"] == [("未交量",)]
    assert role_of(chosen, "數量") == KEPT_AS_OWN


def test_two_columns_change_places() -> None:
    chosen = with_columns(序號="item", 品號="line")

    assert role_of(chosen, "序號") == "item"
    assert role_of(chosen, "品號") == "line"


def test_a_left_out_column_is_neither_read_nor_kept() -> None:
    chosen = with_columns(結案碼=LEFT_OUT)

    assert role_of(chosen, "結案碼") == LEFT_OUT
    assert chosen.ignored == ("頁次", "結案碼")


def test_a_part_of_a_key_that_is_taken_out_leaves_the_rest_of_the_key() -> None:
    chosen = with_columns(單別=KEPT_AS_OWN)

    assert [each.sources for each in chosen.fields if each.field == "order"] == [("單號",)]


def test_form_separator_values_and_filters_are_set() -> None:
    filters = (RowFilter(source="確認碼", op=FilterOp.IN, values=("Y",)),)
    choices = MappingChoices(
        forms={"due_at": "iso"},
        separators={"order": "/"},
        values={"status": {"Y": "closed", "N": "open", "V": ""}},
        filters=filters,
    )

    chosen = with_choices(ORDERS, choices, propose=propose)

    by_field = {each.field: each for each in chosen.fields}
    assert by_field["due_at"].form == "iso"
    assert by_field["order"].separator == "/"
    assert by_field["status"].value_map == {"Y": "closed", "N": "open"}
    assert chosen.filters == filters


def test_missing_columns_are_those_without_which_no_row_is_taken() -> None:
    assert missing_columns(ORDERS) == ()
    assert missing_columns(replace(ORDERS, fields=ORDERS.fields[:4])) == ("qty", "due_at")


def test_a_group_of_which_one_is_needed_is_missing_as_a_whole() -> None:
    approvals = TableMapping(
        table="approvals", fields=(FieldMapping(field="item", sources=("品號",)),)
    )

    assert set(missing_columns(approvals)) == {"equipment", "supplier"}
