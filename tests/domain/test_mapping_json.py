"""Saved mappings: what goes in comes out, and nothing else goes in."""

import json
from decimal import Decimal

import pytest

from knockon.domain.contract import UnknownColumn, UnknownTable
from knockon.domain.mapping import (
    CrossTab,
    CrossTabAxis,
    Derivation,
    DerivationKind,
    FieldMapping,
    FilterOp,
    KeyPart,
    MadeFrom,
    MappingSet,
    RowFilter,
    TableMapping,
)
from knockon.domain.mapping_json import MappingRefused, dump_mapping, load_mapping

FULL = MappingSet(
    name="orders",
    mappings=(
        TableMapping(
            table="sales_orders",
            fields=(
                FieldMapping(
                    field="order", sources=("單別", "單號"), separator="-", fill_down=True
                ),
                FieldMapping(field="line", sources=("訂單",), part=KeyPart(start=-1)),
                FieldMapping(field="due_at", sources=("預交日",), form="roc", midnight_is_day=True),
                FieldMapping(field="status", sources=("結案碼",), value_map={"Y": "closed"}),
                FieldMapping(field="qty", sources=("數量",), factor=Decimal("0.001"), form="comma"),
                FieldMapping(field="customer", constant="C1"),
                FieldMapping(
                    field="priority",
                    derive=Derivation(kind=DerivationKind.POSITION, within=("單號",), step=10),
                ),
                FieldMapping(field="own:colour", sources=("顏色",)),
            ),
            header_rows=(3, 4),
            encoding="cp950",
            filters=(RowFilter(source="確認碼", op=FilterOp.IN, values=("Y",)),),
            one_row_per_key=True,
            plant="P1",
            cross_tab=CrossTab(axis=CrossTabAxis.DAY, year=2026),
            made_from=MadeFrom(file="a.csv", sha256="00", rows=3, converted=2, refused=1),
        ),
    ),
)


def with_field(**members):
    field = {"field": "qty", "sources": ["qty"], **members}
    return json.dumps({"name": "m", "mappings": [{"table": "stock", "fields": [field]}]})


def test_mapping_survives_being_saved():
    assert load_mapping(dump_mapping(FULL)) == FULL


def test_defaults_are_left_out_of_the_file():
    (saved,) = json.loads(dump_mapping(FULL))["mappings"]

    assert saved["fields"][5] == {"field": "customer", "constant": "C1"}


@pytest.mark.parametrize(
    ("text", "where", "why"),
    [
        ("{", "", "not_json"),
        ("[]", "", "not_an_object"),
        ("[" * 100_000, "", "not_json"),
        ('{"name": "m", "mappings": []}', "mappings", "empty"),
        ('{"mappings": []}', "name", "missing"),
        ('{"name": "m", "mappings": [], "code": "import os"}', "code", "unknown_member"),
        ('{"name": "m", "mappings": [], "version": 2}', "version", "unknown_version"),
        (
            '{"name": "m", "mappings": [{"table": "stock", "fields": [], "header_rows": []}]}',
            "mappings[0].header_rows",
            "no_header_row",
        ),
        (with_field(form="roc"), "mappings[0].fields[0].form", "unknown_form"),
        (with_field(fill_down=1), "mappings[0].fields[0].fill_down", "wrong_type"),
        (with_field(constant="1"), "mappings[0].fields[0]", "needs_one_origin"),
        (with_field(sources=[]), "mappings[0].fields[0]", "needs_one_origin"),
        (with_field(sources="qty"), "mappings[0].fields[0].sources", "not_a_list"),
        (with_field(factor="NaN"), "mappings[0].fields[0].factor", "not_a_factor"),
        (with_field(factor="x"), "mappings[0].fields[0].factor", "not_a_number"),
        (with_field(factor=0.5), "mappings[0].fields[0].factor", "not_a_factor"),
        (with_field(value_map={"a": 1}), "mappings[0].fields[0].value_map.a", "wrong_type"),
        (with_field(field="own:"), "mappings[0].fields[0].field", "empty"),
        (
            with_field(derive={"kind": "exec"}),
            "mappings[0].fields[0].derive.kind",
            "unknown_choice",
        ),
        (with_field(sources=["x" * 2000]), "mappings[0].fields[0].sources[0]", "too_long"),
    ],
)
def test_what_is_no_mapping_is_refused_with_its_place(text, where, why):
    with pytest.raises(MappingRefused) as refusal:
        load_mapping(text)

    assert (refusal.value.data["where"], refusal.value.data["why"]) == (where, why)


def test_sheet_finds_its_mappings_by_name():
    named = TableMapping(table="stock", fields=(), sheet="Stock")
    any_sheet = TableMapping(table="lots", fields=())
    saved = MappingSet(name="book", mappings=(named, any_sheet))

    assert saved.for_sheet("Stock") == (named, any_sheet)
    assert saved.for_sheet("Other") == (any_sheet,)


def test_unknown_tables_and_columns_are_refused():
    with pytest.raises(UnknownTable):
        load_mapping('{"name": "m", "mappings": [{"table": "users", "fields": []}]}')
    with pytest.raises(UnknownColumn):
        load_mapping(with_field(field="password"))


def test_column_mapped_twice_is_refused():
    twice = json.loads(with_field())
    twice["mappings"][0]["fields"] *= 2

    with pytest.raises(MappingRefused, match="mapped_twice"):
        load_mapping(json.dumps(twice))


def test_filter_above_needs_a_number():
    document = json.loads(with_field())
    document["mappings"][0]["filters"] = [{"source": "qty", "op": "above", "values": ["many"]}]

    with pytest.raises(MappingRefused, match="not_a_number"):
        load_mapping(json.dumps(document))
